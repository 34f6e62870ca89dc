"""Results as a Word document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from toolkit.errors import MissingExtraError
from toolkit.report.characters import xml_text
from toolkit.report.wording import Language, wording
from toolkit.results import Analysis


def write_docx(
    target: BinaryIO, analyses: Iterable[Analysis], *, paragraphs: bool = True, language: Language | str = Language.VI
) -> None:
    """Write a Word document with each article's digest, labelled paragraphs and dropped blocks to `target`.

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
        word.add_heading(xml_text(document.title or document.source or "–"), level=1)
        facts = [said.date(document.date) if document.date else None, document.source if document.title else None]
        if any(facts):
            word.add_paragraph(" · ".join(xml_text(fact) for fact in facts if fact), style="Subtitle")
        if analysis.digest is not None:
            word.add_heading(said.words["digest"], level=2)
            for sentence in analysis.digest.sentences:
                place = f" ({said.place(sentence, document)})"
                word.add_paragraph(xml_text(sentence.text) + place, style="List Bullet")
            for note in analysis.digest.notes:
                word.add_paragraph(xml_text(said.note(note)))
        if paragraphs:
            word.add_heading(said.paragraphs(analysis), level=2)
            if analysis.only_review:
                word.core_properties.title = said.words["to_check"]
            for part in analysis.paragraphs:
                line = word.add_paragraph(f"{part.paragraph.index + 1}. ")
                for label in said.chips(part.prediction):
                    line.add_run(f"[{xml_text(label)}] ").bold = True
                line.add_run(xml_text(part.paragraph.text))
            dropped = () if analysis.only_review else document.dropped
            if dropped:
                word.add_heading(said.words["dropped"].format(count=len(dropped)), level=2)
            for block in dropped:
                line = word.add_paragraph(style="List Bullet")
                line.add_run(f"{said.reason(block.reason)}: ").italic = True
                line.add_run(xml_text(block.text))
    word.save(target)
