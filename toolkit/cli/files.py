"""Results in the formats that people open with a program: Markdown, Word, Excel, Parquet, and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.options import Format
from toolkit.cli.output import opened, opened_binary

if TYPE_CHECKING:
    from toolkit.brief import Explain
    from toolkit.results import Analysis, Digest

FORMATS = (Format.MARKDOWN, Format.DOCX, Format.XLSX, Format.PARQUET, Format.HTML)


def write(
    results: Iterable[Analysis],
    format: Format,
    output: Path | None,
    *,
    kind: str,
    labels: Sequence[str],
    explain: Explain | None = None,
    digest: Digest | None = None,
    language: str = "vi",
) -> None:
    """Write `results` in one of `FORMATS`; `kind` says what of them: analysis, labels or digest.

    `explain` and `digest` (of all articles together, in the order of `results`) are for the page alone.
    """
    if format is Format.MARKDOWN:
        from toolkit.report.markdown import render_markdown

        with opened(output) as stream:
            for analysis in results:
                stream.write(render_markdown(analysis, paragraphs=kind != "digest", language=language))
    elif format is Format.HTML:
        from toolkit.brief import make_brief
        from toolkit.report.page import render_page

        page = render_page(make_brief(results, labels, digest=digest, explain=explain), language=language)
        with opened(output) as stream:
            stream.write(page)
    elif format is Format.DOCX:
        from toolkit.report.word import write_docx

        with opened_binary(output) as target:
            write_docx(target, results, paragraphs=kind != "digest", language=language)
    else:
        from toolkit.report import workbook
        from toolkit.report.tables import Rows, columns_of, rows_of

        write_table = workbook.write_xlsx if format is Format.XLSX else workbook.write_parquet
        with opened_binary(output) as target:
            write_table(target, columns_of(labels, Rows(kind)), rows_of(results, labels, Rows(kind)))


def write_counts(results: Iterable[Analysis], labels: Sequence[str], output: Path) -> None:
    """Write counts by topic, month, province and outlet as CSV."""
    from toolkit.cli.output import write_csv
    from toolkit.counts import count

    columns, rows = count(results, labels).table()
    with opened(output, byte_order_mark=True) as stream:
        write_csv(stream, columns, rows)
