"""What the toolkit answers with: immutable values that know their plain-JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import import_module
from numbers import Integral, Real
from typing import Any

from toolkit.document import Document, Paragraph, Span

SCHEMA = 1
"""Version of the JSON form; it grows when a field changes its meaning or goes."""


def _schema(name: str) -> str:
    return f"vietnamese-text-toolkit/{name}/{SCHEMA}"


@dataclass(frozen=True, slots=True)
class Prediction:
    """The labels of one paragraph.

    Attributes
    ----------
    labels : tuple of str
        The labels it carries, in the model's order; empty where it carries none.
    scores : mapping of str to float
        Calibrated probability (0–1) of every label the model knows, in its order.
    review : tuple of str
        Labels that a person should check: their score lies where the model is often wrong.
    """

    labels: tuple[str, ...]
    scores: Mapping[str, float] = field(hash=False)
    review: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the prediction as plain JSON values."""
        return {"schema": _schema("prediction"), **self._fields()}

    def _fields(self) -> dict[str, Any]:
        scores = {label: round(score, 4) for label, score in self.scores.items()}
        return {"labels": list(self.labels), "scores": scores, "review": list(self.review)}


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a digest may be: exactly one of the three is set.

    Attributes
    ----------
    sentences : int, optional
        At most so many sentences.
    syllables : int, optional
        At most so many syllables (matches of ``\\w+`` in NFC text).
    ratio : float, optional
        At most this part (0–1] of the document's syllables.
    """

    sentences: int | None = None
    syllables: int | None = None
    ratio: float | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("sentences", "syllables", "ratio") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a budget is one of sentences, syllables or ratio; got {' and '.join(given) or 'none'}")
        name, value = given[0], getattr(self, given[0])
        if type(value) is bool or not isinstance(value, Real if name == "ratio" else Integral):
            raise ValueError(f"{name} must be a {'number' if name == 'ratio' else 'whole number'}, got {value!r}")
        if self.ratio is not None:
            if not 0 < self.ratio <= 1:
                raise ValueError(f"ratio must lie in (0, 1], got {self.ratio}")
        elif value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")

    def to_dict(self) -> dict[str, Any]:
        """Return the one limit that is set."""
        limits = {"sentences": self.sentences, "syllables": self.syllables, "ratio": self.ratio}
        return {name: limit for name, limit in limits.items() if limit is not None}


@dataclass(frozen=True, slots=True)
class DigestSentence:
    """A sentence of a digest, and the place it was taken from.

    Attributes
    ----------
    document, paragraph, sentence : int
        Index of the document among those summarised, of the paragraph and the sentence in it.
    span : Span
        Its characters in that ``Document.text``.
    also : tuple of int
        Other documents that say the same.
    province : str or None
        Where the sentence tells of a province and does not name it (``Tỉnh có 12 dự án``), nor does one shown before
        it from the same document: the one that its document is about, if there is one.
    when : date or None
        The day of its document, where the sentence speaks of a time by it (``năm nay``, ``sáng nay``) that means
        another year or day in another of the documents.
    """

    text: str
    score: float
    document: int
    paragraph: int
    sentence: int
    span: Span
    also: tuple[int, ...] = ()
    province: str | None = None
    when: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence and its place as plain JSON values."""
        return {
            "text": self.text,
            "score": round(self.score, 6),
            "document": self.document,
            "paragraph": self.paragraph,
            "sentence": self.sentence,
            "start": self.span.start,
            "end": self.span.end,
            "also": list(self.also),
            "province": self.province,
            "when": self.when.isoformat() if self.when else None,
        }


class NoteKind(StrEnum):
    """What a reader should know of a digest beside its sentences."""

    EMPTY = "empty"
    """There was no sentence with a word in it to choose from."""
    TOO_SMALL = "too_small"
    """No sentence fits the budget; the best one is given whole."""
    FEWER = "fewer"
    """Fewer sentences than asked for: what is left says the same, or leans on what is not shown."""
    COPY = "copy"
    """The first of `Note.documents` is a copy of the second and was left out."""
    FIGURES = "figures"
    """The two `Note.documents` give different figures for the same thing, one of them perhaps later ones."""
    OPPOSITE = "opposite"
    """The one of the two `Note.documents` denies what the other says."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader of a digest should know; reports put it into words.

    Attributes
    ----------
    documents : tuple of int
        Indices of the documents it speaks of, as in `DigestSentence.document`.
    figures : tuple of str
        For each of the documents the figures that it gives otherwise (``9,18 triệu tấn; 5,75 tỷ USD``); empty where
        the note is not about figures. Notes that differ in them alone are equal.
    """

    kind: NoteKind
    documents: tuple[int, ...] = ()
    figures: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the note as plain JSON values."""
        note: dict[str, Any] = {"kind": self.kind.value, "documents": list(self.documents)}
        return {**note, "figures": list(self.figures)} if self.figures else note


@dataclass(frozen=True, slots=True)
class Digest:
    """The sentences that carry one article, or many.

    Attributes
    ----------
    sentences : tuple of DigestSentence
        In document order; for many articles by time, then importance.
    budget : Budget
        What was asked for.
    notes : tuple of Note
        What the reader should know: a budget too small for any sentence, copies left out …
    """

    sentences: tuple[DigestSentence, ...]
    budget: Budget
    notes: tuple[Note, ...] = ()

    @property
    def text(self) -> str:
        """The digest as one string."""
        return " ".join(sentence.text for sentence in self.sentences)

    def to_dict(self) -> dict[str, Any]:
        """Return the digest as plain JSON values."""
        return {"schema": _schema("digest"), **self._fields()}

    def _fields(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "budget": self.budget.to_dict(),
            "notes": [note.to_dict() for note in self.notes],
        }

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        html: str = import_module("toolkit.report.notebook").digest_html(self)  # reports stand above values
        return html


@dataclass(frozen=True, slots=True)
class LabelledParagraph:
    """A paragraph with what the classifier says of it."""

    paragraph: Paragraph
    prediction: Prediction

    def to_dict(self) -> dict[str, Any]:
        """Return place, text, labels and scores as plain JSON values."""
        paragraph = self.paragraph
        place: dict[str, Any] = {
            "index": paragraph.index,
            "start": paragraph.start,
            "end": paragraph.end,
            "line": paragraph.line,
            "page": paragraph.page,
        }
        return {**place, "text": paragraph.text, **self.prediction._fields()}


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything the toolkit says of one article.

    Attributes
    ----------
    document : Document
    paragraphs : tuple of LabelledParagraph
    digest : Digest or None
        None where none was asked for.
    only_review : bool
        Whether `paragraphs` are those alone that a person should check.
    """

    document: Document
    paragraphs: tuple[LabelledParagraph, ...]
    digest: Digest | None = None
    only_review: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis as plain JSON values."""
        document = self.document
        return {
            "schema": _schema("analysis"),
            "source": document.source,
            "title": document.title,
            "date": document.date.isoformat() if document.date else None,
            "sapo": document.sapo,
            "digest": self.digest._fields() if self.digest else None,
            "paragraphs": [paragraph.to_dict() for paragraph in self.paragraphs],
            "dropped": [{"start": d.start, "end": d.end, "reason": d.reason, "text": d.text} for d in document.dropped],
            "metadata": dict(document.metadata),
        }

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        html: str = import_module("toolkit.report.notebook").analysis_html(self)  # reports stand above values
        return html


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one term adds to the linear score of one label, and where it stands in the text."""

    term: str
    weight: float
    places: tuple[Span, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return term, weight and places as plain JSON values."""
        places = [[span.start, span.end] for span in self.places]
        return {"term": self.term, "weight": round(self.weight, 6), "places": places}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paragraph got its labels.

    Attributes
    ----------
    text : str
        The normalised text that the places count characters of.
    prediction : Prediction
    decisions, intercepts : mapping of str to float
        Linear score of each label, and the part of it that no term accounts for.
    contributions : mapping of str to tuple of Contribution
        Per label, the strongest first; with the intercept they sum to the decision.
    """

    text: str
    prediction: Prediction
    decisions: Mapping[str, float] = field(hash=False)
    intercepts: Mapping[str, float] = field(hash=False)
    contributions: Mapping[str, tuple[Contribution, ...]] = field(hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON values."""
        return {
            "schema": _schema("explanation"),
            "text": self.text,
            **self.prediction._fields(),
            "explanations": {
                label: {
                    "decision": round(self.decisions[label], 6),
                    "intercept": round(self.intercepts[label], 6),
                    "contributions": [part.to_dict() for part in parts],
                }
                for label, parts in self.contributions.items()
            },
        }
