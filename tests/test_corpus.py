from __future__ import annotations

import csv
import gzip
import hashlib
import json
import unicodedata
import zipfile
from pathlib import Path

import pytest

from benchmarks.retrain import written_alone
from tests.conftest import ROOT
from toolkit.corpus import LABELS, LabelledText, read_challenge, read_labelled, read_references, read_written, validate
from toolkit.errors import CorpusError, InputNotFoundError, ToolkitError
from toolkit.io import iter_documents
from toolkit.io.limits import FREE_SIZE
from toolkit.report.streams import csv_rows
from toolkit.report.workbook import write_parquet, write_xlsx
from toolkit.training import sample_weights

CORPUS = ROOT / "corpus"


def written(folder: Path, *rows: dict[str, object]) -> Path:
    (folder / "written").mkdir(exist_ok=True)
    lines = [json.dumps({"id": f"x-{n}", "labels": [], **row}, ensure_ascii=False) for n, row in enumerate(rows)]
    (folder / "written" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_the_corpus_is_sound() -> None:
    assert validate(CORPUS) == []


def test_the_corpus_has_the_make_up_that_training_needs() -> None:
    rows = read_written(CORPUS)
    assert len(rows) >= 4000
    assert all(sum(label in row.labels for row in rows) >= 700 for label in LABELS)
    assert sum(not row.labels for row in rows) >= 1500
    assert sum(len(row.labels) > 1 for row in rows) >= 350


def test_challenge_is_no_part_of_what_is_trained_on() -> None:
    challenge = read_challenge(CORPUS)
    assert len(challenge) >= 1000
    assert not {row.text for row in challenge} & {row.text for row in read_written(CORPUS)}


def test_validator_compares_the_challenge_with_what_is_trained_on(tmp_path: Path) -> None:
    text = "Sáng 12/3, tỉnh tổng kết chương trình hợp tác với Phần Lan về đổi mới sáng tạo."
    written(tmp_path, {"text": text})
    (tmp_path / "challenge").mkdir()
    row = {"id": "y-1", "text": text.replace("Sáng", "Chiều"), "labels": []}
    (tmp_path / "challenge" / "b.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert validate(tmp_path) == ["x-0 and y-1: expected different texts, found word 5-gram Jaccard 0.87"]


def test_contrasts_weigh_less_where_all_is_written() -> None:
    weights = {row.id.startswith("contrast-"): row.sample_weight for row in written_alone(CORPUS)}
    assert weights == {True: 0.1, False: 1.0}


def test_references_hold_no_text() -> None:
    for path in (CORPUS / "references").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert set(json.loads(line)) <= {"source", "document", "location", "sha1", "labels", "doubtful", "note"}
    for line in gzip.decompress((CORPUS / "references" / "taught.jsonl.gz").read_bytes()).splitlines():
        record = json.loads(line)
        assert set(record) == {"source", "document", "location", "sha1", "scores"}
        assert set(record["scores"]) <= set(LABELS)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"text": "Tin quá ngắn."}, "expected 10 to 320 syllables, found 3"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": ["gold"]}, "expected labels among"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": ["oda", "trade"]}, "in the order"),
        ({"text": " một hai ba bốn năm sáu bảy tám chín mười"}, "without white space around it"),
        ({"text": "mo\u0323t hai ba bốn năm sáu bảy tám chín mười"}, "NFC"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": ["Trade"]}, "expected labels among"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": ["oda", "oda"]}, "each once"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": None}, "expected a list of labels, found None"),
        ({"text": "một hai ba bốn năm sáu bảy tám chín mười", "labels": "fdi"}, "expected a list of labels"),
        ({"text": None}, "expected text, found None"),
    ],
)
def test_faults_are_named(tmp_path: Path, row: dict[str, object], fault: str) -> None:
    (found,) = validate(written(tmp_path, row))
    assert found.startswith("x-0: ")
    assert fault in found


@pytest.mark.parametrize("id", [None, " ", 7])
def test_paragraph_without_an_id_is_a_fault_beside_the_others(id: object, tmp_path: Path) -> None:
    rows = [{"text": "một hai ba bốn năm sáu bảy tám chín mười", "id": id}, {"text": "Ngắn.", "labels": ["Oda", "oda"]}]
    faults = validate(written(tmp_path, *rows))
    assert faults[0].endswith(f"a.jsonl:1: expected an id, found {id!r}")
    assert [fault[:4] for fault in faults[1:]] == ["x-1:"] * 2


def test_corpus_that_is_not_there_or_damaged_is_not_sound(tmp_path: Path) -> None:
    for folder in (tmp_path / "nix", tmp_path):
        assert validate(folder) == [
            f"{folder}/written: expected files *.jsonl with paragraphs, found none; check the path"
        ]
        with pytest.raises(CorpusError, match="found none; check the path"):
            read_written(folder)
    written(tmp_path, {"text": "Tin quá ngắn."})
    (tmp_path / "written" / "b.jsonl").write_text("{oops", encoding="utf-8")
    faults = validate(tmp_path)
    assert len(faults) == 2
    assert "b.jsonl:1: expected one JSON record a line" in faults[1]


@pytest.mark.parametrize(("mark", "other"), [(",", ";"), (",", ""), (",", " –"), ("tám", "TÁM"), (" ", "  ")])
def test_copy_that_differs_in_punctuation_alone_is_refused(mark: str, other: str, tmp_path: Path) -> None:
    text = (
        "Năm nay tỉnh có ba huyện, hai thị xã, một thành phố, bảy phường, tám thị trấn, và chín xã vùng cao, biên giới"
    )
    faults = validate(written(tmp_path, {"text": text}, {"text": text.replace(mark, other)}))
    assert faults == ["x-0 and x-1: expected different texts, found word 5-gram Jaccard 1.00"]


def test_near_duplicates_and_repeated_ids_are_refused(tmp_path: Path) -> None:
    text = "Sáng nay tỉnh tổ chức hội nghị xúc tiến thương mại với sự tham gia của hơn một trăm doanh nghiệp trong vùng"
    other = text.replace("hơn một trăm", "gần hai trăm")
    faults = validate(
        written(
            tmp_path, {"text": text}, {"text": other}, {"text": "một hai ba bốn năm sáu bảy tám chín mười", "id": "x-0"}
        )
    )
    assert [fault.split(":")[0] for fault in faults] == ["x-0", "x-0 and x-1"]


# --- anyone's labelled files --------------------------------------------------------------------------


def test_csv_with_one_label_or_several(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nTin một.,kinh tế\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text('text,labels\nTin một.,"trade;fdi"\nTin hai.,\n', encoding="utf-8")
    assert read_labelled(tmp_path / "a.csv") == [
        LabelledText("Tin một.", ("kinh tế",), f"{tmp_path}/a.csv:2", single=True, group=f"{tmp_path}/a.csv:2")
    ]
    assert [row.labels for row in read_labelled(tmp_path / "b.csv")] == [("trade", "fdi"), ()]


def column(folder: Path, header: str, *cells: str) -> Path:
    rows = [f'Tin {number}.,"{cell}"' for number, cell in enumerate(cells)]
    (folder / "a.csv").write_text("\n".join([f"text,{header}", *rows]), encoding="utf-8")
    return folder / "a.csv"


def test_column_of_another_name_holds_one_label_a_text_where_every_row_does(tmp_path: Path) -> None:
    rows = read_labelled(column(tmp_path, "chủ đề", "Y tế, sức khỏe", "Kinh tế"), label_column="chủ đề")
    assert [(row.labels, row.single) for row in rows] == [(("Y tế, sức khỏe",), True), (("Kinh tế",), True)]
    for cell in ("a;b", ""):
        rows = read_labelled(column(tmp_path, "chủ đề", "a", cell), label_column="chủ đề")
        assert [row.single for row in rows] == [False, False]
    rows = read_labelled(column(tmp_path, "labels", "a", "b"))
    assert [row.single for row in rows] == [False, False]


def test_columns_are_found_whatever_their_capitals(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\n Text ;Label;Doubtful\nTin.;a;x\n", encoding="utf-8")
    (row,) = read_labelled(tmp_path / "a.csv")
    assert (row.text, row.labels, row.single, row.doubtful, row.id) == (
        "Tin.",
        ("a",),
        True,
        True,
        f"{tmp_path}/a.csv:3",
    )


def test_columns_beside_the_labels_are_found_whatever_their_capitals(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Text,Label,ID,Document,Source\nTin.,a,7,D,S\n", encoding="utf-8")
    (row,) = read_labelled(tmp_path / "a.csv")
    assert (row.id, row.group) == ("7", "S/D")


@pytest.mark.parametrize("id", [None, "", "  "])
def test_row_with_an_empty_id_is_named_by_its_place(id: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Tin.", "label": "a", "id": id}), encoding="utf-8")
    (row,) = read_labelled(tmp_path / "a.jsonl")
    assert row.id == f"{tmp_path}/a.jsonl:1"


def test_gzipped_file_unfolds_to_no_more_than_is_believed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n" * (FREE_SIZE + 1)))
    with pytest.raises(CorpusError, match=r"a\.jsonl\.gz: .* decompression bomb"):
        read_labelled(tmp_path / "a.jsonl.gz")


def test_reading_a_table_leaves_a_larger_limit_of_fields_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit(2**31 - 1)
    try:
        (tmp_path / "a.csv").write_text("text,label\nTin.,a\n", encoding="utf-8")
        read_labelled(tmp_path / "a.csv")
        assert csv.field_size_limit() == 2**31 - 1
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("cell", ["trade,fdi", "trade | fdi"])
def test_other_separators_than_semicolons_are_refused(cell: str, tmp_path: Path) -> None:
    path = column(tmp_path, "labels", "trade", "fdi", cell)
    with pytest.raises(CorpusError, match=r"a\.csv:4: expected labels separated by ;, found .* write trade;fdi"):
        read_labelled(path)


def test_names_of_labels_have_one_form(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Giáo dục")
    rows = [{"text": "Một.", "labels": ["Giáo dục", f" {apart} "]}, {"text": "Hai.", "labels": f"{apart};Hoà bình"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [row.labels for row in read_labelled(tmp_path / "a.jsonl")] == [("Giáo dục",), ("Giáo dục", "Hòa bình")]
    with pytest.raises(CorpusError, match=r"a\.csv:3: .* found 'giáo dục', and in .*a\.csv:2 'Giáo dục'; write them"):
        read_labelled(column(tmp_path, "label", "Giáo dục", "giáo dục"))


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [(["", "0", "False", "no", "Không", "0.0"], False), (["1", "TRUE", "yes", "có", " x ", "1.0"], True)],
)
def test_doubt_is_said_in_words(cells: list[str], doubtful: bool, tmp_path: Path) -> None:
    lines = [f"Tin.,a,{cell}" for cell in cells]
    (tmp_path / "a.csv").write_text("\n".join(["text,label,doubtful", *lines]), encoding="utf-8")
    assert [row.doubtful for row in read_labelled(tmp_path / "a.csv")] == [doubtful] * 6


def test_doubt_in_other_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,doubtful\nTin.,a,hơi hơi\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.csv:2: expected 1 or 0, .* in 'doubtful', found 'hơi hơi'"):
        read_labelled(tmp_path / "a.csv")


def test_rows_weigh_what_they_say(tmp_path: Path) -> None:
    rows = ["Tin một.,a,0.25,", 'Tin hai.,a,"0,5",1', "Tin ba.,a,,", "Tin tư.,b,3,"]
    (tmp_path / "a.csv").write_text("\n".join(["text,label,Sample_Weight,doubtful", *rows]), encoding="utf-8")
    assert sample_weights(read_labelled(tmp_path / "a.csv")) == [0.25, 0.25, 1.0, 3.0]
    assert sample_weights(read_labelled(column(tmp_path, "label", "a", "b"))) == [1.0, 1.0]


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "nhẹ", "true"])
def test_weight_that_is_no_number_above_0_is_refused(weight: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"text,label,sample_weight\nTin.,a,{weight}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.csv:2: expected a number above 0 in 'sample_weight', found '"):
        read_labelled(tmp_path / "a.csv")


def test_workbook_is_read_as_a_table(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as target:
        write_xlsx(target, ["bài", "chủ đề", "doubtful"], [["Tin một.", "a", True], ["Tin hai.", 7, None]])
    rows = read_labelled(tmp_path / "a.xlsx", text_column="bài", label_column="chủ đề")
    assert [(row.text, row.labels, row.doubtful) for row in rows] == [
        ("Tin một.", ("a",), True),
        ("Tin hai.", ("7",), False),
    ]
    assert rows[0].id == f"{tmp_path}/a.xlsx#toolkit:2"


def test_text_that_was_made_harmless_for_a_spreadsheet_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n'=SUM(A1) là công thức.,a\n'Trích dẫn' mở đầu.,b\n", encoding="utf-8")
    assert [row.text for row in read_labelled(tmp_path / "a.csv")] == ["=SUM(A1) là công thức.", "'Trích dẫn' mở đầu."]


@pytest.mark.parametrize("first", [*"=+-@＝＋－＠", "\t", "\n"])
def test_whatever_is_made_harmless_comes_back(first: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_rows([["text", "label"], [f"{first}Tin.", "-a"]]))
    (row,) = read_labelled(tmp_path / "a.csv")
    assert (row.text, row.labels) == (f"{first}Tin.", ("-a",))


def test_whatever_is_made_harmless_comes_back_to_be_labelled_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_rows([["title", "text"], ["+5% một tuần", "- Xuất khẩu gạo tăng 5%."]]))
    (document,) = iter_documents([tmp_path / "a.csv"])
    assert (document.title, document.text) == ("+5% một tuần", "- Xuất khẩu gạo tăng 5%.")


def test_jsonl_gzipped_with_named_columns(tmp_path: Path) -> None:
    row = {"bai": "Tin.", "nhan": ["a", "b"], "id": 7, "document": "D", "source": "S", "doubtful": True}
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    (only,) = read_labelled(tmp_path / "a.jsonl.gz", text_column="bai", label_column="nhan")
    assert (only.labels, only.id, only.group, only.doubtful) == (("a", "b"), "7", "S/D", True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected labelled texts, found none"),
        ('{"text": "Tin."}', r"a\.jsonl:1: expected columns 'text' and 'labels' or 'label', found 'text'"),
        ('{"text": " ", "label": "a"}', "expected text in 'text'"),
        ('{"text": "Tin.", "label": ""}', "texts without labels need a 'labels' column"),
        ('{"text": "Tin.", "labels": [1]}', "expected label names in 'labels'"),
        ('{"text": "Tin.", "labels": ["a", " "]}', "expected label names in 'labels'"),
        ('{"text": "Tin.", "labels": {"a": 1}}', "expected a label or a list of labels"),
        ("{oops", "a.jsonl:1: expected one JSON record a line"),
    ],
)
def test_labelled_data_without_form_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_labelled(tmp_path / "a.jsonl")


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputNotFoundError, match="found nothing; check the path"):
        read_labelled(tmp_path / "nowhere.csv")
    whole = gzip.compress(b'{"text": "Tin.", "label": "a"}' * 40)
    for damaged in (b"no gzip", whole[:-9], whole[:12] + b"\xff" * 9 + whole[21:]):
        (tmp_path / "a.jsonl.gz").write_bytes(damaged)
        with pytest.raises(CorpusError, match="cannot be read"):
            read_labelled(tmp_path / "a.jsonl.gz")


def test_parquet_is_read_as_a_table(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = {"text": ["Tin một.", "Tin hai."], "labels": [["a", "b"], []], "doubtful": [1.0, None]}
    parquet.write_table(pyarrow.table(table), tmp_path / "a.parquet")
    assert [(row.labels, row.doubtful) for row in read_labelled(tmp_path / "a.parquet")] == [
        (("a", "b"), True),
        ((), False),
    ]
    (tmp_path / "a.parquet").write_text('{"text": "Tin.", "label": "a"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.parquet: expected Parquet, found another file"):
        read_labelled(tmp_path / "a.parquet")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_two_columns_of_one_name_are_refused(suffix: str, tmp_path: Path) -> None:
    path, names = tmp_path / f"a.{suffix}", ["text", "label", "Text ", "ghi chú", ""]
    if suffix == "csv":
        path.write_bytes(csv_rows([names, ["Tin một.", "a", "Tin hai.", "", ""]]))
    else:
        with path.open("wb") as target:
            (write_xlsx if suffix == "xlsx" else write_parquet)(target, names, [["Tin một.", "a", "Tin hai.", "", ""]])
    with pytest.raises(CorpusError, match="expected columns of different names, found 2 called 'text'; rename one"):
        read_labelled(path)


def test_standard_input_is_refused_in_words() -> None:
    with pytest.raises(CorpusError, match="-: expected a file with labelled texts, found standard input; save it"):
        read_labelled("-")


def test_damaged_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as target:
        write_xlsx(target, ["text", "label"], [["Tin một.", "a"]])
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    damages = [b"", b"text,label", whole[:-30], whole[: start + 60] + b"\xff" * 20 + whole[start + 80 :]]
    for damaged in damages:
        path.write_bytes(damaged)
        with pytest.raises(ToolkitError, match=r"a\.xlsx"):
            read_labelled(path)


# --- references ---------------------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A data folder in small, as DESIGN.md describes it."""

    def lines(*rows: dict[str, object]) -> bytes:
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()

    (tmp_path / "gold").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "gold" / "train.jsonl").write_bytes(lines({"text": "Đoạn trong tập vàng."}))
    (tmp_path / "gold" / "dev.jsonl").write_bytes(lines({"document": "held-out", "text": "Khác."}))
    for name, row in {
        "economy-news": {"id": "e1", "paragraphs": ["Đoạn kinh tế."]},
        "vntc-train": {"id": "v1", "text": " Đoạn VNTC. \nĐoạn sau.\n"},
        "vietnews-train": {"id": "n1", "sentences": ["Câu một.", "Câu hai.", "Câu ba."]},
    }.items():
        (tmp_path / "data" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines(row)))
    return tmp_path


def reference(text: str, **fields: object) -> dict[str, object]:
    sha1 = hashlib.sha1(text.encode()).hexdigest()
    return {
        "source": "vntc_train",
        "document": "v1",
        "location": 0,
        "sha1": sha1,
        "labels": ["oda"],
        "doubtful": False,
        **fields,
    }


def test_references_join_by_checksum_and_say_what_is_missing(shared: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "references").mkdir(parents=True)
    rows = [
        reference("Đoạn trong tập vàng."),
        reference("Đoạn VNTC.", doubtful=True),
        reference("Đoạn kinh tế.", source="economy-news", document="e1"),
        reference("Câu hai. Câu ba.", source="vn_train", document="n1", location=[1, 3]),
        reference("Không ở đâu cả.", document="v9", location=4),
        reference("Đoạn sau.", document="held-out"),
    ]
    (corpus / "references" / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    correction = reference("Đoạn VNTC.", labels=["fdi"], note="corrected")
    (corpus / "references" / "b.jsonl").write_text(json.dumps(correction), encoding="utf-8")
    joined = read_references(corpus, shared)
    assert {row.text: row.labels for row in joined.texts} == {
        "Đoạn trong tập vàng.": ("oda",),
        "Đoạn VNTC.": ("fdi",),
        "Đoạn kinh tế.": ("oda",),
        "Câu hai. Câu ba.": ("oda",),
    }
    assert joined.missing == ("vntc_train v9 4",)


def test_taught_texts_join_but_for_those_labelled_since_and_those_held_out(shared: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "references").mkdir(parents=True)
    assert read_references(corpus, shared).taught == ()
    scores = {"trade": 0.9, "oda": 0.04}
    rows = [
        reference("Đoạn VNTC.", scores=scores),
        reference("Câu hai. Câu ba.", source="vn_train", document="n1", location=[1, 3], scores={}),
        reference("Đoạn kinh tế.", source="economy-news", document="e1", scores=scores),
        reference("Đoạn sau.", document="held-out", scores=scores),
        reference("Không ở đâu cả.", document="v9", scores=scores),
    ]
    (corpus / "references" / "taught.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (corpus / "references" / "a.jsonl").write_text(json.dumps(reference("Đoạn kinh tế.")), encoding="utf-8")
    joined = read_references(corpus, shared)
    assert {row.text: row.scores for row in joined.taught} == {"Đoạn VNTC.": scores, "Câu hai. Câu ba.": {}}
    assert [row.text for row in joined.texts] == ["Đoạn kinh tế."]
    assert joined.missing == ()


@pytest.mark.parametrize(
    ("file", "rows", "message"),
    [
        ("a.jsonl", [reference("A."), {"sha1": "0"}], r"a\.jsonl:2: expected text in 'source', found None"),
        ("a.jsonl", [reference("A.", sha1=7)], r"a\.jsonl:1: expected text in 'sha1', found 7"),
        ("a.jsonl", [reference("A.", labels=None)], r"a\.jsonl:1: expected labels, found None"),
        ("a.jsonl", [reference("A.", labels="oda")], r"a\.jsonl:1: expected labels, found 'oda'"),
        ("a.jsonl", [reference("A."), reference("A.", labels=[])], r"a\.jsonl:2: expected one reference to a text"),
        ("taught.jsonl.gz", [reference("A.")], r"taught\.jsonl\.gz:1: expected scores, found None"),
        ("taught.jsonl.gz", [reference("A.", scores={"oda": "0"})], "expected scores, found"),
    ],
)
def test_damaged_reference_is_named(
    file: str, rows: list[dict[str, object]], message: str, shared: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus" / "references"
    folder.mkdir(parents=True)
    content = "\n".join(map(json.dumps, rows)).encode()
    (folder / file).write_bytes(gzip.compress(content) if file.endswith(".gz") else content)
    with pytest.raises(CorpusError, match=message):
        read_references(tmp_path / "corpus", shared)


def test_reference_without_its_location_and_gold_without_text_are_named(shared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus" / "references"
    folder.mkdir(parents=True)
    row = reference("A.")
    del row["location"]
    (folder / "a.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.jsonl:1: expected a 'location', found none"):
        read_references(tmp_path / "corpus", shared)
    (folder / "a.jsonl").write_text(json.dumps(reference("A.")), encoding="utf-8")
    (shared / "gold" / "train.jsonl").write_text('{"id": "1"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"train\.jsonl:1: expected text in 'text', found None"):
        read_references(tmp_path / "corpus", shared)
