"""On which day what an article reports happened, as far as its date or its opening tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from toolkit.document import Document
from toolkit.summarization.numerals import NUMERALS
from toolkit.text import count_syllables

OPENING = 2
"""Sentences in which an article says what happened on which day."""
_SETTING_OUT = 4
"""Syllables at most before a day that says when what a sentence tells happened (``Rạng sáng thứ bảy 25/6``)."""
_SOME_YEAR = 2000
"""Any leap year, for days whose year is not known."""
_DAY = re.compile(r"(?<![\w/.,-])(\d{1,2})(?:/| tháng )(\d{1,2})(?![\d-]|/[^\W\d])")
_ITS_YEAR = re.compile(r"(?:/|,? năm )((?:19|20)\d\d)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BIRTH = re.compile(r"\b(?:[Ss]inh năm|SN):? (?:19|20)\d\d\b")
_SO_MANY = "".join(rf"(?<!\b{word} )" for word in ("những", "các", "vài", "mấy", "nhiều", *NUMERALS)) + r"(?<!\d )"
_NUMBER = rf"(?:\d[\d/-]{{0,9}}|[ivx]{{1,4}}|{'|'.join(NUMERALS)})"
# `Tháng 3 năm nay`: a number that says which month it is, not how many years.
_NOT_SO_MANY = rf"(?:\b(?:tháng|quý|ngày|thứ) {_NUMBER}(?:(?: và)? {_NUMBER})? |{_SO_MANY}\b)"
# `Năm nay`, but not `5 năm qua`, which is much the same a month later.
_THIS_YEAR = re.compile(rf"{_NOT_SO_MANY}năm (?:nay|ngoái|tới)\b|\bsang năm\b|\btrong năm qua\b", re.IGNORECASE)
_YEAR_SO_FAR = re.compile(r"\bđầu năm\b(?!,? (?:19|20)\d\d)", re.IGNORECASE)
_THIS_MONTH = re.compile(rf"{_NOT_SO_MANY}(?:tháng|quý) (?:này|trước|tới)\b", re.IGNORECASE)
_TODAY = re.compile(
    rf"\b(?:hôm|sáng|trưa|chiều|tối|đêm) (?:nay|qua|mai)\b|\bngày mai\b|{_NOT_SO_MANY}tuần (?:này|trước|qua|tới)\b",
    re.IGNORECASE,
)


def day_named(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return day and month of the first date in some sentences (``tối 22/7``), as they are written."""
    found = next(filter(None, map(_DAY.search, texts)), None)
    return found and (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0")


def names_time(text: str) -> bool:
    """Return whether a text names a day, or a year in its first half: what it sets out with says when."""
    return _YEAR.search(text[: len(text) // 2]) is not None or day_named([text]) is not None


def reads_otherwise(text: str, day: date | None, days: Collection[date]) -> bool:
    """Return whether a sentence speaks of a time (``năm nay``, ``sáng nay``) that the `day` of its article explains.

    That is so where one of `days` makes it another year, month or day, and the sentence does not say which is meant.
    """
    if day is None or len(days) < 2:
        return False
    has_day = day_named([text]) is not None
    if not has_day and _TODAY.search(text):
        return True
    if (
        not has_day
        and _THIS_MONTH.search(text)
        and any((other.year, other.month) != (day.year, day.month) for other in days)
    ):
        return True
    if str(day.year) in text or not (_THIS_YEAR.search(text) or _YEAR_SO_FAR.search(text)):
        return False
    return any(other.year != day.year for other in days)


def days_of(documents: Sequence[Document]) -> list[date]:
    """Return the day of each document; one that tells of none has that of the one before it, or else after it.

    A document's day is its date, or the one that its opening names. ``22/7`` without a year is in the year that its
    sentence names; beside two years in a row (``tổng kết năm 2024, nhiệm vụ năm 2025``) it is the day next to the
    turn of the year. Where a sentence sets out with it (``Tối 22/7, …``), it is else in the year that brings it next
    to the other documents. Where no document tells, all have the same day.
    """
    days = [day_of(document) for document in documents]
    named = [None if day else _day_set_out_with(document) for document, day in zip(documents, days, strict=True)]
    known = next(filter(None, days), None)
    for number, found in enumerate(named):
        if found is not None:
            known = known or _day(_SOME_YEAR, found)
            days[number] = known and _nearest(found, known)
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
    found = _first_day(document)
    return found and _in_its_year(found)


def _first_day(document: Document) -> re.Match[str] | None:
    """Return the first day that the opening of a document names and that is not one of a decree."""
    found = (day for sentence in document.sentences[:OPENING] for day in _DAY.finditer(sentence.text))
    return next((day for day in found if not _is_of_decree(day)), None)


def _is_of_decree(found: re.Match[str]) -> bool:
    """Return whether the number of a decree stands before a day: `Chỉ thị số 15-CT/TW ngày 10/8/2022`."""
    before = found.string[: found.start()].rsplit(maxsplit=2)[-2:]
    return before[1:] == ["ngày"] and before[0][0].isdigit() and ("/" in before[0] or "-" in before[0])


def _in_its_year(found: re.Match[str]) -> date | None:
    explicit = _ITS_YEAR.match(found.string, found.end())
    years = (
        [int(explicit[1])] if explicit else sorted({int(year) for year in _YEAR.findall(_BIRTH.sub("", found.string))})
    )
    days = [day for year in years if (day := _day(year, found))]
    if len(days) == 2 and years[1] == years[0] + 1:
        turn = date(years[1], 1, 1)
        return min(days, key=lambda day: abs(day - turn))
    return days[0] if len(days) == len(years) == 1 else None


def _day_set_out_with(document: Document) -> re.Match[str] | None:
    """Return the first day that the opening of a document names, if few words of a sentence stand before it."""
    found = _first_day(document)
    return found if found and count_syllables(found.string[: found.start()]) <= _SETTING_OUT else None


def _nearest(found: re.Match[str], to: date) -> date | None:
    days = [day for year in (to.year - 1, to.year, to.year + 1) if (day := _day(year, found))]
    return min(days, key=lambda day: abs(day - to), default=None)


def _day(year: int, found: re.Match[str]) -> date | None:
    try:
        return date(year, int(found[2]), int(found[1]))
    except ValueError:  # no such day
        return None
