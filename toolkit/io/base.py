"""What every reader has in common."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from io import BufferedReader, BytesIO
from pathlib import PurePath
from typing import BinaryIO, Protocol, cast, runtime_checkable

from toolkit.document import Document
from toolkit.errors import InputError, ToolkitError
from toolkit.io.encodings import Recognition
from toolkit.io.limits import MAX_WHOLE, MIB, CountedStream, Expansion

Item = Document | ToolkitError
"""What a reader yields: an article, or what is wrong with a record, after which the next one comes."""

HEAD = 8192  # bytes that a reader may look at to know its own


class Unit(StrEnum):
    """What a row of a table is: an article, or a paragraph of its own."""

    ARTICLE = "article"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Options:
    """How files are read.

    Attributes
    ----------
    encoding : str or None
        Of the text files: ``tcvn3``, ``vni``, ``windows-1258`` or a codec of Python; None recognises it.
    text_column, title_column, id_column : str or None
        Columns of tables and fields of records; None takes the usual names.
    unit : Unit
        What a row of a table is.
    format : str or None
        The format of every file, by its usual suffix (``csv``); None takes it from content and name.

    Raises
    ------
    ValueError
        If there is no such unit.
    """

    encoding: str | None = None
    text_column: str | None = None
    title_column: str | None = None
    id_column: str | None = None
    unit: Unit = Unit.ARTICLE
    format: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))


@dataclass(slots=True)
class InputFile:
    """One file, on disk or in an archive, opened at its beginning.

    Attributes
    ----------
    name : str
        What messages and ``Document.source`` call it; a member of an archive is ``archive.zip/member.txt``.
    stream : BinaryIO
        Its bytes; it can be rewound, which costs the reading so far where the file is packed.
    suffix : str
        Of its name, small, with the dot.
    expansion : Expansion
        The account of the file on disk that this one comes from.
    nesting : int
        How many archives it lies in.
    recognition : Recognition or None
        Set by readers of text once they know the encoding.
    zip_kind : str or None
        What a ZIP file holds, once somebody has looked: ``docx``, ``xlsx``, ``odt`` or ``zip``.
    """

    name: str
    stream: BinaryIO
    suffix: str
    expansion: Expansion
    nesting: int = 0
    recognition: Recognition | None = None
    zip_kind: str | None = None
    _head: bytes | None = field(default=None, repr=False)

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> InputFile:
        """Return a file that holds `data`."""
        return cls(name, BytesIO(data), PurePath(name).suffix.lower(), Expansion(name, len(data)))

    @classmethod
    def of_stream(cls, stream: BinaryIO, name: str, size: int) -> InputFile:
        """Return a file on disk, `size` bytes long."""
        name = _readable(name)
        return cls(name, stream, PurePath(name).suffix.lower(), Expansion(name, size))

    def member(self, stream: BinaryIO, name: str, suffix: str) -> InputFile:
        """Return a file that lies in this one; every byte of it is put to the account."""
        counted = cast(BinaryIO, BufferedReader(CountedStream(stream, self.expansion)))
        return InputFile(_readable(name), counted, suffix, self.expansion, self.nesting + 1)

    def place_of(self, member: str) -> str:
        """Return what messages call a file in this one; a character that would break or hide a line shows as ``?``."""
        return f"{self.name}/{''.join(c if c.isprintable() else '?' for c in member)}"

    def head(self) -> bytes:
        """Return the first bytes, and stay at the beginning."""
        if self._head is None:
            self._head = self.stream.read(HEAD)
            self.stream.seek(0)
        return self._head

    def read(self, limit: int = MAX_WHOLE) -> bytes:
        """Return all bytes.

        Raises
        ------
        InputError
            If there are more than `limit`.
        """
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(f"{self.name}: expected at most {limit // MIB} MiB in one article, found more; split it")
        return data

    def random_access(self) -> BinaryIO:
        """Return its bytes as a stream in which jumping is cheap, at the beginning.

        A packed file is unpacked to memory or, where it is large, to a temporary file that goes with the stream.
        """
        if isinstance(self.stream, BufferedReader) and isinstance(self.stream.raw, CountedStream):
            spooled = tempfile.SpooledTemporaryFile(max_size=16 * MIB)  # noqa: SIM115  # it lives as long as the file
            self.stream.seek(0)
            shutil.copyfileobj(self.stream, spooled)
            self.stream = cast(BinaryIO, spooled)
        self.stream.seek(0)
        return self.stream


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
    _read: int = 0
    _file: InputFile | None = None

    def pass_over(self, kind: str) -> None:
        """Count a file that no reader reads."""
        self.passed_over[kind] = self.passed_over.get(kind, 0) + 1

    def note(self, file: InputFile) -> None:
        """Keep the encoding of a file that was read, where there is doubt."""
        if file.recognition is not None and file.recognition.confidence < 1:
            self.encodings[file.name] = file.recognition

    def merge(self, other: FileSummary) -> None:
        """Add what another process met."""
        self.encodings.update(other.encodings)

    @contextmanager
    def following(self, file: InputFile) -> Iterator[None]:
        """Let `n_bytes` follow the reading of `file`."""
        self._file = file
        try:
            yield
        finally:
            self._read += file.expansion.packed
            self._file = None

    @property
    def n_bytes(self) -> int:
        """How many bytes of the files on disk have been gone through."""
        file = self._file
        return self._read + (min(file.stream.tell(), file.expansion.packed) if file is not None else 0)


class Entry(Protocol):
    """A piece of the input that any process can turn into articles: a record, or a file that holds one article."""

    @property
    def place(self) -> str:
        """What messages call it."""
        ...

    @property
    def size(self) -> int:
        """About how many bytes it has."""
        ...

    def fingerprint(self) -> bytes:
        """Return what changes when the input behind the entry changes."""
        ...

    def items(self, options: Options, summary: FileSummary) -> Iterator[Item]:
        """Yield its articles, or what is wrong with them; what is worth telling goes to `summary`."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that cannot be read."""

    place: str
    error: ToolkitError
    size: int = 0

    def fingerprint(self) -> bytes:
        """Return the message."""
        return str(self.error).encode()

    def items(self, options: Options, summary: FileSummary) -> Iterator[Item]:
        """Yield what is wrong."""
        yield self.error


class Format(Protocol):
    """What all readers tell of their format.

    Attributes
    ----------
    kind : str
        What the format is called in messages, with its article: ``a PDF``.
    suffixes : frozenset of str
        Names of such files end so.
    signed : bool
        Whether every such file shows its format in its first bytes, so that one that does not is something else.
    """

    kind: str
    suffixes: frozenset[str]
    signed: bool

    def sniff(self, file: InputFile) -> bool:
        """Return whether the content says that the file is of this format; where it cannot, False."""
        ...


@runtime_checkable
class ArticleReader(Format, Protocol):
    """A format whose files are articles."""

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the articles in `file`; an error names the file and the place in it."""
        ...


@runtime_checkable
class RecordReader(Format, Protocol):
    """A format whose files are tables or lists of records."""

    def entries(self, file: InputFile, options: Options) -> Iterator[Entry]:
        """Yield the records in `file`, each to be made an article where it is wanted."""
        ...


Reader = ArticleReader | RecordReader


class Container(Protocol):
    """An archive: yields the files in it, which are opened, read and left one after the other."""

    kind: str
    suffixes: frozenset[str]

    def sniff(self, file: InputFile) -> bool:
        """Return whether the content says that the file is such an archive."""
        ...

    def members(self, file: InputFile) -> Iterator[InputFile | ToolkitError]:
        """Yield the files in it; one that cannot or must not be opened as an error."""
        ...


def _readable(name: str) -> str:
    """Return `name` with bytes of an old encoding, which no output can hold, replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def file_size(stream: BinaryIO) -> int:
    """Return how many bytes an open file has."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
