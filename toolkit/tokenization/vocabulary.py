"""Token numbers: every white-space chunk is cut and looked up once."""

from __future__ import annotations

import threading
import unicodedata
import weakref
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.batches import TokenTable
from toolkit.tokenization.compilation import CASED, DIGIT, TITLE, CompiledModel
from toolkit.tokenization.decoding import TokenArrays
from toolkit.tokenization.reference import is_digit, is_title
from toolkit.tokenization.respelling import TokenRules, original_ranges
from toolkit.tokenization.syllables import token_ends

# No chunk holds white space, so these keys are free.
SEPARATOR = "\n\n"
FINAL = "\n"
_LONG = 128


class ChunkArrays(NamedTuple):
    """Chunks by number and the tokens they consist of.

    Attributes
    ----------
    first, length : ndarray of shape (n_chunks,)
        Which part of the next three is the chunk's.
    characters : ndarray of shape (n_chunks,)
        Its length in the text.
    ids, starts, ends : ndarray
        Token numbers, and where they stand in the chunk.
    """

    first: npt.NDArray[np.int32]
    length: npt.NDArray[np.int32]
    characters: npt.NDArray[np.int32]
    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


class _Growing:
    """Columns that grow at their end; what was handed out stays as it is."""

    def __init__(self, *dtypes: type) -> None:
        self._pending: tuple[list[int], ...] = tuple([] for _ in dtypes)
        self._arrays: list[npt.NDArray[Any]] = [np.zeros(1024, dtype) for dtype in dtypes]
        self._size = 0

    def __len__(self) -> int:
        return self._size + len(self._pending[0])

    def append(self, *values: int) -> None:
        for column, value in zip(self._pending, values, strict=True):
            column.append(value)

    def extend(self, *columns: Sequence[int]) -> None:
        if len(columns[0]) < 1024:
            for column, values in zip(self._pending, columns, strict=True):
                column.extend(values)
            return
        self.flush()
        self._reserve(self._size + len(columns[0]))
        for target, values in zip(self._arrays, columns, strict=True):
            target[self._size : self._size + len(values)] = values
        self._size += len(columns[0])

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


class _Memo(dict[str, int]):
    """Chunk numbers, found out where missing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        # A cycle would keep a vocabulary that was given up until the collector comes by.
        self._vocabulary = weakref.ref(vocabulary)

    def __missing__(self, chunk: str) -> int:
        vocabulary = self._vocabulary()
        assert vocabulary is not None, "whoever looks up holds the vocabulary"
        return vocabulary.learn(chunk)


class Vocabulary:
    """The chunks and tokens seen so far.

    Any number of threads may use it at once. It only grows; `is_full` says when to start another one.
    """

    def __init__(self, model: CompiledModel, max_tokens: int, max_chunks: int, max_characters: int) -> None:
        self._limits = (max_tokens, max_chunks, max_characters)
        self._model = model
        self._lock = threading.RLock()
        self.rules, self._strings = _read_strings(model)
        self._written: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._table = [""]
        self.table = TokenTable(self._table)
        self._chunks = _Growing(np.int32, np.int32, np.int32)
        self._parts = _Growing(np.int32, np.int32, np.int32)
        self._columns = _Growing(np.uint32, np.uint32, np.uint8)
        self._room = self._weights = model.padding[None, :].copy()
        self._characters = 0
        self._published: tuple[ChunkArrays, TokenArrays] | None = None
        self._memo = _Memo(self)
        self.chunk_id = self._memo.__getitem__
        self._memo[SEPARATOR] = 0
        self._chunks.append(0, 2, 0)
        self._parts.extend([0, 0], [0, 0], [0, 0])
        self._columns.append(0, 0, 0)

    @property
    def is_full(self) -> bool:
        """Whether it is time to start another one."""
        tokens, chunks, characters = self._limits
        return len(self._table) > tokens or len(self._chunks) > chunks or self._characters > characters

    def learn(self, key: str) -> int:
        """Return the number of a chunk that the memo does not have, and add it."""
        with self._lock:
            known = self._memo.get(key)
            if known is not None:
                return known
            final = key.endswith(FINAL)
            chunk = key[:-1] if final else key
            normalized = self.rules.normalize(chunk)
            begins, cuts, ids = array("i"), array("i"), array("i")
            begin = 0
            for end in token_ends(normalized, final):
                begins.append(begin)
                cuts.append(end)
                ids.append(self._token(normalized[begin:end]))
                begin = end
            if not unicodedata.is_normalized("NFC", chunk):
                starts, ends = original_ranges(chunk)
                begins = array("i", [starts[begin] for begin in begins])
                cuts = array("i", [ends[end - 1] for end in cuts])
            number = len(self._chunks)
            self._chunks.append(len(self._parts), len(ids), len(chunk))
            self._parts.extend(ids, begins, cuts)
            self._characters += len(chunk)
            if len(chunk) <= _LONG:
                self._memo[key] = number
            self._published = None
            return number

    def _token(self, written: str) -> int:
        """Return the number of a token, by its spelling before underthesea's rules."""
        number = self._written.get(written)
        if number is None:
            token = self.rules.respell(written)
            number = self._numbers.get(token)
            if number is None:
                number = self._numbers[token] = len(self._table)
                lower = token.lower()
                own = self._strings.get(token, 0)
                flags = int(self._model.string_flags[own])
                flags |= TITLE * is_title(token) | DIGIT * is_digit(token) | CASED * (token != lower)
                self._table.append(token)
                self._columns.append(own, self._strings.get(lower, 0), flags)
                self._characters += len(token)
            self._written[written] = number
        return number

    def arrays(self) -> tuple[ChunkArrays, TokenArrays]:
        """Return all that is known by now, by number."""
        published = self._published
        if published is not None:
            return published
        with self._lock:
            written, lowered, flags = self._columns.flush()
            known = len(self._weights)
            if len(written) > known:
                new = self._model.written.take(written[known:], axis=0)
                new += self._model.lowered.take(lowered[known:], axis=0)
                new += self._model.kinds.take(flags[known:] & (TITLE | DIGIT), axis=0)
                if len(written) > len(self._room):
                    room = np.zeros((max(1024, 2 * len(written)), new.shape[1]))
                    room[:known] = self._weights
                    self._room = room
                self._room[known : len(written)] = new
                self._weights = self._room[: len(written)]
            tokens = TokenArrays(written, lowered, flags, self._weights)
            self._published = ChunkArrays(*self._chunks.flush(), *self._parts.flush()), tokens
            return self._published


def _read_strings(model: CompiledModel) -> tuple[TokenRules, dict[str, int]]:
    strings = model.strings.tobytes().decode().split("\n")
    numbers = dict(zip(strings, range(1, len(strings) + 1), strict=True))
    characters, _, tokens = model.respelt.tobytes().decode().partition("\n\n")
    rules = TokenRules(_pairs(characters), _pairs(tokens))
    return rules, numbers


def _pairs(lines: str) -> dict[str, str]:
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines.split("\n") if line}
