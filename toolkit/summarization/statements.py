"""What sentences say: their words, the figures and times in them, and what is left without these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from toolkit.summarization.figures import read_words
from toolkit.summarization.quantities import Figure, Time
from toolkit.summarization.terms import word_list

FEWEST = 5
"""Words beside figures without which two sentences are not known to be about the same thing."""

NEGATIONS = frozenset(("không", "chưa", "chẳng", "chả"))
_DIRECTIONS = frozenset(("tăng", "giảm"))
_ABOUT = frozenset(("khoảng", "gần", "hơn", "trên", "chừng", "ước"))
_TODAY = frozenset(("nay", "qua", "mai"))
_UNTIL = frozenset(("đến", "tới"))
_AND = frozenset(("và", "hoặc", "hay"))
_OFFICES = frozenset(("sở", "phòng"))
_COUNTRY = frozenset((("cả", "nước"), ("toàn", "quốc")))
_SIGNS = frozenset(("#", "¤", "±"))
ECHO = "không nữa"
"""A negation that one sentence repeats in front of the next part of a list, where another lets the first do."""
# `Thiệt hại ban đầu là …`: what is said again later without it.
_PROVISIONAL = frozenset((("ban", "đầu"), ("bước", "đầu"), ("sơ", "bộ")))

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
    head : tuple of str
        The frame up to the first figure and what it counts; the whole frame where that is not told.
    figures : tuple of Figure
        One for every ``#`` of the frame.
    stances : tuple of (int, str)
        Negations and directions, and where in the frame.
    times : tuple of Time
    parts_of_day : tuple of str
        Those beside times (``sáng 12/9``), and hours.
    today, until : bool
        Whether it speaks of today, and of figures up to a time.
    named : bool
        Whether its frame has a name that tells what it is about, or speaks of the whole country; an abbreviation
        (``FDI``) does not, nor what every province has (``Sở Công Thương``).
    """

    words: tuple[str, ...]
    bearing: tuple[bool, ...]
    frame: tuple[str, ...]
    head: tuple[str, ...]
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
        return sum(word != "#" for word in self.frame) >= FEWEST

    @property
    def begins_fully(self) -> bool:
        """Whether the head has words enough to know what its figure is about."""
        return bool(self.figures) and sum(word not in _SIGNS for word in self.head) >= FEWEST

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
    in_source = named = of_office = False
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
            if token.time.kind == "hour":
                parts_of_day.append(token.time.number)
            else:
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
        elif word in NEGATIONS:
            echoes = word in denied and (token.opens or before in _AND)
            stances.append((len(frame), ECHO if echoes else "không"))
            denied.add(word)
        elif frame and (frame[-1], word) in _PROVISIONAL:
            frame.pop()
        elif word != "có":
            frame.append(word)
            of_office = word in _OFFICES or (of_office and token.is_name)
            named = named or (token.is_name and not token.is_abbreviation and not of_office)
    ends = _end_of_head(frame, figures)
    stances += [(place, word) for place, word in enumerate(frame) if word in _DIRECTIONS]
    told = tuple("±" if word in _DIRECTIONS else word for word in frame)
    return Statement(
        words=tuple(words),
        bearing=tuple(bearing),
        frame=told,
        head=told[:ends],
        figures=tuple(figures),
        stances=tuple(stances),
        times=tuple(times),
        parts_of_day=tuple(parts_of_day),
        today=not _TODAY.isdisjoint(words),
        until=not _UNTIL.isdisjoint(words),
        named=named or not _COUNTRY.isdisjoint(pairwise(told)),
    )


def _end_of_head(frame: Sequence[str], figures: Sequence[Figure]) -> int:
    """Return where the words end that say what the first figure of a frame counts."""
    counted = figures[0].text.lower().split()[1:] if figures else []
    if not counted:
        return len(frame)
    at = frame.index("#") + 1
    while at < len(frame) and (frame[at] == "¤" or frame[at] in counted):
        at += 1
    return at


def _without_tag(text: str) -> str:
    tag = _TAG.match(text)
    # A sentence begins behind it, unlike `Hồng Hà (HHC) - nhà thầu chính - …`.
    return text if tag is None or text[tag.end() : tag.end() + 1].islower() else text[tag.end() :]


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(word_list(name))
