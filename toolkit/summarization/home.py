"""The province that an article is about, and sentences that leave it to the reader to know which that is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from toolkit.document import Document, Paragraph, Sentence
from toolkit.provinces import find_provinces

_MENTIONS = 2
"""An article is about a province that it names so often, and so many times as often as any other."""
# `tỉnh` alone is the article's own province; `các tỉnh`, `34 tỉnh`, `cấp tỉnh`, `tỉnh thành`, `tỉnh Vân Nam` are not.
_BEFORE = (
    "các", "những", "nhiều", "số", "hai", "ba", "bốn", "mấy", "vài", "mỗi", "từng", "mọi", "liên", "cấp",
    "ngoài", "ngoại",
)  # fmt: skip
_BARE = re.compile(
    "".join(rf"(?<![{word[0].upper()}{word[0]}]{word[1:]} )" for word in _BEFORE)
    + r"(?<!\d )\b[Tt]ỉnh\b(?! (?:thành|táo|lỵ|giấc|ngộ|bạn|khác)\b)"
    # `Chủ tịch UBND tỉnh Lê Văn Sử`: no province begins as these families are called.
    + r"(?! (?!(?:Bùi|Dương|Đặng|Đinh|Đoàn|Đỗ|Huỳnh|Lê|Lương|Mai|Ngô|Nguyễn|Phạm|Phan|Trần|Trịnh|Trương|Võ|Vũ) [A-ZĐ])"
    + r"[A-ZĐÀ-ÝĂƠƯẠ-Ỹ])"
)


_CITIES = frozenset(("Hà Nội", "Hải Phòng", "Đà Nẵng", "TP. Hồ Chí Minh", "Cần Thơ"))
"""What no sentence means by `tỉnh`; Huế was one until 2025."""
_CALLED_SO = re.compile(r"\b[Tt]ỉnh (?=(?P<name>[A-ZĐ]\w*+(?:(?: - |[ -])\w++){0,3}))")


def home_of(document: Document, mentioned: Iterable[Iterable[str]]) -> str | None:
    """Return the province that a document is about, if there is one that it names far more often than any other.

    Parameters
    ----------
    mentioned
        The provinces that each of its sentences names.
    """
    found = Counter(chain(find_provinces(document.title or ""), *mentioned)).most_common(2)
    if not found or found[0][1] < _MENTIONS or (len(found) > 1 and found[0][1] < _MENTIONS * found[1][1]):
        return None
    return found[0][0]


def _mention(text: str) -> int:
    """Return where `text` first speaks of `tỉnh` as of the one that everybody knows, or -1."""
    place = text.find("ỉnh")
    while place > 0 and _BARE.match(text, place - 1) is None:
        place = text.find("ỉnh", place + 1)
    return place


def speaks_of_its_province(sentence: str) -> bool:
    """Return whether a sentence speaks of `tỉnh` as of the one that everybody knows."""
    return _mention(sentence) > 0


def is_province(home: str | None) -> bool:
    """Return whether an article about `home` can mean it by `tỉnh`: there is one, and it is not one of the cities."""
    return home is not None and home not in _CITIES


def spoken_so_far(paragraph: Paragraph) -> list[bool]:
    """Return for every sentence whether it, or one before it in `paragraph`, speaks of `tỉnh`."""
    place = _mention(paragraph.text)
    first = paragraph.span.start
    return [0 < place < sentence.span.end - first for sentence in paragraph.sentences]


def provinces_left_open(document: Document, sentences: Iterable[int]) -> dict[int, str]:
    """Return, by index, the province that some sentences of `document` tell of without naming one.

    It is the one that the document is about, where the sentence, or one before it in its paragraph, speaks of `tỉnh`.
    Where that is none or a city (`JETRO Hà Nội`), cities do not count and what is called `tỉnh Nghệ An` counts twice.
    """
    if "ỉnh" not in document.text:
        return {}
    wanted = sorted(set(sentences))
    found: list[int] = []
    for paragraph in document.paragraphs:
        if "ỉnh" not in paragraph.text:
            continue
        first = paragraph.sentences[0].index if paragraph.sentences else 0
        here = wanted[bisect_left(wanted, first) : bisect_left(wanted, first + len(paragraph.sentences))]
        spoken = spoken_so_far(paragraph) if here else []
        told = (index for index in here if spoken[index - first])
        found.extend(i for i in told if not _named_in(paragraph.sentences[i - first]))
    ways = (_named_in, _called_provinces) if found else ()
    homes = (home_of(document, map(way, document.sentences)) for way in ways)
    home = next((name for name in homes if name is not None and is_province(name)), None)
    return {} if home is None else dict.fromkeys(found, home)


def _named_in(sentence: Sentence) -> tuple[str, ...]:
    return find_provinces(sentence.text, normalized=True)


def _called_provinces(sentence: Sentence) -> list[str]:
    """Return what `tỉnh` may stand for of what a sentence names, each twice that it calls so."""
    named = [name for name in _named_in(sentence) if is_province(name)]
    called = (find_provinces(match["name"], normalized=True)[:1] for match in _CALLED_SO.finditer(sentence.text))
    return named + [name for name in set(chain.from_iterable(called)) if name in named]
