"""A trained classifier as plain arrays: scores texts without scikit-learn, and says why."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.document import Span
from toolkit.errors import ModelError
from toolkit.features import TfidfFeatures
from toolkit.persistence import StoredModel, read_model, write_model
from toolkit.results import Contribution, Explanation, Prediction
from toolkit.text import normalize
from toolkit.tokenization import tokenize_batch

FloatArray = npt.NDArray[np.float64]

KIND = "topics"
_SLICE = 8192  # texts scored at a time


@dataclass(frozen=True, slots=True)
class Calibration:
    """From decision values to probabilities and answers, one entry per label, each of shape (n_labels,).

    Attributes
    ----------
    slope, offset
        Probability is ``1 / (1 + exp(-(slope * decision + offset)))`` (Platt scaling).
    threshold
        A paragraph carries a label from this probability on; unused where every text has exactly one label.
    review_from, review_to
        Between these probabilities the model is right too rarely to go unchecked; empty where they are equal. Where
        every text has exactly one label, they are those of its answer, the largest of a text.

    References
    ----------
    Platt (1999), "Probabilistic Outputs for Support Vector Machines"; Niculescu-Mizil and Caruana (2005),
    "Predicting Good Probabilities with Supervised Learning", ICML.
    """

    slope: FloatArray
    offset: FloatArray
    threshold: FloatArray
    review_from: FloatArray
    review_to: FloatArray

    def probabilities(self, decisions: FloatArray) -> FloatArray:
        """Return the probability of each label; shape as `decisions`, (n_texts, n_labels)."""
        return 1 / (1 + np.exp(-np.clip(decisions * self.slope + self.offset, -500, 500)))


def shares_of(probabilities: FloatArray) -> FloatArray:
    """Return probabilities of labels of which a text has exactly one: rows sum to 1; shape (n_texts, n_labels)."""
    total = probabilities.sum(axis=1, keepdims=True)
    shares = np.full_like(probabilities, 1 / max(probabilities.shape[1], 1))
    np.divide(probabilities, total, out=shares, where=total > 0)
    return shares


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Labels, features, weights and calibration: all that prediction needs.

    Attributes
    ----------
    labels : tuple of str
        In the order of the scores.
    coef : ndarray of shape (n_features, n_labels)
        Of float32 precision, which is what is stored; kept as float64, so that no call has to convert it.
    intercept : ndarray of shape (n_labels,)
    multilabel : bool
        Whether a text may have any number of labels, or has exactly one.
    card : mapping
        What it was trained on and how good it is: plain JSON.
    """

    labels: tuple[str, ...]
    features: TfidfFeatures
    coef: FloatArray
    intercept: FloatArray
    calibration: Calibration
    multilabel: bool = True
    card: Mapping[str, Any] = field(default_factory=dict)

    # --- scores -----------------------------------------------------------------------------------

    def decisions(self, texts: Sequence[str]) -> FloatArray:
        """Return the linear scores of `texts`; shape (n_texts, n_labels)."""
        parts = [self._decide(matrix) for matrix in self.features.transformed(texts)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.labels)))

    def _decide(self, matrix: sparse.csr_matrix) -> FloatArray:
        decisions = np.tile(self.intercept, (matrix.shape[0], 1))
        np.add(decisions, matrix @ self.coef, out=decisions)
        return decisions

    def probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Return the calibrated probability of each label; shape (n_texts, n_labels)."""
        return self.probabilities_of(self.decisions(texts))

    def probabilities_of(self, decisions: FloatArray) -> FloatArray:
        """Return the probabilities that go with `decisions`; rows sum to 1 where a text has exactly one label."""
        scores = self.calibration.probabilities(decisions)
        return scores if self.multilabel else shares_of(scores)

    def assign(self, scores: FloatArray) -> npt.NDArray[np.bool_]:
        """Return which labels texts with these probabilities carry; shape (n_texts, n_labels)."""
        if self.multilabel:
            return scores >= self.calibration.threshold
        chosen = np.zeros(scores.shape, dtype=bool)
        if len(scores):
            chosen[np.arange(len(scores)), scores.argmax(axis=1)] = True
        return chosen

    def unsure(self, scores: FloatArray) -> npt.NDArray[np.bool_]:
        """Return which scores lie where the model is often wrong; shape (n_texts, n_labels).

        Where a text has exactly one label, it is that of the answer or none.
        """
        inside = np.logical_and(scores >= self.calibration.review_from, scores < self.calibration.review_to)
        return inside if self.multilabel else inside & self.assign(scores)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one `Prediction` per text."""
        predictions: list[Prediction] = []
        for start in range(0, len(texts), _SLICE):
            predictions += self._predictions(self.decisions(texts[start : start + _SLICE]))
        return predictions

    def _predictions(self, decisions: FloatArray) -> list[Prediction]:
        scores = self.probabilities_of(decisions)
        rows = zip(scores.tolist(), self.assign(scores).tolist(), self.unsure(scores).tolist(), strict=True)
        return [
            Prediction(
                labels=tuple(label for label, yes in zip(self.labels, carries, strict=True) if yes),
                scores=dict(zip(self.labels, row, strict=True)),
                review=tuple(label for label, yes in zip(self.labels, doubtful, strict=True) if yes),
            )
            for row, carries, doubtful in rows
        ]

    # --- reasons ----------------------------------------------------------------------------------

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """Return, per text, what each term it holds adds to the linear score of each label.

        Exact for a linear model: the contributions of a label and its intercept sum to its decision value.
        """
        normal = [normalize(text) for text in texts]
        matrix = self.features.transform(normal)
        decisions = self._decide(matrix)
        predictions = self._predictions(decisions)
        return [
            self._explain(text, matrix[number], decisions[number], predictions[number])
            for number, text in enumerate(normal)
        ]

    def _explain(self, text: str, row: sparse.csr_matrix, decision: FloatArray, prediction: Prediction) -> Explanation:
        names = self.features.feature_names()
        batch = tokenize_batch([text], spans=True)
        assert batch.starts is not None
        assert batch.ends is not None
        found = self.features.occurrences(batch)
        places: dict[int, list[Span]] = {}
        for column, first, last in sorted(
            zip(found.columns.tolist(), found.first.tolist(), found.last.tolist(), strict=True)
        ):
            start = int(batch.starts[first])
            # The full stop that the tokeniser leaves on an abbreviation (`tỷ USD.`) is not part of the term.
            end = start + len(text[start : int(batch.ends[last])].rstrip("."))
            places.setdefault(column, []).append(Span(start, end))
        parts = row.data[:, None] * self.coef[row.indices]
        contributions = {}
        for number, label in enumerate(self.labels):
            order = np.argsort(-np.abs(parts[:, number]), kind="stable")
            contributions[label] = tuple(
                Contribution(names[row.indices[i]], float(parts[i, number]), tuple(places.get(int(row.indices[i]), ())))
                for i in order.tolist()
                if parts[i, number] != 0
            )
        return Explanation(
            text=text,
            prediction=prediction,
            decisions=dict(zip(self.labels, decision.tolist(), strict=True)),
            intercepts=dict(zip(self.labels, self.intercept.tolist(), strict=True)),
            contributions=contributions,
        )

    # --- folders ----------------------------------------------------------------------------------

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model to `folder`: arrays and text, no code.

        Raises
        ------
        ModelError
            If something else is there, or the card has an entry by the name of a setting.
        """
        features, arrays, vocabulary = self.features.to_arrays()
        calibration = self.calibration
        settings = {
            "labels": list(self.labels),
            "multilabel": self.multilabel,
            "thresholds": dict(zip(self.labels, calibration.threshold.tolist(), strict=True)),
            "features": features,
        }
        taken = [name for name in settings if name in self.card]
        if taken:
            raise ModelError(f"{', '.join(taken)}: such settings every topic model has of its own; rename the card's")
        write_model(
            folder,
            StoredModel(
                kind=KIND,
                settings={**settings, **self.card},
                arrays={
                    **arrays,
                    "coef": self.coef.astype(np.float32),
                    "intercept": self.intercept,
                    "calibration": np.stack(
                        [calibration.slope, calibration.offset, calibration.review_from, calibration.review_to]
                    ),
                },
                vocabulary=vocabulary,
            ),
        )

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> TopicModel:
        """Return the model in `folder`.

        Raises
        ------
        ModelError
            If the folder holds none, or a damaged or newer one.
        """
        stored = read_model(folder, KIND)
        settings = dict(stored.settings)
        try:
            labels = _labels(settings.pop("labels"))
            thresholds = settings.pop("thresholds")
            features = TfidfFeatures.from_arrays(settings.pop("features"), stored.arrays, stored.vocabulary)
            by_label = (len(labels),)
            calibration = _finite(stored.arrays, "calibration", (4, *by_label))
            threshold = np.array([float(thresholds[label]) for label in labels])
            if not ((threshold >= 0) & (threshold <= 1)).all():
                raise ValueError(f"thresholds outside [0, 1]: {thresholds}")
            slope, offset, review_from, review_to = calibration
            multilabel = settings.pop("multilabel")
            if not isinstance(multilabel, bool):
                raise ValueError(f"expected true or false for multilabel, found {multilabel!r}")
            return cls(
                labels=labels,
                features=features,
                coef=_finite(stored.arrays, "coef", (features.n_features_, *by_label)),
                intercept=_finite(stored.arrays, "intercept", by_label),
                calibration=Calibration(slope, offset, threshold, review_from, review_to),
                multilabel=multilabel,
                card=settings,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, ModelError):
                raise ModelError(f"{folder}: {error}") from error
            raise ModelError(f"{folder}: lacks a part of a topic model ({error!r}); get the model again") from error


_LARGEST_WEIGHT = 1e30  # products of three of them are still finite


def _labels(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not found or not all(isinstance(label, str) for label in found):
        raise ValueError(f"expected a list of labels, found {found!r}")
    if len(set(found)) != len(found):
        raise ValueError(f"a label stands twice in {found}")
    return tuple(found)


def _finite(arrays: Mapping[str, npt.NDArray[Any]], name: str, shape: tuple[int, ...]) -> FloatArray:
    """Return an array of weights.

    Raises
    ------
    ValueError
        If it has another shape, or values that are no numbers or too large to compute with.
    """
    array = arrays[name]
    if array.shape != shape:
        raise ValueError(f"values of shape {array.shape} for {name} do not fit {shape[-1]} labels")
    if array.size and not (array.min() > -_LARGEST_WEIGHT and array.max() < _LARGEST_WEIGHT):  # false for NaN too
        raise ValueError(f"{name} holds values that are no weights")
    return array.astype(np.float64)
