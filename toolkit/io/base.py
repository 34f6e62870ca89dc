"""What every reader has in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from toolkit.document import Document
from toolkit.errors import ToolkitError

Item = Document | ToolkitError
"""What a reader yields: an article, or what is wrong with a record, after which the next one comes."""


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
        Of the text files; None recognises UTF-8 and UTF-16.
    text_column, title_column, id_column : str or None
        Columns of tables and fields of records; None takes the usual names.
    unit : Unit
        What a row of a table is.
    """

    encoding: str | None = None
    text_column: str | None = None
    title_column: str | None = None
    id_column: str | None = None
    unit: Unit = Unit.ARTICLE


class Reader(Protocol):
    """One file format: yields the documents in the bytes of a file."""

    suffixes: frozenset[str]

    def documents(self, data: bytes, source: str, options: Options) -> Iterator[Item]:
        """Yield the articles in `data`; an error names `source` and the place in it."""
        ...
