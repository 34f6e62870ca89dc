"""XLSX, by openpyxl: every sheet a table with a row that names the columns."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from toolkit.errors import InputError
from toolkit.io.base import Entry, InputFile, Options
from toolkit.io.limits import MAX_COLUMNS, MAX_EMPTY_ROWS
from toolkit.io.office import checked, zip_kind
from toolkit.io.optional import load
from toolkit.io.records import Record, check_distinct, entries_of, names_text


class XlsxReader:
    """Reads rows of spreadsheets, one article each."""

    kind = "an XLSX"
    suffixes = frozenset({".xlsx", ".xlsm"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether it is a ZIP file with a workbook in it."""
        return zip_kind(file) == "xlsx"

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield every row of every visible sheet, or what is wrong with it."""
        return entries_of(_records(file, options), file, options)


def xlsx_records(data: bytes, source: str) -> Iterator[Record]:
    """Return each row with its place (``file#sheet:row``), or what is wrong with it or with the sheet.

    Raises
    ------
    InputError
        If the bytes are no XLSX.
    """
    file = InputFile.of_bytes(data, source)
    if not XlsxReader().sniff(file):
        raise InputError(f"{source}: expected an XLSX, found another file; save it as one, or give it its own suffix")
    return _records(file, Options())


def _records(file: InputFile, options: Options) -> Iterator[Record]:
    openpyxl = load("openpyxl", "xlsx")
    try:
        stream = checked(file, "xlsx")
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # what the file claims of its size is not believed
                rows = _filled(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS))
                yield from _rows(rows, f"{file.name}#{sheet.title}", options)
        book.close()
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file.name}: expected an XLSX, found a damaged one ({error}); save it again") from error


_OPENING = 10  # rows among which the columns are named: `BẢNG TỔNG HỢP TIN BÀI THÁNG 7` and the like stand above


def _filled(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows that hold something, each with its number, up to a long stretch of empty ones."""
    n_empty = 0
    for number, row in enumerate(rows, start=1):
        n_empty = n_empty + 1 if all(value is None for value in row) else 0
        if n_empty > MAX_EMPTY_ROWS:
            return
        if not n_empty:
            yield number, row


def _rows(rows: Iterator[tuple[int, tuple[Any, ...]]], place: str, options: Options) -> Iterator[Record]:
    """Yield the rows below the one that names the columns: the first that names the text's, else the first of all."""
    opening = list(islice(rows, _OPENING))
    at = next((index for index, (_, row) in enumerate(opening) if names_text(row, options)), 0)
    header = {index: str(value).strip() for _, row in opening[at : at + 1] for index, value in enumerate(row) if value}
    try:
        check_distinct(header.values(), place)
    except InputError as error:  # of this sheet; the next may be sound
        yield place, error
        return
    for number, row in chain(opening[at + 1 :], rows):
        values = {name: row[index] if index < len(row) else None for index, name in header.items()}
        yield f"{place}:{number}", {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    """Return a cell's value as JSON can hold it."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value) if isinstance(value, dt.timedelta) else value
