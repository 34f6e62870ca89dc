"""What underthesea writes differently, and where it came from in the text."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator, Mapping, Sequence

from toolkit.text import compose


def original_ranges(chunk: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return where each character of the NFC of `chunk` starts and ends in `chunk`.

    Both ascend. Where one character stands for several, or several for one, the pieces share what they
    came from: no piece is empty.
    """
    starts, ends = array("i"), array("i")
    for begin, stop in _composed_segments(chunk):
        length = len(compose(chunk[begin:stop]))
        surplus = (stop - begin) - length
        for index in range(length):
            if surplus >= 0:
                starts.append(begin if index == 0 else begin + surplus + index)
                ends.append(begin + surplus + index + 1)
            else:
                starts.append(begin)
                ends.append(stop)
    return starts, ends


def _composed_segments(chunk: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `chunk` that normalise independently of each other."""
    begin = 0
    for index in range(1, len(chunk)):
        character = chunk[index]
        if unicodedata.combining(character):
            continue
        left = compose(chunk[begin:index])
        right = unicodedata.normalize("NFC", character)
        if compose(left + character) == left + right:
            yield begin, index
            begin = index
    if chunk:
        yield begin, len(chunk)


class TokenRules:
    """underthesea's respelling: characters that are always replaced, and short tokens that are."""

    __slots__ = ("_characters", "_tokens")

    def __init__(self, characters: Mapping[str, str], tokens: Mapping[str, str]) -> None:
        self._characters = tuple(characters.items())
        self._tokens = dict(tokens)

    def normalize(self, text: str) -> str:
        """Return `text` in NFC with look-alike characters (``ð``) replaced."""
        text = compose(text)
        for foreign, character in self._characters:
            text = text.replace(foreign, character)
        return text

    def respell(self, token: str) -> str:
        """Return `token` as underthesea writes it; only tokens of up to six characters change."""
        if len(token) > 6:
            return token
        return self._tokens.get(token := self.normalize(token), token)
