"""The province that an article is about, and sentences that leave it to the reader to know which that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from operator import or_

from toolkit.document import Document, Paragraph
from toolkit.provinces import find_provinces

_MENTIONS = 2
"""An article is about a province that it names so often, and so many times as often as any other."""
# `tỉnh` alone is the article's own province; `các tỉnh`, `34 tỉnh`, `cấp tỉnh`, `tỉnh thành`, `tỉnh Vân Nam` are not.
_BEFORE = (
    "các", "những", "nhiều", "số", "hai", "ba", "bốn", "mấy", "vài", "mỗi", "từng", "mọi", "liên", "cấp",
    "ngoài", "ngoại",
)  # fmt: skip
_BARE = re.compile(
    r"(?=[Tt]ỉnh\b)"  # fails at nearly every place, before all that looks back
    + "".join(rf"(?<![{word[0].upper()}{word[0]}]{word[1:]} )" for word in _BEFORE)
    + r"(?<!\d )\b[Tt]ỉnh(?! (?:thành|táo|lỵ|giấc|ngộ|bạn|khác)\b)(?! [A-ZĐÀ-ÝĂƠƯẠ-Ỹ])"
)


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


def speaks_of_its_province(sentence: str) -> bool:
    """Return whether a sentence speaks of `tỉnh` as of the one that everybody knows."""
    return "ỉnh" in sentence and _BARE.search(sentence) is not None


def spoken_so_far(paragraph: Paragraph) -> Iterator[bool]:
    """Yield for every sentence whether it, or one before it in `paragraph`, speaks of `tỉnh`."""
    return accumulate((speaks_of_its_province(sentence.text) for sentence in paragraph.sentences), or_)


def leaves_province_open(sentence: str) -> bool:
    """Return whether a sentence speaks of a province (``Tỉnh có 12 dự án``) and does not say which."""
    return speaks_of_its_province(sentence) and not find_provinces(sentence)


def provinces_left_open(document: Document, sentences: Iterable[int]) -> dict[int, str]:
    """Return, by index, the province that some sentences of `document` tell of without naming one.

    It is the one that the document is about, where the sentence, or one before it in its paragraph, speaks of `tỉnh`.
    """
    wanted = set(sentences)
    found = []
    for paragraph in document.paragraphs:
        if wanted.isdisjoint(sentence.index for sentence in paragraph.sentences):
            continue
        for sentence, spoken in zip(paragraph.sentences, spoken_so_far(paragraph), strict=True):
            if spoken and sentence.index in wanted and not find_provinces(sentence.text):
                found.append(sentence.index)
    home = home_of(document, [find_provinces(one.text) for one in document.sentences]) if found else None
    return {} if home is None else dict.fromkeys(found, home)
