"""From a string to a `Document`: paragraphs and sentences with their exact places."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from toolkit.cleaning import Block, clean
from toolkit.document import Document, Dropped, Paragraph, Sentence, Span
from toolkit.errors import InputError
from toolkit.lexicon import abbreviations
from toolkit.text import count_syllables, normalize

_MAX_SAPO = 90  # syllables
MAX_LINES = 200_000  # of an article that are not blank; a statistics yearbook has 60,000, and each takes a kilobyte
_LINE = re.compile(r"\S[^\n]*+")


def parse(
    text: str,
    title: str | None = None,
    *,
    date: dt.date | None = None,
    source: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Document:
    """Return the article in `text`: normalised, cleaned, cut into paragraphs and sentences.

    `title` and `date` win over what the text itself says.

    Raises
    ------
    InputError
        If it has more lines than an article can have.
    """
    text = normalize(text)
    if text.count("\n") > MAX_LINES and sum(1 for _ in _LINE.finditer(text)) > MAX_LINES:
        raise InputError(
            f"{source or 'the text'}: expected at most {MAX_LINES:,} lines in one article, found more; split it"
        )
    cleaned = clean(text, title, date)
    paragraphs: list[Paragraph] = []
    dropped: list[Dropped] = []
    n_sentences = 0
    line, counted = 1, 0
    for block in cleaned.blocks:
        line += text.count("\n", counted, block.span.start)
        counted = block.span.start
        if block.reason is not None:
            dropped.append(Dropped(block.span, block.reason, block.text))
            continue
        sentences = tuple(
            Sentence(span, n_sentences + i, span.within(text))
            for i, span in enumerate(_shifted(split_sentences(block.text), block.span.start))
        )
        n_sentences += len(sentences)
        paragraphs.append(Paragraph(block.span, len(paragraphs), sentences, block.text, line))
    return Document(
        text=text,
        source=source,
        title=cleaned.title,
        sapo=_sapo(cleaned.blocks, cleaned.title),
        date=cleaned.date,
        paragraphs=tuple(paragraphs),
        dropped=tuple(dropped),
        metadata=dict(metadata or {}),
    )


def parse_paragraph(text: str, *, source: str | None = None, metadata: Mapping[str, Any] | None = None) -> Document:
    """Return a document of one paragraph, the whole of `text`, nothing cleaned out of it."""
    text = normalize(text)
    sentences = tuple(Sentence(span, i, span.within(text)) for i, span in enumerate(split_sentences(text)))
    paragraphs = (Paragraph(Span(0, len(text)), 0, sentences, text, 1),) if sentences else ()
    return Document(text=text, source=source, paragraphs=paragraphs, metadata=dict(metadata or {}))


def _shifted(spans: list[Span], by: int) -> list[Span]:
    return [Span(span.start + by, span.end + by) for span in spans]


# `(NLĐ) -`, `TTO -`, `(Dân trí) –`, `VOV.VN -`: a paper's mark before its lead.
_OUTLET_MARK = re.compile(r"(?:\([\w. -]{2,24}\)|[A-ZĐ]{2,6}(?:\.[A-Za-z]{2,6})?|[A-Z][a-z]+\.vn)\s*[-–—]\s*\w")


def _sapo(blocks: tuple[Block, ...], title: str | None) -> int | None:
    """Return 0 where the first paragraph is the lead: a short one under a title, or one with an outlet's mark."""
    prose = [block for block in blocks if block.reason is None]
    if len(prose) < 2:
        return None
    if _OUTLET_MARK.match(prose[0].text):
        return 0
    if title is None or len(prose) < 3 or not prose[0].ends:
        return None
    return 0 if count_syllables(prose[0].text) <= _MAX_SAPO else None


# --- sentences ----------------------------------------------------------------------------------------

# A run of stops is looked at where it begins, and read once however long it is.
_STOP = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)"  # a stop, what closes after it, white space
    r"|(?<=[a-zà-ỹđ%DĐ])[.!?…]++[”\"'’»)\]]*+(?=[^\W\d_a-z])"  # or none: `kết thúc.Tiếp theo`, `12%.Nhập khẩu`
)
_SAID = re.compile(r"[^\W_]")
_OPENERS = " \n\"'“‘«([–—-•"
_LAST_CHUNK = re.compile(r"\S+$")
_AMOUNT = re.compile(r"(?:[\d.,]*\d%|USD|VNĐ|VND)$")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-zĐđ]|[IVX]{1,5})$")
_FIRST_NUMBERS = frozenset(("1", "(1", "a", "(a", "A", "I"))
_LIST_ITEM = re.compile(r"[a-zđ]\)\s")
_ROMAN = re.compile(r"[IVXLC]+\b")
_DOMAIN_END = re.compile(r"(?:vn|com|net|org|gov|edu|info|asia|tv|co|io)\b", re.IGNORECASE)
# Before a single letter and a stop, these announce a person: `ông J. Biden`.
_PERSON = frozenset(
    [
        "ông",
        "bà",
        "anh",
        "chị",
        "em",
        "cô",
        "chú",
        "bác",
        "thầy",
        "cụ",
        "ngài",
        "tướng",
        "vua",
        "chúa",
        "tên",
        "mr",
        "mrs",
        "ms",
        "dr",
        "gs",
        "ts",
    ]
)
_LONGEST_HELD = 400  # characters from where a sentence begins to where its bracket closes; some 85 syllables
_LONGEST_QUOTE = 120  # characters of a quotation that is not parted: longer ones crowd out others in digests
_LONGEST_CHUNK = 64  # characters looked back at from a stop; keeps the scan linear on text without spaces


def split_sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of one paragraph, without the white space around them.

    A bracket or a quotation of some sentences stays in one piece with who says it, so that no sentence opens a mark
    and leaves it open; a quotation longer than that is parted as any text is.
    """
    spans: list[Span] = []
    enclosures = _enclosures(text)
    start = _skip_space(text, 0)
    said = -1  # where the first letter or digit from `start` on stands
    for stop in _STOP.finditer(text):
        if said < start:
            letter = _SAID.search(text, start)
            said = letter.start() if letter else len(text)
        if (
            stop.start() >= start
            and _ends_sentence(text, start, stop, said < stop.start())
            and not _held(enclosures, start, stop.end())
        ):
            spans.append(Span(start, stop.end()))
            start = _skip_space(text, stop.end())
    end = len(text.rstrip())
    if start < end:
        if spans and not any(map(str.isalnum, text[start:end])):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


_SPACE = re.compile(r"\s*")
_SAID = re.compile(r"[^\W_]")


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None
    return match.end()


_MARK = re.compile(r"[\"“”«»()\[\]]")


def _enclosures(text: str) -> list[tuple[int, int]]:
    """Return where each bracket and quotation short enough to be held opens and closes, by the place it opens."""
    found: list[tuple[int, int]] = []
    quotes: list[int] = []
    brackets: list[int] = []
    for match in _MARK.finditer(text):
        mark, place = match[0], match.start()
        opened = brackets if mark in "()[]" else quotes
        if mark in "([" or (opened is quotes and _opens(text, place, mark, bool(quotes))):
            opened.append(place)
        elif opened and match.end() - opened[-1] <= (_LONGEST_HELD if opened is brackets else _LONGEST_QUOTE):
            found.append((opened.pop(), match.end()))
        elif opened:
            opened.pop()
    return sorted(found)


def _opens(text: str, place: int, mark: str, within: bool) -> bool:
    """Return whether a quotation mark opens: by what stands around it, since scraping mixes the marks up."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    free = not before or before.isspace() or before in "([–—-"
    closes = not after or after.isspace() or after in _AFTER_QUOTE
    if free != closes:
        return free
    return mark in "“«" or (mark == '"' and not within)


_AFTER_QUOTE = ".,;:!?…)]–—-"


def _held(enclosures: list[tuple[int, int]], start: int, stop: int) -> bool:
    """Return whether `stop` stands within a mark that closes near enough to where its sentence began."""
    first = bisect_left(enclosures, (start, 0))
    return any(
        stop < closed <= start + _LONGEST_HELD for _, closed in enclosures[first : bisect_left(enclosures, (stop, 0))]
    )


def _ends_sentence(text: str, start: int, stop: re.Match[str], something_said: bool) -> bool:
    after = stop.end()
    glued = after < len(text) and not text[after].isspace()
    window = text[after : after + 40].lstrip(_OPENERS)
    if not window:
        return True
    if window[0].islower() and not window[1:2].isupper() and not _LIST_ITEM.match(window):
        return False  # `iPhone` and `b)` may open a sentence, `và` may not
    chunk = _LAST_CHUNK.search(text, max(start, stop.start() - _LONGEST_CHUNK), stop.start())
    word = chunk[0].lstrip("\"'“‘«([") if chunk else ""
    if glued:
        return _glued_end(text, stop, word, window)
    if not something_said:
        return False  # nothing said yet: `(…)`, `…`
    if not word:
        return chunk is None or stop[0][0] != "…"  # `(…)` stands for words left out
    aside = stop[0].endswith(")") and "(" in text[max(start + 1, stop.start() - _LONGEST_HELD) : stop.start()]
    if aside and (not window[0].isupper() or _DOTTED.search(word)):
        return False  # what opened amid the sentence closes amid it: `(chè, tiêu…) 3 tỷ`, `(Công ty N.A.) 12 năm`
    if stop[0] not in (".", ".)"):
        return True
    return not _is_abbreviation(text, start, stop.start() - len(word), word, window)


_DOTTED = re.compile(r"(?:^|\.)[A-ZĐ]$|[a-z]\.[a-z]$")  # the stop belongs to `N.A.`, `v.v.`


def _glued_end(text: str, stop: re.Match[str], word: str, window: str) -> bool:
    """Return whether a stop with no space after it ends a sentence: `xong.Sau đó`, not `Tuoitre.Vn` or `TP.Huế`."""
    return (
        ((word.islower() and word.isalpha()) or _AMOUNT.match(word) is not None)
        and window[0].isupper()
        and (window[1:2].islower() or window[1:2] == " ")
        and _DOMAIN_END.match(window) is None
        and word not in abbreviations().before_number
    )


def _is_abbreviation(text: str, start: int, word_start: int, word: str, window: str) -> bool:
    known = abbreviations()
    if _NUMBERING.fullmatch(word):  # a list number opens the sentence or the list: `1.`, `a.`, `(2.`, `ba điểm: 1.`
        mark = text[max(start, word_start - 3) : word_start].rstrip("( ")[-1:]
        if word_start <= start + 1 or mark == ";" or (mark == ":" and word in _FIRST_NUMBERS):
            return True
    if window.startswith(known.never_first):
        return True
    last = re.split(r"[,/(-]", word)[-1] if not word[0].isdigit() else word
    if last in known.before_name or word in known.before_name:
        return True
    if all(len(part) > 1 and part in known.before_name for part in last.split(".")):  # titles in a row: `PGS.TS.BS.`
        return True
    if last in known.before_number and (window[0].isdigit() or _ROMAN.match(window)):
        return True
    if len(last) == 1 and last.isupper():  # an initial, unless it names a thing: `J. Biden`, but `vitamin C.`
        before = text[max(start, word_start - _LONGEST_CHUNK) : word_start].split()[-1:] or [""]
        return before[0] == "" or before[0][0].isupper() or before[0].lower().strip(',(“"') in _PERSON
    return False
