"""ODT: the text of an OpenDocument file, straight from its XML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import Piece, compose
from toolkit.io.office import checked, zip_kind
from toolkit.io.optional import load
from toolkit.io.tables import cell_pieces

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
# No part of the text as it is printed: comments, deleted text, hidden fields.
_SKIPPED = {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls", f"{_OFFICE}forms"}
_BESIDE = {f"{_TEXT}note": "footnote", f"{_TEXT}table-of-content": "contents"}
_BOX = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}text-box"
_BLOCKS = {f"{_TEXT}p", f"{_TEXT}h"}


class OdtReader:
    """Reads an OpenDocument text as one article."""

    kind = "an ODT"
    suffixes = frozenset({".odt"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether it is a ZIP file that calls itself an OpenDocument text."""
        return zip_kind(file) == "odt"

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article; a paragraph in the style Title, or a heading that opens it, is its title."""
        with zipfile.ZipFile(checked(file, "odt")) as archive:
            content = _parsed(archive, "content.xml", file.name)
            if content is None:
                raise InputError(f"{file.name}: expected an ODT, found none of its text (content.xml); save it again")
            meta = _parsed(archive, "meta.xml", file.name)
            styles = _parsed(archive, "styles.xml", file.name)
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")
        blocks = [] if body is None else list(body)
        pieces = [piece for block in blocks for piece in _pieces(block)]
        headers = [] if styles is None else [h for tag in ("header", "footer") for h in styles.iter(f"{_STYLE}{tag}")]
        pieces += [Piece(text, aside="header") for text in dict.fromkeys(t for h in headers for t in _texts(h))]
        yield compose(pieces, source=file.name, title=_title(blocks, content), metadata=_metadata(meta))


def _parsed(archive: zipfile.ZipFile, name: str, source: str) -> Any:
    if name not in archive.namelist():
        return None
    part: IO[bytes]
    with archive.open(name) as part:
        return load("defusedxml.ElementTree", "odt").parse(part, forbid_dtd=True).getroot()


def _pieces(element: Any) -> Iterator[Piece]:
    """Yield the paragraphs of an element, and after each the notes and text boxes that hang on it."""
    if element.tag in _BLOCKS:
        yield Piece(_text(element))
        for part in _hanging(element):
            yield from _pieces(part)
    elif element.tag in _BESIDE:
        # The number of a note stands outside its body.
        body = element.find(f"{_TEXT}note-body")
        yield from (Piece(text, aside=_BESIDE[element.tag]) for text in _texts(element if body is None else body))
    elif element.tag == f"{_TABLE}table-row":
        yield from cell_pieces([[piece.text for piece in _pieces(cell)] for cell in element])
    elif element.tag not in _SKIPPED:
        for child in element:
            yield from _pieces(child)


def _hanging(paragraph: Any) -> Iterator[Any]:
    for child in paragraph:
        if child.tag == _BOX or child.tag in _BESIDE:
            yield child
        elif child.tag not in _SKIPPED:
            yield from _hanging(child)


def _texts(element: Any) -> Iterator[str]:
    if element.tag in _BLOCKS:
        yield _text(element)
    elif element.tag not in _SKIPPED:
        for child in element:
            yield from _texts(child)


def _text(element: Any) -> str:
    """Return the characters of a paragraph; spaces, tabs and line breaks are elements of their own."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            parts.append(" ")
        elif child.tag not in _SKIPPED and child.tag not in _BESIDE and child.tag != _BOX:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _title(blocks: list[Any], content: Any) -> str | None:
    parents = {
        style.get(f"{_STYLE}name"): style.get(f"{_STYLE}parent-style-name") for style in content.iter(f"{_STYLE}style")
    }
    for block in blocks:
        text = _text(block).strip() if block.tag in _BLOCKS else ""
        if text:
            style = block.get(f"{_TEXT}style-name")
            first_level = block.tag == f"{_TEXT}h" and block.get(f"{_TEXT}outline-level", "1") == "1"
            return text if first_level or "Title" in (style, parents.get(style)) else None
    return None


def _metadata(meta: Any) -> dict[str, str]:
    if meta is None:
        return {}
    found = {"author": meta.findtext(f".//{_DC}creator"), "created": meta.findtext(f".//{_META}creation-date")}
    return {name: value for name, value in found.items() if value}
