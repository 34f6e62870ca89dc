"""Which encoding bytes are in, how sure that is, and old Vietnamese text made Unicode."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from toolkit.errors import DecodingError
from toolkit.io.legacy import from_latin, from_misread_utf8, from_tcvn3, from_vni
from toolkit.io.orthography import is_syllable
from toolkit.text import compose, decode

Convert = Callable[[str], str]

_ALIASES = {
    "tcvn3": "tcvn3", "abc": "tcvn3", "tcvn": "tcvn3", "tcvn5712": "tcvn3", "xviettcvn5712": "tcvn3",
    "vni": "vni", "vniwin": "vni", "vniwindows": "vni", "xvietvni": "vni",
    "windows1258": "windows-1258", "cp1258": "windows-1258",
}  # fmt: skip
_FONTS: dict[str, Convert] = {"tcvn3": from_tcvn3, "vni": from_vni}
_SAMPLE = 256 * 1024  # bytes or characters looked at; some 40,000 syllables decide as well as a million
_ENOUGH = 0.7  # confidence: three strange words that all turn out Vietnamese reach 0.75
_MARGIN = 0.15  # by which the best guess must lead the next
# Runs of letters, and of whatever a wrong decoding makes of letters; quotation marks and dashes around are no part.
_CHUNK = re.compile("[A-Za-z\u00a1-\uffff]+")
_AROUND = "“”‘’„–—…•°©®™«»"


@dataclass(frozen=True, slots=True)
class Recognition:
    """An encoding and how sure it is.

    Attributes
    ----------
    encoding : str
        ``tcvn3``, ``vni``, ``windows-1258`` or the name of a Python codec.
    confidence : float
        From 0 to 1; of the words that tell the encodings apart, the share that is spelled as Vietnamese is,
        lowered where there are few such words. 1 where a byte order mark or valid UTF-8 leaves no doubt.
    repaired : bool
        Whether the bytes were Unicode, but hold text that somebody had misread as another encoding before.
    """

    encoding: str
    confidence: float
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding that it was in."""

    text: str
    recognition: Recognition


def decode_text(data: bytes, encoding: str | None = None, source: str = "input") -> Decoded:
    """Return the text of `data` in `encoding`, or in the one that is recognised.

    Raises
    ------
    DecodingError
        If the bytes are not valid in it, or none is recognised; the message names the best guess.
    """
    found = Recognition(canonical(encoding), 1.0) if encoding else recognize(data, source)
    return Decoded(decode_as(data, found.encoding, source), found)


def decode_as(data: bytes, encoding: str, source: str = "input") -> str:
    """Return the text of `data` in a named encoding, composed (NFC) where the encoding writes tones apart.

    Raises
    ------
    DecodingError
        If there is no such encoding, or the bytes are not valid in it.
    """
    name = canonical(encoding)
    if name in _FONTS:
        return _FONTS[name](from_latin(data))
    text = decode(data, name, source)
    return compose(text) if name == "windows-1258" else text


def canonical(encoding: str) -> str:
    """Return the one name of an encoding that has several: ``ABC`` → ``tcvn3``, ``cp1258`` → ``windows-1258``."""
    return _ALIASES.get(re.sub(r"[^a-z0-9]", "", encoding.lower()), encoding)


def is_known(encoding: str) -> bool:
    """Return whether text can be read in an encoding of that name."""
    name = canonical(encoding)
    try:
        return name in _FONTS or bool(b"aa".decode(name))
    except (LookupError, ValueError) as error:  # a NUL in the name is a ValueError
        return isinstance(error, UnicodeError)


def recognize(data: bytes, source: str = "input") -> Recognition:
    """Return the encoding of `data`, which may be the beginning of a file.

    Raises
    ------
    DecodingError
        If it is no Unicode and no old encoding makes convincing Vietnamese of it.
    """
    sample = data[:_SAMPLE]
    unicode = _unicode_name(sample)
    if unicode is not None:
        return Recognition(unicode, 1.0)
    guesses = sorted(_guesses(sample), key=lambda guess: -guess.confidence)
    best, second = guesses[0], guesses[1]
    if best.confidence >= _ENOUGH and best.confidence - second.confidence >= _MARGIN:
        return best
    try:
        decode(sample, source=source)
    except DecodingError as error:
        guess = f"best guess: --encoding {best.encoding}, confidence {best.confidence:.2f}"
        raise DecodingError(f"{error} ({guess})") from error.__cause__
    return Recognition("utf-8", 1.0)  # pragma: no cover  # what `_unicode_name` refuses, `decode` refuses too


def _unicode_name(sample: bytes) -> str | None:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = sample[:2048]
    # Latin letters, digits and spaces have a zero high byte in UTF-16; UTF-8 text has no zero byte at all.
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(head) >= 4 and zeros.count(0) > 0.4 * len(zeros) and head.count(0) == zeros.count(0):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # a character cut off at the end is no fault
    except UnicodeDecodeError:
        return None
    return "utf-8-sig" if sample.startswith(codecs.BOM_UTF8) else "utf-8"


def _guesses(sample: bytes) -> list[Recognition]:
    shown = from_latin(sample)
    texts = {name: convert(shown) for name, convert in _FONTS.items()}
    texts["windows-1258"] = compose(sample.decode("cp1258", "replace"))
    return [Recognition(name, _confidence(text)) for name, text in texts.items()]


def _confidence(text: str) -> float:
    n_right, n_words = _counted(text)
    return n_right / (n_words + 1)


def _counted(text: str) -> tuple[int, int]:
    """Return how many words with letters beyond ASCII are Vietnamese syllables, and how many there are.

    A lone character tells nothing: the dot of ``Tin · Video`` and the mark of ``© 2025`` are letters of every old font.
    """
    words = [match[0].strip(_AROUND) for match in _CHUNK.finditer(text)]
    words = [word for word in words if len(word) > 1 and not word.isascii()]
    return sum(map(is_syllable, words)), len(words)


# --- text that was misread once, and stored so ----------------------------------------------------------

# No byte shows as one of these in Windows-1252: a line that has one was read right.
_NEVER_MISREAD = re.compile("[\u0300-\u0323\u1ea0-\u1ef9]")
_MISREAD: dict[str, Convert] = {**_FONTS, "utf-8": from_misread_utf8}


def repair(text: str) -> Decoded:
    """Return `text` with what was once misread mended: ``Céng hoµ x· héi`` → ``Cộng hoà xã hội``.

    Lines that are Vietnamese as they stand, or French, stay as they are.
    """
    found = recognize_misread(text)
    if found is None:
        return Decoded(text, Recognition("utf-8", 1.0))
    return Decoded(mend(text, found.encoding), found)


def recognize_misread(text: str) -> Recognition | None:
    """Return what lines of `text` were before somebody misread them, or None where nothing says that they were."""
    sample = text[:_SAMPLE]
    lines = [line for line in sample.split("\n") if _is_suspect(line)]
    best: Recognition | None = None
    for name in _MISREAD if lines else ():
        confidence = _confidence("\n".join(_mended(line, name) for line in lines if _gains(line, name)))
        if confidence >= _ENOUGH and (best is None or confidence > best.confidence):
            best = Recognition(name, confidence, repaired=True)
    return best


def mend(text: str, encoding: str) -> str:
    """Return `text` with the lines that are better Vietnamese once read as `encoding` read so."""
    return "\n".join(_mended(line, encoding) if _gains(line, encoding) else line for line in text.split("\n"))


def _mended(line: str, encoding: str) -> str:
    return _MISREAD[encoding](line)


def _is_suspect(line: str) -> bool:
    return not line.isascii() and _NEVER_MISREAD.search(line) is None


def _gains(line: str, encoding: str) -> bool:
    if not _is_suspect(line):
        return False
    right, n_words = _counted(line)
    if right == n_words and n_words:
        return False
    new_right, new_words = _counted(_mended(line, encoding))
    # Most strange words must become right, and none that was right may be lost: a French name in a Vietnamese line.
    return new_right > right and new_right >= 0.7 * new_words
