"""In what order the digest of several articles shows its sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from toolkit.summarization.cues import leans
from toolkit.summarization.pool import Pool
from toolkit.summarization.provincial import ProvincialParts
from toolkit.text import syllables

_LIKE = 0.3
"""Two sentences have a place in common where so many of their pairs of syllables are (Jaccard)."""

_SUBJECT = 5
"""Syllables in which a sentence names what it is about, if it does: what opens it with when and where aside."""
_LEADS = (
    "theo", "ngày", "sáng", "trưa", "chiều", "tối", "đêm", "rạng", "hôm", "năm", "tháng", "quý", "hiện", "tính", "từ",
    "đến", "trước", "sau", "qua", "trong", "ngoài", "tại", "ở", "vào", "với", "cùng",
)  # fmt: skip
_LEAD = re.compile(rf"[\W_]*+(?:{'|'.join(_LEADS)})(?!\w)[^,]{{1,80}}, ", re.IGNORECASE)

Pairs = frozenset[tuple[str, str]]


class ReadingOrder:
    """Time first, then the places that sentences have in their articles.

    The place of a sentence is how far down its article it stands, 0 to 1: the mean over its own article and those of
    the same day that have a sentence like it (the most like it counts). Of one article no sentence comes before one
    that stands before it there. What leans on a sentence of its article follows it, and so does what does not name
    its subject (``Giá bán là 25 triệu đồng``): behind a sentence of another article it would be about that one's. In
    a brief the common part comes event by event and the provinces after it, article by article.

    Parameters
    ----------
    days : sequence of date
        The day of every document.
    parts : ProvincialParts, optional
        Of a brief.

    References
    ----------
    Barzilay, Elhadad and McKeown (2002), "Inferring Strategies for Sentence Ordering in Multidocument News
    Summarization", JAIR: order by time, and what most articles have in one order stays in that order.
    """

    def __init__(self, pool: Pool, days: Sequence[date], parts: ProvincialParts | None) -> None:
        self._pool = pool
        self._days = days
        self._parts = parts
        self._documents = pool.document.tolist()
        size = np.bincount(pool.document, minlength=len(days))
        self._own = (pool.sentence / size[pool.document]).tolist()
        self._pairs: dict[int, Pairs] = {}
        self._places: dict[int, float] = {}

    def __call__(self, chosen: Sequence[int]) -> list[int]:
        """Return `chosen`, numbers of sentences in the pool, in order."""
        keys: dict[int, tuple[bool, date, float]] = {}
        before = -1
        for index in sorted(chosen):
            key = self._key(index)
            if before >= 0 and self._pool.precedes(before, index):
                text = self._pool.texts[index]
                if leans(text) or not (key[0] or _names_subject(text)):
                    key = keys[before]
                elif key[0] == keys[before][0]:
                    key = max(key, keys[before])
            keys[index] = key
            before = index
        return sorted(chosen, key=lambda index: (keys[index], index))

    def _key(self, index: int) -> tuple[bool, date, float]:
        day = self._days[self._documents[index]]
        if self._parts is None:
            return False, day, self._place(index)
        local = self._parts.province[index] is not None
        return local, day, 0.0 if local else float(self._parts.event[index])

    def _place(self, index: int) -> float:
        if index not in self._places:
            mine = self._pairs_of(index)
            best = {self._documents[index]: (1.0, self._own[index])}
            day = self._days[self._documents[index]]
            for other, document in enumerate(self._documents):
                if document == self._documents[index] or self._days[document] != day:
                    continue
                its = self._pairs_of(other)
                common = len(mine & its)
                likeness = common / max(len(mine) + len(its) - common, 1)
                if likeness > max(_LIKE, best.get(document, (0.0, 0.0))[0]):
                    best[document] = likeness, self._own[other]
            self._places[index] = sum(place for _, place in best.values()) / len(best)
        return self._places[index]

    def _pairs_of(self, index: int) -> Pairs:
        if index not in self._pairs:
            self._pairs[index] = frozenset(pairwise(word.lower() for word in syllables(self._pool.texts[index])))
        return self._pairs[index]


def _names_subject(sentence: str) -> bool:
    """Return whether a sentence opens with a name, or has one in the first words after when and where."""
    lead = _LEAD.match(sentence)
    words = syllables(sentence[lead.end() :] if lead else sentence)
    # The first word of a sentence has a capital anyway.
    return any(word[0].isupper() for word in words[0 if lead else 1 : _SUBJECT])
