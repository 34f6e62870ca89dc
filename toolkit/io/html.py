"""HTML saved from a browser, by trafilatura: title, date, author and the main text, without menus."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from toolkit.document import Document
from toolkit.errors import DecodingError, InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.composition import Piece, compose, stated
from toolkit.io.encodings import canonical, decode_as, decode_text, repair
from toolkit.io.limits import MAX_ARTICLE, MAX_DEPTH, MAX_TAGS
from toolkit.io.markup import deepest
from toolkit.io.optional import load
from toolkit.text import normalize

_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([\w.:-]{2,40})", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]*>")
# Letters that pages in old fonts write by name: `&eacute;` and the like, U+00A1 to U+00FF.
_ENTITY = re.compile(
    r"&(?:#(1[6-9]\d|2[0-4]\d|25[0-5])|(shy|[A-Za-z]{1,2}(?:acute|grave|circ|tilde|uml|ring|slash|cedil|lig)));"
)


class HtmlReader:
    """Reads a saved web page as one article."""

    kind = "an HTML page"
    suffixes = frozenset({".html", ".htm", ".xhtml"})
    signed = False

    def sniff(self, file: InputFile) -> bool:
        """Return whether it opens as a page does."""
        return _OPENING.match(file.head().replace(b"\0", b"")) is not None

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article of the page."""
        yield article(file.read(MAX_ARTICLE), file, options)


def article(data: bytes, file: InputFile, options: Options, charset: str | None = None) -> Document:
    """Return the article of a page; `charset` is what came with it, if anything did.

    Raises
    ------
    InputError
        If it is no page, or a hostile one.
    """
    page = _decoded(data, file, options, charset)
    if not _TAG.search(page):
        raise InputError(f"{file.name}: expected HTML, found text without a tag; rename it to .txt")
    if deepest(page) > MAX_DEPTH:
        raise InputError(f"{file.name}: expected at most {MAX_DEPTH} elements within each other, found more")
    if page.count("<") > MAX_TAGS:
        raise InputError(f"{file.name}: expected at most {MAX_TAGS} tags in a page, found more; save its text alone")
    found = _extracted(page, file.name)
    if found is None or not (found.text or "").strip():
        raise InputError(f"{file.name}: expected an article, found a page without a main text; save it as text")
    lines = found.text.split("\n")
    document = compose(
        [*map(Piece, lines), *_table_rows(page, lines, file.name)],
        source=file.name,
        title=found.title,
        date=_date(found.date),
        metadata=stated(_metadata(found), file.recognition),
    )
    return _with_sapo(document, found.description)


def _extracted(page: str, source: str, *, tables: bool = False) -> Any:
    """Return what trafilatura makes of a page, with the rows of tables as lines of their own or without them."""
    trafilatura = load("trafilatura", "html")
    try:
        return trafilatura.bare_extraction(
            page,
            output_format="python",
            include_comments=False,
            include_tables=tables,
            with_metadata=True,
            favor_recall=True,
            # A date is taken from what the page declares, not guessed from its text or address.
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "max_date": dt.date.today().isoformat(),
            },
        )
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{source}: expected HTML, found a page that cannot be read ({error})") from error


def _table_rows(page: str, prose: list[str], source: str) -> Iterator[Piece]:
    """Yield the rows of tables beside the prose; none where the page itself is laid out in tables."""
    if "<table" not in page.lower():
        return
    found = _extracted(page, source, tables=True)
    lines = found.text.split("\n") if found is not None else []
    if [line for line in lines if not line.startswith("|")] == prose:
        for line in lines:
            cells = [cell.strip() for cell in line.strip("| ").split("|")]
            if line.startswith("|") and any(cell.strip("-") for cell in cells):
                yield Piece(" | ".join(cells), aside="table")


def _decoded(data: bytes, file: InputFile, options: Options, charset: str | None) -> str:
    """Return the page as text: in the encoding that is forced, recognised or, failing that, declared."""
    declared = charset or _declared(data)
    try:
        decoded = decode_text(data, options.encoding, file.name)
    except DecodingError:
        if options.encoding is not None or declared is None or canonical(declared).lower() in ("utf-8", "utf8"):
            raise
        # An old page in French or English: what it declares is all that there is.
        return decode_as(data, declared, file.name)
    mended = repair(_ENTITY.sub(_letter, decoded.text))
    file.recognition = mended.recognition if mended.recognition.repaired else decoded.recognition
    return mended.text if mended.recognition.repaired else decoded.text


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:4096])
    return match[1].decode("ascii") if match else None


def _letter(match: re.Match[str]) -> str:
    from html import unescape

    return unescape(match[0])


def _date(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


def _metadata(found: Any) -> dict[str, Any]:
    values = {"author": found.author, "url": found.url, "outlet": found.sitename}
    return {name: value for name, value in values.items() if value}


def _with_sapo(document: Document, description: str | None) -> Document:
    """Return the document with its first paragraph as sapo where the page declares that very text as its summary."""
    from dataclasses import replace

    if not description or not document.paragraphs:
        return document
    declared = _words(description)
    first = _words(document.paragraphs[0].text)
    # Pages cut the declared summary short, and put the outlet's mark before the one that is shown.
    if len(declared) >= 10 and " ".join(declared[:-1]) in " ".join(first):
        return replace(document, sapo=0)
    return document


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", normalize(text).lower())
