from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn.exceptions
from joblib import parallel_config
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.conftest import LABELS, TEXTS
from toolkit.classification import TopicClassifier, TopicModel
from toolkit.classification.estimator import _best_threshold, _calibrate, _review_band
from toolkit.classification.model import shares_of
from toolkit.errors import CorpusError, ModelError, NotFittedError

NEW = [
    "Xuất khẩu gạo sang thị trường châu Âu tăng mạnh.",
    "Thủ tướng yêu cầu các bộ tháo gỡ khó khăn.",
    "Đội bóng thua trận.",
]
FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
TOPICS = ["kinh tế" if "khẩu" in text or "vốn" in text else "đời sống" for text in TEXTS]


def test_any_number_of_labels_is_found(classifier: TopicClassifier) -> None:
    assert classifier.predict_labels([*NEW, "Thủ tướng yêu cầu mở rộng thị trường xuất khẩu chè."]) == [
        ("trade",),
        ("directives",),
        (),
        ("trade", "directives"),
    ]


def test_prediction_carries_scores_in_label_order(classifier: TopicClassifier) -> None:
    (prediction,) = classifier.predict_many(NEW[:1])
    assert list(prediction.scores) == ["trade", "fdi", "directives"]
    assert all(0 <= score <= 1 for score in prediction.scores.values())
    assert max(prediction.scores, key=lambda label: prediction.scores[label]) == "trade"


def test_label_tuples_and_indicator_train_the_same_model() -> None:
    names = ("trade", "fdi", "directives")
    indicator = np.array([[label in row for label in names] for row in LABELS]).astype(int)
    by_tuples = TopicClassifier(cv=3).fit(TEXTS, LABELS, labels=names)
    by_matrix = TopicClassifier(cv=3).fit(TEXTS, indicator)
    np.testing.assert_array_equal(by_tuples.predict_proba(NEW), by_matrix.predict_proba(NEW))
    np.testing.assert_array_equal(by_tuples.predict(NEW), by_matrix.predict(NEW))
    assert by_matrix.predict(NEW).tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_single_labels_give_single_labels_and_scores_that_sum_to_one() -> None:
    classifier = TopicClassifier(cv=3).fit(TEXTS, TOPICS)
    assert classifier.predict(NEW[::2]).tolist() == ["kinh tế", "đời sống"]
    assert classifier.classes_.tolist() == ["kinh tế", "đời sống"]
    np.testing.assert_allclose(classifier.predict_proba(NEW).sum(axis=1), 1)
    assert all(len(labels) == 1 for labels in classifier.predict_labels(["", "zzz", *NEW]))
    assert classifier.decision_function(NEW).shape == (3,)
    assert classifier.score(TEXTS, TOPICS) > 0.95


def test_labels_are_sorted_where_no_order_is_given() -> None:
    assert TopicClassifier(cv=0).fit(TEXTS, LABELS).classes_.tolist() == ["directives", "fdi", "trade"]


def test_scikit_learn_tools_work() -> None:
    classifier = TopicClassifier(cv=0, min_df=1)
    assert clone(classifier).get_params() == classifier.get_params()
    assert classifier.set_params(C=0.5).C == 0.5
    pipeline = make_pipeline(FunctionTransformer(lambda texts: [text.upper() for text in texts]), classifier)
    assert pipeline.fit(TEXTS, TOPICS).predict(["XUẤT KHẨU TÔM"]).tolist() == ["kinh tế"]
    search = GridSearchCV(TopicClassifier(cv=0), {"C": [0.1, 1.0]}, cv=FOLDS).fit(TEXTS, TOPICS)
    assert search.best_score_ > 0.9
    indicator = np.array([[label in row for label in ("trade", "fdi")] for row in LABELS]).astype(int)
    assert (
        GridSearchCV(TopicClassifier(cv=0), {"C": [1.0]}, cv=KFold(3, shuffle=True, random_state=0))
        .fit(TEXTS, indicator)
        .best_score_
        > 0.8
    )


def test_pickled_classifier_predicts_the_same(classifier: TopicClassifier) -> None:
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.predict_proba(NEW), classifier.predict_proba(NEW))


def assert_same_model(first: TopicClassifier, second: TopicClassifier) -> None:
    np.testing.assert_array_equal(first.model_.coef, second.model_.coef)
    np.testing.assert_array_equal(first.model_.intercept, second.model_.intercept)
    np.testing.assert_array_equal(first.held_out_decisions_, second.held_out_decisions_)


def test_training_gives_the_same_to_the_last_bit_for_any_number_of_processes() -> None:
    once = TopicClassifier(cv=3).fit(TEXTS, LABELS)
    for n_jobs in (None, 2):
        assert_same_model(once, TopicClassifier(cv=3, n_jobs=n_jobs).fit(TEXTS, LABELS))


def test_threads_do_not_take_each_others_random_numbers() -> None:
    random = np.random.default_rng(0)
    texts = [" ".join(f"từ{number}" for number in random.integers(0, 60, 20)) for _ in range(1500)]
    labels = [[str(number) for number in range(8) if random.random() < 0.3] for _ in texts]
    once = TopicClassifier(cv=2).fit(texts, labels)
    with parallel_config("threading"):
        assert_same_model(once, TopicClassifier(cv=2, n_jobs=4).fit(texts, labels))


@pytest.mark.parametrize(
    ("texts", "y", "message"),
    [
        ([], [], "no texts to train on"),
        (["Tin."], ["a"], "at least two labels"),
        (["Tin.", "Bài."], ["a"], "2 texts, but labels for 1"),
        (["Tin.", "Bài."], ["a", ("b",)], "mixes single labels and tuples"),
        (["Tin.", "Bài."], [(), ()], "no text carries any label"),
        (["Tin.", "Bài."], None, "requires y to be passed, but the target y is None"),
        (["Tin.", "Bài."], np.array([[2], [0]]), r"y is a column, .* one label a text give y\.ravel\(\)"),
        (["Tin.", "Bài."], np.array([["a"], ["b"]]), r"y is a column, .* give y\.ravel\(\)"),
        (["Tin.", "Bài."], np.array([["0", "1"], ["1", "0"]]), "0 and 1 only"),
        (["Tin.", "Bài."], ["a", "b"], "no word stands in 2 texts"),
        (["Tin.", "Bài."], ["a", 1], "mixes numbers and single labels"),
        (["Tin.", "Bài."], [0.5, 1.5], "0.5, a number that names no class"),
        (["Tin.", "Bài."], [1, float("nan")], "nan, a number that names no class"),
        (["Tin.", "Bài."], ["a", None], "None, neither a label nor a tuple"),
        (["Tin.", "Bài."], [[0, 1], [1]], "lists of something else than strings"),
        (["Tin.", "Bài."], [[0, 2], [1, 0]], "0 and 1 only"),
        (["Tin.", "Bài."], [["a", 1], ["b", 0]], "0 and 1 only"),
    ],
)
def test_data_that_cannot_be_learnt_is_refused(texts: list[str], y: object, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        TopicClassifier().fit(texts, y)


def test_nested_lists_of_0_and_1_are_an_indicator() -> None:
    names = ("trade", "fdi")
    rows = [[int(label in labels) for label in names] for labels in LABELS]
    by_lists, by_matrix = (TopicClassifier(cv=0).fit(TEXTS, y, labels=names) for y in (rows, np.array(rows)))
    assert by_lists.predict(NEW).tolist() == by_matrix.predict(NEW).tolist() == [[1, 0], [0, 0], [0, 0]]
    assert by_lists.model_.labels == names


@pytest.mark.parametrize("make", [list, np.array, lambda y: np.array(y, dtype=object), lambda y: np.array(y, float)])
def test_whole_numbers_are_classes(make: Callable[[list[int]], Any]) -> None:
    y = [10 if topic == "kinh tế" else 9 for topic in TOPICS]
    classifier = TopicClassifier(cv=3).fit(TEXTS, make(y))
    assert classifier.classes_.tolist() == [9, 10]  # by size, not as text
    assert classifier.predict(NEW[::2]).tolist() == [10, 9]
    assert classifier.score(TEXTS, y) > 0.95
    assert TopicClassifier(cv=0).fit(TEXTS, y, labels=[10, 9]).model_.labels == ("10", "9")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"labels": ["trade", "fdi", "trade", "directives"]}, "a label stands twice"),
        ({"sample_weight": [1.0]}, r"72 texts, but sample_weight of shape \(1,\)"),
        ({"sample_weight": [float("nan")] * 72}, "finite numbers from 0 on"),
        ({"sample_weight": [-1.0] * 72}, "finite numbers from 0 on"),
        ({"sample_weight": [0.0] * 72}, "not all of them 0"),
        ({"sample_weight": ["nặng"] * 72}, "expected numbers"),
        ({"groups": [1, 2]}, "72 texts, but groups for 2"),
        ({"groups": [None, *range(71)]}, "text 0 has no group"),
        ({"groups": [*range(71), float("nan")]}, "text 71 has no group"),
        ({"groups": ["a", *range(71)]}, "give strings or numbers"),
    ],
)
def test_weights_groups_and_names_that_do_not_fit_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        TopicClassifier(cv=3).fit(TEXTS, LABELS, **more)


@pytest.mark.parametrize("cv", [1, -1, None, 2.5, StratifiedKFold(3)])
def test_what_is_no_number_of_folds_is_refused(cv: Any) -> None:
    with pytest.raises(ValueError, match="0 or at least 2"):
        TopicClassifier(cv=cv).fit(TEXTS, LABELS)


@pytest.mark.filterwarnings("error")
def test_smoothing_may_be_nothing_and_not_less() -> None:
    classifier = TopicClassifier(cv=3, min_df=1, bayes_smoothing=0).fit(TEXTS, TOPICS)
    assert classifier.held_out_decisions_ is not None  # of texts with words that a fold's model has never seen
    assert np.isfinite(classifier.held_out_decisions_).all()
    assert classifier.score(TEXTS, TOPICS) > 0.95
    for smoothing in (-0.1, float("nan"), None):
        with pytest.raises(ValueError, match="bayes_smoothing must be a number from 0 on"):
            TopicClassifier(bayes_smoothing=smoothing).fit(TEXTS, TOPICS)


def test_fewer_groups_than_folds_make_fewer_folds() -> None:
    groups = [number % 3 for number in range(len(TEXTS))]
    few, three = (TopicClassifier(cv=cv).fit(TEXTS, LABELS, groups=groups) for cv in (5, 3))
    assert_same_model(few, three)
    assert TopicClassifier(cv=3).fit(TEXTS, LABELS, groups=["a"] * len(TEXTS)).held_out_decisions_ is None


def test_label_without_a_text_to_learn_it_from_is_never_given() -> None:
    texts = [*TEXTS, "Giá vàng lập đỉnh."]
    topics = [*TOPICS, "vàng"]
    classifier = TopicClassifier(cv=3, min_df=1).fit(texts, topics, labels=["vàng", "bạc", "kinh tế", "đời sống"])
    assert classifier.predict(["", "zzz", *texts]).tolist().count("bạc") == 0
    held_out = classifier.model_.probabilities_of(classifier.held_out_decisions_)
    given = classifier.model_.assign(held_out)
    assert given[:, :2].sum() == 0  # no fold's model knows what gold is
    assert (given[:-1, 2] == [topic == "kinh tế" for topic in TOPICS]).all()


def test_unknown_label_and_wrong_types_are_refused() -> None:
    with pytest.raises(CorpusError, match=r"labels \['fdi'\] are not among"):
        TopicClassifier(cv=0).fit(TEXTS, LABELS, labels=["trade", "directives"])
    with pytest.raises(TypeError, match="got one string"):
        TopicClassifier().fit("Tin.", ["a"])
    with pytest.raises(TypeError, match="for y, got one string"):
        TopicClassifier().fit(["Tin."], "a")
    with pytest.raises(TypeError, match="for labels, got one string"):
        TopicClassifier().fit(TEXTS, LABELS, labels="trade")
    with pytest.raises(TypeError, match="text 0 is int"):
        TopicClassifier().fit([1], ["a"])
    for error in (NotFittedError, sklearn.exceptions.NotFittedError):
        with pytest.raises(error, match="not fitted yet"):
            TopicClassifier().predict(NEW)


def test_label_that_every_or_no_text_carries_is_always_or_never_given() -> None:
    target = np.array([[1, 0]] * len(TEXTS))
    assert TopicClassifier(cv=3).fit(TEXTS, target).predict(NEW).tolist() == [[1, 0]] * 3


def test_what_a_teacher_says_moves_weights_and_nothing_else() -> None:
    texts = ["Giá thép tăng."] * 20
    settings = {"min_df": 1, "cv": 3}
    plain = TopicClassifier(**settings).fit(TEXTS, LABELS)
    sure, unsure, never = (
        TopicClassifier(**settings).fit(TEXTS, LABELS, taught=(texts, [[0.0, p, 0.0]] * 20)) for p in (1.0, 0.6, 0.0)
    )
    decisions = [model.decision_function(texts[:1])[0] for model in (never, unsure, sure)]
    fdi = list(plain.classes_).index("fdi")
    assert decisions[0][fdi] < decisions[1][fdi] < decisions[2][fdi]
    assert decisions[2][fdi] > 0
    for model in (sure, unsure, never):
        np.testing.assert_array_equal(model.held_out_decisions_, plain.held_out_decisions_)
        assert model.model_.features.feature_names() == plain.model_.features.feature_names()
    nothing = TopicClassifier(**settings).fit(TEXTS, LABELS, taught=([], np.empty((0, 3))))
    np.testing.assert_array_equal(nothing.model_.coef, plain.model_.coef)


@pytest.mark.parametrize("scores", [[[0.5, 0.5]], [[0.5, 0.5, 1.5]], [[0.5, 0.5, float("nan")]], [0.5, 0.5, 0.5]])
def test_a_teachers_scores_that_do_not_fit_are_refused(scores: list[object]) -> None:
    with pytest.raises(CorpusError, match=r"probabilities between 0 and 1 of shape \(1, 3\)"):
        TopicClassifier(cv=0).fit(TEXTS, LABELS, taught=(["Giá thép tăng."], scores))


def test_pairs_of_telling_words_are_features_where_they_are_asked_for() -> None:
    model = TopicClassifier(word_window=0, n_anchors=30, cv=0).fit(TEXTS, LABELS).model_
    assert any(" … … " in name for name in model.features.feature_names())
    explanation = model.explain(TEXTS[:1])[0]
    for label, value in explanation.decisions.items():
        total = sum(part.weight for part in explanation.contributions[label]) + explanation.intercepts[label]
        assert total == pytest.approx(value)


def test_weights_are_rounded_to_what_is_stored(classifier: TopicClassifier) -> None:
    weights = classifier.model_.coef
    fraction, _ = np.frexp(weights)
    assert weights.any()
    np.testing.assert_array_equal(fraction * 2**11, np.round(fraction * 2**11))
    np.testing.assert_array_equal(weights.astype(np.float32), weights)


def test_groups_stay_in_one_fold() -> None:
    groups = [number // 2 for number in range(len(TEXTS))]
    classifier = TopicClassifier(cv=3).fit(TEXTS, LABELS, groups=groups)
    assert classifier.held_out_decisions_.shape == (len(TEXTS), 3)


def test_threshold_is_half_of_the_best_f1() -> None:
    scores = np.array([0.9, 0.8, 0.6, 0.4, 0.2])
    target = np.array([True, True, False, True, False])
    # Saying yes from 0.4 on: 3 hits of 4 given and 3 wanted, F1 = 6/7; from 0.8 on: 4/5. Half of the best.
    assert _best_threshold(scores, target) == pytest.approx(3 / 7)


def test_review_band_covers_the_scores_where_answers_are_often_wrong() -> None:
    scores = np.linspace(0, 1, 400)
    target = scores > 0.5
    middle = (scores > 0.4) & (scores < 0.6)
    target[middle] = np.arange(middle.sum()) % 2 == 0
    low, high = _review_band(scores, target, 0.5)
    assert 0.35 < low < 0.45
    assert 0.55 < high < 0.65
    assert _review_band(scores, scores >= 0.5, 0.5) == (0.5, 0.5)


def test_review_band_of_a_side_with_few_texts_ends_where_the_probability_is_high_enough() -> None:
    scores = np.concatenate([np.linspace(0, 0.4, 400), [0.5, 0.7, 0.79, 0.9, 0.97, 0.99]])
    target = np.array([False] * 400 + [True, False, True, False, True, False])
    low, high = _review_band(scores, target, 0.45)
    assert low == 0.45
    assert high == pytest.approx(0.79)


def test_of_one_label_a_text_the_uncertain_answers_are_for_review() -> None:
    draw = np.random.default_rng(0)
    n, n_labels = 3000, 12
    truth = draw.integers(0, n_labels, n)
    hard = draw.random(n) < 0.5  # for half of the texts the decision says little
    decisions = draw.normal(-1.5, 0.6, (n, n_labels))
    decisions[np.arange(n), truth] += np.where(hard, 0.3, 2.5)
    target = np.arange(n_labels) == truth[:, None]
    calibration = _calibrate(decisions, target, np.ones(n), single=True)
    shares = shares_of(calibration.probabilities(decisions))
    right = shares.argmax(axis=1) == truth
    top = shares.max(axis=1)
    unsure = (top >= calibration.review_from[0]) & (top < calibration.review_to[0])
    assert right[~unsure].mean() > 0.85
    assert right[unsure].mean() < 0.6
    assert 0.2 < unsure.mean() < 0.6
    few = _calibrate(None, target, np.ones(n), single=True)
    assert (set(few.review_from), set(few.review_to)) == ({0.0}, {0.8})


def test_of_one_label_a_text_no_other_label_is_for_review() -> None:
    classifier = TopicClassifier(min_df=1, cv=2).fit(TEXTS, [labels[0] if labels else "none" for labels in LABELS])
    for prediction in classifier.predict_many([*TEXTS, "Chuyện khác hẳn."]):
        assert set(prediction.review) <= set(prediction.labels)


# --- models -------------------------------------------------------------------------------------------


def test_saved_and_loaded_model_predicts_the_same(classifier: TopicClassifier, model_folder: Path) -> None:
    model = TopicModel.load(model_folder)
    assert model.labels == ("trade", "fdi", "directives")
    np.testing.assert_array_equal(model.probabilities([*NEW, *TEXTS]), classifier.predict_proba([*NEW, *TEXTS]))
    assert [p.labels for p in model.predict(TEXTS)] == classifier.predict_labels(TEXTS)


def test_single_label_model_survives_saving(tmp_path: Path) -> None:
    classifier = TopicClassifier(cv=3).fit(TEXTS, TOPICS)
    classifier.save(tmp_path / "model")
    assert [p.labels[0] for p in TopicModel.load(tmp_path / "model").predict(NEW)] == classifier.predict(NEW).tolist()


@pytest.mark.parametrize("name", ["labels", "multilabel", "thresholds", "features", "kind", "sha256"])
def test_card_may_not_replace_a_setting(classifier: TopicClassifier, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=f"{name}: such settings"):
        classifier.save(tmp_path / "model", **{name: ["x"]})
    assert not (tmp_path / "model").exists()


def test_contributions_and_intercept_sum_to_the_decision(classifier: TopicClassifier) -> None:
    decisions = classifier.decision_function(NEW)
    for row, explanation in zip(decisions, classifier.model_.explain(NEW), strict=True):
        for value, label in zip(row, ("trade", "fdi", "directives"), strict=True):
            total = explanation.intercepts[label] + sum(part.weight for part in explanation.contributions[label])
            assert total == pytest.approx(value)
            assert explanation.decisions[label] == pytest.approx(value)


def test_explanation_names_terms_at_their_places(classifier: TopicClassifier) -> None:
    (explanation,) = classifier.model_.explain(["Xuất khẩu gạo, nhập khẩu gạo."])
    parts = {part.term: part for part in explanation.contributions["trade"]}
    assert parts["xuất_khẩu"].weight > 0
    assert [span.within(explanation.text) for span in parts["gạo"].places] == ["gạo", "gạo"]
    weights = [abs(part.weight) for part in explanation.contributions["trade"]]
    assert weights == sorted(weights, reverse=True)


def test_place_of_a_term_ends_before_the_full_stop() -> None:
    texts = ["Vốn đạt 2,1 tỷ USD. Tỉnh có 69 dự án.", "Giải thưởng là hai tỷ đồng."] * 4
    (why,) = TopicClassifier(cv=0).fit(texts, ["a", "b"] * 4).model_.explain(texts[:1])
    places = {part.term: [span.within(why.text) for span in part.places] for part in why.contributions["a"]}
    assert places["usd"] == ["USD"]
    assert places["tỷ_usd"] == ["tỷ USD"]


def test_empty_text_is_explained_by_the_intercept_alone(classifier: TopicClassifier) -> None:
    (explanation,) = classifier.model_.explain([""])
    assert explanation.contributions["trade"] == ()
    assert explanation.decisions == pytest.approx(explanation.intercepts)


def test_model_whose_parts_do_not_fit_is_refused(model_folder: Path, tmp_path: Path) -> None:
    model = TopicModel.load(model_folder)
    replace(model, coef=model.coef[:-1]).save(tmp_path / "short")
    with pytest.raises(ModelError, match="do not fit 3 labels"):
        TopicModel.load(tmp_path / "short")
