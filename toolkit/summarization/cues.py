"""What the opening of a sentence gives away: whether it leans on the sentence before it."""

from __future__ import annotations

import re
from functools import cache

from toolkit.summarization.terms import word_list


@cache
def _openers() -> re.Pattern[str]:
    # Longest first, so that "theo đó" is not cut short; a comma may split what leans ("Tuy nhiên, …").
    openers = sorted(word_list("openers"), key=len, reverse=True)
    return re.compile(rf"[\W_]*(?:{'|'.join(map(re.escape, openers))})(?!\w)", re.IGNORECASE)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(opener.split()[0] for opener in word_list("openers"))


def may_lean(first_word: str) -> bool:
    """Return whether any opening that points back starts with this lower-cased word."""
    return first_word in _first_words()


def leans(sentence: str) -> bool:
    """Return whether a sentence opens with words that point back (``Theo đó``, ``Ông cho biết`` …)."""
    return _openers().match(sentence) is not None
