"""Boosted trees as arrays, evaluated for many rows at once without scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ModelError
from toolkit.summarization.terms import FloatArray

MAX_LEAVES = 8
_N_TESTS = MAX_LEAVES - 1
_CHUNK_CELLS = 200_000
"""Tests times rows that are judged at once: what stays near the processor."""
_LARGEST = 1e30  # of a value that is no mistake
_ARRAYS = ("feature", "threshold", "tree", "mask", "leaves", "base")


@cache
def _lowest_bits() -> NDArray[np.uint8]:
    """Return the number of the lowest bit set in every byte."""
    codes = np.arange(1 << MAX_LEAVES)
    return np.asarray(np.round(np.log2(np.maximum(codes & -codes, 1))), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of regression trees with at most 8 leaves each.

    Every inner node is a bit mask over the leaves of its tree, with zeros where the leaf cannot be
    reached once the node's test ``x <= threshold`` fails. The leaf a row ends in is the lowest bit that
    survives the masks of all failed tests, so nothing needs to walk a tree.

    Attributes
    ----------
    feature, threshold, tree, mask : ndarray of shape (n_nodes,)
        The tests: column, value, number of the tree, and the leaves left when the test fails.
    leaves : ndarray of shape (n_trees, 8)
        Value of each leaf, numbered from left to right.
    base : ndarray of shape (1,)
        Where the sum starts.

    References
    ----------
    Lucchese et al. (2015), "QuickScorer: a Fast Algorithm to Rank Documents with Additive Ensembles of
    Regression Trees", SIGIR.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    tree: NDArray[np.int32]
    mask: NDArray[np.uint8]
    leaves: NDArray[np.float32]
    base: NDArray[np.float64]
    _tests: tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.uint8]] = field(
        init=False, repr=False, compare=False
    )
    _values: tuple[FloatArray, NDArray[np.int64]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every tree gets the same number of tests; those filled up with never fail.
        n_trees = len(self.leaves)
        order = np.argsort(self.tree, kind="stable")
        tree = self.tree[order]
        at = tree * _N_TESTS + np.arange(len(tree)) - np.searchsorted(tree, tree)
        feature = np.zeros(n_trees * _N_TESTS, dtype=np.int64)
        threshold = np.full(n_trees * _N_TESTS, np.inf, dtype=np.float32)
        lost = np.zeros(n_trees * _N_TESTS, dtype=np.uint8)
        feature[at], threshold[at], lost[at] = self.feature[order], self.threshold[order], ~self.mask[order]
        object.__setattr__(self, "_tests", (feature, threshold[:, None], lost[:, None]))
        first = np.arange(n_trees)[:, None] * MAX_LEAVES
        object.__setattr__(self, "_values", (self.leaves.astype(np.float64).ravel(), first))

    def predict(self, rows: NDArray[np.float32], start: int = 0, stop: int | None = None) -> FloatArray:
        """Return the forest's value for every row of shape (n_rows, n_features).

        What trees before `stop` give and what those from there on give add up to the whole.
        """
        tests = slice(start * _N_TESTS, None if stop is None else stop * _N_TESTS)
        feature, threshold, lost = (part[tests] for part in self._tests)
        values, first = self._values[0], self._values[1][start:stop]
        n_trees = len(first)
        result = np.empty(len(rows))
        columns = np.ascontiguousarray(rows.T)
        step = max(1, _CHUNK_CELLS // max(len(feature), 1))
        for place in range(0, len(rows), step):
            dead = (columns[:, place : place + step][feature] > threshold).view(np.uint8)
            dead *= lost
            dead = np.bitwise_or.reduce(dead.reshape(n_trees, _N_TESTS, -1), axis=1)
            leaf = _lowest_bits()[~dead] + first
            result[place : place + step] = values[leaf].sum(axis=0)
        # How numpy adds up depends on the number of rows; a document alone and among others must agree.
        return np.round(result + (0.0 if start else float(self.base[0])), 9)

    def to_arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names starting with `prefix`."""
        return {f"{prefix}_{name}": getattr(self, name) for name in _ARRAYS}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], prefix: str, n_features: int) -> Forest:
        """Return the forest stored under `prefix`.

        Raises
        ------
        ModelError
            If an array is missing or the arrays contradict each other.
        """
        try:
            parts = {name: arrays[f"{prefix}_{name}"] for name in _ARRAYS}
        except KeyError as error:
            raise ModelError(f"the model lacks the array {error.args[0]}; install it anew") from error
        kinds = {"feature": "i4", "threshold": "f4", "tree": "i4", "mask": "u1", "leaves": "f4", "base": "f8"}
        if not all(parts[name].dtype == np.dtype(kind) for name, kind in kinds.items()):
            raise ModelError(
                f"the arrays of {prefix} contradict the types that they should have; retrain it or install it anew"
            )
        sizes = {parts[name].shape for name in ("feature", "threshold", "tree", "mask")}
        sound = len(sizes) == 1 and parts["tree"].ndim == 1 and parts["leaves"].shape[1:] == (MAX_LEAVES,)
        sound = sound and parts["base"].shape == (1,) and len(parts["leaves"]) > 0
        for name, limit in (("feature", n_features), ("tree", len(parts["leaves"]) if sound else 0)):
            values = parts[name].astype(np.int64)
            sound = sound and bool(((values >= 0) & (values < limit)).all())
        sound = sound and bool((np.bincount(parts["tree"].astype(np.int64)) <= _N_TESTS).all())
        for name in ("threshold", "leaves", "base"):
            sound = sound and bool((np.abs(parts[name].astype(np.float64)) < _LARGEST).all())
        if not sound:
            raise ModelError(f"the arrays of {prefix} contradict each other; retrain it or install it anew")
        return cls(**parts)  # type: ignore[arg-type]
