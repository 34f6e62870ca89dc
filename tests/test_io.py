from __future__ import annotations

import datetime as dt
import io
import json
import sys
from pathlib import Path

import pytest

import toolkit
from toolkit.errors import DecodingError, InputError, InputNotFoundError, ToolkitError
from toolkit.io import FileSummary, Options, iter_documents, read
from toolkit.io.base import Unit

NEWS = "Kim ngạch xuất khẩu của tỉnh tăng mạnh trong quý II."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "a.md").write_text(NEWS, encoding="utf-16")
    (tmp_path / "con").mkdir()
    (tmp_path / "con" / "c.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "anh.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "hong.txt").write_bytes(b"tin \xff\xfe\xfa")
    (tmp_path / ".an").write_text("x")
    return tmp_path


def test_folder_is_read_in_order_and_one_bad_file_stops_nothing(folder: Path) -> None:
    errors: list[ToolkitError] = []
    summary = FileSummary()
    documents = list(iter_documents([folder], on_error=errors.append, summary=summary))
    assert [Path(d.source or "").name for d in documents] == ["a.md", "b.txt", "c.txt"]
    assert [d.text for d in documents] == [NEWS] * 3
    assert [type(error) for error in errors] == [DecodingError]
    assert "hong.txt: byte 4" in str(errors[0])
    assert summary.passed_over == {".png": 1}
    assert summary.n_files == 4


def test_without_a_handler_the_first_failure_is_raised(folder: Path) -> None:
    with pytest.raises(DecodingError, match=r"hong\.txt"):
        list(iter_documents(folder))


def test_glob_and_missing_paths(folder: Path) -> None:
    assert len(list(iter_documents([str(folder / "*.md"), str(folder / "**" / "c.txt")]))) == 2
    with pytest.raises(InputNotFoundError, match="expected a file or folder, found nothing"):
        list(iter_documents([folder / "nowhere.txt"]))
    with pytest.raises(InputNotFoundError, match="expected files that match, found nothing"):
        list(iter_documents([str(folder / "*.tin")]))


def test_unknown_type_named_on_the_command_line_is_an_error(folder: Path) -> None:
    with pytest.raises(InputError, match=r"expected one of .*\.txt, found '\.png'"):
        list(iter_documents([folder / "anh.png"]))


def test_picture_called_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(InputError, match="expected text, found a PNG picture"):
        read(tmp_path / "a.txt")


def test_standard_input_is_one_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NEWS.encode())))
    (document,) = iter_documents("-")
    assert (document.source, document.text) == ("stdin", NEWS)


def test_read_needs_exactly_one_article(tmp_path: Path) -> None:
    (tmp_path / "two.jsonl").write_text('{"text": "Một."}\n{"text": "Hai."}\n')
    with pytest.raises(InputError, match="expected exactly one article, found more"):
        toolkit.read(tmp_path / "two.jsonl")
    (tmp_path / "none.jsonl").write_text("")
    with pytest.raises(InputError, match="found none"):
        toolkit.read(tmp_path / "none.jsonl")


def test_records_bring_title_date_and_other_columns(tmp_path: Path) -> None:
    record = {"id": 7, "title": "Tin mới", "content": NEWS, "date": "2025-07-22T10:00", "url": "https://a.vn"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    document = read(tmp_path / "a.jsonl")
    assert (document.title, document.date) == ("Tin mới", dt.date(2025, 7, 22))
    assert document.metadata == {"id": 7, "date": "2025-07-22T10:00", "url": "https://a.vn"}
    assert document.source == f"{tmp_path / 'a.jsonl'}:1"


def test_columns_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ma;bai;dau\nX1;" + NEWS + ";Tin mới\n", encoding="utf-8")
    document = read(tmp_path / "a.csv", Options(text_column="bai", title_column="dau", id_column="ma"))
    assert (document.source, document.title, document.text) == ("X1", "Tin mới", NEWS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(text_column="thân"), "expected a column 'thân' with the text, found 'text', 'n'"),
        (Options(title_column="dau"), "expected a column 'dau'"),
        (Options(id_column="ma"), "expected a column 'ma'"),
    ],
)
def test_missing_column_is_named_with_what_there_is(tmp_path: Path, options: Options, message: str) -> None:
    (tmp_path / "a.tsv").write_text("text\tn\nTin.\t1\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read(tmp_path / "a.tsv", options)


def test_bad_records_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "Một."}\n{oops\n[1]\n{"n": 1}\n{"text": 5}\n{"text": "Hai."}\n', encoding="utf-8"
    )
    errors: list[ToolkitError] = []
    documents = list(iter_documents(tmp_path / "a.jsonl", on_error=errors.append))
    assert [d.text for d in documents] == ["Một.", "Hai."]
    assert [str(error).split(": ")[1].split(",")[0] for error in errors] == [
        "expected one JSON record a line",
        "expected a JSON object",
        "expected a column 'text or content or body' with the text",
        "expected text in 'text'",
    ]
    assert all(f"a.jsonl:{n}" in str(error) for n, error in zip((2, 3, 4, 5), errors, strict=True))


def test_rows_of_csv_that_do_not_fit_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,n\nMột.,1\nHai.,2,3\n"Ba.,4\n', encoding="utf-8")
    errors: list[ToolkitError] = []
    assert [d.text for d in iter_documents(tmp_path / "a.csv", on_error=errors.append)] == ["Một."]
    assert "expected 2 columns, found 3" in str(errors[0])
    assert "expected CSV, found a row that is none" in str(errors[1])


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separator_that_a_line_for_excel_states_is_taken(separator: str, tmp_path: Path) -> None:
    lines = [f"sep={separator}", f"text{separator}n", f"Một, hai; ba.{separator}1", "Bốn."]
    if separator in ",;":
        lines[2] = f'"Một, hai; ba."{separator}1'
    (tmp_path / "a.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    documents = list(iter_documents(tmp_path / "a.csv"))
    assert [(d.text, d.source) for d in documents] == [
        ("Một, hai; ba.", f"{tmp_path}/a.csv:3"),
        ("Bốn.", f"{tmp_path}/a.csv:4"),
    ]


def test_json_array_and_lists_of_paragraphs_are_read(tmp_path: Path) -> None:
    rows = [{"paragraphs": ["Đoạn một.", "Đoạn hai."]}, {"sentences": ["Câu một.", "Câu hai."]}, {"text": None}]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    assert [len(d.paragraphs) for d in iter_documents(tmp_path / "a.json")] == [2, 1, 0]


def test_row_can_be_a_paragraph(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text\n"Quang cảnh hội nghị\n\nĐoạn hai."\n', encoding="utf-8")
    document = read(tmp_path / "a.csv", Options(unit=Unit.PARAGRAPH))
    assert len(document.paragraphs) == 1
    assert document.dropped == ()


def test_forced_encoding_is_used(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Đà Nẵng họp.", encoding="utf-16-le")
    assert read(tmp_path / "a.txt", Options(encoding="utf-16-le")).text == "Đà Nẵng họp."
