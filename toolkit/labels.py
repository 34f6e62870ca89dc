"""Names of labels: the one form of each, several of them in one cell of a table, and what a wrong one may mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache

from toolkit.text import normalize

_OTHER_SEPARATORS = re.compile(r"[,|]")


@lru_cache(maxsize=4096)
def label_name(name: str) -> str:
    """Return `name` as it is written everywhere: like normal text (`hòa`, composed), on one line, no space around."""
    return " ".join(normalize(name).split())


def join_labels(labels: Iterable[str]) -> str:
    """Return `labels` as one cell, ``;`` between them, which `split_labels` reads back.

    A name that holds ``;`` or begins with a quotation mark stands between such marks, and its own are doubled.
    """
    return ";".join(
        f'"{label.replace(chr(34), chr(34) * 2)}"' if ";" in label or label.startswith('"') else label
        for label in labels
    )


def split_labels(cell: str) -> tuple[str, ...]:
    """Return the names in a cell, each once: ``trade; fdi`` → trade and fdi, ``"KT;TC"`` → the one name KT;TC."""
    pieces = cell.split(";")
    names: list[str] = []
    start = 0
    while start < len(pieces):
        end = _end_of_quoted(pieces, start)
        piece = ";".join(pieces[start:end]).strip()
        if end > start + 1 or _is_quoted(piece):
            piece = piece[1:-1].replace('""', '"')
        names.append(label_name(piece))
        start = end
    return tuple(dict.fromkeys(filter(None, names)))


def _end_of_quoted(pieces: list[str], start: int) -> int:
    """Return where a name in quotation marks that begins with piece `start` ends; one piece on where none does."""
    if pieces[start].lstrip().startswith('"'):
        n_quotes = 0
        for end, piece in enumerate(pieces[start:], start=start + 1):
            n_quotes += piece.count('"')
            if n_quotes % 2 == 0:
                return end if _is_quoted(";".join(pieces[start:end]).strip()) else start + 1
    return start + 1


def _is_quoted(piece: str) -> bool:
    return len(piece) > 1 and piece[0] == piece[-1] == '"' and '"' not in piece[1:-1].replace('""', "")


def parts_of(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the labels that somebody wrote with ``,`` or ``|`` between them; empty where `name` is no such list."""
    parts = tuple(map(label_name, _OTHER_SEPARATORS.split(name)))
    return parts if len(parts) > 1 and all(part in known for part in parts) else ()


def meant(name: str, known: Collection[str]) -> str:
    """Return what `name`, which is not among `known`, may have been meant to be, as a remedy; empty for no idea."""
    if parts_of(name, known):
        return "separate labels with ;"
    folded = {label.casefold(): label for label in known}
    close = get_close_matches(name.casefold(), folded, n=1)
    return f"did you mean {folded[close[0]]!r}?" if close else ""
