"""Where URLs end, decided once for all places of a chunk."""

from __future__ import annotations

import re
from bisect import bisect_left

_BRACKET = re.compile(r"[()<>{}\[\]]")
_NOT_AT_URL_END = frozenset("`!()[]{};:'\".,<>?«»“”‘’")


class UrlBodies:
    """Where the path of a URL ends, for any place it starts in one chunk.

    The original is ``(?: plain+ | (..(..)..) | (..?) )+ (?: (..(..)..) | (..?) | no punctuation )``.
    What it matches from a place, once the loop ran, depends on that place alone, so all brackets of the
    chunk are decided from right to left: `_after[i]` is the end when the loop stands just behind bracket
    `i`, `_at[i]` when it stands before it.
    """

    def __init__(self, chunk: str) -> None:
        self._chunk = chunk
        self._brackets = [match.start() for match in _BRACKET.finditer(chunk)]
        count = len(self._brackets)
        self._at: list[int | None] = [None] * (count + 1)
        self._loop: list[int | None] = [None] * (count + 1)  # as `_at`, but having gone round the loop
        after: list[int | None] = [None] * count
        round_next: list[tuple[int, int] | None] = [None] * (count + 1)  # nearest `)` the loop can go on from
        close_next = [-1] * (count + 1)  # index of nearest `)` at or after
        self._last: list[int | None] = [None] * (count + 1)  # last character of the run that may end a URL
        round_brackets: list[int] = []  # indices of `(` and `)`, right to left
        for index in range(count - 1, -1, -1):
            place = self._brackets[index]
            following = self._brackets[index + 1] if index + 1 < count else len(chunk)
            after[index] = self._run(place + 1, following, index + 1, at_least=0)
            character = chunk[place]
            round_next[index] = round_next[index + 1]
            close_next[index] = close_next[index + 1]
            if character == ")":
                close_next[index] = index
                end = after[index]
                if end is not None:
                    round_next[index] = (place, end)
            if character == "(":
                self._decide(index, round_brackets, after, round_next, close_next)
            if character in "()":
                round_brackets.append(index)

    def _decide(
        self,
        index: int,
        round_brackets: list[int],
        after: list[int | None],
        round_next: list[tuple[int, int] | None],
        close_next: list[int],
    ) -> None:
        chunk, brackets = self._chunk, self._brackets
        place = brackets[index]
        nested = None
        if len(round_brackets) >= 3:
            first, second, third = round_brackets[-1], round_brackets[-2], round_brackets[-3]
            if (
                chunk[brackets[first]] == "("
                and chunk[brackets[second]] == ")"
                and chunk[brackets[third]] == ")"
                and brackets[second] - brackets[first] > 1
            ):
                nested = third
        # ``\([^\s]+?\)``: its ``)`` stands at least two places on.
        beyond = index + 1
        if beyond < len(brackets) and brackets[beyond] == place + 1:
            beyond += 1
        going_on = after[nested] if nested is not None else None
        if going_on is None:
            nearest = round_next[beyond] if beyond <= len(brackets) else None
            going_on = nearest[1] if nearest is not None else None
        self._loop[index] = going_on
        if going_on is None:
            if nested is not None:
                going_on = brackets[nested] + 1
            elif close_next[beyond] >= 0:
                going_on = brackets[close_next[beyond]] + 1
        self._at[index] = going_on

    def _run(self, start: int, stop: int, following: int, at_least: int) -> int | None:
        """Return the end for a plain run ``[start, stop)`` before bracket `following`."""
        end = self._at[following]
        if end is not None:
            return end
        last = self._last[following]
        if last is None:
            begin = self._brackets[following - 1] if following else -1
            last = stop - 1
            while last > begin and self._chunk[last] in _NOT_AT_URL_END:
                last -= 1
            self._last[following] = last
        return last + 1 if last >= start + at_least else None

    def end(self, position: int) -> int | None:
        """Return where a path that starts at `position` ends, or ``None`` if none does."""
        following = bisect_left(self._brackets, position)
        stop = self._brackets[following] if following < len(self._brackets) else len(self._chunk)
        if stop > position:
            return self._run(position, stop, following, at_least=1)
        return self._loop[following]
