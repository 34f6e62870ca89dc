"""What the opening of a sentence gives away: whether it leans on the sentence before it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import islice

from toolkit.summarization.terms import word_list

_LISTS = ("openers", "pronouns")


def _pattern(openers: Iterable[str]) -> re.Pattern[str]:
    # By their first word, which is read once; longest first, so that no opener hides a longer one.
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for opener in sorted(openers, key=len, reverse=True):
        first, space, rest = opener.partition(" ")
        groups[first].append(space + rest)
    grouped = (f"{re.escape(first)}(?:{'|'.join(map(re.escape, rests))})" for first, rests in groups.items())
    # Text is glued to a comma at times: `Thứ ba,tỉnh …`.
    return re.compile(rf"[\W_]*(?:{'|'.join(grouped)})(?:(?<=,)|(?!\w))", re.IGNORECASE)


@cache
def _listed(*names: str) -> re.Pattern[str]:
    return _pattern(opener for name in names for opener in word_list(name))


@cache
def opening_words() -> frozenset[tuple[str, ...]]:
    """Return the first one or two lower-cased syllables of every listed opening that points back."""
    return frozenset(tuple(opener.split()[:2]) for name in _LISTS for opener in word_list(name))


def leans(sentence: str) -> bool:
    """Return whether a sentence opens with words that point back (``Tuy nhiên``, ``Ông cho biết`` …)."""
    return _listed(*_LISTS).match(sentence) is not None or _points(sentence)


DEMONSTRATIVES = ("này", "đó", "ấy")
POINTERS = (*DEMONSTRATIVES, "trên", "thứ", "lại", "sau", "trước", "vậy", "thế")
"""An opening that points at a thing has one of these syllables."""
REACH = 9
"""It is one of the first so many."""
# `Để giải quyết những vấn đề này, …`: a clause that leads from what was said to what is said.
_LEADS = (
    "để", "từ", "với", "trước", "do", "vì", "qua", "dựa", "nhận", "đứng", "trong", "theo", "trên",
    "liên", "nói", "bàn", "giải", "lý", "đánh", "trả", "trao", "thông",
)  # fmt: skip
# A thing that follows one of these is told of, not pointed at: `Ông Nam cho biết việc này …`.
_TOLD = frozenset((
    "cho", "biết", "khẳng", "là", "thấy", "nói", "đánh", "đã", "sẽ", "đang", "được", "bị", "có", "khi", "nếu", "phải",
    "nhưng", "rằng", "như", "mà", "khai", "chỉ", "cũng", "không", "chưa", "đến", "lần",
))  # fmt: skip
# `Nhận định trên được …`, but not `Các doanh nghiệp trên địa bàn`.
_AFTER_ABOVE = (
    "đã", "đều", "được", "có", "là", "do", "bị", "cho", "sẽ", "cũng", "đang", "không", "chưa", "khiến", "vẫn", "hiện",
    "thuộc", "phải", "cần", "xảy", "diễn", "gây", "từng",
)  # fmt: skip
_POINTING = re.compile(
    rf"[\W_]*+(?P<before>(?:{'|'.join(_LEADS)}) (?:\w++ ){{0,4}}?|(?:\w++ ){{0,3}}?)"
    rf"(?P<noun>[^\W\d]\w*+) (?:(?:này|ấy|đó(?! là)|(?<=số )đó)(?!\w)|trên(?:,| (?:{'|'.join(_AFTER_ABOVE)})(?!\w)))",
    re.IGNORECASE,
)
# `Kết quả xác định 13 lô hàng nêu trên …`, `Nguyên nhân lớn thứ hai là …`: whatever comes first.
_ABOVE = re.compile(
    rf"[\W_]*+(?:(?:\w++ ){{1,{REACH - 2}}}?(?:nêu|nói|kể) trên"
    r"|(?:(?!(?:lần|ngày|năm|tuần|tháng|người|đời) )\w++ ){0,6}?thứ (?:hai|ba|tư|năm|\d{1,2})(?: đó)? là)(?!\w)",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d{1,4}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|vài)"
# `13 bị cáo còn lại …`, `Hai ngày sau, …`, `Nếu làm được điều đó, …`, `Với cách làm như vậy, …`.
_FOLLOWING = re.compile(
    rf"[\W_]*+(?:{_NUMBER} (?:\w++ ){{1,3}}?còn lại(?! là)(?!\w)"
    rf"|(?:chỉ |khoảng |gần |hơn )?{_NUMBER} (?:giờ|ngày|tuần|tháng|năm) (?:sau|trước)(?: đó)?,"
    r"|(?:nếu|khi) (?:\w++ ){1,4}?(?:điều|việc) (?:đó|này|ấy),"
    r"|(?:với|bằng) (?:\w++ ){1,3}?như (?:vậy|thế|trên),)",
    re.IGNORECASE,
)
# `Trước đó`, `Thời gian này`, `Lần này`: a time that the reader finds without help.
_TIMES_POINTED_TO = frozenset(
    ("trước", "sau", "gian", "điểm", "dịp", "hôm", "lần", "năm", "kỳ", "ngày", "khi", "đợt", "nay")
)  # fmt: skip
PRONOUNS = ("ông", "bà", "họ", "ngài")
_PRONOUN = re.compile(rf"[\W_]*+(?P<who>{'|'.join(PRONOUNS)}) (?P<next>\w++)", re.IGNORECASE)


@cache
def _nouns_with_pronouns() -> frozenset[str]:
    return frozenset(word_list("pronoun_nouns"))


def _points(sentence: str) -> bool:
    """Return whether a sentence opens with a thing pointed at (``Chuyên gia này …``) or a pronoun and its verb.

    ``Ông chia sẻ`` and ``Họ có`` are such; ``Ông Nam``, ``Bà con`` and ``Họ hàng`` are not.
    """
    pointing = _POINTING.match(sentence)
    if pointing is not None:
        noun, before = pointing["noun"].lower(), pointing["before"].lower().split()
        is_told = bool(before) and before[0] not in _LEADS and not _TOLD.isdisjoint(before)
        is_known = noun in _TIMES_POINTED_TO or noun in before or (bool(before) and noun in _LEADS)
        if not is_told and not is_known:
            return True
    if ("trên" in sentence or "hứ " in sentence) and _ABOVE.match(sentence) is not None:
        return True
    if _FOLLOWING.match(sentence) is not None:
        return True
    pronoun = _PRONOUN.match(sentence)
    if pronoun is None:
        return False
    return pronoun["next"].islower() and f"{pronoun['who'].lower()} {pronoun['next']}" not in _nouns_with_pronouns()


@cache
def _attendance() -> re.Pattern[str]:
    starts = [phrase[1:] for phrase in word_list("attendance") if phrase.startswith("^")]
    inside = [phrase for phrase in word_list("attendance") if not phrase.startswith("^")]
    # "dự án", "dự kiến", "dự báo" and the like open other sentences.
    first = rf"[\W_]*(?:{'|'.join(map(re.escape, starts))})(?!\w)(?! (?:án|kiến|báo|thảo|trữ|toán|đoán)\b)"
    later = rf"(?:\w+\W+){{0,25}}?(?:{'|'.join(map(re.escape, inside))})(?!\w)"
    last = r".*\b(?:tham dự|cùng dự)\W*$"
    return re.compile(f"{first}|{later}|{last}", re.IGNORECASE | re.DOTALL)


CEREMONY_WORDS = ("dự", "cầu", "lời", "dương", "nghênh", "tuyến", "mừng", "niệm")
"""A ceremonial sentence has one of these syllables."""
LAST_WORDS = ("tâm", "sau", "đây")
"""An announcement ends in one of these syllables, or in a colon."""


def lists_attendance(sentence: str) -> bool:
    """Return whether a sentence only says who was there (``Dự hội nghị có …``)."""
    return ("dự" in sentence or "Dự" in sentence or "điểm cầu" in sentence) and (
        _attendance().match(sentence) is not None
    )


_PRAISE_HINTS = ("iểu dương", "oan nghênh", "ửi lời", "tỏ lời", "hào mừng", "quà lưu niệm")
_PRAISE = re.compile(
    r"\b(?:biểu dương|hoan nghênh)(?:, | và )(?:biểu dương|hoan nghênh|ghi nhận|đánh giá cao)\b"
    r"|\b(?:ghi nhận|đánh giá cao)(?:, | và )(?:biểu dương|hoan nghênh)\b"
    r"|\b(?:gửi|bày tỏ) lời (?:chúc|cảm ơn|tri ân)\b"
    r"|\bchào mừng (?:ngài|ông|bà|đoàn|các|quý)\b"
    r"|\b(?:trao tặng|tặng|trao) quà lưu niệm\b",
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
    if any(hint in sentence for hint in _PRAISE_HINTS) and _PRAISE.search(sentence) is not None:
        return True
    return lists_attendance(sentence)


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


_HEADING = re.compile(r"\s*+(?:\d{1,2}|[IVX]{1,4}|[a-hđ])[.)] ")
LONGEST_HEADING = 10
"""Syllables of the longest heading of a numbered part."""


SHRED = 2
"""So many syllables are no statement."""


_QUOTATION_MARK = re.compile('["“”]')


def says_nothing(sentence: str) -> bool:
    """Return whether a sentence is of no use to a digest.

    Ceremony and announcements, questions and numbered headings, and half of a quotation: who says it stands elsewhere.
    A shred of a name (``M.``) is of no use either.
    """
    if len(sentence.split(None, SHRED)) <= SHRED:
        return True
    if len(_QUOTATION_MARK.findall(sentence)) % 2:
        return True
    if sentence.rstrip(' "”’»').endswith("?"):
        return True
    if sentence[-1:].isalnum() and _HEADING.match(sentence) is not None and len(sentence.split()) <= LONGEST_HEADING:
        return True
    return announces(sentence) or is_ceremony(sentence)


_AMOUNT = re.compile(
    r"(?<![\w/.,-])\d[\d.,]*(?: ?%| (?:phần trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|USD|euro|đồng|tấn|kg|ha|km|MW|dự án"
    r"|doanh nghiệp|thỏa thuận|hiệp định|nước|quốc gia|địa phương|người|hộ|lượt|vụ|ca)\b)"
)


MOST_AMOUNTS = 3
"""So many amounts of a sentence count."""


def amounts(sentence: str) -> int:
    """Return how many figures say how much or how many, at most `MOST_AMOUNTS`; dates and decrees' numbers do not."""
    return len(_AMOUNT.findall(sentence)[:MOST_AMOUNTS])


# `Đồng thời đề nghị …`: who asks is in the sentence before.
_SUBJECTLESS = re.compile(
    r"[\W_]*+(?:bên cạnh đó|cùng với đó|đồng thời|ngoài ra),?+ (?:cam kết|chỉ đạo|giao|khẳng định|kêu gọi|kiến nghị"
    r"|lưu ý|mong muốn|nhấn mạnh|yêu cầu|đánh giá|đề nghị|đề xuất)(?!\w)",
    re.IGNORECASE,
)


def refers(sentence: str) -> bool:
    """Return whether a sentence opens with what only the one before explains (``Điều này``, ``Trong đó`` …).

    Such a sentence says nothing to a reader who has not seen the one before it; one that merely leans
    (``Ngoài ra, …``) can follow any earlier one of its article.
    """
    if _listed("pronouns").match(sentence) is not None or _SUBJECTLESS.match(sentence) is not None:
        return True
    return _points(sentence) and _listed("openers").match(sentence) is None


_DEMONSTRATIVE = re.compile(
    rf"(?<!\w)(?P<noun>\w++) (?:{'|'.join(DEMONSTRATIVES)}|(?:nói|nêu|kể) trên)(?!\w)", re.IGNORECASE
)
BACK = 4
"""A thing pointed at was named in one of so many sentences before."""
_POINTINGS = 5  # of one sentence are looked at


def pointed_at(sentences: Sequence[str], index: int) -> tuple[re.Pattern[str], ...]:
    """Return what a sentence points back at (``giai đoạn này``), as the sentences before it last named it.

    Only things that a number or a name tells apart (``Giai đoạn II``) count: where no sentence that is shown has
    the name, a reader takes another one for them.
    """
    sentence = sentences[index]
    found: list[re.Pattern[str]] = []
    for pointing in islice(_DEMONSTRATIVE.finditer(sentence), _POINTINGS):
        noun = pointing["noun"].lower()
        mention = re.compile(rf"(?<!\w)(?i:{re.escape(noun)})(?!\w)(?: (\w+))?")
        if noun in _TIMES_POINTED_TO or mention.search(sentence, 0, pointing.start()):
            continue
        nearest = (list(mention.finditer(before)) for before in reversed(sentences[max(index - BACK, 0) : index]))
        named = next(filter(None, nearest), None)
        if named and (which := named[-1][1]) and (which[0].isupper() or which.isdigit()):
            found.append(re.compile(rf"(?<!\w){re.escape(noun)} {which}(?!\w)", re.IGNORECASE))
    return tuple(found)


_POINTING_WORD = re.compile(rf" (?:{'|'.join(DEMONSTRATIVES)})(?!\w)")
_STAND_FOR_NAMES = tuple(
    f" {noun}"
    for noun in (
        "thị trường", "quốc gia", "nước", "tỉnh", "huyện", "xã", "phường", "thành phố", "công ty", "doanh nghiệp",
        "tập đoàn", "ngân hàng", "dự án", "nhà máy",
    )
)  # fmt: skip


def leaves_name_open(sentence: str) -> bool:
    """Return whether a sentence says `thị trường này` where only the one before can have said which."""
    lower = sentence.lower()
    for pointing in _POINTING_WORD.finditer(lower):
        before = lower[: pointing.start()]
        noun = next(filter(before.endswith, _STAND_FOR_NAMES), None)
        if noun is not None:
            before = before.removesuffix(noun)
            is_told = noun in before or any(word[0].isupper() for word in sentence[: len(before)].split()[1:])
            return not is_told
    return False


def is_named(things: Iterable[re.Pattern[str]], shown: Collection[str]) -> bool:
    """Return whether each of `things` (`pointed_at`) is named by a sentence that is shown."""
    return all(any(map(thing.search, shown)) for thing in things)
