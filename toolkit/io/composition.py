"""From the pieces that a reader finds in a file to a document: prose, pages, and what stands aside of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolkit.document import Document, Dropped, Span
from toolkit.io.encodings import Recognition, repair
from toolkit.segmentation import parse
from toolkit.text import normalize

_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a file as its format marks it: one paragraph, heading or cell.

    `aside` is the reason why it is no prose (``header``, ``table``), None where it is.
    """

    text: str
    page: int | None = None
    aside: str | None = None


def compose(
    pieces: Iterable[Piece],
    *,
    source: str,
    title: str | None = None,
    date: dt.date | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Document:
    """Return the article made of `pieces`; what stands aside follows the prose in its text and is dropped there."""
    whole = list(pieces)
    mended = repair("\n".join(_BREAK.sub(" ", piece.text) for piece in whole))
    texts = [normalize(text).strip() for text in mended.text.split("\n")] if whole else []
    body = [(text, piece.page) for text, piece in zip(texts, whole, strict=True) if text and piece.aside is None]
    aside = [(text, piece.aside) for text, piece in zip(texts, whole, strict=True) if text and piece.aside is not None]
    document = parse(
        "\n\n".join(text for text, _ in body),
        repair(title).text if title else None,
        date=date,
        source=source,
        metadata=stated(metadata or {}, mended.recognition),
    )
    return with_asides(_with_pages(document, body), aside)


def stated(metadata: Mapping[str, Any], recognition: Recognition | None) -> dict[str, Any]:
    """Return `metadata` with the encoding and its confidence where the text was not plain Unicode."""
    if recognition is None or recognition.confidence == 1.0:
        return dict(metadata)
    said = {"encoding": recognition.encoding, "encoding_confidence": round(recognition.confidence, 2)}
    return {**said, **metadata}


def _with_pages(document: Document, body: list[tuple[str, int | None]]) -> Document:
    """Return the document with the page on which each paragraph begins."""
    if all(page is None for _, page in body):
        return document
    starts: list[tuple[int, int | None]] = []
    position = 0
    for text, page in body:
        starts.append((position, page))
        position += len(text) + 2
    paragraphs, at = [], 0
    for paragraph in document.paragraphs:
        while at + 1 < len(starts) and starts[at + 1][0] <= paragraph.start:
            at += 1
        paragraphs.append(replace(paragraph, page=starts[at][1]))
    return replace(document, paragraphs=tuple(paragraphs))


def with_asides(document: Document, asides: list[tuple[str, str]]) -> Document:
    """Return the document with texts, normalised, below its own, each dropped for the reason beside it."""
    texts, dropped = [document.text] if document.text else [], list(document.dropped)
    end = len(document.text)
    for aside, reason in asides:
        start = end + 2 if texts else 0
        end = start + len(aside)
        texts.append(aside)
        dropped.append(Dropped(Span(start, end), reason, aside))
    return replace(document, text="\n\n".join(texts), dropped=tuple(dropped)) if asides else document
