"""Results for a person at a terminal: colour and columns where there is one, plain text where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolkit.document import Document
from toolkit.report.wording import wording
from toolkit.results import Analysis, Digest, Explanation, LabelledParagraph, Prediction

_COLOURS = ("green", "cyan", "magenta", "yellow", "blue", "red")
_PLAIN_WIDTH = 100  # columns of output that no terminal shows
_TERMS = 8  # of an explanation, on each side


def render_analysis(analysis: Analysis, labels: Sequence[str], *, paragraphs: bool = True) -> RenderableType:
    """Return one article: where it is from, title, date, digest, and its labelled paragraphs."""
    document = analysis.document
    parts: list[RenderableType] = [Text(document.source or "–", style="dim")]
    if document.title:
        parts.append(Text(document.title, style="bold"))
    if document.date:
        parts.append(Text(f"Ngày {document.date:%d/%m/%Y}"))
    if analysis.digest is not None:
        parts += [Text(), Text("Tóm tắt", style="bold underline"), render_digest(analysis.digest)]
    if paragraphs:
        parts += [Text(), Text("Các đoạn", style="bold underline"), render_paragraphs(analysis.paragraphs, labels)]
    return Group(*parts, Text())


def render_digest(digest: Digest) -> RenderableType:
    """Return the sentences of a digest, each with its paragraph."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for sentence in digest.sentences:
        table.add_row("•", Text.assemble(sentence.text, (f" [đoạn {sentence.paragraph + 1}]", "dim")))
    return Padding(Group(table, *_notes(digest)), (0, 0, 0, 1))


def render_common(digest: Digest, documents: Sequence[Document], label: str | None = None) -> RenderableType:
    """Return one digest of many articles, each sentence with its article and paragraph."""
    heading = "Tóm tắt chung" if label is None else f"Tóm tắt: {label}"
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for sentence in digest.sentences:
        places = [f"{documents[sentence.document].source}, đoạn {sentence.paragraph + 1}"]
        if sentence.also:
            places.append(f"cũng có trong {len(sentence.also)} bài khác")
        table.add_row("•", Text.assemble(sentence.text, (f" [{'; '.join(places)}]", "dim")))
    return Group(Text(heading, style="bold underline"), Padding(Group(table, *_notes(digest)), (0, 0, 1, 1)))


def _notes(digest: Digest) -> list[Text]:
    said = wording()
    return [Text(said.note(note), style="italic dim") for note in digest.notes]


def render_paragraphs(paragraphs: Sequence[LabelledParagraph], labels: Sequence[str]) -> RenderableType:
    """Return a table of paragraphs: number, labels with their scores, text."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("đoạn", justify="right", no_wrap=True)
    table.add_column("nhãn", no_wrap=True, min_width=16)
    table.add_column("nội dung", ratio=1, overflow="fold")
    for labelled in paragraphs:
        table.add_row(
            str(labelled.paragraph.index + 1), chips(labelled.prediction, labels), Text(labelled.paragraph.text)
        )
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


def render_explanation(explanation: Explanation, place: str) -> RenderableType:
    """Return the strongest terms for and against each label of interest: those given or for review, or the nearest."""
    prediction = explanation.prediction
    wanted = [label for label in prediction.scores if label in prediction.labels or label in prediction.review]
    wanted = wanted or [max(prediction.scores, key=lambda label: prediction.scores[label])]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("nhãn", "ủng hộ", "phản đối"):
        table.add_column(name, ratio=None if name == "nhãn" else 1, no_wrap=name == "nhãn", overflow="fold")
    for label in wanted:
        parts = explanation.contributions[label]
        for_it = ", ".join(f"{part.term} +{part.weight:.2f}" for part in parts if part.weight > 0.005)
        against = ", ".join(f"{part.term} −{-part.weight:.2f}" for part in parts if part.weight < -0.005)
        given = "" if label in prediction.labels else " (không)"
        table.add_row(f"{label} {prediction.scores[label]:.2f}{given}", _shortened(for_it), _shortened(against))
    return Group(Text(place, style="dim"), Text(explanation.text), Padding(table, (0, 0, 1, 1)))


def _shortened(terms: str) -> str:
    kept = terms.split(", ")
    return ", ".join(kept[:_TERMS]) + (" …" if len(kept) > _TERMS else "")


def make_console(file: TextIO | None = None) -> Console:
    """Return a console for `file` (standard output): 100 columns where it is no terminal, so that output is stable."""
    console = Console(file=file, highlight=False, soft_wrap=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    return console
