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

_SHARE = 0.5
"""Of the threshold: a sentence below it is taken only where its paragraph has none better."""


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
            relevance = [
                each * _about(document, one, float(limit) * _SHARE)
                for document, each, one in zip(documents, relevance, own, strict=True)
            ]
        result[label] = summarize_many(documents, budget, summarizer, relevance)
    return result


def _relevance(document: Document, scores: FloatArray, limit: float, label: str) -> FloatArray:
    sizes = [len(paragraph.sentences) for paragraph in document.paragraphs]
    if scores.shape != (len(sizes),):
        raise ValueError(f"{label}: need one score per paragraph, {len(sizes)}, got {scores.shape}")
    each = np.repeat(scores, sizes)
    return np.where(each >= limit, each, 0.0)


def _about(document: Document, scores: FloatArray, limit: float) -> FloatArray:
    """Return the scores of the sentences that a label is about, 0 for the others; each paragraph keeps its best."""
    sizes = [len(paragraph.sentences) for paragraph in document.paragraphs]
    parts = np.split(scores, np.cumsum(sizes)[:-1])
    return np.concatenate([np.where((part >= limit) | (part == part.max(initial=0.0)), part, 0.0) for part in parts])
