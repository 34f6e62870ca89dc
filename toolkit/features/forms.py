"""What of a token counts as the same: its form."""

from __future__ import annotations

import re

_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}[/-]\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d[\d.,]*")
_WORDLIKE = re.compile(r"\w")
_PERCENT = "%"


def form_of(token: str) -> str:
    """Return the form of a token: lower case, a number masked; the empty string for punctuation.

    The full stop that the tokeniser leaves on an abbreviation at the end of a sentence (`tỷ USD.`) is not part of it.
    """
    if _WORDLIKE.search(token) is None:
        return token if token == _PERCENT else ""
    if token[0].isdigit():
        if _DATE.fullmatch(token):
            return "<ngày>"
        if _YEAR.fullmatch(token):
            return "<năm>"
        if _NUMBER.fullmatch(token):
            return "<số>"
    return token.lower().rstrip(".")
