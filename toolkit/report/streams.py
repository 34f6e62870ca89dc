"""Results as JSON, JSON Lines, CSV and Parquet, in pieces that are put one after the other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from toolkit.report.plain import plain_json
from toolkit.report.tables import Rows, columns_of, harmless, rows_of
from toolkit.report.workbook import write_parquet
from toolkit.results import Analysis

BYTE_ORDER_MARK = "\ufeff".encode()  # Excel takes UTF-8 for a code page without it


class Stream(Protocol):
    """A format whose pieces, between a head and a tail, make a file."""

    @property
    def suffix(self) -> str:
        """The end of such files' names."""
        ...

    @property
    def head(self) -> bytes:
        """What stands before the first piece."""
        ...

    @property
    def separator(self) -> bytes:
        """What stands between two pieces that are not empty."""
        ...

    @property
    def tail(self) -> bytes:
        """What stands after the last piece."""
        ...

    def __call__(self, analyses: Sequence[Analysis]) -> bytes:
        """Return the piece that holds `analyses`."""
        ...


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One result a line."""

    suffix: str = ".jsonl"
    head: bytes = b""
    separator: bytes = b""
    tail: bytes = b""

    def __call__(self, analyses: Sequence[Analysis]) -> bytes:
        """Return a line for each."""
        return b"".join(json_line(analysis.to_dict()) for analysis in analyses)


@dataclass(frozen=True, slots=True)
class JsonArray:
    """One array of results."""

    suffix: str = ".json"
    head: bytes = b"[\n"
    separator: bytes = b",\n"
    tail: bytes = b"\n]\n"

    def __call__(self, analyses: Sequence[Analysis]) -> bytes:
        """Return the elements, commas between them."""
        return self.separator.join(json_element(analysis.to_dict()) for analysis in analyses)


@dataclass(frozen=True, slots=True)
class CsvRows:
    """Rows of a table, for Excel."""

    labels: tuple[str, ...]
    rows: Rows
    suffix: str = ".csv"
    separator: bytes = b""
    tail: bytes = b""

    @property
    def head(self) -> bytes:
        """Byte order mark and names of the columns."""
        return BYTE_ORDER_MARK + csv_rows([columns_of(self.labels, self.rows)])

    def __call__(self, analyses: Sequence[Analysis]) -> bytes:
        """Return the rows."""
        return csv_rows(rows_of(analyses, self.labels, self.rows))


@dataclass(frozen=True, slots=True)
class ParquetRows:
    """The same rows as Parquet; every piece is a file of its own."""

    labels: tuple[str, ...]
    rows: Rows
    suffix: str = ".parquet"
    head: bytes = b""
    separator: bytes = b""
    tail: bytes = b""

    def __call__(self, analyses: Sequence[Analysis]) -> bytes:
        """Return a file with the rows."""
        target = io.BytesIO()
        write_parquet(
            target,
            columns_of(self.labels, self.rows),
            rows_of(analyses, self.labels, self.rows),
        )
        return target.getvalue()


def json_line(result: Any) -> bytes:
    """Return plain JSON on one line."""
    return (plain_json(result) + "\n").encode("utf-8", "backslashreplace")


def json_element(result: Any) -> bytes:
    """Return plain JSON over several lines, without an end of line."""
    return plain_json(result, indent=1).encode("utf-8", "backslashreplace")


def csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows of CSV; cells that a spreadsheet would run as formulas are made harmless."""
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8", "backslashreplace")
