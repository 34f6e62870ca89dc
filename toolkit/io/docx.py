"""DOCX, by python-docx."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import Piece, compose
from toolkit.io.office import checked, zip_kind
from toolkit.io.optional import load
from toolkit.io.tables import cell_pieces

_MAX_NESTED = 8  # tables within tables; forms have two or three


class DocxReader:
    """Reads a Word document as one article."""

    kind = "a DOCX"
    suffixes = frozenset({".docx", ".docm"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether it is a ZIP file with a Word document in it."""
        return zip_kind(file) == "docx"

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article; a paragraph in the style Title, or a heading that opens it, is its title."""
        docx = load("docx", "docx")
        stream = checked(file, "docx")
        try:
            document = docx.Document(stream)
            pieces = list(_pieces(document, 0))
            title = _title(document)
            metadata = _metadata(document.core_properties)
        except (KeyError, ValueError, AttributeError, TypeError, SyntaxError, docx.exceptions.PythonDocxError) as error:
            raise InputError(f"{file.name}: expected a DOCX, found a damaged one ({error}); save it again") from error
        pieces += [Piece(text, aside="header") for text in _headers(document)]
        yield compose(pieces, source=file.name, title=title, metadata=metadata)


def _pieces(container: Any, nesting: int) -> Iterator[Piece]:
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            if nesting < _MAX_NESTED:
                yield from _table(block, nesting)
        else:
            yield Piece(block.text)


def _table(table: Any, nesting: int) -> Iterator[Piece]:
    for row in table.rows:
        cells, seen = [], set()
        for cell in row.cells:
            if cell._tc not in seen:  # a merged cell comes once for each column that it spans
                seen.add(cell._tc)
                cells.append([piece.text for piece in _pieces(cell, nesting + 1)])
        yield from cell_pieces(cells)


def _title(document: Any) -> str | None:
    for paragraph in document.paragraphs[:8]:
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        if paragraph.text.strip():
            if style == "Title" or style == "Heading 1":
                return str(paragraph.text)
            if not style.startswith(("Header", "Subtitle")):
                return None
    return None


def _headers(document: Any) -> list[str]:
    """Return the texts of running headers and footers, each once."""
    found: dict[str, None] = {}
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                found.update((paragraph.text, None) for paragraph in part.paragraphs if paragraph.text.strip())
    return list(found)


def _metadata(properties: Any) -> dict[str, Any]:
    # python-docx's own template signs as itself; that is no author.
    author = properties.author if properties.author != "python-docx" else None
    created = properties.created
    found = {"author": author, "created": created.isoformat() if isinstance(created, dt.datetime) else None}
    return {name: value for name, value in found.items() if value}
