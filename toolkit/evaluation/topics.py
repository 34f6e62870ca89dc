"""How good a classifier is: scores per label, calibration, intervals, what is left to review, the worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from toolkit.classification.model import TopicModel
from toolkit.corpus import LabelledText
from toolkit.errors import CorpusError
from toolkit.results import Explanation

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_BINS = 10
_RESAMPLES = 1000
_N_MISTAKES = 20
_SHOWN = 5  # labels that the model does not know
NONE = "–"
"""Stands for `no label` among the confusions."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95 % of a bootstrap distribution."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """A step of the reliability curve: how many texts scored in it, their mean score, how many carry the label."""

    count: int
    mean_score: float
    ratio: float


@dataclass(frozen=True, slots=True)
class LabelScores:
    """How good the model is on one label; ratios lie in 0–1, and are None where there is nothing to divide by.

    Precision needs a text to which the model gives the label, recall and average precision one that carries it, and
    F1 one or the other.
    """

    label: str
    support: int
    precision: float | None
    recall: float | None
    f1: float | None
    f1_interval: Interval | None
    average_precision: float | None
    calibration_error: float
    reliability: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class ReviewShare:
    """What the model leaves to a person: how many texts, and how good it is on the others.

    Attributes
    ----------
    macro_f1_rest, exact_match_rest : float or None
        None where no text is left.
    n_labels_rest : int
        Labels that `macro_f1_rest` is the mean of: those that any of the other texts carries or is given.
    """

    ratio: float
    macro_f1_rest: float | None
    exact_match_rest: float | None
    n_labels_rest: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A label that a text lacks or has against the data; text and explanation are for the eye, not for files."""

    id: str
    label: str
    score: float
    missed: bool
    explanation: Explanation | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model against labelled data.

    Attributes
    ----------
    macro_f1 : float or None
        Mean F1 of the labels that any text carries or is given; None where there is no such label.
    exact_match : float
        Ratio of texts whose labels are all right; plain accuracy where every text has one label.
    confusions : tuple of (label in the data, label given, count)
        Pairs of a missed and a wrongly given label on one text, most frequent first; `–` stands for none.
    mistakes : tuple of Mistake
        The worst first: those the model was surest of.
    """

    n_texts: int
    macro_f1: float | None
    macro_f1_interval: Interval | None
    exact_match: float
    labels: tuple[LabelScores, ...]
    confusions: tuple[tuple[str, str, int], ...]
    review: ReviewShare
    mistakes: tuple[Mistake, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as plain JSON values: mistakes by id, without any text."""
        mistakes = [
            {"id": m.id, "label": m.label, "score": round(m.score, 4), "missed": m.missed} for m in self.mistakes
        ]
        rest = {name: value for name, value in asdict(_without_texts(self)).items() if name != "mistakes"}
        return {"schema": "vietnamese-text-toolkit/evaluation/2", **_rounded(rest), "mistakes": mistakes}


def evaluate_model(model: TopicModel, rows: Sequence[LabelledText], *, explain: bool = True) -> Evaluation:
    """Return how well `model` finds the labels of `rows`.

    Raises
    ------
    CorpusError
        If the data has labels that the model does not know.
    """
    target = indicator(rows, model.labels)
    decisions = model.decisions([row.text for row in rows])
    return evaluate_decisions(model, decisions, target, rows, explain=explain)


def indicator(rows: Sequence[LabelledText], labels: Sequence[str]) -> BoolArray:
    """Return which row carries which label; shape (n_texts, n_labels)."""
    first = {label: row.id for row in reversed(rows) for label in row.labels if label not in labels}
    if first:
        named = [f"{label!r} ({first[label]})" for label in sorted(first)]
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        raise CorpusError(
            f"expected labels that the model has ({', '.join(map(repr, labels))}), found {', '.join(named[:_SHOWN])}"
            f"{more}; mend them, or train the model anew with texts that have them"
        )
    return np.array([[label in row.labels for label in labels] for row in rows], dtype=bool).reshape(-1, len(labels))


def evaluate_decisions(
    model: TopicModel,
    decisions: FloatArray,
    target: BoolArray,
    rows: Sequence[LabelledText],
    *,
    explain: bool = False,
) -> Evaluation:
    """Return how well linear scores, of shape (n_texts, n_labels), find the labels in `target`.

    Raises
    ------
    CorpusError
        If there are no texts.
    """
    if not len(target):
        raise CorpusError("no texts to judge the model by; give at least one")
    scores = model.probabilities_of(decisions)
    given = model.assign(scores)
    hits, support, answers = (which.sum(axis=0) for which in (target & given, target, given))
    precision, recall, f1 = _ratios(hits, answers), _ratios(hits, support), _ratios(2 * hits, support + answers)
    label_intervals, macro_interval = _bootstrap(target, given)
    curves = [reliability(scores[:, k], target[:, k]) for k in range(len(model.labels))]
    unsure: BoolArray = np.any(model.unsure(scores), axis=1)
    return Evaluation(
        n_texts=len(rows),
        macro_f1=_mean(f1),
        macro_f1_interval=macro_interval,
        exact_match=float((target == given).all(axis=1).mean()),
        labels=tuple(
            LabelScores(
                label=label,
                support=int(support[k]),
                precision=_defined(precision[k]),
                recall=_defined(recall[k]),
                f1=_defined(f1[k]),
                f1_interval=label_intervals[k],
                average_precision=float(average_precision_score(target[:, k], scores[:, k])) if support[k] else None,
                calibration_error=expected_calibration_error(curves[k]),
                reliability=curves[k],
            )
            for k, label in enumerate(model.labels)
        ),
        confusions=_confusions(target, given, model.labels),
        review=_review_share(target, given, unsure),
        mistakes=_mistakes(model, scores, target, given, rows, explain),
    )


def reliability(scores: FloatArray, target: BoolArray) -> tuple[Bin, ...]:
    """Return the reliability curve over ten bins of equal width."""
    place = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    return tuple(
        Bin(int(inside.sum()), float(scores[inside].mean()), float(target[inside].mean()))
        if (inside := place == number).any()
        else Bin(0, 0.0, 0.0)
        for number in range(_BINS)
    )


def expected_calibration_error(curve: Sequence[Bin]) -> float:
    """Return the mean distance between score and ratio, over bins weighted by their count.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI.
    """
    total = sum(step.count for step in curve)
    return sum(step.count * abs(step.mean_score - step.ratio) for step in curve) / total if total else 0.0


def _bootstrap(target: BoolArray, given: BoolArray) -> tuple[list[Interval | None], Interval | None]:
    """Return 95 % intervals of each label's F1 and of their mean, resampling texts (seeded)."""
    random = np.random.default_rng(0)
    both, either = (target & given).astype(float), target.astype(float) + given
    drawn = np.empty((_RESAMPLES, target.shape[1]))
    for number in range(_RESAMPLES):
        counts = np.bincount(random.integers(0, len(target), len(target)), minlength=len(target))
        total = counts @ either
        drawn[number] = _ratios(2 * (counts @ both), total)
    there = ~np.isnan(drawn)
    macro = np.where(there, drawn, 0).sum(axis=1)[there.any(axis=1)] / there.sum(axis=1)[there.any(axis=1)]
    return [_interval(column[known]) for column, known in zip(drawn.T, there.T, strict=True)], _interval(macro)


def _interval(drawn: FloatArray) -> Interval | None:
    if not drawn.size:
        return None
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(low), float(high))


def _ratios(parts: npt.NDArray[Any], wholes: npt.NDArray[Any]) -> FloatArray:
    """Return part / whole, NaN where the whole is 0."""
    ratios = np.full(len(wholes), np.nan)
    np.divide(parts, wholes, out=ratios, where=wholes > 0)
    return ratios


def _mean(values: FloatArray) -> float | None:
    """Return the mean of those that are defined."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else None


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _confusions(target: BoolArray, given: BoolArray, labels: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for wanted, got in zip(target & ~given, given & ~target, strict=True):
        missed = [labels[k] for k in np.flatnonzero(wanted).tolist()]
        extra = [labels[k] for k in np.flatnonzero(got).tolist()]
        if missed or extra:
            for one in missed or [NONE]:
                for other in extra or [NONE]:
                    counts[one, other] = counts.get((one, other), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((one, other, count) for (one, other), count in ordered)


def _review_share(target: BoolArray, given: BoolArray, unsure: BoolArray) -> ReviewShare:
    rest = ~unsure
    if not rest.any():
        return ReviewShare(1.0, None, None, 0)
    either = target[rest].sum(axis=0) + given[rest].sum(axis=0)
    f1 = _ratios(2 * (target & given)[rest].sum(axis=0), either)
    return ReviewShare(
        ratio=float(unsure.mean()),
        macro_f1_rest=_mean(f1),
        exact_match_rest=float((target == given)[rest].all(axis=1).mean()),
        n_labels_rest=int(np.count_nonzero(either)),
    )


def _mistakes(
    model: TopicModel,
    scores: FloatArray,
    target: BoolArray,
    given: BoolArray,
    rows: Sequence[LabelledText],
    explain: bool,
) -> tuple[Mistake, ...]:
    wrong = np.argwhere(target != given)
    surest = sorted(wrong.tolist(), key=lambda place: -abs(scores[place[0], place[1]] - target[place[0], place[1]]))
    worst = surest[:_N_MISTAKES]
    reasons = model.explain([rows[i].text for i, _ in worst]) if explain else [None] * len(worst)
    return tuple(
        Mistake(rows[i].id, model.labels[k], float(scores[i, k]), bool(target[i, k]), why)
        for (i, k), why in zip(worst, reasons, strict=True)
    )


def _without_texts(evaluation: Evaluation) -> Evaluation:
    return replace(evaluation, mistakes=())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return value
