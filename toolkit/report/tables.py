"""Results as rows: one a paragraph or one a digest sentence, for CSV and what opens it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from toolkit.document import Document
from toolkit.results import Analysis, Digest

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns_of(labels: Sequence[str], *, digests: bool) -> list[str]:
    """Return the column names of `rows_of`."""
    return DIGEST_COLUMNS if digests else paragraph_columns(labels)


def rows_of(results: Iterable[Analysis], labels: Sequence[str], *, digests: bool) -> Iterator[list[Any]]:
    """Yield the rows of `results`: one per paragraph, or per digest sentence."""
    for analysis in results:
        yield from digest_rows(analysis) if digests else paragraph_rows(analysis, labels)


def paragraph_columns(labels: Sequence[str]) -> list[str]:
    """Return the column names of `paragraph_rows`."""
    return [
        "source",
        "title",
        "date",
        "paragraph",
        "labels",
        "review",
        *(f"score_{x}" for x in labels),
        "text",
        "metadata",
    ]


def paragraph_rows(analysis: Analysis, labels: Sequence[str]) -> Iterator[list[Any]]:
    """Yield a row per paragraph: place, labels, scores, text."""
    document = analysis.document
    for labelled in analysis.paragraphs:
        prediction = labelled.prediction
        yield [
            document.source,
            document.title,
            document.date,
            labelled.paragraph.index + 1,
            ";".join(prediction.labels),
            ";".join(prediction.review),
            *(round(prediction.scores[label], 4) for label in labels),
            labelled.paragraph.text,
            metadata_cell(document),
        ]


DIGEST_COLUMNS = ["source", "title", "date", "paragraph", "sentence", "score", "text", "metadata"]


def digest_rows(analysis: Analysis) -> Iterator[list[Any]]:
    """Yield a row per sentence of the digest."""
    document = analysis.document
    for sentence in analysis.digest.sentences if analysis.digest else ():
        yield [
            document.source,
            document.title,
            document.date,
            sentence.paragraph + 1,
            sentence.sentence + 1,
            round(sentence.score, 4),
            sentence.text,
            metadata_cell(document),
        ]


def metadata_cell(document: Document) -> str | None:
    """Return what came with the document's record (URL, outlet, any column) as JSON in one cell, None for nothing."""
    return json.dumps(document.metadata, ensure_ascii=False, default=str) if document.metadata else None


def common_rows(digests: Mapping[str | None, Digest], documents: Sequence[Document]) -> Iterator[list[Any]]:
    """Yield a row per sentence of digests of many articles, its label first."""
    for label, digest in digests.items():
        for sentence in digest.sentences:
            document = documents[sentence.document]
            place = [sentence.paragraph + 1, sentence.sentence + 1]
            yield [
                label,
                document.source,
                document.title,
                document.date,
                *place,
                round(sentence.score, 4),
                sentence.text,
                metadata_cell(document),
            ]


def harmless(cell: Any) -> Any:
    """Return `cell` so that a spreadsheet shows it and does not run it as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
