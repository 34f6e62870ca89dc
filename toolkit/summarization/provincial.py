"""What articles of several provinces tell of their own: the provincial parts of a common digest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.provinces import find_provinces
from toolkit.summarization.cover import figures_first
from toolkit.summarization.cues import amounts
from toolkit.summarization.home import home_of, is_province, spoken_so_far
from toolkit.summarization.matters import Matters
from toolkit.summarization.pool import Pool
from toolkit.summarization.select import Limits
from toolkit.summarization.syllable_codes import BoolArray
from toolkit.summarization.terms import FloatArray, IntArray
from toolkit.summarization.when import OPENING, day_named, day_of, names_time, reads_otherwise
from toolkit.text import count_syllables

_OF_PROVINCES, _OF_EVENTS = 0.7, 0.35
"""Of the budget: what provinces, and what events, may claim before anything else is chosen."""
_UNNAMED = 0.5
"""What a sentence is worth whose province is named beside it only."""
_PLAIN = 0.25
"""What a sentence without figures is worth against one with a single amount."""
_AMOUNT, _LONG = 0.3, 60
"""What each amount adds to a sentence in a brief, and the syllables beyond which a sentence loses."""
_TOPIC_AMOUNT, _TOPIC_LONG = 0.6, 45
"""The same in a digest of one topic."""
_STRAY = 0.5
"""What a sentence of the common part is worth if nothing says which of several events it is about."""


@dataclass(frozen=True, slots=True)
class ProvincialParts:
    """Which sentences of several articles tell of the province that their article is about.

    Attributes
    ----------
    province : tuple of str or None
        For every sentence the province it tells of; None in the part that is not a province's own.
    named : ndarray of shape (n_sentences,)
        Whether the sentence itself names that province.
    placed : ndarray of shape (n_sentences,)
        Whether a reader sees which province it is: the sentence names it, or `DigestSentence.province` does.
    event : ndarray of shape (n_sentences,)
        Number of the event that its article reports on: the first article with an opening on the same day;
        `n_documents` where an opening names no day.
    undated : ndarray of shape (n_sentences,)
        Whether the opening of the event has to say which year or day the sentence means by `năm nay` and the like.
    n_documents : int
    several_events : bool
        Whether the articles name two such days or more.
    """

    province: tuple[str | None, ...]
    named: BoolArray
    placed: BoolArray
    event: IntArray
    undated: BoolArray
    n_documents: int
    several_events: bool

    @property
    def local(self) -> BoolArray:
        """Whether each sentence is in a provincial part, shape (n_sentences,)."""
        return np.array([name is not None for name in self.province], dtype=bool)


def provincial_parts(documents: Sequence[Document]) -> ProvincialParts | None:
    """Return the provincial parts of articles; None where these are not about one matter and two provinces at least.

    Within a paragraph what follows a sentence on the province tells of it too.
    """
    mentions = [[find_provinces(s.text, normalized=True) for s in document.sentences] for document in documents]
    homes = [home_of(document, mentioned) for document, mentioned in zip(documents, mentions, strict=True)]
    if len(set(homes) - {None}) < 2 or not Matters(documents).is_one():
        return None
    province: list[str | None] = []
    named: list[bool] = []
    placed: list[bool] = []
    event: list[int] = []
    undated: list[bool] = []
    days: dict[tuple[str, str], int] = {}
    told = [day_of(document) for document in documents]
    others = frozenset(filter(None, told))
    for number, (document, home, mentioned) in enumerate(zip(documents, homes, mentions, strict=True)):
        day = day_named(sentence.text for sentence in document.sentences[:OPENING])
        event += [days.setdefault(day, number) if day else len(documents)] * len(document.sentences)
        undated += [
            day is not None and reads_otherwise(sentence.text, told[number], others) for sentence in document.sentences
        ]
        for paragraph in document.paragraphs:
            local = False
            for sentence, said in zip(paragraph.sentences, spoken_so_far(paragraph), strict=True):
                names = home in mentioned[sentence.index]
                spoken = said and is_province(home)
                local = local or names or spoken
                province.append(home if local else None)
                named.append(names)
                placed.append(names or (spoken and not mentioned[sentence.index]))
    return ProvincialParts(
        province=tuple(province),
        named=np.array(named, dtype=bool),
        placed=np.array(placed, dtype=bool),
        event=np.array(event, dtype=np.int64),
        undated=np.array(undated, dtype=bool),
        n_documents=len(documents),
        several_events=len(days) > 1,
    )


def is_placed(parts: ProvincialParts, pool: Pool, index: int, chosen: Collection[int]) -> bool:
    """Return whether a reader of the sentences `chosen` can tell what province or event a sentence is about.

    Where there are several events, a sentence of the common part needs the opening of its event unless it sets out
    with a year itself; `năm nay` needs that opening anywhere if other articles are of another year.
    """
    local = parts.province[index] is not None
    if local and not parts.placed[index]:
        return False
    needs_event = not local and parts.several_events and not names_time(pool.texts[index])
    return not (needs_event or parts.undated[index]) or _is_opened(parts, pool, index, chosen)


def _is_opened(parts: ProvincialParts, pool: Pool, index: int, chosen: Collection[int]) -> bool:
    """Return whether the opening of the event that a sentence is about is among `chosen`."""
    return any(
        parts.event[one] == parts.event[index] and parts.province[one] is None and pool.sentence[one] < OPENING
        for one in chosen
    )


def brevity(parts: ProvincialParts, pool: Pool, length: IntArray) -> FloatArray:
    """Return a factor per sentence, shape (n_sentences,): in a brief of several reports figures count, length tires.

    Where there are several events, the common part does without what cannot be put to one of them.
    """
    stray = ~parts.local & (parts.event == parts.n_documents) & parts.several_events
    return figures_first(pool.texts, length, _AMOUNT, _LONG) * np.where(stray, _STRAY, 1.0)


def told_best(parts: ProvincialParts | None, pool: Pool) -> FloatArray:
    """Return a factor per sentence, shape (n_sentences,): what a reader of one topic needs first.

    Figures come before words, and what names its province before what leaves that to the article.
    """
    length = np.array([count_syllables(text) for text in pool.texts])
    factor = figures_first(pool.texts, length, _TOPIC_AMOUNT, _TOPIC_LONG)
    return factor if parts is None else factor * np.where(parts.local & ~parts.named, _UNNAMED, 1.0)


def claims(parts: ProvincialParts, pool: Pool, length: IntArray, worth: FloatArray, limit: Limits) -> tuple[int, ...]:
    """Return the sentences that events and provinces may claim before anything else is chosen.

    Each province gets the sentence that is worth most, amounts counting for it. Where two provinces have no room in
    their share of the budget, nothing has a claim. Each event, told apart by its day, gets the opening sentence
    that says so.

    Parameters
    ----------
    length, worth : ndarray of shape (n_sentences,)
        Syllables of each sentence, and what it is worth; 0 keeps it out.
    """
    found = _claimed(parts, pool, length, worth, limit)
    unopened = [index for index in found if parts.undated[index] and not _is_opened(parts, pool, index, found)]
    if not unopened:
        return found
    # `Năm nay` of an event that there is no room for: its province has other sentences.
    stray = parts.undated & np.isin(parts.event, parts.event[unopened])
    return _claimed(parts, pool, length, np.where(stray, 0.0, worth), limit)


def _claimed(parts: ProvincialParts, pool: Pool, length: IntArray, worth: FloatArray, limit: Limits) -> tuple[int, ...]:
    provinces = _within(_of_provinces(parts, pool, worth), length, _share(limit, _OF_PROVINCES))
    if len(provinces) < 2:
        return ()
    left = Limits(limit.sentences - len(provinces), limit.syllables - int(length[provinces].sum()))
    share = _share(limit, _OF_EVENTS)
    room = Limits(min(share.sentences, left.sentences), min(share.syllables, left.syllables))
    return (*_within(_of_events(parts, pool, worth), length, room), *provinces)


def _share(limit: Limits, share: float) -> Limits:
    return Limits(int(limit.sentences * share), int(limit.syllables * share))


def _of_provinces(parts: ProvincialParts, pool: Pool, worth: FloatArray) -> dict[int, float]:
    """Return the best sentence of each province with what it is worth there."""
    stated = np.array([_PLAIN + amounts(text) for text in pool.texts])
    value = np.where(parts.local & parts.placed, worth, 0.0) * stated * np.where(parts.named, 1.0, _UNNAMED)
    best: dict[str | None, int] = {}
    for index in _best_first(value):
        best.setdefault(parts.province[index], index)
    return {index: float(value[index]) for index in best.values()}


def _of_events(parts: ProvincialParts, pool: Pool, worth: FloatArray) -> dict[int, float]:
    """Return the best opening of each event with what it is worth."""
    opening = np.where(parts.local | (pool.sentence >= OPENING), 0.0, worth)
    best: dict[int, int] = {}
    for index in _best_first(opening):
        if day_named([pool.texts[index]]) is not None:
            best.setdefault(int(parts.event[index]), index)
    return {index: float(opening[index]) for index in best.values()}


def _within(claims: Mapping[int, float], length: IntArray, room: Limits) -> list[int]:
    """Return the sentences with a claim, the worthiest first, that there is room for."""
    taken: list[int] = []
    syllables = room.syllables
    for index in sorted(claims, key=lambda index: -claims[index]):
        if len(taken) < room.sentences and length[index] <= syllables:
            taken.append(index)
            syllables -= int(length[index])
    return taken


def _best_first(worth: FloatArray) -> list[int]:
    order: list[int] = np.argsort(-worth, kind="stable")[: np.count_nonzero(worth > 0)].tolist()
    return order
