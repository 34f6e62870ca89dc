"""Filling a budget with sentences that each add the most: greedy coverage of weighed concepts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Protocol

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
_MANY = 100
"""Sentences from which it pays to know which of them hold a concept."""


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


class Gain(Protocol):
    """Says what sentences are worth, given the weight of their concepts that no chosen sentence holds."""

    def __call__(self, added: FloatArray, at: IntArray | slice = slice(None)) -> FloatArray:
        """Return an array of the shape of `added`, which is about the sentences `at`."""
        ...


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

    def gain(added: FloatArray, at: IntArray | slice = slice(None)) -> FloatArray:
        return (added + whole[at]) * scale[at]

    return gain


def products(values: FloatArray, length: IntArray, added: float, cost: float) -> Gain:
    """Return the gain ``value * added**a * length**(1 - a - cost)``: a = 1 is greedy coverage with costs."""
    scale = np.maximum(values, 0.0) * np.maximum(length, 1) ** (1.0 - added - cost)
    power = added

    def gain(added: FloatArray, at: IntArray | slice = slice(None)) -> FloatArray:
        # What adds nothing new may still fill a budget, last of all.
        return scale[at] * (added + 1e-9) ** power

    return gain


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
    start: Iterable[int] = (),
    accept: Callable[[int, Collection[int]], bool] = lambda _index, _chosen: True,
    stirs: Callable[[int], Iterable[int]] | None = None,
    shortest: int = 0,
) -> tuple[int, ...]:
    """Return the sentences chosen, in the order chosen, those of `start` first.

    Each step takes the sentence with the largest gain that fits; without any gain it stays out.

    Parameters
    ----------
    accept
        Says whether a sentence may join those chosen so far.
    stirs
        Of a sentence that was taken, those that may join now if they could not before; any may where it is not
        given, and all of them are asked again.
    shortest
        Syllables of the shortest sentence that takes the room which one that adds more does not fit into.

    References
    ----------
    Gillick and Favre (2009), "A Scalable Global Model for Summarization"; Lin and Bilmes (2010),
    "Multi-document Summarization via Budgeted Maximization of Submodular Functions", NAACL.
    """
    # A dictionary is a set that keeps its order.
    chosen = dict.fromkeys(start)
    left = limit.syllables - int(coverage.length[list(chosen)].sum())
    weight = coverage.weight.copy()
    for index in chosen:
        weight[coverage.concept[coverage.sentence == index]] = 0.0
    worth = gain(coverage.mass(weight))
    queue = [(-gained, index) for index, gained in enumerate(worth.tolist()) if gained > 0 and index not in chosen]
    heapify(queue)
    waiting: set[int] = set()
    rows: tuple[_Rows, _Rows] | None = None
    least = 0
    while queue and len(chosen) < limit.sentences:
        gained, index = heappop(queue)
        if index in chosen or index in waiting or -gained != worth[index] or coverage.length[index] < least:
            continue
        if coverage.length[index] > left:
            least = shortest if coverage.length[index] <= limit.syllables else least
            continue
        if not accept(index, chosen):
            waiting.add(index)
            continue
        chosen[index] = None
        left -= int(coverage.length[index])
        if len(chosen) == limit.sentences:
            break
        if rows is None and len(coverage.length) > _MANY:
            held = _Rows.of(coverage.sentence, coverage.concept, len(coverage.length))
            rows = held, _Rows.of(coverage.concept, coverage.sentence, len(coverage.weight))
        poorer = _drop(coverage, weight, worth, index, gain, rows)
        woken = waiting.intersection(stirs(index)) if stirs is not None else set(waiting)
        waiting -= woken
        for other in woken.union(poorer.tolist()).difference(chosen, waiting):
            if worth[other] > 0:
                heappush(queue, (-float(worth[other]), other))
    return tuple(chosen)


def _drop(
    coverage: Coverage,
    weight: FloatArray,
    worth: FloatArray,
    index: int,
    gain: Gain,
    rows: tuple[_Rows, _Rows] | None,
) -> IntArray:
    """Take the concepts of a sentence out of `weight` and `worth`; return the sentences that are worth less now.

    Parameters
    ----------
    rows
        The concepts of each sentence and the sentences of each concept; None where there are so few that everything is
        counted anew.
    """
    if rows is None:
        weight[coverage.concept[coverage.sentence == index]] = 0.0
        left = gain(coverage.mass(weight))
        poorer = np.flatnonzero(left != worth)
        worth[:] = left
        return poorer
    held, holders = rows
    concepts = held.at([index])
    concepts = concepts[weight[concepts] != 0.0]
    weight[concepts] = 0.0
    poorer = np.unique(holders.at(concepts))
    mass = np.bincount(np.repeat(np.arange(len(poorer)), held.size[poorer]), weight[held.at(poorer)], len(poorer))
    worth[poorer] = gain(mass.astype(float), poorer)
    return poorer


@dataclass(frozen=True, slots=True)
class _Rows:
    """The values of each row, those of one row after those of another: `size` of them from `first` on."""

    values: IntArray
    first: IntArray
    size: IntArray

    @classmethod
    def of(cls, row: IntArray, values: IntArray, n_rows: int) -> _Rows:
        size = np.bincount(row, minlength=n_rows)
        return cls(values[np.argsort(row, kind="stable")], np.cumsum(size) - size, size)

    def at(self, rows: Sequence[int] | IntArray) -> IntArray:
        """Return the values of some rows in a row."""
        size = self.size[rows]
        jumps = np.repeat(self.first[rows] - np.cumsum(size) + size, size)
        found: IntArray = self.values[jumps + np.arange(len(jumps))]
        return found
