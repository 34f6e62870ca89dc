"""Arrays that grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class Growing:
    """Columns that grow at their end; what was handed out stays as it is."""

    def __init__(self, *dtypes: type) -> None:
        self._pending: tuple[list[int], ...] = tuple([] for _ in dtypes)
        self._arrays: list[npt.NDArray[Any]] = [np.zeros(1024, dtype) for dtype in dtypes]
        self._size = 0

    def __len__(self) -> int:
        return self._size + len(self._pending[0])

    def append(self, *values: int) -> None:
        """Add one row."""
        for column, value in zip(self._pending, values, strict=True):
            column.append(value)

    def extend(self, *columns: Sequence[int]) -> None:
        """Add many rows."""
        for column, values in zip(self._pending, columns, strict=True):
            column.extend(values)

    def _reserve(self, size: int) -> None:
        for number, column in enumerate(self._arrays):
            if size > len(column):
                larger = np.zeros(max(size, 2 * len(column)), column.dtype)
                larger[: self._size] = column[: self._size]
                self._arrays[number] = larger

    def flush(self) -> tuple[npt.NDArray[Any], ...]:
        """Return all columns as arrays."""
        size = len(self)
        if size > self._size:
            self._reserve(size)
            for target, column in zip(self._arrays, self._pending, strict=True):
                target[self._size : size] = column
                column.clear()
            self._size = size
        return tuple(column[:size] for column in self._arrays)
