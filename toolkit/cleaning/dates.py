"""When an article says it was published: the line, or the part of one, that is a date stamp."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit.cleaning.blocks import MAX_TITLE, Block
from toolkit.document import Span
from toolkit.lexicon import CAPITALS
from toolkit.text import count_syllables

_SEPARATOR = r"\s*[,|•·–-]?\s*"
_WEEKDAY = r"(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn|t[2-7])\s*,?\s*(?:ngày\s*)?)?"
_ZONE = r"(?:\s*\(?gmt\s*[+-]?\s*\d{1,2}(?::?00)?\)?)?"
_TIME = r"(?:lúc\s*)?\d{1,2}[:hg]\d{2}(?::\d{2})?(?:\s*(?:am|pm|sa|ch)\b)?"
_BEFORE = rf"(?:{_TIME}{_SEPARATOR}(?:ngày\s*)?)?"
_ANNOUNCED = (
    r"(?:(?:date|ngày(?: đăng(?: tin)?| xuất bản| cập nhật)?|cập nhật(?: lúc| ngày)?|đăng (?:ngày|lúc)|published"
    r"|updated)\s*:?\s*)?"
)
_MONTHS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTH = rf"(?:\d{{1,2}}|{'|'.join(reversed(_MONTHS))})"  # WordPress spells them
_DATE_STAMP = re.compile(
    r"(?<![\w/.-])[(\[]?" + _ANNOUNCED + _BEFORE + _WEEKDAY + _BEFORE + r"(?:"
    r"(?P<y1>(?:19|20)\d{2})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?:t\d{2}:\d{2}\S{0,15})?"
    r"|(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>(?:19|20)\d{2})"
    rf"|(?P<d3>\d{{1,2}}) tháng (?P<m3>{_MONTH})(?:,| năm) ?(?P<y3>(?:19|20)\d{{2}})"
    rf"|tháng (?P<m4>{_MONTH}) (?P<d4>\d{{1,2}}), (?P<y4>(?:19|20)\d{{2}})"
    rf")(?!\d)(?:{_SEPARATOR}{_TIME})?{_ZONE}[)\]]?",
    re.IGNORECASE,
)
_LONGEST_DATELINE = 90  # characters


def take_date(blocks: Sequence[Block]) -> tuple[list[Block], dt.date | None]:
    """Return the blocks with the first date stamp split off and dropped, and that date.

    A stamp is a whole block, alone or beside the name of a paper, place or person; or it is glued to the front of a
    title that is no sentence of prose. It stands above the second paragraph of prose, or below the last.
    """
    n_prose = 0
    for index, block in enumerate(blocks):
        n_prose += block.reason is None and block.ends
        if n_prose > 1:
            return _take_last_date(blocks)
        stamp, value = _stamp_of(block)
        if stamp is None or value is None:
            continue
        if _is_dateline(block, stamp):
            return [*blocks[:index], replace(block, reason="date"), *blocks[index + 1 :]], value
        after = block.text[stamp.end() :].lstrip()
        if not block.text[: stamp.start()].strip() and _titles(block, after):
            title = Span(block.span.end - len(after), block.span.end)
            date = Span(block.span.start, title.start)
            parted = Block(date, block.text[: len(date)], "date"), Block(title, after)
            return [*blocks[:index], *parted, *blocks[index + 1 :]], value
    return list(blocks), None


def _take_last_date(blocks: Sequence[Block]) -> tuple[list[Block], dt.date | None]:
    """Return the same where the stamp stands below the prose, and not among other articles there."""
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if block.reason is None and block.ends:
            break
        stamp, value = _stamp_of(block)
        if stamp is None or value is None or not _is_dateline(block, stamp):
            continue
        if any(other.reason == "navigation" for other in blocks[index - 1 : index + 2]):
            continue
        return [*blocks[:index], replace(block, reason="date"), *blocks[index + 1 :]], value
    return list(blocks), None


def _stamp_of(block: Block) -> tuple[re.Match[str] | None, dt.date | None]:
    stamp = _DATE_STAMP.search(block.text[:_LONGEST_DATELINE])
    return stamp, _date_of(stamp) if stamp else None


def _is_dateline(block: Block, stamp: re.Match[str]) -> bool:
    before, after = block.text[: stamp.start()], block.text[stamp.end() :]
    return block.reason in (None, "byline", "metadata", "letterhead") and _names(before) and _names(after)


# What a line may say beside its date: who publishes or writes it, and where. `Giá cà phê hôm nay` is a title.
_OUTLET = re.compile(
    rf"(?:(?:thời )?báo|tạp chí|đài|cổng|trang|theo|nguồn:?)\s(?-i:[{CAPITALS}])[^.!?:;]{{1,40}}"
    r"|(?:đăng bởi|người đăng|tác giả|bởi|by):?\s\w[^.!?:;]{1,40}"
    r"|[\d.,]+ lượt (?:xem|đọc)|(?:lượt|đã) (?:xem|đọc)\s*:\s*[\d.,]+",
    re.IGNORECASE,
)


_SITE = re.compile(r"(?:\w+\.)+(?:vn|com|net|org)", re.IGNORECASE)
# Two columns of an official document on one line: `Số: 12/BC-SNV Lào Cai, ngày 5 tháng 7 năm 2025`.
_NUMBER_AND_PLACE = re.compile(r"số ?:? ?[\d.]*/[\w/-]+ (?P<place>\S.*)", re.IGNORECASE)


def names_outlet(words: str) -> bool:
    """Return whether `words` name a paper, agency or site, as a page's head does: `Báo Lào Cai điện tử`."""
    return _OUTLET.fullmatch(words) is not None or _SITE.fullmatch(words) is not None


def _names(words: str) -> bool:
    """Return whether `words`, beside a date, are no more than the name of a paper, section, place or person."""
    bare = words.strip(" \t,|•·()[]–—-")
    if numbered := _NUMBER_AND_PLACE.fullmatch(bare):
        bare = numbered["place"]
    tokens = bare.replace("-", " ").split()
    if not tokens:
        return True
    if _OUTLET.fullmatch(bare) or (len(tokens) <= 2 and bare != words.strip()):  # `Kinh tế - 22/7/2025`
        return True
    capitals = all(token[0].isupper() for token in tokens) and ":" not in bare
    return capitals and len(tokens) <= 6 and (len(tokens) <= 3 or not bare.isupper())


def _titles(block: Block, rest: str) -> bool:
    return block.reason is None and not block.ends and rest[:1].isupper() and count_syllables(rest) <= MAX_TITLE


def _date_of(stamp: re.Match[str]) -> dt.date | None:
    year, month, day = (next(value for group in "1234" if (value := stamp[f"{part}{group}"])) for part in "ymd")
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
    try:
        return dt.date(int(year), number, int(day))
    except ValueError:  # 31/2/2025 is a slip of the pen, not a date
        return None
