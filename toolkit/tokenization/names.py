"""Multi-word names that stay whole: a lexicon on top of the segmentation."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.syllables import token_ends

NUMBER = "<số>"
_END = ""  # no token is empty
_Node: TypeAlias = "dict[str, _Node]"


class NameLexicon:
    """Names, each a sequence of tokens.

    Parameters
    ----------
    names : iterable of str
        As written in running text. A name is found as it is written and in capitals throughout.
        ``<số>`` stands for one token that holds a digit: ``Chỉ thị số <số>``.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = tuple(dict.fromkeys(name for name in map(str.strip, names) if name))
        self._root: _Node = {}
        self.max_tokens = 0
        for name in self.names:
            for spelling in (name, name.upper().replace(NUMBER.upper(), NUMBER)):
                self._add(spelling)

    @classmethod
    def default(cls) -> NameLexicon:
        """Return the names that come with the toolkit."""
        text = resources.files(__package__).joinpath("names.txt").read_text(encoding="utf-8")
        return cls(_read_lines(text))

    @classmethod
    def from_file(cls, path: str | Path) -> NameLexicon:
        """Return the names in a UTF-8 file, one a line; ``#`` begins a comment."""
        return cls(_read_lines(Path(path).read_text(encoding="utf-8-sig")))

    def __or__(self, other: NameLexicon) -> NameLexicon:
        return NameLexicon((*self.names, *other.names))

    def __len__(self) -> int:
        return len(self.names)

    def first_tokens(self) -> frozenset[str]:
        """Return the tokens that some name begins with."""
        return frozenset(self._root)

    def _add(self, name: str) -> None:
        node: _Node = self._root
        depth = 0
        for chunk in name.split():
            begin = 0
            for end in [len(NUMBER)] if chunk == NUMBER else token_ends(chunk, final=False):
                node = node.setdefault(chunk[begin:end], {})
                begin = end
                depth += 1
        if depth > 1:
            node[_END] = {}
            self.max_tokens = max(self.max_tokens, depth)

    def longest(self, tokens: list[str], start: int, stop: int) -> int:
        """Return where the longest name that begins at `start` ends, or `start` if none does."""
        node, found = self._root, start
        for place in range(start, stop):
            token = tokens[place]
            following = node.get(token)
            if following is None and NUMBER in node and any(map(str.isdigit, token)):
                following = node[NUMBER]
            if following is None:
                break
            node = following
            if _END in node:
                found = place + 1
        return found


def _read_lines(text: str) -> list[str]:
    return [line.partition("#")[0] for line in text.splitlines()]


def join_names(
    begins: npt.NDArray[np.bool_],
    ids: npt.NDArray[np.int32],
    indptr: npt.NDArray[np.int64],
    starts_name: npt.NDArray[np.bool_],
    strings: list[str],
    lexicon: NameLexicon,
) -> None:
    """Change `begins` in place so that each name is one word and its neighbours are words of their own.

    The longest name wins, from the left. Each token is looked at as often as the longest name has tokens.

    Parameters
    ----------
    starts_name : ndarray of bool
        By token number: whether some name begins with that token.
    strings : list of str
        Token strings by number.
    """
    places = np.flatnonzero(starts_name.take(ids))
    stops = indptr[np.searchsorted(indptr, places, side="right")]
    done = 0
    for place, stop in zip(places.tolist(), stops.tolist(), strict=True):
        if place < done:
            continue
        limit = min(stop, place + lexicon.max_tokens)
        window = [strings[number] for number in ids[place:limit].tolist()]
        length = lexicon.longest(window, 0, len(window))
        if length:
            begins[place] = True
            begins[place + 1 : place + length] = False
            done = place + length
            if done < stop:
                begins[done] = True
