"""What the trained ranker knows of a sentence: numbers any article gives, none of them a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.tokens import Concepts, Tokens

REFERENCE_LENGTH = 39.0
"""Mean syllables of the abstracts that the ranker was trained on."""

_FREQUENCY = np.array([0, 0, 1, 2, 2, 3])
_FIRST = np.array([0, 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5])
_N_RATES = 12
N_CELLS = 4 * 6 * 3 * _N_RATES * 3

SENTENCE_FEATURES = (
    "place", "place_ratio", "before", "n_sentences", "length", "length_ratio", "document_length",
    "capitals", "figures", "stop_words",
    "expected_1", "density_1", "f1_1", "new_1", "title_recall_1", "title_share_1", "rate_1",
    "expected_2", "density_2", "f1_2", "new_2", "title_recall_2", "title_share_2", "rate_2",
    "centrality", "title_weight", "repeated", "f1_1_of_best", "f1_2_of_best", "expected_1_of_best",
    "centrality_of_best", "title_weight_of_best", "f1_1_before", "f1_1_after", "has_title", "title_length",
    "leans", "quotes", "ends", "commas",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConceptTable:
    """How often terms of an article come back in its abstract, by what can be seen of them.

    Attributes
    ----------
    rate, idf : ndarray of shape (n_buckets,)
        Of the articles holding a term, how many have it in the abstract; inverse document frequency. In single
        precision they take half the time to look up.
    edges : ndarray of shape (11,)
        Bounds of the twelve classes of `rate`.
    probability : ndarray of shape (N_CELLS,)
        Chance to stand in the abstract, by frequency, first place, title, class of rate and kind.
    """

    rate: NDArray[np.floating[Any]]
    idf: NDArray[np.floating[Any]]
    edges: FloatArray
    probability: FloatArray
    _class: NDArray[np.uint8] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The class of a rate depends on the bucket alone.
        object.__setattr__(self, "_class", np.searchsorted(self.edges, self.rate).astype(np.uint8))

    def cells(self, concepts: Concepts, has_title: NDArray[np.bool_]) -> IntArray:
        """Return the row of the probability table of every concept, shape (n_concepts,)."""
        frequency = _FREQUENCY[np.minimum(concepts.frequency, 5)]
        first = _FIRST[np.minimum(concepts.first, 11)]
        title = np.where(has_title[concepts.document], concepts.in_title.astype(np.int64), 2)
        rate = self._class[concepts.bucket]
        cell = ((frequency * 6 + first) * 3 + title) * _N_RATES + rate
        return np.asarray(cell * 3 + concepts.kind, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The concepts of a batch with their chance to stand in the abstract."""

    concepts: Concepts
    chance: FloatArray


def weigh(tokens: Tokens, concepts: Concepts, table: ConceptTable) -> Weighed:
    """Return `concepts` with their probabilities, shape (n_concepts,)."""
    cells = table.cells(concepts, tokens.title_length > 0)
    return Weighed(concepts, table.probability[cells])


def sentence_features(
    tokens: Tokens, weighed: tuple[Weighed, Weighed], tables: tuple[ConceptTable, ConceptTable]
) -> NDArray[np.float32]:
    """Return an array of shape (n_sentences, len(SENTENCE_FEATURES)), columns named there.

    ``expected`` sums the chances of a sentence's concepts to stand in the abstract (1: syllables, 2:
    bigrams); ``f1`` is the ROUGE F1 that this lets expect of the sentence alone; ``new`` counts the
    concepts that it is the first to name; ``centrality`` is its cosine with the whole document.

    References
    ----------
    Gillick and Favre (2009), "A Scalable Global Model for Summarization" (concepts weighed, then
    covered); Hong and Nenkova (2014), "Improving the Estimation of Word Importance for News".
    """
    n = len(tokens.length)
    owner = tokens.document
    length = np.maximum(tokens.length, 1).astype(float)
    count = tokens.n_sentences[owner]
    total = np.bincount(owner, tokens.length, minlength=len(tokens.n_sentences))
    running = np.cumsum(tokens.length) - tokens.length
    values: dict[str, FloatArray | IntArray | NDArray[np.bool_]] = {
        "place": tokens.place,
        "place_ratio": tokens.place / np.maximum(count, 1),
        "before": running - running[tokens.first[owner]],
        "n_sentences": count,
        "length": tokens.length,
        "length_ratio": tokens.length * count / np.maximum(total[owner], 1),
        "document_length": total[owner],
        "capitals": tokens.capitals / length,
        "figures": tokens.count(2) / length,
        "stop_words": tokens.count(1) / length,
        "has_title": tokens.title_length[owner] > 0,
        "title_length": tokens.title_length[owner],
        "leans": tokens.leans,
        "quotes": tokens.quotes,
        "ends": tokens.ends,
        "commas": tokens.commas,
    }
    for order, (one, table) in enumerate(zip(weighed, tables, strict=True), 1):
        concepts = one.concepts
        entry, at = concepts.concept, concepts.sentence
        chance = one.chance[entry]
        expected = np.bincount(at, chance, minlength=n)
        first = concepts.first[entry] == tokens.place[at]
        titled = np.bincount(at, concepts.in_title[entry], minlength=n)
        values[f"expected_{order}"] = expected
        values[f"density_{order}"] = expected / length
        values[f"f1_{order}"] = 2 * expected / (tokens.length + REFERENCE_LENGTH)
        values[f"new_{order}"] = np.bincount(at, chance * first, minlength=n)
        values[f"title_recall_{order}"] = titled / np.maximum(concepts.n_title[owner], 1)
        values[f"title_share_{order}"] = titled / length
        values[f"rate_{order}"] = np.bincount(at, table.rate[concepts.bucket][entry], minlength=n) / length
    _compare(values, tokens, weighed[0].concepts, tables[0].idf[weighed[0].concepts.bucket])
    return columns([values[name] for name in SENTENCE_FEATURES])


def columns(values: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
    """Return an array of shape (n, len(values)), each column in one piece of memory, as forests read them."""
    result = np.empty((len(values), len(values[0])), dtype=np.float32)
    for row, one in zip(result, values, strict=True):
        row[:] = one
    return result.T


def _compare(
    values: dict[str, FloatArray | IntArray | NDArray[np.bool_]],
    tokens: Tokens,
    concepts: Concepts,
    idf: NDArray[np.floating[Any]],
) -> None:
    """Add what depends on the other sentences of the document."""
    n, owner = len(tokens.length), tokens.document
    entry, at = concepts.concept, concepts.sentence
    weight = np.where(concepts.kind == 1, 0.1, 1.0) * idf
    norm = np.sqrt(np.bincount(at, weight[entry] ** 2, minlength=n))
    unit = weight[entry] / np.maximum(norm[at], 1e-9)
    whole = np.bincount(entry, unit, minlength=len(idf))
    count = tokens.n_sentences[owner]
    values["centrality"] = (np.bincount(at, unit * whole[entry], minlength=n) - 1) / np.maximum(count, 1)
    repeated = np.where(concepts.frequency > 1, np.log(concepts.frequency) * idf, 0.0)
    values["repeated"] = np.bincount(at, repeated[entry], minlength=n) / np.maximum(tokens.length, 1)
    titled = np.where(concepts.in_title, idf, 0.0)
    of_title = np.bincount(concepts.document, titled, minlength=len(tokens.n_sentences))
    values["title_weight"] = np.bincount(at, titled[entry], minlength=n) / np.maximum(of_title[owner], 1e-9)
    for name in ("f1_1", "f1_2", "expected_1", "centrality", "title_weight"):
        best = np.zeros(len(tokens.n_sentences))
        held = tokens.n_sentences > 0
        if n:
            best[held] = np.maximum.reduceat(np.asarray(values[name], dtype=float), tokens.first[held])
        values[f"{name}_of_best"] = values[name] / np.maximum(best[owner], 1e-9)
    alone = np.asarray(values["f1_1"], dtype=float)
    values["f1_1_before"] = np.where(tokens.place > 0, np.concatenate([alone[-1:], alone[:-1]]), -1.0)
    values["f1_1_after"] = np.where(tokens.place < count - 1, np.concatenate([alone[1:], alone[:1]]), -1.0)
