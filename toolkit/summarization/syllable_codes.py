"""Syllables as numbers, read from all texts of a batch at once: no string is made for any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.terms import IntArray

CodeArray = NDArray[np.uint64]
BoolArray = NDArray[np.bool_]

CODE_BITS = 40
"""Two different syllables share a code once in 10¹² pairs."""
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_BMP = 1 << 16
_WORD, _CAPITAL, _COMMA, _QUOTE, _CLOSING = (np.uint8(1 << bit) for bit in range(5))


@dataclass(frozen=True, slots=True)
class SyllableCodes:
    """The syllables of several texts, one text after the other.

    Attributes
    ----------
    code : ndarray of shape (n_syllables,)
        A number below 2**40 for each lower-cased syllable; equal syllables have equal numbers.
    text : ndarray of shape (n_syllables,)
        Number of the text it stands in.
    figure, capital : ndarray of shape (n_syllables,)
        Whether it starts with a digit, whether it has a capital letter.
    length, commas : ndarray of shape (n_texts,)
        Syllables and commas of each text.
    quotes, half_quoted : ndarray of shape (n_texts,)
        Whether it holds a quotation mark that opens or may open, and whether its quotation marks are odd in number.
    last : ndarray of shape (n_texts,)
        Its last character; a line break where the text before it ended if it is empty.
    """

    code: CodeArray
    text: IntArray
    figure: BoolArray
    capital: BoolArray
    length: IntArray
    commas: IntArray
    quotes: BoolArray
    half_quoted: BoolArray
    last: NDArray[np.uint32]


def read_syllables(texts: Sequence[str]) -> SyllableCodes:
    """Return the syllables (``\\w+``) of every text; the texts are taken to be in NFC."""
    joined = "\n".join([*texts, ""])
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded, kind = _read(characters)
    # Where being inside a syllable changes, one starts or stops; the text ends in a line break, so none is
    # left open.
    inside = np.zeros(len(kind) + 1, dtype=np.uint8)
    np.bitwise_and(kind, _WORD, out=inside[1:])
    turns = np.flatnonzero(inside[1:] != inside[:-1])
    starts, stops = turns[::2], turns[1::2]
    powers, inverses = _powers(1 << max(len(folded), 1 << 12).bit_length())
    # A polynomial of the characters: differences of its running sum, brought back to the same power.
    running = np.zeros(len(folded) + 1, dtype=np.uint64)
    np.cumsum(folded * powers[: len(folded)], out=running[1:])
    code = (running[stops] - running[starts]) * inverses[starts]
    code ^= code >> np.uint64(32)
    code *= _MIX
    code >>= np.uint64(64 - CODE_BITS)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    count = np.searchsorted(starts, ends)
    length = _steps(count)
    first = characters[starts]
    marked = np.flatnonzero(kind > _WORD)
    marks = kind[marked]
    capital = np.zeros(len(starts), dtype=bool)
    capital[np.searchsorted(starts, marked[(marks & _CAPITAL) != 0], "right") - 1] = True
    quotes, closing, commas = (
        _steps(np.searchsorted(marked[(marks & mark) != 0], ends)) for mark in (_QUOTE, _CLOSING, _COMMA)
    )
    return SyllableCodes(
        code=code,
        text=np.repeat(np.arange(len(texts)), length),
        figure=(first >= ord("0")) & (first <= ord("9")),
        capital=capital,
        length=length,
        commas=commas,
        quotes=quotes > 0,
        half_quoted=(quotes + closing) % 2 > 0,
        last=characters[np.maximum(ends - 2, 0)],
    )


def codes_of(words: Iterable[str]) -> CodeArray:
    """Return the codes of single syllables, sorted."""
    return np.sort(read_syllables(list(words)).code)


def _steps(running: IntArray) -> IntArray:
    """Return the differences of a running count that starts from 0."""
    steps = running.copy()
    steps[1:] -= running[:-1]
    return steps


def _read(characters: NDArray[Any]) -> tuple[CodeArray, NDArray[np.uint8]]:
    """Return each character in lower case, 0 for those that are no word characters, and what kind it is."""
    rare = characters >= _BMP
    is_plain = not rare.any()
    known = _table()[characters if is_plain else np.where(rare, 0, characters)]
    folded, kinds = (known & np.uint32(_BMP - 1)).astype(np.uint64), (known >> np.uint32(16)).astype(np.uint8)
    if is_plain:
        return folded, kinds
    found, which = np.unique(characters[rare], return_inverse=True)
    words = np.array([chr(number).isalnum() for number in found.tolist()])[which]
    folded[rare] = np.where(words, characters[rare], 0)
    kinds[rare] = words * _WORD
    return folded, kinds


@cache
def _table() -> NDArray[np.uint32]:
    """Return lower case (the lower 16 bits) and kind of every character of the basic plane."""
    lower, kind = np.zeros(_BMP, dtype=np.uint32), np.zeros(_BMP, dtype=np.uint8)
    for number in range(_BMP):
        character = chr(number)
        if character.isalnum() or character == "_":
            small = character.lower()
            lower[number] = ord(small[0])
            kind[number] = _WORD if lower[number] == number else _WORD | _CAPITAL
    kind[ord(",")] = _COMMA
    kind[[ord('"'), ord("“")]] = _QUOTE
    kind[ord("”")] = _CLOSING
    return lower | kind.astype(np.uint32) << np.uint32(16)


@lru_cache(maxsize=4)
def _powers(n: int) -> tuple[CodeArray, CodeArray]:
    powers = np.full((2, n), [[_BASE], [_INVERSE]], dtype=np.uint64)
    powers[:, 0] = 1
    np.cumprod(powers, axis=1, out=powers)
    return powers[0], powers[1]
