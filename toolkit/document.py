"""A document and its parts: immutable values, each a span into one text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character range ``[start, end)`` in ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"need 0 <= start <= end, got [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def within(self, text: str) -> str:
        """Return the characters of `text` that this span covers."""
        return text[self.start : self.end]


PartT = TypeVar("PartT", "Paragraph", "Sentence", "Dropped")


class _Spanned:
    """Shorthand for the two ends of a part's span."""

    __slots__ = ()
    span: Span

    @property
    def start(self) -> int:
        """Offset of the first character in ``Document.text``."""
        return self.span.start

    @property
    def end(self) -> int:
        """Offset just past the last character in ``Document.text``."""
        return self.span.end


@dataclass(frozen=True, slots=True)
class Sentence(_Spanned):
    """One sentence; `index` counts through the whole document and identifies it.

    `text` is filled in by the `Document` that the sentence becomes part of.
    """

    span: Span
    index: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph(_Spanned):
    """One paragraph of prose with its sentences; `line` and `page` where the reader knows them (from 1)."""

    span: Span
    index: int
    sentences: tuple[Sentence, ...]
    text: str = ""
    line: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Dropped(_Spanned):
    """A block that cleaning took out of the prose, and why (``caption``, ``byline``, ``title`` …)."""

    span: Span
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One article: its whole normalised text, and what stands where in it.

    Attributes
    ----------
    text : str
        The whole source after `toolkit.text.normalize`; every span counts characters of it.
    source : str or None
        Where it came from: a path, or a path and record.
    title, date
        Set where the caller, the reader or the text has them; never guessed.
    sapo : int or None
        Index of the paragraph that introduces the article.
    paragraphs, dropped
        In text order, never overlapping.
    metadata : mapping
        What came with the record (URL, outlet, any input column), untouched.

    Raises
    ------
    ValueError
        If a part lies outside the text or contradicts it.
    """

    text: str
    source: str | None = None
    title: str | None = None
    sapo: int | None = None
    date: dt.date | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraphs", tuple(map(self._bound_paragraph, self.paragraphs)))
        object.__setattr__(self, "dropped", tuple(map(self._bound, self.dropped)))
        for index, sentence in enumerate(self.sentences):
            if sentence.index != index:
                raise ValueError(f"sentence {index} carries the index {sentence.index}")
        if self.sapo is not None and not 0 <= self.sapo < len(self.paragraphs):
            raise ValueError(f"sapo is paragraph {self.sapo}, but there are {len(self.paragraphs)}")

    def _bound(self, part: PartT) -> PartT:
        """Return `part` with its text taken from the document."""
        if part.span.end > len(self.text):
            raise ValueError(f"{part.span} ends after the text's {len(self.text)} characters")
        text = part.span.within(self.text)
        if part.text and part.text != text:
            raise ValueError(f"{part.span} holds {text[:40]!r}, not {part.text[:40]!r}")
        return part if part.text == text else replace(part, text=text)

    def _bound_paragraph(self, paragraph: Paragraph) -> Paragraph:
        sentences = tuple(map(self._bound, paragraph.sentences))
        if sentences != paragraph.sentences:
            paragraph = replace(paragraph, sentences=sentences)
        return self._bound(paragraph)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence in document order."""
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph.sentences)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        html: str = import_module("toolkit.report.notebook").document_html(self)  # reports stand above values
        return html
