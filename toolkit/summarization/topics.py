"""A digest for each topic: the sentences that a reader of that topic needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from toolkit.document import Document
from toolkit.results import Budget, Digest
from toolkit.summarization.many import summarize_many
from toolkit.summarization.registry import DEFAULT, Summarizer
from toolkit.summarization.terms import FloatArray

_FLOOR = 0.1
"""What a sentence keeps of its paragraph's score where nothing of the topic is in the sentence itself."""


def summarize_by_topic(
    documents: Sequence[Document],
    scores: Mapping[str, Sequence[ArrayLike]],
    budget: Budget,
    summarizer: Summarizer | str = DEFAULT,
    *,
    thresholds: float | Mapping[str, float] = 0.5,
    sentence_scores: Mapping[str, Sequence[ArrayLike]] | None = None,
) -> dict[str, Digest]:
    """Return a digest of one or many documents for every label, in the order of `scores`.

    Only sentences of paragraphs whose score reaches the threshold are taken; among them the scores count
    together with how much a sentence carries.

    Parameters
    ----------
    scores : mapping of label to a sequence of arrays
        For each document an array of shape (n_paragraphs,), of probabilities in [0, 1].
    budget : Budget
        Of each digest.
    sentence_scores : mapping of label to a sequence of arrays, optional
        For each document an array of shape (n_sentences,): which sentences of a paragraph are those that
        its label is about.

    Raises
    ------
    ValueError
        If a label has no array for a document, or one of another length.
    """
    result = {}
    for label, arrays in scores.items():
        limit = thresholds if isinstance(thresholds, float | int) else thresholds[label]
        if len(arrays) != len(documents):
            raise ValueError(f"{label}: need scores for {len(documents)} documents, got {len(arrays)}")
        relevance = [
            _relevance(document, np.asarray(array, dtype=float), float(limit), label)
            for document, array in zip(documents, arrays, strict=True)
        ]
        if sentence_scores is not None:
            own = [np.asarray(array, dtype=float) for array in sentence_scores[label]]
            relevance = [each * (_FLOOR + (1 - _FLOOR) * one) for each, one in zip(relevance, own, strict=True)]
        result[label] = summarize_many(documents, budget, summarizer, relevance)
    return result


def _relevance(document: Document, scores: FloatArray, limit: float, label: str) -> FloatArray:
    sizes = [len(paragraph.sentences) for paragraph in document.paragraphs]
    if scores.shape != (len(sizes),):
        raise ValueError(f"{label}: need one score per paragraph, {len(sizes)}, got {scores.shape}")
    each = np.repeat(scores, sizes)
    return np.where(each >= limit, each, 0.0)
