"""What the trained summariser knows of a set of sentences that might be the digest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.sentence_features import REFERENCE_LENGTH, SENTENCE_FEATURES, Weighed
from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.tokens import Tokens

N_SLOTS = 6
"""Sentences of a document that are tried in sets."""

SETS = tuple(combinations(range(N_SLOTS), 1)) + tuple(combinations(range(N_SLOTS), 2))
_FIRST = np.array([members[0] for members in SETS])
_LAST = np.array([members[-1] for members in SETS])
_PAIR = _FIRST != _LAST
_BITS = np.array([sum(1 << slot for slot in members) for members in SETS])
_HIT = ((np.arange(1 << N_SLOTS)[:, None] & _BITS) != 0).astype(float)
_BOTH = ((np.arange(1 << N_SLOTS)[:, None] & _BITS) == _BITS).astype(float) * _PAIR

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
    *(f"{name}_of_{which}" for name in _OF_EACH for which in ("first", "second")),
    *_OF_DOCUMENT,
)


@dataclass(frozen=True, slots=True)
class Slots:
    """The candidate sentences of every document, in document order.

    Attributes
    ----------
    sentence : ndarray of shape (n_documents, N_SLOTS)
        Number of the sentence in the batch; -1 where the document has fewer candidates.
    rank : ndarray of shape (n_documents, N_SLOTS)
        0 for the best-scored candidate.
    """

    sentence: IntArray
    rank: IntArray


def fill_slots(tokens: Tokens, scores: FloatArray, allowed: NDArray[np.bool_]) -> Slots:
    """Return the `N_SLOTS` best sentences of each document among those allowed, shape (n_sentences,)."""
    n_documents = len(tokens.n_sentences)
    order = np.flatnonzero(allowed)
    order = order[np.lexsort((-scores[order], tokens.document[order]))]
    owner = tokens.document[order]
    held = np.bincount(owner, minlength=n_documents)
    rank = np.arange(len(order)) - (np.cumsum(held) - held)[owner]
    kept = rank < N_SLOTS
    order, owner, rank = order[kept], owner[kept], rank[kept]
    back = np.lexsort((order, owner))
    order, owner, rank = order[back], owner[back], rank[back]
    held = np.minimum(held, N_SLOTS)
    slot = np.arange(len(order)) - (np.cumsum(held) - held)[owner]
    sentence = np.full((n_documents, N_SLOTS), -1)
    ranks = np.zeros((n_documents, N_SLOTS), dtype=np.int64)
    sentence[owner, slot], ranks[owner, slot] = order, rank
    return Slots(sentence, ranks)


def set_features(
    tokens: Tokens,
    weighed: tuple[Weighed, Weighed],
    rows: NDArray[np.float32],
    scores: FloatArray,
    slots: Slots,
) -> NDArray[np.float32]:
    """Return an array of shape (n_documents, len(SETS), len(SET_FEATURES)).

    Parameters
    ----------
    rows : ndarray of shape (n_sentences, len(SENTENCE_FEATURES))
        What `sentence_features` gave.
    scores : ndarray of shape (n_sentences,)
        What the sentence ranker gave.

    Notes
    -----
    Sets with an empty slot get values without meaning. How much of the concepts' weight a set covers is
    read from one table per document: the weight of all concepts by the exact slots that hold them.
    """
    shape = (len(slots.sentence), len(SETS))
    first, second = slots.sentence[:, _FIRST], slots.sentence[:, _LAST]
    values: dict[str, NDArray[Any]] = {}
    size = tokens.length[first] + np.where(_PAIR, tokens.length[second], 0)
    mine, other = scores[first], np.where(_PAIR, scores[second], -1.0)
    best = np.where(slots.sentence >= 0, scores[slots.sentence], -np.inf).max(axis=1, keepdims=True)
    best = np.where(np.isfinite(best), best, 0.0)
    values["is_pair"] = np.broadcast_to(_PAIR, shape)
    values["length"] = size
    values["gap"] = np.where(_PAIR, second - first, 0)
    values["best"] = np.broadcast_to(best, shape)
    values["score_1"], values["score_2"] = mine, other
    values["behind_1"] = mine - best
    values["behind_2"] = np.where(_PAIR, other - best, -1.0)
    values["rank_1"] = slots.rank[:, _FIRST]
    values["rank_2"] = np.where(_PAIR, slots.rank[:, _LAST], -1)
    bit = np.zeros(len(tokens.length), dtype=np.int64)
    filled = slots.sentence >= 0
    bit[slots.sentence[filled]] = (1 << np.arange(N_SLOTS) * np.ones_like(slots.sentence))[filled]
    for order, one in enumerate(weighed, 1):
        concepts = one.concepts
        bits = bit[concepts.sentence]
        mask = np.bincount(concepts.concept, bits, minlength=len(one.chance)).astype(np.int64)
        cell = concepts.document * (1 << N_SLOTS) + mask
        n_cells = shape[0] << N_SLOTS
        weight = np.bincount(cell, one.chance, minlength=n_cells).reshape(shape[0], -1)
        titled = np.bincount(cell, concepts.in_title, minlength=n_cells).reshape(shape[0], -1)
        cover = weight @ _HIT
        values[f"cover_{order}"] = cover
        values[f"f1_{order}"] = 2 * cover / (size + REFERENCE_LENGTH)
        values[f"density_{order}"] = cover / np.maximum(size, 1)
        values[f"shared_{order}"] = weight @ _BOTH
        values[f"title_{order}"] = titled @ _HIT / np.maximum(concepts.n_title, 1)[:, None]
    result = np.empty((*shape, len(SET_FEATURES)), dtype=np.float32)
    for number, name in enumerate(_OF_SET):
        result[:, :, number] = values[name]
    each, document = len(_OF_SET), len(SET_FEATURES) - len(_OF_DOCUMENT)
    known = rows[:, _EACH_COLUMNS]
    result[:, :, each:document:2] = known[first]
    result[:, :, each + 1 : document : 2] = np.where(_PAIR[:, None], known[second], -1.0)
    result[:, :, document:] = rows[:, _DOCUMENT_COLUMNS][first]
    return result
