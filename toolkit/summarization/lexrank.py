"""LexRank: a sentence matters as far as it resembles sentences that matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.summarization.graph import centrality
from toolkit.summarization.terms import FloatArray, document_terms

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class LexRank:
    """Scores sentences by their PageRank on the graph of TF-IDF cosines.

    Parameters
    ----------
    threshold : float, optional
        None weighs edges by the cosine (the paper's continuous LexRank) and needs memory for the terms
        alone. A number keeps an unweighted edge where the cosine is above it, and stores every edge.
    damping : float
        How much of a score comes along edges; 0.85 as the paper has it.
    """

    threshold: float | None = None
    damping: float = 0.85

    def rank(self, document: Document) -> FloatArray:
        """Return LexRank centrality, one score per sentence.

        Returns
        -------
        ndarray of shape (n_sentences,)
            Positive, summing to 1; shape ``(0,)`` for an empty document.

        References
        ----------
        Erkan and Radev (2004), "LexRank: Graph-based Lexical Centrality as Salience in Text
        Summarization", JAIR 22.
        """
        rows = document_terms(document).unit_rows()
        if self.threshold is None:
            columns = rows.T.tocsr()
            return centrality(lambda v: rows @ (columns @ v), rows.shape[0], self.damping)
        from scipy.sparse import vstack

        blocks = []
        for start in range(0, rows.shape[0], _BLOCK):
            block = (rows[start : start + _BLOCK] @ rows.T).tocsr()
            block.data = (block.data > self.threshold).astype(np.float32)
            block.eliminate_zeros()
            blocks.append(block)
        if not blocks:
            return np.zeros(0)
        graph = vstack(blocks, format="csr")
        return centrality(lambda v: np.asarray(graph @ v), rows.shape[0], self.damping)
