"""The lines of a text as the blocks they were before somebody broke them to a width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from toolkit.document import Span

MAX_TITLE = 32  # syllables
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]\s–-]*$")
_TERMINAL = re.compile(r"[.!?…;:,][\"'”’»)\]\s–-]*$")
_BULLET = re.compile(r"\s*[-–—•*+·●▪]\s")
_LIST_MARK = re.compile(r"\s*(?:[-–—•*+·●▪]|\(?\d{1,3}[.)/]|\(?[a-zđ][.)]|[IVX]{1,5}[.)])\s")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text that stands by itself; `reason` says why it is no prose, None that it is."""

    span: Span
    text: str
    reason: str | None = None

    @property
    def ends(self) -> bool:
        """Whether the block ends the way a sentence does."""
        return _SENTENCE_END.search(self.text[-8:]) is not None

    @property
    def stops(self) -> bool:
        """Whether the block ends in any stop, a comma or colon too."""
        return _TERMINAL.search(self.text[-8:]) is not None

    @property
    def is_item(self) -> bool:
        """Whether the block opens with a bullet or the number of a list."""
        return _LIST_MARK.match(self.text) is not None

    @property
    def is_bulleted(self) -> bool:
        """Whether the block opens with a bullet or dash."""
        return _BULLET.match(self.text) is not None


# --- hard-wrapped text --------------------------------------------------------------------------------

_LINE = re.compile(r"[^\n]+")
_GOES_ON = re.compile(r"[\w,\-–—)”\"]$")
_LEAST_LINE = 40  # characters of a line whose next one, in small letters, is its rest
_WIDTHS = range(45, 121)  # characters at which mail, wires and pages break their lines
_RAGGED = 0.85  # of the width: what a line of proportional type fills at least
_LEAST_LIST = 3  # lines of about one length, all with a capital, that are headlines and no paragraph


@dataclass(slots=True)
class _Group:
    """Lines with no blank one among them, and the width they may have been broken at: 0 where there is none."""

    lines: list[re.Match[str]]
    width: int = 0
    small: int = 0  # full lines without a stop, followed by a small letter
    capital: int = 0  # and by a capital
    is_ragged: bool = False  # lines go on that had room for the next word, counted in characters

    def measure(self) -> None:
        """Find the width, and how the lines that fill it go on."""
        lengths = sorted(line.end() - line.start() for line in self.lines)
        width = lengths[-2] if len(lengths) > 3 else lengths[-1]  # one line may be an address, or a title
        if len(lengths) == 1 or width not in _WIDTHS:
            return
        self.width = width
        for before, line in pairwise(self.lines):
            if _is_full(before[0], line[0], width, _RAGGED) and not _stops(before[0]) and not _LIST_MARK.match(line[0]):
                self.small += line[0][0].islower()
                self.is_ragged |= line[0][0].islower() and not _is_full(before[0], line[0], width)
                self.capital += line[0][0].isupper()


def find_blocks(text: str) -> list[Block]:
    """Return the lines of `text` that hold something; a line that only wraps the one before is joined to it."""
    groups: list[_Group] = []
    end = -2
    for line in _LINE.finditer(text):
        if line[0].isspace():
            continue
        if line.start() == end + 1:
            groups[-1].lines.append(line)
        else:
            groups.append(_Group([line]))
        end = line.end()
    for group in groups:
        group.measure()
    # Four of five words of prose are written small; lines that are whole begin with a capital.
    small, capital = sum(group.small for group in groups), sum(group.capital for group in groups)
    is_wrapped = small > 0 and capital <= 3 * small
    fill = _RAGGED if any(group.is_ragged for group in groups) else 1.0
    blocks: list[Block] = []
    for group in groups:
        is_list = group.capital >= _LEAST_LIST and not group.small
        width = group.width if is_wrapped and not is_list else 0
        start = group.lines[0].start()
        for before, line in pairwise(group.lines):
            if not _continues(before[0], line[0], width, fill):
                blocks.append(Block(Span(start, before.end()), text[start : before.end()]))
                start = line.start()
        end = group.lines[-1].end()
        blocks.append(Block(Span(start, end), text[start:end]))
    return blocks


def _continues(before: str, line: str, width: int, fill: float) -> bool:
    """Return whether `line` is the rest of the paragraph that `before` stands in, broken at `width` if at any."""
    if line[0].islower() and len(before) >= _LEAST_LINE and _GOES_ON.search(before) and not _is_address(line):
        return True
    if not width or _BULLET.match(line) or _is_address(line):
        return False
    if _stops(before):
        return _is_full(before, line, width) and not _LIST_MARK.match(line)
    return _is_full(before, line, width, fill)


def _is_full(before: str, line: str, width: int, fill: float = 1.0) -> bool:
    """Return whether the first word of `line` had no room in the line before it, which is no longer than others."""
    return fill * width < len(before) + 1 + len(line.split(maxsplit=1)[0]) and len(before) <= width / _RAGGED


def _stops(line: str) -> bool:
    return _TERMINAL.search(line[-8:]) is not None and not line.endswith(",")


def _is_address(line: str) -> bool:
    """Return whether `line` is a web or mail address and nothing else."""
    word = line.strip()
    return " " not in word and ("@" in word or "://" in word or word.endswith((".vn", ".com")))
