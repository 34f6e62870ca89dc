"""Results for a person at a terminal: colour and columns where there is one, plain text where there is none."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from typing import IO, Any, TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolkit.document import Document
from toolkit.report.characters import printable
from toolkit.report.explanations import strongest_terms
from toolkit.report.wording import Language, Wording, wording
from toolkit.results import Analysis, Digest, Explanation, LabelledParagraph, Prediction

_COLOURS = ("green", "cyan", "magenta", "yellow", "blue", "red")
_PLAIN_WIDTH = 100  # columns of output that no terminal shows
_CHUNK = 50_000  # characters


def render_analysis(
    analysis: Analysis, labels: Sequence[str], *, paragraphs: bool = True, language: Language | str = Language.VI
) -> RenderableType:
    """Return one article: where it is from, title, date, digest, and its labelled paragraphs."""
    document, said = analysis.document, wording(language)
    parts: list[RenderableType] = [Text(printable(document.source or "–"), style="dim")]
    if document.title:
        parts.append(Text(printable(document.title), style="bold"))
    if document.date:
        parts.append(Text(said.words["dated"].format(date=said.date(document.date))))
    if analysis.digest is not None:
        parts += [Text(), _heading(said.words["digest"]), _digest(analysis.digest, document, said)]
    if paragraphs:
        heading = said.words["to_check" if analysis.only_review else "paragraphs_heading"]
        parts += [Text(), _heading(heading), _paragraphs(analysis.paragraphs, labels, said)]
    return Group(*parts, Text())


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _digest(digest: Digest, document: Document, said: Wording) -> RenderableType:
    """Return the sentences of a digest, each with its paragraph."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for sentence in digest.sentences:
        place = said.place(sentence, document)
        table.add_row("•", _shown(sentence.text, place))
    return Padding(Group(table, *_notes(digest, said)), (0, 0, 0, 1))


def render_common(
    digest: Digest, documents: Sequence[Document], label: str | None = None, *, language: Language | str = Language.VI
) -> RenderableType:
    """Return one digest of many articles, each sentence with its article and paragraph; articles go by their names."""
    said = wording(language)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for sentence in digest.sentences:
        table.add_row("•", _shown(sentence.text, printable(said.citation(sentence, documents))))
    names = [document.source for document in documents]
    return Group(_heading(said.heading(label)), Padding(Group(table, *_notes(digest, said, names)), (0, 0, 1, 1)))


def _shown(text: str, place: str = "") -> RenderableType:
    """Return text of an article, then its place; in chunks where it is endless: rich's time grows with the square."""
    text = printable(text)
    *chunks, last = (text[start : start + _CHUNK] for start in range(0, max(len(text), 1), _CHUNK))
    end = Text.assemble(last, (f" [{place}]", "dim")) if place else Text(last)
    return Group(*map(Text, chunks), end) if chunks else end


def _notes(digest: Digest, said: Wording, names: Sequence[str | None] = ()) -> list[Text]:
    return [Text(printable(said.note(note, names)), style="italic dim") for note in digest.notes]


def _paragraphs(paragraphs: Sequence[LabelledParagraph], labels: Sequence[str], said: Wording) -> RenderableType:
    """Return a table of paragraphs: number, labels with their scores, text."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(said.words["column_paragraph"], justify="right", no_wrap=True)
    table.add_column(said.words["column_labels"], no_wrap=True, min_width=16)
    table.add_column(said.words["column_text"], ratio=1, overflow="fold")
    for labelled in paragraphs:
        paragraph = labelled.paragraph
        table.add_row(str(paragraph.index + 1), chips(labelled.prediction, labels), _shown(paragraph.text))
    return Padding(table, (0, 0, 0, 1))


def chips(prediction: Prediction, labels: Sequence[str]) -> Text:
    """Return the labels of a paragraph, one a line, with scores; `?` marks those a person should check."""
    lines = []
    for number, label in enumerate(labels):
        review = "?" if label in prediction.review else ""
        score = f"{label} {prediction.scores[label]:.2f}{review}"
        if label in prediction.labels:
            lines.append(Text(score, style=f"bold {_COLOURS[number % len(_COLOURS)]}"))
        elif review:
            lines.append(Text(f"({score})", style="dim"))
    return Text("\n").join(lines) if lines else Text("–", style="dim")


def render_explanation(
    explanation: Explanation, place: str, *, language: Language | str = Language.VI
) -> RenderableType:
    """Return the strongest terms for and against each label of interest: those given or for review, or the nearest."""
    prediction, words = explanation.prediction, wording(language).words
    wanted = [label for label in prediction.scores if label in prediction.labels or label in prediction.review]
    wanted = wanted or [max(prediction.scores, key=lambda label: prediction.scores[label])]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(words["column_labels"], no_wrap=True)
    for name in ("column_for", "column_against"):
        table.add_column(words[name], ratio=1, overflow="fold")
    for label in wanted:
        terms = strongest_terms(explanation, label)
        given = "" if label in prediction.labels else f" ({words['not_given']})"
        table.add_row(
            f"{label} {prediction.scores[label]:.2f}{given}",
            "\n".join(map(str, terms.up)),
            "\n".join(map(str, terms.down)),
        )
    return Group(Text(printable(place), style="dim"), _shown(explanation.text), Padding(table, (0, 0, 1, 1)))


def make_console(file: TextIO | None = None) -> Console:
    """Return a console for `file` (standard output), as wide as the terminal that a person reads it at.

    That is the terminal itself, or the one behind a pager; anything else gets 100 columns, so that output is stable,
    and no spaces at the ends of lines.
    """
    console = Console(file=file, highlight=False, soft_wrap=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = _pager_width(console.file) or _PLAIN_WIDTH
        console.file = cast("IO[str]", _Trimmed(console.file))
    return console


class _Trimmed:
    """A file that gets whole lines without the spaces with which rich fills them up."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write("\n".join(line.rstrip(" ") for line in text.split("\n")))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _pager_width(file: IO[str]) -> int | None:
    """Return how wide the terminal is that the reader at the other end of a pipe most likely sits at."""
    try:
        if stat.S_ISFIFO(os.fstat(file.fileno()).st_mode) and sys.stderr.isatty():
            return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # no file of the system's, or one that is closed
        pass
    return None
