"""What is prose in a scraped article and what is not: blocks of text, each with the reason why it is left out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.cleaning.blocks import Block, find_blocks
from toolkit.cleaning.dates import take_date
from toolkit.cleaning.titles import drop_headings, is_question, take_title
from toolkit.document import Span
from toolkit.lexicon import CAPITALS, BoilerplateRule, Place, boilerplate_rules
from toolkit.text import count_syllables

__all__ = ["Block", "Cleaned", "clean"]

_LONGEST_RULED = 420  # characters; a longer block is prose, and rules stay linear in the article
_MAX_CAPTION = 35  # syllables


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article's blocks in text order, with the title and date that were found among them."""

    blocks: tuple[Block, ...]
    title: str | None
    date: dt.date | None


def clean(text: str, title: str | None = None, date: dt.date | None = None) -> Cleaned:
    """Return the blocks of normalised `text`, boilerplate marked with its reason.

    A given `title` or `date` stands; one that is missing is taken from the text where it says so plainly.
    """
    blocks = _part_credits(_apply_rules(find_blocks(text)))
    blocks, found_date = take_date(blocks)
    blocks, found_title = take_title(blocks, title)
    return Cleaned(tuple(drop_headings(blocks)), found_title, date or found_date)


# --- rules --------------------------------------------------------------------------------------------


def _apply_rules(blocks: Sequence[Block]) -> list[Block]:
    reasons: list[str | None] = []
    listed: str | None = None  # the reason of a rule that takes the list below along
    for block in blocks:
        rule = _rule(block, {Place.ANY})
        if rule is None and listed and _is_list_item(block):
            reasons.append(listed)
            listed = None if block.ends else listed  # a full stop ends the list
        else:
            reasons.append(rule.reason if rule else None)
            listed = rule.reason if rule and rule.with_list else None
    for index, block in enumerate(blocks):  # A picture's caption: short, unfinished, right after its placeholder.
        if (
            reasons[index] is None
            and index
            and reasons[index - 1] == "image"
            and not block.ends
            and count_syllables(block.text) <= _MAX_CAPTION
            and index + 1 < len(blocks)
        ):
            reasons[index] = "caption"
    body = [index for index, reason in enumerate(reasons) if reason is None]
    prose = [place for place, index in enumerate(body) if blocks[index].ends]
    if prose:
        title = len(prose) > 1 and is_question(blocks, body, prose[0])
        first, last = body[prose[1 if title else 0]], body[prose[-1]]
        above = {Place.START} | ({Place.LETTERHEAD} if "letterhead" in reasons[:first] else set())
        for index in range(first):
            reasons[index] = reasons[index] or _reason(blocks[index], above)
        for index in range(last + 1, len(blocks)):
            reasons[index] = reasons[index] or _reason(blocks[index], {Place.END})
        related = next((i for i in range(last + 1, len(blocks)) if reasons[i] == "navigation"), len(blocks))
        for index in range(related + 1, len(blocks)):  # Headlines of other articles, below `Tin liên quan`.
            reasons[index] = reasons[index] or "navigation"
    return [replace(block, reason=reason) for block, reason in zip(blocks, reasons, strict=True)]


def _reason(block: Block, places: set[Place]) -> str | None:
    rule = _rule(block, places)
    return rule.reason if rule else None


def _rule(block: Block, places: set[Place]) -> BoilerplateRule | None:
    if len(block.text) > _LONGEST_RULED:
        return None
    text = " ".join(block.text.split())
    n_syllables = count_syllables(text)
    for rule in boilerplate_rules():
        if rule.where in places and n_syllables <= rule.max_syllables and rule.pattern.fullmatch(text):
            return rule
    return None


def _is_list_item(block: Block) -> bool:
    return block.is_bulleted or block.text.rstrip().endswith(";")


# A credit stands after the last sentence or a dash: `… đã thông xe. Ảnh: Minh Tú`, `… - Nguồn: Cục Thống kê.`
# `Nguồn: Ngân sách tỉnh` says where money comes from.
_CREDIT = re.compile(
    r"(?:(?<=[.!?…\"”)])|\s[-–—])\s*"
    r"(?:(?:hình )?ảnh|biểu đồ|đồ họa|video|clip|nguồn(?!\s*:\s*(?:ngân sách|vốn|quỹ|oda\b)))"
    rf"\s*:\s*(?-i:[{CAPITALS}])[^:;?!]{{1,40}}$",
    re.IGNORECASE,
)
_LONGEST_CREDIT = 60  # characters from the end that are searched


def _part_credits(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with the credit of a picture or figure parted from the prose that it ends."""
    result: list[Block] = []
    for block in blocks:
        from_ = max(0, len(block.text) - _LONGEST_CREDIT)
        credit = _CREDIT.search(block.text, from_) if block.reason is None else None
        if credit is None or not block.text[: credit.start()].strip():
            result.append(block)
            continue
        edge = block.span.start + credit.start()
        result.append(Block(Span(block.span.start, edge), block.text[: credit.start()]))
        result.append(Block(Span(edge, block.span.end), credit[0], "caption"))
    return result
