"""What a better model says of more texts, as a linear model can learn from it.

References
----------
Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import CorpusError
from toolkit.features import TfidfFeatures

FloatArray = npt.NDArray[np.float64]

_SURE = 0.98  # from here on a probability, or its complement, counts as certain


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a teacher says of one label: rows, whether they carry it, and how much that weighs."""

    matrix: sparse.csr_matrix
    target: npt.NDArray[np.bool_]
    weights: FloatArray


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts with a teacher's probabilities."""

    matrix: sparse.csr_matrix
    probabilities: FloatArray

    @classmethod
    def of_texts(
        cls, features: TfidfFeatures, texts: Sequence[str], probabilities: npt.ArrayLike, n_labels: int
    ) -> Lessons:
        """Return what `probabilities`, of shape (n_texts, n_labels), say of `texts`.

        Raises
        ------
        CorpusError
            If the probabilities are none, or do not fit the texts and the labels.
        """
        scores = np.asarray(probabilities, dtype=np.float64)
        if scores.shape != (len(texts), n_labels) or not ((scores >= 0) & (scores <= 1)).all():
            raise CorpusError(
                f"expected probabilities between 0 and 1 of shape ({len(texts)}, {n_labels}) for the taught texts, "
                f"found shape {np.shape(probabilities)}; give one row a text and one column a label"
            )
        return cls(features.transform(texts), scores)

    def about(self, label: int) -> Lesson:
        """Return what they say of one label: a text of which the teacher is unsure stands on both sides, by weight."""
        scores = self.probabilities[:, label]
        surer = np.maximum(scores, 1 - scores)
        unsure = np.flatnonzero(surer < _SURE)
        carries = scores > 0.5
        return Lesson(
            sparse.vstack([self.matrix, self.matrix[unsure]], format="csr"),
            np.concatenate([carries, ~carries[unsure]]),
            np.concatenate([surer, 1 - surer[unsure]]),
        )
