"""Tokens of several texts as arrays."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt


class TokenTable(Sequence[str]):
    """Token strings by number, as underthesea spells them; number 0 is no token.

    It only ever grows at its end, so what was computed for a number stays right.
    """

    __slots__ = ("_glued", "_lock", "_strings")

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._glued: list[str] = []
        self._lock = threading.Lock()

    def glued(self) -> list[str]:
        """Return two strings a token: it goes on after a space, or begins a line.

        Tokens hold no white space, so joined up they can be parted into words again.
        """
        if len(self._glued) < 2 * len(self._strings):
            with self._lock:
                for string in self._strings[len(self._glued) // 2 :]:
                    self._glued += (" " + string, "\n" + string)
        return self._glued

    def __len__(self) -> int:
        return len(self._strings)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._strings[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._strings)


@dataclass(frozen=True, slots=True, eq=False)
class TokenBatch:
    """The tokens of several texts, syllables by number.

    Attributes
    ----------
    ids : ndarray of shape (n_tokens,)
        Number of each syllable-level token in `table`.
    begins : ndarray of shape (n_tokens,)
        Whether a word begins with it.
    indptr : ndarray of shape (n_texts + 1,)
        Text i has the tokens ``indptr[i]:indptr[i + 1]``.
    table : TokenTable
        Token strings as underthesea spells them. Several batches share one table, which only grows at its
        end; what is kept per number stays right as long as the table is the same object.
    starts, ends : ndarray of shape (n_tokens,), optional
        Characters of the text that the token stands for. Never empty; ascending.
    """

    ids: npt.NDArray[np.int32]
    begins: npt.NDArray[np.bool_]
    indptr: npt.NDArray[np.int64]
    table: TokenTable
    starts: npt.NDArray[np.int64] | None = None
    ends: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def words(self) -> list[list[str]]:
        """Return the words of each text, syllables joined by one space."""
        if len(self.ids) == 0:
            return [[] for _ in range(len(self))]
        glued = self.table.glued()
        words = "".join(map(glued.__getitem__, (2 * self.ids + self.begins).tolist()))[1:].split("\n")
        counts = np.concatenate(([0], np.cumsum(self.begins)))[self.indptr].tolist()
        return [words[begin:end] for begin, end in pairwise(counts)]
