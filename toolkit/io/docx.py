"""DOCX: opened by python-docx, its text taken from the XML, of which python-docx shows a part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import Piece, compose
from toolkit.io.office import checked, zip_kind
from toolkit.io.optional import load
from toolkit.io.tables import cell_pieces

_MAX_NESTED = 8  # tables and text boxes within each other; forms have two or three
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # a drawing once more, for old Word
# What a paragraph or a body holds without being a paragraph: content controls, accepted insertions, links, fields.
# Not among them: deleted text, and the place that moved text has left.
_TRANSPARENT = frozenset(
    _W + name
    for name in (
        "sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo", "r",
    )
)  # fmt: skip
_SIGNS = {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-", _W + "ptab": " "}
_BESIDE = {"header": "header", "footer": "header", "footnotes": "footnote", "endnotes": "footnote"}
_TEMPLATE_CREATED = dt.datetime(2013, 12, 23, 23, 15)  # of python-docx's own template, whoever wrote the document


class DocxReader:
    """Reads a Word document as one article, changes accepted, without comments."""

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
            pieces = [*_pieces(document.element.body, 0), *_beside(docx, document.part)]
            title = _title(docx, document)
            metadata = _metadata(document.core_properties)
        except (KeyError, ValueError, AttributeError, TypeError, SyntaxError, docx.exceptions.PythonDocxError) as error:
            raise InputError(f"{file.name}: expected a DOCX, found a damaged one ({error}); save it again") from error
        yield compose(pieces, source=file.name, title=title, metadata=metadata)


def _pieces(container: Any, nesting: int) -> Iterator[Piece]:
    """Yield the paragraphs and tables in an element, and after a paragraph the text boxes that hang on it."""
    for block in container:
        if block.tag == _W + "p":
            yield Piece(_text(block), aside="contents" if _is_contents(block) else None)
            yield Piece(_text(block, hidden=True), aside="hidden")
            if nesting < _MAX_NESTED:
                for box in _boxes(block):
                    yield from _pieces(box, nesting + 1)
        elif block.tag == _W + "tbl":
            if nesting < _MAX_NESTED:
                yield from _table(block, nesting)
        elif block.tag in _TRANSPARENT:
            yield from _pieces(block, nesting)


def _table(table: Any, nesting: int) -> Iterator[Piece]:
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is table:
            cells = [cell for cell in row.iter(_W + "tc") if next(cell.iterancestors(_W + "tr")) is row]
            yield from cell_pieces([[piece.text for piece in _pieces(cell, nesting + 1)] for cell in cells])


def _text(element: Any, *, hidden: bool = False) -> str:
    """Return the characters of a paragraph as it prints with every change accepted, or those that do not print."""
    parts = []
    for child in element:
        if child.tag == _W + "t":
            parts.append(child.text or "")
        elif child.tag == _W + "r" and _is_hidden(child) is not hidden:
            continue
        elif child.tag in _TRANSPARENT:
            parts.append(_text(child, hidden=hidden))
        else:
            parts.append(_SIGNS.get(child.tag, ""))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Yield the contents of the text boxes of a paragraph, each once, without those in one another."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == _W + "txbxContent":
            yield element
        elif element.tag not in (_FALLBACK, _W + "del", _W + "moveFrom"):
            stack.extend(reversed(element))


def _is_contents(paragraph: Any) -> bool:
    """Return whether the paragraph is a line of a table of contents."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(f"{_W}val", "").upper().startswith("TOC")


def _beside(docx: Any, part: Any) -> Iterator[Piece]:
    """Yield running headers and footers, each text once, and the notes at the foot of the page or the end."""
    seen = set()
    for relation in part.rels.values():
        reason = _BESIDE.get(relation.reltype.rpartition("/")[2])
        if reason is None or relation.is_external:
            continue
        for paragraph in docx.oxml.parse_xml(relation.target_part.blob).iter(_W + "p"):
            text = _text(paragraph)
            if (text, reason) not in seen:
                seen.add((text, reason))
                yield Piece(text, aside=reason)


def _title(docx: Any, document: Any) -> str | None:
    for paragraph in islice(document.element.body.iter(_W + "p"), 8):  # in content controls too, as covers have it
        text = _text(paragraph)
        if text.strip():
            style = docx.text.paragraph.Paragraph(paragraph, document).style
            style = (style.name or "") if style is not None else ""
            if style in ("Title", "Heading 1"):
                return text
            if not style.startswith(("Header", "Subtitle")):
                return None
    return None


def _metadata(properties: Any) -> dict[str, Any]:
    # python-docx's own template signs as itself; that is no author.
    author = properties.author if properties.author != "python-docx" else None
    created = properties.created
    if not isinstance(created, dt.datetime) or created.replace(tzinfo=None) == _TEMPLATE_CREATED:
        created = None
    found = {"author": author, "created": created.isoformat() if created else None}
    return {name: value for name, value in found.items() if value}
