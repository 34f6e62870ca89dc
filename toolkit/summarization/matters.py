"""Which articles are about the same matter: the pairs of words that they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from toolkit.document import Document
from toolkit.summarization.terms import stop_words
from toolkit.text import syllables

_SHARE = 0.1
"""Of the pairs of words of the shorter article. Of two articles of one cluster of VietnameseMDS or AbMusu, 96 in a
hundred have so many in common; of two articles of different clusters one."""
_SAMPLE = 20
"""So many articles are compared with each other to tell what all of them are about."""


class Matters:
    """What documents are about, found out when it is asked for."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._pairs: dict[int, frozenset[tuple[str, str]]] = {}

    def akin(self, one: int, other: int) -> bool:
        """Return whether two documents are about the same matter."""
        mine, its = self._of(one), self._of(other)
        return len(mine & its) > _SHARE * min(len(mine), len(its))

    def is_one(self) -> bool:
        """Return whether most documents are about the same matter as most others; a sample answers for very many."""
        step = -(-len(self._documents) // _SAMPLE) or 1
        pairs = [self.akin(one, other) for one, other in combinations(range(0, len(self._documents), step), 2)]
        return 2 * sum(pairs) >= len(pairs)

    def _of(self, number: int) -> frozenset[tuple[str, str]]:
        if number not in self._pairs:
            words = [word.lower() for word in syllables(self._documents[number].text)]
            stop = stop_words()
            found = frozenset((a, b) for a, b in pairwise(words) if a not in stop and b not in stop)
            self._pairs[number] = found
        return self._pairs[number]
