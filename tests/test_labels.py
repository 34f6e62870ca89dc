from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.labels import join_labels, label_name, meant, parts_of, split_labels

names = st.text(st.sampled_from("ab ;\",|'=ế")).map(label_name).filter(bool)


@given(st.lists(names, unique=True, max_size=4))
def test_cell_of_labels_reads_back_as_it_was_written(labels: list[str]) -> None:
    assert split_labels(join_labels(labels)) == tuple(labels)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("trade;fdi", ("trade", "fdi")),
        (" trade ; ;fdi;trade", ("trade", "fdi")),
        ("Y tế, sức khỏe", ("Y tế, sức khỏe",)),
        ('"KT;TC"; Giáo dục', ("KT;TC", "Giáo dục")),
        ('"Hai ""KT;TC"" một"', ('Hai "KT;TC" một',)),
        ('"Nóng" trong ngày;thể thao', ('"Nóng" trong ngày', "thể thao")),
        ('"chưa đóng;thể thao', ('"chưa đóng', "thể thao")),
        ("", ()),
    ],
)
def test_labels_in_a_cell_stand_between_semicolons(cell: str, labels: tuple[str, ...]) -> None:
    assert split_labels(cell) == labels


def test_only_names_that_need_them_stand_in_quotation_marks() -> None:
    assert join_labels(["Y tế, sức khỏe", "KT;TC", "gần 'nóng'"]) == "Y tế, sức khỏe;\"KT;TC\";gần 'nóng'"


def test_every_spelling_of_a_name_is_one() -> None:
    composed = "Giáo dục hòa nhập"
    for name in (unicodedata.normalize("NFD", composed), " Giáo\u00a0dục\nhoà  nhập"):
        assert label_name(name) == composed


def test_what_a_wrong_name_was_meant_to_be() -> None:
    known = ("trade", "fdi", "Y tế, sức khỏe")
    assert meant("Trade", known) == "did you mean 'trade'?"
    assert meant("y tê, sức khỏe", known) == "did you mean 'Y tế, sức khỏe'?"
    assert meant("trade, fdi", known) == "separate labels with ;"
    assert meant("bóng đá", known) == ""
    assert parts_of("trade|fdi", known) == ("trade", "fdi")
    assert parts_of("Y tế, sức khỏe", known) == ()
