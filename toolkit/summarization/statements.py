"""What sentences say, and whether two of them say the same, contradict each other or speak of different things."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from toolkit.summarization.figures import read_words
from toolkit.summarization.quantities import Figure, Time
from toolkit.summarization.terms import word_list
from toolkit.tokenization import token_spans

LONGER = 1 / 16
"""Two sentences say the same where so small a part of their words, none that bears on the meaning, differs."""
_HELD = 0.9
"""Share of the words of a sentence that a longer one which holds it has too."""
_CLOSE = 0.8
"""A sentence repeats another that has so much of it, in the same order, if nothing that bears on it differs."""
_FEWEST = 5
"""Words beside figures without which two sentences are not known to be about the same thing."""
_DAYS = 7
"""So many days later an article may bring the figures of another up to date."""

_NOT = frozenset(("không", "chưa", "chẳng", "chả"))
_DIRECTIONS = frozenset(("tăng", "giảm"))
_ABOUT = frozenset(("khoảng", "gần", "hơn", "trên", "chừng", "ước"))
_TODAY = frozenset(("nay", "qua", "mai"))
_UNTIL = frozenset(("đến", "tới"))
_AND = frozenset(("và", "hoặc", "hay"))
_ECHO = "không nữa"
"""A negation that one sentence repeats in front of the next part of a list, where another lets the first do."""
_SYLLABLES = 3
"""What a figure counts is told in so many syllables and what is left of the last word."""

# `(Dân Việt) - `, `TTO - `, `Hà Nội, 14/5 (TTXVN) - ` at the top, `(VFA)` anywhere.
_PLACE = r"[A-ZĐ][\w.]*+(?: [A-ZĐ][\w.]*+){0,4}(?:, (?:ngày )?\d{1,2}/\d{1,2})?"
_TAG = re.compile(
    rf"\s*(?:{_PLACE} \([^()]{{1,30}}\)\s*(?:[-–—]\s|$)"
    r"|(?:\([^()]{1,30}\)|TTO|TPO|NLĐO|PLO|SGGPO|NDO|CLO|VOV|VTV|VTC|TTXVN|BNEWS|VnExpress)\s*[-–—]\s)"
)
_ASIDE = re.compile(r"\([A-ZĐ][\w.+/]{1,14}\)")
# What leads up to a time and goes with it: `tính đến 17 giờ ngày 26/8`.
_PARTS_OF_DAY = frozenset(("sáng", "trưa", "chiều", "tối", "đêm"))
_BEFORE_TIME = _PARTS_OF_DAY | {"tính", "đến", "tới", "hết", "từ", "ngày", "rạng"}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says.

    Attributes
    ----------
    words : tuple of str
        Every word that has weight, in order; numbers are values after ``#``, times stand after ``@``.
    bearing : tuple of bool
        Of each word whether a sentence with it says something else than one without: figures, times, names,
        negations, directions.
    frame : tuple of str
        The words less the source, the times, the values of figures and what is told of their direction.
    figures : tuple of Figure
        One for every ``#`` of the frame.
    stances : tuple of (int, str)
        Negations and directions, and where in the frame.
    times : tuple of Time
    parts_of_day : tuple of str
        Those beside times (``sáng 12/9``).
    today, until : bool
        Whether it speaks of today, and of figures up to a time.
    named : bool
        Whether its frame has a name.
    """

    words: tuple[str, ...]
    bearing: tuple[bool, ...]
    frame: tuple[str, ...]
    figures: tuple[Figure, ...]
    stances: tuple[tuple[int, str], ...]
    times: tuple[Time, ...]
    parts_of_day: tuple[str, ...]
    today: bool
    until: bool
    named: bool

    @property
    def weighty(self) -> tuple[str, ...]:
        """The words that bear on what it says."""
        return tuple(word for word, bears in zip(self.words, self.bearing, strict=True) if bears)

    @property
    def names(self) -> tuple[str, ...]:
        """Names, figures and times."""
        return tuple(word for word in self.weighty if word not in _words("bearing"))

    @property
    def is_told(self) -> bool:
        """Whether the frame has words enough to know what the figures are about."""
        return sum(word != "#" for word in self.frame) >= _FEWEST

    @property
    def fact(self) -> tuple[object, ...]:
        """What it says whoever is the source: equal for sentences of which one is enough."""
        return self.frame, tuple(figure.told for figure in self.figures), self.stances, self.times, self.parts_of_day


def read_statement(text: str) -> Statement:
    """Return what a sentence says."""
    weightless, weighty = _words("weightless"), _words("bearing")
    words: list[str] = []
    bearing: list[bool] = []
    frame: list[str] = []
    figures: list[Figure] = []
    stances: list[tuple[int, str]] = []
    times: list[Time] = []
    parts_of_day: list[str] = []
    denied: set[str] = set()
    in_source = named = False
    word = ""
    for token in read_words(_ASIDE.sub(" ", _without_tag(text))):
        before, word = word, token.word
        if word in weightless and not token.is_name:
            continue
        words.append(word)
        bearing.append(token.is_name or word in weighty or not word[0].isalpha())
        if token.opens:
            in_source = word == "theo"
        if token.time is not None:
            if token.time.kind != "hour":
                times.append(token.time)
            while frame and frame[-1] in _BEFORE_TIME:
                if (lead := frame.pop()) in _PARTS_OF_DAY:
                    parts_of_day.append(lead)
        elif in_source:
            continue
        elif token.figure is not None:
            about = frame.pop() if frame and frame[-1] in _ABOUT else ""
            direction = frame.pop() if frame and frame[-1] in _DIRECTIONS else ""
            figures.append(replace(token.figure, about=about, direction=direction))
            frame.append("#")
            if token.figure.currency:
                frame.append("¤")
        elif word in _NOT:
            echoes = word in denied and (token.opens or before in _AND)
            stances.append((len(frame), _ECHO if echoes else "không"))
            denied.add(word)
        elif word != "có":
            frame.append(word)
            named = named or token.is_name
    stances += [(place, word) for place, word in enumerate(frame) if word in _DIRECTIONS]
    return Statement(
        words=tuple(words),
        bearing=tuple(bearing),
        frame=tuple("±" if word in _DIRECTIONS else word for word in frame),
        figures=tuple(figures),
        stances=tuple(stances),
        times=tuple(times),
        parts_of_day=tuple(parts_of_day),
        today=not _TODAY.isdisjoint(words),
        until=not _UNTIL.isdisjoint(words),
        named=named,
    )


def _without_tag(text: str) -> str:
    tag = _TAG.match(text)
    # A sentence begins behind it, unlike `Hồng Hà (HHC) - nhà thầu chính - …`.
    return text if tag is None or text[tag.end() : tag.end() + 1].islower() else text[tag.end() :]


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
    if not _FEWEST < len(shorter.words) < len(longer.words):
        return False
    missing = int((1 - _HELD) * len(shorter.words))
    begin = at = 0
    for word, bears in zip(shorter.words, shorter.bearing, strict=True):
        found = next((place for place in range(at, len(longer.words)) if longer.words[place] == word), None)
        if found is not None and not (at and any(longer.bearing[at:found])):
            begin, at = (begin if at else found), found + 1
        elif bears or (missing := missing - 1) < 0:
            return False
    return not _NOT.intersection(longer.words[:begin] + longer.words[at:])


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


def contrast(one: Statement, other: Statement) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the figures, or else the days, in which two sentences of one frame differ, or None if they do not.

    Both are empty where one denies what the other says.
    """
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
    return [stance for stance in stances if stance[1] != _ECHO]


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


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(word_list(name))
