"""JSON Lines, and JSON files that hold one record or an array of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from toolkit.errors import InputError, ToolkitError
from toolkit.io.base import Item, Options
from toolkit.io.records import document_of
from toolkit.text import decode


class JsonlReader:
    """Reads records, one article each."""

    suffixes = frozenset({".jsonl", ".ndjson", ".json"})

    def documents(self, data: bytes, source: str, options: Options) -> Iterator[Item]:
        """Yield the article of every record, or what is wrong with it."""
        for place, record in json_records(data, source, options.encoding):
            try:
                yield record if isinstance(record, ToolkitError) else document_of(record, place, options)
            except ToolkitError as error:
                yield error


def json_records(
    data: bytes, source: str, encoding: str | None = None
) -> Iterator[tuple[str, dict[str, Any] | ToolkitError]]:
    """Yield each record with its place (``file:line``), or what is wrong with it."""
    text = decode(data, encoding, source)
    if text.lstrip()[:1] == "[":
        rows = _parsed(text, source)
        for number, row in enumerate([rows] if isinstance(rows, ToolkitError) else rows, start=1):
            yield f"{source}#{number}", _checked(row, f"{source}#{number}")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"{source}:{number}"
            yield place, _checked(_parsed(line, place), place)


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return InputError(f"{place}: expected one JSON record a line, found {text.strip()[:40]!r} ({error})")


def _checked(row: Any, place: str) -> dict[str, Any] | ToolkitError:
    if isinstance(row, (dict, ToolkitError)):
        return row
    return InputError(f"{place}: expected a JSON object, found {type(row).__name__}")
