"""From paths to documents: expands folders and globs, picks the reader, passes over what none can read."""

from __future__ import annotations

import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from toolkit.document import Document
from toolkit.errors import InputError, ToolkitError
from toolkit.io.archive import GzipContainer, TarContainer, ZipContainer
from toolkit.io.base import (
    ArticleReader,
    Container,
    Entry,
    Failure,
    FileSummary,
    InputFile,
    Item,
    Options,
    Reader,
    RecordReader,
)
from toolkit.io.docx import DocxReader
from toolkit.io.html import HtmlReader
from toolkit.io.jsonl import JsonlReader
from toolkit.io.limits import MAX_NESTING
from toolkit.io.mhtml import MhtmlReader
from toolkit.io.odt import OdtReader
from toolkit.io.parquet import ParquetReader
from toolkit.io.paths import STDIN, Place, expand, located, opened, stamp
from toolkit.io.pdf import PdfReader
from toolkit.io.plain import MarkdownReader, PlainReader
from toolkit.io.table import CsvReader
from toolkit.io.xlsx import XlsxReader

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
SUFFIXES = tuple(suffix for kind in (*CONTAINERS, *READERS) for suffix in sorted(kind.suffixes))
_FOREIGN = {
    b"\x89PNG": ("a PNG picture", "leave it out"),
    b"\xff\xd8\xff": ("a JPEG picture", "leave it out"),
    b"GIF8": ("a GIF picture", "leave it out"),
    b"\x7fELF": ("a program", "leave it out"),
    b"MZ\x90\x00": ("a program", "leave it out"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "an old Word or Excel file or one with a password",
        "save it as DOCX or XLSX without",
    ),
    b"{\\rtf": ("an RTF file", "save it as DOCX"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it first"),
    b"Rar!\x1a\x07": ("a RAR archive", "unpack it first"),
    b"\xfd7zXZ\x00": ("an XZ file", "unpack it first"),
    b"BZh": ("a bzip2 file", "unpack it first"),
}

PathLike = str | os.PathLike[str]
OnError = Callable[[ToolkitError], None]


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
    options = options or Options()
    summary = summary if summary is not None else FileSummary()
    for entry in iter_entries(paths, options=options, summary=summary):
        for item in entry.items(options, summary):
            if not isinstance(item, ToolkitError):
                yield item
            elif on_error is None:
                raise item
            else:
                on_error(item)


def iter_entries(
    paths: Iterable[PathLike] | PathLike, *, options: Options | None = None, summary: FileSummary | None = None
) -> Iterator[Entry]:
    """Yield the same input in pieces that can be sent to another process, which makes articles of them there.

    Tables and archives are read here, one record or file at a time; a file that is an article is only looked at.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    options = options or Options()
    summary = summary if summary is not None else FileSummary()
    for path in paths:
        name = os.fspath(path)
        try:
            for place in expand(name, summary):
                try:
                    with opened(place.path) as file, summary.following(file):
                        yield from _entries(file, options, summary, place)
                except ToolkitError as error:
                    yield Failure(place.path, error)
        except ToolkitError as error:
            yield Failure(name, error)


# --- one file -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """A file that one reader makes articles of: named by its path, or held where it came out of an archive.

    Attributes
    ----------
    place, suffix : str
        Its name, and the end of it that counts.
    reader : ArticleReader
    path : str
        Where the file lies, for a process in another folder.
    stamp : str
        Changes when the file does.
    data : bytes or None
        Its bytes; None for a file that can be opened again.
    """

    place: str
    suffix: str
    reader: ArticleReader
    size: int
    path: str = ""
    stamp: str = ""
    data: bytes | None = field(default=None, repr=False)

    def fingerprint(self) -> bytes:
        """Return size and age of the file, or its bytes."""
        return f"{self.place} {self.stamp}".encode("utf-8", "surrogatepass") if self.data is None else self.data

    def items(self, options: Options, summary: FileSummary) -> Iterator[Item]:
        """Yield its articles, or what is wrong with them."""
        try:
            with self._open() as file:
                yield from self.reader.documents(file, options)
                summary.note(file)
        except ToolkitError as error:
            yield error
        except UNREADABLE as error:
            yield _unreadable(self.place, error)

    @contextmanager
    def _open(self) -> Iterator[InputFile]:
        if self.data is None:
            with opened(self.path) as file:
                file.name = file.expansion.name = self.place
                yield file
        else:
            yield replace(InputFile.of_bytes(self.data, self.place), suffix=self.suffix)


UNREADABLE = (
    *(OSError, EOFError, RecursionError, NotImplementedError, UnicodeDecodeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
)
"""What a damaged file makes the libraries that read it raise."""


def _unreadable(name: str, error: BaseException) -> InputError:
    return InputError(f"{name}: cannot be read ({' '.join(str(error).split())}); copy or save it again")


def _entries(file: InputFile, options: Options, summary: FileSummary, place: Place | None) -> Iterator[Entry]:
    """Yield what is in a file: in the archive that it is, or the table, or the article; `place` is None in archives."""
    try:
        container = next((container for container in CONTAINERS if container.sniff(file)), None)
        if container is not None:
            yield from _unpacked(file, container, options, summary)
            return
        reader = _reader(file, options, place is not None and place.named)
        if reader is None:
            summary.pass_over(file.suffix or "no suffix")
            return
        summary.n_files += 1
        if isinstance(reader, RecordReader):
            yield from reader.entries(file, options)
            summary.note(file)
        elif place is not None and place.path != STDIN:
            path = located(place.path)  # not its readable name, which may be another
            yield ArticleEntry(file.name, file.suffix, reader, file.expansion.packed, path, stamp(path))
        else:
            file.stream.seek(0)  # whoever looked into it may have stopped anywhere
            data = file.read()
            yield ArticleEntry(file.name, file.suffix, reader, len(data), data=data)
    except ToolkitError as error:
        yield Failure(file.name, error)
    except UNREADABLE as error:
        yield Failure(file.name, _unreadable(file.name, error))


def _unpacked(file: InputFile, container: Container, options: Options, summary: FileSummary) -> Iterator[Entry]:
    if file.nesting >= MAX_NESTING:
        raise InputError(
            f"{file.name}: expected at most {MAX_NESTING} archives within each other, found more; unpack it first"
        )
    for member in container.members(file):
        if isinstance(member, ToolkitError):
            yield Failure(file.name, member)
        else:
            yield from _entries(member, options, summary, None)
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
            suffix = file.suffix or "no suffix"
            raise InputError(f"{file.name}: expected one of {' '.join(SUFFIXES)}, found {suffix!r}; convert it to text")
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
