"""The lead: news says the most important thing first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.summarization.terms import FloatArray


@dataclass(frozen=True, slots=True)
class Lead:
    """Scores sentences by their place alone: the baseline that news makes hard to beat."""

    def rank(self, document: Document) -> FloatArray:
        """Return 1, 1/2, 1/3 … in document order, an array of shape (n_sentences,)."""
        return 1.0 / np.arange(1, len(document.sentences) + 1)
