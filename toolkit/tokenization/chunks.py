"""White-space chunks by number, found in many texts at once without making a string of each.

The texts lie behind one another as 16-bit units. A chunk of up to eight units is two 64-bit numbers; a hash of
these leads to the chunk's number and what stands with that number is compared with them, so that no chunk is
ever taken for another. Only chunks that are long or not known yet become strings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.growing import Growing

IntArray: TypeAlias = "npt.NDArray[np.int64]"

FINAL = "\n"  # after a chunk that the text ends with; no chunk holds white space
SEPARATOR = 0  # stands for what is between two texts: two tokens of padding
_LONG = 128  # longer chunks are not kept
_SHORT = 8  # units that fit into two numbers
_SLOT_BITS, _WAYS = 17, 4  # a chunk may stand in any of so many neighbouring slots
_HASH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_HASH_SHIFT = np.uint64(64 - _SLOT_BITS)
_MASKS = tuple(
    np.array([(1 << 16 * min(max(length - skipped, 0), 4)) - 1 for length in range(_SHORT + 1)], np.uint64)
    for skipped in (0, 4)
)
_PADDING = bytes(2 * _SHORT)
_HUGE = 1 << 20  # units of which no copy is made
_LINE_FEED, _DOT = 10, 46


class Cut(NamedTuple):
    """What a chunk consists of: token numbers, and where they begin and end in it."""

    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]


class ChunkArrays(NamedTuple):
    """Chunks by number and the tokens they consist of.

    Attributes
    ----------
    first, length : ndarray of shape (n_chunks,)
        Which part of the last three is the chunk's; a negative length says that a text with it must be tidied first.
    low, high : ndarray of shape (n_chunks,)
        Its units, 0 where it is a long one; fewer entries where chunks were added that are not kept.
    ids, starts, ends : ndarray
        Token numbers, and where they stand in the chunk.
    """

    first: npt.NDArray[np.int32]
    length: npt.NDArray[np.int32]
    low: npt.NDArray[np.uint64]
    high: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def extended(self, more: Sequence[Cut | None]) -> ChunkArrays:
        """Return the same with chunks added that are not kept."""
        if not more:
            return self
        sizes = [-1 if cut is None else len(cut.ids) for cut in more]
        firsts = len(self.ids) + np.cumsum([0, *(max(size, 0) for size in sizes[:-1])])
        parts = [Cut((), (), ()) if cut is None else cut for cut in more]
        columns = zip((self.ids, self.starts, self.ends), zip(*parts, strict=True), strict=True)
        return ChunkArrays(
            np.append(self.first, firsts.astype(np.int32)),
            np.append(self.length, np.array(sizes, np.int32)),
            self.low,
            self.high,
            *(np.concatenate([known, *(np.asarray(part, np.int32) for part in new)]) for known, new in columns),
        )


class ChunkStream(NamedTuple):
    """The chunks of several texts.

    Attributes
    ----------
    known : ChunkArrays
        What the numbers stand for.
    numbers : ndarray of shape (n_chunks,)
    starts : ndarray of shape (n_chunks,)
        Character of its text at which each begins.
    indptr : ndarray of shape (n_texts + 1,)
        Text i has the chunks ``indptr[i]:indptr[i + 1]``.
    """

    known: ChunkArrays
    numbers: npt.NDArray[np.int32]
    starts: IntArray
    indptr: IntArray


class ChunkIndex:
    """Numbers the chunks of texts; any number of threads may use it at once.

    Parameters
    ----------
    spaces : str
        ASCII characters that part chunks. A chunk with other white space in it has no `Cut`.
    tidy : callable
        Rewrites a text with a chunk that has no `Cut`, so that all chunks have one.
    trims : bool
        Whether white space at the end of a text does not count, but for one line feed.
    """

    def __init__(self, spaces: str, tidy: Callable[[str], str], *, trims: bool) -> None:
        self._is_space = np.zeros(33, np.bool_)
        self._is_space[[ord(space) for space in spaces]] = True
        self._tidy = tidy
        self._trims = trims
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._slots = np.zeros(1 << _SLOT_BITS, np.int32)
        self._chunks = Growing(np.int32, np.int32, np.uint64, np.uint64)
        self._parts = Growing(np.int32, np.int32, np.int32)
        self._published: ChunkArrays | None = None
        self.n_characters = 0
        self._chunks.append(0, 2, 0, 0)
        self._parts.extend([0, 0], [0, 0], [0, 0])

    def __len__(self) -> int:
        return len(self._chunks)

    def arrays(self) -> ChunkArrays:
        """Return all that is known by now, by number."""
        published = self._published
        if published is None:
            with self._lock:
                published = self._published = ChunkArrays(*self._chunks.flush(), *self._parts.flush())
        return published

    def find(self, texts: Sequence[str], cut: Callable[[str], Cut | None], *, tidied: bool = False) -> ChunkStream:
        """Return the chunks of `texts`.

        Parameters
        ----------
        texts : sequence of str
        cut : callable
            Says what a chunk consists of, with `FINAL` behind it where its text ends so; None where a text with it
            must be tidied first.
        tidied : bool
            Whether the texts are tidy.
        """
        blob = "\n".join([*texts, ""])
        try:
            raw = (blob.encode("utf-16-le") if "\0" not in blob else b"") + _PADDING
        except UnicodeEncodeError:  # half a surrogate pair
            raw = _PADDING
        if len(raw) == len(_PADDING) and texts:
            if self._trims and not tidied:
                return self.find([self._tidy(text) for text in texts], cut, tidied=True)
            return self._split(texts, cut)
        units = np.frombuffer(raw, np.uint16)[: -len(_PADDING) // 2]
        starts, lengths = self._chunk_ranges(units)
        if len(units) == len(blob):
            sizes = (len(text) + 1 for text in texts)
        else:
            sizes = (len(text.encode("utf-16-le")) // 2 + 1 for text in texts)
        ends_of_texts = np.fromiter(accumulate(sizes), np.int64, len(texts)) - 1
        indptr = np.append(0, np.searchsorted(starts, ends_of_texts))

        filled = np.flatnonzero(indptr[1:] > indptr[:-1])
        lasts = indptr[1:][filled] - 1
        stops = starts[lasts] + lengths[lasts]
        tails = ends_of_texts[filled] - stops
        dotted = units[stops - 1] == _DOT
        final = dotted & ((tails == 0) | ((tails == 1) & (units[stops] == _LINE_FEED)))
        lengths[lasts[final]] += 1  # what follows is a line feed: `FINAL`

        long: list[Cut | None] = []
        numbers = self._numbers_at(raw, starts, lengths, cut, long)
        untidy: set[int] = set()
        if self._trims:
            for place in np.flatnonzero(dotted & ~final).tolist():
                last, stop, end = int(lasts[place]), int(stops[place]), int(ends_of_texts[filled[place]])
                tail = raw[2 * stop : 2 * end].decode("utf-16-le")
                if tail.strip(" \t\n"):
                    untidy.add(int(filled[place]))
                elif tail.count("\n") <= 1:
                    chunk = raw[2 * int(starts[last]) : 2 * stop].decode("utf-16-le")
                    numbers[last] = self._number(chunk + FINAL, cut, long)
        known = self._known(numbers, long)
        if not tidied:
            odd = np.flatnonzero(known.length.take(numbers) < 0)
            untidy.update((np.searchsorted(indptr, odd, side="right") - 1).tolist())
            if untidy:
                again = [self._tidy(text) if place in untidy else text for place, text in enumerate(texts)]
                return self.find(again, cut, tidied=True)
        begins_of_texts = np.append(0, ends_of_texts + 1)[:-1]
        if len(units) != len(blob):  # characters beyond the sixteenth bit are two units
            seconds = np.flatnonzero((units & 0xFC00) == 0xDC00)
            begins_of_texts -= np.searchsorted(seconds, begins_of_texts)
            starts -= np.searchsorted(seconds, starts)
        starts -= np.repeat(begins_of_texts, np.diff(indptr))
        return ChunkStream(known, numbers, starts, indptr)

    def _known(self, numbers: npt.NDArray[np.int32], long: Sequence[Cut | None]) -> ChunkArrays:
        """Return what the numbers stand for, and number those of long chunks (-1, -2 …) behind the others."""
        known = self.arrays()
        if long:
            numbers[numbers < 0] = len(known.length) - 1 - numbers[numbers < 0]
        return known.extended(long)

    def _chunk_ranges(self, units: npt.NDArray[np.uint16]) -> tuple[IntArray, IntArray]:
        breaks = np.flatnonzero(units <= 32)
        breaks = breaks[self._is_space.take(units.take(breaks))]
        starts = np.zeros(len(breaks), np.int64)
        starts[1:] = breaks[:-1] + 1
        lengths = breaks - starts
        some = np.flatnonzero(lengths)
        return starts.take(some), lengths.take(some)

    def _numbers_at(
        self,
        raw: bytes,
        starts: IntArray,
        lengths: IntArray,
        cut: Callable[[str], Cut | None],
        long: list[Cut | None],
    ) -> npt.NDArray[np.int32]:
        words: npt.NDArray[np.uint64] = np.ndarray((len(raw) // 2 - 3,), "<u8", raw, 0, (2,))
        if len(words) < _HUGE:  # overlapping words are fetched one by one, unless they are copied
            words = words.copy()
        shown = np.minimum(lengths, _SHORT)
        low = words[starts] & _MASKS[0].take(shown)
        high = words[starts + 4] & _MASKS[1].take(shown)
        slots = ((low * _HASH[0] ^ high * _HASH[1]) >> _HASH_SHIFT).view(np.int64)
        numbers = self._slots.take(slots)
        known = self.arrays()  # after the slots were read: no number is beyond it
        other = np.flatnonzero(
            (known.low.take(numbers) != low) | (known.high.take(numbers) != high) | (lengths > _SHORT)
        )
        for step in range(1, _WAYS):
            if not len(other):
                return numbers
            second = self._slots.take(slots[other] ^ step)
            known = self.arrays()
            same = (known.low.take(second) == low[other]) & (known.high.take(second) == high[other])
            same &= lengths[other] <= _SHORT
            numbers[other[same]] = second[same]
            other = other[~same]
        if len(other):
            ranges = zip((2 * starts[other]).tolist(), (2 * (starts + lengths)[other]).tolist(), strict=True)
            numbers[other] = [self._number(raw[start:stop].decode("utf-16-le"), cut, long) for start, stop in ranges]
            self.arrays()  # before their numbers may be read in the slots
            other = other[lengths[other] <= _SHORT]
            places = slots[other]
            for step in range(1, _WAYS):  # the first that is free, or else the last
                places[self._slots.take(places) != 0] ^= step ^ (step - 1)
            self._slots[places] = numbers[other]
        return numbers

    def _split(self, texts: Sequence[str], cut: Callable[[str], Cut | None]) -> ChunkStream:
        """Return the chunks of texts with characters that the units cannot tell apart."""
        numbers: list[int] = []
        starts: list[int] = []
        indptr = [0]
        long: list[Cut | None] = []
        for text in map(self._tidy, texts):
            position = 0
            chunks = text.split()
            for chunk in chunks:
                starts.append(text.index(chunk, position))
                position = starts[-1] + len(chunk)
            if text.endswith((".", ".\n")):
                chunks[-1] += FINAL
            numbers += [self._number(chunk, cut, long) for chunk in chunks]
            indptr.append(len(numbers))
        found = np.array(numbers, np.int32)
        known = self._known(found, long)
        return ChunkStream(known, found, np.array(starts, np.int64), np.array(indptr, np.int64))

    def _number(self, key: str, cut: Callable[[str], Cut | None], long: list[Cut | None]) -> int:
        """Return the number of a chunk; of a long one, which is not kept, -1 for the first of `long` and so on."""
        number = self._numbers.get(key)
        if number is not None:
            return number
        if len(key) > _LONG:
            long.append(cut(key))
            return -len(long)
        return self._learn(key, cut)

    def _learn(self, key: str, cut: Callable[[str], Cut | None]) -> int:
        with self._lock:
            known = self._numbers.get(key)
            if known is not None:
                return known
            low = high = 0
            if len(key) <= _SHORT:
                units = key.encode("utf-16-le", "surrogatepass")
                if len(units) <= 2 * _SHORT and "\0" not in key:
                    low, high = int.from_bytes(units[:8], "little"), int.from_bytes(units[8:], "little")
            number = len(self._chunks)
            parts = cut(key)
            if parts is None:
                self._chunks.append(0, -1, low, high)
            else:
                self._chunks.append(len(self._parts), len(parts.ids), low, high)
                self._parts.extend(*parts)
            self.n_characters += len(key)
            self._numbers[key] = number
            self._published = None
            return number
