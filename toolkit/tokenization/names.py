"""Multi-word names that stay whole: a lexicon on top of the segmentation."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.syllables import token_ends

NUMBER = "<số>"
_NUMBER_TOKENS = 12  # 15 | - | CT | / | TW: as long as a number may get
_END = ""  # no token is empty
_Node: TypeAlias = "dict[str, _Node]"


class NameLexicon:
    """Names, each a sequence of tokens.

    Parameters
    ----------
    names : iterable of str
        As written in running text. A name is found as it is written and in capitals throughout.
        ``<số>`` stands for the number of a document: ``Chỉ thị số <số>`` finds ``Chỉ thị số 15-CT/TW``.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        stripped = (unicodedata.normalize("NFC", name).strip() for name in names)
        self.names = tuple(dict.fromkeys(name for name in stripped if name))
        self._root: _Node = {}
        self._respelt: list[Callable[[str], str]] = []
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

    def __reduce__(self) -> tuple[type[NameLexicon], tuple[tuple[str, ...]]]:
        return NameLexicon, (self.names,)

    def __len__(self) -> int:
        return len(self.names)

    def respell(self, rules: Callable[[str], str]) -> None:
        """Also find names by the spelling that `rules` give their tokens."""
        if rules not in self._respelt:
            for name in self.names:
                for spelling in (name, name.upper().replace(NUMBER.upper(), NUMBER)):
                    self._add(spelling, rules)
            self._respelt.append(rules)

    def begins_with(self, token: str) -> bool:
        """Say whether some name begins with `token`."""
        return token in self._root

    def _add(self, name: str, rules: Callable[[str], str] = str) -> None:
        node: _Node = self._root
        depth = 0
        for chunk in name.split():
            begin = 0
            for end in [len(NUMBER)] if chunk == NUMBER else token_ends(chunk, final=False):
                node = node.setdefault(rules(chunk[begin:end]), {})
                begin = end
                depth += 1
        if depth > 1:
            node[_END] = {}
            self.max_tokens = max(self.max_tokens, depth + name.count(NUMBER) * _NUMBER_TOKENS)

    def longest(self, tokens: list[str]) -> int:
        """Return how many tokens the longest name has with which `tokens` begins, 0 if there is none."""
        node, found, place = self._root, 0, 0
        while place < len(tokens):
            following = node.get(tokens[place])
            if following is not None:
                place += 1
            elif NUMBER in node and any(map(str.isdigit, tokens[place])):
                following = node[NUMBER]
                place = _number_end(tokens, place)
            else:
                break
            node = following
            if _END in node:
                found = place
        return found


def _number_end(tokens: list[str], start: int) -> int:
    """Return where the document number that begins at `start` ends: 128 | / | NQ-CP."""
    end = start + 1
    while end + 1 < min(len(tokens), start + _NUMBER_TOKENS) and tokens[end] in "-/" and tokens[end + 1][0].isalnum():
        end += 2
    return end


def _read_lines(text: str) -> list[str]:
    return [line.partition("#")[0] for line in text.splitlines()]


def join_names(
    begins: npt.NDArray[np.bool_],
    ids: npt.NDArray[np.int32],
    indptr: npt.NDArray[np.int64],
    table: Sequence[str],
    lexicon: NameLexicon,
) -> None:
    """Change `begins` in place so that each name is one word and its neighbours are words of their own.

    The longest name wins, from the left. No token is looked at more often than the longest name has tokens.
    """
    known = np.unique(ids)
    first = known[[lexicon.begins_with(table[number]) for number in known.tolist()]]
    places = np.flatnonzero(np.isin(ids, first))
    stops = indptr[np.searchsorted(indptr, places, side="right")]
    done = 0
    for place, stop in zip(places.tolist(), stops.tolist(), strict=True):
        if place < done:
            continue
        window = ids[place : min(stop, place + lexicon.max_tokens)].tolist()
        length = lexicon.longest([table[number] for number in window])
        if length:
            begins[place] = True
            begins[place + 1 : place + length] = False
            done = place + length
            if done < stop:
                begins[done] = True
