"""CSV and TSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from toolkit.errors import DecodingError, InputError, ToolkitError
from toolkit.io.base import Entry, InputFile, Options
from toolkit.io.limits import MAX_COLUMNS, MAX_LINE
from toolkit.io.lines import text_lines
from toolkit.io.records import Record, check_distinct, entries_of, names_text


class CsvReader:
    """Reads rows, one article each; memory holds one row at a time."""

    kind = "CSV"
    suffixes = frozenset({".csv", ".tsv"})
    signed = False

    def sniff(self, file: InputFile) -> bool:
        """Return whether the first line names columns, the text's among them; a file that calls itself text is text."""
        if file.suffix in (".txt", ".text", ".md", ".markdown"):
            return False
        head = file.head().removeprefix(b"\xef\xbb\xbf")
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        line = _LINE_END.split(head.decode("utf-16" if wide else "utf-8", "ignore"), maxsplit=1)[0].strip()
        cells = next(csv.reader([line], delimiter=_delimiter(line)), [])
        return len(cells) > 1 and len(line) <= _HEADER and names_text(cells, Options())

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield every row, or what is wrong with it."""
        return entries_of(_records(file, options.encoding), file, options)


_STATED = re.compile(r"sep=([^\w\s\"]|\t)\s*", re.IGNORECASE)  # how Excel is told the separator, in a line of its own
_HEADER = 2_000  # characters of a line that names columns
_LINE_END = re.compile(r"[\r\n]")
_OLD_LINE_END = re.compile(r"(?<=\r)(?=[^\n])")  # as the Macintosh once wrote them; within quotes it changes nothing


def csv_records(
    data: bytes, source: str, encoding: str | None = None
) -> Iterator[tuple[str, dict[str, Any] | ToolkitError]]:
    """Yield each row with its place (``file:line``), or what is wrong with it; the first row names the columns.

    Raises
    ------
    InputError
        If two columns have one name.
    """
    return _records(InputFile.of_bytes(data, source), encoding)


def _records(file: InputFile, encoding: str | None) -> Iterator[Record]:
    # Python's own limit of 131,072 characters is less than a long report; a higher one is the caller's.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    lines = _lines(file, encoding)
    header = next(lines, "")
    stated = _STATED.fullmatch(header)
    if stated:
        header = next(lines, "")
    delimiter = stated[1] if stated else _delimiter(header)
    reader = csv.DictReader(chain([header], lines), delimiter=delimiter, strict=True)
    above = 1 if stated else 0
    start, empty = above + 1, True
    try:
        n_columns = len(reader.fieldnames or ())
        if n_columns > MAX_COLUMNS:
            raise InputError(
                f"{file.name}:{start}: expected at most {MAX_COLUMNS} columns, found {n_columns}; is it a table?"
            )
        check_distinct(reader.fieldnames or (), f"{file.name}:{start}")
        start = above + reader.line_num + 1
        for row in reader:
            empty = False
            place = f"{file.name}:{start}"
            start = above + reader.line_num + 1
            if None in row:
                yield place, InputError(f"{place}: expected {n_columns} columns, found {n_columns + len(row[None])}")
            elif any(row.values()):  # Excel leaves rows of separators alone below a table
                yield place, row
    except csv.Error as error:  # Where the quoting is broken, nothing after it can be trusted.
        place = f"{file.name}:{start}"
        yield place, InputError(f"{place}: expected CSV, found a row that is none ({error}); the rest is not read")
        return
    if empty and header.strip():
        yield (
            file.name,
            InputError(
                f"{file.name}: expected rows below the one that names the columns, found {header.strip()[:40]!r} alone"
            ),
        )


def _lines(file: InputFile, encoding: str | None) -> Iterator[str]:
    for _, line in text_lines(file, encoding):
        if isinstance(line, DecodingError):
            raise line
        yield from _OLD_LINE_END.split(line) if "\r" in line else (line,)


def _delimiter(header: str) -> str:
    """Return the separator that stands most often in the header line."""
    return max(",;\t", key=header.count)
