"""The summarisers by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, runtime_checkable

from toolkit.document import Document
from toolkit.results import Budget
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

    def choose(self, document: Document, budget: Budget) -> tuple[int, ...]:
        """Return the indices of the sentences to show, in document order, within the budget."""
        ...


SUMMARIZERS: dict[str, str] = {
    "lead": "toolkit.summarization.lead:Lead",
    "lexrank": "toolkit.summarization.lexrank:LexRank",
    "textrank": "toolkit.summarization.textrank:TextRank",
    "centroid": "toolkit.summarization.centroid:Centroid",
}
"""Name → ``module:class`` of every summariser that ships."""

DEFAULT = "lexrank"


def get(name: str = DEFAULT) -> Summarizer:
    """Return the summariser called `name`, with its default settings.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in SUMMARIZERS:
        raise ValueError(f"no summarizer is called {name!r}; there are {', '.join(SUMMARIZERS)}")
    module, _, attribute = SUMMARIZERS[name].partition(":")
    make: Callable[[], Summarizer] = getattr(import_module(module), attribute)
    return make()
