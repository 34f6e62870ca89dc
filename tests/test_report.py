from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import toolkit
from tests.conftest import ROOT
from tests.test_cli import NEWS, run
from tests.test_page import LABELS, analysis_of
from toolkit.brief import make_brief
from toolkit.cli.progress import tracked
from toolkit.document import Document
from toolkit.errors import MissingExtraError
from toolkit.report.explanations import strongest_terms
from toolkit.report.markdown import render_markdown
from toolkit.report.notebook import analysis_html, digest_html, document_html
from toolkit.report.page import render_page
from toolkit.report.tables import COMMON_COLUMNS, Rows, columns_of, common_rows, rows_of
from toolkit.report.terminal import make_console, render_analysis, render_common
from toolkit.report.word import write_docx
from toolkit.report.wording import Language, wording
from toolkit.report.workbook import write_parquet, write_xlsx
from toolkit.results import Analysis, Budget, Digest, DigestSentence, Note, NoteKind

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


def test_every_word_and_reason_is_there_in_both_languages() -> None:
    data = ROOT / "toolkit" / "data"
    words = tomllib.loads((data / "page.toml").read_text(encoding="utf-8"))
    assert words["vi"].keys() == words["en"].keys()
    assert words["vi"]["labels"].keys() == words["en"]["labels"].keys()
    rules = tomllib.loads((data / "boilerplate.toml").read_text(encoding="utf-8"))["rule"]
    from_code = {"title", "date", "heading", "kicker", "table", "header", "footnote", "contents", "hidden"}
    assert {rule["reason"] for rule in rules} | from_code == words["vi"]["reasons"].keys()


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


def test_text_longer_than_a_cell_goes_on_below() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    long = "gạo " * 20_000 + "hết"
    faces = "😀" * 20_000  # two of Excel's characters each
    target = io.BytesIO()
    write_xlsx(target, COLUMNS, [["a.txt", 1, 0.5, long], ["b.txt", 2, 0.5, faces], ["c.txt", 3, 0.5, "ngắn"]])
    rows = list(openpyxl.load_workbook(target).active.iter_rows(min_row=2, values_only=True))
    assert [row[:3] for row in rows] == [
        ("a.txt", 1, 0.5), ("a.txt", None, None), ("a.txt", None, None),
        ("b.txt", 2, 0.5), ("b.txt", None, None), ("c.txt", 3, 0.5),
    ]  # fmt: skip
    assert "".join(row[3] for row in rows[:3]) == long
    assert "".join(row[3] for row in rows[3:5]) == faces
    assert all(len(row[3].encode("utf-16-le")) <= 2 * 32_767 for row in rows)


def test_rows_of_an_analysis_hold_digest_and_dropped_blocks_and_those_to_train_on_do_not() -> None:
    made = analysis_of("Gạo bán chạy. Giá tăng.\n\nẢnh: Mai An", title="Chợ gạo", labels=("trade",))
    rows = rows_of([made], LABELS, Rows.ANALYSIS)
    found = [dict(zip(columns_of(LABELS, Rows.ANALYSIS), row, strict=True)) for row in rows]
    assert [(r["paragraph"], r["labels"], r["text"], r["digest"], r["dropped"]) for r in found] == [
        (1, "trade", "Gạo bán chạy. Giá tăng.", "Gạo bán chạy.", None),
        (None, None, "Ảnh: Mai An", None, "caption"),
    ]
    assert "dropped" not in columns_of(LABELS, Rows.LABELS)
    assert len(list(rows_of([made], LABELS, Rows.LABELS))) == 1


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
    text = "Gạo bán chạy. Giá tăng.\n\nẢnh: Mai An"
    write_docx(target, [analysis_of(text, title="Chợ\x02 gạo", labels=("trade",))])
    lines = [paragraph.text for paragraph in docx.Document(target).paragraphs]
    assert lines == [
        "Chợ gạo",
        "tin.txt",
        "Tóm tắt",
        "Gạo bán chạy. (đoạn 1)",
        "Toàn văn",
        "1. [Thương mại 0,90] Gạo bán chạy. Giá tăng.",
        "Phần đã lược bỏ (1)",
        "chú thích ảnh: Ảnh: Mai An",
    ]


def excerpt() -> Analysis:
    """Return the one paragraph of an article that a person should check: it has trade, and nearly fdi."""
    made = analysis_of("Gạo bán chạy.\n\nẢnh: Mai An", labels=("trade",), review=("fdi",), source="a.txt")
    return replace(made, digest=None, only_review=True)


def test_excerpt_to_review_says_what_to_check_and_shows_nothing_else() -> None:
    docx = pytest.importorskip("docx")
    assert render_markdown(excerpt()) == (
        "## a.txt\n\n### Các đoạn cần xem lại\n\n1\\. **Thương mại 0,90 · (FDI 0,10?)** — Gạo bán chạy.\n\n"
    )
    target = io.BytesIO()
    write_docx(target, [excerpt()], language="en")
    document = docx.Document(target)
    assert document.core_properties.title == "Paragraphs to check"
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "a.txt", "Paragraphs to check", "1. [Trade 0.90] [(FDI 0.10?)] Gạo bán chạy.",
    ]  # fmt: skip
    text = shown(render_analysis(excerpt(), LABELS))
    assert "\nCác đoạn cần xem lại\n" in text
    assert "(fdi 0.10?)" in text
    html = analysis_html(excerpt())
    assert "[(FDI 0,10?)]" in html
    assert "Ảnh" not in html


def test_page_of_what_to_review_says_so_and_counts_nothing() -> None:
    html = render_page(make_brief([excerpt()], LABELS))
    assert "<h1>Các đoạn cần xem lại</h1>" in html
    assert "<summary>Các đoạn cần xem lại<" in html
    assert not re.search('Toàn văn|toàn văn|lược bỏ|Ảnh: Mai An|id="counts"|không có đoạn nào', html)
    assert "FDI?" in html
    assert 'data-topic="0 1"' in html  # found by the label to check, too
    whole = render_page(make_brief([replace(excerpt(), only_review=False)], LABELS))
    assert all(
        part in whole
        for part in ('data-topic="0"', "Toàn văn", "Ảnh: Mai An", 'id="counts"', "<h1>Bản tin tổng hợp</h1>")
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Bài 3 là bản sao của bài 1 nên được bỏ qua."),
        ("en", "Article 3 is a copy of article 1 and was left out."),
    ],
)
def test_notes_of_a_digest_are_said_in_the_reader_s_language(language: str, said: str) -> None:
    made = analysis_of("Gạo bán chạy.")
    assert made.digest is not None
    made = replace(made, digest=replace(made.digest, notes=(Note(NoteKind.COPY, (2, 0)),)))
    brief = make_brief([made], LABELS, digest=made.digest)
    assert render_page(brief, language=language).count(said) == 2
    assert said in render_markdown(made, language=language)
    assert said in shown(render_analysis(made, LABELS, language=language))


def test_markdown_ends_with_what_was_left_out() -> None:
    made = analysis_of("Gạo bán chạy.\n\nẢnh: Mai An", source="a\x1b[31m.txt")
    assert render_markdown(made).endswith("### Phần đã lược bỏ (1)\n\n- *chú thích ảnh*: Ảnh: Mai An\n\n")
    assert "\x1b" not in render_markdown(made)


def test_page_of_a_file_is_told_with_the_paragraph() -> None:
    made = analysis_of("Gạo bán chạy.")
    (paragraph,) = made.document.paragraphs
    paragraph = replace(paragraph, page=3)
    document = replace(made.document, paragraphs=(paragraph,))
    made = replace(made, document=document, paragraphs=(replace(made.paragraphs[0], paragraph=paragraph),))
    assert "(đoạn 1, trang 3)" in render_markdown(made)
    assert "[paragraph 1, page 3]" in shown(render_analysis(made, LABELS, language="en"))
    assert '<span class="sheet">trang 3</span>' in render_page(make_brief([made], LABELS))


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


# --- the terminal -------------------------------------------------------------------------------------


def shown(what: Any, width: int = 100) -> str:
    target = io.StringIO()
    console = make_console(target)
    console.width = width
    console.print(what)
    return target.getvalue()


def test_nothing_in_an_article_steers_the_terminal() -> None:
    made = analysis_of("Gạo bán chạy.", title="Chợ gạo", source="\x1b[31mđỏ\x9b2J\u202e.txt")
    made = replace(made, document=replace(made.document, title="Chợ\x1b]0;chiếm\x07"))
    text = shown(render_analysis(made, LABELS))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "\ufffd[31mđỏ\ufffd2J\ufffd.txt" in text


def test_error_with_a_hostile_name_does_not_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2J.pdf").write_text("Tin.")
    _, err = run("digest", tmp_path, code=1)
    assert "\x1b" not in err
    assert "\ufffd[2J.pdf: expected a PDF, found text" in err


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    made = analysis_of("Thủ tướng yêu cầu các tỉnh đẩy mạnh xuất khẩu gạo. " * 5 + "a" * 300, labels=("trade", "fdi"))
    lines = shown(render_analysis(made, LABELS), width).split("\n")
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()).count("a" * 10) == 30


def test_endless_word_is_printed_whole_and_soon() -> None:
    made = analysis_of("a" * 2_000_000)
    start = time.monotonic()
    assert shown(render_analysis(made, LABELS)).count("a") >= 4_000_000  # in the digest and below
    assert time.monotonic() - start < 20


def test_terminal_speaks_english_where_asked() -> None:
    made = analysis_of("Gạo bán chạy.", labels=("trade",), date=dt.date(2025, 7, 9))
    text = shown(render_analysis(made, LABELS, language="en"))
    assert not re.search("Tóm tắt|đoạn|nhãn|nội dung|Ngày", text)
    assert "Digest\n • Gạo bán chạy. [paragraph 1]" in text
    assert "2025-07-09" in text


# --- notebooks and progress ---------------------------------------------------------------------------


def test_notebook_tints_text_and_escapes_it() -> None:
    made = analysis_of("Gạo <script>bán</script> chạy.", title="Chợ <b>", labels=("trade",))
    html = analysis_html(made)
    assert "Gạo &lt;script&gt;bán&lt;/script&gt; chạy." in html
    assert "<strong>[Thương mại 0,90]</strong>" in html
    assert "background:hsla(150," in html
    both = analysis_html(analysis_of("Gạo.", labels=("trade", "fdi")))
    assert "linear-gradient(90deg,hsla(150,60%,50%,.14),hsla(215,60%,50%,.14))" in both
    assert "box-shadow:inset 5px 0 hsl(150,50%,45%),inset 10px 0 hsl(215,50%,45%)" in both
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
        assert list(tracked([1, 2, 3], count=int, position=lambda: 0, paths=[], quiet=quiet)) == [1, 2, 3]
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


def common_digest() -> tuple[Digest, list[Document]]:
    given = (("a.txt", 3), ("b.txt", 4), ("c.txt", 3))
    documents = [toolkit.parse(f"Bão làm {n} người chết ở Nghệ An.", source=source) for source, n in given]
    (sentence,) = documents[0].sentences
    shown = DigestSentence(sentence.text, 0.5, 0, 0, 0, sentence.span, also=(2,))
    notes = (
        Note(NoteKind.COPY, (2, 0)),
        Note(NoteKind.FIGURES, (0, 1), ("3 người chết", "4 người chết")),
    )
    return Digest((shown,), Budget(sentences=1), notes), documents


def test_common_digest_names_articles_and_figures_where_it_shows_their_names() -> None:
    digest, documents = common_digest()
    text = shown(render_common(digest, documents))
    assert "[a.txt, đoạn 1; cũng có trong c.txt]" in text
    assert "a.txt và b.txt đưa số liệu khác nhau về cùng một việc: 3 người chết – 4 người chết." in text
    nameless = shown(render_common(digest, [replace(document, source=None) for document in documents]))
    assert "[bài 1, đoạn 1; cũng có trong bài 3]" in nameless
    assert "Bài 3 là bản sao của bài 1 nên được bỏ qua." in nameless


def test_day_that_a_sentence_needs_stands_beside_it() -> None:
    digest, documents = common_digest()
    (sentence,) = digest.sentences
    digest = replace(digest, sentences=(replace(sentence, province="Nghệ An", when=dt.date(2024, 12, 20)),))
    assert "[a.txt, Nghệ An, 20/12/2024, đoạn 1; cũng có trong c.txt]" in shown(render_common(digest, documents))
    assert "[bài 1, Nghệ An, 20/12/2024, đoạn 1; cũng có trong bài 3]" in digest_html(digest)
    check(digest.to_dict(), "digest")
    assert digest.to_dict()["sentences"][0]["when"] == "2024-12-20"
    (row, *_) = common_rows({None: digest}, documents)
    assert dict(zip(COMMON_COLUMNS, row, strict=True))["when"] == dt.date(2024, 12, 20)


def test_common_digest_in_a_notebook_names_articles_by_their_numbers() -> None:
    html = digest_html(common_digest()[0])
    assert "[bài 1, đoạn 1; cũng có trong bài 3]" in html
    assert "Bài 1 và bài 2 đưa số liệu khác nhau về cùng một việc: 3 người chết – 4 người chết." in html


def test_notes_with_figures_are_what_the_schema_says() -> None:
    check(common_digest()[0].to_dict(), "digest")


def test_of_many_articles_that_say_the_same_the_first_are_named() -> None:
    digest, _ = common_digest()
    many = replace(digest.sentences[0], also=tuple(range(1, 21)))
    assert wording(Language.EN).also(many).endswith("article 6, 15 more articles")
    assert wording().also(replace(many, also=())) == ""


def test_rows_of_a_common_digest_have_what_else_says_so_and_a_row_for_each_note() -> None:
    digest, documents = common_digest()
    rows = [dict(zip(COMMON_COLUMNS, row, strict=True)) for row in common_rows({None: digest}, documents)]
    assert [(row["source"], row["also"], bool(row["text"])) for row in rows] == [
        ("a.txt", "c.txt", True),
        ("c.txt", "a.txt", False),
        ("a.txt", "b.txt", False),
    ]
    assert [row["note"] for row in rows] == [
        None,
        "c.txt là bản sao của a.txt nên được bỏ qua.",
        "a.txt và b.txt đưa số liệu khác nhau về cùng một việc: 3 người chết – 4 người chết.",
    ]


# --- explanations -------------------------------------------------------------------------------------


def test_what_a_reader_takes_for_one_term_is_one_with_its_weights_added() -> None:
    weights = {"kim_ngạch": 0.25, "kim ngạch": 0.125, "gạo … … Lào": -0.5, "gạo … Lào": 0.25, "xuất": 0.001}
    parts = tuple(toolkit.Contribution(term, weight, ()) for term, weight in weights.items())
    prediction = toolkit.Prediction(("trade",), {"trade": 0.9})
    why = toolkit.Explanation("…", prediction, {"trade": 0.1}, {"trade": 0.0}, {"trade": parts})
    terms = strongest_terms(why, "trade")
    assert [str(term) for term in terms.up] == ["kim ngạch +0.38"]
    assert [str(term) for term in terms.down] == ["gạo … Lào −0.25"]
