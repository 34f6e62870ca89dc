"""MHTML: a page saved with its pictures in one file; the page itself is read as HTML."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.errors import InputError
from toolkit.io.base import InputFile, Item, Options
from toolkit.io.html import article
from toolkit.io.limits import MAX_ARTICLE

_HEADER = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)


class MhtmlReader:
    """Reads a page saved by a browser as a single file."""

    kind = "an MHTML page"
    suffixes = frozenset({".mht", ".mhtml"})
    signed = True

    def sniff(self, file: InputFile) -> bool:
        """Return whether it starts as a mail message with related parts does."""
        head = file.head()
        return _HEADER.match(head) is not None and b"multipart/related" in head

    def documents(self, file: InputFile, options: Options) -> Iterator[Item]:
        """Yield the one article: that of the first part that is HTML."""
        message = email.message_from_bytes(file.read(MAX_ARTICLE), policy=email.policy.compat32)
        page = next((part for part in message.walk() if part.get_content_type() in _PAGES), None)
        data = page.get_payload(decode=True) if page is not None else None
        if page is None or not isinstance(data, bytes):
            raise InputError(f"{file.name}: expected an MHTML page, found none in it; save it as HTML")
        document = article(data, file, options, page.get_content_charset())
        # Not always a string: a header with bytes beyond ASCII is an object of its own.
        address = str(page.get("Content-Location") or message.get("Snapshot-Content-Location") or "")
        if "url" not in document.metadata and address.startswith(("http:", "https:")):
            document = replace(document, metadata={**document.metadata, "url": address})
        yield document


_PAGES = ("text/html", "application/xhtml+xml")
