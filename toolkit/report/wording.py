"""What reports say around the articles, in Vietnamese or English; read from ``data/page.toml``."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

from toolkit.document import Document
from toolkit.results import Analysis, DigestSentence, Note, Prediction

_NAMED = 5  # articles that say the same as a sentence


class Language(StrEnum):
    """Language of what stands around the articles."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language, and how it writes labels, reasons, numbers and dates."""

    language: Language
    words: Mapping[str, str] = field(hash=False)
    labels: Mapping[str, str] = field(hash=False)
    reasons: Mapping[str, str] = field(hash=False)
    notes: Mapping[str, str] = field(hash=False)

    def label(self, label: str) -> str:
        """Return how `label` is shown: a name where the language has one, else the label itself."""
        return self.labels.get(label, label)

    def reason(self, reason: str) -> str:
        """Return why a block was dropped, in words."""
        return self.reasons.get(reason, reason)

    def place(self, sentence: DigestSentence, document: Document) -> str:
        """Return where a sentence of a digest stands: its paragraph, and the page where the file has pages.

        The province and the day that a common digest has to name come first.
        """
        paragraph = document.paragraphs[sentence.paragraph]
        parts = [*self.left_open(sentence), f"{self.words['paragraph']} {paragraph.index + 1}"]
        parts += [f"{self.words['page']} {paragraph.page}"] if paragraph.page else []
        return ", ".join(parts)

    def left_open(self, sentence: DigestSentence) -> list[str]:
        """Return what a sentence leaves to its article: which province, and the day that `năm nay` is about."""
        return list(filter(None, (sentence.province, self.date(sentence.when) if sentence.when else None)))

    def citation(self, sentence: DigestSentence, documents: Sequence[Document]) -> str:
        """Return where a sentence of a common digest stands: its article and place, and which others say it too."""
        names = [document.source for document in documents]
        place = self.place(sentence, documents[sentence.document])
        parts = [f"{self.article(sentence.document, names)}, {place}", self.also(sentence, names)]
        return "; ".join(filter(None, parts))

    def heading(self, label: str | None) -> str:
        """Return what stands above a common digest of all articles, or of what they say about `label`."""
        return self.words["common"] if label is None else self.words["digest_of"].format(label=label)

    def counted(self, number: int, one: str, many: str) -> str:
        """Return a number with the word for what is counted: `one` and `many` are keys of `words`."""
        return f"{self.number(number)} {self.words[one if number == 1 else many]}"

    def number(self, number: int) -> str:
        """Return a number the way the language groups its digits."""
        return f"{number:,}".replace(",", self.words["thousands"])

    def chips(self, prediction: Prediction) -> list[str]:
        """Return the labels of a paragraph, each with its score: `?` marks those a person should check.

        Those in parentheses it does not carry, but nearly.
        """
        chips = []
        for label, score in prediction.scores.items():
            review = "?" if label in prediction.review else ""
            chip = f"{self.label(label)} {self.score(score)}{review}"
            if label in prediction.labels or review:
                chips.append(chip if label in prediction.labels else f"({chip})")
        return chips

    def paragraphs(self, analysis: Analysis) -> str:
        """Return what stands above the paragraphs of an article that is shown as a document."""
        return self.words["to_check" if analysis.only_review else "full_text"]

    def note(self, note: Note, names: Sequence[str | None] = ()) -> str:
        """Return what `note` says of a digest; an article without a name of its own goes by its number, from 1."""
        figures = f": {' – '.join(note.figures)}" if note.figures else ""
        said = self.notes[note.kind.value].format(*(self.article(n, names) for n in note.documents), figures=figures)
        # `bài 2 …`, but a file's name stays as it is.
        return said if note.documents and names and names[note.documents[0]] else said[0].upper() + said[1:]

    def also(self, sentence: DigestSentence, names: Sequence[str | None] = ()) -> str:
        """Return which other articles say the same as a sentence of a digest, of very many the first ones."""
        named = [self.article(number, names) for number in sentence.also[:_NAMED]]
        more = len(sentence.also) - len(named)
        named += [self.words["more"].format(count=more)] if more else []
        return self.words["also"].format(names=", ".join(named)) if named else ""

    def article(self, number: int, names: Sequence[str | None] = ()) -> str:
        """Return the name of an article, or its number, from 1."""
        return (names[number] if names else None) or self.words["article"].format(number=number + 1)

    def score(self, score: float) -> str:
        """Return a score with two digits."""
        return f"{score:.2f}".replace(".", self.words["decimal"])

    def date(self, date: dt.date) -> str:
        """Return a date the way the language writes it."""
        return date.strftime(self.words["date"])

    def month(self, month: str) -> str:
        """Return ``2025-07`` the way the language writes it."""
        year, number = month.split("-")
        return self.words["month_format"].format(year=year, month=number)


@cache
def wording(language: Language | str = Language.VI) -> Wording:
    """Return the words of `language`.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    language = Language(language)
    data = tomllib.loads((files("toolkit") / "data" / "page.toml").read_text(encoding="utf-8"))[language.value]
    labels, reasons, notes = (data.pop(table) for table in ("labels", "reasons", "notes"))
    return Wording(language, data, labels, reasons, notes)
