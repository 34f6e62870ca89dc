"""Plain text and Markdown: one file, one article."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.errors import InputError
from toolkit.io.base import Item, Options
from toolkit.segmentation import parse
from toolkit.text import decode


class PlainReader:
    """Reads a text file as one article."""

    suffixes = frozenset({".txt", ".md", ".text"})

    def documents(self, data: bytes, source: str, options: Options) -> Iterator[Item]:
        """Yield the one article of the file."""
        text = decode(data, options.encoding, source)
        if "\0" in text:
            raise InputError(f"{source}: expected text, found zero bytes; is it a file of another kind?")
        yield parse(text, source=source)
