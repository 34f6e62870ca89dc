"""Rows as an Excel workbook or a Parquet file: what `tables` gives, with the types kept."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from toolkit.errors import MissingExtraError, ToolkitError
from toolkit.report.characters import xml_text

_CELL = 32_767  # characters, Excel's limit
_ROWS = 1_048_576
_INTEGERS = ("paragraph", "sentence", "articles", "paragraphs")


def write_xlsx(target: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one sheet with a header that stays in view; text is text, never a formula.

    Text longer than a cell holds goes on in the rows below, which have nothing but its rest and the first column.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    ToolkitError
        If there are more rows than a sheet holds.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
    except ImportError as error:
        raise MissingExtraError(
            'xlsx needs openpyxl, which is not installed; run: pip install "vietnamese-text-toolkit[xlsx]"'
        ) from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("toolkit")
    sheet.freeze_panes = "A2"
    header = [WriteOnlyCell(sheet, value=column) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    parts = (part for row in rows for part in _parts(row))
    try:
        for number, part in enumerate(parts, start=2):
            if number > _ROWS:
                raise ToolkitError(
                    f"an Excel sheet holds {_ROWS:,} rows and there are more; use --format csv or parquet"
                )
            cells = []
            for value in part:
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, str):
                    cell.data_type = "s"  # openpyxl takes what begins with "=" for a formula
                cells.append(cell)
            sheet.append(cells)
    except BaseException:
        sheet.close()
        raise
    whole = io.BytesIO()  # openpyxl complains at length of a file that it cannot finish
    book.save(whole)
    target.write(whole.getbuffer())


def _parts(row: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield `row` with its texts fit for cells, and a further row for each piece that a text is too long by."""
    cells = [_pieces(value) for value in row]
    for number in range(max(map(len, cells), default=0)):
        yield [
            pieces[number] if number < len(pieces) else cells[0][0] if column == 0 else None
            for column, pieces in enumerate(cells)
        ]


def _pieces(value: Any) -> list[Any]:
    if not isinstance(value, str):
        return [value]
    text = xml_text(value)
    # Excel counts UTF-16 units, of which a character beyond U+FFFF has two.
    size = _CELL if len(text) <= _CELL // 2 or max(text) <= "\uffff" else _CELL // 2
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def write_parquet(target: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a Parquet file: numbers as numbers, dates as dates, everything else as text.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError(
            'parquet needs pyarrow, which is not installed; run: pip install "vietnamese-text-toolkit[parquet]"'
        ) from error
    schema = pa.schema([(column, _type(pa, column)) for column in columns])
    with parquet.ParquetWriter(target, schema) as writer:
        group: list[Sequence[Any]] = []
        for row in rows:
            group.append(row)
            if len(group) == 10_000:
                writer.write_table(_table(pa, schema, group))
                group = []
        writer.write_table(_table(pa, schema, group))


def _type(pa: Any, column: str) -> Any:  # pyarrow has no type information
    if column == "date":
        return pa.date32()
    if column in _INTEGERS or column.startswith("paragraphs_"):
        return pa.int64()
    return pa.float64() if column == "score" or column.startswith("score_") else pa.string()


def _table(pa: Any, schema: Any, rows: list[Sequence[Any]]) -> Any:
    values = list(zip(*rows, strict=True)) if rows else [() for _ in schema]
    arrays = [
        pa.array([_as(field.type, pa, value) for value in column], type=field.type)
        for field, column in zip(schema, values, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _as(kind: Any, pa: Any, value: Any) -> Any:
    if value is None or isinstance(value, dt.date) or kind != pa.string():
        return value
    return str(value)
