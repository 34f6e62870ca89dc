"""Files of labelled texts, row by row: JSON Lines and tables of any kind, before it is said what the labels are."""

from __future__ import annotations

import gzip
import math
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

from toolkit.errors import CorpusError, InputError, InputNotFoundError, ToolkitError
from toolkit.io.jsonl import json_records
from toolkit.io.limits import CountedStream, Expansion
from toolkit.io.parquet import ParquetReader, parquet_records
from toolkit.io.reading import UNREADABLE
from toolkit.io.records import unguarded
from toolkit.io.table import CsvReader, csv_records
from toolkit.io.xlsx import XlsxReader, xlsx_records
from toolkit.labels import label_name, split_labels

TEXT_COLUMN, ONE_LABEL, LABELS = "text", "label", "labels"
_YES, _NO = frozenset({"1", "1.0", "true", "yes", "có", "x"}), frozenset({"", "0", "0.0", "false", "no", "không"})


@dataclass(frozen=True, slots=True)
class Form:
    """Which columns hold text and labels; capitals and spaces around do not count.

    Attributes
    ----------
    label : str or None
        None takes ``labels`` or ``label``.
    beside : tuple of str
        Columns that have to be there too.
    """

    text: str = TEXT_COLUMN
    label: str | None = None
    beside: tuple[str, ...] = ()

    def columns(self, record: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the columns of `record` with text and labels, None where it has another form."""
        text = _column(record, self.text)
        labels = [_column(record, name) for name in ((self.label,) if self.label else (LABELS, ONE_LABEL))]
        label = next(filter(None, labels), None)
        if text is None or label is None or not all(_column(record, name) for name in self.beside):
            return None
        return text, label


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file.

    Attributes
    ----------
    column : str
        Name of the column with the labels, small.
    cell : object
        What stands in it.
    record : mapping
        The row as it is.
    metadata : mapping
        Without text and labels.
    """

    place: str
    text: str
    column: str
    cell: Any = field(hash=False)
    record: Mapping[str, Any] = field(hash=False, repr=False)
    metadata: Mapping[str, Any] = field(hash=False, repr=False)

    @property
    def one_label(self) -> bool:
        """Whether the column is for exactly one label a text."""
        return self.column == ONE_LABEL and not self.is_list

    @property
    def is_list(self) -> bool:
        """Whether the labels are a list of JSON."""
        return isinstance(self.cell, Sequence) and not isinstance(self.cell, str)

    def readings(self) -> tuple[tuple[str, ...], ...]:
        """Return what the labels may be: first what the column's form says, then the whole cell as one name.

        Raises
        ------
        CorpusError
            If the cell holds no labels.
        """
        if self.is_list:
            if not all(isinstance(label, str) and label_name(label) for label in self.cell):
                raise CorpusError(f"{self.place}: expected label names in {self.column!r}, found {self.cell!r}")
            return (tuple(dict.fromkeys(map(label_name, self.cell))),)
        if not isinstance(self.cell, str | int | None):
            raise CorpusError(
                f"{self.place}: expected a label or a list of labels in {self.column!r}, found {self.cell!r}"
            )
        written = "" if self.cell is None else unguarded(str(self.cell))
        whole = (name,) if (name := label_name(written)) else ()
        if not self.one_label:
            return split_labels(written), whole
        if not whole:
            raise CorpusError(
                f"{self.place}: expected a label, found none; texts without labels need a 'labels' column"
            )
        return (whole,)

    def doubtful(self) -> bool:
        """Return whether the annotator was unsure: what the column of that name says, False where there is none.

        Raises
        ------
        CorpusError
            If it says neither yes nor no.
        """
        column, value = self.beside("doubtful")
        word = "" if value is None else label_name(str(value)).casefold()
        if word not in _YES | _NO:
            raise CorpusError(f"{self.place}: expected 1 or 0, yes or no, có or không in {column!r}, found {value!r}")
        return word in _YES

    def sample_weight(self) -> float:
        """Return how much the row counts in training: what the column of that name says, 1 where it says nothing.

        Raises
        ------
        CorpusError
            If it says anything but a number above 0.
        """
        column, value = self.beside("sample_weight")
        written = "" if value is None else str(value).strip()
        try:
            weight = float(written.replace(",", ".") or 1.0)
        except ValueError:
            weight = 0.0
        if isinstance(value, bool) or not 0.0 < weight < math.inf:
            raise CorpusError(f"{self.place}: expected a number above 0 in {column!r}, found {value!r}")
        return weight

    def beside(self, name: str) -> tuple[str | None, Any]:
        """Return how the record spells a column, and what stands in it; None and None where it has none."""
        column = _column(self.record, name)
        return column, None if column is None else self.record[column]


def read_rows(path: str | os.PathLike[str], forms: Sequence[Form], encoding: str | None = None) -> Iterator[Row]:
    """Yield the rows of a file, each read in the first of `forms` that it has.

    Raises
    ------
    CorpusError
        If a row has none of the forms, or no text, with its place.
    """
    source = Path(path)
    if not source.exists():
        if str(source) == "-":
            raise CorpusError("-: expected a file with labelled texts, found standard input; save it to a file first")
        raise InputNotFoundError(f"{source}: expected a file with labelled texts, found nothing; check the path")
    for place, record in read_records(source, encoding):
        columns = next(filter(None, (form.columns(record) for form in forms)), None)
        if columns is None:
            wanted = repr(forms[0].label) if forms[0].label else f"{LABELS!r} or {ONE_LABEL!r}"
            raise CorpusError(
                f"{place}: expected columns {forms[0].text!r} and {wanted}, found {', '.join(map(repr, record))}; "
                "rename them, or name yours with --text-column and --label-column"
            )
        text = record[columns[0]]
        if not isinstance(text, str) or not text.strip():
            raise CorpusError(f"{place}: expected text in {columns[0]!r}, found {text!r}; fill it in or remove the row")
        metadata = {name: value for name, value in record.items() if name not in columns}
        yield Row(place, unguarded(text), _folded(columns[1]), record[columns[1]], record, metadata)


def read_records(path: Path, encoding: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each record of a JSONL, CSV/TSV, XLSX or Parquet file with its place; none of a table of but a header.

    Raises
    ------
    CorpusError
        If the file is damaged, or one of its records.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    try:
        data = _unfolded(path) if suffixes[-1:] == [".gz"] else path.read_bytes()
        if kind in XlsxReader.suffixes:
            found = xlsx_records(data, str(path))
        elif kind in ParquetReader.suffixes:
            found = parquet_records(data, str(path))
        else:
            found = (csv_records if kind in CsvReader.suffixes else json_records)(data, str(path), encoding)
        for place, record in found:
            if not isinstance(record, ToolkitError):
                yield place, record
            elif place != str(path):  # a fault of the whole table is that it has no rows
                raise CorpusError(str(record)) from record
    except InputError as error:
        raise CorpusError(str(error)) from error
    except UNREADABLE as error:
        raise CorpusError(f"{path}: cannot be read ({error}); copy or save it again") from error


def _unfolded(path: Path) -> bytes:
    """Return what a gzipped file holds, as far as that is believed."""
    with gzip.open(path) as stream:
        counted = CountedStream(cast(BinaryIO, stream), Expansion(str(path), path.stat().st_size))
        return BufferedReader(counted).read()


def _column(record: Mapping[str, Any], name: str) -> str | None:
    """Return how `record` spells the column `name`, None where it has none."""
    if name in record:
        return name
    return next((column for column in record if _folded(column) == _folded(name)), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().lower()
