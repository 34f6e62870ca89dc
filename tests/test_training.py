from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from tests.conftest import LABELLED
from toolkit.classification import TopicModel
from toolkit.corpus import LabelledText, TaughtText
from toolkit.errors import CorpusError
from toolkit.evaluation.topics import (
    Evaluation,
    evaluate_decisions,
    evaluate_model,
    expected_calibration_error,
    indicator,
    reliability,
)
from toolkit.report.evaluation import render_evaluation, render_model
from toolkit.report.terminal import make_console
from toolkit.training import checksum, compare, suited_classifier, train

ROWS = [LabelledText(text, labels, f"r{n}") for n, (text, labels) in enumerate(LABELLED)]


def test_trained_model_has_a_card_and_held_out_scores(tmp_path: Path) -> None:
    trained = train(ROWS, cv=3)
    assert trained.held_out is not None
    assert trained.held_out.n_texts == len(ROWS)
    trained.save(tmp_path / "m", scores={"dev": {"macro_f1": 1.0}})
    card = TopicModel.load(tmp_path / "m").card
    assert card["trained_on"] == {
        "n_texts": 72,
        "labels": {"directives": 24, "fdi": 12, "trade": 24},
        "n_without_label": 24,
        "n_taught": 0,
        "sha256": checksum(ROWS),
    }
    assert card["scores"] == {"dev": {"macro_f1": 1.0}}
    assert set(card["packages"]) == {"numpy", "scipy", "scikit-learn", "underthesea", "python"}


def test_taught_texts_stand_on_the_card_and_need_an_order_of_labels() -> None:
    taught = [TaughtText("Giá thép tăng.", {"fdi": 1.0})]
    model = train(ROWS, labels=("trade", "fdi", "directives"), taught=taught, cv=0).model
    assert model.card["trained_on"]["n_taught"] == 1
    assert model.card["trained_on"]["sha256"] != checksum(ROWS)
    with pytest.raises(ValueError, match="need `labels`"):
        train(ROWS, taught=taught, cv=0)


def test_few_texts_train_without_cross_validation() -> None:
    rows = [
        LabelledText("Xuất khẩu gạo.", ("a",), "1", single=True),
        LabelledText("Đá bóng.", ("b",), "2", single=True),
    ]
    trained = train(rows, cv=0)
    assert trained.held_out is None
    assert [p.labels for p in trained.model.predict(["gạo", "bóng"])] == [("a",), ("b",)]


def test_what_changed_names_labels_that_came_and_went() -> None:
    def trained(*rows: tuple[str, str]) -> TopicModel:
        texts = [LabelledText(text, (label,), str(n), single=True) for n, (text, label) in enumerate(rows)]
        return train(texts, cv=0).model

    before = trained(("Xuất khẩu gạo.", "gạo"), ("Đá bóng.", "bóng"))
    after = trained(("Xuất khẩu gạo.", "nông sản"), ("Đá bóng.", "bóng"))
    lines = compare(
        before, after, [LabelledText("Xuất khẩu gạo.", ("nông sản",), "a:1"), LabelledText("Đá bóng.", (), "a:2")]
    )
    assert lines[:3] == [
        "the model before gave other labels to 1 of 2 texts",
        "  nông sản: new, given 1 more, 0 no longer",
        "  gạo: no label of the new model any more, given 0 more, 1 no longer",
    ]
    assert "  a:1: gạo → nông sản" in lines


def test_texts_without_words_are_refused_with_a_remedy_that_the_command_has() -> None:
    rows = [LabelledText(text, (text,), text, single=True) for text in ("???", "!!!")]
    with pytest.raises(CorpusError, match="no word stands in any text; give more texts, or longer ones"):
        train(rows, cv=0)


def test_settings_suit_the_number_and_the_length_of_the_texts() -> None:
    articles = [replace(row, text=row.text * 40) for row in ROWS]
    assert [suited_classifier(rows).min_df for rows in (ROWS[:20], ROWS * 4)] == [1, 2]
    assert suited_classifier(ROWS).length_power == 1
    many = suited_classifier(ROWS * 280)
    assert (many.min_df, many.word_window, many.binary, many.length_power, many.n_anchors) == (5, 4, True, 0.5, 300)
    long = suited_classifier(articles * 280)
    assert (long.min_df, long.word_window, long.binary, long.bayes_weight, long.length_power) == (4, 1, False, 0, 1)


def test_checksum_depends_on_texts_labels_and_weights_alone() -> None:
    assert checksum(ROWS) == checksum([replace(row, id="other") for row in ROWS])
    assert checksum(ROWS) != checksum(ROWS[1:])
    assert checksum(ROWS) != checksum([replace(ROWS[0], labels=()), *ROWS[1:]])
    assert checksum(ROWS) != checksum([replace(ROWS[0], sample_weight=0.5), *ROWS[1:]])
    assert checksum(ROWS) != checksum([replace(ROWS[0], doubtful=not ROWS[0].doubtful), *ROWS[1:]])
    one, other = LabelledText("Tin.", ("x", "2.0"), "1"), LabelledText("Tin.", ("x",), "1", sample_weight=2.0)
    assert checksum([one]) != checksum([other])


# --- evaluation ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(model_folder: Path) -> TopicModel:
    loaded = TopicModel.load(model_folder)
    calibration = replace(
        loaded.calibration,
        slope=np.ones(3),
        offset=np.zeros(3),
        threshold=np.full(3, 0.5),
        review_from=np.full(3, 0.4),
        review_to=np.full(3, 0.6),
    )
    return replace(loaded, calibration=calibration)


def test_scores_are_those_worked_out_by_hand(model: TopicModel) -> None:
    rows = [LabelledText("t", labels, str(n)) for n, labels in enumerate([("trade",), ("trade",), ("fdi",), ()])]
    high, low, middle = 5.0, -5.0, 0.1
    decisions = np.array([[high, low, low], [low - 1, high, low], [low, high, low], [middle, low, low]])
    evaluation = evaluate_decisions(model, decisions, indicator(rows, model.labels), rows)
    trade, fdi, directives = evaluation.labels
    assert (trade.precision, trade.recall, trade.f1, trade.support) == (0.5, 0.5, 0.5, 2)
    assert (fdi.precision, fdi.recall) == (0.5, 1.0)
    assert fdi.f1 == pytest.approx(2 / 3)
    assert directives.support == 0
    # No text has it, none is given it: there is no F1, and nothing of it in the mean.
    assert {directives.precision, directives.recall, directives.f1, directives.average_precision} == {None}
    assert directives.f1_interval is None
    assert evaluation.macro_f1 == pytest.approx((0.5 + 2 / 3) / 2)
    assert evaluation.exact_match == 0.5
    assert evaluation.confusions == (("trade", "fdi", 1), ("–", "trade", 1))
    assert [(m.id, m.label, m.missed) for m in evaluation.mistakes] == [
        ("1", "trade", True),
        ("1", "fdi", False),
        ("3", "trade", False),
    ]
    assert evaluation.review.ratio == 0.25
    assert evaluation.review.exact_match_rest == pytest.approx(2 / 3)
    assert evaluation.macro_f1_interval.low <= evaluation.macro_f1 <= evaluation.macro_f1_interval.high


def test_label_that_no_text_has_counts_as_soon_as_it_is_given(model: TopicModel) -> None:
    rows = [LabelledText("t", ("trade",), "0"), LabelledText("t", (), "1")]
    right, wrong = (np.array([[5.0, -5, -5], [-5, value, -5]]) for value in (-5.0, 5.0))
    evaluations = [evaluate_decisions(model, d, indicator(rows, model.labels), rows) for d in (right, wrong)]
    assert [evaluation.macro_f1 for evaluation in evaluations] == [1.0, 0.5]
    assert (evaluations[1].labels[1].precision, evaluations[1].labels[1].recall) == (0.0, None)
    assert "over 1 of 3 labels (no text has or is given the others)" in shown(evaluations[0])
    nothing = evaluate_decisions(model, right[:, [1, 1, 1]], indicator(rows[1:] * 2, model.labels), rows[1:] * 2)
    assert (nothing.macro_f1, nothing.macro_f1_interval, nothing.exact_match) == (None, None, 1.0)
    assert "macro-F1 – (–) over 0 of 3 labels" in shown(nothing)
    with pytest.raises(CorpusError, match="no texts to judge"):
        evaluate_model(model, [])


def test_what_is_left_after_review_is_judged_by_the_labels_it_has(model: TopicModel) -> None:
    rows = [LabelledText("t", labels, str(n)) for n, labels in enumerate([("trade",), ("fdi",), ("fdi",), ()])]
    decisions = np.array([[0.1, -5, -5], [-5, 5, -5], [-5, 5, -5], [-5, -5, -5]])
    evaluation = evaluate_decisions(model, decisions, indicator(rows, model.labels), rows)
    assert (evaluation.review.macro_f1_rest, evaluation.review.n_labels_rest) == (1.0, 1)
    assert "for review: 25.0% of the texts; on the rest macro-F1 1.000 over 1 of 3 labels" in shown(evaluation)
    every = evaluate_decisions(model, decisions[:1], indicator(rows[:1], model.labels), rows[:1])
    assert (every.review.macro_f1_rest, every.review.exact_match_rest) == (None, None)
    assert "for review: 100.0% of the texts; nothing is left to judge the model by" in shown(every)
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(__file__).parent.parent / "docs/schema/evaluation.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(json.dumps(every.to_dict(), allow_nan=False)), schema)


def test_model_of_one_label_is_judged_by_that_label(model: TopicModel) -> None:
    one = train([replace(row, labels=row.labels[:1] and ("tin",)) for row in ROWS], cv=3).held_out
    assert one is not None
    (scores,) = one.labels
    assert scores.support == 48
    assert scores.precision is not None
    assert scores.recall is not None
    mean = 2 * scores.precision * scores.recall / (scores.precision + scores.recall)
    assert one.macro_f1 == scores.f1 == pytest.approx(mean)


def shown(evaluation: Evaluation) -> str:
    console = Console(width=200, file=io.StringIO())
    with console.capture() as capture:
        console.print(render_evaluation(evaluation))
    return capture.get()


def test_average_precision_is_worked_out_by_hand(model: TopicModel) -> None:
    rows = [LabelledText("t", labels, "x") for labels in [("trade",), (), ("trade",)]]
    decisions = np.array([[3.0, -9, -9], [2.0, -9, -9], [1.0, -9, -9]])
    evaluation = evaluate_decisions(model, decisions, indicator(rows, model.labels), rows)
    assert evaluation.labels[0].average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_calibration_error_is_the_mean_distance_from_the_diagonal() -> None:
    scores = np.array([0.05, 0.05, 0.95, 0.95])
    curve = reliability(scores, np.array([False, False, True, False]))
    assert [step.count for step in curve] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert expected_calibration_error(curve) == pytest.approx(0.5 * 0.05 + 0.5 * 0.45)
    assert expected_calibration_error([]) == 0.0


def test_file_form_holds_ids_and_no_text(model: TopicModel) -> None:
    rows = [LabelledText("Xuất khẩu gạo tăng.", ("fdi",), "sai-1")]
    evaluation = evaluate_model(model, rows)
    assert evaluation.mistakes[0].explanation is not None
    as_json = json.dumps(evaluation.to_dict(), ensure_ascii=False)
    assert "sai-1" in as_json
    assert "gạo" not in as_json


def test_what_a_terminal_would_obey_is_shown(model: TopicModel) -> None:
    model = replace(model, labels=("a\x1b[2J", *model.labels[1:]))
    text = shown(evaluate_model(model, [LabelledText("Bóng đá \x1b[2J \u202e.", ("a\x1b[2J",), "\x1b[2J")]))
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert text.count("\ufffd[2J") == 4  # of the label in table, confusions and mistake, and of the id


def test_long_name_of_a_label_leaves_the_figures_whole(model: TopicModel) -> None:
    name = "Hợp tác kinh tế quốc tế và hội nhập của các địa phương trong vùng kinh tế trọng điểm phía Nam " * 2
    model = replace(model, labels=(name.strip(), *model.labels[1:]))
    evaluation = evaluate_model(model, [LabelledText("Xuất khẩu gạo tăng.", (name.strip(),), "1")], explain=False)
    console = Console(width=80)
    with console.capture() as capture:
        console.print(render_evaluation(evaluation))
    first = capture.get().splitlines()[1]
    assert re.search(r" 1( +[01]\.\d{3}){3} +[01]\.\d{3}–[01]\.\d{3}( +[01]\.\d{3}){2}$", first)


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ({"trained_on": "mine.csv", "scores": 0.93}, ["trained_on: mine.csv", "scores: 0.93"]),
        ({"trained_on": {"labels": ["a", "b"], "rows": None}}, ["labels: a, b", "rows: None"]),
        ({"trained_on": ["x.csv", {"y.csv": 3}]}, ["trained_on: x.csv, y.csv 3"]),
        ({"scores": {"dev": {"f1": {"a": 0.5, "b": [1, 2]}}}}, ["dev: f1 (a 0.5, b 1, 2)"]),
        ({"trained_on": "\x1b[31m[bold]"}, ["trained_on: \ufffd[31m[bold]"]),
    ],
)
def test_any_card_is_shown(card: dict[str, object], shown: list[str]) -> None:
    target = io.StringIO()
    make_console(file=target).print(render_model("m", {"kind": "topics", **card}))
    assert target.getvalue().splitlines() == ["m (topics)", *shown, ""]


def test_labels_that_the_model_does_not_know_are_refused(model: TopicModel) -> None:
    with pytest.raises(CorpusError, match=r"model has \('trade', 'fdi', 'directives'\), found 'gold' \("):
        evaluate_model(model, [LabelledText("Tin.", ("gold",), "1")])
