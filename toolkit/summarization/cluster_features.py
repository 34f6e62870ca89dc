"""What the trained summariser knows of a sentence among several articles on one event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.document import Document
from toolkit.summarization.sentence_features import SENTENCE_FEATURES, Weighed
from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.tokens import Tokens

CLUSTER_FEATURES = (
    "score", "score_of_best", "log_length", "log_place", "in_opening", "after_opening", "paragraph",
    "place_in_paragraph", "log_paragraphs", "document", "n_documents", "log_total",
    *(f"{what}_{order}" for order in (1, 2)
      for what in ("mean", "mean_of_best", "sum_of_best", "support", "shared")),
    "resemblance", *SENTENCE_FEATURES,
)  # fmt: skip


def cluster_features(
    documents: Sequence[Document],
    tokens: Tokens,
    weighed: tuple[Weighed, Weighed],
    rows: NDArray[np.float32],
    scores: FloatArray,
) -> NDArray[np.float32]:
    """Return an array of shape (n_sentences, len(CLUSTER_FEATURES)), all documents one after the other.

    ``support`` is the mean share of the documents that hold a concept of the sentence, ``shared`` the
    share of its concepts that two documents or more hold; ``resemblance`` is its cosine with the whole
    cluster. ``in_opening`` marks the first of several paragraphs, which often is the sapo.
    """
    n, n_documents = len(scores), len(documents)
    if not n:
        return np.zeros((0, len(CLUSTER_FEATURES)), dtype=np.float32)
    places = np.array(
        [
            (paragraph.index, place, len(document.paragraphs), len(document.paragraphs[0].sentences))
            for document in documents
            for paragraph in document.paragraphs
            for place in range(len(paragraph.sentences))
        ]
    )
    paragraph, inside, n_paragraphs, opening = places.T
    values: dict[str, FloatArray | IntArray] = {
        "score": (scores - scores.mean()) / (scores.std() + 1e-9),
        "score_of_best": scores / max(float(scores.max()), 1e-9),
        "log_length": np.log(np.maximum(tokens.length, 1)),
        "log_place": np.log1p(tokens.place),
        "in_opening": (paragraph == 0) & (n_paragraphs > 1),
        "after_opening": np.clip(tokens.place - opening, -5, 30),
        "paragraph": np.minimum(paragraph, 20),
        "place_in_paragraph": inside,
        "log_paragraphs": np.log(n_paragraphs),
        "document": np.minimum(tokens.document, 3),
        "n_documents": np.full(n, n_documents),
        "log_total": np.full(n, np.log(max(int(tokens.length.sum()), 1))),
    }
    for order, one in enumerate(weighed, 1):
        concepts = one.concepts
        codes, number = np.unique(concepts.code, return_inverse=True)
        weight = np.bincount(number, one.chance, minlength=len(codes)).astype(float)
        holders = np.bincount(number, minlength=len(codes))
        entry = number[concepts.concept]
        held = np.maximum(np.bincount(concepts.sentence, minlength=n), 1)

        def per_sentence(worth: FloatArray, at: IntArray = concepts.sentence, entry: IntArray = entry) -> FloatArray:
            return np.bincount(at, worth[entry], minlength=n).astype(float)

        total = per_sentence(weight)
        mean = total / held
        values[f"mean_{order}"] = mean
        values[f"mean_of_best_{order}"] = mean / max(float(mean.max()), 1e-9)
        values[f"sum_of_best_{order}"] = total / max(float(total.max()), 1e-9)
        values[f"support_{order}"] = per_sentence(holders / n_documents) / held
        values[f"shared_{order}"] = per_sentence((holders >= 2).astype(float)) / held
        if order == 1:
            unit = 1.0 / np.sqrt(held)
            whole = np.bincount(entry, unit[concepts.sentence], minlength=len(codes)).astype(float)
            norm = max(float(np.sqrt(whole @ whole)), 1e-9)
            values["resemblance"] = per_sentence(whole) * unit / norm
    named = [np.asarray(values[name], dtype=np.float32) for name in CLUSTER_FEATURES if name in values]
    return np.concatenate([np.stack(named, axis=1), rows], axis=1)
