"""Results in every format, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

from toolkit.cli.options import Format
from toolkit.cli.output import opened, opened_binary

if TYPE_CHECKING:
    from toolkit.brief import Explain
    from toolkit.document import Document
    from toolkit.report.streams import Stream
    from toolkit.results import Analysis, Digest, Explanation


def stream_of(format: Format, labels: Sequence[str], kind: str) -> Stream | None:
    """Return the format as a stream of pieces, None for one that is made of all results at once."""
    from toolkit.report import streams
    from toolkit.report.tables import Rows

    if format is Format.JSONL:
        return streams.JsonLines()
    if format is Format.JSON:
        return streams.JsonArray()
    if format is Format.CSV:
        return streams.CsvRows(tuple(labels), Rows(kind))
    return streams.ParquetRows(tuple(labels), Rows(kind)) if format is Format.PARQUET else None


def write_stream(sink: BinaryIO, stream: Stream, pieces: Iterable[bytes]) -> None:
    """Write head, pieces with separators, and tail."""
    sink.write(stream.head)
    separator = b""
    for piece in pieces:
        if piece:
            sink.write(separator + piece)
            separator = stream.separator
    sink.write(stream.tail)


def write(
    results: Iterable[Analysis],
    format: Format,
    output: str | None,
    *,
    kind: str,
    labels: Sequence[str],
    explain: Explain | None = None,
    digest: Digest | None = None,
    language: str = "vi",
) -> None:
    """Write `results` in one of the formats; `kind` says what of them: analysis, labels or digest.

    `explain` and `digest` (of all articles together, in the order of `results`) are for the page alone.
    """
    paragraphs = kind != "digest"
    if format is Format.TEXT:
        from toolkit.report.terminal import make_console, render_analysis

        with opened(output) as stream:
            console = make_console(file=stream)
            for analysis in results:
                console.print(render_analysis(analysis, labels, paragraphs=paragraphs, language=language))
    elif format is Format.MARKDOWN:
        from toolkit.report.markdown import render_markdown

        with opened(output) as stream:
            for analysis in results:
                stream.write(render_markdown(analysis, paragraphs=paragraphs, language=language))
    elif format is Format.HTML:
        from toolkit.brief import make_brief
        from toolkit.report.page import render_page

        page = render_page(make_brief(results, labels, digest=digest, explain=explain), language=language)
        with opened(output) as stream:
            stream.write(page)
    elif format is Format.DOCX:
        from toolkit.report.word import write_docx

        with opened_binary(output) as target:
            write_docx(target, results, paragraphs=paragraphs, language=language)
    elif format in (Format.XLSX, Format.PARQUET):
        from toolkit.report import workbook
        from toolkit.report.tables import Rows, columns_of, rows_of

        write_table = workbook.write_xlsx if format is Format.XLSX else workbook.write_parquet
        with opened_binary(output) as target:
            write_table(target, columns_of(labels, Rows(kind)), rows_of(results, labels, Rows(kind)))
    else:
        pieces = stream_of(format, labels, kind)
        assert pieces is not None
        with opened_binary(output, text=True) as target:
            write_stream(target, pieces, (pieces([analysis]) for analysis in results))


def write_counts(results: Iterable[Analysis], labels: Sequence[str], output: str) -> None:
    """Write counts by topic, month, province and outlet as CSV."""
    from toolkit.counts import count
    from toolkit.report.streams import BYTE_ORDER_MARK, csv_rows

    columns, rows = count(results, labels).table()
    with opened_binary(output) as target:
        target.write(BYTE_ORDER_MARK + csv_rows([columns, *rows]))


def write_common(
    digests: Mapping[str | None, Digest],
    documents: Sequence[Document],
    format: Format,
    output: str | None,
    *,
    language: str = "vi",
) -> None:
    """Write digests of many documents, one for each label, or one of all under the label None."""
    from toolkit.report import streams, tables

    if format is Format.TEXT:
        from toolkit.report.terminal import make_console, render_common

        with opened(output) as stream:
            console = make_console(file=stream)
            for label, common in digests.items():
                console.print(render_common(common, documents, label, language=language))
        return
    if format is Format.MARKDOWN:
        from toolkit.report.markdown import render_common_markdown

        with opened(output) as stream:
            for label, common in digests.items():
                stream.write(render_common_markdown(common, documents, label, language=language))
        return
    sources = [
        {"source": d.source, "title": d.title, "date": d.date.isoformat() if d.date else None} for d in documents
    ]
    results = [{**common.to_dict(), "label": label, "documents": sources} for label, common in digests.items()]
    with opened_binary(output, text=True) as sink:
        if format is Format.CSV:
            rows = [tables.COMMON_COLUMNS, *tables.common_rows(digests, documents)]
            sink.write(streams.BYTE_ORDER_MARK + streams.csv_rows(rows))
        else:
            _write_json(sink, format, results)


def write_explanations(
    explained: Iterable[tuple[str, Mapping[str, object], Explanation]], format: Format, output: str | None
) -> None:
    """Write explanations, each with the name of its place for people and its place as JSON."""
    if format is Format.TEXT:
        from toolkit.report.terminal import make_console, render_explanation

        with opened(output) as stream:
            console = make_console(file=stream)
            for name, _, why in explained:
                console.print(render_explanation(why, name))
        return
    results = ({**why.to_dict(), **place} for _, place, why in explained)
    with opened_binary(output, text=True) as sink:
        _write_json(sink, format, results)


def _write_json(sink: BinaryIO, format: Format, results: Iterable[Mapping[str, object]]) -> None:
    """Write results as one array, or one a line."""
    from toolkit.report import streams

    if format is Format.JSON:
        write_stream(sink, streams.JsonArray(), map(streams.json_element, results))
    else:
        write_stream(sink, streams.JsonLines(), map(streams.json_line, results))
