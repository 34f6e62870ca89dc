"""Damaged and odd files that fuzzing found: each is one line, and nothing but a `ToolkitError` comes out."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.test_io_formats import write_mhtml, write_odt, write_xlsx
from tests.test_io_hostile import replaced_part
from toolkit.errors import DecodingError, InputNotFoundError, ToolkitError
from toolkit.io import Options, iter_documents, read
from toolkit.io.composition import Piece, compose
from toolkit.text import decode


def complaint(path: Path, options: Options | None = None) -> str:
    """Return the last thing that is wrong with a file in which nothing can be read."""
    errors: list[ToolkitError] = []
    assert list(iter_documents(path, options=options, on_error=errors.append)) == []
    assert not any("\n" in str(error) for error in errors)
    return str(errors[-1])


@pytest.mark.parametrize("name", ["\0", "utf\0"])
def test_name_of_an_encoding_with_a_zero_is_unknown(name: str) -> None:
    with pytest.raises(DecodingError, match="unknown encoding"):
        decode(b"Tin.", name)


@pytest.mark.parametrize("name", ["idna", "punycode"])
def test_codec_for_other_things_than_files_says_that_the_bytes_are_not_valid(name: str) -> None:
    with pytest.raises(DecodingError, match=f"not valid {name.upper()}"):
        decode("xã hội".encode(), name)


@pytest.mark.parametrize("name", ["utf-16-vn", "utf-32\0"])
def test_wide_encoding_of_no_known_name_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Tin."}\n')
    assert "unknown encoding" in complaint(tmp_path / "a.jsonl", Options(encoding=name))


@pytest.mark.parametrize("header", ['"a"b,text', '"text'])
def test_header_that_is_no_csv_is_one_line(header: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\n1,2\n")
    assert "expected CSV, found a row that is none" in complaint(tmp_path / "a.csv")


@pytest.mark.parametrize("damage", ["cut", "size", "checksum"])
def test_damaged_tar_is_one_line(damage: str, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 900
        archive.addfile(info, io.BytesIO(b"Tin. " * 180))
    data = bytearray(buffer.getvalue())
    if damage == "cut":
        del data[700:]
    elif damage == "size":
        data[124:136] = b"x" * 12
    else:
        data[148:156] = b"0" * 8
    (tmp_path / "a.tar").write_bytes(data)
    assert "a.tar: cannot be read" in complaint(tmp_path / "a.tar")


def test_damaged_member_packed_by_lzma_is_one_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "Tin trong tỉnh. " * 60)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for place in range(45, 70):
        data[place] ^= 0x55
    (tmp_path / "a.zip").write_bytes(data)
    assert "cannot be read" in complaint(tmp_path / "a.zip")


def test_address_beyond_ascii_is_read(tmp_path: Path) -> None:
    path = write_mhtml(tmp_path)
    data = path.read_bytes().replace(b"Location: https://baobien", "Location: https://báobiển".encode())
    path.write_bytes(data.replace(b'rel=3D"canonical"', b"").replace(b"canonical", b"next"))
    assert "baobien" not in str(read(path).metadata.get("url"))


def test_thousands_of_cells_stand_aside_in_order() -> None:
    """Joined one by one, each would cost the length of all before it."""
    document = compose([Piece("Xã có chợ mới."), *(Piece(f"ô {n}", aside="table") for n in range(3000))], source="a")
    cells = [part for part in document.dropped if part.reason == "table"]
    assert [cell.text for cell in cells] == [f"ô {n}" for n in range(3000)]
    assert document.text == "\n\n".join(["Xã có chợ mới.", *(f"ô {n}" for n in range(3000))])
    assert compose([Piece("ô", aside="table")], source="a").text == "ô"


def test_nothing_at_all_is_an_empty_document(tmp_path: Path) -> None:
    assert compose([], source="a").text == ""
    path = write_odt(tmp_path)
    path.write_bytes(replaced_part(path.read_bytes(), "content.xml", b"<content/>"))
    assert read(path).paragraphs == ()


def test_part_packed_by_an_unknown_method_is_one_line(tmp_path: Path) -> None:
    path = write_odt(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"content.xml", data.index(b"PK\x01\x02")) - 46
    local = int.from_bytes(data[at + 42 : at + 46], "little")
    data[at + 10] = data[local + 8] = 99
    path.write_bytes(data)
    assert "cannot be read (That compression method is not supported)" in complaint(path)


@pytest.mark.parametrize("name", ["a\n.txt", "a\x1b[2J.txt", "\u2028.txt", "../a\n.txt"])
def test_name_in_an_archive_that_would_break_a_line_is_shown_without(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, b"\0\0\0")
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo(name)
        info.size = 3
        archive.addfile(info, io.BytesIO(b"\0\0\0"))
    for path in (tmp_path / "a.zip", tmp_path / "a.tar"):
        message = complaint(path)
        assert f"{path}/" in message
        assert message.isprintable()


def test_member_without_a_name_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        patched.setattr(zipfile.ZipInfo, "is_dir", lambda self: False)  # looks at the last character of the name
        archive.writestr(zipfile.ZipInfo(""), "Tin.")
        archive.writestr("b.txt", "Tin khác.")
    errors: list[ToolkitError] = []
    assert [d.text for d in iter_documents(tmp_path / "a.zip", on_error=errors.append)] == ["Tin khác."]
    assert "expected a path within the archive" in str(errors[0])


def test_page_of_too_many_elements_is_refused(tmp_path: Path) -> None:
    """The library that finds the main text takes time with the square of their number."""
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><html><body><p>{'<b>a</b>' * 60_000}</p></body></html>")
    assert "expected at most 100000 tags in a page, found more" in complaint(tmp_path / "a.html")


@pytest.mark.parametrize("suffix", ["zip", "odt"])
def test_member_whose_two_names_differ_beyond_utf8_is_one_line(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "odt":
        write_odt(tmp_path)
        name = b"content.xml"
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("aă.txt", "Tin.")
            name = "aă.txt".encode()
    data = bytearray(path.read_bytes())
    at = data.index(name) - 30
    data[at + 7] |= 8  # the name is said to be UTF-8, and is not
    data[at + 30] = 0xEA
    path.write_bytes(data)
    assert "cannot be" in complaint(path)


@pytest.mark.parametrize("encoding", ["TTF-8", "utf-7", "hex"])
def test_part_in_an_unknown_encoding_is_one_line(encoding: str, tmp_path: Path) -> None:
    path = write_odt(tmp_path)
    part = f'<?xml version="1.0" encoding="{encoding}"?><content/>'.encode()
    path.write_bytes(replaced_part(path.read_bytes(), "content.xml", part))
    assert "expected XML" in complaint(path)


STYLES = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fills><fill><gradientFill type="x"/></fill></fills></styleSheet>'
)


def test_what_a_library_says_in_several_lines_is_one(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path)
    path.write_bytes(replaced_part(path.read_bytes(), "xl/styles.xml", STYLES))
    assert "expected an XLSX, found a damaged one" in complaint(path)
    assert str(ToolkitError("Một\r\n  hai\u2028ba")) == "Một hai ba"
    assert str(InputNotFoundError("a.txt:\nkhông có")) == "a.txt: không có"
    assert pickle.loads(pickle.dumps(InputNotFoundError("a\nb"))).args == ("a b",)
