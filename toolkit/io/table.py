"""CSV and TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any

from toolkit.errors import DecodingError, InputError, ToolkitError
from toolkit.io.base import Entry, InputFile, Options
from toolkit.io.limits import MAX_COLUMNS, MAX_LINE
from toolkit.io.lines import text_lines
from toolkit.io.records import Record, entries_of


class CsvReader:
    """Reads rows, one article each; memory holds one row at a time."""

    kind = "CSV"
    suffixes = frozenset({".csv", ".tsv"})
    signed = False

    def sniff(self, file: InputFile) -> bool:
        """Return False: a table without its name is a text with commas."""
        return False

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield every row, or what is wrong with it."""
        return entries_of(_records(file, options.encoding), file)


def csv_records(
    data: bytes, source: str, encoding: str | None = None
) -> Iterator[tuple[str, dict[str, Any] | ToolkitError]]:
    """Yield each row with its place (``file:line``), or what is wrong with it; the first row names the columns."""
    return _records(InputFile.of_bytes(data, source), encoding)


def _records(file: InputFile, encoding: str | None) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE)  # Python's own limit of 131,072 characters is less than a long report
    lines = _lines(file, encoding)
    header = next(lines, "")
    reader = csv.DictReader(chain([header], lines), delimiter=_delimiter(header), strict=True)
    try:
        n_columns = len(reader.fieldnames or ())
        if n_columns > MAX_COLUMNS:
            raise InputError(
                f"{file.name}:1: expected at most {MAX_COLUMNS} columns, found {n_columns}; is it a table?"
            )
        for row in reader:
            place = f"{file.name}:{reader.line_num}"
            if None in row:
                yield place, InputError(f"{place}: expected {n_columns} columns, found {n_columns + len(row[None])}")
            else:
                yield place, row
    except csv.Error as error:  # Where the quoting is broken, nothing after it can be trusted.
        place = f"{file.name}:{reader.line_num}"
        yield place, InputError(f"{place}: expected CSV, found a row that is none ({error}); the rest is not read")


def _lines(file: InputFile, encoding: str | None) -> Iterator[str]:
    for _, line in text_lines(file, encoding):
        if isinstance(line, DecodingError):
            raise line
        yield line


def _delimiter(header: str) -> str:
    """Return the separator that stands most often in the header line."""
    return max(",;\t", key=header.count)
