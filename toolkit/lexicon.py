"""What the toolkit knows of Vietnamese news text, read from the data files beside the code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

# Every capital letter of Vietnamese, for a character class: `À-Ỹ` would hold half the small ones too.
CAPITALS = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))


class Place(StrEnum):
    """Where in an article a boilerplate rule applies."""

    ANY = "any"
    START = "start"
    END = "end"
    LETTERHEAD = "letterhead"


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """A kind of block that is not prose, with texts it must and must not match."""

    reason: str
    pattern: re.Pattern[str]
    where: Place
    max_syllables: int
    with_list: bool
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Abbreviations, without their last stop, after which a sentence goes on, and words that begin none."""

    before_name: frozenset[str]
    before_number: frozenset[str]
    never_first: tuple[str, ...]


@cache
def boilerplate_rules() -> tuple[BoilerplateRule, ...]:
    """Return the rules of ``data/boilerplate.toml`` in their order."""
    return tuple(
        BoilerplateRule(
            reason=rule["reason"],
            pattern=re.compile(rule["pattern"].replace(r"\p{Lu}", CAPITALS), re.IGNORECASE),
            where=Place(rule.get("where", "any")),
            max_syllables=rule.get("max_syllables", 40),
            with_list=rule.get("with_list", False),
            examples=tuple(rule["examples"]),
            counter_examples=tuple(rule["counter_examples"]),
        )
        for rule in _toml("boilerplate.toml")["rule"]
    )


@cache
def abbreviations() -> Abbreviations:
    """Return the abbreviations of ``data/abbreviations.toml``, as written and in capitals."""
    words = _toml("abbreviations.toml")
    never_first = tuple(words.pop("never_first"))
    return Abbreviations(
        **{name: frozenset(group) | {word.upper() for word in group} for name, group in words.items()},
        never_first=never_first,
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("toolkit") / "data" / name).read_text(encoding="utf-8"))
