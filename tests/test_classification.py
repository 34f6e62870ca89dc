from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tests.conftest import LABELS, TEXTS
from toolkit.classification import TopicClassifier, TopicModel
from toolkit.classification.estimator import _best_threshold, _review_band
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


def test_training_twice_gives_the_same() -> None:
    first, second = (TopicClassifier(cv=3).fit(TEXTS, LABELS) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(NEW), second.predict_proba(NEW))


@pytest.mark.parametrize(
    ("texts", "y", "message"),
    [
        ([], [], "no texts to train on"),
        (["Tin."], ["a"], "at least two labels"),
        (["Tin.", "Bài."], ["a"], "2 texts, but labels for 1"),
        (["Tin.", "Bài."], ["a", ("b",)], "mixes single labels and tuples"),
        (["Tin.", "Bài."], [(), ()], "no text carries any label"),
        (["Tin.", "Bài."], np.array([[2], [0]]), "0 and 1 only"),
        (["Tin.", "Bài."], ["a", "b"], "no word stands in 2 texts"),
    ],
)
def test_data_that_cannot_be_learnt_is_refused(texts: list[str], y: object, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        TopicClassifier().fit(texts, y)


def test_unknown_label_and_wrong_types_are_refused() -> None:
    with pytest.raises(CorpusError, match=r"labels \['fdi'\] are not among"):
        TopicClassifier(cv=0).fit(TEXTS, LABELS, labels=["trade", "directives"])
    with pytest.raises(TypeError, match="got one string"):
        TopicClassifier().fit("Tin.", ["a"])
    with pytest.raises(TypeError, match="text 0 is int"):
        TopicClassifier().fit([1], ["a"])
    with pytest.raises(NotFittedError, match="not fitted yet"):
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


def test_empty_text_is_explained_by_the_intercept_alone(classifier: TopicClassifier) -> None:
    (explanation,) = classifier.model_.explain([""])
    assert explanation.contributions["trade"] == ()
    assert explanation.decisions == pytest.approx(explanation.intercepts)


def test_model_whose_parts_do_not_fit_is_refused(model_folder: Path, tmp_path: Path) -> None:
    model = TopicModel.load(model_folder)
    replace(model, coef=model.coef[:-1]).save(tmp_path / "short")
    with pytest.raises(ModelError, match="do not fit 3 labels"):
        TopicModel.load(tmp_path / "short")
