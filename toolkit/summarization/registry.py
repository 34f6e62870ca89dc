"""The summarisers by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, runtime_checkable

from toolkit.document import Document
from toolkit.results import Budget
from toolkit.summarization.cover import Coverage
from toolkit.summarization.select import Choice
from toolkit.summarization.terms import FloatArray


@runtime_checkable
class Summarizer(Protocol):
    """Anything that says how much each sentence of a document carries."""

    def rank(self, document: Document) -> FloatArray:
        """Return one score per sentence, higher is better: an array of shape (n_sentences,)."""
        ...


@runtime_checkable
class SetSummarizer(Summarizer, Protocol):
    """A summariser that chooses the sentences of a digest together, not one by one."""

    def choose_many(self, documents: Sequence[Document], budget: Budget) -> list[Choice]:
        """Return for each document all scores and the sentences to show within the budget."""
        ...


@runtime_checkable
class JointSummarizer(Summarizer, Protocol):
    """A summariser that weighs the sentences of many documents on one scale."""

    def weigh_together(self, documents: Sequence[Document]) -> tuple[FloatArray, Coverage]:
        """Return a value per sentence, one document after the other, and what each sentence covers."""
        ...


SUMMARIZERS: dict[str, str] = {
    "trained": "toolkit.summarization.trained:TrainedSummarizer",
    "lead": "toolkit.summarization.lead:Lead",
    "lexrank": "toolkit.summarization.lexrank:LexRank",
    "textrank": "toolkit.summarization.textrank:TextRank",
    "centroid": "toolkit.summarization.centroid:Centroid",
    "mmr": "toolkit.summarization.mmr:MMR",
}
"""Name → ``module:class`` of every summariser that ships; the first is the default."""

DEFAULT = next(iter(SUMMARIZERS))


def get(name: str = DEFAULT) -> Summarizer:
    """Return the summariser called `name`, with its default settings.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    check(name)
    module, _, attribute = SUMMARIZERS[name].partition(":")
    make: Callable[[], Summarizer] = getattr(import_module(module), attribute)
    return make()


def check(summarizer: Summarizer | str) -> None:
    """Make sure that this is a summariser or the name of one, without loading it.

    Raises
    ------
    ValueError
        If there is none of that name.
    TypeError
        If it is something else.
    """
    if isinstance(summarizer, str):
        if summarizer not in SUMMARIZERS:
            raise ValueError(f"no summarizer is called {summarizer!r}; there are {', '.join(SUMMARIZERS)}")
    elif not isinstance(summarizer, Summarizer):
        raise TypeError(f"expected the name of a summarizer or an object with `rank`, got {summarizer!r}")
