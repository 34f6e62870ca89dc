"""On which day what an article reports happened, as far as its date or its opening tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from toolkit.document import Document

OPENING = 2
"""Sentences in which an article says what happened on which day."""
_DAY = re.compile(r"(?<![\w/.,-])(\d{1,2})(?:/| tháng )(\d{1,2})(?![\d-]|/[^\W\d])")
_ITS_YEAR = re.compile(r"(?:/|,? năm )((?:19|20)\d\d)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def day_named(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return day and month of the first date in some sentences (``tối 22/7``), as they are written."""
    found = next(filter(None, map(_DAY.search, texts)), None)
    return found and (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0")


def names_time(text: str) -> bool:
    """Return whether a text names a day, or a year in its first half: what it sets out with says when."""
    return _YEAR.search(text[: len(text) // 2]) is not None or day_named([text]) is not None


def days_of(documents: Sequence[Document]) -> list[date]:
    """Return the day of each document; one that tells of none has that of the one before it, or else after it.

    A document's day is its date, or the one that its opening names. ``22/7`` without a year is in the year that its
    sentence names; beside two years in a row (``tổng kết năm 2024, nhiệm vụ năm 2025``) it is the day next to
    the turn of the year. Where no document tells, all have the same day.
    """
    days = [day_of(document) for document in documents]
    for order in (range(len(days)), reversed(range(len(days)))):
        latest = None
        for number in order:
            latest = days[number] = days[number] or latest
    return [day or date.min for day in days]


def days_apart(documents: Sequence[Document]) -> Callable[[int, int], int | None]:
    """Return a function that says how many days lie between two documents, or None where one of them tells of none.

    Where a year is missing, the days that their titles or openings name count as of one year.
    """
    days = [day_of(document) for document in documents]
    named = [day_named([d.title or "", *(s.text for s in d.sentences[:OPENING])]) for d in documents]

    def apart(one: int, other: int) -> int | None:
        first, second, mine, its = days[one], days[other], named[one], named[other]
        if first is not None and second is not None:
            return abs((first - second).days)
        if mine is None or its is None:
            return None
        return abs(30 * (int(mine[1]) - int(its[1])) + int(mine[0]) - int(its[0]))

    return apart


def day_of(document: Document) -> date | None:
    """Return the date of a document, or the day that its opening names; None where it tells of none."""
    if document.date is not None:
        return document.date
    for sentence in document.sentences[:OPENING]:
        if found := _DAY.search(sentence.text):
            return _in_its_year(found)
    return None


def _in_its_year(found: re.Match[str]) -> date | None:
    explicit = _ITS_YEAR.match(found.string, found.end())
    years = [int(explicit[1])] if explicit else sorted({int(year) for year in _YEAR.findall(found.string)})
    try:
        days = [date(year, int(found[2]), int(found[1])) for year in years]
    except ValueError:  # no such day
        return None
    if len(years) == 2 and years[1] == years[0] + 1:
        turn = date(years[1], 1, 1)
        return min(days, key=lambda day: abs(day - turn))
    return days[0] if len(days) == 1 else None
