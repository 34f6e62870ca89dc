"""Parquet, by pyarrow: a batch of rows in memory at a time."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
from collections.abc import Iterator

from toolkit.errors import InputError
from toolkit.io.base import Entry, InputFile, Options
from toolkit.io.limits import MAX_COLUMNS
from toolkit.io.optional import load
from toolkit.io.records import Record, check_distinct, entries_of

_ROWS = 64  # in a batch; of long reports, some 10 MiB


class ParquetReader:
    """Reads rows, one article each."""

    kind = "a Parquet file"
    suffixes = frozenset({".parquet", ".pq"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether it starts as Parquet does."""
        return file.head().startswith(b"PAR1")

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield every row, or what is wrong with it."""
        return entries_of(_records(file), file, options)


def parquet_records(data: bytes, source: str) -> Iterator[Record]:
    """Return each row with its place (``file#row``).

    Raises
    ------
    InputError
        If the bytes are no Parquet, or two columns have one name.
    """
    file = InputFile.of_bytes(data, source)
    if not ParquetReader().sniff(file):
        raise InputError(f"{source}: expected Parquet, found another file; save it as that, or give it its own suffix")
    return _records(file)


def _records(file: InputFile) -> Iterator[Record]:
    pyarrow, parquet = load("pyarrow", "parquet"), load("pyarrow.parquet", "parquet")
    number = 0
    try:
        stream = file.random_access()
        schema = parquet.read_schema(stream)
        _check_columns(len(schema.names), file.name)
        check_distinct(schema.names, file.name)
        # A long text may stand once in the file for a million rows: kept as a dictionary, it is once in memory too.
        repeated = [field.name for field in schema if str(field.type) in ("string", "large_string", "binary")]
        stream.seek(0)
        table = parquet.ParquetFile(stream, read_dictionary=repeated)
        for batch in table.iter_batches(batch_size=_ROWS):
            for index in range(batch.num_rows):
                number += 1
                (row,) = batch.slice(index, 1).to_pylist()
                yield f"{file.name}#{number}", {name: _plain(value) for name, value in row.items()}
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file.name}#{number + 1}: expected Parquet, found a damaged file ({str(error)[:120]}); write it again"
        ) from error


def _check_columns(n_columns: int, source: str) -> None:
    if n_columns > MAX_COLUMNS:
        raise InputError(
            f"{source}: expected at most {MAX_COLUMNS} columns, found {n_columns}; is it a table of texts?"
        )


def _plain(value: object) -> object:
    """Return a value as JSON can hold it."""
    if isinstance(value, (dt.date, dt.time)):  # a datetime is a date too
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value) if isinstance(value, dt.timedelta) else value
