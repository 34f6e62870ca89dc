"""Which articles are about the same matter: the pairs of words that they have in common, and what they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from toolkit.document import Document
from toolkit.provinces import find_provinces
from toolkit.summarization.home import home_of
from toolkit.summarization.terms import stop_words
from toolkit.text import syllables

_SHARE = 0.1
"""Of the pairs of words of the shorter article. Of two articles of one cluster of VietnameseMDS or AbMusu, 96 in a
hundred have so many in common; of two articles of different clusters one."""
_SAMPLE = 20
"""So many articles are compared with each other to tell what all of them are about."""


_NAME = re.compile(r"\b[^\W\d_a-zà-ỹđ][\w&.]*(?: [^\W\d_a-zà-ỹđ]\w*)*")


class Matters:
    """What documents are about, found out when it is asked for."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._pairs: dict[int, frozenset[tuple[str, str]]] = {}
        self._homes: dict[int, str | None] = {}

    def akin(self, one: int, other: int) -> bool:
        """Return whether two documents are about the same matter."""
        mine, its = self._of(one), self._of(other)
        return len(mine & its) > _SHARE * min(len(mine), len(its))

    def of_one_subject(self, one: int, other: int) -> bool:
        """Return whether two documents are about the same matter, and not each about a subject of its own.

        Reports of two provinces on one conference, or of two firms on one quarter, say the same of different things:
        the provinces that they are about differ, or neither names what the title of the other does.
        """
        if not self.akin(one, other):
            return False
        homes = {self._home(one), self._home(other)}
        return not (None not in homes and len(homes) > 1) and not (
            self._is_strange(one, other) and self._is_strange(other, one)
        )

    def _home(self, number: int) -> str | None:
        if number not in self._homes:
            document = self._documents[number]
            mentioned = (find_provinces(sentence.text, normalized=True) for sentence in document.sentences)
            self._homes[number] = home_of(document, mentioned)
        return self._homes[number]

    def _is_strange(self, one: int, other: int) -> bool:
        """Return whether the title of one document has names, of which the other has none."""
        title, own, text = self._documents[one].title or "", self._documents[one].text, self._documents[other].text
        names = [] if title.isupper() else [name for name in _NAME.findall(title) if not name.isupper()]
        if names and " " not in names[0] and not re.search(rf"\w,? {re.escape(names[0])}\b", own):
            del names[0]  # the first word of a title has a capital whatever it is
        return bool(names) and not any(name in text for name in names)

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
