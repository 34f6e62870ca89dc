"""Texts that say the same: syndicated articles, and sentences that outlets took from one another."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.comparison import (
    LONGER,
    contradicts,
    differ_in_days,
    holds,
    of_one_time,
    repeats,
    says_the_same,
    updates,
)
from toolkit.summarization.cues import refers
from toolkit.summarization.statements import Statement, read_statement
from toolkit.text import syllables

ARTICLE_SHARE = 0.6
"""Two articles are copies where so many of their shingles are common (Jaccard)."""
_N_HASHES = 128
_N_BANDS = 32
_SHINGLE = 4
_PRIME = np.uint64((1 << 61) - 1)
_MIN_WORDS = 5
_FEWEST_COMMON = 3
"""Sentences that two articles have in common before a day that one of them gives otherwise is a conflict."""
_MOST_TRIED, _MOST_RIVALS = 64, 8
"""So many earlier texts that look alike are compared with one, and so many of them are its rivals."""


@dataclass(frozen=True, slots=True)
class SameSentences:
    """Groups of sentences.

    Attributes
    ----------
    group : tuple of int
        For every sentence the number of its group, its first sentence: all of them say the same.
    rivals : mapping of int to tuple of int
        Groups that say something else of the same thing: conflicting or updated reports.
    statements : tuple of Statement
        What each sentence says.
    """

    group: tuple[int, ...]
    rivals: dict[int, tuple[int, ...]]
    statements: tuple[Statement, ...]

    def take(self, sentences: Sequence[int]) -> SameSentences:
        """Return groups and statements of some sentences; groups keep their numbers."""
        groups = tuple(self.group[index] for index in sentences)
        return SameSentences(groups, self.rivals, tuple(self.statements[index] for index in sentences))


def article_copies(
    texts: Sequence[str], confirm: Callable[[int, int], bool] = lambda _later, _earlier: True
) -> tuple[int, ...]:
    """Return for every text the index of the first one it is a copy of, or its own.

    Candidates come from MinHash bands and are checked by the Jaccard similarity of their shingles of
    four syllables.

    Parameters
    ----------
    confirm
        Asked of each text that resembles an earlier one, and of that one, whether it is a copy at all.

    References
    ----------
    Broder (1997), "On the resemblance and containment of documents".
    """
    shingles = [_shingles(text) for text in texts]
    buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    first: list[int] = []
    for number, mine in enumerate(shingles):
        signature = _signature(mine)
        bands = [(band, part.tobytes()) for band, part in enumerate(np.split(signature, _N_BANDS))]
        near = sorted({other for band in bands for other in buckets[band]}) if mine else []
        match = next((o for o in near if _resemble(mine, shingles[o]) and confirm(number, o)), None)
        first.append(number if match is None else first[match])
        if match is None and mine:
            for band in bands:
                if len(buckets[band]) < _MOST_TRIED:
                    buckets[band].append(number)
    return tuple(first)


def same_sentences(
    texts: Sequence[str],
    documents: Sequence[int],
    days_apart: Callable[[int, int], int | None] = lambda _one, _other: None,
    of_one_subject: Callable[[int, int], bool] = lambda _one, _other: True,
) -> SameSentences:
    """Return which sentences say the same, and which say something else of the same thing.

    Sentences under five words only match word for word. One article does not contradict itself by giving two
    figures in the same words. Another day (``trước ngày 31/12``) is a conflict only between articles of one day that
    have most else in common: elsewhere it is as likely another matter.

    Parameters
    ----------
    documents
        Which document each sentence is from.
    days_apart, of_one_subject
        Of two documents how many days lie between them, None where that is not known, and whether they are about
        the same subject: figures of what has no name (``Tổng vốn là …``) are compared only where they are.
    """
    statements = tuple(map(read_statement, texts))
    group = _groups(texts, statements)
    held: defaultdict[int, set[int]] = defaultdict(set)
    for document, its_group in zip(documents, group, strict=True):
        held[document].add(its_group)

    def near_copies(one: int, other: int) -> bool:
        mine, its = held[one], held[other]
        return len(mine & its) >= max(_FEWEST_COMMON, ARTICLE_SHARE * max(len(mine), len(its)))

    def at_odds(number: int, other: int) -> bool:
        mine, its = statements[number], statements[other]
        one, another = documents[number], documents[other]
        if one == another or not (mine.named or of_one_subject(one, another)):
            return False
        apart = days_apart(one, another)
        if mine.frame != its.frame:
            return updates(its, mine, apart)
        if contradicts(its, mine):
            return of_one_time(its, mine, apart)
        return not apart and differ_in_days(its, mine) and near_copies(one, another)

    frames: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    heads: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for number, mine in enumerate(statements):
        # `Trong đó, …`: what it is about stands in the sentence before it.
        if group[number] != number or not mine.is_told or refers(texts[number]):
            continue
        alike = heads[mine.head][:_MOST_TRIED] if mine.begins_fully else []
        tried = dict.fromkeys([*frames[mine.frame][:_MOST_TRIED], *alike])
        for other in islice((other for other in tried if at_odds(number, other)), _MOST_RIVALS):
            linked[number].add(other)
            linked[other].add(number)
        frames[mine.frame].append(number)
        heads[mine.head].append(number)
    return SameSentences(group, {one: tuple(sorted(others)) for one, others in linked.items()}, statements)


def _groups(texts: Sequence[str], statements: Sequence[Statement]) -> tuple[int, ...]:
    """Return for every sentence the first one that says the same."""
    often = Counter(word for statement in statements for word in set(statement.words))
    exact: dict[tuple[str, ...], int] = {}
    holders: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    group: list[int] = []
    for number, mine in enumerate(statements):
        short = len(mine.words) < _MIN_WORDS
        words = tuple(word.lower() for word in syllables(texts[number])) if short else mine.words
        known = exact.setdefault(words, number)
        # Two that differ in a few words have one of the rarest in common, and all figures.
        rare = sorted(set(mine.words), key=lambda word: (often[word], word))[: int(len(mine.words) * LONGER) + 1]
        keys = [(word, *(figure.value for figure in mine.figures)) for word in rare] if not short else []
        if known == number and int(len(mine.words) * LONGER):
            near = dict.fromkeys(other for key in keys for other in islice(holders[key], _MOST_TRIED))
            known = next((other for other in near if says_the_same(statements[other], mine)), number)
        if known == number:
            for key in keys:
                holders[key].append(number)
        group.append(number if known == number else group[known])
    return tuple(group)


def tells_no_more(same: SameSentences, documents: Sequence[int]) -> Callable[[int, int], bool]:
    """Return a function that says whether one document tells no more than another, and nothing else.

    What of it the other has not in the same words must contradict none of it, and whatever bears on the sense in
    there must stand in the other too: names and figures in the same order.
    """
    sentences: defaultdict[int, list[int]] = defaultdict(list)
    for index, document in enumerate(documents):
        sentences[document].append(index)

    @cache
    def groups(document: int) -> frozenset[int]:
        return frozenset(same.group[index] for index in sentences[document])

    @cache
    def told(document: int) -> frozenset[object]:
        own = [same.statements[index] for index in sentences[document]]
        return frozenset(chain.from_iterable((*one.words, *pairwise(one.names)) for one in own))

    def confirm(one: int, other: int) -> bool:
        more = [index for index in sentences[one] if same.group[index] not in groups(other)]
        contradicts = any(not groups(other).isdisjoint(same.rivals.get(same.group[index], ())) for index in more)
        brought = [same.statements[index] for index in more]
        return not contradicts and all(told(other).issuperset((*s.weighty, *pairwise(s.names))) for s in brought)

    return confirm


class Repetition:
    """Tells which sentences repeat one of those chosen so far, whole or as a part of it.

    A sentence that does has so many of the other's words that one of its rarest is among them: few are compared.

    Parameters
    ----------
    replaced
        Whether a sentence that has a few words for others of one chosen repeats it.
    """

    def __init__(self, statements: Sequence[Statement], *, replaced: bool) -> None:
        self._statements = statements
        self._replaced = replaced
        self._often = Counter(word for statement in statements for word in set(statement.words))
        self._chosen: Collection[int] = ()
        self._n_read = 0
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._facts: set[tuple[object, ...]] = set()

    def is_repeated(self, index: int, chosen: Collection[int]) -> bool:
        """Return whether a sentence repeats one of `chosen`, which has only grown if it is the object of before."""
        if chosen is not self._chosen or len(chosen) < self._n_read:
            self._chosen, self._n_read = chosen, 0
            self._holders.clear()
            self._facts.clear()
        for one in islice(chosen, self._n_read, None):
            self._facts.add(self._statements[one].fact)
            for word in set(self._statements[one].words):
                self._holders[word].append(one)
        self._n_read = len(chosen)
        mine = self._statements[index]
        if mine.fact in self._facts:
            return True
        rare = sorted(set(mine.words), key=lambda word: (self._often[word], word))[: len(mine.words) // 4 + 1]
        near = dict.fromkeys(other for word in rare for other in self._holders.get(word, ())[-_MOST_TRIED:])
        known = [self._statements[other] for other in near]
        return any(repeats(one, mine, replaced=self._replaced) or holds(one, mine) for one in known)


def _resemble(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= ARTICLE_SHARE * len(one | other)


def _shingles(text: str) -> frozenset[int]:
    words = [word.lower() for word in syllables(text)]
    runs = {" ".join(words[start : start + _SHINGLE]) for start in range(max(len(words) - _SHINGLE + 1, 1))}
    return frozenset(
        int.from_bytes(hashlib.blake2b(run.encode("utf-8"), digest_size=4).digest(), "little") for run in runs if run
    )


@cache
def _hashes() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    draw = np.random.default_rng(0)
    factor = draw.integers(1, 1 << 29, _N_HASHES, dtype=np.uint64)
    return factor, draw.integers(0, 1 << 29, _N_HASHES, dtype=np.uint64)


def _signature(shingles: frozenset[int]) -> NDArray[np.uint64]:
    if not shingles:
        return np.zeros(_N_HASHES, dtype=np.uint64)
    factor, offset = _hashes()
    values = np.fromiter(shingles, np.uint64, len(shingles))
    lowest = np.full(_N_HASHES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(values), 4096):
        part = (values[start : start + 4096, None] * factor + offset) % _PRIME
        lowest = np.minimum(lowest, part.min(axis=0))
    return lowest
