"""Bytes and strings made plain: decoding, NFC, one tone placement, white space."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from toolkit.errors import DecodingError

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SYLLABLE = re.compile(r"\w+")


def decode(data: bytes, encoding: str | None = None, source: str = "input") -> str:
    """Return the text of `data`.

    Without `encoding`, a byte order mark decides between UTF-8 and UTF-16; without one, UTF-16 shows itself
    by its zero bytes, and everything else is read as UTF-8.

    Raises
    ------
    DecodingError
        If the bytes are not valid; the message names `source`, the byte and the remedy.
    """
    name = encoding or _sniff(data)
    try:
        return data.decode(name)
    except LookupError as error:
        raise DecodingError(f"{source}: unknown encoding {name!r}; see Python's list of codecs") from error
    except UnicodeDecodeError as error:
        expected = {"utf-8-sig": "UTF-8"}.get(name, name.upper())
        raise DecodingError(
            f"{source}: byte {error.start} (0x{data[error.start]:02x}) is not valid {expected}; "
            "pass --encoding if the file uses another"
        ) from error
    except UnicodeError as error:  # what codecs for other things than files say, with the bytes: punycode, idna
        raise DecodingError(f"{source}: is not valid {name.upper()} ({error}); pass another --encoding") from error
    except ValueError as error:
        raise DecodingError(f"{source}: unknown encoding {name!r} ({error}); see Python's list of codecs") from error


def _sniff(data: bytes) -> str:
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return name
    head = data[:2048]
    # Latin letters, digits and spaces have a zero high byte in UTF-16; UTF-8 text has no zero byte at all.
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(head) >= 4 and zeros.count(0) > 0.4 * len(zeros) and head.count(0) == zeros.count(0):
            return name
    return "utf-8"


def normalize(text: str) -> str:
    """Return `text` in NFC with one tone placement (`hòa`, not `hoà`) and plain white space.

    No-break and other exotic spaces become a space, runs of them one; zero-width, soft-hyphen, bidirectional and
    control characters go; full-width forms become ASCII; every kind of line end becomes ``\\n``, and lines keep their
    number. Normalising twice changes nothing.
    """
    text = _LINE_END.sub("\n", text)
    text = _ODD.sub(_plain, text)
    text = place_tones(compose(text))
    if "  " in text:
        text = _SPACE_RUN.sub(" ", text)
    if " \n" in text or "\n " in text:
        text = text.replace(" \n", "\n").replace("\n ", "\n")
    return text.strip(" ")


def is_plain(chunk: str) -> bool:
    """Return whether `normalize` does no more to `chunk`, which has no plain white space, than NFC and tones."""
    return _ODD.search(chunk) is None and _LINE_END.search(chunk) is None


def compose(text: str) -> str:
    """Return `text` in NFC, in time proportional to its length on any input.

    `unicodedata.normalize` puts the marks of one letter in order by insertion: a run of n marks costs n², and 40,000
    take five seconds. Long runs are put in order here first, which changes nothing that NFC keeps.
    """
    if unicodedata.is_normalized("NFC", text):  # as a rule; and marks out of order are noticed at the first
        return text
    return unicodedata.normalize("NFC", _MARK_RUN.sub(_in_order, text))


def syllables(text: str) -> list[str]:
    """Return the syllables of NFC `text`: its maximal runs of word characters."""
    return _SYLLABLE.findall(text)


def count_syllables(text: str) -> int:
    """Return how many syllables NFC `text` has; budgets count these."""
    return sum(1 for _ in _SYLLABLE.finditer(text))


def place_tones(text: str) -> str:
    """Return NFC `text` with every tone mark on the vowel where the traditional rule puts it.

    Only whole, well-formed Vietnamese syllables with exactly one tone mark change (`hoà` → `hòa`, `ngòai` → `ngoài`,
    `lựơng` → `lượng`); foreign words stay.

    References
    ----------
    Quyết định 240/QĐ (1984) of the Ministry of Education, for the traditional placement on open `oa oe uy`.
    """
    return "\n".join(" ".join(map(_placed.__getitem__, line.split(" "))) for line in text.split("\n"))


# --- line ends and odd characters ----------------------------------------------------------------------

_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?")
_SPACE_RUN = re.compile(" {2,}")
_DELETED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls; the line ends are handled before
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"  # invisible
)
_SPACES = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_ODD = re.compile(f"[{_DELETED}{_SPACES}\uff01-\uff5e\u00d0\u0189\ud800-\udfff]")


_MARK_RUN = re.compile(r"[^\w\s\x00-\u02ff]{32,}")  # marks are among these; letters and signs end a run


def _in_order(run: re.Match[str]) -> str:
    """Return the characters decomposed, and marks that follow each other in canonical order."""
    ordered: list[str] = []
    marks: list[str] = []
    for character in (part for one in run[0] for part in unicodedata.normalize("NFD", one)):
        if unicodedata.combining(character):
            marks.append(character)
        else:
            ordered += [*sorted(marks, key=unicodedata.combining), character]
            marks = []
    return "".join([*ordered, *sorted(marks, key=unicodedata.combining)])


def _plain(match: re.Match[str]) -> str:
    character = match[0]
    if character in "\u00d0\u0189":  # Eth and African D stand for Đ in text from old keyboards.
        return "Đ"
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    if "\ud800" <= character <= "\udfff":  # A lone surrogate can be neither written nor shown.
        return "\ufffd"
    return " " if character == "\t" or unicodedata.category(character) == "Zs" else ""


# --- tone placement ------------------------------------------------------------------------------------

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "p",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_CODAS = ["c", "ch", "m", "n", "ng", "nh", "p", "t"]
_OPEN = [
    "ai",
    "ao",
    "au",
    "ay",
    "âu",
    "ây",
    "eo",
    "êu",
    "ia",
    "iu",
    "iêu",
    "oa",
    "oe",
    "oi",
    "ôi",
    "ơi",
    "oai",
    "oao",
    "oay",
    "oeo",
    "ua",
    "ui",
    "uy",
    "ưa",
    "ưi",
    "ưu",
    "uây",
    "uê",
    "uơ",
    "uôi",
    "uya",
    "uyu",
    "ươi",
    "ươu",
    "yêu",
]
_CLOSED = ["iê", "oa", "oă", "oe", "oo", "uâ", "uê", "uô", "uơ", "uy", "uyê", "ươ", "yê"]


def _nucleus(vowels: str, closed: bool) -> int:
    """Return the index of the vowel in `vowels` (tones removed) that carries the tone."""
    modified = [index for index, vowel in enumerate(vowels) if vowel in "âêôăơư"]
    if modified:
        return modified[-1] if vowels[:2] not in ("ưa", "ưi", "ưu") else 0
    if len(vowels) == 1:
        return 0
    return 1 if closed or len(vowels) == 3 else 0


def _toned(vowel: str, tone: str) -> str:
    return unicodedata.normalize("NFC", vowel + tone)


@cache
def _misplaced() -> re.Pattern[str]:
    """Return a pattern that matches exactly the syllables whose tone stands on the wrong vowel."""
    wrong: dict[bool, list[str]] = {True: [], False: []}
    for closed, clusters in ((False, _OPEN), (True, _CLOSED)):
        for vowels in clusters:
            right = _nucleus(vowels, closed)
            for index in range(len(vowels)):
                if index != right:
                    options = "".join(_toned(vowels[index], tone) for tone in _TONES)
                    wrong[closed].append(f"{vowels[:index]}[{options}]{vowels[index + 1 :]}")
    onset = "|".join(sorted((o for o in _ONSETS if o not in ("qu", "gi", "g")), key=len, reverse=True))
    onset += "|g(?![iìíĩỉị])"
    coda = "|".join(sorted(_CODAS, key=len, reverse=True))
    # With `qu` and `gi` the glide belongs to the onset: quý, già; the tone on it is the mistake.
    glide = [f"q[{''.join(_toned('u', t) for t in _TONES)}][aăâeêioôơy](?:{coda}|[iouy])?"]
    glide += [f"g[{''.join(_toned('i', t) for t in _TONES)}](?:[aăâeêoôơuư])(?:{coda}|[aiouy])?"]
    open_, shut = "|".join(wrong[False]), "|".join(wrong[True])
    core = f"(?:{onset})?(?:(?:{open_})|(?:{shut})(?:{coda}))"
    # A syllable with a second tone mark upon its last letter is none: there is nowhere to put it.
    return re.compile(rf"(?<!\w)(?:{core}|{'|'.join(glide)})(?![\w\u0300-\u036f])", re.IGNORECASE)


_TONED = re.compile(f"[{''.join(_toned(vowel, tone) for vowel in 'aăâeêioôơuưyAĂÂEÊIOÔƠUƯY' for tone in _TONES)}]")


class _PlacedChunks(dict[str, str]):
    """Chunk of text without white space → the same with its tones in place; forgets all when it grows too large."""

    _LIMIT = 200_000
    _LONGEST = 32  # Longer chunks are links and run-together text, seldom met twice.

    def __missing__(self, chunk: str) -> str:
        placed = chunk
        if _TONED.search(chunk):
            placed = _misplaced().sub(lambda match: _replaced(match[0]), chunk)
        if len(chunk) <= self._LONGEST:
            if len(self) >= self._LIMIT:
                self.clear()
            self[chunk] = placed
        return placed


_placed = _PlacedChunks()


@cache
def _replaced(syllable: str) -> str:
    """Return a misplaced syllable with its tone where it belongs."""
    bare, tone = "", ""
    for character in syllable:
        parts = unicodedata.normalize("NFD", character)
        tone += "".join(mark for mark in parts if mark in _TONES)
        bare += unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
    lower = bare.lower()
    start = next((len(o) for o in ("qu", "gi") if lower.startswith(o) and len(lower) > 2), None)
    if start is None or (start == 2 and lower[2] not in "aăâeêioôơuưy"):
        start = re.match(r"[^aăâeêioôơuưy]*", lower).end()  # type: ignore[union-attr]
    vowels = re.match(r"[aăâeêioôơuưy]*", lower[start:])
    assert vowels
    place = start + _nucleus(vowels[0], closed=start + vowels.end() < len(lower))
    return bare[:place] + _toned(bare[place], tone) + bare[place + 1 :]
