"""Files made to do harm are refused in one line, soon, and what lies beside them is read."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import sys
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.test_io_formats import WRITERS, write_docx, write_odt, write_xlsx
from toolkit.errors import InputError, MissingExtraError, ToolkitError
from toolkit.io import FileSummary, archive, iter_documents, lines, read, xlsx

BOMB = b" " * (80 * 2**20)


def complaints(path: Path) -> list[str]:
    errors: list[ToolkitError] = []
    list(iter_documents(path, on_error=errors.append))
    assert all("\n" not in str(error) for error in errors)
    return [str(error) for error in errors]


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


# --- decompression bombs ------------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["a__txt", "a__jsonl", "a__csv", "a__pdf", "a__html"])
def test_zip_bomb_is_refused(inner: str, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(**{inner: BOMB}))
    (complaint,) = complaints(tmp_path / "a.zip")
    assert "a decompression bomb?" in complaint or "expected a PDF" in complaint or "MiB" in complaint


def test_gzip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n".join([BOMB[: 2**20]] * 80)))
    (complaint,) = complaints(tmp_path / "a.jsonl.gz")
    assert "unfolds to more than 200 times its size (a decompression bomb?)" in complaint


def test_many_small_bombs_count_together_and_are_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(**{f"a{n}__jsonl": BOMB[: 10 * 2**20] for n in range(12)}))
    (complaint,) = complaints(tmp_path / "a.zip")
    assert "decompression bomb" in complaint


def test_bomb_in_an_archive_in_an_archive_is_measured_by_the_outermost(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(inner__zip=zipped(deep__jsonl=BOMB)))
    (complaint,) = complaints(tmp_path / "a.zip")
    assert "decompression bomb" in complaint


def test_office_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = zipped(**{"[Content_Types]__xml": b"<a/>", "word/document__xml": BOMB})
    (tmp_path / "a.docx").write_bytes(data)
    (complaint,) = complaints(tmp_path / "a.docx")
    assert "found 2 parts that unfold to 80 MiB (a decompression bomb?)" in complaint


def test_honest_archive_of_many_texts_is_read(tmp_path: Path) -> None:
    text = "".join(f"Tỉnh đón {n} đoàn khách trong tháng {n % 12 + 1}. " for n in range(300)).encode()
    (tmp_path / "a.zip").write_bytes(zipped(**{f"a{n}__txt": text for n in range(20)}))
    assert len(list(iter_documents(tmp_path / "a.zip"))) == 20


# --- nesting and numbers ------------------------------------------------------------------------------


def test_archives_nest_three_deep_and_no_deeper(tmp_path: Path) -> None:
    data = zipped(a__txt=b"Tin.")
    for _ in range(2):
        data = zipped(a__zip=data)
    (tmp_path / "three.zip").write_bytes(data)
    assert read(tmp_path / "three.zip").text == "Tin."
    (tmp_path / "four.zip").write_bytes(zipped(a__zip=data))
    (complaint,) = complaints(tmp_path / "four.zip")
    assert "expected at most 3 archives within each other" in complaint


def test_archive_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    (tmp_path / "a.zip").write_bytes(zipped(**{f"a{n}__txt": b"Tin." for n in range(4)}))
    assert "expected at most 3 files in an archive" in complaints(tmp_path / "a.zip")[0]
    with tarfile.open(tmp_path / "a.tar", "w") as packed:
        for n in range(4):
            packed.addfile(tarfile.TarInfo(f"a{n}.txt"))
    assert "expected at most 3 files in an archive" in complaints(tmp_path / "a.tar")[-1]


def test_deep_html_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!DOCTYPE html><html><body>" + "<div>" * 100_000 + "Tin.")
    (complaint,) = complaints(tmp_path / "a.html")
    assert "expected at most 200 elements within each other" in complaint


def test_deep_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": ' + "[" * 200_000 + "\n" + '{"text": "Tin."}')
    (complaint,) = complaints(tmp_path / "a.jsonl")
    assert "a.jsonl:1: expected one JSON record a line" in complaint


def replaced_part(data: bytes, part: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == part else old.read(info))
    return buffer.getvalue()


OFFICE = [
    (write_docx, "word/document.xml"),
    (write_odt, "content.xml"),
    (write_xlsx, "xl/worksheets/sheet1.xml"),
]


@pytest.mark.parametrize(("write", "part"), OFFICE)
def test_deep_xml_is_refused(write: object, part: str, tmp_path: Path) -> None:
    path = write(tmp_path)  # type: ignore[operator]
    path.write_bytes(replaced_part(path.read_bytes(), part, b"<a>" * 5_000 + b"</a>" * 5_000))
    (complaint,) = complaints(path)
    assert "expected at most 200 elements within each other" in complaint


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 100
    + b'"><!ENTITY c "'
    + b"&b;" * 100
    + b'">]><l>&c;</l>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


@pytest.mark.parametrize(
    "xml", [LAUGHS, OUTSIDE, LAUGHS.decode().replace("?>", " encoding='utf-16'?>", 1).encode("utf-16")]
)
@pytest.mark.parametrize(("write", "part"), OFFICE)
def test_entities_are_refused(write: object, part: str, xml: bytes, tmp_path: Path) -> None:
    path = write(tmp_path)  # type: ignore[operator]
    path.write_bytes(replaced_part(path.read_bytes(), part, xml))
    (complaint,) = complaints(path)
    assert f"{part}: expected XML without a document type" in complaint


def test_entities_in_a_page_bring_nothing_in(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("mật khẩu")
    entity = f'<!DOCTYPE html [<!ENTITY a SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    text = "Xã vừa khánh thành cây cầu mới bắc qua sông, người dân đi chợ gần hơn trước nhiều lắm. &a;"
    (tmp_path / "a.html").write_text(f"{entity}<html><body><article><p>{text}</p></article></body></html>")
    assert "mật khẩu" not in read(tmp_path / "a.html").text


# --- paths and links ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "x/../../a.txt", "C:/a.txt", "..\\a.txt"])
def test_paths_that_leave_the_archive_are_refused_and_the_rest_goes_on(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(name, "Tin.")
        packed.writestr("b.txt", "Tin khác.")
    errors: list[ToolkitError] = []
    assert [d.text for d in iter_documents(tmp_path / "a.zip", on_error=errors.append)] == ["Tin khác."]
    assert "expected a path within the archive, found one that leaves it" in str(errors[0])


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(info, "/etc/passwd")
    assert "links in archives are not followed" in complaints(tmp_path / "a.zip")[0]
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name, kind in (("a.txt", tarfile.SYMTYPE), ("b.txt", tarfile.LNKTYPE), ("c.txt", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
    found = complaints(tmp_path / "a.tar")
    assert [("links in archives" in c, "a device or pipe" in c) for c in found] == [
        (True, False),
        (True, False),
        (False, True),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links and pipes otherwise")
def test_links_out_of_a_folder_and_pipes_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("Ngoài.")
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "a.txt").write_text("Trong.")
    (folder / "b.txt").symlink_to(folder / "a.txt")
    (folder / "c.txt").symlink_to(tmp_path / "out.txt")
    (folder / "d.txt").symlink_to(folder / "nowhere")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "e.txt")
    summary = FileSummary()
    assert [d.text for d in iter_documents(folder, summary=summary)] == ["Trong.", "Trong."]
    assert sum(summary.passed_over.values()) == 3
    with pytest.raises(InputError, match="found a pipe or device"):
        read(folder / "e.txt")


def test_encrypted_member_is_named(tmp_path: Path) -> None:
    data = bytearray(zipped(a__txt=b"Tin."))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "a.zip/a.txt: expected a file in the open, found an encrypted one" in complaints(tmp_path / "a.zip")[0]


# --- absurd sizes -------------------------------------------------------------------------------------


def test_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 1000)
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Tin. " * 1000}))
    (complaint,) = complaints(tmp_path / "a.jsonl")
    assert "a.jsonl:1: expected at most" in complaint


def test_table_of_absurd_width_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",".join(f"c{n}" for n in range(20_000)) + "\n")
    assert "expected at most 1000 columns, found 20000" in complaints(tmp_path / "a.csv")[0]


def test_sheet_that_claims_a_million_rows_is_read_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_EMPTY_ROWS", 100)
    path = write_xlsx(tmp_path)
    with zipfile.ZipFile(path) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").decode()
    last = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    sheet = sheet.replace("</sheetData>", last)
    path.write_bytes(replaced_part(path.read_bytes(), "xl/worksheets/sheet1.xml", sheet.encode()))
    assert len(list(iter_documents(path))) == 1


def test_one_text_for_a_thousand_rows_stays_once_in_memory(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    text = "Xã có chợ mới. " * 50_000  # a batch of 64 rows would hold 64 times this
    rows = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 500), [text])
    parquet.write_table(pyarrow.table({"text": rows}), tmp_path / "a.parquet")
    before = pyarrow.total_allocated_bytes()
    documents = iter_documents(tmp_path / "a.parquet")
    assert next(documents).text == text.strip()
    assert pyarrow.total_allocated_bytes() - before < 16 * len(text.encode())


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "jsonl.gz"])
def test_tables_are_read_in_constant_memory(suffix: str, tmp_path: Path) -> None:
    text = "Bến cá mở thêm kho lạnh cho bà con gửi hàng. " * 60
    rows = "".join(
        (json.dumps({"text": f"{n} {text}"}) if "jsonl" in suffix else f'{n},"{text}"') + "\n" for n in range(800)
    )
    data = (rows if "jsonl" in suffix else f"n,text\n{rows}").encode()
    (tmp_path / f"a.{suffix}").write_bytes(gzip.compress(data, 1) if suffix.endswith("gz") else data)
    documents = iter_documents(tmp_path / f"a.{suffix}")
    next(documents)
    tracemalloc.start()
    assert sum(1 for _ in documents) == 799
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) / 3


def test_word_of_a_million_letters_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!DOCTYPE html><html><body><p>" + "a" * 1_000_000 + "</p></body></html>")
    (tmp_path / "b.txt").write_text("đ" * 1_000_000)
    assert [len(d.text) for d in iter_documents(tmp_path)] == [1_000_000, 1_000_000]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<!DOCTYPE html><" + "a" * 2_000_000),
        ("b.html", "<!---->" * 1_000 + "<b>Tin.</b>"),
        ("c.md", "# " + " " * 1_000_000 + "x #"),
        ("d.md", "[" * 1_000_000),
        ("e.md", "*a" * 500_000),
        ("f.txt", "é" * 1_000_000),
        ("g.txt", "Ã" * 1_000_000),
    ],
)
def test_text_that_lures_patterns_into_endless_search_is_done_with_soon(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    started = time.monotonic()
    assert len(complaints(tmp_path / name)) <= 1
    assert time.monotonic() - started < 20  # seconds; one that is not linear takes hours


def hostile_pdf(content: bytes) -> bytes:
    stream = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 999999999>>",  # the pages hold themselves, and claim a thousand million
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999999 99999999]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, start=1))
    return body + b"trailer<</Root 1 0 R/Size 5>>"


def test_hostile_pdf_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    (tmp_path / "a.pdf").write_bytes(hostile_pdf(BOMB))
    (complaint,) = complaints(tmp_path / "a.pdf")
    assert "found a part that unfolds to more (a decompression bomb?)" in complaint
    (tmp_path / "b.pdf").write_bytes(hostile_pdf(b" "))
    (complaint,) = complaints(tmp_path / "b.pdf")
    assert "expected a PDF" in complaint or "expected at most 5000 pages" in complaint


def test_pdf_page_of_a_million_letters_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    letters = b"BT /F1 1 Tf 10 10 Td " + (b"(" + b"a" * 1000 + b") Tj ") * 1000 + b"ET"
    (tmp_path / "a.pdf").write_bytes(hostile_pdf(letters))
    (complaint,) = complaints(tmp_path / "a.pdf")
    assert "characters on page 1" in complaint


# --- missing extras -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "module", "extra"),
    [
        ("html", "trafilatura", "html"),
        ("mhtml", "trafilatura", "html"),
        ("pdf", "pypdfium2", "pdf"),
        ("docx", "docx", "docx"),
        ("odt", "defusedxml", "odt"),
        ("xlsx", "openpyxl", "xlsx"),
        ("parquet", "pyarrow", "parquet"),
    ],
)
def test_missing_extra_names_the_command_that_installs_it(
    suffix: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = next(write for write in WRITERS if write.__name__ == f"write_{suffix}")
    path = write(tmp_path)
    for loaded in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    command = rf'need {module}, which is not installed; run: pip install "vietnamese-text-toolkit\[{extra}\]"'
    with pytest.raises(MissingExtraError, match=command):
        read(path)


def test_half_characters_and_bytes_in_names_do_not_stop_the_output(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "Tin \\ud83d\\ude00 vui \\ud800.", "url": "\\ud800"}\n', encoding="utf-8"
    )
    with tarfile.open(tmp_path / "b.tar", "w", encoding="latin-1") as archive:
        info = tarfile.TarInfo("báo.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"Tin."))
    found = list(iter_documents(tmp_path))
    assert [d.text for d in found] == ["Tin 😀 vui ?.", "Tin."]
    assert found[0].metadata == {"url": "?"}
    for document in found:
        json.dumps([document.source, document.metadata], ensure_ascii=False).encode("utf-8")
