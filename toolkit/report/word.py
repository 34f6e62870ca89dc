"""Results as a Word document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO

from toolkit.errors import MissingExtraError
from toolkit.report.wording import Language, wording
from toolkit.results import Analysis

# XML 1.0 has no place for these, escaped or not.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_docx(
    target: BinaryIO, analyses: Iterable[Analysis], *, paragraphs: bool = True, language: Language | str = Language.VI
) -> None:
    """Write a Word document with each article's digest and labelled paragraphs to `target`.

    Raises
    ------
    MissingExtraError
        If python-docx is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError(
            'docx needs python-docx, which is not installed; run: pip install "vietnamese-text-toolkit[docx]"'
        ) from error
    said = wording(language)
    word = docx.Document()
    word.core_properties.title = said.words["title"]
    word.core_properties.language = said.language.value
    for analysis in analyses:
        document = analysis.document
        word.add_heading(_plain(document.title or document.source or "–"), level=1)
        facts = [said.date(document.date) if document.date else None, document.source if document.title else None]
        if any(facts):
            word.add_paragraph(" · ".join(_plain(fact) for fact in facts if fact), style="Subtitle")
        if analysis.digest is not None:
            word.add_heading(said.words["digest"], level=2)
            for sentence in analysis.digest.sentences:
                place = f" ({said.words['paragraph']} {sentence.paragraph + 1})"
                word.add_paragraph(_plain(sentence.text) + place, style="List Bullet")
            for note in analysis.digest.notes:
                word.add_paragraph(_plain(said.note(note)))
        if paragraphs:
            word.add_heading(said.words["full_text"], level=2)
            for part in analysis.paragraphs:
                line = word.add_paragraph(f"{part.paragraph.index + 1}. ")
                for label, score in part.prediction.scores.items():
                    if label in part.prediction.labels:
                        mark = "?" if label in part.prediction.review else ""
                        line.add_run(f"[{_plain(said.label(label))} {said.score(score)}{mark}] ").bold = True
                line.add_run(_plain(part.paragraph.text))
    word.save(target)


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
