from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from toolkit.corpus import LABELS, LabelledText, read_labelled, read_references, read_written, validate
from toolkit.errors import CorpusError, InputNotFoundError

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
    ],
)
def test_faults_are_named(tmp_path: Path, row: dict[str, object], fault: str) -> None:
    (found,) = validate(written(tmp_path, row))
    assert found.startswith("x-0: ")
    assert fault in found


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


def test_text_that_was_made_harmless_for_a_spreadsheet_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n'=SUM(A1) là công thức.,a\n'Trích dẫn' mở đầu.,b\n", encoding="utf-8")
    assert [row.text for row in read_labelled(tmp_path / "a.csv")] == ["=SUM(A1) là công thức.", "'Trích dẫn' mở đầu."]


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
    (tmp_path / "a.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_labelled(tmp_path / "a.jsonl.gz")


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
