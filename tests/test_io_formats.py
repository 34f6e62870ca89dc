"""One article in every format has the same paragraphs, whoever wrote the file."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import html
import io
import json
import shutil
import subprocess
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

import toolkit
from tests.test_io_encodings import encoded
from toolkit.errors import ToolkitError
from toolkit.io import FileSummary, Options, iter_documents, read

TITLE = "Cảng cá Lạch Vạn đón thêm tàu lớn"
PARAGRAPHS = [
    "Sáng 12/5, cảng cá Lạch Vạn nhận chuyến hàng đầu tiên đi thẳng sang Hàn Quốc, sau gần hai năm nạo vét luồng.",
    "Theo ban quản lý, mỗi tháng nơi đây xếp dỡ khoảng 1.200 tấn mực và cá đông lạnh, gấp rưỡi cùng kỳ năm ngoái. "
    "Phần lớn số hàng ấy trước kia phải chở bằng xe tải ra tận Hải Phòng.",
    "“Bà con đỡ được tiền cước, cá lên bờ cũng tươi hơn”, ông Hoàng Văn Nghĩa, chủ một kho lạnh, vui vẻ nói.",
    "Tỉnh dự tính xây thêm cầu tàu thứ ba vào mùa khô tới, bằng nguồn vốn vay ưu đãi của một ngân hàng nước ngoài. "
    "Việc khảo sát đáy biển đã xong từ tháng trước.",
]
FONT = "DejaVuSans.ttf"

Writer = Callable[[Path], Path]


def _font() -> str:
    matplotlib = pytest.importorskip("matplotlib")
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", FONT))


def write_txt(folder: Path) -> Path:
    path = folder / "a.txt"
    path.write_text("\n\n".join([TITLE, *PARAGRAPHS]), encoding="utf-8")
    return path


def write_md(folder: Path) -> Path:
    path = folder / "a.md"
    path.write_text("\n\n".join([f"# {TITLE}", *PARAGRAPHS]).replace("cảng cá", "**cảng cá**", 1), encoding="utf-8")
    return path


def write_nfd(folder: Path) -> Path:
    path = folder / "nfd.txt"
    path.write_text(unicodedata.normalize("NFD", "\n\n".join([TITLE, *PARAGRAPHS])), encoding="utf-8")
    return path


def write_utf16(folder: Path) -> Path:
    path = folder / "utf16.txt"
    path.write_text("\r\n".join([TITLE, *PARAGRAPHS]), encoding="utf-16", newline="")
    return path


def _write_old(folder: Path, encoding: str) -> Path:
    path = folder / f"{encoding}.txt"
    path.write_bytes(encoded("\n\n".join([TITLE, *PARAGRAPHS]), encoding))
    return path


def write_windows_1258(folder: Path) -> Path:
    return _write_old(folder, "windows-1258")


def write_tcvn3(folder: Path) -> Path:
    return _write_old(folder, "tcvn3")


def write_vni(folder: Path) -> Path:
    return _write_old(folder, "vni")


def page(title: str = TITLE, description: str = "") -> str:
    menu = "".join(f"<li><a href='/{n}'>Chuyên mục {n}</a></li>" for n in range(12))
    body = "".join(f"<p>{html.escape(text)}</p>" for text in PARAGRAPHS)
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Báo Biển">
<meta property="og:description" content="{html.escape(description)}">
<meta property="article:published_time" content="2025-05-12T07:30:00+07:00"><meta name="author" content="Mai Sương">
<link rel="canonical" href="https://baobien.example.vn/cang-ca.html"></head>
<body><header><nav><ul>{menu}</ul></nav></header><article><h1>{title}</h1>{body}</article>
<aside><h3>Tin liên quan</h3><ul>{menu}</ul></aside>
<footer><p>Giấy phép số 12/GP-TTĐT ngày 3/4/2019</p></footer></body></html>"""


def write_html(folder: Path) -> Path:
    path = folder / "a.html"
    path.write_text(page(), encoding="utf-8")
    return path


def write_mhtml(folder: Path) -> Path:
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://baobien.example.vn/cang-ca.html"
    message.set_content(page(), subtype="html", charset="utf-8", cte="quoted-printable")
    message.make_related()
    message.add_related(b"\x89PNG", "image", "png")
    path = folder / "a.mhtml"
    path.write_bytes(message.as_bytes())
    return path


def write_docx(folder: Path) -> Path:
    document = pytest.importorskip("docx").Document()
    document.sections[0].header.paragraphs[0].text = "Bản tin nội bộ"
    document.add_heading(TITLE, 0)
    for text in PARAGRAPHS[:3]:
        document.add_paragraph(text)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Sản lượng", "1.200"
    document.add_paragraph(PARAGRAPHS[3])
    path = folder / "a.docx"
    document.save(str(path))
    return path


def write_odt(folder: Path) -> Path:
    pytest.importorskip("odf")
    from odf.opendocument import OpenDocumentText
    from odf.text import H, P, S

    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text=TITLE))
    for text in PARAGRAPHS:
        first, rest = text.split(" ", 1)
        paragraph = P(text=first)
        paragraph.addElement(S(c=1))
        paragraph.addText(rest)
        document.text.addElement(paragraph)
    path = folder / "a.odt"
    document.save(str(path))
    return path


def write_pdf(folder: Path) -> Path:
    fpdf = pytest.importorskip("fpdf")
    pdf = fpdf.FPDF(format=(148, 210))
    pdf.add_font("dejavu", fname=_font())
    pdf.add_page()
    pdf.set_font("dejavu", size=18)
    pdf.multi_cell(0, 9, TITLE, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("dejavu", size=11)
    for text in PARAGRAPHS:
        pdf.ln(3)
        pdf.multi_cell(0, 6, text, align="L", new_x="LMARGIN", new_y="NEXT")
    path = folder / "a.pdf"
    pdf.output(str(path))
    return path


def write_csv(folder: Path) -> Path:
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["tiêu đề", "nội dung"], [TITLE, "\n".join(PARAGRAPHS)]])
    return path


def write_tsv(folder: Path) -> Path:
    """As Excel's “Unicode text” has it."""
    path = folder / "a.tsv"
    with path.open("w", encoding="utf-16", newline="") as stream:
        csv.writer(stream, delimiter="\t").writerows([["Tiêu đề", "Nội dung"], [TITLE, "\n".join(PARAGRAPHS)]])
    return path


def write_excel_csv(folder: Path) -> Path:
    """As a Vietnamese Excel has it: a byte order mark, semicolons, an empty row below."""
    path = folder / "excel.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([["Tiêu đề", "Nội dung", "Ngày"], [TITLE, "\n".join(PARAGRAPHS), "12/05/2025"], ["", "", ""]])
    return path


def write_xlsx(folder: Path) -> Path:
    book = pytest.importorskip("openpyxl").Workbook()
    book.active.append(["Tiêu đề", "Nội dung", "Ngày"])
    book.active.append([TITLE, "\n".join(PARAGRAPHS), dt.datetime(2025, 5, 12)])
    path = folder / "a.xlsx"
    book.save(path)
    return path


def write_parquet(folder: Path) -> Path:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = folder / "a.parquet"
    parquet.write_table(pyarrow.table({"title": [TITLE], "paragraphs": [PARAGRAPHS], "bytes": [b"\xff"]}), path)
    return path


def write_jsonl(folder: Path) -> Path:
    path = folder / "a.jsonl"
    path.write_text(json.dumps({"title": TITLE, "text": "\n\n".join(PARAGRAPHS)}) + "\n", encoding="utf-8")
    return path


def write_json(folder: Path) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps({"title": TITLE, "text": "\n\n".join(PARAGRAPHS)}, indent=1), encoding="utf-8")
    return path


def write_zip(folder: Path) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(write_docx(folder), "báo cáo/tháng 5.docx")
        archive.writestr("__MACOSX/._a", b"x")
    return path


def write_gz(folder: Path) -> Path:
    path = folder / "a.jsonl.gz"
    path.write_bytes(gzip.compress(write_jsonl(folder).read_bytes()))
    return path


def write_tgz(folder: Path) -> Path:
    path = folder / "a.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(write_parquet(folder), "thang5/a.parquet")
    return path


WRITERS = [
    write_txt, write_nfd, write_utf16, write_windows_1258, write_tcvn3, write_vni, write_md, write_html, write_mhtml,
    write_docx, write_odt, write_pdf, write_csv, write_tsv, write_excel_csv, write_xlsx, write_parquet, write_jsonl,
    write_json, write_zip, write_gz, write_tgz,
]  # fmt: skip


@pytest.mark.parametrize("write", WRITERS)
def test_same_article_has_the_same_paragraphs_in_every_format(write: Writer, tmp_path: Path) -> None:
    document = read(write(tmp_path))
    assert [paragraph.text for paragraph in document.paragraphs] == PARAGRAPHS
    assert document.title == TITLE


def test_same_article_has_the_same_labels_and_digest_in_every_format(tmp_path: Path) -> None:
    analyzer = toolkit.Analyzer.load()
    seen = set()
    for write in WRITERS:
        folder = tmp_path / write.__name__
        folder.mkdir()
        analysis = analyzer.analyze(read(write(folder)), max_sentences=2)
        assert analysis.digest is not None
        seen.add((tuple(p.prediction.labels for p in analysis.paragraphs), analysis.digest.text))
    assert len(seen) == 1


@pytest.mark.parametrize("write", WRITERS)
def test_content_decides_where_the_name_says_nothing(write: Writer, tmp_path: Path) -> None:
    path = write(tmp_path)
    if write in (write_txt, write_nfd, write_utf16, write_windows_1258, write_tcvn3, write_vni, write_md):
        pytest.skip("these are text like any other without their name")
    bare = path.rename(tmp_path / "tep")
    assert [paragraph.text for paragraph in read(bare).paragraphs] == PARAGRAPHS


@pytest.mark.parametrize("name", ["a.csv", "tep"])
def test_table_with_the_line_ends_of_old_macintoshes_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes('title,text\rGạo,"Xuất khẩu gạo\rtăng."\rCá,Tin vui.\r'.encode())
    documents = list(iter_documents(tmp_path / name))
    assert [(d.title, d.text, str(d.source).rpartition(":")[2]) for d in documents] == [
        ("Gạo", "Xuất khẩu gạo\ntăng.", "2"),
        ("Cá", "Tin vui.", "4"),
    ]


def test_bytes_that_are_no_table_do_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\r\x00")
    (tmp_path / "b.txt").write_text("Tin khác.")
    errors: list[ToolkitError] = []
    paths = [tmp_path / "a", tmp_path / "b.txt"]
    assert [d.text for d in iter_documents(paths, on_error=errors.append)] == ["Tin khác."]
    assert len(errors) == 1


def test_content_wins_over_a_wrong_name(tmp_path: Path) -> None:
    shutil.move(write_docx(tmp_path), tmp_path / "a.pdf")
    assert read(tmp_path / "a.pdf").title == TITLE


@pytest.mark.parametrize("suffix", ["pdf", "docx", "odt", "xlsx", "parquet", "mhtml", "zip", "gz"])
def test_text_that_claims_to_be_something_else_is_one_line_and_the_rest_goes_on(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"a.{suffix}").write_text("Tin.")
    (tmp_path / "b.txt").write_text("Tin khác.")
    errors: list[ToolkitError] = []
    assert [d.text for d in iter_documents(tmp_path, on_error=errors.append)] == ["Tin khác."]
    (error,) = errors
    assert f"a.{suffix}: expected a" in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "write",
    [write_html, write_mhtml, write_docx, write_odt, write_pdf, write_xlsx, write_parquet, write_jsonl, write_json,
     write_zip, write_gz, write_tgz],
)  # fmt: skip
def test_damaged_files_are_one_line(write: Writer, tmp_path: Path) -> None:
    path = write(tmp_path)
    data = path.read_bytes()
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / path.name).write_bytes(data[: len(data) // 2])
    errors: list[ToolkitError] = []
    list(iter_documents(tmp_path / "x", on_error=errors.append))
    assert len(errors) <= 1
    assert all("\n" not in str(error) and path.name in str(error) for error in errors)
    if write not in (write_html, write_mhtml, write_pdf):  # half a page is a page, half a PDF is repaired
        assert errors


def test_page_brings_title_date_author_and_address(tmp_path: Path) -> None:
    document = read(write_html(tmp_path))
    assert document.date == dt.date(2025, 5, 12)
    assert document.metadata["author"] == "Mai Sương"
    assert document.metadata["url"] == "https://baobien.example.vn/cang-ca.html"
    assert document.metadata["outlet"] == "Báo Biển"
    assert document.sapo == 0  # short, and under a title: the same as for text


def test_table_of_a_page_stands_aside_and_a_page_laid_out_in_tables_is_prose(tmp_path: Path) -> None:
    rows = "<tr><th>Mặt hàng</th><th>Sản lượng</th></tr><tr><td>Mực</td><td>1.200 tấn</td></tr>"
    (tmp_path / "a.html").write_text(page().replace("</p>", f"</p><table>{rows}</table>", 1), encoding="utf-8")
    document = read(tmp_path / "a.html")
    assert [p.text for p in document.paragraphs] == PARAGRAPHS
    assert [d.text for d in document.dropped if d.reason == "table"] == ["Mặt hàng | Sản lượng", "Mực | 1.200 tấn"]
    prose = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    menu = "<td><ul><li><a href='/'>Trang chủ</a></li></ul></td>"
    laid_out = f"<html><body><table><tr>{menu}<td>{prose}</td></tr></table></body></html>"
    (tmp_path / "b.html").write_text(laid_out, encoding="utf-8")
    assert [p.text for p in read(tmp_path / "b.html").paragraphs] == PARAGRAPHS


def test_declared_summary_makes_the_sapo(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(description=PARAGRAPHS[0][:70] + "..."), encoding="utf-8")
    assert read(tmp_path / "a.html").sapo == 0


def test_header_and_table_of_a_document_stand_aside_with_their_reason(tmp_path: Path) -> None:
    document = read(write_docx(tmp_path))
    assert [(d.reason, d.text) for d in document.dropped[1:]] == [
        ("table", "Sản lượng | 1.200"),
        ("header", "Bản tin nội bộ"),
    ]
    assert all(d.span.within(document.text) == d.text for d in document.dropped)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'


def write_hard_docx(folder: Path) -> Path:
    """Write what Word makes and python-docx does not show: changes, controls, text boxes, notes, first-page headers."""
    docx = pytest.importorskip("docx")
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    def run(text: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'

    document = docx.Document()
    document.add_heading("Thư viện huyện mở thêm phòng đọc", 0)
    first = document.add_paragraph("Phòng mới có ")
    changed = first._p
    changed.append(parse_xml(f"<w:ins {W} w:id='1' w:author='A'>{run('sáu mươi ')}</w:ins>"))
    deleted = "<w:r><w:delText>năm mươi </w:delText></w:r>"
    changed.append(parse_xml(f"<w:del {W} w:id='2' w:author='A'>{deleted}</w:del>"))
    first.add_run("chỗ ngồi và hai máy tính.")
    changed.append(parse_xml(f"<w:r {W}><w:footnoteReference w:id='2'/></w:r>"))
    body = document.element.body
    control = f"<w:sdt {W}><w:sdtContent><w:p>{run('Sách được mượn mười ngày.')}</w:p></w:sdtContent></w:sdt>"
    body.insert(len(body) - 1, parse_xml(control))
    box = f"<w:txbxContent><w:p>{run('Cuối tuần thư viện vẫn mở cửa.')}</w:p></w:txbxContent>"
    drawing = (
        f"<w:r {W} {MC}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("Học sinh được giảm phí thẻ.")._p.append(parse_xml(drawing))
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = "Lưu hành nội bộ"
    note = f"<w:footnotes {W}><w:footnote w:id='2'><w:p>{run('Theo phòng Văn hóa.')}</w:p></w:footnote></w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, note.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(folder / "hard.docx"))
    return folder / "hard.docx"


def write_hard_odt(folder: Path) -> Path:
    pytest.importorskip("odf")
    from odf.draw import Frame, TextBox
    from odf.opendocument import OpenDocumentText
    from odf.text import H, Note, NoteBody, NoteCitation, P

    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Thư viện huyện mở thêm phòng đọc"))
    paragraph = P(text="Phòng mới có sáu mươi chỗ ngồi")
    note, note_body = Note(noteclass="footnote"), NoteBody()
    note.addElement(NoteCitation(text="1"))
    note_body.addElement(P(text="Theo phòng Văn hóa."))
    note.addElement(note_body)
    paragraph.addElement(note)
    paragraph.addText(" và hai máy tính.")
    document.text.addElement(paragraph)
    document.text.addElement(P(text="Sách được mượn mười ngày."))
    boxed, frame, box = P(text="Học sinh được giảm "), Frame(width="5cm", height="2cm"), TextBox()
    box.addElement(P(text="Cuối tuần thư viện vẫn mở cửa."))
    frame.addElement(box)
    boxed.addElement(frame)
    boxed.addText("phí thẻ.")
    document.text.addElement(boxed)
    document.save(str(folder / "hard.odt"))
    return folder / "hard.odt"


@pytest.mark.parametrize("write", [write_hard_docx, write_hard_odt])
def test_changes_text_boxes_and_notes_are_not_lost(write: Writer, tmp_path: Path) -> None:
    document = read(write(tmp_path))
    assert document.title == "Thư viện huyện mở thêm phòng đọc"
    assert [p.text for p in document.paragraphs] == [
        "Phòng mới có sáu mươi chỗ ngồi và hai máy tính.",
        "Sách được mượn mười ngày.",
        "Học sinh được giảm phí thẻ.",
        "Cuối tuần thư viện vẫn mở cửa.",
    ]
    asides = {(d.reason, d.text) for d in document.dropped[1:]}
    assert ("footnote", "Theo phòng Văn hóa.") in asides
    assert (("header", "Lưu hành nội bộ") in asides) is (write is write_hard_docx)


def test_hidden_text_of_word_is_set_aside(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx").Document()
    paragraph = docx.add_paragraph("Giá gạo hôm nay ")
    paragraph.add_run("(xem lại số này) ").font.hidden = True
    paragraph.add_run("đã tăng thêm hai phần trăm.").font.hidden = False  # said to be shown
    docx.add_paragraph().add_run("Đoạn này là ghi chú ẩn của người soạn thảo văn bản.").font.hidden = True
    docx.save(str(tmp_path / "a.docx"))
    document = read(tmp_path / "a.docx")
    assert [p.text for p in document.paragraphs] == ["Giá gạo hôm nay đã tăng thêm hai phần trăm."]
    assert [(d.reason, d.text) for d in document.dropped] == [
        ("hidden", "(xem lại số này)"),
        ("hidden", "Đoạn này là ghi chú ẩn của người soạn thảo văn bản."),
    ]


def test_report_laid_out_in_a_table_is_prose(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx").Document()
    docx.add_table(1, 1).cell(0, 0).text = PARAGRAPHS[0]
    docx.save(str(tmp_path / "a.docx"))
    assert [p.text for p in read(tmp_path / "a.docx").paragraphs] == [PARAGRAPHS[0]]


def test_other_columns_pass_through(tmp_path: Path) -> None:
    assert read(write_xlsx(tmp_path)).metadata == {"Ngày": "2025-05-12"}
    assert read(write_xlsx(tmp_path)).date == dt.date(2025, 5, 12)
    assert read(write_parquet(tmp_path)).metadata == {"bytes": "/w=="}


def test_dates_of_tables_may_begin_with_the_day(tmp_path: Path) -> None:
    assert read(write_excel_csv(tmp_path)).date == dt.date(2025, 5, 12)
    for written, meant in (("3-9-2025 08:15", dt.date(2025, 9, 3)), ("31/02/2025", None), ("tháng 5/2025", None)):
        (tmp_path / "b.jsonl").write_text(json.dumps({"text": "Tin.", "ngày": written}), encoding="utf-8")
        assert read(tmp_path / "b.jsonl").date == meant


def test_names_of_columns_may_have_their_accents_apart(tmp_path: Path) -> None:
    header = unicodedata.normalize("NFD", "Tiêu đề,Nội dung\n")
    (tmp_path / "a.csv").write_text(header + "Bến cá,Tàu cá về bến.\n", encoding="utf-8")
    assert read(tmp_path / "a.csv").title == "Bến cá"


def test_heading_above_the_columns_of_a_sheet_is_passed(tmp_path: Path) -> None:
    book = pytest.importorskip("openpyxl").Workbook()
    for row in (["BẢNG TỔNG HỢP TIN THÁNG 5"], [], ["STT", "Nội dung"], [1, "Tàu cá về bến."], [2, "Cá được giá."]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = list(iter_documents(tmp_path / "a.xlsx"))
    assert [(d.text, d.metadata, d.source) for d in found] == [
        ("Tàu cá về bến.", {"STT": 1}, f"{tmp_path}/a.xlsx#Sheet:4"),
        ("Cá được giá.", {"STT": 2}, f"{tmp_path}/a.xlsx#Sheet:5"),
    ]


def test_column_that_a_thousand_rows_lack_is_told_twice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("tên,tuổi\n" + "An,5\n" * 1000, encoding="utf-8")
    errors: list[ToolkitError] = []
    assert list(iter_documents(tmp_path, on_error=errors.append)) == []
    assert [str(error).partition("a.csv")[2] for error in errors] == [
        ":2: expected a column 'text or content or body' with the text, found 'tên', 'tuổi'; "
        "name it with --text-column",
        ": expected the same of 999 more record(s), found none; they are left out too",
    ]


def test_table_without_rows_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Gạo,Giá gạo tăng.\n", encoding="utf-8")
    with pytest.raises(
        ToolkitError, match=r"a\.csv: expected rows below the one that names the columns, found 'Gạo,Giá"
    ):
        read(tmp_path / "a.csv")


def test_member_of_an_archive_is_named_with_it(tmp_path: Path) -> None:
    assert read(write_zip(tmp_path)).source == f"{tmp_path / 'a.zip'}/báo cáo/tháng 5.docx"


def test_format_can_be_forced(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text\nMột.\nHai.\n", encoding="utf-8")
    assert [d.text for d in iter_documents(tmp_path / "a.txt", options=Options(format="csv"))] == ["Một.", "Hai."]
    with pytest.raises(ToolkitError, match="format 'doc': expected one of csv, docm, docx"):
        read(tmp_path / "a.txt", Options(format="doc"))


def test_records_on_standard_input_are_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for write in (write_jsonl, write_json, write_csv, write_tsv, write_docx, write_gz):
        data = write(tmp_path).read_bytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert [p.text for p in read("-").paragraphs] == PARAGRAPHS


# --- PDF ----------------------------------------------------------------------------------------------

LONG = [
    "Vụ đông năm nay bà con xã Diễn Hải trồng thử giống khoai tây mới trên đất cát ven biển và thu về kết quả khá.",
    "Mỗi sào cho gần bảy tạ củ, thương lái vào tận ruộng cân hàng rồi chở thẳng về nhà máy chế biến ở Bắc Ninh.",
    "Hợp tác xã đã ký hợp đồng bao tiêu ba năm, giá sàn được ghi rõ nên người trồng không còn lo cảnh mất giá.",
    "Cán bộ khuyến nông về từng thôn hướng dẫn cách ủ phân, phòng bệnh mốc sương và giữ ẩm cho luống khoai.",
    "Huyện tính mở rộng diện tích lên hai trăm héc-ta, nhưng trước hết phải lo xong kênh dẫn nước ngọt.",
    "Một số hộ còn ngần ngại vì vốn ban đầu cao hơn trồng ngô, phải vay ngân hàng chính sách mới đủ.",
]


def test_columns_are_read_one_after_the_other_and_headers_stand_aside(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")

    class Paper(fpdf.FPDF):  # type: ignore[misc, name-defined]
        def header(self) -> None:
            self.set_font("dejavu", size=8)
            self.cell(0, 5, "Bản tin Nông nghiệp", align="C")
            self.ln(12)

        def footer(self) -> None:
            self.set_y(-12)
            self.cell(0, 5, f"Trang {self.page_no()}/3", align="C")

    pdf = Paper(format=(148, 210))
    pdf.add_font("dejavu", fname=_font())
    for number in range(3):
        pdf.add_page()
        pdf.set_font("dejavu", size=10)
        with pdf.text_columns(ncols=2, gutter=8, text_align="J", line_height=1.3) as columns:
            for text in LONG[2 * number : 2 * number + 2]:
                with columns.paragraph(bottom_margin=4) as paragraph:
                    paragraph.write(text)
                columns.new_column() if text is LONG[2 * number] else None
    pdf.output(str(tmp_path / "a.pdf"))
    document = read(tmp_path / "a.pdf")
    assert [p.text for p in document.paragraphs] == LONG
    assert [p.page for p in document.paragraphs] == [1, 1, 2, 2, 3, 3]
    assert sorted({d.text for d in document.dropped}) == ["Bản tin Nông nghiệp", "Trang 1/3", "Trang 2/3", "Trang 3/3"]
    assert {d.reason for d in document.dropped} == {"header"}


def test_paragraph_goes_on_over_the_page_and_hyphens_are_undone(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")
    pdf = fpdf.FPDF(format=(148, 210))
    pdf.add_font("dejavu", fname=_font())
    pdf.set_font("dejavu", size=11)
    first = "Nhà máy vừa xuất lô linh kiện đầu tiên cho tập đoàn Sam-\nsung, đạt chuẩn của khối ASEAN-\nTrung Quốc và"
    for text in (first, "được phía bạn đánh giá cao."):
        pdf.add_page()
        pdf.multi_cell(0, 6, text, align="L")
    pdf.output(str(tmp_path / "a.pdf"))
    document = read(tmp_path / "a.pdf")
    assert [p.text for p in document.paragraphs] == [
        "Nhà máy vừa xuất lô linh kiện đầu tiên cho tập đoàn Samsung, đạt chuẩn của khối ASEAN- Trung Quốc và "
        "được phía bạn đánh giá cao."
    ]
    assert document.paragraphs[0].page == 1


def test_markdown_table_is_set_aside_but_for_the_prose_in_it(tmp_path: Path) -> None:
    table = "Mặt hàng | Kim ngạch\n:-- | --:\nSầu riêng | **300** triệu USD\n| Ghi chú | " + PARAGRAPHS[2] + " |"
    (tmp_path / "a.md").write_text(f"# {TITLE}\n\n{PARAGRAPHS[0]}\n\n{table}\n\n{PARAGRAPHS[1]}\n\nA | B", "utf-8")
    document = read(tmp_path / "a.md")
    assert [p.text for p in document.paragraphs] == [PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[1], "A | B"]
    assert [p.line for p in document.paragraphs] == [3, 8, 10, 12]
    assert [d.text for d in document.dropped if d.reason == "table"] == [
        "Mặt hàng | Kim ngạch",
        "Sầu riêng | 300 triệu USD",
        "Ghi chú",
    ]
    assert all(d.text == document.text[d.start : d.end] for d in document.dropped)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
def test_two_columns_of_one_name_are_refused_and_not_one_of_them_lost(suffix: str, tmp_path: Path) -> None:
    names, cells = ["Nội dung", "nội dung"], ["Xuất khẩu gạo tăng 3%.", "Nhập khẩu thép giảm 4%."]
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        path.write_text(",".join(names) + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    elif suffix == "xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        for row in (names, cells):
            book.active.append(row)
        sound = book.create_sheet("Hai")
        for row in (names[:1], ["Giá gạo tăng."]):
            sound.append(row)
        book.save(path)
    elif suffix == "parquet":
        table = pytest.importorskip("pyarrow").table(dict(zip(names, [[cell] for cell in cells], strict=True)))
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    else:
        path.write_text('{"text": "Xuất khẩu gạo tăng 3%.", "text": "Nhập khẩu thép giảm 4%."}', encoding="utf-8")
    errors: list[ToolkitError] = []
    found = [document.text for document in iter_documents(path, on_error=errors.append)]
    assert found == (["Giá gạo tăng."] if suffix == "xlsx" else [])  # the next sheet is sound
    assert str(errors[0]).partition(" called ")[2].startswith(("'nội dung'; rename one", "'text': rename one"))


def test_scanned_pdf_says_that_it_has_no_text(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.rect(10, 10, 50, 50, style="F")
    pdf.output(str(tmp_path / "scan.pdf"))
    with pytest.raises(ToolkitError, match=r"scan\.pdf: expected a PDF with text, found 1 page\(s\) without any"):
        read(tmp_path / "scan.pdf")


def test_pdf_with_a_picture_is_read(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")
    image = pytest.importorskip("PIL.Image")
    pdf = fpdf.FPDF()
    pdf.add_font("dejavu", fname=_font())
    pdf.add_page()
    pdf.image(image.new("RGB", (800, 600)), w=80)  # 1.4 MB unfolded: the end of its part is past the first MiB
    pdf.set_font("dejavu", size=11)
    pdf.multi_cell(0, 6, PARAGRAPHS[0], align="L")
    pdf.output(str(tmp_path / "a.pdf"))
    assert [p.text for p in read(tmp_path / "a.pdf").paragraphs] == [PARAGRAPHS[0]]


def test_pdf_with_a_password_says_so(tmp_path: Path) -> None:
    fpdf = pytest.importorskip("fpdf")
    pdf = fpdf.FPDF()
    pdf.set_encryption(owner_password="a", user_password="b")
    pdf.add_page()
    pdf.output(str(tmp_path / "a.pdf"))
    with pytest.raises(ToolkitError, match=r"a\.pdf: expected a PDF in the open, found one with a password"):
        read(tmp_path / "a.pdf")


STYLES = {
    "a lead over two columns": "body{font:11pt serif}h1{margin:0 0 4mm}.lead{font-weight:bold;margin:0 0 3mm}"
    ".columns{column-count:2;column-gap:8mm;text-align:justify}.columns p{margin:0;text-indent:6mm}",
    "narrow gutters, little space between paragraphs": "body{font:11pt sans-serif;columns:2;text-align:justify}"
    "p{margin:0 0 5pt}",
    "as offices write": "body{font:14pt serif;text-align:justify;line-height:1.5}p{text-indent:1.27cm;margin:0}",
}


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_page_printed_by_chromium_has_the_same_paragraphs(style: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    title = f"{TITLE}, ngư dân ba xã bãi ngang thêm việc làm quanh năm"
    columns = "".join(f"<p>{text}</p>" for text in LONG * 5)
    article = f"<h1>{title}</h1><p class=lead>{PARAGRAPHS[1]}</p><div class=columns>{columns}</div>"
    page = f"<!DOCTYPE html><meta charset=utf-8><title>{title}</title><style>{style}</style>{article}"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={tmp_path / 'a.pdf'}"]
    subprocess.run([*command, (tmp_path / "a.html").as_uri()], check=True, capture_output=True, timeout=120)
    document = read(tmp_path / "a.pdf")
    assert [p.text for p in document.paragraphs] == [PARAGRAPHS[1], *LONG * 5]
    assert document.title == title
    assert [p.page for p in document.paragraphs] == sorted(p.page or 0 for p in document.paragraphs)


@pytest.mark.slow
def test_menu_of_a_page_printed_by_chromium_stands_aside(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={tmp_path / 'a.pdf'}"]
    subprocess.run([*command, write_html(tmp_path).as_uri()], check=True, capture_output=True, timeout=120)
    document = read(tmp_path / "a.pdf")
    assert document.title == TITLE
    assert [p.text for p in document.paragraphs[: len(PARAGRAPHS)]] == PARAGRAPHS
    assert "navigation" in {d.reason for d in document.dropped if "Chuyên mục 3" in d.text}


@pytest.mark.slow
def test_page_saved_by_chromium_gives_the_same_labels_and_digest(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    (tmp_path / "saved").mkdir()
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.goto(write_html(tmp_path).as_uri())
        (tmp_path / "saved" / "b.html").write_text(opened.content(), encoding="utf-8")
        snapshot = opened.context.new_cdp_session(opened).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
        (tmp_path / "saved" / "c.mhtml").write_text(snapshot, encoding="utf-8", newline="")
        opened.pdf(path=tmp_path / "saved" / "d.pdf")
        browser.close()
    write_docx(tmp_path / "saved")
    analyzer = toolkit.Analyzer.load()
    seen = set()
    for document in iter_documents(tmp_path / "saved"):
        assert document.title == TITLE
        analysis = analyzer.analyze(document, max_sentences=2)
        assert analysis.digest is not None
        labels = tuple(p.prediction.labels for p in analysis.paragraphs[: len(PARAGRAPHS)])
        seen.add((labels, analysis.digest.text))
    assert len(seen) == 1


def test_folder_of_everything_is_read_whole(tmp_path: Path) -> None:
    for number, write in enumerate(WRITERS):
        (tmp_path / f"{number:02}").mkdir()
        write(tmp_path / f"{number:02}")
    summary = FileSummary()
    documents = list(iter_documents(tmp_path, summary=summary))
    assert len(documents) == len(WRITERS) + 3  # the archives' contents lie beside them too
    assert {tuple(p.text for p in d.paragraphs) for d in documents} == {tuple(PARAGRAPHS)}
    assert summary.passed_over == {}
