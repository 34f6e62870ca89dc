"""Boosted trees as arrays, evaluated for many rows at once without scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ModelError
from toolkit.summarization.terms import FloatArray

MAX_LEAVES = 16
_ALL = np.uint16(0xFFFF)
_CHUNK = 4096
_ARRAYS = ("feature", "threshold", "tree", "mask", "leaves", "base")


def _lowest_bits() -> NDArray[np.int64]:
    codes = np.arange(1 << 16)
    return np.where(codes > 0, np.round(np.log2(np.maximum(codes & -codes, 1))), 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of regression trees with at most 16 leaves each.

    Every inner node is a bit mask over the leaves of its tree, with zeros where the leaf cannot be
    reached once the node's test ``x <= threshold`` fails. The leaf a row ends in is the lowest bit that
    survives the masks of all failed tests, so nothing needs to walk a tree.

    Attributes
    ----------
    feature, threshold, tree, mask : ndarray of shape (n_nodes,)
        The tests: column, value, number of the tree, and the leaves left when the test fails.
    leaves : ndarray of shape (n_trees, 16)
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
    mask: NDArray[np.uint16]
    leaves: NDArray[np.float32]
    base: NDArray[np.float64]
    _steps: dict[int, tuple[NDArray[np.float32], NDArray[np.uint16]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _lowest: NDArray[np.int64] = field(init=False, repr=False, compare=False, default_factory=_lowest_bits)

    def __post_init__(self) -> None:
        n_trees = len(self.leaves)
        for column in np.unique(self.feature).tolist():
            nodes = np.flatnonzero(self.feature == column)
            nodes = nodes[np.argsort(self.threshold[nodes], kind="stable")]
            values = np.unique(self.threshold[nodes])
            table = np.full((len(values) + 1, n_trees), _ALL, dtype=np.uint16)
            for node in nodes.tolist():
                first = int(np.searchsorted(values, self.threshold[node])) + 1
                table[first:, self.tree[node]] &= self.mask[node]
            self._steps[int(column)] = (values, table)

    def predict(self, rows: NDArray[np.float32]) -> FloatArray:
        """Return the forest's value for every row of shape (n_rows, n_features)."""
        result = np.full(len(rows), float(self.base[0]))
        trees = np.arange(len(self.leaves)) * MAX_LEAVES
        values = self.leaves.ravel()
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            alive = np.full((len(part), len(self.leaves)), _ALL, dtype=np.uint16)
            for column, (thresholds, table) in self._steps.items():
                alive &= table[np.searchsorted(thresholds, np.ascontiguousarray(part[:, column]))]
            result[start : start + _CHUNK] += values[self._lowest[alive] + trees].sum(axis=1, dtype=np.float64)
        return result

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
            raise ModelError(f"the model lacks the array {error.args[0]}; retrain it or install it anew") from error
        kinds = {"feature": "i4", "threshold": "f4", "tree": "i4", "mask": "u2", "leaves": "f4", "base": "f8"}
        sizes = {parts[name].shape for name in ("feature", "threshold", "tree", "mask")}
        sound = all(parts[name].dtype == np.dtype(kind) for name, kind in kinds.items())
        sound = sound and len(sizes) == 1 and parts["leaves"].shape[1:] == (MAX_LEAVES,)
        sound = sound and parts["base"].shape == (1,) and len(parts["leaves"]) > 0
        for name, limit in (("feature", n_features), ("tree", len(parts["leaves"]))):
            values = parts[name].astype(np.int64)
            sound = sound and bool(((values >= 0) & (values < limit)).all())
        if not sound:
            raise ModelError(f"the arrays of {prefix} contradict each other; retrain it or install it anew")
        return cls(**parts)  # type: ignore[arg-type]
