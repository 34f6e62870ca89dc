"""What the opening of a sentence gives away: whether it leans on the sentence before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from toolkit.summarization.terms import word_list

_LISTS = ("openers", "pronouns")


def _pattern(openers: Iterable[str]) -> re.Pattern[str]:
    # Longest first, so that no opener hides a longer one.
    longest_first = sorted(openers, key=len, reverse=True)
    return re.compile(rf"[\W_]*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


@cache
def _all_openers() -> re.Pattern[str]:
    return _pattern(opener for name in _LISTS for opener in word_list(name))


@cache
def _pronouns() -> re.Pattern[str]:
    return _pattern(word_list("pronouns"))


@cache
def _first_words() -> frozenset[str]:
    return frozenset(opener.split()[0] for name in _LISTS for opener in word_list(name))


def may_lean(first_word: str) -> bool:
    """Return whether any opening that points back starts with this lower-cased word."""
    return first_word in _first_words()


def leans(sentence: str) -> bool:
    """Return whether a sentence opens with words that point back (``Tuy nhiên``, ``Ông cho biết`` …)."""
    return _all_openers().match(sentence) is not None


def refers(sentence: str) -> bool:
    """Return whether a sentence opens with a pronoun for what was named before (``Điều này`` …).

    Such a sentence says nothing to a reader who has not seen the one before it; one that merely leans
    (``Ngoài ra, …``) can follow a sentence of another article.
    """
    return _pronouns().match(sentence) is not None
