"""From a record (a row of a table, a line of JSON) to a document."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.document import Document
from toolkit.errors import InputError, ToolkitError
from toolkit.io.base import Entry, Failure, FileSummary, InputFile, Item, Options, Unit
from toolkit.io.composition import stated
from toolkit.io.encodings import Recognition, repair
from toolkit.io.limits import MAX_ARTICLE, MIB
from toolkit.segmentation import parse, parse_paragraph

TEXT_COLUMNS = ("text", "content", "body", "paragraphs", "sentences", "noi_dung", "nội dung", "van_ban", "văn bản")
TITLE_COLUMNS = ("title", "headline", "tieu_de", "tiêu đề")
DATE_COLUMNS = ("date", "published", "published_at", "ngay", "ngày", "ngay_dang", "ngày đăng")

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # what an apostrophe is put before for a spreadsheet's sake

Record = tuple[str, dict[str, Any] | ToolkitError]
"""A row with its place, or what is wrong with it."""


def check_distinct(columns: Iterable[str], place: str) -> None:
    """Make sure that no two columns have one name; capitals and spaces around do not count.

    Raises
    ------
    InputError
        If two have.
    """
    names = Counter(unicodedata.normalize("NFC", column).strip().lower() for column in columns)
    for name, count in names.items():
        if name and count > 1:
            raise InputError(f"{place}: expected columns of different names, found {count} called {name!r}; rename one")


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A record that was read but not yet made an article."""

    place: str
    record: dict[str, Any] = field(repr=False)
    recognition: Recognition | None = None

    @property
    def size(self) -> int:
        """About how many bytes it has."""
        return sum(len(value) for value in self.record.values() if isinstance(value, str | bytes | list))

    def fingerprint(self) -> bytes:
        """Return the record, spelt."""
        return repr(self.record).encode("utf-8", "surrogatepass")

    def items(self, options: Options, summary: FileSummary) -> Iterator[Item]:
        """Yield its article, or what is wrong with it."""
        try:
            yield document_of(self.record, self.place, options, self.recognition)
        except ToolkitError as error:
            yield error


def entries_of(records: Iterable[Record], file: InputFile, options: Options) -> Iterator[Entry]:
    """Yield each record of `file`, or what is wrong with it, as an entry; a missing column once, then its number."""
    fitting: set[tuple[str, ...]] = set()
    lacking: Counter[tuple[str, ...]] = Counter()
    for place, record in records:
        if isinstance(record, ToolkitError):
            yield Failure(place, record)
            continue
        fields = tuple(record)
        if fields in lacking:
            lacking[fields] += 1
            continue
        error = None if fields in fitting else _missing_column(record, place, options)
        if error is not None:
            if len(lacking) < _KINDS:
                lacking[fields] = 0
            yield Failure(place, error)
            continue
        if len(fitting) < _KINDS:
            fitting.add(fields)
        yield RecordEntry(place, record, file.recognition)
    if n_more := sum(lacking.values()):
        message = f"{file.name}: expected the same of {n_more} more record(s), found none; they are left out too"
        yield Failure(file.name, InputError(message))


_KINDS = 100  # of records, by their fields, that are kept in mind for one file


def names_text(cells: Iterable[object], options: Options) -> bool:
    """Return whether `cells` name columns and the one with the text is among them."""
    header = {str(cell): None for cell in cells if cell is not None}
    return _column(header, options.text_column, TEXT_COLUMNS) is not None


def document_of(
    record: Mapping[str, Any], place: str, options: Options, recognition: Recognition | None = None
) -> Document:
    """Return the document in `record`; columns that are neither text nor title become its metadata.

    Raises
    ------
    InputError
        If the record has no text; the message names `place`, what was expected and what was found.
    """
    if error := _missing_column(record, place, options):
        raise error
    text_column = _column(record, options.text_column, TEXT_COLUMNS)
    assert text_column is not None  # `_missing_column` has looked
    text = unguarded(_text(record[text_column], place, text_column))
    if len(text) > MAX_ARTICLE:
        raise InputError(f"{place}: expected at most {MAX_ARTICLE // MIB} MiB in one article, found more; split it")
    title_column = _column(record, options.title_column, TITLE_COLUMNS)
    title = record[title_column] if title_column is not None else None
    source = place if options.id_column is None else str(record[options.id_column])
    metadata = {name: value for name, value in record.items() if name not in (text_column, title_column)}
    mended = repair(text)
    text = mended.text
    metadata = stated(metadata, mended.recognition if mended.recognition.repaired else recognition)
    if options.unit is Unit.PARAGRAPH:
        return parse_paragraph(text, source=source, metadata=metadata)
    title = repair(unguarded(str(title))).text if title else None
    return parse(text, title, date=_date(record), source=source, metadata=metadata)


def unguarded(cell: str) -> str:
    """Return `cell` without the apostrophe that made it harmless for a spreadsheet when it was exported."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _missing_column(record: Mapping[str, Any], place: str, options: Options) -> InputError | None:
    """Return what is wrong with a record that lacks a column it needs, None where nothing is."""
    if _column(record, options.text_column, TEXT_COLUMNS) is None:
        wanted = options.text_column or " or ".join(TEXT_COLUMNS[:3])
        return InputError(
            f"{place}: expected a column {wanted!r} with the text, found {_listed(record)}; name it with --text-column"
        )
    for named in (options.title_column, options.id_column):
        if named is not None and named not in record:
            return InputError(f"{place}: expected a column {named!r}, found {_listed(record)}")
    return None


def _column(record: Mapping[str, Any], named: str | None, usual: Sequence[str]) -> str | None:
    if named is not None:
        return named if named in record else None
    # Excel for the Mac writes accents apart.
    lower = {unicodedata.normalize("NFC", str(name)).strip().lower(): name for name in record}
    return next((lower[name] for name in usual if name in lower), None)


def _text(value: object, place: str, column: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Sequence) and all(isinstance(part, str) for part in value):
        return ("\n\n" if column.lower() != "sentences" else " ").join(value)
    raise InputError(f"{place}: expected text in {column!r}, found {type(value).__name__}; name another --text-column")


def _date(record: Mapping[str, Any]) -> dt.date | None:
    """Return the date of the record where it is written year-month-day or, as Vietnamese writes it, day/month/year."""
    column = _column(record, None, DATE_COLUMNS)
    value = record[column] if column is not None else None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    written = _DAY_FIRST.match(str(value))
    try:
        if written:
            return dt.date(int(written[3]), int(written[2]), int(written[1]))
        return dt.date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


_DAY_FIRST = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")


def _listed(record: Mapping[str, Any]) -> str:
    return ", ".join(repr(name) for name in list(record)[:8]) or "none"
