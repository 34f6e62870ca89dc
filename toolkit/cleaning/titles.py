"""Which line above the prose is its title, and which lines amid it are headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from toolkit.cleaning.blocks import MAX_TITLE, Block
from toolkit.cleaning.dates import names_outlet
from toolkit.lexicon import CAPITALS
from toolkit.text import count_syllables, normalize

_MAX_HEADING = 35
_MAX_QUESTION = 24  # a longer one is a lead
_MAX_KICKER = 5
_MAX_FACT = 12

_FIELD = re.compile(r"(?:tiêu đề|tên bài|tít|title|headline)\s*:\s*(?P<title>\S.*)", re.IGNORECASE)
_INNER_STOP = re.compile(rf"(?:[a-zà-ỹđ]{{2}}|\d{{2}})[.!?…][\"'”’»]?\s+[\"'“‘«]?(?=[{CAPITALS}])")
_ASKING = re.compile(r"[?!][\"'”’»)\]\s]*$")
# What an interviewer asks: `… thưa ông?`, `Xin Bộ trưởng cho biết …?`
_PUT_TO_SOMEBODY = re.compile(
    r"\bthưa\b|\bxin (?:được hỏi|cho biết|ông|bà|anh|chị|bộ trưởng|thứ trưởng|đồng chí)\b"
    r"|^(?:theo )?(?:ông|bà|anh|chị|bộ trưởng|thứ trưởng|đồng chí),?\s(?-i:[a-zđ])",
    re.IGNORECASE,
)
_ABOUT = r"[^:]{2,60}:\s*(?:(?:khoảng|gần|hơn|trên|dưới|đạt|tăng|giảm|từ)\s)*+[~≈<>+-]?\d"
_UNIT = r"(?:%|nghìn|ngàn|triệu|tỷ|tỉ|đồng|usd|euro|eur|ha|km|m2|tấn|dự án|doanh nghiệp|năm|tháng)"
_BARE_FACT = re.compile(rf"{_ABOUT}[\d.,]*+\s*(?:{_UNIT}(?:\s+|$))*", re.IGNORECASE)  # `Vốn ODA: 300 tỷ đồng`
_FACT = re.compile(_ABOUT, re.IGNORECASE)  # `Kim ngạch: 30 triệu USD, tăng 5%`, and `Quý III: 5 điểm sáng`


def take_title(blocks: Sequence[Block], given: str | None) -> tuple[list[Block], str | None]:
    """Return the blocks with the title dropped, and the title.

    A given title is looked for at the top, then one that says it is one; otherwise the title is the first unfinished
    line of the top that is long enough for one, or a question, where prose follows. Shorter lines above it name the
    section (``kicker``).
    """
    result = list(blocks)
    body = [index for index, block in enumerate(blocks) if block.reason is None]
    if given is not None:
        given = normalize(given)
        wanted = _bare(given)
        for index in body[:5]:
            if wanted and _bare(blocks[index].text) == wanted:
                result[index] = replace(blocks[index], reason="title")
                break
        return result, given or None
    top = list(takewhile(lambda index: not blocks[index].ends, body))
    for index in body[: len(top) + 1][:5]:
        if field := _FIELD.fullmatch(blocks[index].text.strip()):
            result[index] = replace(blocks[index], reason="title")
            return result, " ".join(field["title"].split()).strip("\"'") or None
    if len(top) == len(body):  # No prose at all: nothing stands where a title would.
        return result, None
    asked = is_question(blocks, body, len(top)) and all(
        _is_short(blocks[index]) and not _is_short(blocks[body[len(top)]]) for index in top
    )
    if asked:
        top.append(body[len(top)])
    kickers = list(takewhile(lambda index: _is_short(blocks[index]), top[:-1][:2]))
    if not top:
        return result, None
    place = top[len(kickers)]
    is_title = asked or (is_headline(blocks[place], MAX_TITLE) and not _BARE_FACT.fullmatch(blocks[place].text.strip()))
    # More short lines below it, but for the last, which names the author, are a list.
    if not is_title or any(_is_short(blocks[i]) and not blocks[i].stops for i in top[len(kickers) + 1 : -1]):
        return result, None
    for index in kickers:
        result[index] = replace(blocks[index], reason="kicker")
    result[place] = replace(blocks[place], reason="title")
    return result, _without_outlet(" ".join(blocks[place].text.split()))


def _is_short(block: Block) -> bool:
    return count_syllables(block.text) <= _MAX_KICKER


def is_question(blocks: Sequence[Block], body: Sequence[int], place: int) -> bool:
    """Return whether the block at that `place` of the `body` asks or exclaims as a title does, above longer prose."""
    if place + 1 >= len(body):
        return False
    block, below = blocks[body[place]], blocks[body[place + 1]]
    if _ASKING.search(block.text[-8:]) is None or not below.ends or _PUT_TO_SOMEBODY.search(block.text):
        return False
    n_syllables = count_syllables(block.text)
    return _is_clause(block) and 3 <= n_syllables <= _MAX_QUESTION and n_syllables < count_syllables(below.text)


def is_headline(block: Block, longest: int) -> bool:
    """Return whether `block` has the form of a title or heading: short, unfinished, one clause, no list item."""
    return not block.stops and _is_clause(block) and 2 <= count_syllables(block.text) <= longest


def _is_clause(block: Block) -> bool:
    text = block.text
    return not text[0].islower() and not block.is_item and _INNER_STOP.search(text) is None


def _without_outlet(title: str) -> str:
    """Return `title` without the outlet that a page's head names after it: `… | Báo Lào Cai điện tử`."""
    head, bar, tail = title.rpartition(" | ")
    return head if bar and names_outlet(tail) else title


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def drop_headings(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with sub-headings dropped: short unfinished lines between finished prose.

    Only where the author finishes sentences: in an article whose lines mostly lack a full stop, none is taken. A line
    that gives a figure for something (`Vốn ODA: 300 tỷ đồng`) is none.
    """
    result = list(blocks)
    body = [index for index, block in enumerate(blocks) if block.reason is None]
    finished = sum(blocks[index].ends for index in body)
    if finished < 0.6 * len(body):
        return result
    for before, index, after in zip([None, *body], body, body[1:], strict=False):
        block, follower = blocks[index], blocks[after]
        if (
            is_headline(block, _MAX_HEADING)
            and (before is None or blocks[before].ends)
            and follower.ends
            and count_syllables(follower.text) > count_syllables(block.text)
            and not _gives_figure(block.text)
        ):
            result[index] = replace(block, reason="heading")
    return result


def _gives_figure(text: str) -> bool:
    return _FACT.match(text) is not None and count_syllables(text.partition(":")[2]) <= _MAX_FACT
