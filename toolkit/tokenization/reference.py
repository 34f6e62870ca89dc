"""underthesea's own order of summation, one text at a time: settles what floating point leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.tokenization.source import CrfModel


class ReferenceTagger:
    """The conditional random field computed as underthesea_core 3.3 does, step by step.

    Some fifty times slower than `Decoder`; that one asks it where two labellings score alike.
    """

    def __init__(self, model: CrfModel) -> None:
        self._model = model

    def begins(self, tokens: Sequence[str]) -> list[bool]:
        """Return for each token whether it begins a word."""
        if not tokens:
            return []
        scores: list[float] = []
        back: list[tuple[int, int]] = []
        trans = self._model.transitions
        for position in range(len(tokens)):
            emission = self._emission(tokens, position)
            if position == 0:
                scores = emission
                continue
            following, origin = [], []
            for label in (0, 1):
                from_first, from_second = (scores[p] + trans[p][label] for p in (0, 1))
                origin.append(int(from_second > from_first))  # a tie goes to the first label
                following.append(max(from_first, from_second) + emission[label])
            scores = following
            back.append((origin[0], origin[1]))
        label = int(scores[1] > scores[0])
        labels = [label]
        for origins in reversed(back):
            label = origins[label]
            labels.append(label)
        inside = self._model.labels.index("I-W")
        result = [label != inside for label in reversed(labels)]
        result[0] = True
        return result

    def _emission(self, tokens: Sequence[str], position: int) -> list[float]:
        first = second = 0.0
        for template in self._model.templates:
            start, stop = position + template.first, position + template.last
            if start < 0:
                value = "BOS"
            elif stop >= len(tokens):
                value = "EOS"
            else:
                value = self._apply(template.function, tokens[start : stop + 1])
            weights = self._model.weights.get(f"{template.name}={value}")
            if weights is not None:
                first += weights[0]
                second += weights[1]
        return [first, second]

    def _apply(self, function: str | None, tokens: Sequence[str]) -> str:
        if function is None:
            return " ".join(tokens)
        if function == "istitle":
            return str(all(map(is_title, tokens)))
        if function == "isdigit":
            return str(len(tokens) == 1 and is_digit(tokens[0]))
        lowered = " ".join(token.lower() for token in tokens)
        return lowered if function == "lower" else str(lowered in self._model.dictionary)


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
