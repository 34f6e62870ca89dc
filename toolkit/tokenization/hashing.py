"""A perfect hash of whole numbers: what is where, found for a whole array at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.source import UnknownModelError

IntArray = npt.NDArray[np.int32]


class HashIndex(NamedTuple):
    """A perfect hash: where each key of a fixed set stands (Belazzougui et al., 2009, in its simplest form).

    Attributes
    ----------
    displacements : ndarray of shape (n_buckets,)
        Xor-ed into the hash of every key in the bucket, so that no two keys meet.
    keys, rows : ndarray of shape (n_slots,)
        The key in each slot and its row; 0 where the slot is free.
    multipliers : ndarray of shape (2,)
        Odd: the upper bits of the products are the slot (before it is displaced) and the bucket.
    """

    displacements: npt.NDArray[Any]
    keys: npt.NDArray[Any]
    rows: IntArray
    multipliers: npt.NDArray[Any]

    def find(self, keys: npt.NDArray[Any]) -> IntArray:
        """Return the row of each key, 0 for those unknown."""
        slots = _signed(self._slots(keys))
        rows: IntArray = self.rows.take(slots)
        rows *= self.keys.take(slots) == keys
        return rows

    def _slots(self, keys: npt.NDArray[Any]) -> npt.NDArray[Any]:
        slots = _hashes(keys, self.multipliers[0], len(self.keys))
        slots ^= self.displacements.take(_signed(_hashes(keys, self.multipliers[1], len(self.displacements))))
        return slots


def _signed(slots: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return `slots` in a form that every NumPy 2 indexes with: 2.0 refuses unsigned numbers of 64 bits."""
    return slots.view(np.int64) if slots.dtype == np.uint64 else slots


def _hashes(keys: npt.NDArray[Any], multiplier: Any, size: int) -> npt.NDArray[Any]:
    """Return a hash below `size`, a power of two, for each key."""
    hashes: npt.NDArray[Any] = keys * multiplier
    hashes >>= keys.dtype.type(8 * keys.dtype.itemsize - size.bit_length() + 1)
    return hashes


def build_index(keys: npt.NDArray[Any]) -> HashIndex:
    """Return the index of distinct non-zero `keys`; the row of ``keys[i]`` is ``i + 1``.

    Raises
    ------
    UnknownModelError
        If no hash is found that separates the keys.
    """
    random = np.random.default_rng(0)
    for _ in range(100):
        multipliers = random.integers(1 << 31, 1 << 32, 2, np.uint64)
        if keys.dtype == np.uint64:
            multipliers = multipliers << np.uint64(32) | random.integers(1 << 31, 1 << 32, 2, np.uint64)
        index = _try_index(keys, (multipliers | np.uint64(1)).astype(keys.dtype))
        if index is not None:
            return index
    raise UnknownModelError("no hash separates the keys")


def _try_index(keys: npt.NDArray[Any], multipliers: npt.NDArray[Any]) -> HashIndex | None:
    n_slots = 1 << max(4, (2 * len(keys)).bit_length())
    n_buckets = max(8, n_slots // 8)
    slots = _hashes(keys, multipliers[0], n_slots)
    buckets = _hashes(keys, multipliers[1], n_buckets)
    if len(np.unique(slots.astype(np.uint64) << np.uint64(32) | buckets)) < len(keys):
        return None
    members: list[list[int]] = [[] for _ in range(n_buckets)]
    for position, bucket in enumerate(buckets.tolist()):
        members[bucket].append(position)
    wanted = slots.tolist()
    taken = bytearray(n_slots)
    displacements = np.zeros(n_buckets, keys.dtype)
    slot_keys = np.zeros(n_slots, keys.dtype)
    rows = np.zeros(n_slots, np.int32)
    for bucket in sorted(range(n_buckets), key=lambda b: -len(members[b])):
        group = [wanted[position] for position in members[bucket]]
        if not group:
            break
        shift = next((s for s in range(n_slots) if not any(taken[slot ^ s] for slot in group)), None)
        if shift is None:
            return None
        displacements[bucket] = shift
        for position, slot in zip(members[bucket], group, strict=True):
            taken[slot ^ shift] = 1
            slot_keys[slot ^ shift] = keys[position]
            rows[slot ^ shift] = position + 1
    return HashIndex(displacements, slot_keys, rows, multipliers)
