"""Filling a budget with sentences that each add the most: greedy coverage of weighed concepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.summarization.cluster_concepts import SharedConcepts
from toolkit.summarization.cues import amounts
from toolkit.summarization.select import Limits
from toolkit.summarization.sentence_features import Weighed
from toolkit.summarization.terms import FloatArray, IntArray

BIGRAM_WEIGHT = 2.0
_SINGLE = 0.3
"""Weight of a syllable against a bigram where summaries of several articles are concerned."""
_WHOLE, _COST = 0.3, 0.6
"""Weight of whole sentences against new concepts, and the power of the length that they pay with."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which sentence holds which concept, and what each concept is worth.

    Attributes
    ----------
    sentence, concept : ndarray of shape (n_entries,)
    weight : ndarray of shape (n_concepts,)
    length : ndarray of shape (n_sentences,)
        Syllables.
    """

    sentence: IntArray
    concept: IntArray
    weight: FloatArray
    length: IntArray

    def mass(self, weight: FloatArray) -> FloatArray:
        """Return the summed weight of each sentence's concepts, shape (n_sentences,)."""
        return np.bincount(self.sentence, weight[self.concept], minlength=len(self.length)).astype(float)


Gain = Callable[[FloatArray], FloatArray]
"""Says what each sentence is worth, given the weight of its concepts that no chosen sentence holds."""


def matches(values: FloatArray, length: IntArray, factor: FloatArray) -> Gain:
    """Return the gain by what a summary should repeat: new concepts by their chances, and whole sentences.

    Parameters
    ----------
    values : ndarray of shape (n_sentences,)
        The share of a sentence that a summary should repeat.
    factor : ndarray of shape (n_sentences,)
        How much each sentence is wanted besides; 0 keeps it out.
    """
    size = np.maximum(length, 1)
    scale, whole = factor / size**_COST, _WHOLE * np.maximum(values, 0.0) * size
    return lambda added: (added + whole) * scale


def products(values: FloatArray, length: IntArray, added: float, cost: float) -> Gain:
    """Return the gain ``value * added**a * length**(1 - a - cost)``: a = 1 is greedy coverage with costs."""
    scale = np.maximum(values, 0.0) * np.maximum(length, 1) ** (1.0 - added - cost)
    # What adds nothing new may still fill a budget, last of all.
    return lambda mass: scale * (mass + 1e-9) ** added


def figures_first(texts: Sequence[str], length: IntArray, bonus: float, long: int) -> FloatArray:
    """Return a factor per sentence, shape (n_sentences,): each amount adds `bonus`, length beyond `long` tires."""
    return (1.0 + bonus * np.array([amounts(text) for text in texts])) * np.minimum(1.0, long / np.maximum(length, 1))


def shared_coverage(shared: Sequence[SharedConcepts], chances: Sequence[FloatArray], length: IntArray) -> Coverage:
    """Return the concepts that documents share, syllables first, weighed by their `chances`."""
    (one, two), (single, double) = shared, chances
    return Coverage(
        np.concatenate([one.sentence, two.sentence]),
        np.concatenate([one.concept, two.concept + len(one.code)]),
        np.concatenate([_SINGLE * np.maximum(single, 0.0), np.maximum(double, 0.0)]),
        length,
    )


def document_coverage(weighed: Sequence[Weighed], document: int, first: int, length: IntArray) -> Coverage:
    """Return the concepts of one document of a batch; sentences count from its `first`."""
    sentences, concepts, weights = [], [], []
    offset = 0
    for order, one in enumerate(weighed, 1):
        found = one.concepts
        low, high = np.searchsorted(found.document, [document, document + 1])
        start, stop = np.searchsorted(found.concept, [low, high])
        weights.append(one.chance[low:high] * (BIGRAM_WEIGHT if order == 2 else 1.0))
        sentences.append(found.sentence[start:stop] - first)
        concepts.append(found.concept[start:stop] - low + offset)
        offset += int(high - low)
    return Coverage(np.concatenate(sentences), np.concatenate(concepts), np.concatenate(weights), length)


def cover(
    coverage: Coverage,
    gain: Gain,
    limit: Limits,
    start: Sequence[int] = (),
    accept: Callable[[int, Sequence[int]], bool] = lambda _index, _chosen: True,
) -> tuple[int, ...]:
    """Return the sentences chosen, in the order chosen, those of `start` first.

    Each step takes the sentence with the largest gain that fits; without any gain it stays out.

    Parameters
    ----------
    accept
        Says whether a sentence may join those chosen so far.

    References
    ----------
    Gillick and Favre (2009), "A Scalable Global Model for Summarization"; Lin and Bilmes (2010),
    "Multi-document Summarization via Budgeted Maximization of Submodular Functions", NAACL.
    """
    weight = coverage.weight.copy()
    free = np.ones(len(coverage.length), dtype=bool)
    chosen: list[int] = []
    left = limit.syllables

    def take(index: int) -> None:
        nonlocal left
        chosen.append(index)
        free[index] = False
        left -= int(coverage.length[index])
        weight[coverage.concept[coverage.sentence == index]] = 0.0

    for index in start:
        take(index)
    while len(chosen) < limit.sentences:
        worth = np.where(free & (coverage.length <= left), gain(coverage.mass(weight)), 0.0)
        order = np.argsort(-worth, kind="stable")[: np.count_nonzero(worth > 0)]
        best = next((int(index) for index in order if accept(int(index), chosen)), None)
        if best is None:
            break
        take(best)
    return tuple(chosen)
