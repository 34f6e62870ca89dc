"""Results as Markdown: digest first, then the paragraphs with their labels."""

from __future__ import annotations

import re

from toolkit.report.wording import Language, Wording, wording
from toolkit.results import Analysis, LabelledParagraph

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_MARKER = re.compile(r"^(\d+)([.)])|^([-+=])")


def render_markdown(analysis: Analysis, *, paragraphs: bool = True, language: Language | str = Language.VI) -> str:
    """Return one article as Markdown that ends with an empty line; its text shows as text, whatever it holds."""
    said = wording(language)
    document = analysis.document
    lines = [f"## {_plain(document.title or document.source or '–')}", ""]
    facts = [said.date(document.date)] if document.date else []
    if document.title and document.source:
        facts.append(_plain(document.source))
    if facts:
        lines += [" · ".join(facts), ""]
    if analysis.digest is not None:
        lines += [f"### {said.words['digest']}", ""]
        place = said.words["paragraph"]
        lines += [f"- {_plain(s.text)} ({place} {s.paragraph + 1})" for s in analysis.digest.sentences]
        lines += [f"\n*{_plain(said.note(note))}*" for note in analysis.digest.notes]
        lines.append("")
    if paragraphs:
        lines += [f"### {said.words['full_text']}", ""]
        for part in analysis.paragraphs:
            lines += [f"{part.paragraph.index + 1}\\. {_labels(part, said)}{_plain(part.paragraph.text)}", ""]
    return "\n".join(lines) + "\n"


def _labels(part: LabelledParagraph, said: Wording) -> str:
    """Return the labels of a paragraph with their scores; `?` marks those that a person should check."""
    prediction = part.prediction
    shown = [
        f"{_plain(said.label(label))} {said.score(score)}{'?' if label in prediction.review else ''}"
        for label, score in prediction.scores.items()
        if label in prediction.labels
    ]
    return f"**{' · '.join(shown)}** — " if shown else ""


def _plain(text: str) -> str:
    """Return `text` on one line, with everything that Markdown or HTML would read as markup escaped."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _MARKER.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)
