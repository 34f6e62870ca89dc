"""Which sentences of several articles a reader can understand beside those that are shown."""

from __future__ import annotations

import re
from collections.abc import Collection

from toolkit.summarization.cues import is_named, leans, leaves_name_open, pointed_at, refers
from toolkit.summarization.pool import Pool
from toolkit.summarization.terms import IntArray


class Standing:
    """What each sentence of a pool leans on.

    Parameters
    ----------
    wanted : ndarray of shape (n_wanted,)
        Numbers of the sentences that may be shown. Where all of them lean, none is held to it.

    Attributes
    ----------
    upright : list of bool
        Whether each sentence may stand at the top.
    """

    def __init__(self, pool: Pool, wanted: IntArray) -> None:
        self._pool = pool
        leaning = [leans(text) for text in pool.texts]
        whole = all(leaning[index] for index in wanted.tolist())
        self.upright = [whole or not lean for lean in leaning]
        self._refers = [lean and refers(text) for lean, text in zip(leaning, pool.texts, strict=True)]
        self._open = [
            place > 0 and leaves_name_open(text) for place, text in zip(pool.sentence.tolist(), pool.texts, strict=True)
        ]
        self._things: dict[int, tuple[re.Pattern[str], ...]] = {}

    def stands(self, index: int, chosen: Collection[int]) -> bool:
        """Return whether a sentence can be understood beside those chosen.

        `Trong đó, …` and `thị trường này` need the very sentence before it, `Tuy nhiên, …` some sentence of its
        article, and `giai đoạn này` one that says which.
        """
        pool = self._pool
        if not self.upright[index]:
            before = [one for one in chosen if pool.precedes(one, index)]
            if not (index - 1 in before if self._refers[index] else before):
                return False
        if self._open[index] and index - 1 not in chosen:
            return False
        if index not in self._things:
            start = index - int(pool.sentence[index])
            self._things[index] = pointed_at(pool.texts[start : index + 1], index - start)
        things = self._things[index]
        return not things or is_named(things, [pool.texts[one] for one in chosen])
