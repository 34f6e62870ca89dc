"""From paths to documents: expands folders and globs, picks the reader, passes over what none can read."""

from __future__ import annotations

import glob
import os
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from toolkit.document import Document
from toolkit.errors import InputError, InputNotFoundError, ToolkitError
from toolkit.io.archive import GzipContainer, TarContainer, ZipContainer
from toolkit.io.base import Container, InputFile, Item, Options, Reader, file_size
from toolkit.io.docx import DocxReader
from toolkit.io.encodings import Recognition
from toolkit.io.html import HtmlReader
from toolkit.io.jsonl import JsonlReader
from toolkit.io.limits import MAX_NESTING, MIB
from toolkit.io.mhtml import MhtmlReader
from toolkit.io.odt import OdtReader
from toolkit.io.parquet import ParquetReader
from toolkit.io.pdf import PdfReader
from toolkit.io.plain import MarkdownReader, PlainReader
from toolkit.io.table import CsvReader
from toolkit.io.xlsx import XlsxReader

STDIN = "-"
PLAIN = PlainReader()
READERS: tuple[Reader, ...] = (
    PdfReader(),
    DocxReader(),
    OdtReader(),
    XlsxReader(),
    ParquetReader(),
    MhtmlReader(),
    HtmlReader(),
    JsonlReader(),
    CsvReader(),
    MarkdownReader(),
    PLAIN,
)
CONTAINERS: tuple[Container, ...] = (ZipContainer(), GzipContainer(), TarContainer())
_FOREIGN = {
    b"\x89PNG": ("a PNG picture", "leave it out"),
    b"\xff\xd8\xff": ("a JPEG picture", "leave it out"),
    b"GIF8": ("a GIF picture", "leave it out"),
    b"\x7fELF": ("a program", "leave it out"),
    b"MZ\x90\x00": ("a program", "leave it out"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an old Word or Excel file", "save it as DOCX or XLSX"),
    b"{\\rtf": ("an RTF file", "save it as DOCX"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it first"),
    b"Rar!\x1a\x07": ("a RAR archive", "unpack it first"),
    b"\xfd7zXZ\x00": ("an XZ file", "unpack it first"),
    b"BZh": ("a bzip2 file", "unpack it first"),
}

PathLike = str | os.PathLike[str]
OnError = Callable[[ToolkitError], None]


@dataclass(slots=True)
class FileSummary:
    """What was met on the way.

    Attributes
    ----------
    n_files : int
        Files read, those in archives each by itself.
    passed_over : dict
        Files of unknown type that a folder or archive held, counted by suffix.
    encodings : dict
        By file, the encoding that was recognised where it was not plain Unicode, and how surely.
    """

    n_files: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, Recognition] = field(default_factory=dict)

    def pass_over(self, kind: str) -> None:
        """Count a file that no reader reads."""
        self.passed_over[kind] = self.passed_over.get(kind, 0) + 1


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    named: bool  # by the caller, so that an unknown type is an error


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
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    options = options or Options()
    summary = summary if summary is not None else FileSummary()
    for path in paths:
        for item in _everything(os.fspath(path), options, summary):
            if not isinstance(item, ToolkitError):
                yield item
            elif on_error is None:
                raise item
            else:
                on_error(item)


def _everything(path: str, options: Options, summary: FileSummary) -> Iterator[Item]:
    try:
        for place in _expand(path, summary):
            try:
                with _opened(place.path) as file:
                    yield from _items(file, options, summary, place.named)
            except ToolkitError as error:
                yield error
    except ToolkitError as error:
        yield error


# --- paths --------------------------------------------------------------------------------------------


def _expand(name: str, summary: FileSummary) -> Iterator[_Place]:
    if name == STDIN or Path(name).is_file():
        yield _Place(name, named=True)
    elif Path(name).is_dir():
        yield from _walk(Path(name), summary)
    elif Path(name).exists():
        raise InputError(f"{name}: expected a file or folder, found a pipe or device; use - for standard input")
    else:
        matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matches:
            what = "files that match" if glob.has_magic(name) else "a file or folder"
            raise InputNotFoundError(f"{name}: expected {what}, found nothing; check the path")
        for match in matches:
            if match != name:
                yield from _expand(match, summary)


def _walk(folder: Path, summary: FileSummary) -> Iterator[_Place]:
    root = folder.resolve()
    for inner, folders, names in os.walk(folder):  # links to folders are not followed, so it ends
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for entry in sorted(names):
            file = Path(inner, entry)
            if entry.startswith("."):
                continue
            if file.is_symlink() and not file.resolve().is_relative_to(root):
                summary.pass_over("link out of the folder")
            elif not file.is_file():
                summary.pass_over("pipe, device or dead link")
            else:
                yield _Place(str(file), named=False)


@contextmanager
def _opened(name: str) -> Iterator[InputFile]:
    try:
        if name == STDIN:
            with tempfile.SpooledTemporaryFile(max_size=16 * MIB) as spooled:
                while block := sys.stdin.buffer.read(MIB):
                    spooled.write(block)
                stream = cast(BinaryIO, spooled)
                yield InputFile.of_stream(stream, "stdin", file_size(stream))
            return
        with Path(name).open("rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise InputError(f"{name}: expected a file, found a pipe or device; leave it out")
            yield InputFile.of_stream(opened, name, file_size(opened))
    except OSError as error:
        if isinstance(error, ToolkitError):
            raise
        raise InputError(f"{name}: cannot be read ({error.strerror or error})") from error


# --- one file -----------------------------------------------------------------------------------------


def _items(file: InputFile, options: Options, summary: FileSummary, named: bool) -> Iterator[Item]:
    """Yield the articles of a file, or of the files in it, or what is wrong with them."""
    try:
        container = next((container for container in CONTAINERS if container.sniff(file)), None)
        if container is not None:
            yield from _unpacked(file, container, options, summary)
            return
        reader = _reader(file, options, named)
        if reader is None:
            summary.pass_over(file.suffix or "no suffix")
            return
        summary.n_files += 1
        yield from reader.documents(file, options)
        if file.recognition is not None and file.recognition.confidence < 1:
            summary.encodings[file.name] = file.recognition
    except ToolkitError as error:
        yield error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RecursionError) as error:
        yield InputError(f"{file.name}: cannot be read ({error}); copy or save it again")


def _unpacked(file: InputFile, container: Container, options: Options, summary: FileSummary) -> Iterator[Item]:
    if file.nesting >= MAX_NESTING:
        raise InputError(
            f"{file.name}: expected at most {MAX_NESTING} archives within each other, found more; unpack it first"
        )
    for member in container.members(file):
        if isinstance(member, ToolkitError):
            yield member
        else:
            yield from _items(member, options, summary, named=False)
        if file.expansion.exceeded:  # said once; nothing in it is believed any more
            return


def _reader(file: InputFile, options: Options, named: bool) -> Reader | None:
    """Return who reads the file: by force, by its content, by its name; None where nobody knows it.

    Raises
    ------
    InputError
        If the file is not what its name says.
    """
    if options.format is not None:
        return _forced(options.format)
    head = file.head()
    known = next((reader for reader in READERS if file.suffix in reader.suffixes), None)
    claimed = known or (PLAIN if file.name == "stdin" else None)
    if claimed is None and named:
        by_content = next((reader for reader in READERS if reader.sniff(file)), None)
        if by_content is None:
            known_suffixes = [kind.suffixes for kind in CONTAINERS] + [kind.suffixes for kind in READERS]
            suffixes = " ".join(suffix for some in known_suffixes for suffix in sorted(some))
            raise InputError(
                f"{file.name}: expected one of {suffixes}, found {file.suffix or 'no suffix'!r}; convert it to text"
            )
        return by_content
    foreign = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)
    if foreign is not None and claimed is not None:
        expected = claimed.kind if claimed.signed else "text"
        raise InputError(f"{file.name}: expected {expected}, found {foreign[0]}; {foreign[1]}")
    found = next((reader for reader in READERS if reader.sniff(file)), None)
    if found is not None:
        return found
    if claimed is not None and claimed.signed and head:
        kind = "binary data" if b"\0" in head else "text"
        raise InputError(f"{file.name}: expected {claimed.kind}, found {kind}; give it the name of what it is")
    if claimed is not None and claimed.signed:
        raise InputError(f"{file.name}: expected {claimed.kind}, found an empty file; save it again")
    if claimed is None and file.suffix in {suffix for container in CONTAINERS for suffix in container.suffixes}:
        raise InputError(f"{file.name}: expected an archive, found something else; pack it anew")
    return claimed


def _forced(name: str) -> Reader:
    suffix = "." + name.lower().removeprefix(".")
    reader = next((reader for reader in READERS if suffix in reader.suffixes), None)
    if reader is None:
        known = ", ".join(sorted(s.removeprefix(".") for reader in READERS for s in reader.suffixes))
        raise InputError(f"format {name!r}: expected one of {known}; name one of these")
    return reader
