from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.conftest import ROOT
from tests.test_cli import NEWS, run
from tests.test_page import analysis_of
from toolkit.cli.progress import tracked
from toolkit.errors import MissingExtraError
from toolkit.report.markdown import render_markdown
from toolkit.report.notebook import analysis_html, digest_html, document_html
from toolkit.report.word import write_docx
from toolkit.report.wording import Language, wording
from toolkit.report.workbook import write_parquet, write_xlsx
from toolkit.results import Note, NoteKind

SCHEMAS = ROOT / "docs" / "schema"


def check(value: dict[str, Any], name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema)


# --- the published schemas ----------------------------------------------------------------------------


def test_real_output_is_what_the_schemas_say(model_folder: Path, tmp_path: Path) -> None:
    analyzer = toolkit.Analyzer.load(model_folder)
    analysis = analyzer.analyze(toolkit.parse(NEWS, title="Gạo được mùa", date=None))
    assert analysis.digest is not None
    check(analysis.to_dict(), "analysis")
    check(analysis.digest.to_dict(), "digest")
    check(analysis.paragraphs[0].prediction.to_dict(), "prediction")
    check(analyzer.explain([NEWS])[0].to_dict(), "explanation")
    data = tmp_path / "a.jsonl"
    data.write_text('{"text": "Xuất khẩu gạo tăng.", "labels": ["trade"]}\n' * 3, encoding="utf-8")
    out, _ = run("evaluate", data, "--models", model_folder, "--format", "json")
    check(json.loads(out), "evaluation")


def test_schema_refuses_what_is_not_there(model_folder: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    value = toolkit.Analyzer.load(model_folder).label([NEWS])[0].to_dict()
    with pytest.raises(jsonschema.ValidationError):
        check({**value, "colour": "red"}, "prediction")


# --- files --------------------------------------------------------------------------------------------

ROWS = [["a.txt", 1, 0.5, "=SUM(A1) không phải công thức"], ["b.txt", 2, 0.25, "Tin\x01 lạ"]]
COLUMNS = ["source", "paragraph", "score", "text"]


def test_workbook_keeps_numbers_and_runs_no_formula() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    target = io.BytesIO()
    write_xlsx(target, COLUMNS, ROWS)
    sheet = openpyxl.load_workbook(target).active
    assert [[cell.value for cell in row] for row in sheet] == [COLUMNS, ROWS[0], ["b.txt", 2, 0.25, "Tin\ufffd lạ"]]
    assert sheet["D2"].data_type == "s"


def test_parquet_keeps_types_and_takes_no_rows_at_all() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for rows in (ROWS, []):
        target = io.BytesIO()
        write_parquet(target, COLUMNS, rows)
        table = parquet.read_table(target)
        assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "string"]
        assert [list(row.values()) for row in table.to_pylist()] == rows


def test_word_document_holds_title_digest_and_labels() -> None:
    docx = pytest.importorskip("docx")
    target = io.BytesIO()
    write_docx(target, [analysis_of("Gạo bán chạy. Giá tăng.", title="Chợ\x02 gạo", labels=("trade",))])
    lines = [paragraph.text for paragraph in docx.Document(target).paragraphs]
    assert lines == [
        "Chợ gạo",
        "tin.txt",
        "Tóm tắt",
        "Gạo bán chạy. (đoạn 1)",
        "Toàn văn",
        "1. [Thương mại 0,90] Gạo bán chạy. Giá tăng.",
    ]


def test_markdown_shows_markup_as_text() -> None:
    text = render_markdown(analysis_of("Xem <b>đậm</b> và [liên kết](x) *sao*.", labels=("fdi",), source="a.txt"))
    assert "1\\. **FDI 0,90** — Xem \\<b\\>đậm\\</b\\> và \\[liên kết\\](x) \\*sao\\*." in text
    assert text.startswith("## a.txt\n\n### Tóm tắt\n")


@pytest.mark.parametrize(
    ("write", "package", "extra"),
    [(write_xlsx, "openpyxl", "xlsx"), (write_parquet, "pyarrow", "parquet")],
)
def test_missing_extra_names_its_remedy(write: Any, package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf'pip install "vietnamese-text-toolkit\[{extra}\]"'):
        write(io.BytesIO(), COLUMNS, ROWS)


@pytest.mark.parametrize("format", ["markdown", "docx", "xlsx", "parquet", "html"])
def test_command_writes_every_format(format: str, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tin.txt").write_text(NEWS, encoding="utf-8")
    out, err = run("digest", tmp_path / "tin.txt", "--format", format, "-o", tmp_path / "out", "--models", model_folder)
    assert (out, err) == ("", "")
    start = (tmp_path / "out").read_bytes()[:4]
    magic = {"markdown": b"## /", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "parquet": b"PAR1", "html": b"<!DO"}
    assert start == magic[format]


# --- notebooks and progress ---------------------------------------------------------------------------


def test_notebook_tints_text_and_escapes_it() -> None:
    made = analysis_of("Gạo <script>bán</script> chạy.", title="Chợ <b>", labels=("trade",))
    html = analysis_html(made)
    assert "Gạo &lt;script&gt;bán&lt;/script&gt; chạy." in html
    assert "<strong>[Thương mại 0,90]</strong>" in html
    assert "background:hsla(150," in html
    assert "<script" not in html + document_html(made.document)
    assert made.digest is not None
    assert digest_html(made.digest).count("<li>") == 1


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_silent_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.cli.progress._DELAY", -1)
    for terminal, quiet, silent in (
        (io.StringIO(), False, True),
        (_Terminal(), True, True),
        (_Terminal(), False, False),
    ):
        monkeypatch.setattr(sys, "stderr", terminal)
        assert list(tracked([1, 2, 3], total=3, quiet=quiet)) == [1, 2, 3]
        assert (terminal.getvalue() == "") is silent


# --- notes of a digest ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(NoteKind))
def test_every_kind_of_note_has_words_in_both_languages(kind: NoteKind) -> None:
    said = {wording(language).note(Note(kind, (0, 1))) for language in Language}
    assert len(said) == 2
    assert all(text.endswith(".") and "{" not in text for text in said)


def test_notes_count_articles_from_one_in_the_readers_language() -> None:
    note = Note(NoteKind.COPY, (1, 0))
    assert wording(Language.VI).note(note) == "Bài 2 là bản sao của bài 1 nên được bỏ qua."
    assert wording(Language.EN).note(note) == "Article 2 is a copy of article 1 and was left out."
    assert note.to_dict() == {"kind": "copy", "documents": [1, 0]}
