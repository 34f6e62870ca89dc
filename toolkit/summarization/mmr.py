"""MMR: sentences near the title, each unlike those taken before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.results import Budget
from toolkit.summarization.select import Choice, choose
from toolkit.summarization.terms import FloatArray, count_terms


@dataclass(frozen=True, slots=True)
class MMR:
    """Scores sentences by their cosine with the title, and chooses them by maximal marginal relevance.

    Parameters
    ----------
    trade_off : float
        The paper's λ, between relevance (1) and novelty (0).
    """

    trade_off: float = 0.5

    def rank(self, document: Document) -> FloatArray:
        """Return the cosine of every sentence with the title, or with the whole text where there is none.

        Returns
        -------
        ndarray of shape (n_sentences,)
            In [0, 1].

        References
        ----------
        Carbonell and Goldstein (1998), "The Use of MMR, Diversity-Based Reranking", SIGIR; the title
        stands for their query.
        """
        texts = [sentence.text for sentence in document.sentences]
        rows = count_terms([*texts, document.title or " ".join(texts)]).unit_rows()
        cosine: FloatArray = np.asarray(rows[:-1] @ rows[[-1]].toarray()[0], dtype=float)
        return np.minimum(cosine, 1.0)

    def choose_many(self, documents: Sequence[Document], budget: Budget) -> list[Choice]:
        """Return for each document all scores and the sentences to show within the budget."""
        scores = [self.rank(document) for document in documents]
        return [
            Choice(score, choose(document, score, budget, self.trade_off))
            for document, score in zip(documents, scores, strict=True)
        ]
