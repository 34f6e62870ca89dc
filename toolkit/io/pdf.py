"""PDF with a text layer, by PDFium: lines with their places, put in reading order by `toolkit.io.layout`."""

from __future__ import annotations

import ctypes
import datetime as dt
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import Piece, compose
from toolkit.io.layout import ends_sentence, pieces
from toolkit.io.limits import MAX_PAGE_CHARACTERS, MAX_PAGES, MAX_PDF_IMAGE, MAX_PDF_PART, MIB
from toolkit.io.optional import load
from toolkit.io.printed import Line, Page
from toolkit.text import normalize

_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_HYPHENS = {0x02: "-", 0xFFFE: "-"}  # how PDFium marks a hyphen at a line's end


class PdfReader:
    """Reads a PDF as one article whose paragraphs know their page."""

    kind = "a PDF"
    suffixes = frozenset({".pdf"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether the mark of PDF stands in the first kilobyte, as readers allow it."""
        return b"%PDF-" in file.head()[:1024]

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article of the file."""
        pdfium = load("pypdfium2", "pdf")
        data = file.read()
        _check_parts(data, file.name)
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            reason = str(error).lower()
            if "password" in reason or "security" in reason:
                raise InputError(
                    f"{file.name}: expected a PDF in the open, found one with a password; save it without"
                ) from error
            raise InputError(f"{file.name}: expected a PDF, found a damaged one ({error}); save it again") from error
        try:
            n_pages = len(document)
            if n_pages > MAX_PAGES:
                raise InputError(f"{file.name}: expected at most {MAX_PAGES} pages, found {n_pages}; split it")
            pages = [_page(pdfium, document, index, file.name) for index in range(n_pages)]
            declared = document.get_metadata_dict(skip_empty=True)
        finally:
            document.close()
        if not any(page.lines for page in pages):
            raise InputError(
                f"{file.name}: expected a PDF with text, found {n_pages} page(s) without any (a scan?); "
                "run OCR on it first, for instance ocrmypdf -l vie"
            )
        found = pieces(pages)
        title = _title(found, declared.get("Title", ""))
        yield compose(_without_menu(found, title), source=file.name, title=title, metadata=_metadata(declared))


_PART = re.compile(rb"stream\r?\n(?=[\x08-\x78][\x01-\xff])")  # what zlib begins with follows
_IMAGE = re.compile(rb"/Subtype\s*/Image")
_BLOCK = 64 * 1024


def _check_parts(data: bytes, source: str) -> None:
    """Refuse a file with a packed part that unfolds to more than a page can say; PDFium would unfold it all."""
    for start in _PART.finditer(data):
        image = _IMAGE.search(data, max(0, start.start() - 500), start.start())
        limit = MAX_PDF_IMAGE if image else MAX_PDF_PART
        unpacker, size, at = zlib.decompressobj(), 0, start.end()
        with suppress(zlib.error):  # something else that looks like a packed part
            while at < len(data) and size <= limit and not unpacker.eof:
                rest = data[at : at + _BLOCK]
                at += _BLOCK
                # Past its end zlib hands back the same tail for ever.
                while rest and size <= limit and not unpacker.eof:
                    size += len(unpacker.decompress(rest, MIB))
                    rest = unpacker.unconsumed_tail
        if size > limit:
            raise InputError(
                f"{source}: expected parts of at most {limit // MIB} MiB, found a part that unfolds to more "
                "(a decompression bomb?); print it to a new PDF if you trust it"
            )


def _page(pdfium: Any, document: Any, index: int, source: str) -> Page:
    try:
        page = document[index]
        width, height = page.get_size()
        text = page.get_textpage()
    except pdfium.PdfiumError as error:
        raise InputError(f"{source}: page {index + 1} cannot be read ({error}); save the file again") from error
    try:
        n_characters = text.count_chars()
        if n_characters > MAX_PAGE_CHARACTERS:
            raise InputError(
                f"{source}: expected at most {MAX_PAGE_CHARACTERS} characters on page {index + 1}, "
                f"found {n_characters}; print it to a new PDF"
            )
        return Page(index + 1, width, height, tuple(_lines(pdfium.raw, text, height)))
    finally:
        text.close()
        page.close()


def _lines(raw: Any, text: Any, height: float) -> Iterator[Line]:
    """Yield the runs of characters that follow each other on one line; a wide gap, as between columns, ends a run."""
    run = _Run()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    matrix = raw.FS_RECTF()
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        if code in (0x0D, 0x0A):
            if run.text.strip():
                yield run.line(height)
            run = _Run()
            continue
        if code in _HYPHENS:
            run.text += _HYPHENS[code]
            continue
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        if raw.FPDFText_IsGenerated(text.raw, index) == 1 or character.isspace():
            run.text += " "
            continue
        if not raw.FPDFText_GetLooseCharBox(text.raw, index, matrix):
            continue
        if not raw.FPDFText_GetCharBox(text.raw, index, left, right, bottom, top):
            continue
        size = raw.FPDFText_GetFontSize(text.raw, index) or 1.0
        box = (matrix.left, height - matrix.top, matrix.right, height - matrix.bottom)
        if run.breaks(box):
            if run.text.strip():
                yield run.line(height)
            run = _Run()
        run.add(character, box, size)
    if run.text.strip():
        yield run.line(height)


class _Run:
    """Characters gathered so far; y grows downwards."""

    __slots__ = ("bottom", "left", "right", "size", "text", "top")

    def __init__(self) -> None:
        self.text = ""
        self.left = self.top = float("inf")
        self.right = self.bottom = float("-inf")
        self.size = 0.0

    def breaks(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether a character in `box` belongs to another run."""
        if self.right < self.left:
            return False
        em = max(self.bottom - self.top, 1.0)
        middle = (box[1] + box[3]) / 2
        return not self.top <= middle <= self.bottom or box[0] - self.right > 1.6 * em or box[0] < self.left - em

    def add(self, character: str, box: tuple[float, float, float, float], size: float) -> None:
        """Take one more character."""
        self.text += character
        self.left, self.top = min(self.left, box[0]), min(self.top, box[1])
        self.right, self.bottom = max(self.right, box[2]), max(self.bottom, box[3])
        self.size = max(self.size, self.bottom - self.top)

    def line(self, height: float) -> Line:
        """Return the run as a line."""
        return Line(" ".join(self.text.split()), self.left, self.top, self.right, self.bottom)


_TITLE_WORDS = 4  # of a title that is shown and declared alike; `Báo cáo` alone may be anything


def _title(found: Sequence[Piece], declared: str) -> str | None:
    """Return the first paragraph that the file declares as its title; ``Microsoft Word - bc.doc`` is in no text."""
    words = " ".join(_words(declared))
    for piece in found[:_FIRST]:
        shown = _words(piece.text)
        if piece.aside is None and len(shown) >= _TITLE_WORDS and f" {' '.join(shown)} " in f" {words} ":
            return piece.text
    return None


_FIRST = 60  # paragraphs among which a title stands: a page printed from the web may open with all of its menus


def _without_menu(found: Sequence[Piece], title: str | None) -> list[Piece]:
    """Return the pieces with a printed page's menus set aside: what above the title is no sentence, and its copies."""
    at = next((n for n, piece in enumerate(found) if piece.aside is None and piece.text == title), 0)
    menu = {piece.text for piece in found[:at] if not ends_sentence(piece.text)}
    return [
        replace(piece, aside="navigation") if piece.aside is None and piece.text in menu else piece for piece in found
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", normalize(text).casefold())


def _metadata(found: dict[str, str]) -> dict[str, Any]:
    created = _DATE.match(found.get("CreationDate", ""))
    values: dict[str, Any] = {"author": found.get("Author")}
    if created:
        with suppress(ValueError):  # the 31st of February of a careless program
            values["created"] = dt.date(int(created[1]), int(created[2]), int(created[3])).isoformat()
    return {name: value for name, value in values.items() if value}
