"""Sorted sets of numbers that say where each of many numbers stands among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

_ROOM = 3  # bits that the hash table has more than the keys need: at least four slots a key
_SMALLEST, _LARGEST = 10, 24  # bits of the hash table; 2²⁴ slots are 64 MB
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio: Knuth's multiplicative hashing


class KeyTable:
    """Distinct numbers in ascending order, found by a hash and, where two keys share a slot, by bisection.

    Attributes
    ----------
    keys : ndarray of shape (n_keys,)
    """

    def __init__(self, keys: IntArray) -> None:
        self.keys = keys
        bits = min(max(len(keys).bit_length() + _ROOM, _SMALLEST), _LARGEST)
        self._shift = np.uint64(64 - bits)
        self._places = np.full(2**bits, -1, dtype=np.int32)
        self._places[self._slots(keys)] = np.arange(len(keys), dtype=np.int32)

    def __len__(self) -> int:
        return len(self.keys)

    def _slots(self, numbers: IntArray) -> IntArray:
        return ((numbers.view(np.uint64) * _MULTIPLIER) >> self._shift).view(np.int64)

    def find(self, numbers: IntArray) -> tuple[IntArray, IntArray]:
        """Return the indices of the `numbers` that are keys, ascending, and each one's place among the keys."""
        places = self._places[self._slots(numbers)]
        taken = np.flatnonzero(places >= 0)
        if not len(taken):
            return taken, taken
        at = places[taken].astype(np.int64)
        wanted = numbers[taken]
        other = np.flatnonzero(self.keys[at] != wanted)  # an absent number, or a key whose slot a later one took
        at[other] = np.minimum(np.searchsorted(self.keys, wanted[other]), len(self.keys) - 1)
        there = np.ones(len(taken), dtype=bool)
        there[other] = self.keys[at[other]] == wanted[other]
        return taken[there], at[there]
