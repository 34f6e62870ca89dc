"""Old Vietnamese encodings: every letter comes back, and the right encoding is recognised, or none."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import DecodingError, ToolkitError
from toolkit.io import FileSummary, Options, iter_documents, read
from toolkit.io.base import Unit
from toolkit.io.encodings import canonical, decode_as, is_known, recognize, repair
from toolkit.io.legacy import from_latin, from_misread_utf8, from_tcvn3, from_vni
from toolkit.io.orthography import is_syllable

# Written by hand from the fonts' charts, not from the tables under test: a letter, its code as Windows-1252 shows it.
TCVN3 = """
à µ ả ¶ ã · á ¸ ạ ¹ ă ¨ ằ » ẳ ¼ ẵ ½ ắ ¾ ặ Æ â © ầ Ç ẩ È ẫ É ấ Ê ậ Ë đ ® è Ì ẻ Î ẽ Ï é Ð ẹ Ñ ê ª ề Ò ể Ó ễ Ô ế Õ ệ Ö
ì × ỉ Ø ĩ Ü í Ý ị Þ ò ß ỏ á õ â ó ã ọ ä ô « ồ å ổ æ ỗ ç ố è ộ é ơ ¬ ờ ê ở ë ỡ ì ớ í ợ î
ù ï ủ ñ ũ ò ú ó ụ ô ư \u00ad ừ õ ử ö ữ ÷ ứ ø ự ù ỳ ú ỷ û ỹ ü ý ý ỵ þ
Ă ¡ Â ¢ Ê £ Ô ¤ Ơ ¥ Ư ¦ Đ §
"""
VNI = """
à aø ả aû ã aõ á aù ạ aï ă aê ằ aè ẳ aú ẵ aü ắ aé ặ aë â aâ ầ aà ẩ aå ẫ aã ấ aá ậ aä đ ñ è eø ẻ eû ẽ eõ é eù ẹ eï
ê eâ ề eà ể eå ễ eã ế eá ệ eä ì ì ỉ æ ĩ ó í í ị ò ò oø ỏ oû õ oõ ó où ọ oï ô oâ ồ oà ổ oå ỗ oã ố oá ộ oä
ơ ô ờ ôø ở ôû ỡ ôõ ớ ôù ợ ôï ù uø ủ uû ũ uõ ú uù ụ uï ư ö ừ öø ử öû ữ öõ ứ öù ự öï ỳ yø ỷ yû ỹ yõ ý yù ỵ î
À AØ Ả AÛ Ã AÕ Á AÙ Ạ AÏ Ă AÊ Ằ AÈ Ẳ AÚ Ẵ AÜ Ắ AÉ Ặ AË Â AÂ Ầ AÀ Ẩ AÅ Ẫ AÃ Ấ AÁ Ậ AÄ Đ Ñ È EØ Ẻ EÛ Ẽ EÕ É EÙ Ẹ EÏ
Ê EÂ Ề EÀ Ể EÅ Ễ EÃ Ế EÁ Ệ EÄ Ì Ì Ỉ Æ Ĩ Ó Í Í Ị Ò Ò OØ Ỏ OÛ Õ OÕ Ó OÙ Ọ OÏ Ô OÂ Ồ OÀ Ổ OÅ Ỗ OÃ Ố OÁ Ộ OÄ
Ơ Ô Ờ ÔØ Ở ÔÛ Ỡ ÔÕ Ớ ÔÙ Ợ ÔÏ Ù UØ Ủ UÛ Ũ UÕ Ú UÙ Ụ UÏ Ư Ö Ừ ÖØ Ử ÖÛ Ữ ÖÕ Ứ ÖÙ Ự ÖÏ Ỳ YØ Ỷ YÛ Ỹ YÕ Ý YÙ Ỵ Î
"""
VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
SMALL = {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | {"đ"}
MARKED = {letter for letter in SMALL if not letter.isascii()}

NEWS = (
    "Chiều qua, huyện Đảo Phú Quý khởi công bến tàu mới.\n\n"
    "Ông Võ Kỷ Ngưỡng, trưởng ban quản lý, cho biết kinh phí chừng 90 tỷ đồng, một nửa do tỉnh cấp."
)


def pairs(chart: str) -> dict[str, str]:
    cells = [cell for line in chart.strip("\n").split("\n") for cell in line.split(" ")]
    return dict(zip(cells[::2], cells[1::2], strict=True))


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "windows-1258":
        return b"".join(map(_windows_1258, text))
    if encoding in ("tcvn3", "vni"):
        chart = pairs(TCVN3 if encoding == "tcvn3" else VNI)
        return "".join(chart.get(c) or chart.get(c.lower(), c) for c in text).encode("cp1252")
    return text.encode(encoding)


def _windows_1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in TONES[1:])
        return (unicodedata.normalize("NFC", marks.replace(tone, "")) + tone).encode("cp1258")


def test_charts_have_every_letter() -> None:
    assert set(pairs(TCVN3)) == MARKED | set("ĂÂÊÔƠƯĐ")
    assert set(pairs(VNI)) == MARKED | {letter.upper() for letter in MARKED}


@pytest.mark.parametrize(("letter", "code"), pairs(TCVN3).items())
def test_every_letter_of_tcvn3_is_read(letter: str, code: str) -> None:
    assert from_tcvn3(code) == letter


@pytest.mark.parametrize(("letter", "code"), pairs(VNI).items())
def test_every_letter_of_vni_is_read(letter: str, code: str) -> None:
    assert from_vni(code) == letter


@pytest.mark.parametrize("letter", sorted(MARKED | {letter.upper() for letter in MARKED}))
def test_every_letter_of_windows_1258_is_read(letter: str) -> None:
    assert decode_as(encoded(letter, "windows-1258"), "windows-1258") == letter


@given(st.text(alphabet=sorted(SMALL), max_size=30))
def test_words_of_tcvn3_come_back(text: str) -> None:
    assert decode_as(encoded(text, "tcvn3"), "tcvn3") == text


@given(st.lists(st.sampled_from(sorted(SMALL | {c.upper() for c in SMALL})), max_size=20).map(" ".join))
def test_letters_of_vni_come_back(text: str) -> None:
    assert decode_as(encoded(text, "vni"), "vni") == text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HéI NGHÞ NGO¹I GIAO", "HỘI NGHỊ NGOẠI GIAO"),
        ("UBND tØnh Hµ TÜnh", "UBND tỉnh Hà Tĩnh"),
        ("THµNH PHè Hµ NéI", "THÀNH PHỐ HÀ NỘI"),
        ("¤ng NguyÔn V¨n Hµ", "Ông Nguyễn Văn Hà"),
    ],
)
def test_toned_capitals_of_tcvn3_follow_their_neighbours(written: str, meant: str) -> None:
    assert from_tcvn3(written) == meant


@given(st.binary(max_size=50))
def test_no_byte_of_an_old_font_is_refused(data: bytes) -> None:
    assert len(from_latin(data)) == len(data)
    decode_as(data, "tcvn3")
    decode_as(data, "vni")


# --- recognition --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "tcvn3", "vni", "windows-1258"])
def test_file_in_any_encoding_is_read_and_the_encoding_stated(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(encoded(NEWS, encoding))
    summary = FileSummary()
    (document,) = iter_documents(tmp_path / "a.txt", summary=summary)
    assert document.text == NEWS
    if encoding.startswith("utf"):
        assert (document.metadata, summary.encodings) == ({}, {})
    else:
        (recognition,) = summary.encodings.values()
        assert document.metadata == {"encoding": encoding, "encoding_confidence": round(recognition.confidence, 2)}
        assert recognition.encoding == encoding
        assert 0.9 < recognition.confidence < 1
    assert read(tmp_path / "a.txt", Options(encoding=encoding)).text == NEWS


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "windows-1258", "utf-16"])
def test_tables_in_old_encodings_are_read_line_by_line(encoding: str, tmp_path: Path) -> None:
    line = NEWS.replace("\n\n", " ")
    (tmp_path / "a.csv").write_bytes(encoded(f"title;text\nBến tàu;{line}\n", encoding))
    (tmp_path / "b.jsonl").write_bytes(encoded(json.dumps({"text": line}, ensure_ascii=False) + "\n", encoding))
    assert [d.text for d in iter_documents(tmp_path)] == [line, line]


def test_pages_in_old_fonts_are_read(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    body = encoded("</p><p>".join(NEWS.split("\n\n")), "tcvn3")
    head = b"<html><head><meta charset=iso-8859-1><title>x</title></head><body><article><p>"
    (tmp_path / "a.html").write_bytes(head + body + b"</p></article></body></html>")
    assert [p.text for p in read(tmp_path / "a.html").paragraphs] == NEWS.split("\n\n")
    named = "C&eacute;ng hoµ x· h&eacute;i ch&ntilde; nghÜa ViÖt Nam m&otilde;ng lÔ lín trªn c¶ n­íc h«m nay."
    (tmp_path / "b.html").write_text(f"<html><body><article><p>{named}</p></article></body></html>", encoding="utf-8")
    assert read(tmp_path / "b.html").text == "Cộng hòa xã hội chủ nghĩa Việt Nam mừng lễ lớn trên cả nước hôm nay."


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_text_stored_misread_is_mended(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(encoded(NEWS, encoding).decode("cp1252"), encoding="utf-8")
    document = read(tmp_path / "a.txt")
    assert document.text == NEWS
    assert document.metadata["encoding"] == encoding


def test_utf8_taken_for_windows_1252_is_mended() -> None:
    misread = from_latin(NEWS.encode())
    assert from_misread_utf8(misread) == NEWS
    assert repair(misread).text == NEWS
    assert repair(misread).recognition.encoding == "utf-8"


def test_only_the_lines_that_were_misread_are_mended() -> None:
    before, after = "Tin từ xã Bình Lư:\n", "\nAnh René Girard ở Orléans gửi lời chúc."
    misread, meant = "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert repair(before + misread + after).text == before + meant + after


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        "Président élu à Genève, où l'été dernier a été très agréable pour les invités déjà présents.",
        "Größere Übungen für Schüler: Straße, Äpfel, schöne Gärten, müde Löwen.",
        "Ông ở cơ quan. À, thế à!",
        "",
        "½ kg · 5 µm × 3 ± 2 °C",
        "Menu · Tin · Video · Podcast\n\nBài viết · An Giang\n\nbài 2 · B",
        "Bài 1 · OPEC · WTO",
        "và ¸ là ¸ nào ¸ Hà Giang\n© tin nhanh\n« trang sau »",
    ],
)
def test_right_text_stays(text: str) -> None:
    assert repair(text).text == text
    assert repair(unicodedata.normalize("NFD", text)).text == unicodedata.normalize("NFD", text)


def test_unconvincing_bytes_are_refused_with_the_best_guess() -> None:
    french = "Le président a été réélu à Genève, où il était déjà très aimé.".encode("cp1252")
    message = r"^a\.txt: byte 5 \(0xe9\) is not valid UTF-8; .* \(best guess: --encoding [\w-]+, confidence 0\.0"
    with pytest.raises(DecodingError, match=message):
        recognize(french, "a.txt")


def test_line_of_jsonl_that_is_damaged_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        '{"text": "Một ngày."}\n'.encode() * 20_000 + b'{"text": "\xff"}\n{"text": "Hai."}\n'
    )
    errors: list[ToolkitError] = []
    assert len(list(iter_documents(tmp_path / "a.jsonl", on_error=errors.append))) == 20_001
    assert ["a.jsonl:20001: byte 10 (0xff) is not valid UTF-8" in str(error) for error in errors] == [True]


@pytest.mark.parametrize(
    ("name", "canonical_name"),
    [("ABC", "tcvn3"), ("VNI-Win", "vni"), ("CP1258", "windows-1258"), ("latin-1", "latin-1")],
)
def test_encodings_have_one_name(name: str, canonical_name: str) -> None:
    assert canonical(name) == canonical_name


@pytest.mark.parametrize(
    ("name", "known"),
    [("ABC", True), ("UTF-16", True), ("big5", True), ("tcvn-9", False), ("hex", False), ("a\0b", False), ("", False)],
)
def test_encodings_that_text_can_be_in_are_known(name: str, known: bool) -> None:
    assert is_known(name) is known


def test_unit_of_a_table_is_checked_where_options_are_made() -> None:
    assert Options(unit="paragraph").unit is Unit.PARAGRAPH  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="row"):
        Options(unit="row")  # type: ignore[arg-type]


def test_unknown_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Tin."}\n')
    with pytest.raises(DecodingError, match=r"a\.jsonl: unknown encoding 'tcvn-9'"):
        read(tmp_path / "a.jsonl", Options(encoding="tcvn-9"))


# --- spelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["quốc", "giếng", "gì", "khuỷu", "nghiêng", "oằn", "ươn", "yêu", "thuở", "đường", "QUYẾT", "hoà", "hòa", "xoong"],
)
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["bàt", "tèch", "Genève", "été", "strông", "tâ", "ngừh", "", "b", "hộị"])
def test_other_words_are_none(word: str) -> None:
    assert not is_syllable(word)


def test_bytes_that_show_as_marks_out_of_order_are_recognised_as_nothing() -> None:
    """Windows-1258 writes tones apart; in order they were put one by one."""
    with pytest.raises(DecodingError):
        recognize(b"a" + b"\xcc\xf2" * 500_000)
