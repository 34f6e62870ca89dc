"""From the lines of printed pages to paragraphs: columns in order, running headers aside, hyphenation undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from toolkit.io.composition import Piece
from toolkit.io.printed import Line, Page, margins


def pieces(pages: Sequence[Page]) -> list[Piece]:
    """Return the paragraphs of `pages` in reading order, each with the page where it begins; headers stand aside."""
    aside = margins(pages)
    found: list[Piece] = []
    asides: list[Piece] = []
    open_end = False  # whether the last paragraph may go on in the next column or on the next page
    for page in pages:
        kept = [line for line in page.lines if (page.number, line) not in aside]
        asides += [Piece(line.text, page.number, aside="header") for line in page.lines if (page.number, line) in aside]
        for column in _ordered(kept):
            for number, lines in enumerate(_paragraphs(column)):
                text = _joined(lines)
                if number == 0 and open_end and found and _goes_on(found[-1].text, text):
                    found[-1] = Piece(_glued(found[-1].text, text), found[-1].page)
                else:
                    found.append(Piece(text, page.number))
            open_end = True
    return found + asides


def ends_sentence(text: str) -> bool:
    """Return whether `text` ends as a sentence or a list's opening line does."""
    return _END.search(text) is not None


# --- columns ------------------------------------------------------------------------------------------


def _ordered(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield columns in reading order, cutting along the white space between them.

    References
    ----------
    Nagy and Seth (1984), "Hierarchical representation of optically scanned documents", ICPR (the X-Y cut).
    """
    if not lines:
        return
    if len(lines) > _MANY_LINES:
        yield _rows(lines)
        return
    em = median(line.height for line in lines)
    yield from _cut(sorted(lines, key=lambda line: (line.top, line.left)), em, 0)


def _cut(lines: list[Line], em: float, depth: int) -> Iterator[list[Line]]:
    parts = _split(lines, [(line.left, line.right) for line in lines], _GUTTER * em)
    if len(parts) > 1 and all(_is_column(part) for part in parts):
        for part in parts:
            yield from _cut(part, em, depth + 1) if depth < _DEEPEST else [part]
        return
    if len(parts) > 1 or _has_columns_somewhere(lines, em):
        bands = _split(lines, [(line.top, line.bottom) for line in lines], 0.0)
        groups = _bands(bands, em)
        if len(groups) > 1:
            for group in groups:
                yield from _cut(group, em, depth + 1) if depth < _DEEPEST else [group]
            return
    yield _rows(lines)


_DEEPEST = 12
_GUTTER = 0.5  # of a line's height: the white space between columns is one letter wide at least
_MANY_LINES = 2_000  # on one page; a broadsheet has about 800, and the cutting is quadratic in them


def _is_column(lines: Sequence[Line]) -> bool:
    return len(lines) >= 2


def _has_columns_somewhere(lines: Sequence[Line], em: float) -> bool:
    """Return whether two lines stand beside each other."""
    ordered = sorted(lines, key=lambda line: line.top)
    return any(later.top < earlier.bottom - 0.5 * earlier.height for earlier, later in pairwise(ordered))


def _split(lines: Sequence[Line], extents: Sequence[tuple[float, float]], gap: float) -> list[list[Line]]:
    """Return the lines in groups between which nothing stands for more than `gap`, in order."""
    order = sorted(range(len(lines)), key=lambda index: extents[index])
    groups: list[list[Line]] = []
    edge = float("-inf")
    for index in order:
        start, end = extents[index]
        if not groups or start - edge > gap:
            groups.append([])
        groups[-1].append(lines[index])
        edge = max(edge, end)
    return groups


def _bands(rows: list[list[Line]], em: float) -> list[list[Line]]:
    """Return neighbouring rows together where all of them have the same white space down the page, or none has."""
    groups: list[list[Line]] = []
    for row in rows:
        if groups:
            together = groups[-1] + row
            divided = len(_split(groups[-1], [(line.left, line.right) for line in groups[-1]], _GUTTER * em)) > 1
            still = len(_split(together, [(line.left, line.right) for line in together], _GUTTER * em)) > 1
            alone = len(row) == 1
            if (divided and still) or (not divided and alone):
                groups[-1] = together
                continue
        groups.append(list(row))
    return groups


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one column from top to bottom; runs on the same height become one line."""
    result: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.top, line.left)):
        last = result[-1] if result else None
        if last is not None and last.top <= (line.top + line.bottom) / 2 <= last.bottom:
            first, second = sorted((last, line), key=lambda part: part.left)
            result[-1] = Line(
                f"{first.text} {second.text}",
                first.left,
                min(last.top, line.top),
                max(last.right, line.right),
                max(last.bottom, line.bottom),
            )
        else:
            result.append(line)
    return result


# --- paragraphs ---------------------------------------------------------------------------------------

_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_BULLET = re.compile(r"(?:[-–—•▪●◦+*]|\d{1,2}[.)]|[a-zđ]\))\s")


def _paragraphs(column: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph: a wider gap, an indent, a short line before or other type begins the next."""
    if not column:
        return
    left, right = min(line.left for line in column), max(line.right for line in column)
    steps = [b.top - a.top for a, b in pairwise(column)]
    step = min(steps, key=lambda s: abs(s - median(steps))) if steps else 0.0
    closest = sorted(s for s in steps if s > 0)
    usual = closest[len(closest) // 4] if closest else step
    leading = max(1.0, usual / median(line.height for line in column))
    current = [column[0]]
    for before, line in pairwise(column):
        if _begins(before, line, left, right, max(usual, before.height * leading)):
            yield current
            current = []
        current.append(line)
    yield current


def _begins(before: Line, line: Line, left: float, right: float, usual: float) -> bool:
    """Return whether `line` begins a paragraph; lines of the type before follow each other at the distance `usual`."""
    height = before.height
    step = line.top - before.top
    if step > usual * 1.35 or (step > usual * 1.15 and ends_sentence(before.text) and not line.text[:1].islower()):
        return True
    if abs(line.height - height) > 0.2 * max(height, line.height) and not line.text[:1].islower():
        return True
    if _HYPHENATED.search(before.text):
        return False
    indented = line.left - left > 0.8 * height and before.left - left < 0.5 * height
    if indented and not line.text[:1].islower():
        return True
    # The next word would have fitted: the line was ended on purpose.
    word = line.text.split(" ", 1)[0]
    room = right - before.right
    width = (line.right - line.left) / max(len(line.text), 1)
    if room > width * (len(word) + 2) * 1.5 and (ends_sentence(before.text) or not line.text[:1].islower()):
        return True
    return _BULLET.match(line.text) is not None and ends_sentence(before.text)


def _joined(lines: Sequence[Line]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        text = _glued(text, line.text)
    return text


_HYPHENATED = re.compile(r"[^\W\d_](?:-|\u00ad|\u2010)$")


def _glued(before: str, after: str) -> str:
    """Return two lines as one; a hyphen that divides a word at the line's end goes.

    Vietnamese syllables are never divided, so what is divided is foreign; a hyphen stays before a capital letter or a
    digit, and after a short part: `Pa-` `ri`, `ASEAN-` `Trung Quốc`.
    """
    if _HYPHENATED.search(before) and after[:1].islower():
        stem = re.split(r"[\s(“\"]", before[:-1])[-1]
        if len(stem) >= 3 or before[-1] != "-":
            return before[:-1] + after
        return before + after
    return f"{before} {after}" if not before.endswith("\u00ad") else before[:-1] + after


def _goes_on(before: str, after: str) -> bool:
    """Return whether a paragraph that ends a column or page continues in `after`."""
    if after[:1].islower():
        return not ends_sentence(before) or before.endswith((";", ":"))
    return not ends_sentence(before) and (before.endswith((",", "-")) or len(before) > 120)
