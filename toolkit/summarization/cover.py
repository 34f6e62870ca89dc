"""Filling a larger budget: each time the sentence that adds most."""

from __future__ import annotations

from toolkit.results import Budget
from toolkit.summarization.select import Limits
from toolkit.summarization.sentence_features import Weighed
from toolkit.summarization.terms import FloatArray
from toolkit.summarization.tokens import Tokens


def fill(
    scores: FloatArray,
    tokens: Tokens,
    weighed: tuple[Weighed, Weighed],
    span: tuple[int, int],
    chosen: tuple[int, ...],
    limit: Limits,
    budget: Budget,
) -> tuple[int, ...]:
    return chosen
