"""The terms of an explanation that say most, as reports show them."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.results import Explanation

_TERMS = 8  # on each side
_NEGLIGIBLE = 0.005


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms that pushed a label up, and down, the strongest first."""

    up: tuple[str, ...]
    down: tuple[str, ...]


def strongest_terms(explanation: Explanation, label: str) -> Terms:
    """Return the strongest terms for and against `label`."""
    parts = explanation.contributions[label]
    up = [_shown(part.term) for part in parts if part.weight > _NEGLIGIBLE]
    down = [_shown(part.term) for part in parts if part.weight < -_NEGLIGIBLE]
    return Terms(tuple(dict.fromkeys(up))[:_TERMS], tuple(dict.fromkeys(down))[:_TERMS])


def _shown(term: str) -> str:
    """Return `term` as a reader writes it: words are joined by ``_`` in the model alone."""
    return term.replace("_", " ")
