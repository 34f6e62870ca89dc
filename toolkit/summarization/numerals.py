"""Numbers in words up to 999: ``mười hai``, ``ba mươi lăm``, ``một trăm linh năm``."""

from __future__ import annotations

from collections.abc import Sequence

NUMERALS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
LONGEST = 5
"""Words of the longest of them."""
_ONES = {word: value for word, value in NUMERALS.items() if value < 10}
# `mười năm` are ten years, fifteen is `mười lăm`.
_AFTER_TENS = {word: value for word, value in _ONES.items() if value != 5} | {"mốt": 1, "tư": 4, "lăm": 5}
_ZERO = ("linh", "lẻ")


def read_numeral(words: Sequence[str]) -> tuple[int, int]:
    """Return the number that some words begin with and how many of them it takes; they begin with one of `NUMERALS`.

    A lone hundred (``hai trăm``) is left to what follows it: it is as often a round figure as an exact one.
    """
    if words[0] in _ONES and words[1:2] == ["trăm"]:
        hundreds = 100 * _ONES[words[0]]
        if len(words) > 3 and words[2] in _ZERO and words[3] in _ONES:
            return hundreds + _ONES[words[3]], 4
        tens, size = _tens(words[2:])
        if size:
            return hundreds + tens, 2 + size
    tens, size = _tens(words)
    return (tens, size) if size else (NUMERALS[words[0]], 1)


def _tens(words: Sequence[str]) -> tuple[int, int]:
    """Return the number of ten or more that some words begin with and how many they are, 0 and 0 for none."""
    if words[:1] == ["mười"]:
        tens, size = 10, 1
    elif len(words) > 1 and _ONES.get(words[0], 1) > 1 and words[1] == "mươi":
        tens, size = 10 * _ONES[words[0]], 2
    else:
        return 0, 0
    one = _AFTER_TENS.get(words[size], 0) if len(words) > size else 0
    return tens + one, size + bool(one)
