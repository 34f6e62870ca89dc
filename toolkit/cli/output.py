"""Where results go: standard output as they come, or a file that appears only when it is whole."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar

from toolkit.errors import ToolkitError


@contextlib.contextmanager
def opened(output: Path | None, *, byte_order_mark: bool = False) -> Iterator[TextIO]:
    """Yield a stream for results; a named file is replaced only after everything was written.

    With `byte_order_mark` they begin with one: Excel takes UTF-8 for a code page without it.

    Raises
    ------
    ToolkitError
        If the file cannot be written.
    """
    if output is None:
        if byte_order_mark:
            sys.stdout.write("\ufeff")
        yield sys.stdout
        sys.stdout.flush()
        return
    encoding = "utf-8-sig" if byte_order_mark else "utf-8"
    with _replacing(output, lambda handle: open(handle, "w", encoding=encoding, newline="")) as stream:
        yield stream


@contextlib.contextmanager
def opened_binary(output: Path | None) -> Iterator[BinaryIO]:
    """Yield a stream for results that are no text, as `opened` does; a terminal is refused.

    Raises
    ------
    ToolkitError
        If the file cannot be written, or the results would go to a terminal.
    """
    if output is not None:
        with _replacing(output, lambda handle: open(handle, "wb")) as stream:
            yield stream
        return
    if sys.stdout.isatty():
        raise ToolkitError("this format is no text for a terminal; name a file with -o")
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


StreamT = TypeVar("StreamT", TextIO, BinaryIO)


@contextlib.contextmanager
def _replacing(output: Path, open_handle: Callable[[int], StreamT]) -> Iterator[StreamT]:
    """Yield a stream beside `output` that takes its place once everything was written."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name}-", dir=output.parent or Path())
    except OSError as error:
        raise ToolkitError(f"{output}: cannot be written ({error.strerror}); name another place with -o") from error
    temporary = Path(name)
    try:
        with open_handle(handle) as stream:
            yield stream
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(output)
    except OSError as error:
        raise ToolkitError(f"{output}: cannot be written ({error.strerror}); name another place with -o") from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def write_json(stream: TextIO, results: Iterable[dict[str, Any]]) -> None:
    """Write one JSON array, an element at a time."""
    separator = "[\n"
    for result in results:
        stream.write(separator + json.dumps(result, ensure_ascii=False, indent=1, default=str))
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def write_jsonl(stream: TextIO, results: Iterable[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    for result in results:
        stream.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a header and rows; cells that a spreadsheet would run as formulas are made harmless."""
    from toolkit.report.tables import harmless

    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
