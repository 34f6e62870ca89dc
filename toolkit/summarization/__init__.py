"""Summaries: rank sentences, then choose those that carry the article within a budget."""

from __future__ import annotations

from toolkit.document import Document
from toolkit.results import Budget, Digest
from toolkit.summarization.many import summarize_many
from toolkit.summarization.registry import (
    DEFAULT,
    SUMMARIZERS,
    JointSummarizer,
    SetSummarizer,
    Summarizer,
    get,
)
from toolkit.summarization.select import select
from toolkit.summarization.topics import summarize_by_topic

__all__ = [
    "DEFAULT",
    "SUMMARIZERS",
    "JointSummarizer",
    "SetSummarizer",
    "Summarizer",
    "get",
    "select",
    "summarize",
    "summarize_by_topic",
    "summarize_many",
]


def summarize(document: Document, budget: Budget, summarizer: Summarizer | str = DEFAULT) -> Digest:
    """Return the digest of one document: the sentences that carry it, in its own order.

    Parameters
    ----------
    summarizer
        A name of `SUMMARIZERS`, or anything with a ``rank`` method; one that also has ``choose``
        (`SetSummarizer`) picks the sentences itself, MMR does for the others.
    """
    how = get(summarizer) if isinstance(summarizer, str) else summarizer
    scores = how.rank(document)
    chosen = how.choose(document, budget) if isinstance(how, SetSummarizer) else None
    return select(document, scores, budget, chosen=chosen)
