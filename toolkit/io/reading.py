"""From paths to documents: expands folders and globs, picks the reader, passes over what none can read."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.document import Document
from toolkit.errors import InputError, InputNotFoundError, ToolkitError
from toolkit.io.base import Item, Options, Reader
from toolkit.io.jsonl import JsonlReader
from toolkit.io.plain import PlainReader
from toolkit.io.table import CsvReader

STDIN = "-"
READERS: tuple[Reader, ...] = (PlainReader(), JsonlReader(), CsvReader())
_BINARY = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x7fELF": "a program",
}

PathLike = str | os.PathLike[str]
OnError = Callable[[ToolkitError], None]


@dataclass(slots=True)
class FileSummary:
    """What was met on the way: files read, failures, and files of unknown type that a folder held, by suffix."""

    n_files: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    reader: Reader


def read(path: PathLike, options: Options | None = None) -> Document:
    """Return the one article in the file at `path`.

    Raises
    ------
    InputNotFoundError, InputError, DecodingError
        If there is no such file, it cannot be read, or holds another number of articles than one.
    """
    documents = iter_documents([path], options=options)
    first = next(documents, None)
    if first is None or next(documents, None) is not None:
        found = "none" if first is None else "more"
        raise InputError(f"{path}: expected exactly one article, found {found}; use toolkit.iter_documents")
    return first


def iter_documents(
    paths: Iterable[PathLike] | PathLike,
    *,
    options: Options | None = None,
    on_error: OnError | None = None,
    summary: FileSummary | None = None,
) -> Iterator[Document]:
    """Yield the articles in files, folders (recursively, in the order of names), globs and ``-`` (standard input).

    Parameters
    ----------
    on_error
        Called with each failure, after which the rest goes on; without it the first failure is raised.
    summary
        Filled with what was met on the way.
    """
    for _, document in iter_records(paths, options=options, on_error=on_error, summary=summary):
        yield document


def iter_records(
    paths: Iterable[PathLike] | PathLike,
    *,
    options: Options | None = None,
    on_error: OnError | None = None,
    summary: FileSummary | None = None,
) -> Iterator[tuple[str, Document]]:
    """Yield each article with the file that it came from, as `iter_documents` does."""
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    options = options or Options()
    summary = summary if summary is not None else FileSummary()
    for path in paths:
        try:
            for file in _expand(path, summary):
                summary.n_files += 1
                try:
                    for item in _items(file, options):
                        if not isinstance(item, ToolkitError):
                            yield str(file.path), item
                        elif on_error is None:
                            raise item
                        else:
                            on_error(item)
                except ToolkitError as error:
                    if on_error is None:
                        raise
                    on_error(error)
        except ToolkitError as error:
            if on_error is None:
                raise
            on_error(error)


def _expand(path: PathLike, summary: FileSummary) -> Iterator[_File]:
    name = os.fspath(path)
    if name == STDIN:
        yield _File(Path(STDIN), READERS[0])
        return
    place = Path(name)
    if place.is_dir():
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for entry in sorted(names):
                file = Path(folder) / entry
                reader = _reader(file)
                if entry.startswith("."):
                    continue
                if reader is None:
                    suffix = file.suffix.lower() or "no suffix"
                    summary.passed_over[suffix] = summary.passed_over.get(suffix, 0) + 1
                else:
                    yield _File(file, reader)
        return
    if place.exists():
        reader = _reader(place)
        if reader is None:
            known = " ".join(sorted(suffix for r in READERS for suffix in r.suffixes))
            raise InputError(
                f"{name}: expected one of {known}, found {place.suffix or 'no suffix'!r}; convert it to text"
            )
        yield _File(place, reader)
        return
    matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
    if not matches:
        what = "files that match" if glob.has_magic(name) else "a file or folder"
        raise InputNotFoundError(f"{name}: expected {what}, found nothing; check the path")
    for match in matches:
        yield from _expand(match, summary) if match != name else ()


def _reader(path: Path) -> Reader | None:
    suffix = path.suffix.lower()
    return next((reader for reader in READERS if suffix in reader.suffixes), None)


def _items(file: _File, options: Options) -> Iterator[Item]:
    name = str(file.path)
    try:
        data = sys.stdin.buffer.read() if name == STDIN else file.path.read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from error
    kind = next((kind for magic, kind in _BINARY.items() if data.startswith(magic)), None)
    if kind is not None:
        raise InputError(f"{name}: expected text, found {kind}; leave it out")
    yield from file.reader.documents(data, "stdin" if name == STDIN else name, options)
