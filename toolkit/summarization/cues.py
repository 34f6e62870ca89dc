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


def leans(sentence: str) -> bool:
    """Return whether a sentence opens with words that point back (``Theo đó``, ``Ông cho biết`` …)."""
    return _openers().match(sentence) is not None
