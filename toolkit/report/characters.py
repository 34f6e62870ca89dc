"""Characters that a medium cannot hold, or obeys instead of showing them."""

from __future__ import annotations

import re

# Controls (a terminal's escapes begin with one), marks that turn the direction of writing, halves of characters.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# XML 1.0 has no place for these, escaped or not.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return `text` with what a terminal would obey shown as U+FFFD; tabs and line feeds stay."""
    return _OBEYED.sub("\ufffd", text)


def xml_text(text: str) -> str:
    """Return `text` with what XML cannot hold shown as U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
