"""The terms of an explanation that say most, as reports show them."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.results import Explanation

_TERMS = 8  # on each side
_NEGLIGIBLE = 0.005


@dataclass(frozen=True, slots=True)
class Term:
    """A term as a reader writes it, and how far it pushed the label."""

    text: str
    weight: float

    def __str__(self) -> str:
        return f"{self.text} {'−' if self.weight < 0 else '+'}{abs(self.weight):.2f}"


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms that pushed a label up, and down, the strongest first."""

    up: tuple[Term, ...]
    down: tuple[Term, ...]


def strongest_terms(explanation: Explanation, label: str) -> Terms:
    """Return the strongest terms for and against `label`.

    The model tells a word from its syllables, and a pair of words that are near from one that is less near; to a
    reader these are one term, whose weights add up.
    """
    weights: dict[str, float] = {}
    for part in explanation.contributions[label]:
        text = part.term.replace("_", " ").replace(" … … ", " … ")
        weights[text] = weights.get(text, 0.0) + part.weight
    terms = sorted((Term(text, weight) for text, weight in weights.items()), key=lambda term: -abs(term.weight))
    up = [term for term in terms if term.weight > _NEGLIGIBLE]
    down = [term for term in terms if term.weight < -_NEGLIGIBLE]
    return Terms(tuple(up[:_TERMS]), tuple(down[:_TERMS]))
