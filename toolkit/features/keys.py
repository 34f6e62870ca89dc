"""Sorted sets of numbers that say where each of many numbers stands among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

_PATIENCE = 16  # a table is hashed once a sixteenth as many numbers were sought as it has keys
_ROOM = 2  # bits that the hash table has more than the keys need: two to four slots a key
_SMALLEST, _LARGEST = 10, 24  # bits of the hash table; 2²⁴ slots are 64 MB
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ / golden ratio: Knuth's multiplicative hashing


class KeyTable:
    """Distinct numbers in ascending order, found by bisection, or by a hash once there are many to find.

    To hash half a million keys takes longer than to find those of an article.

    Attributes
    ----------
    keys : ndarray of shape (n_keys,)
    """

    def __init__(self, keys: IntArray) -> None:
        self.keys = keys
        self._sought = 0
        self._hashed: _Hashed | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, numbers: IntArray) -> IntArray:
        """Return each number's place among the keys, -1 where it is none."""
        if not len(self.keys):
            return np.full(len(numbers), -1, dtype=np.int64)
        if self._hashed is None:
            self._sought += len(numbers)
            if self._sought < len(self.keys) // _PATIENCE:
                return _bisected(self.keys, numbers)
            self._hashed = _Hashed(self.keys)  # threads that come together build the same
        return self._hashed.find(numbers)


class _Hashed:
    """A hash table of keys; those that share a slot are found by bisection."""

    def __init__(self, keys: IntArray) -> None:
        self.keys = keys
        bits = min(max(len(keys).bit_length() + _ROOM, _SMALLEST), _LARGEST)
        self._shift = np.uint64(64 - bits)
        self._places = np.full(2**bits, -1, dtype=np.int32)
        slots = self._slots(keys)
        self._places[slots] = np.arange(len(keys), dtype=np.int32)
        self._shared = np.zeros(2**bits, dtype=np.bool_)
        self._shared[slots[self._places[slots] != np.arange(len(keys))]] = True

    def _slots(self, numbers: IntArray) -> IntArray:
        return ((numbers.view(np.uint64) * _MULTIPLIER) >> self._shift).view(np.int64)

    def find(self, numbers: IntArray) -> IntArray:
        """Return each number's place among the keys, -1 where it is none."""
        slots = self._slots(numbers)
        places = self._places.take(slots).astype(np.int64)
        other = np.flatnonzero(self.keys.take(places) != numbers)  # -1 takes the last key, which it is not
        if len(other):
            places[other] = -1
            other = other[self._shared.take(slots[other])]
            places[other] = _bisected(self.keys, numbers[other])
        return places


def _bisected(keys: IntArray, numbers: IntArray) -> IntArray:
    at = np.minimum(np.searchsorted(keys, numbers), len(keys) - 1)
    return np.where(keys[at] == numbers, at, -1)
