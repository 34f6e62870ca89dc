"""Centroid: a sentence matters as far as it resembles the whole document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.summarization.terms import FloatArray, document_terms


@dataclass(frozen=True, slots=True)
class Centroid:
    """Scores sentences by their cosine with the document's TF-IDF centroid."""

    def rank(self, document: Document) -> FloatArray:
        """Return the cosine of every sentence with the mean of all, in [0, 1].

        Returns
        -------
        ndarray of shape (n_sentences,)
            0 for a sentence without a term.

        References
        ----------
        Radev, Jing, Styś and Tam (2004), "Centroid-based summarization of multiple documents".
        """
        rows = document_terms(document).unit_rows()
        centroid = np.asarray(rows.sum(axis=0), dtype=float)
        length = float(np.sqrt(centroid @ centroid))
        if length == 0.0:
            return np.zeros(rows.shape[0])
        cosine: FloatArray = np.asarray(rows @ (centroid / length), dtype=float)
        return np.minimum(cosine, 1.0)
