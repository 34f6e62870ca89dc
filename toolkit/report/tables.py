"""Results as rows: one a paragraph or one a digest sentence, for CSV and what opens it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from toolkit.document import Document
from toolkit.labels import join_labels
from toolkit.report.plain import plain_json
from toolkit.report.wording import wording
from toolkit.results import Analysis, Digest, DigestSentence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width ones in East Asian Excel


class Rows(StrEnum):
    """What a table of results is about."""

    ANALYSIS = "analysis"
    """Paragraphs with their labels, what of them is in the digest, and dropped blocks."""
    LABELS = "labels"
    """Paragraphs with their labels, fit to be corrected and trained on."""
    DIGEST = "digest"
    """Sentences of digests."""


def columns_of(labels: Sequence[str], rows: Rows) -> list[str]:
    """Return the column names of `rows_of`."""
    if rows is Rows.DIGEST:
        return DIGEST_COLUMNS
    scores = [f"score_{label}" for label in labels]
    beside = ["digest", "dropped"] if rows is Rows.ANALYSIS else []
    return ["source", "title", "date", "paragraph", "labels", "review", *scores, "text", *beside, "metadata"]


def rows_of(results: Iterable[Analysis], labels: Sequence[str], rows: Rows) -> Iterator[list[Any]]:
    """Yield the rows of `results`."""
    for analysis in results:
        if rows is Rows.DIGEST:
            yield from _digest_rows(analysis)
        else:
            yield from _paragraph_rows(analysis, labels, whole=rows is Rows.ANALYSIS)


def _paragraph_rows(analysis: Analysis, labels: Sequence[str], *, whole: bool) -> Iterator[list[Any]]:
    """Yield a row per paragraph; with `whole` its sentences in the digest too, and then a row per dropped block."""
    document = analysis.document
    article = [document.source, document.title, document.date]
    metadata = metadata_cell(document)
    chosen: dict[int, list[str]] = {}
    for sentence in analysis.digest.sentences if analysis.digest else ():
        chosen.setdefault(sentence.paragraph, []).append(sentence.text)
    for labelled in analysis.paragraphs:
        prediction, paragraph = labelled.prediction, labelled.paragraph
        given, review = join_labels(prediction.labels), join_labels(prediction.review)
        scores = [round(prediction.scores[label], 4) for label in labels]
        beside = [" ".join(chosen.get(paragraph.index, ())) or None, None] if whole else []
        yield [*article, paragraph.index + 1, given, review, *scores, paragraph.text, *beside, metadata]
    for block in document.dropped if whole else ():
        yield [*article, None, None, None, *(None for _ in labels), block.text, None, block.reason, metadata]


DIGEST_COLUMNS = ["source", "title", "date", "paragraph", "sentence", "province", "when", "score", "text", "metadata"]


def _digest_rows(analysis: Analysis) -> Iterator[list[Any]]:
    """Yield a row per sentence of the digest."""
    for sentence in analysis.digest.sentences if analysis.digest else ():
        yield _digest_row(sentence, analysis.document)


def _digest_row(sentence: DigestSentence, document: Document) -> list[Any]:
    return [
        document.source,
        document.title,
        document.date,
        sentence.paragraph + 1,
        sentence.sentence + 1,
        sentence.province,
        sentence.when,
        round(sentence.score, 4),
        sentence.text,
        metadata_cell(document),
    ]


def metadata_cell(document: Document) -> str | None:
    """Return what came with the document's record (URL, outlet, any column) as JSON in one cell, None for nothing."""
    return plain_json(document.metadata) if document.metadata else None


COMMON_COLUMNS = ["label", *DIGEST_COLUMNS, "also", "note"]


def common_rows(digests: Mapping[str | None, Digest], documents: Sequence[Document]) -> Iterator[list[Any]]:
    """Yield a row per sentence of digests of many articles, its label first; after them a row per note.

    The column `also` has the articles, by their sources, that say the same or that the note speaks of too.
    """
    said = wording()
    names = [document.source for document in documents]

    def sources(numbers: Sequence[int]) -> str | None:
        return "; ".join(said.article(number, names) for number in numbers) or None

    for label, digest in digests.items():
        for sentence in digest.sentences:
            yield [label, *_digest_row(sentence, documents[sentence.document]), sources(sentence.also), None]
        for note in digest.notes:
            cells = [sources(note.documents[:1]), *(None for _ in DIGEST_COLUMNS[1:])]
            yield [label, *cells, sources(note.documents[1:]), said.note(note, names)]


def harmless(cell: Any) -> Any:
    """Return `cell` so that a spreadsheet shows it and does not run it as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
