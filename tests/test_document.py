from __future__ import annotations

import pytest

from toolkit.document import Document, Dropped, Paragraph, Sentence, Span


def test_span_is_half_open_and_checked() -> None:
    assert Span(1, 3).within("abcd") == "bc"
    assert len(Span(1, 3)) == 2
    with pytest.raises(ValueError, match=r"need 0 <= start <= end, got \[3, 1\)"):
        Span(3, 1)


def test_document_gives_its_parts_their_text() -> None:
    document = Document(
        "Một. Hai.", paragraphs=(Paragraph(Span(0, 9), 0, (Sentence(Span(0, 4), 0), Sentence(Span(5, 9), 1))),)
    )
    assert [s.text for s in document.sentences] == ["Một.", "Hai."]
    assert document.paragraphs[0].text == "Một. Hai."
    assert (document.sentences[1].start, document.sentences[1].end) == (5, 9)


def test_part_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after the text's 4 characters"):
        Document("Một.", dropped=(Dropped(Span(0, 9), "image"),))


def test_part_that_contradicts_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="holds 'Một', not 'Hai'"):
        Document("Một.", dropped=(Dropped(Span(0, 3), "image", "Hai"),))


def test_sentence_indices_count_through_the_document() -> None:
    with pytest.raises(ValueError, match="sentence 0 carries the index 5"):
        Document("Một.", paragraphs=(Paragraph(Span(0, 4), 0, (Sentence(Span(0, 4), 5),)),))


def test_sapo_must_be_a_paragraph() -> None:
    with pytest.raises(ValueError, match="sapo is paragraph 2, but there are 0"):
        Document("Một.", sapo=2)


def test_values_are_frozen_and_hashable() -> None:
    document = Document("Một.")
    with pytest.raises(AttributeError):
        document.text = "Hai."  # type: ignore[misc]
    assert hash(document) == hash(Document("Một."))
