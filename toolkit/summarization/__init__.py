"""Summaries: rank sentences, then choose those that carry the article within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.document import Document
from toolkit.results import Budget, Digest
from toolkit.summarization.many import summarize_many
from toolkit.summarization.registry import (
    DEFAULT,
    SUMMARIZERS,
    JointSummarizer,
    SetSummarizer,
    Summarizer,
    check,
    get,
)
from toolkit.summarization.select import Choice, select
from toolkit.summarization.topics import summarize_by_topic

__all__ = [
    "DEFAULT",
    "SUMMARIZERS",
    "JointSummarizer",
    "SetSummarizer",
    "Summarizer",
    "check",
    "get",
    "select",
    "summarize",
    "summarize_by_topic",
    "summarize_each",
    "summarize_many",
]


def summarize(document: Document, budget: Budget, summarizer: Summarizer | str = DEFAULT) -> Digest:
    """Return the digest of one document: the sentences that carry it, in its own order.

    Parameters
    ----------
    summarizer
        A name of `SUMMARIZERS`, or anything with a ``rank`` method; one that also has ``choose_many``
        (`SetSummarizer`) picks the sentences itself, MMR does for the others.
    """
    return summarize_each([document], budget, summarizer)[0]


def summarize_each(
    documents: Sequence[Document], budget: Budget, summarizer: Summarizer | str = DEFAULT
) -> list[Digest]:
    """Return what `summarize` gives for every document; the default does many at once much faster."""
    how = get(summarizer) if isinstance(summarizer, str) else summarizer
    choose_many = getattr(how, "choose_many", None)  # an isinstance check of a protocol takes as long as a digest
    if choose_many is not None:
        choices: list[Choice] = choose_many(documents, budget)
        return [
            select(document, choice.scores, budget, chosen=choice.sentences)
            for document, choice in zip(documents, choices, strict=True)
        ]
    return [select(document, how.rank(document), budget) for document in documents]
