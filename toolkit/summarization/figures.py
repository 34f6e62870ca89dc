"""The words of a sentence with its figures and times: spelling, abbreviations and numerals made alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from toolkit.summarization.numerals import LONGEST, NUMERALS, read_numeral
from toolkit.summarization.quantities import Figure, Time

_CURRENCIES = {
    "usd": "USD", "eur": "EUR", "euro": "EUR", "đồng": "VND", "vnd": "VND", "vnđ": "VND", "đ": "VND", "yên": "JPY",
    "jpy": "JPY", "won": "KRW", "krw": "KRW", "ndt": "CNY", "gbp": "GBP",
}  # fmt: skip
_PHRASE = 8
"""Words after a figure among which those that say what it counts end."""
_DIGITS = 18
"""A longer number is no figure."""

# What one outlet writes in full and another does not, longest first.
_SHORT = {
    "thành phố hồ chí minh": "tphcm", "ủy ban nhân dân": "ubnd", "hội đồng nhân dân": "hđnd",
    "mặt trận tổ quốc": "mttq", "ngân hàng nhà nước": "nhnn", "giáo dục và đào tạo": "gdđt",
    "kế hoạch và đầu tư": "khđt", "tp hồ chí minh": "tphcm", "thành phố": "tp", "tp hcm": "tphcm", "gd đt": "gdđt",
    "kh đt": "khđt", "trung ương": "tw", "phần trăm": "%", "hoa kỳ": "mĩ",
}  # fmt: skip
_SHORTENED = frozenset(long.split()[0] for long in _SHORT)
_SCALES = {"trăm": 2, "nghìn": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "tỷ": 9, "tỉ": 9}
# A number after one of these is a name: `bão số 5`, `quốc lộ 7`.
_LABELS = frozenset((
    "số", "thứ", "lộ", "điều", "khoản", "khóa", "kỳ", "giải", "hạng", "tập", "tổ", "khu", "đường", "quận", "vòng",
    "lớp", "đợt", "đoạn", "chương",
))  # fmt: skip
# What stands right behind a number as often as after a space: `62km`.
_GLUED = re.compile(
    r"(?<![\w.,/-])\d[\d.,]{0,14}+(?=(?:km2?|m[23]?|cm|mm|kg|ha|mwp?|kwh?|kv|usd|đ|tấn|triệu|tỷ|tỉ)(?!\w))",
    re.IGNORECASE,
)
_DOLLARS = re.compile(
    r"\b(?:đô[ -]?la|dollar)(?: Mỹ| Mĩ|(?! (?:Úc|Australia|Canada|Singapore|Hong|Hồng|Đài|New|Brunei|Jamaica)\b))\b",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_TOKEN = re.compile(
    rf"(?:ngày )?(?<![\d/.,-])(?P<d>\d{{1,2}})(?:/| tháng )(?P<m>\d{{1,2}})"
    rf"(?:(?:/|,? năm )(?P<dy>{_YEAR}))?(?![\w/-]|[.,]\d)"
    rf"|tháng (?P<month>\d{{1,2}})(?:(?:/|,? năm |-)(?P<my>{_YEAR}))?(?![\w/]|[.,]\d)"
    rf"|quý (?P<quarter>[1-4]|iv|i{{1,3}})(?:(?:/|,? năm |-)(?P<qy>{_YEAR}))?(?!\w)"
    rf"|(?:năm )?(?<![\w/.,-])(?P<year>{_YEAR})(?![\w/]|[.,]\d)"
    rf"|(?<!mười )(?<!mươi )(?P<span>\d{{1,2}}|{'|'.join(NUMERALS)}) tháng"
    r"(?: (?P<part>đầu năm|cuối năm|đầu|cuối|qua)(?! tư))?(?!\w)"
    r"|(?P<hour>\d{1,2})(?: giờ|h)(?: ?(?P<minute>\d{1,2}))?(?: phút)?(?!\w)"
    r"|(?P<word>%|\w+(?:[.,]\d\w*)*)"
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_Y = re.compile(r"(?<=[bcdđghklmnpqrstvx])[yýỳỷỹỵ]$|(?<=qu)[yýỳỷỹỵ]$")
_I = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")
_JOINT = re.compile(r"[ .&–-]+")
# 1.200 and 12,345,678; a comma before three digits is a decimal one.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3}){2,})")
_SPELT = {"ngàn": "nghìn", "tới": "đến"}
_TRAILING = re.compile(r" (?:bị|được)$")
# Words that end what is told with a figure: `9,18 triệu tấn | so với …`.
_LINKS = frozenset((
    "so", "trên", "dưới", "từ", "đến", "tăng", "giảm", "có", "do", "theo", "cho", "như", "gồm", "và", "với", "là", "ở",
    "tại", "trong", "vào", "để", "về", "đã", "của", "dành",
))  # fmt: skip
_BREAK = re.compile(r"[,;:.!?()]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, figure or time of a sentence; `opens` where a comma or the like stands before it, or nothing.

    An abbreviation (``FDI``) is a name too.
    """

    word: str
    opens: bool
    is_name: bool = False
    is_abbreviation: bool = False
    time: Time | None = None
    figure: Figure | None = None


def read_words(text: str) -> Iterator[Token]:
    """Yield the words of a sentence, lower-cased and spelt in one way.

    Figures are their values after ``#``, with the currency of money; times stand after ``@``.
    """
    text = _DOLLARS.sub("USD", _GLUED.sub(r"\g<0> ", text))
    lower = text.lower()
    found = list(_TOKEN.finditer(lower))
    cased = text if len(text) == len(lower) else lower
    at = 0
    while at < len(found):
        match = found[at]
        start, stop = match.span()
        opens = at == 0 or _BREAK.search(lower, found[at - 1].end(), start) is not None
        is_name = at > 0 and cased[start] != lower[start]
        time = _time(match) if match.lastgroup != "word" else None
        at += 1
        if time is not None:
            yield Token(f"@{time.kind} {time.number}/{time.month}/{time.year}", opens, time=time)
            continue
        sizes = range(5, 1, -1) if match[0] in _SHORTENED else ()
        size = next((n for n in sizes if _run(lower, found, at - 1, n) in _SHORT), 0)
        if size:
            yield Token(_SHORT[_run(lower, found, at - 1, size)], opens, is_name, is_abbreviation=True)
            at += size - 1
            continue
        word = match[0]
        is_numeral = word in NUMERALS and not is_name and not _opens_name(cased, found, at - 1)
        if not is_numeral and not word[0].isdigit():
            is_abbreviation = len(word) > 1 and cased[start:stop].isupper()
            yield Token(_spelt(word), opens, is_name or (at == 1 and word in NUMERALS), is_abbreviation)
            continue
        by_number = _names_by_number(lower, found, at - 1)
        if is_numeral:
            number, size = read_numeral(_words_in_a_row(cased, found, at - 1))
            value: Decimal | None = Decimal(number)
            at += size - 1
        else:
            value = _value(match)
        if value is None or by_number:
            yield Token(_spelt(word if value is None else str(value)), opens, is_name)
            continue
        scale = 0
        while at < len(found) and found[at][0] in _SCALES and scale < _DIGITS:
            scale += _SCALES[found[at][0]]
            at += 1
        step = Decimal(1).scaleb(scale + min(int(value.as_tuple().exponent), 0))
        value = value.scaleb(scale)
        stop = _end_of_phrase(lower, found, at)
        currency = ""
        if at < len(found) and lower[found[at - 1].end() : found[at].start()] == " ":
            currency = _CURRENCIES.get(found[at][0], "")
        at += bool(currency)
        yield Token(
            f"#{value.normalize():f}{currency}",
            opens,
            figure=Figure(value, step, currency, _TRAILING.sub("", cased[start:stop])),
        )


def _end_of_phrase(lower: str, found: list[re.Match[str]], at: int) -> int:
    """Return where the words end that say what the figure before token `at` counts."""
    stop = found[at - 1].end()
    for following in found[at : at + _PHRASE]:
        between = lower[stop : following.start()]
        if following[0] == "%" and not between.strip():
            return following.end()
        if between.strip() or not following[0].isalpha() or following[0] in _LINKS:
            break
        stop = following.end()
    return stop


def _run(lower: str, found: list[re.Match[str]], at: int, size: int) -> str:
    """Return the text of so many tokens in a row; `.`, `-` and `&` between them are spaces."""
    if at + size > len(found):
        return ""
    return _JOINT.sub(" ", lower[found[at].start() : found[at + size - 1].end()])


def _names_by_number(lower: str, found: list[re.Match[str]], at: int) -> bool:
    if not at or lower[found[at - 1].end() : found[at].start()] != " ":
        return False
    return found[at - 1][0] in _LABELS or (found[at - 1][0] == "tháng" and found[at][0] in NUMERALS)


def _opens_name(cased: str, found: list[re.Match[str]], at: int) -> bool:
    """Return whether a numeral that opens a sentence is part of a name (`Năm Căn`, not `Hai UBND`)."""
    if at or found[0][0] not in NUMERALS or len(found) == 1 or cased[found[0].end() : found[1].start()] != " ":
        return False
    return cased[found[0].start()].isupper() and cased[found[1].start() : found[1].end()].istitle()


def _words_in_a_row(cased: str, found: list[re.Match[str]], at: int) -> list[str]:
    """Return a word and those that follow it after one space each, as far as they may be one number."""
    words = [found[at][0]]
    for before, match in pairwise(found[at : at + LONGEST]):
        word = cased[match.start() : match.end()]
        if cased[before.end() : match.start()] != " " or not word.islower():
            break
        words.append(word)
    return words


def _value(match: re.Match[str]) -> Decimal | None:
    """Return the number that a token beginning with a digit is; `169/CĐ-TTg` and the second of `2-1` are none."""
    digits = match[0]
    beside = match.string[max(match.start() - 1, 0) : match.start()], match.string[match.end() : match.end() + 1]
    if len(digits) > _DIGITS or not _NUMBER.fullmatch(digits) or beside[0] in ("/", "-") or beside[1] == "/":
        return None
    if _GROUPED.fullmatch(digits):
        return Decimal(re.sub(r"[.,]", "", digits))
    whole, _, part = digits.replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '')}.{part}" if whole else part)


def _time(match: re.Match[str]) -> Time | None:
    if match["d"]:
        return Time("day", _plain(match["d"]), _plain(match["m"]), match["dy"] or "")
    if match["month"]:
        return Time("month", _plain(match["month"]), year=match["my"] or "")
    if match["quarter"]:
        return Time("quarter", _ROMAN.get(match["quarter"], match["quarter"]), year=match["qy"] or "")
    if match["year"]:
        return Time("year", "", year=match["year"])
    if match["span"]:
        number = str(NUMERALS.get(match["span"], match["span"]))
        return Time("span", _plain(number), "cuối" if (match["part"] or "").startswith("cuối") else "")
    return Time("hour", f"{_plain(match['hour'])}:{_plain(match['minute'] or '0')}") if match["hour"] else None


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


@lru_cache(maxsize=1 << 16)
def _spelt(word: str) -> str:
    return _Y.sub(lambda y: y[0].translate(_I), _SPELT.get(word, word))
