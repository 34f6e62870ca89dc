"""How much of a file is believed: constants with their reasons, and the account of what an archive unfolds to."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from toolkit.errors import InputError

MIB = 2**20
MAX_WHOLE = 256 * MIB  # a file that must be held in memory; scanned reports of hundreds of pages stay below it
MAX_ARTICLE = 64 * MIB  # one article as text; the longest report of a ministry has about 5 MiB
MAX_LINE = 64 * MIB  # one record of JSONL or CSV holds at most one article
MAX_RATIO = 200  # prose packs 3 to 5 times smaller, tables of numbers 20 times, bombs more than 1,000 times
FREE_SIZE = 64 * MIB  # below this no ratio is too high: the memory and disk are there
MAX_NESTING = 3  # archives within archives: a .tar.gz in a .zip is three
MAX_MEMBERS = 100_000  # files in one archive; a year of a national newspaper has fewer
MAX_PARTS = 10_000  # files in one DOCX, ODT or XLSX
MAX_PAGES = 5_000  # of one PDF; the national statistics yearbook has about 1,000
MAX_PAGE_CHARACTERS = 200_000  # on one page; a page of a broadsheet has about 30,000
MAX_PDF_PART = 8 * MIB  # instructions of one page: print has 0.1, drawn maps reach 5; PDFium takes 150 times as much
MAX_PDF_IMAGE = 512 * MIB  # a picture unfolded, which is skipped: an A0 plan in colour at 300 dots an inch has 400
MAX_COLUMNS = 1_000  # of one table; a sheet may claim 16,384 empty ones in every row
MAX_EMPTY_ROWS = 10_000  # in a row; a sheet whose last cell is in row 1,048,576 claims a million
MAX_TAGS = 100_000  # of one page; a newspaper's front page has about 6,000, and trafilatura's time is their square
MAX_DEPTH = 200  # elements within elements; a page of a newspaper has about 30, libxml2 itself stops at 256


@dataclass(slots=True)
class Expansion:
    """What one file on disk has unfolded to so far, all archives within archives together."""

    name: str
    packed: int
    unfolded: int = 0

    @property
    def exceeded(self) -> bool:
        """Whether it is more than honest text unfolds to."""
        return self.unfolded > max(FREE_SIZE, MAX_RATIO * self.packed)

    def add(self, n_bytes: int) -> None:
        """Count `n_bytes` more.

        Raises
        ------
        InputError
            If the file unfolds to more than honest text does.
        """
        self.unfolded += n_bytes
        if self.exceeded:
            raise InputError(
                f"{self.name}: expected an archive of texts, found one that unfolds to more than {MAX_RATIO} times its "
                "size (a decompression bomb?); unpack it yourself if you trust it"
            )


class CountedStream(io.RawIOBase):
    """A stream whose every byte is counted once, wherever the reading jumps."""

    def __init__(self, stream: BinaryIO, expansion: Expansion) -> None:
        self._stream = stream
        self._expansion = expansion
        self._position = 0
        self._farthest = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether the stream below can jump."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Jump as the stream below does."""
        self._position = self._stream.seek(offset, whence)
        self._count()
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names a private buffer type
        """Read into `buffer` and count what is new."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        self._count()
        return len(data)

    def _count(self) -> None:
        if self._position > self._farthest:
            new, self._farthest = self._position - self._farthest, self._position
            self._expansion.add(new)
