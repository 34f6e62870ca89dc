"""The provinces of Vietnam, before and after the mergers of July 2025, and where a text names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from toolkit.text import normalize


@dataclass(frozen=True, slots=True)
class Province:
    """A province or city of today; `holds` are the former ones that were merged into it."""

    name: str
    holds: tuple[str, ...] = ()


@cache
def provinces() -> tuple[Province, ...]:
    """Return the 34 provinces since July 2025, from north to south."""
    return tuple(Province(entry["name"], tuple(entry.get("holds", ()))) for entry in _data()["province"])


def former_provinces() -> tuple[str, ...]:
    """Return the names of the 63 provinces before July 2025, in the order of today's."""
    return tuple(name for province in provinces() for name in (province.name, *province.holds))


def current_province(name: str) -> str:
    """Return the name of the province of today that `name`, an old or a new one, belongs to.

    Raises
    ------
    KeyError
        If `name` is not a province as `find_provinces` writes it.
    """
    return _current()[name]


def find_provinces(text: str, *, normalized: bool = False) -> tuple[str, ...]:
    """Return the provinces that `text` names, old and new, each once and in the order of `former_provinces`.

    Names count as whole words in the case of the data file or in capitals; a person's name and a longer name with a
    province's inside (`Thái Bình Dương`) do not. The time is linear in the length of the text.

    Parameters
    ----------
    normalized
        Whether `text` is what `toolkit.text.normalize` gives already, as all of a document is.
    """
    names = _names()
    text = text if normalized else normalize(text)
    found = {names[_key(match["name"])] for match in _pattern().finditer(text) if match["name"]}
    return in_order(found)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return `names` of provinces, each once, in the order of `former_provinces`."""
    order = _order()
    return tuple(sorted(set(names), key=order.__getitem__))


# --- the data, compiled once --------------------------------------------------------------------------

_DASH = re.compile(r"\s*[-–—]\s*")
_SPACE = re.compile(r"\s+")


@cache
def _current() -> dict[str, str]:
    return {name: province.name for province in provinces() for name in (province.name, *province.holds)}


@cache
def _order() -> dict[str, int]:
    return {name: place for place, name in enumerate(former_provinces())}


@cache
def _names() -> dict[str, str]:
    """Return every spelling, as `_key` writes it, with the name it stands for."""
    spelled = {name: name for name in former_provinces()}
    for name, others in _data()["spellings"].items():
        spelled |= dict.fromkeys(others, name)
    return {_key(form): name for spelling, name in spelled.items() for form in (spelling, spelling.upper())}


def _key(spelling: str) -> str:
    return _SPACE.sub(" ", _DASH.sub("-", spelling))


@cache
def _pattern() -> re.Pattern[str]:
    data = _data()["not_a_province"]
    phrases = [form for phrase in data["phrases"] for form in (phrase, phrase.upper())]
    # Longest first: an alternation takes what comes first. A phrase or a person's name is matched, but not as `name`.
    people = _either([form for name in data["names_before"] for form in (name, name.upper())])
    names = _either(list(_names()))
    return re.compile(rf"(?<!\w)(?:{_either(phrases)}|{people}\s+{names}|(?P<name>{names}))(?!\w)")


def _either(spellings: list[str]) -> str:
    """Return a pattern for any of `spellings`, grouped by their first character so that few are tried."""
    groups: dict[str, list[str]] = {}
    for spelling in sorted(set(spellings), key=lambda s: (-len(s), s)):
        groups.setdefault(spelling[0], []).append(_flexible(spelling[1:]))
    return "(?:" + "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items()) + ")"


def _flexible(spelling: str) -> str:
    parts = [r"\s+".join(map(re.escape, part.split(" "))) for part in _key(spelling).split("-")]
    return r"\s*[-–—]\s*".join(parts)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("toolkit") / "data" / "provinces.toml").read_text(encoding="utf-8"))
