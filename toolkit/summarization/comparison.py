"""Whether two sentences say the same, contradict each other or speak of different things."""

from __future__ import annotations

from difflib import SequenceMatcher

from toolkit.summarization.quantities import Figure
from toolkit.summarization.statements import ECHO, FEWEST, NEGATIONS, Statement
from toolkit.tokenization import token_spans

LONGER = 1 / 16
"""Two sentences say the same where so small a part of their words, none that bears on the meaning, differs."""
_HELD = 0.9
"""Share of the words of a sentence that a longer one which holds it has too."""
_CLOSE = 0.8
"""A sentence repeats another that has so much of it, in the same order, if nothing that bears on it differs."""
_DAYS = 7
"""So many days later an article may bring the figures of another up to date."""
_SYLLABLES = 3
"""What a figure counts is told in so many syllables and what is left of the last word."""


def says_the_same(one: Statement, other: Statement) -> bool:
    """Return whether two sentences have the same words but for a very few that do not bear on what they say."""
    longest = max(len(one.words), len(other.words))
    return one.words == other.words or _differ_in_few(one, other, int(LONGER * longest), replaced=False)


def repeats(one: Statement, other: Statement, *, replaced: bool = True) -> bool:
    """Return whether two sentences differ in nothing that bears on what they say, so that a reader needs only one.

    Parameters
    ----------
    replaced
        Whether a few words may also stand for others: as a rule for what means the same, but not always.
    """
    longest = max(len(one.words), len(other.words))
    return one.fact == other.fact or _differ_in_few(one, other, int(2 * (1 - _CLOSE) * longest), replaced=replaced)


def holds(longer: Statement, shorter: Statement) -> bool:
    """Return whether all that a sentence says stands in a longer one, in its order and with nothing of weight between.

    A few words without weight may be missing. What denies or turns it must be in both: one way only, the longer
    sentence tells more.
    """
    if not FEWEST < len(shorter.words) < len(longer.words):
        return False
    missing = int((1 - _HELD) * len(shorter.words))
    begin = at = 0
    for word, bears in zip(shorter.words, shorter.bearing, strict=True):
        found = next((place for place in range(at, len(longer.words)) if longer.words[place] == word), None)
        if found is not None and not (at and any(longer.bearing[at:found])):
            begin, at = (begin if at else found), found + 1
        elif bears or (missing := missing - 1) < 0:
            return False
    return not NEGATIONS.intersection(longer.words[:begin] + longer.words[at:])


def differ_in_days(one: Statement, other: Statement) -> bool:
    """Return whether two sentences of one frame say the same of different days (``trước ngày 31/12``)."""
    pairs = [(mine, its) for mine, its in zip(one.times, other.times, strict=False) if mine != its]
    return (
        bool(pairs)
        and len(one.times) == len(other.times)
        and all({mine.kind, its.kind} == {"day"} for mine, its in pairs)
        and not (one.until or other.until)
        and not contradicts(one, other)
    )


def contradicts(one: Statement, other: Statement) -> bool:
    """Return whether two sentences of one frame give other figures, or one denies what the other says."""
    if not all(mine.agrees(its) for mine, its in zip(one.figures, other.figures, strict=True)):
        return True
    return _without_echoes(one.stances) != _without_echoes(other.stances)


def updates(one: Statement, other: Statement, days_apart: int | None) -> bool:
    """Return whether the first figure of two sentences that begin alike is brought up to date by the later one.

    `Lũ quét đã làm 3 người chết, 7 người mất tích` and two days later `Lũ quét đã làm 10 người chết`: what follows
    may differ. The articles are a few days apart, and a sentence that names a time says what had come up to then.
    """
    if one.head != other.head or one.figures[0].agrees(other.figures[0]):
        return False
    if days_apart is None or not 0 < days_apart <= _DAYS or one.today or other.today:
        return False
    if any(statement.times and not statement.until for statement in (one, other)):
        return False
    days = {time for statement in (one, other) for time in statement.times}
    return all(day.kind == "day" and day.is_near(another, _DAYS) for day in days for another in days)


def contrast(one: Statement, other: Statement) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the figures, or else the days, in which two sentences of one frame differ, or None if they do not.

    Both are empty where one denies what the other says. Of two that only begin alike (`updates`) it is the first
    figures.
    """
    if one.frame != other.frame:
        mine, its = _told(one.figures[0], other.figures[0])
        return (mine,), (its,)
    if differ_in_days(one, other):
        days = [(mine.text, its.text) for mine, its in zip(one.times, other.times, strict=True) if mine != its]
        return tuple(mine for mine, _ in days), tuple(its for _, its in days)
    if not contradicts(one, other):
        return None
    pairs = zip(one.figures, other.figures, strict=True)
    differing = [_told(mine, its) for mine, its in pairs if not mine.agrees(its)]
    return tuple(mine for mine, _ in differing), tuple(its for _, its in differing)


def of_one_time(one: Statement, other: Statement, days_apart: int | None) -> bool:
    """Return whether two sentences of one frame speak of the same time, or one of a little later than the other.

    What gives figures `tính đến` a day is brought up to date by what gives them up to the next.

    Parameters
    ----------
    days_apart : int or None
        Between the articles they are from; None where that is not known.
    """
    if len(one.times) != len(other.times):
        return False
    pairs = [(mine, its) for mine, its in zip(one.times, other.times, strict=True) if mine != its]
    if not all(mine.is_near(its, 0) for mine, its in pairs):
        return one.until and other.until and all(mine.is_near(its, _DAYS) for mine, its in pairs)
    if not days_apart or any(time.year for time in one.times):
        return True
    return days_apart <= _DAYS and not (one.today or other.today)


def _without_echoes(stances: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    return [stance for stance in stances if stance[1] != ECHO]


def _told(*figures: Figure) -> list[str]:
    """Return two figures that contradict each other in words, with the direction where that differs."""
    turned = len({figure.direction for figure in figures}) > 1
    parts = [(figure.direction if turned else "", figure.about, _shortened(figure.text)) for figure in figures]
    return [" ".join(filter(None, one)) for one in parts]


def _shortened(phrase: str) -> str:
    """Return a figure and so many whole words after it as make up a few syllables."""
    spans = token_spans(phrase)
    stop = next((span.end for span in spans if len(phrase[: span.end].split()) > _SYLLABLES), len(phrase))
    return phrase[:stop]


def _differ_in_few(one: Statement, other: Statement, most: int, *, replaced: bool) -> bool:
    """Return whether at most so many words differ and none bears on the sense; unless `replaced`, none for another."""
    if abs(len(one.words) - len(other.words)) > most or len(set(one.words).symmetric_difference(other.words)) > most:
        return False
    for what, start, stop, low, high in SequenceMatcher(None, one.words, other.words, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        most -= stop - start + high - low
        # A sentence's first word may be a name.
        if most < 0 or (what == "replace" and not (replaced and start and low)):
            return False
        if any(one.bearing[start:stop]) or any(other.bearing[low:high]):
            return False
    return True
