"""TextRank: PageRank on the graph of shared words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.summarization.graph import centrality
from toolkit.summarization.terms import FloatArray, document_terms


@dataclass(frozen=True, slots=True)
class TextRank:
    """Scores sentences by their PageRank where an edge weighs the words that two sentences share."""

    damping: float = 0.85

    def rank(self, document: Document) -> FloatArray:
        """Return TextRank scores, one per sentence.

        The weight of an edge is |shared words| / (log |S₁| + log |S₂|), over distinct words; sentences
        of one word have no edge. The graph is not written out: the divisor depends on the two lengths
        alone, so the product with a vector is taken once per length.

        Returns
        -------
        ndarray of shape (n_sentences,)
            Positive, summing to 1; shape ``(0,)`` for an empty document.

        References
        ----------
        Mihalcea and Tarau (2004), "TextRank: Bringing Order into Texts", EMNLP.
        """
        terms = document_terms(document)
        n_sentences = terms.shape[0]
        words = terms.matrix(np.ones_like(terms.counts))
        sizes = np.bincount(terms.rows, minlength=n_sentences)
        lengths, group = np.unique(sizes, return_inverse=True)
        logs = np.log(np.maximum(lengths, 1))
        divisor = logs[:, None] + logs[None, :]
        weight = np.divide(1.0, divisor, out=np.zeros_like(divisor), where=divisor > 0)
        weight[lengths <= 1] = 0.0
        weight[:, lengths <= 1] = 0.0
        own = sizes * weight[group, group]
        by_length = np.zeros((n_sentences, lengths.size))

        def product(vector: FloatArray) -> FloatArray:
            by_length[np.arange(n_sentences), group] = vector
            mixed = (words.T @ by_length) @ weight
            shared = np.empty(n_sentences)
            for index in range(lengths.size):
                members = np.flatnonzero(group == index)
                shared[members] = words[members] @ mixed[:, index]
            return np.asarray(shared - own * vector, dtype=float)

        return centrality(product, n_sentences, self.damping)
