from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import DecodingError
from toolkit.text import compose, count_syllables, decode, normalize, place_tones, syllables

SENTENCE = "Tỉnh ủy Hòa Bình họp sáng 22/7."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_recognised(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


def test_invalid_bytes_name_place_expectation_and_remedy() -> None:
    with pytest.raises(DecodingError, match=r"^a\.txt: byte 4 \(0xff\) is not valid UTF-8; pass --encoding"):
        decode(b"tin \xff", source="a.txt")


def test_given_encoding_is_used_and_a_wrong_one_named() -> None:
    assert decode("Đà Nẵng".encode("utf-16-le"), "utf-16-le") == "Đà Nẵng"
    with pytest.raises(DecodingError, match="unknown encoding 'tcvn-9'"):
        decode(b"tin", "tcvn-9")
    with pytest.raises(DecodingError, match="is not valid PUNYCODE") as caught:
        decode(b"A\n", "punycode")
    assert "\n" not in str(caught.value), "a codec's message has the bytes in it"


def test_empty_input_is_empty_text() -> None:
    assert decode(b"") == ""
    assert normalize("") == ""


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuý", "thúy"), ("Uỷ ban", "Ủy ban"), ("HOÀ BÌNH", "HÒA BÌNH"),
        ("qúy", "quý"), ("qủa", "quả"), ("gìa", "già"), ("gíơi", "giới"), ("ngòai", "ngoài"), ("hòan", "hoàn"),
        ("lựơng", "lượng"), ("cuả", "của"), ("nghiã", "nghĩa"), ("hùynh", "huỳnh"), ("tùân", "tuần"),
    ],
)  # fmt: skip
def test_tone_goes_to_its_traditional_place(written: str, normal: str) -> None:
    assert normalize(written) == normal


@pytest.mark.parametrize(
    "right",
    ["quý", "già", "gì", "gìn", "giếng", "toán", "hoàn", "thuyết", "khuya", "Huế", "múa", "Google", "Noël", "của"],
)
def test_syllables_written_right_stay(right: str) -> None:
    assert place_tones(right) == right


def test_decomposed_text_is_composed() -> None:
    assert normalize(unicodedata.normalize("NFD", SENTENCE)) == SENTENCE


def test_odd_spaces_and_invisible_characters_go() -> None:
    assert normalize("a\u00a0b\u2003c\u200bd\u00ade\ufeff\tf   g") == "a b cde f g"


def test_full_width_becomes_ascii_and_eth_becomes_d_with_stroke() -> None:
    assert normalize("\uff21\uff22\uff23\uff1a\uff11\uff12\uff05") == "ABC:12%"
    assert normalize("\u00d0à Nẵng") == "Đà Nẵng"


def test_line_and_paragraph_breaks_survive() -> None:
    assert normalize("một\r\nhai\rba\n\n bốn \u2029năm") == "một\nhai\nba\n\nbốn\nnăm"


def test_lone_surrogate_becomes_the_replacement_character() -> None:
    assert normalize("tin \ud800") == "tin \ufffd"


@given(st.text(max_size=200))
def test_normalising_twice_is_once(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(st.text(alphabet="aăâeêioôơuưyáàảãạấóòỏõọúùủũụíìỉĩịqugihntcNGT \n.", max_size=60))
def test_normalising_vietnamese_letters_twice_is_once_in_either_form(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert normalize(unicodedata.normalize("NFD", text)) == once


@given(st.text(max_size=200))
def test_normal_text_is_nfc_and_keeps_the_number_of_lines(text: str) -> None:
    normal = normalize(text)
    assert unicodedata.is_normalized("NFC", normal)
    assert "\r" not in normal


def test_syllables_are_runs_of_word_characters() -> None:
    assert syllables("Nghị quyết 21/NQ-CP: 1,56 tỷ USD") == ["Nghị", "quyết", "21", "NQ", "CP", "1", "56", "tỷ", "USD"]
    assert count_syllables("TP.HCM, “ước đạt”") == 4


@pytest.mark.parametrize(
    "marks", ["\u0301\u0323" * 40, "\u0323\u0301" * 40, "\u0f73" * 40, "\u0344\u05b0" * 40, "\u0301☃\u0323" * 40]
)
@pytest.mark.parametrize("letter", ["a", "ê", "", "각"])
def test_long_runs_of_marks_are_composed_as_the_standard_says(letter: str, marks: str) -> None:
    text = f"trước {letter}{marks}sau {letter}{marks}"
    assert compose(text) == unicodedata.normalize("NFC", text)


def test_half_a_million_marks_out_of_order_are_composed() -> None:
    """Sorted by insertion, as `unicodedata` does it, they took an hour."""
    text = normalize("a" + "\u0301\u0323" * 500_000)
    assert text.startswith("ạ\u0323")
    assert len(text) == 1_000_000


@pytest.mark.parametrize("text", ["o\u00e0\u0300", "Ho\u1ea3\u0301n", "u\u1ef7\u0303"])
def test_syllable_with_two_tone_marks_is_left_alone(text: str) -> None:
    assert normalize(text) == text
    assert normalize(normalize(text)) == normalize(text)
