"""What the trained summariser knows of a set of sentences that might be the digest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.sentence_features import REFERENCE_LENGTH, SENTENCE_FEATURES, Weighed, columns
from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Tried:
    """Which sets of a document are tried.

    Attributes
    ----------
    anchors : int
        Best sentences that are tried with any other.
    singles : int
        Best sentences that are tried alone.
    ranked : int
        Best sentences that are tried at all, but for those that a leaning one needs.
    """

    anchors: int
    singles: int
    ranked: int


TRIED = Tried(anchors=3, singles=2, ranked=8)
"""Of a document to digest: with twice as many sets none better is chosen."""

_OF_EACH = (
    "place", "length", "f1_1", "f1_2", "rate_1", "rate_2", "centrality", "capitals", "title_weight",
    "leans", "quotes", "ends", "figures", "stop_words", "before",
)  # fmt: skip
_OF_DOCUMENT = ("n_sentences", "document_length", "title_length", "has_title")
_COLUMN = {name: column for column, name in enumerate(SENTENCE_FEATURES)}
_EACH_COLUMNS = [_COLUMN[name] for name in _OF_EACH]
_DOCUMENT_COLUMNS = [_COLUMN[name] for name in _OF_DOCUMENT]
_OF_SET = (
    "is_pair", "length", "gap", "best", "score_1", "score_2", "behind_1", "behind_2", "rank_1", "rank_2",
    *(f"{what}_{order}" for order in (1, 2) for what in ("cover", "f1", "density", "shared", "title")),
)  # fmt: skip
SET_FEATURES = (
    *_OF_SET,
    *(f"{name}_of_{which}" for which in ("first", "second") for name in _OF_EACH),
    *_OF_DOCUMENT,
)


@dataclass(frozen=True, slots=True)
class CandidateSets:
    """Sentences and pairs of sentences that might be the digest, document by document.

    Attributes
    ----------
    document : ndarray of shape (n_sets,)
    first, second : ndarray of shape (n_sets,)
        Numbers of the sentences in the batch, in document order; the same number twice for a single one.
    rank_1, rank_2 : ndarray of shape (n_sets,)
        Their ranks in the document, 0 for the best-scored sentence.
    anchors : ndarray of shape (n_documents, tried.anchors)
        The best sentences of each document; -1 where it has fewer.
    """

    document: IntArray
    first: IntArray
    second: IntArray
    rank_1: IntArray
    rank_2: IntArray
    anchors: IntArray

    def take(self, kept: NDArray[np.bool_] | IntArray) -> CandidateSets:
        """Return the sets that are `kept`: a mask or their numbers."""
        return replace(
            self,
            document=self.document[kept],
            first=self.first[kept],
            second=self.second[kept],
            rank_1=self.rank_1[kept],
            rank_2=self.rank_2[kept],
        )

    def leading(self, worth: FloatArray, n: int) -> IntArray:
        """Return the numbers of each document's `n` sets with the largest worth, the best first.

        Parameters
        ----------
        worth : ndarray of shape (n_sets,)
        """
        order = np.lexsort((-worth, self.document))
        held = np.bincount(self.document, minlength=len(self.anchors))
        rank = np.arange(len(order)) - (np.cumsum(held) - held)[self.document[order]]
        return order[rank < n]


@cache
def _ranks(tried: Tried) -> tuple[IntArray, IntArray]:
    """Return for every set to try the ranks of its sentences, the better one first."""
    ranks = [(rank, rank) for rank in range(tried.singles)]
    ranks += [(anchor, rank) for anchor in range(tried.anchors) for rank in range(anchor + 1, tried.ranked)]
    anchors, others = np.array(ranks).T
    return anchors, others


def candidate_sets(
    tokens: Tokens, scores: FloatArray, allowed: NDArray[np.bool_], tried: Tried = TRIED
) -> CandidateSets:
    """Return the sets to try of the sentences allowed, shape (n_sentences,): the best alone, and with others."""
    anchor_ranks, other_ranks = _ranks(tried)
    n_documents = len(tokens.n_sentences)
    order = np.flatnonzero(allowed)
    order = order[np.lexsort((-scores[order], tokens.document[order]))]
    owner = tokens.document[order]
    held = np.bincount(owner, minlength=n_documents)
    rank = np.arange(len(order)) - (np.cumsum(held) - held)[owner]
    kept = rank < tried.ranked
    best = np.full((n_documents, tried.ranked), -1)
    best[owner[kept], rank[kept]] = order[kept]
    document, number = np.nonzero(best[:, other_ranks] >= 0)
    one, two = best[document, anchor_ranks[number]], best[document, other_ranks[number]]
    anchor, other = anchor_ranks[number], other_ranks[number]
    # A leaning anchor also comes with the sentence it leans on, whatever rank that has.
    ranks = np.full(len(tokens.length), -1)
    ranks[order] = rank
    found, place = np.nonzero(best[:, : tried.anchors] > 0)
    leaning = best[found, place]
    before = leaning - 1
    new = tokens.leans[leaning] & (tokens.document[before] == found) & (ranks[before] >= tried.ranked)
    document = np.concatenate([document, found[new]])
    one, two = np.concatenate([one, leaning[new]]), np.concatenate([two, before[new]])
    anchor, other = np.concatenate([anchor, place[new]]), np.concatenate([other, ranks[before[new]]])
    turned = one > two
    return CandidateSets(
        document=document,
        first=np.where(turned, two, one),
        second=np.where(turned, one, two),
        rank_1=np.where(turned, other, anchor),
        rank_2=np.where(turned, anchor, other),
        anchors=best[:, : tried.anchors],
    ).take(np.argsort(document, kind="stable"))


def set_features(
    tokens: Tokens,
    weighed: tuple[Weighed, Weighed],
    rows: NDArray[np.float32],
    scores: FloatArray,
    sets: CandidateSets,
) -> NDArray[np.float32]:
    """Return an array of shape (n_sets, len(SET_FEATURES)).

    Parameters
    ----------
    rows : ndarray of shape (n_sentences, len(SENTENCE_FEATURES))
        What `sentence_features` gave.
    scores : ndarray of shape (n_sentences,)
        What the sentence ranker gave.

    Notes
    -----
    What two sentences have in common is read from one table: the weight of each sentence's concepts by
    the exact anchors of its document that hold them too.
    """
    first, second = sets.first, sets.second
    paired = first != second
    anchor = np.where(paired, np.minimum(sets.rank_1, sets.rank_2), 0)
    other = np.where(sets.rank_1 > sets.rank_2, first, second)
    size = tokens.length[first] + np.where(paired, tokens.length[second], 0)
    one, two = scores[first], np.where(paired, scores[second], -1.0)
    best = scores[sets.anchors[:, 0]][sets.document]
    values: dict[str, NDArray[Any]] = {
        "is_pair": paired,
        "length": size,
        "gap": second - first,
        "best": best,
        "score_1": one,
        "score_2": two,
        "behind_1": one - best,
        "behind_2": np.where(paired, two - best, -1.0),
        "rank_1": sets.rank_1,
        "rank_2": np.where(paired, sets.rank_2, -1),
    }
    bit = np.zeros(len(tokens.length), dtype=np.int64)
    for number, sentences in enumerate(sets.anchors.T):
        bit[sentences[sentences >= 0]] = 1 << number
    n_anchors = sets.anchors.shape[1]
    holds = ((np.arange(1 << n_anchors)[:, None] >> np.arange(n_anchors)) & 1).astype(float)
    for order, weigh in enumerate(weighed, 1):
        concepts = weigh.concepts
        mask = np.bincount(concepts.concept, bit[concepts.sentence], minlength=len(weigh.chance)).astype(np.int64)
        cell = (concepts.sentence << n_anchors) + mask[concepts.concept]
        titled = concepts.in_title[concepts.concept]
        weight, in_title = (
            np.bincount(cells, worth, minlength=len(bit) << n_anchors).reshape(-1, len(holds))
            for cells, worth in ((cell, weigh.chance[concepts.concept]), (cell[titled], None))
        )
        shared = (weight @ holds)[other, anchor] * paired
        whole, named = weight.sum(axis=1), in_title.sum(axis=1)
        cover = whole[first] + np.where(paired, whole[second] - shared, 0.0)
        n_titled = named[first] + np.where(paired, named[second] - (in_title @ holds)[other, anchor], 0.0)
        values[f"cover_{order}"] = cover
        values[f"f1_{order}"] = 2 * cover / (size + REFERENCE_LENGTH)
        values[f"density_{order}"] = cover / np.maximum(size, 1)
        values[f"shared_{order}"] = shared
        values[f"title_{order}"] = n_titled / np.maximum(concepts.n_title, 1)[sets.document]
    known = rows.T
    every = [values[name] for name in _OF_SET]
    every += [known[column][first] for column in _EACH_COLUMNS]
    every += [np.where(paired, known[column][second], -1.0) for column in _EACH_COLUMNS]
    every += [known[column][first] for column in _DOCUMENT_COLUMNS]
    return columns(every)
