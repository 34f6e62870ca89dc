"""Filling a budget with sentences that each add the most: greedy coverage of weighed concepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.summarization.select import Limits
from toolkit.summarization.sentence_features import Weighed
from toolkit.summarization.terms import FloatArray, IntArray

BIGRAM_WEIGHT = 2.0


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


@dataclass(frozen=True, slots=True)
class Exponents:
    """How a sentence's own value, what it adds and its length weigh against each other."""

    value: float = 1.0
    added: float = 1.0
    length: float = 0.5
    repetition: float = 0.0


def build_coverage(weighed: Sequence[Weighed], length: IntArray) -> Coverage:
    """Return the concepts of all documents of a batch as one, their chances summed over documents."""
    sentences, concepts, weights = [], [], []
    offset = 0
    for order, one in enumerate(weighed, 1):
        codes, number = np.unique(one.concepts.code, return_inverse=True)
        chance = np.bincount(number, one.chance, minlength=len(codes))
        weights.append(chance * (BIGRAM_WEIGHT if order == 2 else 1.0))
        sentences.append(one.concepts.sentence)
        concepts.append(number[one.concepts.concept] + offset)
        offset += len(codes)
    return Coverage(np.concatenate(sentences), np.concatenate(concepts), np.concatenate(weights), length)


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
    values: FloatArray,
    limit: Limits,
    exponents: Exponents,
    start: Sequence[int] = (),
    accept: Callable[[int, Sequence[int]], bool] = lambda _index, _chosen: True,
) -> tuple[int, ...]:
    """Return the sentences chosen, in the order chosen, those of `start` first.

    Each step takes the sentence with the largest ``value**a * added**b * length**(1 - b - c) * (1 - d r)``,
    where ``added`` is the weight of its concepts that no chosen sentence holds and r the share of its
    weight that chosen ones hold: a = d = 0 and b = 1 is greedy submodular coverage with costs.

    Parameters
    ----------
    values : ndarray of shape (n_sentences,)
        Non-negative; 0 keeps a sentence out.
    accept
        Says whether a sentence may join those chosen so far.

    References
    ----------
    Lin and Bilmes (2010), "Multi-document Summarization via Budgeted Maximization of Submodular
    Functions", NAACL.
    """
    weight = coverage.weight.copy()
    length = np.maximum(coverage.length, 1)
    fixed = np.maximum(values, 0.0) ** exponents.value
    fixed = fixed * length ** (1.0 - exponents.added - exponents.length)
    whole = coverage.mass(coverage.weight) + 1e-9
    free = values > 0
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
        open_ = free & (coverage.length <= left)
        if not open_.any():
            break
        # What adds nothing new may still fill a budget, last of all.
        added = coverage.mass(weight) + 1e-9
        gain = fixed * added**exponents.added * (1.0 - exponents.repetition * (1.0 - added / whole))
        gain = np.where(open_, gain, -1.0)
        order = np.argsort(-gain, kind="stable")[: int(open_.sum())]
        best = next((int(index) for index in order if accept(int(index), chosen)), None)
        if best is None:
            break
        take(best)
    return tuple(chosen)
