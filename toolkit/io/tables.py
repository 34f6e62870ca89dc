"""Tables inside documents: which cells are prose, which only data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.io.composition import Piece
from toolkit.text import count_syllables

_SENTENCE = re.compile(r"[.!?…:;][\"'”’»)\]]*\s*$")
_MIN_PROSE = 12  # syllables; `Kim ngạch xuất khẩu (triệu USD).` is a cell, a paragraph laid out in a table is longer


def cell_pieces(cells: Sequence[Sequence[str]]) -> Iterator[Piece]:
    """Yield a row's cells, each a list of paragraphs: those of prose as such, the others as one line set aside."""
    data = []
    for paragraphs in cells:
        for text in paragraphs:
            if _SENTENCE.search(text) and count_syllables(text) >= _MIN_PROSE:
                yield Piece(text)
            elif text.strip():
                data.append(text.strip())
    if data:
        yield Piece(" | ".join(data), aside="table")
