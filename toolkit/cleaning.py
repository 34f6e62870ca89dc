"""What is prose in a scraped article and what is not: blocks of text, each with the reason why it is left out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.document import Span
from toolkit.lexicon import Place, boilerplate_rules
from toolkit.text import count_syllables, normalize

_LONGEST_RULED = 420  # characters; a longer block is prose, and rules stay linear in the article
_TERMINAL = re.compile(r"[.!?…;:,][\"'”’»)\]\s–-]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]\s–-]*$")
_MAX_TITLE = 32  # syllables
_MAX_HEADING = 35
_MAX_KICKER = 5


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
    blocks = _part_credits(_apply_rules(_blocks(text)))
    blocks, found_date = _take_date(blocks)
    blocks, found_title = _take_title(blocks, title)
    return Cleaned(tuple(_drop_headings(blocks)), found_title, date or found_date)


# --- blocks -------------------------------------------------------------------------------------------

_LINE = re.compile(r"[^\n]+")
_HYPHEN_OR_WORD = re.compile(r"[\w,\-–—)”\"]$")


def _blocks(text: str) -> list[Block]:
    """Return the lines of `text` that hold something; a line that only wraps the one before is joined to it."""
    spans: list[Span] = []
    for match in _LINE.finditer(text):
        if not match[0].strip():
            continue
        if spans and _continues(text, spans[-1], match):
            spans[-1] = Span(spans[-1].start, match.end())
        else:
            spans.append(Span(match.start(), match.end()))
    return [Block(span, span.within(text)) for span in spans]


def _continues(text: str, before: Span, line: re.Match[str]) -> bool:
    """Return whether `line` is the rest of a hard-wrapped paragraph."""
    if line.start() != before.end + 1 or not line[0][0].islower() or _is_address(line[0]):
        return False
    last_line = text[text.rfind("\n", before.start, before.end) + 1 or before.start : before.end]
    return len(last_line) >= 40 and _HYPHEN_OR_WORD.search(last_line) is not None


def _is_address(line: str) -> bool:
    """Return whether `line` is a web or mail address and nothing else."""
    word = line.strip()
    return " " not in word and ("@" in word or "://" in word or word.endswith((".vn", ".com")))


# --- rules --------------------------------------------------------------------------------------------


def _apply_rules(blocks: Sequence[Block]) -> list[Block]:
    reasons = [_reason(block, {Place.ANY}) for block in blocks]
    for index, block in enumerate(blocks):  # A picture's caption: short, unfinished, right after its placeholder.
        if (
            reasons[index] is None
            and index
            and reasons[index - 1] == "image"
            and not block.ends
            and count_syllables(block.text) <= _MAX_HEADING
            and index + 1 < len(blocks)
        ):
            reasons[index] = "caption"
    prose = [index for index, block in enumerate(blocks) if reasons[index] is None and block.ends]
    if prose:
        for index in range(prose[0]):
            reasons[index] = reasons[index] or _reason(blocks[index], {Place.START})
        for index in range(prose[-1] + 1, len(blocks)):
            reasons[index] = reasons[index] or _reason(blocks[index], {Place.END})
        tail = prose[-1] + 1
        related = next((i for i in range(tail, len(blocks)) if reasons[i] == "navigation"), len(blocks))
        for index in range(related + 1, len(blocks)):  # Headlines of other articles, below `Tin liên quan`.
            reasons[index] = reasons[index] or "navigation"
    return [replace(block, reason=reason) for block, reason in zip(blocks, reasons, strict=True)]


def _reason(block: Block, places: set[Place]) -> str | None:
    if len(block.text) > _LONGEST_RULED:
        return None
    text = " ".join(block.text.split())
    n_syllables = count_syllables(text)
    for rule in boilerplate_rules():
        if rule.where in places and n_syllables <= rule.max_syllables and rule.pattern.fullmatch(text):
            return rule.reason
    return None


# A credit stands after the last sentence or a dash: `… đã thông xe. Ảnh: Minh Tú`, `… - Nguồn: Cục Thống kê.`
# `Nguồn: Ngân sách tỉnh` says where money comes from.
_CREDIT = re.compile(
    r"(?:(?<=[.!?…\"”)])|\s[-–—])\s*"
    r"(?:(?:hình )?ảnh|biểu đồ|đồ họa|video|clip|nguồn(?!\s*:\s*(?:ngân sách|vốn|quỹ|oda\b)))"
    r"\s*:\s*(?-i:[A-ZĐÀ-Ỹ])[^:;?!]{1,40}$",
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


# --- date ---------------------------------------------------------------------------------------------

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


def _take_date(blocks: Sequence[Block]) -> tuple[list[Block], dt.date | None]:
    """Return the blocks with the first date stamp split off and dropped, and that date.

    A stamp is a whole block, alone or beside the name of a paper, place or person; or it is glued to the front of a
    title that is no sentence of prose.
    """
    n_prose = 0
    for index, block in enumerate(blocks):
        n_prose += block.reason is None and block.ends
        if n_prose > 1:
            break
        stamp = _DATE_STAMP.search(block.text[:_LONGEST_DATELINE])
        value = _date_of(stamp) if stamp else None
        if stamp is None or value is None:
            continue
        before, after = block.text[: stamp.start()], block.text[stamp.end() :]
        if _names(before) and _names(after) and block.reason in (None, "byline", "metadata"):
            return [*blocks[:index], replace(block, reason="date"), *blocks[index + 1 :]], value
        if not before.strip() and _titles(block, after.lstrip()):
            title = Span(block.span.end - len(after.lstrip()), block.span.end)
            date = Span(block.span.start, title.start)
            parted = Block(date, block.text[: len(date)], "date"), Block(title, after.lstrip())
            return [*blocks[:index], *parted, *blocks[index + 1 :]], value
    return list(blocks), None


# What a line may say beside its date: who publishes or writes it, and where. `Giá cà phê hôm nay` is a title.
_OUTLET = re.compile(
    r"(?:(?:thời )?báo|tạp chí|đài|cổng|trang|theo|nguồn:?)\s(?-i:[A-ZĐÀ-Ỹ])[^.!?:;]{1,40}"
    r"|(?:đăng bởi|người đăng|tác giả|bởi|by):?\s\w[^.!?:;]{1,40}"
    r"|[\d.,]+ lượt (?:xem|đọc)|(?:lượt|đã) (?:xem|đọc)\s*:\s*[\d.,]+",
    re.IGNORECASE,
)


def _names(words: str) -> bool:
    """Return whether `words`, beside a date, are no more than the name of a paper, section, place or person."""
    bare = words.strip(" \t,|•·()[]–—-")
    tokens = bare.replace("-", " ").split()
    if not tokens:
        return True
    if _OUTLET.fullmatch(bare) or (len(tokens) <= 2 and bare != words.strip()):  # `Kinh tế - 22/7/2025`
        return True
    capitals = all(token[0].isupper() for token in tokens) and ":" not in bare
    return capitals and len(tokens) <= 6 and (len(tokens) <= 3 or not bare.isupper())


def _titles(block: Block, rest: str) -> bool:
    return block.reason is None and not block.ends and rest[:1].isupper() and count_syllables(rest) <= _MAX_TITLE


def _date_of(stamp: re.Match[str]) -> dt.date | None:
    year, month, day = (next(value for group in "1234" if (value := stamp[f"{part}{group}"])) for part in "ymd")
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
    try:
        return dt.date(int(year), number, int(day))
    except ValueError:  # 31/2/2025 is a slip of the pen, not a date
        return None


# --- title and headings -------------------------------------------------------------------------------


def _take_title(blocks: Sequence[Block], given: str | None) -> tuple[list[Block], str | None]:
    """Return the blocks with the title dropped, and the title.

    A given title is looked for at the top; otherwise the title is the first unfinished line of the top that is
    long enough for one, where prose follows. Shorter lines above it name the section (``kicker``).
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
    prose = next((place for place, index in enumerate(body) if blocks[index].ends), None)
    if not prose:  # No prose at all, or it starts at once: nothing stands where a title would.
        return result, None
    top = body[:prose]
    kickers = [i for i in top[:-1] if count_syllables(blocks[i].text) <= _MAX_KICKER][:2]
    place = top[len(kickers)]
    if kickers != top[: len(kickers)] or not _is_headline(blocks[place], _MAX_TITLE):
        return result, None
    for index in kickers:
        result[index] = replace(blocks[index], reason="kicker")
    result[place] = replace(blocks[place], reason="title")
    return result, " ".join(blocks[place].text.split())


def _is_headline(block: Block, longest: int) -> bool:
    """Return whether `block` has the form of a title or heading: short, unfinished, one clause, no list item."""
    text = block.text
    return (
        2 <= count_syllables(text) <= longest
        and _TERMINAL.search(text[-8:]) is None
        and _INNER_STOP.search(text) is None
        and not text[0].islower()
        and _LIST_MARK.match(text) is None
    )


_INNER_STOP = re.compile(r"(?:[a-zà-ỹđ]{2}|\d{2})[.!?…]\s+(?=[^\W\d_])")
_LIST_MARK = re.compile(r"\s*(?:[-–—•*+·●▪]|\(?\d{1,3}[.)/]|\(?[a-zđ][.)]|[IVX]{1,5}[.)])\s")


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _drop_headings(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with sub-headings dropped: short unfinished lines between finished prose.

    Only where the author finishes sentences: in an article whose lines mostly lack a full stop, none is taken.
    """
    result = list(blocks)
    body = [index for index, block in enumerate(blocks) if block.reason is None]
    finished = sum(blocks[index].ends for index in body)
    if finished < 0.6 * len(body):
        return result
    for before, index, after in zip([None, *body], body, body[1:], strict=False):
        block, follower = blocks[index], blocks[after]
        if (
            _is_headline(block, _MAX_HEADING)
            and (before is None or _SENTENCE_END.search(blocks[before].text[-8:]))
            and follower.ends
            and count_syllables(follower.text) > count_syllables(block.text)
        ):
            result[index] = replace(block, reason="heading")
    return result
