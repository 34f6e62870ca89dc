"""CSV and TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from toolkit.errors import InputError, ToolkitError
from toolkit.io.base import Item, Options
from toolkit.io.records import document_of
from toolkit.text import decode

_LARGEST_FIELD = 64 * 2**20  # characters; Python's own limit of 131,072 is less than a long report


class CsvReader:
    """Reads rows, one article each."""

    suffixes = frozenset({".csv", ".tsv"})

    def documents(self, data: bytes, source: str, options: Options) -> Iterator[Item]:
        """Yield the article of every row, or what is wrong with it."""
        for place, record in csv_records(data, source, options.encoding):
            try:
                yield record if isinstance(record, ToolkitError) else document_of(record, place, options)
            except ToolkitError as error:
                yield error


def csv_records(
    data: bytes, source: str, encoding: str | None = None
) -> Iterator[tuple[str, dict[str, Any] | ToolkitError]]:
    """Yield each row with its place (``file:line``), or what is wrong with it; the first row names the columns."""
    text = decode(data, encoding, source)
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            place = f"{source}:{reader.line_num}"
            n_columns = len(reader.fieldnames or ())
            if None in row:
                yield place, InputError(f"{place}: expected {n_columns} columns, found {n_columns + len(row[None])}")
            else:
                yield place, row
    except csv.Error as error:  # Where the quoting is broken, nothing after it can be trusted.
        place = f"{source}:{reader.line_num}"
        yield place, InputError(f"{place}: expected CSV, found a row that is none ({error}); the rest is not read")


def _delimiter(text: str) -> str:
    """Return the separator that stands most often in the header line."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)
