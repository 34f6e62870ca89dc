"""Printed pages: lines with their places, and which of them are running headers, footers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text and the box around it, in points; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Distance from top to bottom, at least 1."""
        return max(self.bottom - self.top, 1.0)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, counted from 1, with its lines in any order."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]


_MARGIN = 0.12  # of the page's height, above and below
_PAGE_NUMBER = re.compile(r"\W*(?:trang|page|tr\.)?\W*\d{1,4}(?:\s*(?:/|of|trên)\s*\d{1,4})?\W*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
# What browsers print around a page: its address, and when that was.
_PRINTED = re.compile(
    r"(?:(?:https?|file)://|about:)\S+(?: \d+/\d+)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}(?: ?[AP]M)?|"
    r"\d{1,2}:\d{2}(?: ?[AP]M)?,? \d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
    re.IGNORECASE,
)
_LONGEST_NUMBER = 40  # characters of a line that may be a page number


def margins(pages: Sequence[Page]) -> set[tuple[int, Line]]:
    """Return the lines in the margins that are page numbers, or that come again on most pages or on every second."""
    shapes: Counter[tuple[str, bool]] = Counter()
    candidates: list[tuple[int, Line, tuple[str, bool]]] = []
    for page in pages:
        lowest, highest = page.height * (1 - _MARGIN), page.height * _MARGIN
        seen = set()
        for line in page.lines:
            if line.bottom < highest or line.top > lowest:
                shape = (_DIGITS.sub("0", line.text.casefold()), line.top > lowest)
                candidates.append((page.number, line, shape))
                seen.add(shape)
        shapes.update(seen)
    often = max(2, 0.4 * len(pages))
    printed = {number: line.top for number, line, _ in candidates if _PRINTED.fullmatch(line.text)}
    printed_below = {number: line.top for number, line, _ in reversed(candidates) if _PRINTED.fullmatch(line.text)}
    return {
        (number, line)
        for number, line, shape in candidates
        if shapes[shape] >= often
        or (len(line.text) <= _LONGEST_NUMBER and _PAGE_NUMBER.fullmatch(line.text))
        or _PRINTED.fullmatch(line.text)
        or any(abs(line.top - tops.get(number, -1e9)) < 0.5 * line.height for tops in (printed, printed_below))
    }
