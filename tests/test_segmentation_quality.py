from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.segmentation_quality import gold_sentences, ranges_of, word_f1


def test_words_cover_characters_without_white_space() -> None:
    assert ranges_of(["Hà Nội", "mưa", "."]) == [(0, 5), (5, 8), (8, 9)]


def test_a_word_counts_where_both_its_ends_are_right() -> None:
    wanted = [ranges_of(["Hà Nội", "mưa", "to", "."])]
    found = [ranges_of(["Hà", "Nội", "mưa to", "."])]
    assert word_f1(found, wanted) == pytest.approx({"precision": 0.25, "recall": 0.25, "f1": 0.25})
    assert word_f1([ranges_of(["Hà Nội", "mưa to", "."])], wanted) == pytest.approx(
        {"precision": 2 / 3, "recall": 0.5, "f1": 4 / 7}
    )


def test_sentences_are_parted_by_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_text("Hà Nội\tNp\tNp\nmưa\tV\tV\n\nTạnh\tV\tV\n\n", encoding="utf-8")
    assert gold_sentences(path) == [["Hà Nội", "mưa"], ["Tạnh"]]
