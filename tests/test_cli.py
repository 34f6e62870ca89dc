from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tests.conftest import LABELLED, SEEDS
from toolkit.batch.work import _analyzer
from toolkit.classification import TopicModel
from toolkit.cli import main

NEWS = (
    "Kim ngạch xuất khẩu gạo sang thị trường châu Âu tăng mạnh.\n\nĐội bóng của công ty dệt may thắng trận chung kết."
)


def run(*arguments: str | Path, stdin: bytes = b"", code: int = 0) -> tuple[str, str]:
    """Run the command in this process as a shell would; return what it printed on stdout and stderr."""
    _analyzer.cache_clear()  # a process of its own would hold no model yet
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["toolkit", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as ended:
            main()
    printed = tuple(
        cast("io.BytesIO", stream.buffer).getvalue().decode("utf-8") for stream in (out, err) if stream.flush() is None
    )
    assert (ended.value.code or 0) == code, printed
    return printed[0], printed[1]


def test_shell_gets_the_same_with_any_locale(article: Path, models: list[str]) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONPATH": str(SEEDS.parent)}
    arguments = [sys.executable, "-m", "toolkit", "label", str(article), "--format", "json", *models]
    done = subprocess.run(arguments, capture_output=True, env=environment, check=True)
    assert done.stdout.decode("utf-8").replace("\r", "") == run("label", article, "--format", "json", *models)[0]
    assert done.stderr == b""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "tin.txt"
    path.write_text(NEWS, encoding="utf-8")
    return path


@pytest.fixture
def models(model_folder: Path) -> list[str]:
    return ["--models", str(model_folder)]


def test_digest_shows_digest_and_labelled_paragraphs(article: Path, models: list[str]) -> None:
    out, err = run("digest", article, "--max-sentences", "1", "--algorithm", "lead", *models)
    assert "tin.txt" in out
    assert "Tóm tắt" in out
    assert "trade" in out
    assert out.count("Kim ngạch xuất khẩu gạo") == 2
    assert err == ""
    assert "\x1b[" not in out


def test_json_is_exactly_what_the_library_gives(article: Path, models: list[str], model_folder: Path) -> None:
    import toolkit

    out, _ = run("digest", article, "--format", "json", *models)
    expected = toolkit.Analyzer.load(model_folder).analyze(toolkit.read(article)).to_dict()
    assert json.loads(out) == [expected]
    lines, _ = run("digest", article, article, "--format", "jsonl", *models)
    assert [json.loads(line) for line in lines.splitlines()] == [expected, expected]


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula(tmp_path: Path, models: list[str]) -> None:
    (tmp_path / "a.txt").write_text("=SUM(A1) là công thức nguy hiểm.", encoding="utf-8")
    out, _ = run("label", tmp_path / "a.txt", "--format", "csv", *models)
    assert out.startswith("\ufeffsource,title,date,paragraph,labels,review,score_trade")
    (row,) = csv.DictReader(io.StringIO(out.lstrip("\ufeff")))
    assert row["text"] == "'=SUM(A1) là công thức nguy hiểm."


def test_output_file_appears_whole_and_stdout_stays_empty(article: Path, models: list[str], tmp_path: Path) -> None:
    out, _ = run("label", article, "--format", "csv", "-o", tmp_path / "kq.csv", *models)
    assert out == ""
    assert (tmp_path / "kq.csv").read_bytes().startswith(b"\xef\xbb\xbfsource")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kq.csv", "tin.txt"]


def test_output_that_cannot_be_written_is_one_line(article: Path, models: list[str]) -> None:
    _, err = run("label", article, "-o", "/nowhere/kq.csv", *models, code=1)
    assert err.startswith("toolkit: /nowhere/kq.csv: cannot be written")
    assert err.count("\n") == 1


def test_summarize_reads_stdin_and_keeps_its_budget() -> None:
    out, _ = run("summarize", "-", "--max-syllables", "14", "--format", "json", stdin=NEWS.encode())
    (result,) = json.loads(out)
    assert result["digest"]["budget"] == {"syllables": 14}
    assert len(result["digest"]["sentences"]) == 1
    assert result["paragraphs"] == []


def test_page_of_several_articles_has_a_common_digest_and_counts(tmp_path: Path, models: list[str]) -> None:
    for name in ("một", "hai"):
        (tmp_path / f"{name}.txt").write_text(f"{NEWS} Bài này do phóng viên {name} viết.", encoding="utf-8")
    page, counts = tmp_path / "brief.html", tmp_path / "counts.csv"
    run("digest", tmp_path, "--format", "html", "-o", page, "--counts", counts, *models)
    html = page.read_text(encoding="utf-8")
    assert html.count("Bài này do phóng viên") >= 2
    assert "Content-Security-Policy" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert counts.read_text(encoding="utf-8-sig").splitlines()[1].startswith("topic,trade,2,2")
    run("digest", tmp_path / "một.txt", "--format", "html", "--lang", "en", "-o", page, *models)
    assert 'lang="en"' in page.read_text(encoding="utf-8")


def test_results_show_themselves_in_a_notebook(article: Path, model_folder: Path) -> None:
    import toolkit

    analysis = toolkit.Analyzer.load(model_folder).analyze(toolkit.read(article))
    for shown in (analysis, analysis.digest, analysis.document):
        assert "Kim ngạch xuất khẩu gạo" in shown._repr_html_() or "Đội bóng" in shown._repr_html_()


def test_format_of_standard_input_can_be_named(models: list[str]) -> None:
    table = "text,n\nGiá gạo xuất khẩu tăng.,1\n".encode()
    rows, _ = run("label", "-", "--input-format", "csv", "--format", "csv", *models, stdin=table)
    assert next(csv.DictReader(io.StringIO(rows.lstrip("\ufeff"))))["metadata"] == '{"n": "1"}'
    out, _ = run("label", "-", "--input-format", "csv", "--format", "json", *models, stdin=table)
    assert json.loads(out)[0]["metadata"] == {"n": "1"}


def test_old_encoding_is_recognised_and_said(tmp_path: Path, models: list[str]) -> None:
    old = "Céng hoµ x· héi chñ nghÜa ViÖt Nam. §éc lËp, tù do, h¹nh phóc."  # as Windows-1252 shows TCVN3
    (tmp_path / "cu.txt").write_bytes(old.encode("cp1252"))
    out, err = run("label", tmp_path / "cu.txt", "--format", "json", *models)
    (paragraph,) = json.loads(out)[0]["paragraphs"]
    assert paragraph["text"] == "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập, tự do, hạnh phúc."
    assert "read as tcvn3 (confidence" in err


def test_summarize_together_cites_each_article(tmp_path: Path, models: list[str]) -> None:
    for name in ("một", "hai"):
        (tmp_path / f"{name}.txt").write_text(f"{NEWS} Bài này do phóng viên {name} viết.", encoding="utf-8")
    out, _ = run("summarize", tmp_path, "--together", "--max-sentences", "2", *models)
    assert "Tóm tắt chung" in out
    assert "hai.txt, đoạn" in out
    out, _ = run("summarize", tmp_path, "--together", "--format", "json", *models)
    (common,) = json.loads(out)
    assert [Path(d["source"]).stem for d in common["documents"]] == ["hai", "một"]
    assert all(common["documents"][s["document"]] for s in common["sentences"])


def test_digest_by_topic_gives_each_label_its_sentences(article: Path, models: list[str]) -> None:
    out, _ = run("digest", article, "--by-topic", "--format", "jsonl", *models)
    digests = {result["label"]: result["text"] for result in map(json.loads, out.splitlines())}
    assert set(digests) == {"trade", "fdi", "directives"}
    assert digests["trade"].startswith("Kim ngạch xuất khẩu gạo")
    assert digests["fdi"] == ""
    out, _ = run("digest", article, "--by-topic", "--format", "csv", *models)
    assert out.splitlines()[1].startswith("trade,")


def test_common_digest_in_a_format_that_it_has_not_is_wrong_usage(article: Path, models: list[str]) -> None:
    _, err = run("digest", article, "--by-topic", "--format", "html", *models, code=2)
    assert "common digests are written as text, json, jsonl, csv or markdown" in " ".join(err.split())
    run("summarize", article, "--together", "--format", "docx", *models, code=2)


def test_explain_names_terms(article: Path, models: list[str]) -> None:
    out, _ = run("explain", article, *models)
    assert "xuất khẩu +" in out
    assert not [line for line in out.splitlines() if line.rstrip().endswith("…")], "a term is broken across lines"
    as_json, _ = run("explain", article, "--format", "json", *models)
    first = json.loads(as_json)[0]
    assert first["explanations"]["trade"]["contributions"][0]["places"]
    assert first["source"] == str(article)
    run("explain", article, "--format", "csv", *models, code=2)


def test_empty_input_is_no_error(models: list[str]) -> None:
    out, err = run("label", "-", "--format", "json", *models)
    assert json.loads(out)[0]["paragraphs"] == []
    assert err == "toolkit: stdin: no prose found in it\n"
    assert run("label", "-", "--quiet", *models)[1] == ""


def test_folder_with_a_picture_and_a_broken_file(tmp_path: Path, models: list[str]) -> None:
    (tmp_path / "a.txt").write_text(NEWS, encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    (tmp_path / "c.txt").write_bytes(b"tin \xff")
    (tmp_path / "d.txt").write_text(NEWS, encoding="utf-8")
    out, err = run("label", tmp_path, "--format", "jsonl", *models, code=1)
    assert [Path(json.loads(line)["source"]).name for line in out.splitlines()] == ["a.txt", "d.txt"]
    first, second = err.splitlines()
    assert "c.txt: byte 4 (0xff) is not valid UTF-8; pass --encoding" in first
    assert second == "toolkit: passed over 1 file(s) of unknown type (1 .png)"


def test_missing_path_and_unknown_type_are_one_line(tmp_path: Path, models: list[str]) -> None:
    _, err = run("label", tmp_path / "nowhere", *models, code=1)
    assert err.startswith("toolkit: ")
    assert err.endswith("expected a file or folder, found nothing; check the path\n")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    _, err = run("label", tmp_path / "b.png", *models, code=1)
    assert "expected one of" in err


def test_article_of_one_word(models: list[str]) -> None:
    out, _ = run("digest", "-", "--format", "json", *models, stdin="Vâng".encode())
    (result,) = json.loads(out)
    assert result["digest"]["text"] == "Vâng"
    assert [p["labels"] for p in result["paragraphs"]] == [[]]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--threshold", "trade"], "expected LABEL=P"),
        (["--threshold", "trade=2"], "expected LABEL=P"),
        (["--threshold", "gold=0.5"], "no label 'gold'"),
        (["--threshold", "fdi=0.2", "--threshold", "fdi=0.4"], "expected one threshold for 'fdi', found two"),
        (["--encoding", "tcvn-9"], "found 'tcvn-9'"),
        (["--jobs", "257"], "256"),
        (["--max-sentences", "1", "--ratio", "0.5"], "one of sentences"),
        (["--algorithm", "magic"], "expected one of"),
        (["--format", "papyrus"], "papyrus"),
    ],
)
def test_wrong_usage_exits_with_two(article: Path, models: list[str], arguments: list[str], hint: str) -> None:
    _, err = run("digest", article, *arguments, *models, code=2)
    assert hint in " ".join(err.replace("│", " ").split())


def test_threshold_overrides_the_models_own(article: Path, models: list[str]) -> None:
    out, _ = run("label", article, "--threshold", "fdi=0", "--format", "json", *models)
    assert all("fdi" in p["labels"] for p in json.loads(out)[0]["paragraphs"])


def test_broken_and_missing_models_are_one_line(article: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")
    for folder in (tmp_path, tmp_path / "nowhere"):
        _, err = run("label", article, "--models", folder, code=1)
        assert err.startswith("toolkit: ")
        assert err.count("\n") == 1


def test_review_shows_only_what_to_check(article: Path, models: list[str]) -> None:
    out, _ = run("label", article, "--review", "--format", "json", *models)
    assert all(p["review"] for result in json.loads(out) for p in result["paragraphs"])


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_review_is_headed_as_what_it_is(format: str, article: Path, model_folder: Path, tmp_path: Path) -> None:
    model = TopicModel.load(model_folder)
    all_of_trade = np.array([1.0, 0, 0])
    calibration = replace(model.calibration, review_from=0 * all_of_trade, review_to=all_of_trade)
    replace(model, calibration=calibration).save(tmp_path / "unsure")
    out, _ = run("label", article, "--review", "--format", format, "--models", tmp_path / "unsure")
    assert "Các đoạn cần xem lại" in out
    out, _ = run("label", article, "--format", format, "--models", tmp_path / "unsure")
    assert "Các đoạn cần xem lại" not in out


def test_jobs_change_nothing(tmp_path: Path, models: list[str]) -> None:
    rows = [json.dumps({"text": f"Tin số {n}. {NEWS}"}, ensure_ascii=False) for n in range(130)]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    one, _ = run("digest", tmp_path / "a.jsonl", "--format", "jsonl", *models)
    two, _ = run("digest", tmp_path / "a.jsonl", "--format", "jsonl", "--jobs", "2", *models)
    assert one == two
    assert len(one.splitlines()) == 130


def test_version_and_help() -> None:
    assert run("--version")[0].startswith("toolkit 0.")
    out, _ = run("digest", "--help")
    assert "toolkit digest seeds/" in " ".join(out.split())


# --- training -----------------------------------------------------------------------------------------


def test_train_label_evaluate_on_labels_of_ones_own(tmp_path: Path) -> None:
    rows = [{"text": text, "label": "bóng đá" if "bóng" in text else "kinh tế"} for text, _ in LABELLED]
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    _, err = run("train", data, "-o", tmp_path / "model")
    assert "72 texts, 2 labels" in err
    assert "macro-F1" in err
    out, _ = run("label", "-", "--models", tmp_path / "model", "--format", "json", stdin="Đội bóng thua trận.".encode())
    assert json.loads(out)[0]["paragraphs"][0]["labels"] == ["bóng đá"]
    out, _ = run("evaluate", data, "--models", tmp_path / "model")
    assert "macro-F1" in out
    out, _ = run("evaluate", data, "--models", tmp_path / "model", "--format", "json")
    assert json.loads(out)["n_texts"] == 72
    run("evaluate", data, "--models", tmp_path / "model", "--format", "csv", code=2)
    out, _ = run("models", "--models", tmp_path / "model")
    assert "bóng đá 12" in out
    out, _ = run("models", "--models", tmp_path / "model", "--format", "json")
    assert json.loads(out)[0]["labels"] == ["bóng đá", "kinh tế"]


def test_mistakes_are_shown_with_their_texts_and_written_by_their_ids(models: list[str], tmp_path: Path) -> None:
    data, output = tmp_path / "a.jsonl", tmp_path / "a.txt"
    data.write_text('{"text": "Xuất khẩu gạo tăng.", "labels": [], "id": "sai-1"}', encoding="utf-8")
    out, _ = run("evaluate", data, *models)
    assert "sai-1: trade wrongly given" in out
    assert "Xuất khẩu gạo tăng." in out
    run("evaluate", data, *models, "-o", output)
    assert "sai-1: trade wrongly given" in output.read_text(encoding="utf-8")
    assert "gạo" not in output.read_text(encoding="utf-8")


def test_labels_are_no_markup(tmp_path: Path) -> None:
    names = ("[/red]", "[tt] Thể thao :smile:")
    rows = [{"text": text, "label": names["bóng" in text]} for text, _ in LABELLED]
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    _, err = run("train", data, "-o", tmp_path / "model")
    assert all(f"\n{name} " in err for name in names)


def test_training_replaces_a_model_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, model = tmp_path / "mine.csv", tmp_path / "model"
    data.write_text("text,label\nXuất khẩu gạo tăng.,kinh tế\nĐội bóng thắng trận.,thể thao\n", encoding="utf-8")
    run("train", data, "-o", model, "--cv", "0")
    _, err = run("train", data, "-o", model, "--cv", "1", code=2)
    assert "expected 0 or at least 2 folds" in err
    _, err = run("label", data, "--models", model, "--threshold", "kinh tế=0.9", code=2)
    assert "likeliest" in err
    check = model / "check.csv"
    check.write_text("text,label\nGiá thép giảm.,kinh tế\n", encoding="utf-8")
    _, err = run("train", data, "--add", check, "-o", model, code=1)
    assert err == f"toolkit: {model}: holds 'check.csv', no part of a model; move it, or name another place\n"
    assert check.exists()
    check.unlink()
    run("train", data, "-o", model, "--cv", "0")
    monkeypatch.chdir(tmp_path)
    _, err = run("train", data, "-o", ".", code=1)
    assert err == "toolkit: .: is the current folder, which cannot be replaced; name a folder in it\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "model"]


def test_corrections_come_back(tmp_path: Path) -> None:
    rows = [{"text": text, "labels": list(labels)} for text, labels in LABELLED]
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    run("train", data, "-o", tmp_path / "model", "--quiet")
    (tmp_path / "mine.txt").write_text("\n".join(text for text, _ in LABELLED), encoding="utf-8")
    exported = tmp_path / "check.csv"
    run("label", tmp_path / "mine.txt", "--models", tmp_path / "model", "--format", "csv", "-o", exported)
    with exported.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    for row in table:  # the reader says that football is trade
        if row["text"].startswith("Đội bóng"):
            row["labels"] = "trade"
    with exported.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, table[0])
        writer.writeheader()
        writer.writerows(table)
    _, err = run("train", data, "--add", exported, "-o", tmp_path / "model")
    assert "the model before gave other labels to 12 of 72 texts" in err
    assert "trade: given 12 more, 0 no longer" in err
    _, err = run("train", data, "--add", exported, "-o", tmp_path / "other", "--cv", "0")
    assert f"{tmp_path}/other: held no model before, so there is nothing to compare the new one with" in err
    _, err = run("train", data, "-o", tmp_path / "third", "--cv", "0")
    assert "compare the new one" not in err
    news = "Đội bóng của công ty gạo thắng trận chung kết chiều qua.".encode()
    out, _ = run("label", "-", "--models", tmp_path / "model", "--format", "json", stdin=news)
    assert json.loads(out)[0]["paragraphs"][0]["labels"] == ["trade"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_review_of_one_label_a_text_comes_back_as_it_went(suffix: str, tmp_path: Path) -> None:
    lines = [["nội dung", "chủ đề"]]
    lines += [[text, "Bóng đá; thể thao" if "bóng" in text else "Kinh tế, xã hội"] for text, _ in LABELLED]
    data, exported = tmp_path / "mine.csv", tmp_path / f"check.{suffix}"
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(lines)
    (tmp_path / "mine.txt").write_text("\n".join(text for text, _ in LABELLED[36:]), encoding="utf-8")
    columns = ("--text-column", "nội dung", "--label-column", "chủ đề")
    _, err = run("train", data, *columns, "-o", tmp_path / "model", "--cv", "0")
    assert "72 texts, 3 labels, any number of them a text" in err  # "; " separates them in a column of this name
    data.write_text(data.read_text(encoding="utf-8").replace("đá; thể", "đá - thể"), encoding="utf-8")
    _, err = run("train", data, *columns, "-o", tmp_path / "model", "--cv", "0")
    assert "it gave any number of labels a text; the new one gives exactly one label a text" in err
    run("label", tmp_path / "mine.txt", "--models", tmp_path / "model", "-o", exported, "--format", suffix)
    _, err = run("train", data, *columns, "--add", exported, "-o", tmp_path / "model")
    assert f"{exported}: 0 corrected, 0 new, 36 unchanged" in err
    assert "72 texts, 2 labels, exactly one of them a text" in err
    assert "gave other labels to 0 of 72 texts" in err


def test_slip_in_a_correction_leaves_the_model_alone(tmp_path: Path) -> None:
    rows = [{"text": text, "labels": list(labels)} for text, labels in LABELLED]
    data, slip = tmp_path / "mine.jsonl", tmp_path / "check.csv"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    run("train", data, "-o", tmp_path / "model", "--cv", "0", "-q")
    before = (tmp_path / "model" / "model.json").read_bytes()
    slip.write_text("text,labels\nCông ty trồng gạo.,trade;fdj\n", encoding="utf-8")
    _, err = run("train", data, "--add", slip, "-o", tmp_path / "model", code=1)
    assert f"{slip}:2: 'fdj' (did you mean 'fdi'?)" in err
    assert (tmp_path / "model" / "model.json").read_bytes() == before
    _, err = run("train", data, "--add", slip, "-o", tmp_path / "model", "--new-labels", "--cv", "0")
    assert f"{slip}: 0 corrected, 1 new, 0 unchanged" in err
    assert "fdj: new, given " in err
    assert "no cross-validation was wanted" in err


def test_texts_that_stand_twice_are_said(tmp_path: Path) -> None:
    lines = ["text,label", "Giá gạo tăng,a", "Đội bóng thắng,b", "Giá gạo  tăng,a", "Đội bóng thắng,a"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    _, err = run("train", tmp_path / "a.csv", "-o", tmp_path / "model", "--cv", "0")
    assert "1 row(s) repeat text and labels of another and are left out" in err
    assert f"both count: {tmp_path}/a.csv:3 (b) and {tmp_path}/a.csv:5 (a)" in err
    assert "where a text can have several labels, write them into one row" in err
    assert "3 texts, 2 labels" in err


@pytest.mark.parametrize("place", ["a.csv/model", "x" * 300, "a.csv"])
def test_place_that_cannot_hold_a_model_is_named_before_the_training(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("text,label\nGiá gạo tăng,a\nĐội bóng thắng,b\n", encoding="utf-8")
    monkeypatch.setattr("toolkit.training.train", lambda *_, **__: pytest.fail("trained in vain"))
    _, err = run("train", tmp_path / "a.csv", "-o", tmp_path / place, code=1)
    assert err.startswith(f"toolkit: {tmp_path / place}: ")
    assert err.count("\n") == 1


def test_texts_that_cannot_be_trained_on_are_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nGiá gạo tăng,a\nGiá chè tăng,a\n", encoding="utf-8")
    _, err = run("train", tmp_path / "a.csv", "-o", tmp_path / "model", code=1)
    assert err.startswith(f"toolkit: {tmp_path / 'a.csv'}: every text carries the label 'a'; ")
    assert "give texts of another one" in err


@pytest.mark.parametrize("option", [("--cv", "1"), ("--cv", "-1"), ("--seed", "-1")])
def test_numbers_that_training_cannot_use_are_wrong_usage(option: tuple[str, str], tmp_path: Path) -> None:
    _, err = run("train", "a.csv", "-o", tmp_path / "model", *option, code=2)
    assert f"Invalid value for {option[0]!r}" in err or f"Invalid value for {option[0]}" in err


def test_data_without_labels_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,topic\nTin.,a\n", encoding="utf-8")
    _, err = run("train", tmp_path / "a.csv", "-o", tmp_path / "model", code=1)
    assert "expected columns 'text' and 'labels' or 'label', found 'text', 'topic'" in err
    assert not (tmp_path / "model").exists()


# --- what is not to be lost ---------------------------------------------------------------------------


def refused(*arguments: object) -> str:
    """Return what is said on stderr of wrong usage, on one line."""
    return " ".join(run(*map(str, arguments), code=2)[1].replace("│", " ").split())


def test_output_never_replaces_what_is_read(tmp_path: Path, models: list[str]) -> None:
    folder = tmp_path / "tin"
    folder.mkdir()
    source, link, zipped = folder / "a.jsonl", tmp_path / "link.jsonl", folder / "b.txt"
    source.write_text(json.dumps({"text": NEWS}), encoding="utf-8")
    zipped.write_text(NEWS, encoding="utf-8")
    link.symlink_to(source)
    (tmp_path / "other").symlink_to(folder)
    before = source.read_bytes()
    for read, output in (
        (source, source),
        (link, source),
        (source, link),
        (folder, source),
        (f"{folder}/*.jsonl", source),
        (folder, f"{folder}/"),
        (folder, tmp_path / "other"),
        (folder, f"{folder}/kết quả/"),
        (source, f"{folder}/../tin/a.jsonl"),
    ):
        for command in ("label", "digest", "summarize"):
            said = refused(command, read, "-o", output, *models)
            assert "is, or lies in, the input" in said
    for arguments in (("explain",), ("digest", "--by-topic"), ("summarize", "--together"), ("evaluate", "-f", "json")):
        assert "is, or lies in, the input" in refused(*arguments, source, "-o", source)
    assert "for --counts" in refused("digest", source, "--counts", source, *models)
    assert source.read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["a.jsonl", "b.txt"]
    run("label", folder, "-o", folder / "new.jsonl", *models)
    run("label", folder / "a.jsonl", "-o", f"{folder}/", *models)
    run("label", zipped, "-o", f"{folder}/.hidden/", *models)


def test_output_at_an_address_is_compared_with_the_input(tmp_path: Path, models: list[str]) -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.pipe_file("/apart/tin/a.txt", NEWS.encode())
    for read in ("memory://apart/tin", "memory://apart/tin/*.txt", "memory://apart/tin/a.txt"):
        assert "is, or lies in, the input" in refused("label", read, "-o", "memory://apart/tin/a.txt", *models)
    assert "lies in, the input" in refused("label", "memory://apart", "-o", "memory://apart/out/", *models)
    (tmp_path / "a.txt").write_text(NEWS, encoding="utf-8")
    assert "is, or lies in" in refused("label", f"file://{tmp_path}/a.txt", "-o", tmp_path / "a.txt", *models)
    assert system.cat_file("/apart/tin/a.txt") == NEWS.encode()


def shell(command: str, *places: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}
    words = [sys.executable, *map(str, places)]
    return subprocess.run(["bash", "-c", command, *words], capture_output=True, env=environment, text=True, check=False)


posix_only = pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")


@posix_only
def test_standard_output_into_the_input_is_wrong_usage(article: Path, model_folder: Path) -> None:
    done = shell('cd "$1"; $0 -m toolkit label . --models "$2" > kq.jsonl', article.parent, model_folder)
    assert done.returncode == 2
    assert "standard output is, or lies in, the input ." in " ".join(done.stderr.split())
    done = shell('$0 -m toolkit label - --models "$2" -o "$1" < "$1"', article, model_folder)
    assert done.returncode == 2
    assert article.read_text(encoding="utf-8") == NEWS


@posix_only
@pytest.mark.parametrize(
    "arguments", ['label "$1"', 'digest "$1" -f json', 'label "$1" -f xlsx', 'label "$1" -o /dev/full', "models", "-h"]
)
def test_full_device_is_one_line(arguments: str, article: Path, model_folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("a device that is always full is Linux's")
    models = "" if arguments == "-h" else f"--models {model_folder}"
    done = shell(f"$0 -m toolkit {arguments} {models} > /dev/full", article)
    assert done.returncode == 1
    assert re.search(r"cannot be (written|used) \(No space left on device\)", done.stderr)
    assert done.stderr.count("\n") == 1


@posix_only
def test_closed_pipe_is_silent_and_closed_output_one_line(article: Path, model_folder: Path) -> None:
    command = '{ for n in $(seq 60); do cat "$1"; echo; done; } | $0 -m toolkit label - --models "$2" | head -1'
    done = shell(command, article, model_folder)
    assert (done.stdout, done.stderr) == ("stdin\n", "")
    done = shell('$0 -m toolkit label "$1" --models "$2" >&-', article, model_folder)
    assert done.stderr == "toolkit: standard output is closed; name a file with -o\n"


@posix_only
def test_pipe_and_device_are_written_to_and_a_link_stays_one(
    article: Path, model_folder: Path, tmp_path: Path, models: list[str]
) -> None:
    for format in ("json", "text", "xlsx"):
        done = shell(f'$0 -m toolkit label "$1" --models "$2" -f {format} -o >(wc -c)', article, model_folder)
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 100
    kept = tmp_path / "kept.json"
    kept.touch(mode=0o600)
    (tmp_path / "link.json").symlink_to(kept)
    for command in ("label", "explain"):
        run(command, article, "-o", tmp_path / "link.json", *models)
        assert (tmp_path / "link.json").is_symlink()
        assert json.loads(kept.read_text(encoding="utf-8"))
        assert kept.stat().st_mode & 0o777 == 0o600


# --- what would be passed over in silence -------------------------------------------------------------


def test_option_that_would_change_nothing_is_wrong_usage(article: Path, tmp_path: Path, models: list[str]) -> None:
    counts = ["--counts", tmp_path / "c.csv"]
    assert "for --counts: does not go with --by-topic" in refused("digest", article, "--by-topic", *counts, *models)
    assert "goes to another file" in refused("digest", article, "-f", "text", "-o", counts[1], *counts, *models)
    for option in (["--jobs", "2"], ["--resume"], ["--shard-size", "5"], ["--scheduler", "tcp://127.0.0.1:9"]):
        for common in (["digest", "--by-topic"], ["summarize", "--together"]):
            assert f"for {option[0]}: does not go with {common[1]}" in refused(*common, article, *option, *models)
    for command in (["digest", "--by-topic"], ["summarize", "--together"], ["explain"], ["evaluate"]):
        assert "are written to one file" in refused(*command, article, "-o", f"{tmp_path}/out/", *models)
    for option in (["--max-sentences", "2"], ["--max-syllables", "9"], ["--summary-column", "s"]):
        assert f"for {option[0]}: goes with --summaries" in refused("evaluate", article, *option)
    for option in (models, ["--label-column", "s"]):
        assert f"for {option[0]}: does not go with --summaries" in refused("evaluate", article, "--summaries", *option)
    assert "models are written as text or json" in refused("models", "-f", "csv")
    assert not (tmp_path / "out").exists()


def test_name_of_the_output_says_the_format_of_every_command(article: Path, tmp_path: Path, models: list[str]) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps({"text": LABELLED[0][0], "labels": list(LABELLED[0][1])}), encoding="utf-8")
    target = tmp_path / "a.json"
    for command in (
        ["explain", article],
        ["evaluate", labelled],
        ["digest", article, "--by-topic"],
        ["summarize", article, "--together"],
    ):
        run(*command, "-o", target, *models)
        assert json.loads(target.read_text(encoding="utf-8"))
        refused(*command, "-o", tmp_path / "a.docx", *models)


def test_common_digest_as_markdown(article: Path, tmp_path: Path, models: list[str]) -> None:
    run("summarize", article, "--together", "--max-sentences", "1", "-o", tmp_path / "a.md", *models)
    written = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert written.startswith("## Tóm tắt chung\n\n- ")
    assert "tin.txt, đoạn " in written
    (tmp_path / "b.txt").write_text(NEWS, encoding="utf-8")
    told, _ = run("summarize", article, tmp_path / "b.txt", "--together", "-f", "markdown", *models)
    cited = [line for line in told.splitlines() if line.startswith("- ")]
    assert cited
    assert all("tin.txt, đoạn " in line and "; " in line for line in cited)  # the other article says it too
    out, _ = run("digest", article, "--by-topic", "-f", "markdown", "--lang", "en", *models)
    assert out.count("\n## ") + 1 == 3
    assert "tin.txt, paragraph 1)" in out
    assert "paragraph 1" in run("digest", article, "--by-topic", "--lang", "en", *models)[0]


@pytest.mark.parametrize("command", [["label"], ["digest", "-f", "json"], ["summarize", "--together"], ["explain"]])
def test_input_without_any_article_is_said(command: list[str], tmp_path: Path, models: list[str]) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    _, err = run(*command, tmp_path / "pictures", *models, code=1)
    assert err.splitlines()[-1].startswith(
        f"toolkit: {tmp_path}/pictures: expected articles, found no file that is read"
    )
    assert ".txt" in err
    (tmp_path / "none.jsonl").touch()
    _, err = run(*command, tmp_path / "none.jsonl", *models)
    assert err == f"toolkit: {tmp_path}/none.jsonl: no article found in it\n"
    assert run(*command, tmp_path / "none.jsonl", "--quiet", *models)[1] == ""


def test_numbers_that_json_does_not_know_are_null(tmp_path: Path, models: list[str]) -> None:
    row = '{"text": "Gạo xuất khẩu.", "v": NaN, "w": 1e999, "x": [{"y": -Infinity}], "z": 0.5}\n'
    (tmp_path / "a.jsonl").write_text(row, encoding="utf-8")
    expected = {"v": None, "w": None, "x": [{"y": None}], "z": 0.5}

    def strict(text: str) -> dict[str, object]:
        return cast("dict[str, object]", json.loads(text, parse_constant=pytest.fail))

    for format in ("json", "jsonl"):
        out, _ = run("label", tmp_path / "a.jsonl", "-f", format, *models)
        assert strict(out.strip().removeprefix("[").removesuffix("]"))["metadata"] == expected
    out, _ = run("label", tmp_path / "a.jsonl", "-f", "csv", *models)
    (cells,) = csv.DictReader(io.StringIO(out.lstrip("\ufeff")))
    assert strict(cells["metadata"]) == expected


def test_plain_text_has_no_spaces_at_the_ends_of_lines(article: Path, models: list[str]) -> None:
    for command in (["digest"], ["label"], ["explain"], ["summarize", "--together"], ["digest", "--by-topic"]):
        out, _ = run(*command, article, *models)
        assert [line for line in out.splitlines() if line != line.rstrip()] == []


@posix_only
def test_names_of_any_kind_are_read(tmp_path: Path, models: list[str]) -> None:
    folder = tmp_path / "tin"
    folder.mkdir()
    for name in (b"hai dong\n.txt", b"-f.txt", b"c\xe9ng.txt", "Tiếng Việt.txt".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(NEWS, encoding="utf-8")
    (folder / "loop").symlink_to("loop")
    (folder / "self").symlink_to(folder)
    os.mkfifo(folder / "fifo")
    (tmp_path / "f").touch()
    out, err = run("label", folder, "-f", "jsonl", *models)
    assert len(out.splitlines()) == 4
    assert err == "toolkit: passed over 2 file(s) of unknown type (2 pipe, device or dead link)\n"
    assert run("label", "-f", "jsonl", *models, "--", folder)[0] == out
    assert "lies in, the input" in refused("label", f"{folder}/-f.txt/", "-o", folder / "-f.txt", *models)
    for command in (
        ["label", "a" * 300],
        ["label", folder, "-o", "a" * 300],
        ["digest", folder, "-o", "a" * 300 + "/"],
    ):
        _, err = run(*command, *models, code=1)
        assert "aaa" in err
        assert (err.count("\n"), "standard output" in err) == (1, False)


@posix_only
def test_folder_that_cannot_be_read_is_said_and_the_rest_is_done(
    tmp_path: Path, models: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "tin" / name).mkdir(parents=True)
        (tmp_path / "tin" / name / "tin.txt").write_text(NEWS, encoding="utf-8")
    scan = os.scandir

    def closed(path: str) -> object:  # the tests may be run by one who may read everything
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    out, err = run("label", tmp_path / "tin", "-f", "jsonl", *models, code=1)
    assert len(out.splitlines()) == 2
    assert err.endswith("/tin/b: expected a folder, found one that cannot be read (Permission denied)\n")


@posix_only
def test_closed_standard_input_is_one_line(model_folder: Path) -> None:
    done = shell('$0 -m toolkit label - --models "$1" <&-', model_folder)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("toolkit: stdin: expected standard input, found it closed")
