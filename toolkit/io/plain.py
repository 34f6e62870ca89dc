"""Plain text and Markdown: one file, one article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import stated, with_asides
from toolkit.io.encodings import decode_text, repair
from toolkit.io.limits import MAX_ARTICLE
from toolkit.io.tables import cell_pieces
from toolkit.segmentation import parse
from toolkit.text import normalize


class PlainReader:
    """Reads a text file as one article."""

    kind = "a text"
    suffixes = frozenset({".txt", ".text"})
    signed = False

    def sniff(self, file: InputFile) -> bool:
        """Return False: whatever is nothing else is text."""
        return False

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article of the file."""
        text = _text(file, options)
        mended = repair(text)
        if mended.recognition.repaired:
            file.recognition = mended.recognition
        yield parse(mended.text, source=file.name, metadata=stated({}, file.recognition))


class MarkdownReader(PlainReader):
    """Reads a Markdown file as one article, without its marks; tables are set aside."""

    kind = "a Markdown text"
    suffixes = frozenset({".md", ".markdown"})

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article of the file; a first heading of level one is its title."""
        mended = repair(_text(file, options))
        if mended.recognition.repaired:
            file.recognition = mended.recognition
        heading = _FIRST_HEADING.match(mended.text)
        title = _unmarked(heading[1]) if heading else None
        lines, data = _without_tables([_unmarked(line) for line in mended.text.split("\n")])
        document = parse("\n".join(lines), title, source=file.name, metadata=stated({}, file.recognition))
        yield with_asides(document, data)


def _text(file: InputFile, options: Options) -> str:
    decoded = decode_text(file.read(MAX_ARTICLE), options.encoding, file.name)
    file.recognition = decoded.recognition
    if "\0" in decoded.text:
        raise InputError(f"{file.name}: expected text, found zero bytes; is it a file of another kind?")
    return decoded.text


_HEADING = re.compile(r" {0,3}#{1,6} ")
_FIRST_HEADING = re.compile(r"\s*# +([^\n]+)")
_MARKS = (
    (re.compile(r"^ {0,3}(?:> ?)+"), ""),
    (re.compile(r"^ {0,3}(?:[-*_] ?){3,}$"), ""),
    (re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\n]{0,2000}\)"), r"\1"),
    (re.compile(r"(?<![\w*])\*{1,3}(?=\S)([^*\n]+)(?<=\S)\*{1,3}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_{1,3}(?=\S)([^_\n]+)(?<=\S)_{1,3}(?![\w_])"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
)


def _unmarked(line: str) -> str:
    if heading := _HEADING.match(line):
        line = line[heading.end() :].strip().rstrip("#").rstrip()
    for pattern, plain in _MARKS:
        line = pattern.sub(plain, line)
    return line


def _without_tables(lines: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the lines with the rows of tables blank, but for prose in cells, and what else the rows held."""
    kept: list[str] = []
    data: list[tuple[str, str]] = []
    within = False
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        within = "|" in line and (within or _is_rule(below))
        if not within:
            kept.append(line)
            continue
        cells = [] if _is_rule(line) else line.strip().strip("|").split("|")
        pieces = list(cell_pieces([[cell.strip()] for cell in cells]))
        kept.append("\n".join(piece.text for piece in pieces if piece.aside is None))
        data += [(normalize(piece.text), piece.aside) for piece in pieces if piece.aside is not None]
    return kept, data


def _is_rule(line: str) -> bool:
    """Return whether it is the line below the heads of a table: ``|---|:-:|``."""
    return "|" in line and "-" in line and not line.strip("|-: \t")
