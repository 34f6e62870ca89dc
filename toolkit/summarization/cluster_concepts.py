"""What several articles on one event tell of a term: whether a summary of them all should have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.sentence_features import ConceptTable, Weighed
from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.tokens import Tokens

CONCEPT_FEATURES = (
    "documents", "document_share", "frequency", "chance", "mean_chance", "best_chance", "first_place",
    "mean_place", "in_first", "titles", "title_share", "kind", "rate", "idf", "sentences", "best_score",
    "mean_score", "in_openings", "n_documents", "n_sentences", "log_total",
)  # fmt: skip
_OPENING = 3
"""So many sentences are an article's opening."""


@dataclass(frozen=True, slots=True)
class SharedConcepts:
    """The distinct concepts of all documents of a batch.

    Attributes
    ----------
    code : ndarray of shape (n_concepts,)
    rows : ndarray of shape (n_concepts, len(CONCEPT_FEATURES))
    concept, sentence : ndarray of shape (n_entries,)
        Each concept with each sentence that holds it.
    """

    code: NDArray[np.uint64]
    rows: NDArray[np.float32]
    concept: IntArray
    sentence: IntArray


def share_concepts(tokens: Tokens, weighed: Weighed, table: ConceptTable, scores: FloatArray) -> SharedConcepts:
    """Return the concepts of a batch of documents taken together, with what is known of each.

    Parameters
    ----------
    scores : ndarray of shape (n_sentences,)
        What the sentence ranker gave.

    References
    ----------
    Hong and Nenkova (2014), "Improving the Estimation of Word Importance for News Multi-Document
    Summarization", EACL.
    """
    found = weighed.concepts
    code, number = np.unique(found.code, return_inverse=True)
    n = len(code)

    def total(worth: NDArray[np.number[Any] | np.bool_] | None = None) -> FloatArray:
        return np.bincount(number, worth, minlength=n).astype(float)

    def extreme(worth: FloatArray | IntArray, at: IntArray) -> FloatArray:
        best = np.full(n, -np.inf)
        np.maximum.at(best, at, worth)
        return best

    documents, chance, titles = total(), total(weighed.chance), total(found.in_title)
    concept = number[found.concept]
    sentences = np.bincount(concept, minlength=n)
    score = ((scores - scores.mean()) / (scores.std() + 1e-9))[found.sentence]
    opening = tokens.place[found.sentence] < _OPENING
    n_documents = len(tokens.n_sentences)
    values: dict[str, FloatArray | IntArray] = {
        "documents": documents,
        "document_share": documents / n_documents,
        "frequency": total(found.frequency),
        "chance": chance,
        "mean_chance": chance / n_documents,
        "best_chance": extreme(weighed.chance, number),
        "first_place": -extreme(-found.first, number),
        "mean_place": total(found.first / np.maximum(tokens.n_sentences[found.document], 1)) / documents,
        "in_first": total(found.document == 0),
        "titles": titles,
        "title_share": titles / n_documents,
        "kind": total(found.kind) / documents,
        "rate": total(table.rate[found.bucket]) / documents,
        "idf": total(table.idf[found.bucket]) / documents,
        "sentences": sentences,
        "best_score": extreme(score, concept),
        "mean_score": np.bincount(concept, score, minlength=n) / np.maximum(sentences, 1),
        "in_openings": np.bincount(concept, opening, minlength=n),
        "n_documents": np.full(n, n_documents),
        "n_sentences": np.full(n, len(scores)),
        "log_total": np.full(n, np.log(max(int(tokens.length.sum()), 1))),
    }
    rows = np.stack([np.asarray(values[name], dtype=np.float32) for name in CONCEPT_FEATURES], axis=1)
    return SharedConcepts(code, rows, concept, found.sentence)
