"""A digest for each topic: the sentences that a reader of that topic needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from toolkit.document import Document
from toolkit.results import Budget, Digest
from toolkit.summarization.many import summarize_many
from toolkit.summarization.registry import DEFAULT, Summarizer
from toolkit.summarization.terms import FloatArray


def summarize_by_topic(
    documents: Sequence[Document],
    scores: Mapping[str, Sequence[ArrayLike]],
    budget: Budget,
    summarizer: Summarizer | str = DEFAULT,
    *,
    thresholds: float | Mapping[str, float] = 0.5,
    unit: Literal["paragraph", "sentence"] = "paragraph",
) -> dict[str, Digest]:
    """Return a digest of one or many documents for every label, in the order of `scores`.

    Only sentences whose label score reaches the threshold are taken; among them the score counts
    together with how much a sentence carries.

    Parameters
    ----------
    scores : mapping of label to a sequence of arrays
        For each document an array of shape (n_paragraphs,) or, with ``unit="sentence"``,
        (n_sentences,), of probabilities in [0, 1].
    budget : Budget
        Of each digest.

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
            _relevance(document, np.asarray(array, dtype=float), float(limit), unit, label)
            for document, array in zip(documents, arrays, strict=True)
        ]
        result[label] = summarize_many(documents, budget, summarizer, relevance)
    return result


def _relevance(document: Document, scores: FloatArray, limit: float, unit: str, label: str) -> FloatArray:
    sizes = [len(paragraph.sentences) for paragraph in document.paragraphs]
    expected = len(sizes) if unit == "paragraph" else sum(sizes)
    if scores.shape != (expected,):
        raise ValueError(f"{label}: need one score per {unit}, {expected}, got {scores.shape}")
    each = np.repeat(scores, sizes) if unit == "paragraph" else scores
    return np.where(each >= limit, each, 0.0)
