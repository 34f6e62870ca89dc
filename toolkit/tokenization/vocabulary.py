"""Token numbers: every white-space chunk is cut and looked up once.

A chunk's tokens are found in two ways: as it is written, which is how underthesea sees it, and as
`toolkit.text.normalize` would write it, which saves going over each text beforehand.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from array import array
from collections.abc import Sequence

import numpy as np

from toolkit.text import is_plain, normalize, place_tones
from toolkit.tokenization.batches import TokenTable
from toolkit.tokenization.chunks import FINAL, ChunkIndex, ChunkStream, Cut
from toolkit.tokenization.compilation import CASED, DIGIT, TITLE, CompiledModel
from toolkit.tokenization.decoding import TokenArrays
from toolkit.tokenization.growing import Growing
from toolkit.tokenization.reference import is_digit, is_title
from toolkit.tokenization.respelling import TokenRules, original_ranges
from toolkit.tokenization.syllables import token_ends


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
        self._columns = Growing(np.uint32, np.uint32, np.uint8)
        self._room = self._weights = model.padding[None, :].copy()
        self._characters = 0
        self._published: TokenArrays | None = None
        self._columns.append(0, 0, 0)
        self.as_written = ChunkIndex(_SPACES, _with_plain_spaces, trims=False)
        self.as_normalized = ChunkIndex(_NORMALIZED_SPACES, normalize, trims=True)

    @property
    def is_full(self) -> bool:
        """Whether it is time to start another one."""
        tokens, chunks, characters = self._limits
        indexes = (self.as_written, self.as_normalized)
        return (
            len(self._table) > tokens
            or sum(map(len, indexes)) > chunks
            or self._characters + sum(index.n_characters for index in indexes) > characters
        )

    def chunks_of(self, texts: Sequence[str], normalized: bool) -> ChunkStream:
        """Return the chunks of `texts`."""
        if normalized:
            return self.as_normalized.find(texts, self._cut_normalized)
        return self.as_written.find(texts, self._cut)

    def _cut(self, key: str) -> Cut | None:
        final = key.endswith(FINAL)
        chunk = key[:-1] if final else key
        if chunk.split() != [chunk]:
            return None
        normalized = self.rules.normalize(chunk)
        stops = array("i", token_ends(normalized, final))
        begins = array("i", [0]) + stops[:-1]
        number = self._written.get
        tokens = map(normalized.__getitem__, map(slice, begins, stops))
        ids = array("i", (number(token) or self._token(token) for token in tokens))
        if not unicodedata.is_normalized("NFC", chunk):
            starts, ends = original_ranges(chunk)
            begins = array("i", [starts[begin] for begin in begins])
            stops = array("i", [ends[stop - 1] for stop in stops])
        return Cut(ids, begins, stops)

    def _cut_normalized(self, key: str) -> Cut | None:
        final = key.endswith(FINAL)
        chunk = key[:-1] if final else key
        if not is_plain(chunk):
            return None
        return self._cut(place_tones(unicodedata.normalize("NFC", chunk)) + FINAL * final)

    def _token(self, written: str) -> int:
        """Return the number of a token, by its spelling before underthesea's rules."""
        with self._lock:
            token = self.rules.respell(written)
            number = self._numbers.get(token)
            if number is None:
                number = len(self._table)
                lower = token.lower()
                own = self._strings.get(token, 0)
                flags = int(self._model.string_flags[own])
                flags |= TITLE * is_title(token) | DIGIT * is_digit(token) | CASED * (token != lower)
                self._table.append(token)
                self._columns.append(own, self._strings.get(lower, 0), flags)
                self._characters += len(token)
                self._published = None
                self._numbers[token] = number
            self._written[written] = number
            return number

    def arrays(self) -> TokenArrays:
        """Return all tokens that are known by now, by number."""
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
            self._published = TokenArrays(written, lowered, flags, self._weights)
            return self._published


_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "  # to `str.split`, in ASCII
_NORMALIZED_SPACES = "\t\n\x0b\x0c\r "  # `normalize` deletes the others
_ODD_SPACE = re.compile(r"[^\S\x00-\x7f]")


def _with_plain_spaces(text: str) -> str:
    return _ODD_SPACE.sub(" ", text)


def _read_strings(model: CompiledModel) -> tuple[TokenRules, dict[str, int]]:
    strings = model.strings.tobytes().decode().split("\n")
    numbers = dict(zip(strings, range(1, len(strings) + 1), strict=True))
    characters, _, tokens = model.respelt.tobytes().decode().partition("\n\n")
    rules = TokenRules(_pairs(characters), _pairs(tokens))
    return rules, numbers


def _pairs(lines: str) -> dict[str, str]:
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines.split("\n") if line}
