"""How deep a page nests, told without building its tree."""

from __future__ import annotations

import re

# Possessive, so that a name of a million letters is read once.
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*+)([^<>]*+)>")
# Elements that never close, and those that browsers close for the author.
_FLAT = frozenset(
    {
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup"),
    }
)


def deepest(page: str) -> int:
    """Return the most elements of `page` that lie within each other; one that is never closed holds the rest."""
    depth = most = 0
    for closing, name, attributes in _TAG.findall(page):
        if attributes.endswith("/") or name.lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        most = max(most, depth)
    return most
