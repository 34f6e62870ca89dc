"""TCVN3 (ABC) and VNI: text of the fonts before Unicode, and what UTF-8 looks like when misread."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from toolkit.text import compose

# Windows-1252 puts quotation marks and dashes where Latin-1 has controls; a byte without meaning stays.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


def from_latin(data: bytes) -> str:
    """Return `data` as Windows-1252 shows it; no byte is refused, so all of them come back by `to_latin`."""
    return data.decode("latin-1").translate(_WINDOWS)


def to_latin(text: str) -> bytes:
    """Return the bytes of a text that `from_latin` gave.

    Raises
    ------
    UnicodeEncodeError
        If a character is none of Windows-1252.
    """
    return text.translate(_windows_codes()).encode("latin-1")


def from_tcvn3(text: str) -> str:
    """Return the Vietnamese of TCVN3 `text` as Windows-1252 shows it: ``Céng hoµ`` → ``Cộng hoà``.

    Fonts for capitals (``.VnTimeH``) share the codes of the small letters, so a toned letter among capitals becomes
    a capital one: ``VIÖT NAM`` → ``VIỆT NAM``.
    """
    converted = compose(text.translate(_tcvn3()))
    return "\n".join(map(_capitalized, converted.split("\n")))


def from_vni(text: str) -> str:
    """Return the Vietnamese of VNI `text` as Windows-1252 shows it: ``Coäng hoøa`` → ``Cộng hòa``."""
    table, pattern = _vni()
    return pattern.sub(lambda match: table[match[0]], text)


def from_misread_utf8(text: str) -> str:
    """Return what `text` was before somebody took its UTF-8 for Windows-1252: ``Viá»‡t`` → ``Việt``."""
    try:
        return to_latin(text).decode("utf-8")
    except UnicodeError:
        return _MISREAD.sub(_reread, text)


# --- tables -------------------------------------------------------------------------------------------


@cache
def _windows_codes() -> dict[int, int]:
    return {ord(character): code for code, character in _WINDOWS.items()}


@cache
def _tcvn3() -> dict[int, int]:
    table = {int(code, 16): ord(character) for code, character in _rows("tcvn3.txt")}
    table[0x03BC] = table[0xB5]  # NFKC, met on the way, makes a Greek mu of the micro sign
    return table


@cache
def _vni() -> tuple[dict[str, str], re.Pattern[str]]:
    table = dict(_rows("vni.txt"))
    # Headlines in capitals are often typed with small marks, and a capital may stand before the mark: `Aù`, `ÔÙ`, `Ôù`.
    for code, letter in list(table.items()):
        if len(code) == 2 and code[0].isupper():
            table.setdefault(code[0] + code[1].lower(), letter)
    return table, re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))


def _rows(name: str) -> list[tuple[str, str]]:
    lines = files("toolkit.data").joinpath(name).read_text(encoding="utf-8").split("\n")
    return [(line.split(" ")[0], line.split(" ")[1]) for line in lines if line and not line.startswith("# ")]


_WORD = re.compile(r"[^\W\d_]+")
_ASCII_SMALL = re.compile("[a-z]")
_ASCII_CAPITALS = re.compile("[A-Z][^A-Z]*[A-Z]")


def _capitalized(line: str) -> str:
    """Return the line with toned letters made capital where they stand among capitals."""
    if line.isascii() or not (shouted := [word[0] for word in _WORD.finditer(line) if _is_shouted(word[0])]):
        return line
    if not _ASCII_SMALL.search(line) and sum(map(len, shouted)) >= 4:  # the whole line is a headline: `HÀ` too
        return line.upper()
    return _WORD.sub(lambda match: match[0].upper() if _is_shouted(match[0]) else match[0], line)


def _is_shouted(word: str) -> bool:
    return _ASCII_CAPITALS.search(word) is not None and _ASCII_SMALL.search(word) is None


_MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf" + re.escape("".join(_WINDOWS.values())) + "]{1,3}")


def _reread(match: re.Match[str]) -> str:
    try:
        return to_latin(match[0]).decode("utf-8")
    except UnicodeError:
        return match[0]
