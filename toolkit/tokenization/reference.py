"""underthesea's own order of summation, one text at a time: settles what floating point leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from toolkit.tokenization.source import CrfModel, Template

_BLOCK = 4096  # tokens scored at a time
_REACH = 2  # how far away a token is seen
_FEW = 3  # distinct tokens of a block that repeats itself


class ReferenceTagger:
    """The conditional random field with every sum in the order of underthesea_core 3.3.

    Some ten times slower than `Decoder`; that one asks it where two labellings score alike.
    """

    def __init__(self, model: CrfModel) -> None:
        self._model = model
        # The rows of an attribute's weights, by template and value; row 0 is of no attribute.
        self._rows: dict[str, dict[str, int]] = {template.name: {} for template in model.templates}
        weights = [(0.0, 0.0)]
        for attribute, pair in model.weights.items():
            name, _, value = attribute.partition("=")
            if name in self._rows:
                self._rows[name][value] = len(weights)
                weights.append(pair)
        self._weights = np.array(weights)

    def begins(self, tokens: Sequence[str]) -> list[bool]:
        """Return for each token whether it begins a word."""
        if not tokens:
            return []
        (aa, ab), (ba, bb) = self._model.transitions
        emissions = self._emissions(tokens)
        first, second = next(emissions)
        back: list[tuple[bool, bool]] = []
        for to_first, to_second in emissions:
            first_to_first, second_to_first = first + aa, second + ba
            first_to_second, second_to_second = first + ab, second + bb
            # A tie goes to the first label.
            back.append((second_to_first > first_to_first, second_to_second > first_to_second))
            first = (second_to_first if back[-1][0] else first_to_first) + to_first
            second = (second_to_second if back[-1][1] else first_to_second) + to_second
        label = int(second > first)
        labels = [label]
        for origins in reversed(back):
            label = int(origins[label])
            labels.append(label)
        inside = self._model.labels.index("I-W")
        result = [label != inside for label in reversed(labels)]
        result[0] = True
        return result

    def _emissions(self, tokens: Sequence[str]) -> Iterator[list[float]]:
        """Yield the scores of both labels at each token."""
        known: dict[tuple[str, ...], list[float]] = {}  # by window: text that repeats itself has few
        for start in range(0, len(tokens), _BLOCK):
            stop = min(start + _BLOCK, len(tokens))
            inner = range(max(start, _REACH), min(stop, len(tokens) - _REACH))
            if len(inner) < 2 * _REACH or len(set(tokens[start:stop])) > _FEW:
                yield from self._scores(tokens, start, stop)
                continue
            yield from self._scores(tokens, start, inner.start)
            for position in inner:
                window = tuple(tokens[position - _REACH : position + _REACH + 1])
                if window not in known:
                    known[window] = self._scores(window, _REACH, _REACH + 1)[0]
                yield known[window]
            yield from self._scores(tokens, inner.stop, stop)

    def _scores(self, tokens: Sequence[str], start: int, stop: int) -> list[list[float]]:
        seen = slice(max(0, start - _REACH), min(len(tokens), stop + _REACH))
        windows = _Windows(tokens[seen], self._model.dictionary)
        total = np.zeros((stop - start, 2))
        for template in self._model.templates:
            # Window i of a template begins at token `seen.start + i`.
            begin, end = start + template.first, stop + template.first
            last = max(seen.start, min(end, len(tokens) - template.width + 1))
            values = windows.values(template)[max(begin, 0) - seen.start : last - seen.start]
            values = (["BOS"] * -min(begin, 0) + values)[: stop - start]
            values += ["EOS"] * (stop - start - len(values))
            rows = np.fromiter(map(self._rows[template.name].get, values, repeat(0)), np.int64, len(values))
            total += self._weights[rows]
        return total.tolist()


class _Windows:
    """What templates ask of every window of neighbouring tokens, each worked out once."""

    def __init__(self, tokens: Sequence[str], dictionary: frozenset[str]) -> None:
        self._tokens = list(tokens)
        self._lowered = [token.lower() for token in tokens]
        self._dictionary = dictionary
        self._known: dict[tuple[str | None, int], list[str]] = {}

    def values(self, template: Template) -> list[str]:
        """Return the value of `template` in the window that begins at each token, as far as windows fit."""
        key = template.function, template.width
        if key not in self._known:
            self._known[key] = list(self._work_out(*key))
        return self._known[key]

    def _work_out(self, function: str | None, width: int) -> Iterable[str]:
        if function == "istitle":
            return map(str, map(all, _neighbours([is_title(token) for token in self._tokens], width)))
        if function == "isdigit":
            tokens = self._tokens[: len(self._tokens) - width + 1]
            return (str(width == 1 and is_digit(token)) for token in tokens)
        lowered = map(" ".join, _neighbours(self._lowered, width))
        if function == "is_in_dict":
            return (str(words in self._dictionary) for words in lowered)
        return lowered if function == "lower" else map(" ".join, _neighbours(self._tokens, width))


def _neighbours(values: list[Any], width: int) -> Iterator[tuple[Any, ...]]:
    return zip(*(values[step:] for step in range(width)), strict=False)


# Letters that have a capital since Unicode 15 and 16, which underthesea_core knows and Python 3.11 does not.
_YOUNG_SMALL = frozenset(
    "\u019b\u0264\u1c8a\ua7cd\ua7cf\ua7d3\ua7d5\ua7db"
    + "".join(map(chr, [*range(0x10D70, 0x10D86), *range(0x16EBB, 0x16ED4)]))
)


def is_title(token: str) -> bool:
    """Say whether the first character is its own capital, as in ``Nam``, ``15`` and ``-``."""
    first = token[0]
    return first == first.upper() and first not in _YOUNG_SMALL


def is_digit(token: str) -> bool:
    """Say whether Rust reads `token` as a 32-bit integer."""
    digits = token[1:] if token[0] in "+-" else token
    if not (digits.isascii() and digits.isdecimal()):
        return False
    if len(digits) > 10:
        digits = digits.lstrip("0")
        if len(digits) > 10:
            return False
    return -(1 << 31) <= int(token[0] + (digits or "0") if token[0] in "+-" else digits or "0") < 1 << 31
