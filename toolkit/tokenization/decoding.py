"""Scores and best labels of many texts at once.

The texts lie behind one another, two padding tokens (number 0) before, between and after them. With two
labels the Viterbi recursion runs over one number, by how much "inside" leads; what it passes on is
constant but for a narrow range of that number, so most places are settled by looking at the place alone
and the rest in short runs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.compilation import (
    CASED,
    PAIR_FIRST,
    TITLE,
    TRIPLE_FIRST,
    TRIPLE_SECOND,
    TRIPLE_THIRD,
    CompiledModel,
    FloatArray,
)
from toolkit.tokenization.hashing import HashIndex

BoolArray = npt.NDArray[np.bool_]
# Sums in another order than underthesea's differ by some 1e-13, and by the rounding of a total that grows
# with the text. A lead that misses a threshold by less than this is decided again in underthesea's order.
_DOUBT = 1e-9
_DOUBT_PER_TOKEN = 1e-13
_SERIAL_RUN = 64
_BLOCK = 1 << 17
_REACH = 2  # how far away a token is seen


class TokenArrays(NamedTuple):
    """What the decoder needs of every token, by its number; row 0 is padding.

    Attributes
    ----------
    written, lowered : ndarray of uint32
        Numbers in the model's vocabulary; 0 where it does not have the string.
    flags : ndarray of uint8
    weights : ndarray of shape (n, 5)
    """

    written: npt.NDArray[np.uint32]
    lowered: npt.NDArray[np.uint32]
    flags: npt.NDArray[np.uint8]
    weights: FloatArray


class Decoded(NamedTuple):
    """Where words begin, and in which texts that hangs on the order of summation."""

    begins: BoolArray
    doubtful: list[int]


class Decoder:
    """Applies a compiled model to token numbers."""

    def __init__(self, model: CompiledModel) -> None:
        self._model = model
        self._pairs = HashIndex(*model.pair_index)
        self._triples = HashIndex(*model.triple_index)
        self._cased_pairs = HashIndex(*model.cased_pair_index)
        self._cased_triples = HashIndex(*model.cased_triple_index)
        self._capital_pair = len(model.pair_weights) // 2
        self._capital_triple = len(model.triple_weights) // 2
        (self._bb, self._bi), (self._ib, self._ii) = model.transitions.tolist()
        self._begin_threshold = self._bb - self._ib  # before a beginning: inside if it leads by more
        self._inside_threshold = self._bi - self._ii
        self._low = min(self._begin_threshold, self._inside_threshold)
        self._high = max(self._begin_threshold, self._inside_threshold)

    def decode(self, ids: npt.NDArray[np.int32], bounds: npt.NDArray[np.int64], tokens: TokenArrays) -> Decoded:
        """Return where words begin.

        Parameters
        ----------
        ids : ndarray of shape (n,)
            Token numbers, two zeros before the first text and after each.
        bounds : ndarray of shape (n_texts + 1,)
            Where each pair of zeros stands.
        """
        lead = self._all_leads(ids, tokens)
        first, last = bounds[:-1] + 2, bounds[1:] - 1
        some = last >= first
        first, last = first[some], last[some]
        self._correct_edges(lead, first, last)
        total = self._accumulate(lead, bounds)
        doubt = _DOUBT + _DOUBT_PER_TOKEN * int(np.diff(bounds).max(initial=0))
        inside, doubtful_places = self._labels(total, bounds, last, doubt)
        np.logical_not(inside, out=inside)
        inside[first] = True
        texts = (np.searchsorted(bounds, doubtful_places, side="right") - 1).tolist()
        return Decoded(inside, sorted(set(texts)))

    def _all_leads(self, ids: npt.NDArray[np.int32], tokens: TokenArrays) -> FloatArray:
        """Return the leads of all places; of very long texts block by block, to save memory."""
        if len(ids) <= 2 * _BLOCK:
            return self._leads(ids, tokens)
        lead = np.empty(len(ids))
        for start in range(0, len(ids), _BLOCK):
            before = min(start, _REACH)
            part = self._leads(ids[start - before : start + _BLOCK + _REACH], tokens)
            stop = min(start + _BLOCK, len(ids))
            lead[start:stop] = part[before : before + stop - start]
        return lead

    def _leads(self, ids: npt.NDArray[np.int32], tokens: TokenArrays) -> FloatArray:
        """Return what each place alone says for "inside"; meaningless at the padding."""
        model = self._model
        rows = tokens.weights.take(ids, axis=0)
        lead: FloatArray = rows[:, 2] + model.base[0]
        lead[2:] += rows[:-2, 0]
        lead[1:] += rows[:-1, 1]
        lead[:-1] += rows[1:, 3]
        lead[:-2] += rows[2:, 4]
        flags = tokens.flags.take(ids)
        lowered = tokens.lowered.take(ids)
        either_cased = (flags[:-1] | flags[1:]) & CASED

        keys = lowered[:-1] << np.uint32(16)
        keys |= lowered[1:]
        pairs = self._pairs.find(keys)
        weights = model.pair_weights.take(pairs + self._capital_pair * (either_cased != 0), axis=0)
        _add_pairs(lead, weights)

        both_title = flags[:-1] & flags[1:]
        _add_capitals(lead, both_title & TITLE, model.title_pair)
        _add_capitals(lead, both_title[:-1] & flags[2:] & TITLE, model.title_triple)

        at = np.flatnonzero(model.pair_goes_on.take(pairs[:-1]))
        if len(at):
            triples = self._triples.find(pairs[at].astype(np.uint64) << np.uint64(16) | lowered[at + 2])
            found = np.flatnonzero(triples)
            at, triples = at[found], triples[found]
            cased = ((either_cased[at] | flags[at + 2]) & CASED) != 0
            _add_triples(lead, at, model.triple_weights[triples + self._capital_triple * cased])

        # PAIR_SECOND and CASED are the bits above and below PAIR_FIRST.
        at = np.flatnonzero(flags[:-1] & (flags[1:] >> 1) & (either_cased << 1) & PAIR_FIRST)
        if len(at):
            keys = tokens.written[ids[at]] << np.uint32(16) | tokens.written[ids[at + 1]]
            found_pairs = self._cased_pairs.find(keys)
            kept = np.flatnonzero(found_pairs)
            at, pair_weights = at[kept], model.cased_pair_weights[found_pairs[kept]]
            for column, shift in enumerate((2, 1, 0, -1)):
                inner = at < len(lead) - shift
                lead[at[inner] + shift] += pair_weights[inner, column]

        third = (flags[:-2] & TRIPLE_FIRST != 0) & (flags[1:-1] & TRIPLE_SECOND != 0)
        third &= flags[2:] & TRIPLE_THIRD != 0
        at = np.flatnonzero(third)
        if len(at):
            written = [tokens.written[ids[at + step]].astype(np.uint64) for step in range(3)]
            wide = written[0] << np.uint64(32) | written[1] << np.uint64(16) | written[2]
            found_triples = self._cased_triples.find(wide)
            kept = np.flatnonzero(found_triples)
            _add_triples(lead, at[kept], model.cased_triple_weights[found_triples[kept]])
        return lead

    def _correct_edges(self, lead: FloatArray, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> None:
        edges = self._model.edges
        lead[first] += edges[0]
        lead[last] += edges[3]
        several = last > first
        lead[first[several] + 1] += edges[1]
        lead[last[several] - 1] += edges[2]
        lead[first[~several]] += edges[4]

    def _pass_on(self, lead: Any) -> Any:
        """Return what a lead at one place adds to the lead at the next."""
        return np.maximum(self._bi, lead + self._ii) - np.maximum(self._bb, lead + self._ib)

    def _accumulate(self, lead: FloatArray, bounds: npt.NDArray[np.int64]) -> FloatArray:
        """Return the lead of "inside" over "begins" at each place, given all places before it."""
        behind, ahead = self._bi - self._bb, self._ii - self._ib  # what is passed on far below and above
        floor = lead + min(behind, ahead)
        above = floor >= self._high
        floor += abs(behind - ahead)
        below = floor <= self._low
        passed = np.where(above, ahead, behind)
        unsettled = ~(above | below)
        passed[bounds] = passed[bounds + 1] = 0.0
        unsettled[bounds] = unsettled[bounds + 1] = False
        total = lead
        total[1:] += passed[:-1]  # still wrong behind unsettled places
        places = np.flatnonzero(unsettled)
        if len(places) == 0:
            return total
        # Runs of unsettled places: the first place of each has its total, each next one follows from it.
        begins = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        starts = places[begins]
        lengths = np.diff(begins, append=len(places))
        total[places + 1] -= passed[places]
        at, left = starts, lengths
        for _ in range(_SERIAL_RUN):
            total[at + 1] += self._pass_on(total[at])
            going = left > 1
            at, left = at[going] + 1, left[going] - 1
            if len(at) == 0:
                break
        for start, length in zip(at.tolist(), left.tolist(), strict=True):
            for place in range(start, start + length):
                value = total[place]
                total[place + 1] += max(self._bi, value + self._ii) - max(self._bb, value + self._ib)
        return total

    def _labels(
        self, total: FloatArray, bounds: npt.NDArray[np.int64], last: npt.NDArray[np.int64], doubt: float
    ) -> tuple[BoolArray, npt.NDArray[np.int64]]:
        """Return which places are inside a word, and the places that are too close to call."""
        inside = total > self._high + doubt
        open_ = total > self._low - doubt
        open_ ^= inside
        open_[bounds] = open_[bounds + 1] = False
        final = total[last]
        inside[last] = final > 0
        open_[last] = False
        doubtful = [last[np.abs(final) <= doubt]]
        places = np.flatnonzero(open_)
        if len(places):
            values = total[places]
            if_inside, if_begin = values > self._inside_threshold, values > self._begin_threshold
            near = np.minimum(np.abs(values - self._inside_threshold), np.abs(values - self._begin_threshold))
            doubtful.append(places[near <= doubt])
            # Runs of open places, decided from the right.
            ends = np.flatnonzero(np.diff(places, append=places[-1] + 2) != 1)
            lengths = np.diff(ends, prepend=-1)
            at, left = ends, lengths
            for _ in range(_SERIAL_RUN):
                here = places[at]
                inside[here] = np.where(inside[here + 1], if_inside[at], if_begin[at])
                going = left > 1
                at, left = at[going] - 1, left[going] - 1
                if len(at) == 0:
                    break
            for end, length in zip(at.tolist(), left.tolist(), strict=True):
                for index in range(end, end - length, -1):
                    place = places[index]
                    inside[place] = if_inside[index] if inside[place + 1] else if_begin[index]
        return inside, np.concatenate(doubtful)


def _add_pairs(lead: FloatArray, weights: FloatArray) -> None:
    """Add each pair's weights to the places that see it: from two behind its first token to one before."""
    lead[2:] += weights[:-1, 0]
    lead[1:] += weights[:, 1]
    lead[:-1] += weights[:, 2]
    lead[:-2] += weights[1:, 3]


def _add_triples(lead: FloatArray, at: npt.NDArray[np.int64], weights: FloatArray) -> None:
    """Add the weights of the triples that begin at the distinct places `at`."""
    lead[at + 2] += weights[:, 0]
    lead[at + 1] += weights[:, 1]
    lead[at] += weights[:, 2]


def _add_capitals(lead: FloatArray, where: npt.NDArray[Any], weights: FloatArray) -> None:
    """Add `weights` (one a column, the farthest place first) where all tokens of a group have a capital."""
    for column, weight in enumerate(weights.tolist()):
        if weight:
            shift = 2 - column
            source = where[max(0, -shift) : len(lead) - max(0, shift)]
            start = max(0, shift)
            lead[start : start + len(source)] += np.multiply(source, weight, dtype=np.float64)
