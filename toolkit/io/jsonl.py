"""JSON Lines, and JSON files that hold one record or an array of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from toolkit.errors import DecodingError, InputError, ToolkitError
from toolkit.io.base import Entry, Failure, FileSummary, InputFile, Item, Options
from toolkit.io.encodings import Recognition, decode_text
from toolkit.io.lines import text_lines
from toolkit.io.records import Record, RecordEntry, entries_of

_SPACE = b" \t\r\n\xef\xbb\xbf"
_OPENING = re.compile(rb'[\s\xef\xbb\xbf]*+(?:\[\s*+)?\{\s*+"[^"\\\n]{1,200}"\s*+:')


class JsonlReader:
    """Reads records, one article each; memory holds one line at a time."""

    kind = "JSON"
    suffixes = frozenset({".jsonl", ".ndjson", ".json"})
    signed = False

    def sniff(self, file: InputFile) -> bool:
        """Return whether an object opens with its first field, or an array of such objects."""
        return _OPENING.match(file.head()) is not None

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield every record, or what is wrong with it."""
        if _is_one_value(file):
            yield from entries_of(_whole(file, options.encoding), file, options)
            return
        for place, line in _lines(file, options.encoding):
            yield Failure(place, line) if isinstance(line, DecodingError) else LineEntry(place, line, file.recognition)


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line of JSON that was not parsed yet."""

    place: str
    line: str = field(repr=False)
    recognition: Recognition | None = None

    @property
    def size(self) -> int:
        """About how many bytes it has."""
        return len(self.line)

    def fingerprint(self) -> bytes:
        """Return the line."""
        return self.line.encode("utf-8", "surrogatepass")

    def items(self, options: Options, summary: FileSummary) -> Iterator[Item]:
        """Yield its article, or what is wrong with it."""
        record = _checked(_parsed(self.line, self.place), self.place)
        if isinstance(record, ToolkitError):
            yield record
        else:
            yield from RecordEntry(self.place, record, self.recognition).items(options, summary)


def json_records(
    data: bytes, source: str, encoding: str | None = None
) -> Iterator[tuple[str, dict[str, Any] | ToolkitError]]:
    """Yield each record with its place (``file:line``), or what is wrong with it."""
    return _records(InputFile.of_bytes(data, source), encoding)


def _records(file: InputFile, encoding: str | None) -> Iterator[Record]:
    if _is_one_value(file):
        yield from _whole(file, encoding)
        return
    for place, line in _lines(file, encoding):
        yield place, line if isinstance(line, DecodingError) else _checked(_parsed(line, place), place)


def _lines(file: InputFile, encoding: str | None) -> Iterator[tuple[str, str | DecodingError]]:
    """Yield the lines that are not blank."""
    for place, line in text_lines(file, encoding):
        if isinstance(line, DecodingError) or line.strip():
            yield place, line


def _is_one_value(file: InputFile) -> bool:
    """Return whether the file is an array, or one object written over many lines."""
    head = file.head().replace(b"\0", b"").lstrip(_SPACE + b"\xff\xfe")
    return head[:1] == b"[" or (head[:1] == b"{" and not head[1:].lstrip(b" \t\r")[:1].strip(b"\n"))


def _whole(file: InputFile, encoding: str | None) -> Iterator[Record]:
    decoded = decode_text(file.read(), encoding, file.name)
    file.recognition = decoded.recognition
    rows = _parsed(decoded.text, file.name)
    if isinstance(rows, dict):
        yield f"{file.name}:1", rows
        return
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
        yield f"{file.name}#{number}", _checked(row, f"{file.name}#{number}")


def _parsed(text: str, place: str) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_distinct)
        if "\\ud" in text.lower():  # half a character, which no output can hold; whole ones stay
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return value
    except (ValueError, RecursionError) as error:
        return InputError(f"{place}: expected one JSON record a line, found {text.strip()[:40]!r} ({error})")


def _distinct(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with `fields`; of two with one name Python would keep the last and lose the first."""
    found = dict(fields)
    if len(found) < len(fields):
        name = next(name for name, count in Counter(name for name, _ in fields).items() if count > 1)
        raise ValueError(f"two fields are called {name!r}: rename one")
    return found


def _checked(row: Any, place: str) -> dict[str, Any] | ToolkitError:
    if isinstance(row, (dict, ToolkitError)):
        return row
    return InputError(f"{place}: expected a JSON object, found {type(row).__name__}")
