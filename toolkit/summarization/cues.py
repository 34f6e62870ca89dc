"""What the opening of a sentence gives away: whether it leans on the sentence before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from toolkit.summarization.terms import word_list

_LISTS = ("openers", "pronouns")


def _pattern(openers: Iterable[str]) -> re.Pattern[str]:
    # Longest first, so that no opener hides a longer one.
    longest_first = sorted(openers, key=len, reverse=True)
    return re.compile(rf"[\W_]*(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


@cache
def _all_openers() -> re.Pattern[str]:
    return _pattern(opener for name in _LISTS for opener in word_list(name))


@cache
def _pronouns() -> re.Pattern[str]:
    return _pattern(word_list("pronouns"))


@cache
def opening_words() -> frozenset[tuple[str, ...]]:
    """Return the first one or two lower-cased syllables of every opening that points back."""
    return frozenset(tuple(opener.split()[:2]) for name in _LISTS for opener in word_list(name))


def leans(sentence: str) -> bool:
    """Return whether a sentence opens with words that point back (``Tuy nhiên``, ``Ông cho biết`` …)."""
    return _all_openers().match(sentence) is not None


@cache
def _attendance() -> re.Pattern[str]:
    starts = [phrase[1:] for phrase in word_list("attendance") if phrase.startswith("^")]
    inside = [phrase for phrase in word_list("attendance") if not phrase.startswith("^")]
    # "dự án", "dự kiến", "dự báo" and the like open other sentences.
    first = rf"[\W_]*(?:{'|'.join(map(re.escape, starts))})(?!\w)(?! (?:án|kiến|báo|thảo|trữ|toán|đoán)\b)"
    later = rf"(?:\w+\W+){{0,25}}?(?:{'|'.join(map(re.escape, inside))})(?!\w)"
    last = r".*\b(?:tham dự|cùng dự)\W*$"
    return re.compile(f"{first}|{later}|{last}", re.IGNORECASE | re.DOTALL)


CEREMONY_WORDS = ("dự", "cầu", "lời", "dương", "nghênh", "tuyến")
"""A ceremonial sentence has one of these syllables."""


def lists_attendance(sentence: str) -> bool:
    """Return whether a sentence only says who was there (``Dự hội nghị có …``)."""
    return ("dự" in sentence or "Dự" in sentence or "điểm cầu" in sentence) and (
        _attendance().match(sentence) is not None
    )


_PRAISE = re.compile(
    r"\b(?:biểu dương|hoan nghênh)(?:, | và )(?:biểu dương|hoan nghênh|ghi nhận|đánh giá cao)\b"
    r"|\b(?:ghi nhận|đánh giá cao)(?:, | và )(?:biểu dương|hoan nghênh)\b"
    r"|\b(?:gửi|bày tỏ) lời (?:chúc|cảm ơn|tri ân)\b",
    re.IGNORECASE,
)


# `Hội nghị được tổ chức trực tiếp kết hợp trực tuyến …`: how people met, not what about.
_FORM = re.compile(
    r"[\W_]*+(?:\w++ ){1,6}?được (?:tổ chức|tiến hành|kết nối)(?: (?:theo|dưới|bằng))?(?: hình thức)?"
    r" (?:trực tiếp|trực tuyến)\b",
    re.IGNORECASE,
)


def is_ceremony(sentence: str) -> bool:
    """Return whether a sentence says who was there or how they met, or thanks and praises (``biểu dương …``)."""
    if "trực tuyến" in sentence and _FORM.match(sentence) is not None:
        return True
    praises = "iểu dương" in sentence or "oan nghênh" in sentence or "ửi lời" in sentence or "tỏ lời" in sentence
    return lists_attendance(sentence) or (praises and _PRAISE.search(sentence) is not None)


_LAST_WORDS = (" trọng tâm", " sau", " sau đây", " dưới đây")
_TIMES = frozenset(("giờ", "ngày", "tuần", "tháng", "quý", "năm", "đoạn", "kỳ", "đời", "hệ"))


def announces(sentence: str) -> bool:
    """Return whether a sentence only says that something follows (``… một số nhiệm vụ trọng tâm.``)."""
    tail = sentence[-80:].rstrip(" .…\"”'").lower()
    if tail.endswith((":", " như sau")):
        return True
    for last in _LAST_WORDS:
        words = tail.removesuffix(last).split()[-6:] if tail.endswith(last) else []
        if words and words[-1] not in _TIMES:
            # `một số nhiệm vụ`, `3 nội dung`, `các nhóm giải pháp`, but not `là một trong những nhiệm vụ`
            found = [i for i in range(max(len(words) - 4, 0), len(words) - 1) if _counts(words[i])]
            if found and not {"là", "trong"} & set(words[: found[0]]):
                return True
    return False


def _counts(word: str) -> bool:
    return word in ("số", "những", "các", "nhiều") or word.isdigit()


_AMOUNT = re.compile(
    r"(?<![\w/.,-])\d[\d.,]*(?: ?%| (?:phần trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|USD|euro|đồng|tấn|kg|ha|km|MW|dự án"
    r"|doanh nghiệp|thỏa thuận|hiệp định|nước|quốc gia|địa phương|người|hộ|lượt|vụ|ca)\b)"
)


MOST_AMOUNTS = 3
"""So many amounts of a sentence count."""


def amounts(sentence: str) -> int:
    """Return how many figures say how much or how many, at most `MOST_AMOUNTS`; dates and decrees' numbers do not."""
    return len(_AMOUNT.findall(sentence)[:MOST_AMOUNTS])


def refers(sentence: str) -> bool:
    """Return whether a sentence opens with what only the one before explains (``Điều này``, ``Trong đó`` …).

    Such a sentence says nothing to a reader who has not seen the one before it; one that merely leans
    (``Ngoài ra, …``) can follow any earlier one of its article.
    """
    return _pronouns().match(sentence) is not None
