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


@cache
def _attendance() -> re.Pattern[str]:
    starts = [phrase[1:] for phrase in word_list("attendance") if phrase.startswith("^")]
    inside = [phrase for phrase in word_list("attendance") if not phrase.startswith("^")]
    # "dự án", "dự kiến", "dự báo" and the like open other sentences.
    first = rf"[\W_]*(?:{'|'.join(map(re.escape, starts))})(?!\w)(?! (?:án|kiến|báo|thảo|trữ|toán|đoán)\b)"
    later = rf"(?:\w+\W+){{0,25}}?(?:{'|'.join(map(re.escape, inside))})(?!\w)"
    return re.compile(f"{first}|{later}", re.IGNORECASE)


def lists_attendance(sentence: str) -> bool:
    """Return whether a sentence only says who was there (``Dự hội nghị có …``)."""
    return ("dự" in sentence or "Dự" in sentence or "điểm cầu" in sentence) and (
        _attendance().match(sentence) is not None
    )


def refers(sentence: str) -> bool:
    """Return whether a sentence opens with a pronoun for what was named before (``Điều này`` …).

    Such a sentence says nothing to a reader who has not seen the one before it; one that merely leans
    (``Ngoài ra, …``) can follow a sentence of another article.
    """
    return _pronouns().match(sentence) is not None
