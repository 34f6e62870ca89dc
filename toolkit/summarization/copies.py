"""Texts that say the same: syndicated articles, and sentences that outlets took from one another."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from toolkit.text import syllables

ARTICLE_SHARE = 0.6
"""Two articles are copies where so many of their shingles are common (Jaccard)."""
SENTENCE_SHARE = 0.8
"""Two sentences say the same where the shorter has so many of its syllables in the other."""
_N_HASHES = 128
_N_BANDS = 32
_SHINGLE = 4
_PRIME = np.uint64((1 << 61) - 1)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MIN_SYLLABLES = 5
_MOST_TRIED, _MOST_RIVALS = 500, 8


@dataclass(frozen=True, slots=True)
class SameSentences:
    """Groups of sentences.

    Attributes
    ----------
    group : tuple of int
        For every sentence the number of its group: equal wording and equal figures.
    rivals : mapping of int to tuple of int
        Groups with the same wording and other figures: conflicting or updated reports.
    """

    group: tuple[int, ...]
    rivals: dict[int, tuple[int, ...]]


def article_copies(texts: Sequence[str]) -> tuple[int, ...]:
    """Return for every text the index of the first one it is a copy of, or its own.

    Candidates come from MinHash bands and are checked by the Jaccard similarity of their shingles of
    four syllables.

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
        match = next((o for o in near if len(mine & shingles[o]) >= ARTICLE_SHARE * len(mine | shingles[o])), None)
        first.append(number if match is None else first[match])
        if match is None and mine:
            for band in bands:
                buckets[band].append(number)
    return tuple(first)


def same_sentences(texts: Sequence[str], documents: Sequence[int]) -> SameSentences:
    """Return which sentences say the same, and which differ in their figures alone.

    Figures are compared as written; sentences under five syllables only match word for word. `documents`
    says which document each sentence is from: one article does not contradict itself by giving two
    figures in the same words.
    """
    words = [[word.lower() for word in syllables(text)] for text in texts]
    plain = [frozenset(word for word in line if not word[0].isdigit()) for line in words]
    figures = [frozenset(_FIGURE.findall(text)) for text in texts]
    # Wordings are compared once each: lists and tables have thousands of lines of one wording.
    wordings: dict[frozenset[str], dict[frozenset[str], int]] = {}
    holders: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    exact: dict[tuple[str, ...], int] = {}
    group = list(range(len(texts)))
    rivals: defaultdict[int, set[int]] = defaultdict(set)
    for number, mine in enumerate(plain):
        known = exact.setdefault(tuple(words[number]), number)
        if known != number:
            group[number] = group[known]
            continue
        if len(mine) < _MIN_SYLLABLES:
            continue
        near = [mine] if mine in wordings else []
        near += [other for other in _alike(mine, holders) if other != mine]
        match = min((wordings[one][figures[number]] for one in near if figures[number] in wordings[one]), default=None)
        earlier = islice((other for one in near for other in wordings[one].values()), _MOST_TRIED)
        rival = (o for o in earlier if documents[o] != documents[number] and (match is None or o < match))
        rivals[number].update(islice(rival, _MOST_RIVALS))
        if match is not None:
            group[number] = group[match]
            continue
        if mine not in wordings:
            for word in mine:
                holders[word].append(mine)
        wordings.setdefault(mine, {})[figures[number]] = number
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for number, others in rivals.items():
        for other in others:
            if group[number] != group[other]:
                linked[group[number]].add(group[other])
                linked[group[other]].add(group[number])
    return SameSentences(tuple(group), {one: tuple(sorted(others)) for one, others in linked.items()})


def _alike(mine: frozenset[str], holders: Mapping[str, Sequence[frozenset[str]]]) -> list[frozenset[str]]:
    """Return the wordings that share enough of their syllables with `mine`, in the order in which they came."""
    # A match shares most of its words, so it shares one of the rarest quarter and a bit.
    rare = sorted(mine, key=lambda word: (len(holders.get(word, ())), word))
    probes = rare[: int(len(mine) * (1 - SENTENCE_SHARE)) + 1]
    found = dict.fromkeys(other for word in probes for other in holders.get(word, ()))
    return [other for other in found if len(mine & other) >= SENTENCE_SHARE * max(len(mine), len(other))]


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
