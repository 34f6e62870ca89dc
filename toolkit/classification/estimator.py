"""The classifier as a scikit-learn estimator: trains, calibrates, chooses thresholds."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy import sparse
from sklearn import exceptions
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.svm import LinearSVC
from sklearn.utils import Tags

from toolkit.classification.distillation import Lesson, Lessons
from toolkit.classification.model import Calibration, TopicModel, shares_of
from toolkit.classification.targets import Labels, check_groups, check_weights, encode
from toolkit.errors import CorpusError, NotFittedError
from toolkit.features import TfidfFeatures
from toolkit.results import Prediction

FloatArray = npt.NDArray[np.float64]

_RELIABLE = 0.8  # A label is for review where the model's answers are right less often than this.
_FEWEST = 10  # positives (and negatives) that calibration needs; with fewer, fixed values stand
_WINDOW, _FEW = 30, 100  # texts that tell how often the model is right, and that make several such windows
_CERTAIN = 100.0  # decision value of a label that all texts carry; far beyond any that is learnt
_LIBLINEAR = threading.Lock()  # its random numbers are the process's: two fits at a time would take each other's


class TopicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """TF-IDF of syllables and words, one linear SVM per label, calibrated by cross-validation.

    Features are weighted by naive Bayes before the SVM sees them (Wang and Manning 2012, "Baselines and Bigrams",
    ACL), which folds into one linear model per label.

    Parameters
    ----------
    syllable_ngrams, word_window, min_df, binary, length_power, n_anchors
        See `toolkit.features.TfidfFeatures`.
    C : float
        Inverse strength of the L2 penalty of the linear SVM (squared hinge loss).
    bayes_weight : float
        How far a feature's naive Bayes log-ratio (clipped at ±5) stretches it before the SVM sees it: by
        ``1 + bayes_weight * |log-ratio|``. 0 leaves features alone. The stretch folds into the weights.
    bayes_smoothing : float
        What every feature is counted more with either class, from 0: the smaller, the more rare features are believed.
    class_weight : {"balanced"} or None
        As in scikit-learn.
    cv : int
        Folds for calibration and thresholds, fewer where there are fewer texts or groups; 0 leaves scores
        uncalibrated and thresholds at 0.5.
    n_jobs : int or None
        Processes for the fits, as in joblib; the result is the same to the last bit for any number of them.
    random_state : int
        Seed of the solver and of the folds.

    Attributes
    ----------
    classes_ : ndarray of shape (n_labels,)
        Labels in the model's order and of the type of `y`; for an indicator matrix without names, column numbers.
    model_ : TopicModel
        What was learnt, as plain arrays.

    Examples
    --------
    >>> texts, labels = ["Xuất khẩu gạo tăng.", "Đội bóng thắng trận."], ["kinh tế", "thể thao"]
    >>> classifier = TopicClassifier(min_df=1, cv=0).fit(texts, labels)
    >>> classifier.predict(["Xuất khẩu cà phê tăng."])
    array(['kinh tế'], dtype='<U8')
    """

    def __init__(
        self,
        *,
        syllable_ngrams: int = 2,
        word_window: int = 4,
        min_df: int = 2,
        binary: bool = True,
        length_power: float = 1.0,
        n_anchors: int = 0,
        C: float = 0.5,
        bayes_weight: float = 1.0,
        bayes_smoothing: float = 0.1,
        class_weight: Literal["balanced"] | None = None,
        cv: int = 5,
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.syllable_ngrams = syllable_ngrams
        self.word_window = word_window
        self.min_df = min_df
        self.binary = binary
        self.length_power = length_power
        self.n_anchors = n_anchors
        self.C = C
        self.bayes_weight = bayes_weight
        self.bayes_smoothing = bayes_smoothing
        self.class_weight = class_weight
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    # --- fitting ----------------------------------------------------------------------------------

    def fit(
        self,
        X: Iterable[str],
        y: Labels,
        sample_weight: Sequence[float] | None = None,
        groups: Sequence[Any] | None = None,
        labels: Sequence[str] | None = None,
        taught: tuple[Sequence[str], npt.ArrayLike] | None = None,
    ) -> TopicClassifier:
        """Train on texts and their labels.

        Parameters
        ----------
        X : iterable of str, of length n_texts
        y : one string or integer per text, an (n_texts, n_labels) indicator matrix, or one tuple of strings per text
        sample_weight : sequence of float, of length n_texts
            Finite, none negative, not all 0.
        groups : sequence of length n_texts
            Texts of one group (an article) stay in one fold of the cross-validation.
        labels : sequence of str
            Order of the labels, or the names of the indicator's columns; sorted where not given.
        taught : tuple of (sequence of str, of length n_taught; array of shape (n_taught, n_labels))
            More texts, with the probability of each label (in the order of `labels`) that a better model gives them:
            knowledge distillation (Hinton, Vinyals and Dean 2015). The weights learn from them too; vocabulary, IDF,
            calibration and thresholds come from the labelled texts alone.

        Raises
        ------
        CorpusError
            If texts, labels, weights and groups do not fit together or there is nothing to tell apart.
        ValueError
            If `cv` is no whole number, 1 or negative, or `bayes_smoothing` negative.
        """
        _check_settings(self.cv, self.bayes_smoothing)
        texts = _checked_texts(X)
        if not texts:
            raise CorpusError("no texts to train on; give at least one of each kind")
        targets = encode(y, labels)
        names, target, self._kind = targets.labels, targets.carried, targets.kind
        if len(texts) != len(target):
            raise CorpusError(f"{len(texts)} texts, but labels for {len(target)}; give each text its labels")
        if self._kind == "single" and len(names) < 2:
            raise CorpusError(
                f"every text carries the label {names[0]!r}; training needs at least two labels; "
                "give texts of another one, or a 'labels' column where some have none"
            )
        weights = check_weights(sample_weight, len(texts))
        folds = self._folds(target, check_groups(groups, len(texts)))
        features = TfidfFeatures(
            self.syllable_ngrams, self.word_window, self.min_df, self.binary, self.length_power, self.n_anchors
        )
        matrix = features.fit_transform(texts, target)
        if not features.n_features_:
            texts_needed = "any text" if self.min_df == 1 else f"{self.min_df} texts"
            raise CorpusError(f"no word stands in {texts_needed}; give more texts, or longer ones")
        lessons = (
            None if taught is None else Lessons.of_texts(features, _checked_texts(taught[0]), taught[1], len(names))
        )
        bare = clone(self)  # what another process needs of it: the parameters
        fits = self._parallel(
            delayed(bare._fit_label)(matrix, target[:, k], weights, None if lessons is None else lessons.about(k))
            for k in range(len(names))
        )
        held_out = None
        if folds:
            decided = self._parallel(
                delayed(bare._decide)(matrix, target[:, k], weights, train, test)
                for train, test in folds
                for k in range(len(names))
            )
            held_out = np.empty(target.shape)
            for number, values in enumerate(decided):
                fold, k = divmod(number, len(names))
                held_out[folds[fold][1], k] = values
        self.model_ = TopicModel(
            labels=names,
            features=features,
            coef=_to_significant_bits(np.stack([coef for coef, _ in fits], axis=1)),
            intercept=np.array([intercept for _, intercept in fits]),
            calibration=_calibrate(held_out, target, weights, single=self._kind == "single"),
            multilabel=self._kind != "single",
        )
        self.held_out_decisions_ = held_out
        self.classes_ = targets.classes
        return self

    def _parallel(self, calls: Iterable[Any]) -> list[Any]:
        return list(Parallel(n_jobs=self.n_jobs)(calls))

    def _fit_label(
        self,
        matrix: sparse.csr_matrix,
        target: npt.NDArray[np.bool_],
        weights: FloatArray,
        lesson: Lesson | None = None,
    ) -> tuple[FloatArray, float]:
        """Return weights of shape (n_features,) and intercept for one label against the rest."""
        if lesson is not None:
            matrix = sparse.vstack([matrix, lesson.matrix], format="csr")
            target = np.concatenate([target, lesson.target])
            weights = np.concatenate([weights, lesson.weights])
        if target.all() or not target.any():  # Nothing to learn: always, or never.
            return np.zeros(matrix.shape[1]), _CERTAIN if target.all() else -_CERTAIN
        stretch = 1 + self.bayes_weight * np.abs(_log_ratio(matrix, target, weights, self.bayes_smoothing))
        learner = LinearSVC(C=self.C, class_weight=self.class_weight, random_state=self.random_state, max_iter=5000)
        stretched = sparse.csr_matrix(matrix.multiply(stretch))
        with _LIBLINEAR:
            learner.fit(stretched, target, sample_weight=weights)
        return np.multiply(learner.coef_[0], stretch), float(learner.intercept_[0])

    def _decide(
        self,
        matrix: sparse.csr_matrix,
        target: npt.NDArray[np.bool_],
        weights: FloatArray,
        train: npt.NDArray[np.int64],
        test: npt.NDArray[np.int64],
    ) -> FloatArray:
        """Return decision values of the texts `test` for one label, learnt from the texts `train`."""
        coef, intercept = self._fit_label(matrix[train], target[train], weights[train])
        decisions: FloatArray = matrix[test] @ coef + intercept
        return decisions

    def _folds(
        self, target: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64] | None
    ) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Return texts to train on and texts to judge by, one pair a fold; nothing where folds cannot be made."""
        n_folds = min(self.cv, len(target) if groups is None else len(np.unique(groups)))
        if n_folds < 2:
            return []
        if groups is not None:
            return list(GroupKFold(n_folds).split(target, groups=groups))
        key = np.unique(target, axis=0, return_inverse=True)[1].ravel()
        rare = np.bincount(key)[key] < n_folds  # combinations too rare to stratify by go together
        strata = np.where(rare, -1, key)
        if (strata == -1).sum() < n_folds:
            strata[strata == -1] = np.bincount(key).argmax()
        return list(StratifiedKFold(n_folds, shuffle=True, random_state=self.random_state).split(target, strata))

    # --- predicting -------------------------------------------------------------------------------

    def predict(self, X: Iterable[str]) -> npt.NDArray[Any]:
        """Return one label per text, shape (n_texts,), or an indicator matrix, shape (n_texts, n_labels)."""
        model = self._fitted()
        assigned = model.assign(model.probabilities(_checked_texts(X)))
        return self.classes_[assigned.argmax(axis=1)] if self._kind == "single" else assigned.astype(np.int64)

    def predict_labels(self, X: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the labels of each text as a tuple, in the model's order."""
        return [prediction.labels for prediction in self.predict_many(X)]

    def predict_many(self, X: Iterable[str]) -> list[Prediction]:
        """Return labels, scores and what to review, one `Prediction` per text."""
        return self._fitted().predict(_checked_texts(X))

    def predict_proba(self, X: Iterable[str]) -> FloatArray:
        """Return the calibrated probability of each label; shape (n_texts, n_labels)."""
        return self._fitted().probabilities(_checked_texts(X))

    def decision_function(self, X: Iterable[str]) -> FloatArray:
        """Return the linear scores; shape (n_texts, n_labels), or (n_texts,) for two exclusive labels."""
        decisions = self._fitted().decisions(_checked_texts(X))
        return decisions[:, 1] if self._kind == "single" and decisions.shape[1] == 2 else decisions

    def save(self, folder: str | os.PathLike[str], **card: Any) -> None:
        """Write the fitted model to `folder`; `card` (plain JSON) says what it was trained on."""
        replace(self._fitted(), card=card).save(folder)

    def _fitted(self) -> TopicModel:
        if not hasattr(self, "model_"):
            raise _UnfittedError("this TopicClassifier is not fitted yet; call fit(texts, y) first")
        return self.model_

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.classifier_tags.multi_label = True
        return tags


class _UnfittedError(NotFittedError, exceptions.NotFittedError):  # type: ignore[misc]  # scikit-learn has no types
    """The toolkit's error, and the one that users of scikit-learn expect."""


def _log_ratio(
    matrix: sparse.csr_matrix, target: npt.NDArray[np.bool_], weights: FloatArray, smoothing: float
) -> FloatArray:
    """Return log(p / q) of each feature's smoothed share in texts with and without the label, clipped at ±5.

    0 for a feature that none of the texts has, even without smoothing.
    """
    shares = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for chosen in (target, ~target):
            mass = smoothing + matrix.T @ (weights * chosen)
            shares.append(mass / mass.sum())
        ratio: FloatArray = np.nan_to_num(np.log(shares[0] / shares[1]), nan=0.0, posinf=5, neginf=-5)
    return ratio.clip(-5, 5)


def _to_significant_bits(weights: FloatArray) -> FloatArray:
    """Return `weights` rounded to 11 significant bits, so that they are stored in two thirds of the room."""
    fraction, exponent = np.frexp(weights)
    rounded: FloatArray = np.ldexp(np.round(fraction * 2**11) / 2**11, exponent)
    return rounded


# --- input --------------------------------------------------------------------------------------------


def _check_settings(cv: object, bayes_smoothing: object) -> None:
    if not isinstance(cv, Integral) or cv < 0 or cv == 1:
        raise ValueError(f"cv must be a number, 0 or at least 2 folds, got {cv!r}; `groups` keep texts together")
    if not isinstance(bayes_smoothing, Real) or not float(bayes_smoothing) >= 0:
        raise ValueError(f"bayes_smoothing must be a number from 0 on, got {bayes_smoothing!r}")


def _checked_texts(X: Iterable[str]) -> list[str]:
    if isinstance(X, str):
        raise TypeError("expected a sequence of texts, got one string; put it into a list")
    texts = list(X)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {number} is {type(text).__name__}, not str")
    return [str(text) for text in texts]


# --- calibration --------------------------------------------------------------------------------------


def _calibrate(
    decisions: FloatArray | None, target: npt.NDArray[np.bool_], weights: FloatArray, *, single: bool
) -> Calibration:
    """Return calibration, thresholds and review bands, one per label, from held-out decision values."""
    columns = []
    for k in range(target.shape[1]):
        column = (2.0, 0.0, 0.5, 0.35, 0.65)
        if decisions is not None:
            learnt = np.abs(decisions[:, k]) < _CERTAIN  # elsewhere there was nothing to learn the label from
            carried = target[learnt, k]
            if min(carried.sum(), (~carried).sum()) >= _FEWEST:
                column = _calibrate_label(decisions[learnt, k], carried, weights[learnt])
        columns.append(column)
    calibration = Calibration(*np.array(columns).T)
    if not single:
        return calibration
    # One label a text: it is the answer that is right or wrong, whatever labels it is chosen from.
    review_to = _RELIABLE
    if decisions is not None:
        shares = shares_of(calibration.probabilities(decisions))
        right = target[np.arange(len(target)), shares.argmax(axis=1)]
        _, review_to = _review_band(shares.max(axis=1), right, 0.0)
    nothing = np.zeros(target.shape[1])
    return replace(calibration, review_from=nothing, review_to=nothing + review_to)


def _calibrate_label(
    decisions: FloatArray, target: npt.NDArray[np.bool_], weights: FloatArray
) -> tuple[float, float, float, float, float]:
    sigmoid = LogisticRegression(C=1e6).fit(decisions[:, None], target, sample_weight=weights)
    slope, offset = float(sigmoid.coef_[0, 0]), float(sigmoid.intercept_[0])
    scores = 1 / (1 + np.exp(-(slope * decisions + offset)))
    threshold = _best_threshold(scores, target)
    return (slope, offset, threshold, *_review_band(scores, target, threshold))


def _best_threshold(scores: FloatArray, target: npt.NDArray[np.bool_]) -> float:
    """Return the probability from which on saying yes gives the best F1: half of that F1.

    Where scores are calibrated this is the optimum, and it varies less from sample to sample than the place where
    the curve happens to peak.

    References
    ----------
    Lipton, Elkan and Naryanaswamy (2014), "Optimal Thresholding of Classifiers to Maximize F1 Measure", ECML.
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + target.sum())
    return float(f1.max() / 2)


def _review_band(scores: FloatArray, target: npt.NDArray[np.bool_], threshold: float) -> tuple[float, float]:
    """Return the probabilities around the threshold between which fewer than `_RELIABLE` of the answers are right.

    Going away from the threshold on either side, the band ends where the answers of the 5 % of texts next to that
    place (at least 30) are right often enough. On a side of fewer than 100 texts, it ends where the probability
    itself promises as much.
    """
    right = (scores >= threshold) == target
    order = np.argsort(scores, kind="stable")
    scores, right = scores[order], right[order]
    middle = int(np.searchsorted(scores, threshold))
    edges = []
    for side, surest in ((right[:middle][::-1], 1 - scores[:middle][::-1]), (right[middle:], scores[middle:])):
        if len(side) < _FEW:
            edges.append(int(np.searchsorted(surest, _RELIABLE)))
            continue
        window = max(_WINDOW, len(side) // 20)
        mean = np.convolve(side, np.ones(window) / window, mode="valid")
        reliable = np.flatnonzero(mean >= _RELIABLE)
        edges.append(int(reliable[0]) if len(reliable) else len(side))
    low, high = middle - edges[0], middle + edges[1]
    review_from = float(scores[low]) if edges[0] else threshold
    review_to = float(scores[high - 1]) + 1e-9 if edges[1] else threshold
    return review_from, review_to
