"""Cut a white-space chunk into underthesea's syllable-level tokens, in time linear in its length.

underthesea matches one ordered regular expression (``pipeline/word_tokenize/regex_tokenize.py``) all over
the text. No alternative crosses white space and every other character starts some match, so the tokens
of a chunk tile it, and a chunk's tokens depend on the rest of the text in one way only: an abbreviation
such as ``TP.`` keeps its dot unless that dot ends the text.

Three alternatives (addresses without a scheme, naked domains, e-mail) look ahead over a whole run of
characters from each place in that run, and the body of a URL backtracks exponentially. What they find
depends on the end of the run, not on the place, so here each run is judged once.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache

from toolkit.tokenization.urls import UrlBodies

_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_LETTER = "[" + _UPPER + _UPPER.lower() + "]"

_SPECIAL = r"=>|==>|->|\.{2,}|-{2,}|>>|\d+x\d+|v\.v\.\.\.|v\.v\.|v\.v|°[CF]"
# Possessive where the original would find nothing by giving back: no stack grows with the input.
_ABBREVIATION_HEAD = rf"[A-ZĐ]+&[A-ZĐ]+|T\.Ư|[{_UPPER}]+(?:\.{_LETTER}++)++\.?"
_APOSTROPHE = rf"{_LETTER}+['’]{_LETTER}+"
_ABBREVIATION_TAIL = r"Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|Th.S|Th.s|e-mail|\d+[A-Z]+\d*-\d+|NĐ-CP"
_REST = "|".join(
    (
        r"\d{2,}-\d{3,}-\d{3,}",  # phone
        r"\d{1,2}/\d{1,2}/\d+|\d{1,2}/\d{1,4}|\d{1,2}-\d{1,2}-\d+|\d{1,2}-\d{1,4}",  # dates
        r"\d{1,2}\.\d{1,2}\.\d+|\d{4}/\d{1,2}/\d{1,2}|\d{2}:\d{2}:\d{2}",
        r"\d+[A-Z]+\d+|\d+[A-Z]+",  # 4K
        r"\d++(?:\.\d++)++,\d+|\d++(?:\.\d++)++|\d++(?:,\d++)++|\d+(?:[.,_]\d+)?",  # numbers
        r":\)\)*|=\)\)+|♥‿♥|:D+(?=\Z)|<3",  # a chunk ends where white space or the text's end follows
        r"[.,()ʺ]",
        r"(?<=\b)\w+-[\w+-]*\w+",
        r"\w+",
        r":+",
        r"[^\w\s]",
    )
)


def _head_pattern(final: bool, apostrophe: bool) -> str:
    dot = r"[A-ZĐ]+\.(?!\Z)" if final else r"[A-ZĐ]+\."
    parts = (_SPECIAL, _ABBREVIATION_HEAD, _APOSTROPHE if apostrophe else "", dot, _ABBREVIATION_TAIL)
    return "|".join(part for part in parts if part)


# Compiled when first needed: that takes milliseconds each.
@cache
def _head(final: bool, apostrophe: bool) -> re.Pattern[str]:
    """Return what comes before addresses."""
    return re.compile(_head_pattern(final, apostrophe))


@cache
def _tail() -> re.Pattern[str]:
    """Return what comes after addresses."""
    return re.compile(_REST)


@cache
def _whole(final: bool, apostrophe: bool) -> re.Pattern[str]:
    """Return everything but addresses."""
    return re.compile(_head_pattern(final, apostrophe) + "|" + _REST)


_LETTERS = re.compile(_LETTER + "+")

_SCHEME = re.compile(r"(?:ftp|http)s?:")
_HOST_RUN = re.compile(r"[a-z0-9.\-]+")
_TOP_LEVEL = re.compile(r"[a-z]{2,13}\Z")
_TOP_LEVELS = re.compile(r"\.[a-z]{2}")
_DOMAIN_RUN = re.compile(r"[a-z0-9]++(?:[.\-][a-z0-9]++)*+")
_INNER_TOP_LEVEL = re.compile(r"\.[a-z]{2,13}(?=[.\-])")
_LAST_TOP_LEVEL = re.compile(r"\.[a-z]{2,13}\Z")
_MAIL_RUN = re.compile(r"[a-zA-Z0-9_.+-]+")
_MAIL_HOST = re.compile(r"@[a-zA-Z0-9-]++\.[a-zA-Z0-9.-]+")
_WORD_CHARACTER = re.compile(r"\w")
_SHORT = 64


def token_ends(chunk: str, final: bool) -> Iterable[int]:
    """Yield where each token of `chunk` ends; a token starts where the one before it ends.

    Parameters
    ----------
    chunk : str
        NFC text without white space.
    final : bool
        Whether the text ends with this chunk (or with it and one line feed, as ``$`` has it).
    """
    # ``Th.S`` also cuts Thus|ong, since its dot is any letter; ʺ is a letter to Unicode, a token here.
    if chunk.isalpha() and not chunk.startswith(("Th", "ʺ")):
        return [len(chunk)] if chunk else []
    apostrophe = "'" in chunk or "’" in chunk
    address = "tp:" in chunk or "tps:" in chunk or "@" in chunk or ("." in chunk and _TOP_LEVELS.search(chunk))
    if not address and (len(chunk) <= _SHORT or not apostrophe):
        return (match.end() for match in _whole(final, apostrophe).finditer(chunk))
    return _Scanner(chunk, final, apostrophe)


class _Scanner:
    """Matches the alternatives in underthesea's order, judging each run of characters once."""

    def __init__(self, chunk: str, final: bool, apostrophe: bool) -> None:
        self._chunk = chunk
        self._final = final
        self._apostrophe = apostrophe
        self._letters_end = 0
        self._host_end = 0
        self._host_match: tuple[int, int] | None = None
        self._domain_end = 0
        self._domain_match: tuple[int, int] | None = None
        self._mail_end = 0
        self._mail_match: int | None = None
        self._bodies: UrlBodies | None = None

    def __iter__(self) -> Iterator[int]:
        chunk = self._chunk
        size = len(chunk)
        without = _head(self._final, False)
        with_apostrophe = _head(self._final, True) if self._apostrophe else without
        has_scheme = "tp:" in chunk or "tps:" in chunk
        has_host, has_dot, has_mail = "/" in chunk and "." in chunk, "." in chunk, "@" in chunk
        tail = _tail()
        position = 0
        while position < size:
            head = without
            if self._apostrophe and self._apostrophe_ahead(position):
                head = with_apostrophe
            match = head.match(chunk, position)
            if match is not None:
                position = match.end()
                yield position
                continue
            end = None
            if has_scheme:
                end = self._scheme(position)
            if end is None and has_host:
                end = self._host(position)
            if end is None and has_dot:
                end = self._domain(position)
            if end is None and has_mail:
                end = self._mail(position)
            if end is None:
                match = tail.match(chunk, position)
                assert match is not None, "some alternative matches every character"
                end = match.end()
            position = end
            yield position

    def _apostrophe_ahead(self, position: int) -> bool:
        """Say whether the letters from `position` on run up to an apostrophe."""
        if position >= self._letters_end:
            match = _LETTERS.match(self._chunk, position)
            self._letters_end = match.end() if match else position + 1
        return self._chunk[self._letters_end : self._letters_end + 1] in ("'", "’")

    def _scheme(self, position: int) -> int | None:
        """Return the end of ``http://…``, ``ftp:x…`` that starts here."""
        match = _SCHEME.match(self._chunk, position)
        if match is None:
            return None
        start = match.end()
        following = self._chunk[start : start + 3]
        slashes = len(following) - len(following.lstrip("/"))
        if not slashes:
            letter = following[:1]
            if not letter or letter not in "abcdefghijklmnopqrstuvwxyz0123456789%":
                return None
            return self._body(start + 1)
        for count in range(slashes, 0, -1):
            end = self._body(start + count)
            if end is not None:
                return end
        return None

    def _host(self, position: int) -> int | None:
        """Return the end of ``bao.vn/…`` that starts here."""
        chunk = self._chunk
        if position >= self._host_end:
            match = _HOST_RUN.match(chunk, position)
            self._host_end = match.end() if match else position + 1
            self._host_match = None
            if match and chunk[match.end() : match.end() + 1] == "/":
                dot = chunk.rfind(".", position, match.end())
                if dot >= 0 and _TOP_LEVEL.match(chunk[dot + 1 : min(match.end(), dot + 15)]):
                    body = self._body(match.end() + 1)
                    if body is not None:
                        self._host_match = (dot, body)
        if self._host_match is not None and position < self._host_match[0]:
            return self._host_match[1]
        return None

    def _domain(self, position: int) -> int | None:
        """Return the end of ``bao.vn`` that starts here, unless it is part of an e-mail address."""
        chunk = self._chunk
        if position >= self._domain_end:
            match = _DOMAIN_RUN.match(chunk, position)
            self._domain_end = match.end() if match else position + 1
            self._domain_match = self._last_domain(position, match.end()) if match else None
        if self._domain_match is None or position >= self._domain_match[0]:
            return None
        if chunk[position] in ".-" or (position and chunk[position - 1] == "@"):
            return None
        return self._domain_match[1]

    def _last_domain(self, start: int, stop: int) -> tuple[int, int] | None:
        """Return the last dot in a run with a top-level domain after it, and where the match ends."""
        chunk = self._chunk
        last = _LAST_TOP_LEVEL.search(chunk, max(start, stop - 14), stop)
        following = chunk[stop : stop + 1]
        if last and following != "@" and not _WORD_CHARACTER.match(following):
            slash = following == "/" and chunk[stop + 1 : stop + 2] != "@"
            return last.start(), stop + slash
        inner = deque(_INNER_TOP_LEVEL.finditer(chunk, start, stop), maxlen=1)
        return inner[0].span() if inner else None

    def _mail(self, position: int) -> int | None:
        if position >= self._mail_end:
            match = _MAIL_RUN.match(self._chunk, position)
            self._mail_end = match.end() if match else position + 1
            host = _MAIL_HOST.match(self._chunk, match.end()) if match else None
            self._mail_match = host.end() if host else None
        return self._mail_match

    def _body(self, position: int) -> int | None:
        if self._bodies is None:
            self._bodies = UrlBodies(self._chunk)
        return self._bodies.end(position)
