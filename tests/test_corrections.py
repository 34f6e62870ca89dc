from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from toolkit.corpus import LabelledText
from toolkit.corrections import distinct, merge, read_corrections
from toolkit.document import Document
from toolkit.errors import CorpusError
from toolkit.report.streams import CsvRows, csv_rows
from toolkit.report.tables import Rows, columns_of, rows_of
from toolkit.report.workbook import write_parquet, write_xlsx
from toolkit.results import Analysis, LabelledParagraph, Prediction
from toolkit.segmentation import parse


def several(text: str, *labels: str, id: str = "1") -> LabelledText:
    return LabelledText(text, labels, id)


def single(text: str, label: str, id: str = "1") -> LabelledText:
    return LabelledText(text, (label,), id, single=True)


MANY = [several("Xuất khẩu gạo tăng.", "trade"), several("Dự án FDI mới.", "fdi"), several("Đội bóng thắng.")]
ONE = [single("Khám bệnh.", "Y tế, sức khỏe"), single("Giá gạo.", "KT;TC"), single("Thi cử.", "Giáo dục")]


def table(folder: Path, *lines: str) -> Path:
    (folder / "check.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "check.csv"


def exported(labels: tuple[str, ...], *given: tuple[str, tuple[str, ...]]) -> list[Analysis]:
    """Results with one paragraph each, which carry the labels."""
    analyses = []
    for text, carried in given:
        document: Document = parse(text, "Tiêu đề", date=dt.date(2025, 7, 1), source="a.txt")
        prediction = Prediction(carried, dict.fromkeys(labels, 0.5), carried)
        analyses.append(Analysis(document, (LabelledParagraph(document.paragraphs[0], prediction),), None))
    return analyses


def test_labels_are_read_as_the_data_has_them(tmp_path: Path) -> None:
    path = table(tmp_path, "text,labels", 'A.,"Y tế, sức khỏe"', "B.,KT;TC", 'C.,"""KT;TC"""', "D., Giáo dục ;")
    read = read_corrections(path, ONE)
    assert [row.labels[0] for row in read] == ["Y tế, sức khỏe", "KT;TC", "KT;TC", "Giáo dục"]
    assert all(row.single for row in read)
    path = table(tmp_path, "text,labels", "A.,trade;fdi", "B.,")
    assert [(row.labels, row.single) for row in read_corrections(path, MANY)] == [
        (("trade", "fdi"), False),
        ((), False),
    ]


@pytest.mark.parametrize(("cell", "found"), [("", "none"), ("Giáo dục;KT", "'Giáo dục', 'KT'")])
def test_none_or_several_labels_are_refused_where_the_data_has_one_a_text(
    cell: str, found: str, tmp_path: Path
) -> None:
    path = table(tmp_path, "text,labels", f"Khám bệnh.,{cell}")
    with pytest.raises(CorpusError, match=rf"check\.csv:2: expected one label, .* found {found}; write one, or delete"):
        read_corrections(path, ONE)


def test_label_that_the_data_has_not_is_a_slip_unless_it_is_wanted(tmp_path: Path) -> None:
    path = table(tmp_path, "text,labels", "A.,fdii", "B.,bóng đá", 'C.,"trade, fdi"', "D.,fdii")
    with pytest.raises(CorpusError) as caught:
        read_corrections(path, MANY)
    assert str(caught.value).replace(str(path), "c") == (
        "c:2: 'fdii' (did you mean 'fdi'?); c:3: 'bóng đá'; c:4: 'trade, fdi' (separate labels with ;): expected "
        "labels that the data has (trade, fdi); correct them, or take them as new ones with --new-labels"
    )
    assert {label for row in read_corrections(path, MANY, new_labels=True) for label in row.labels} == {
        "fdii", "bóng đá", "trade, fdi",
    }  # fmt: skip
    path = table(tmp_path, "text,labels", "A.,Trade")
    with pytest.raises(CorpusError, match="found 'Trade', and in 1 'trade'; write them alike"):
        read_corrections(path, MANY, new_labels=True)


def test_export_is_read_by_its_own_columns_and_other_tables_by_those_named(tmp_path: Path) -> None:
    named = {"text_column": "title", "label_column": "labels"}
    path = table(tmp_path, "source,title,paragraph,labels,review,text", "a.txt,Tựa,1,fdi,fdi,Đoạn.")
    assert read_corrections(path, MANY, **named)[0].text == "Đoạn."
    path = table(tmp_path, "title,labels,text", "Tựa,fdi,Đoạn.")
    assert read_corrections(path, MANY, **named)[0].text == "Tựa"
    path = table(tmp_path, "Text,Labels", "Đoạn.,fdi")
    assert read_corrections(path, MANY, **named)[0].text == "Đoạn."


def test_file_without_rows_corrects_nothing(tmp_path: Path) -> None:
    assert read_corrections(table(tmp_path, "source,paragraph,labels,review,text"), MANY) == []


def test_encoding_is_recognised_or_the_remedy_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("text,labels\nXuất khẩu gạo tăng mạnh.,trade\n".encode("utf-16"))
    assert read_corrections(tmp_path / "a.csv", MANY)[0].text == "Xuất khẩu gạo tăng mạnh."
    (tmp_path / "a.csv").write_bytes(b"text,labels\nXu?t kh\xe0u g?o \xff.,trade\n")
    with pytest.raises(CorpusError, match=r"a\.csv: is in no encoding that is recognised; save it as CSV UTF-8"):
        read_corrections(tmp_path / "a.csv", MANY)


def test_one_text_with_two_answers_in_a_file_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "text,labels", "Đoạn.,trade", "Khác.,fdi", "Đoạn. ,fdi")
    with pytest.raises(CorpusError, match=r"check\.csv:4: .* found 'fdi', and in .*check\.csv:2 'trade'; write the"):
        read_corrections(path, MANY)
    path = table(tmp_path, "text,labels", "Đoạn.,trade", "Đoạn. ,trade")
    assert len(read_corrections(path, MANY)) == 1


@pytest.mark.parametrize("name", ["check.csv", "check.xlsx", "check.parquet"])
def test_export_comes_back_as_it_went(name: str, tmp_path: Path) -> None:
    labels = ("KT;TC", "Y tế, sức khỏe", "-1", '"Nóng"')
    given = [
        ("=SUM là công thức.", ("KT;TC", "-1")),
        ("+ Một ý.", ('"Nóng"',)),
        ("'Trích.", ("Y tế, sức khỏe",)),
        ("X.", ()),
    ]
    analyses = exported(labels, *given)
    if name.endswith(".csv"):
        stream = CsvRows(labels, Rows.LABELS)
        (tmp_path / name).write_bytes(stream.head + stream(analyses))
    else:
        target = BytesIO()
        write = write_xlsx if name.endswith(".xlsx") else write_parquet
        write(target, columns_of(labels, Rows.LABELS), rows_of(analyses, labels, Rows.LABELS))
        (tmp_path / name).write_bytes(target.getvalue())
    read = read_corrections(tmp_path / name, [several("…", label) for label in labels])
    assert [(row.text, row.labels) for row in read] == given


def test_text_too_long_for_a_cell_of_a_sheet_is_whole_again(tmp_path: Path) -> None:
    text = "Kim ngạch xuất khẩu gạo tăng. " * 1200
    analyses = exported(("trade",), (text.strip(), ("trade",)), ("Ngắn.", ()))
    with (tmp_path / "a.xlsx").open("wb") as target:
        write_xlsx(target, columns_of(("trade",), Rows.LABELS), rows_of(analyses, ("trade",), Rows.LABELS))
    read = read_corrections(tmp_path / "a.xlsx", MANY)
    assert [(row.text, row.labels) for row in read] == [(text.strip(), ("trade",)), ("Ngắn.", ())]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("spelt", [str, str.title])
def test_blocks_that_a_digest_left_out_are_no_corrections(
    suffix: str, spelt: Callable[[str], str], tmp_path: Path
) -> None:
    columns = [spelt(name) for name in ("source", "paragraph", "labels", "review", "text", "dropped")]
    rows = [["a.txt", 1, "trade", "", "Đoạn.", None], ["a.txt", None, None, None, "Ảnh: Văn A.", "caption"]]
    if suffix == "csv":
        (tmp_path / "a.csv").write_bytes(csv_rows([columns, *rows]))
    else:
        with (tmp_path / "a.xlsx").open("wb") as target:
            write_xlsx(target, columns, rows)
    assert [row.text for row in read_corrections(tmp_path / f"a.{suffix}", MANY)] == ["Đoạn."]


# --- joining ------------------------------------------------------------------------------------------


def test_corrections_change_every_row_with_their_text_and_are_counted() -> None:
    rows = [several("Một.", "a", id="1"), several("Hai.", "a", id="2"), several("Một. ", "a", id="3")]
    merged = merge(rows, [several("Một.", "b"), several("Hai.", "a"), several("Ba.", "c")])
    assert [(row.id, row.labels) for row in merged.rows] == [("1", ("b",)), ("2", ("a",)), ("3", ("b",)), ("1", ("c",))]
    assert (merged.n_corrected, merged.n_unchanged, merged.n_new) == (1, 1, 1)
    assert merge(rows, []).rows == tuple(rows)


def test_correction_that_one_of_two_equal_rows_contradicts_is_one() -> None:
    rows = [several("Một.", "a"), several("Một.", "b")]
    for label in "ab":
        merged = merge(rows, [several("Một.", label)])
        assert [row.labels for row in merged.rows] == [(label,), (label,)]
        assert (merged.n_corrected, merged.n_unchanged) == (1, 0)


def test_line_break_at_the_end_makes_no_other_text() -> None:
    found = distinct(
        [several("Giá gạo tăng.", "trade"), several("Giá gạo tăng.\n", "trade"), several("\nGiá gạo tăng.")]
    )
    assert (len(found.rows), found.n_repeated, len(found.contradictions)) == (2, 1, 1)


def test_repeated_rows_count_once_and_contradicting_ones_stay_together() -> None:
    rows = [several("Một.", "a", "b", id="1"), several("Một. ", "b", "a", id="2"), several("Một.", "c", id="3")]
    rows += [LabelledText("Hai.", ("a",), "4", group="tin")]
    found = distinct(rows)
    assert [row.id for row in found.rows] == ["1", "3", "4"]
    assert found.n_repeated == 1
    assert [(one.id, other.id) for one, other in found.contradictions] == [("1", "3")]
    assert found.rows[1].group == found.rows[0].group
