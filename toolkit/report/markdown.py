"""Results as Markdown: digest first, then the paragraphs with their labels, then what was left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.document import Document
from toolkit.report.characters import printable
from toolkit.report.wording import Language, wording
from toolkit.results import Analysis, Digest

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")  # "$" opens a formula in some readers
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
        lines += [f"- {_plain(s.text)} ({said.place(s, document)})" for s in analysis.digest.sentences]
        lines += [f"\n*{_plain(said.note(note))}*" for note in analysis.digest.notes]
        lines.append("")
    if paragraphs:
        lines += [f"### {said.paragraphs(analysis)}", ""]
        for part in analysis.paragraphs:
            labels = " · ".join(map(_plain, said.chips(part.prediction)))
            labels = f"**{labels}** — " if labels else ""
            lines += [f"{part.paragraph.index + 1}\\. {labels}{_plain(part.paragraph.text)}", ""]
        if document.dropped and not analysis.only_review:
            lines += [f"### {said.words['dropped'].format(count=len(document.dropped))}", ""]
            lines += [f"- *{_plain(said.reason(block.reason))}*: {_plain(block.text)}" for block in document.dropped]
            lines.append("")
    return "\n".join(lines) + "\n"


def render_common_markdown(
    digest: Digest, documents: Sequence[Document], label: str | None = None, *, language: Language | str = Language.VI
) -> str:
    """Return one digest of many articles as Markdown that ends with an empty line, each sentence with its article."""
    said = wording(language)
    cited = [(sentence.text, said.citation(sentence, documents)) for sentence in digest.sentences]
    lines = [f"## {_plain(said.heading(label))}", ""]
    lines += [f"- {_plain(text)} ({_plain(place)})" for text, place in cited]
    names = [document.source for document in documents]
    lines += [f"\n*{_plain(said.note(note, names))}*" for note in digest.notes]
    return "\n".join([*lines, ""]) + "\n"


def _plain(text: str) -> str:
    """Return `text` on one line, with everything that Markdown or HTML would read as markup escaped."""
    escaped = _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
    return _MARKER.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)
