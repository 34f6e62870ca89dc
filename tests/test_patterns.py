"""No regular expression of the package takes more than time in proportion to its input."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.ambiguity import Automaton
from toolkit import lexicon, provinces, text
from toolkit.io import legacy
from toolkit.summarization import cues
from toolkit.tokenization import syllables

# Ambiguous, and linear all the same, for a reason that is not in the pattern.
ADMITTED = {
    "toolkit.cleaning._CREDIT": "reads at most 60 characters",
    "toolkit.cleaning.dates._DATE_STAMP": "reads normalised lines, in which white space comes one at a time",
    "toolkit.provinces._DASH": "reads names in normalised text, in which white space comes one at a time",
    "toolkit.io.html._OPENING": "reads 8 KiB; comments are atomic, which the automaton does not know",
    "toolkit.io.printed._PAGE_NUMBER": "reads lines of at most 40 characters",
    "toolkit.segmentation._LAST_CHUNK": "reads at most 64 characters",
    "toolkit.io.html._CHARSET": "reads 4 KiB",
}
# Compiled when they are first needed, and how they are used.
LATE: dict[str, tuple[Callable[[], re.Pattern[str]], bool]] = {
    "text._misplaced": (text._misplaced, True),
    "provinces._pattern": (provinces._pattern, True),
    "legacy._vni": (lambda: legacy._vni()[1], True),
    "cues._listed": (functools.partial(cues._listed, "openers", "pronouns"), False),
    "cues._attendance": (cues._attendance, False),
    "syllables._tail": (syllables._tail, False),
    **{
        f"syllables._head({final}, {apostrophe})": (functools.partial(syllables._head, final, apostrophe), False)
        for final in (True, False)
        for apostrophe in (True, False)
    },
}


def patterns() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Yield the patterns that modules hold, with their names and whether they are looked for anywhere in a text."""
    seen = set()
    for info in pkgutil.walk_packages(toolkit.__path__, "toolkit."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        code = Path(module.__file__ or "").read_text(encoding="utf-8")
        for name, value in vars(module).items():
            for number, pattern in enumerate(within(value)):
                if pattern not in seen:
                    seen.add(pattern)
                    uses = set(re.findall(rf"\b{name}\.(\w+)\(", code))
                    anywhere = not uses or not uses <= {"match", "fullmatch"}
                    yield f"{info.name}.{name}" + (f"[{number}]" if number else ""), pattern, anywhere


def within(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from within(item)
    elif type(value) is dict:
        for item in value.values():
            yield from within(item)


FOUND = list(patterns())


def judge(automaton: Automaton) -> str | None:
    return automaton.exponential() or automaton.polynomial()


@pytest.mark.parametrize(("name", "pattern", "searched"), FOUND, ids=[name for name, *_ in FOUND])
def test_pattern_of_a_module_is_linear(name: str, pattern: re.Pattern[Any], searched: bool) -> None:
    witness = judge(Automaton(pattern, searched=searched))
    assert (witness is None) != (name in ADMITTED), f"{pattern.pattern!r} on repeated {witness!r}"


def test_every_module_with_patterns_was_walked() -> None:
    assert len(FOUND) > 60
    assert set(ADMITTED) <= {name for name, *_ in FOUND}


@pytest.mark.parametrize("name", LATE)
def test_pattern_compiled_late_is_linear(name: str) -> None:
    make, searched = LATE[name]
    assert judge(Automaton(make(), searched=searched)) is None


@pytest.mark.parametrize("rule", lexicon.boilerplate_rules(), ids=lambda rule: rule.pattern.pattern[:30])
def test_rule_of_cleaning_is_not_exponential(rule: lexicon.BoilerplateRule) -> None:
    """A block longer than 420 characters is not looked at, so nothing less than exponential matters."""
    assert Automaton(rule.pattern, searched=False, whole=True).exponential() is None


@pytest.mark.parametrize(
    ("pattern", "searched", "exponential", "polynomial"),
    [
        (r"(a*)*b", False, True, False),
        (r"(?:a\s*,?\s*)+b", False, True, True),
        (r"(\w+\s?)*x", False, True, False),
        (r"(?:a|b|ab)*c", False, True, False),
        (r"a*a*b", False, False, True),
        (r"a*+a*b", False, False, False),
        (r"(?:a\s*+)+b", False, False, False),
        (r"x.*y.*z", False, False, True),
        (r"a{1,3}b", False, False, False),
        (r"\s+$", True, False, True),
        (r"\s+$", False, False, False),
        (r"(?<!\s)\s+$", True, False, False),
        (r"\d+", True, False, False),
        (r"\d+(?:[.,]\d+)*", True, False, False),
        (r"[.!]+[)\"]*(?=\s)", True, False, True),
        (r"(?<![.!])[.!]++[)\"]*+(?=\s)", True, False, False),
        (r"<[^<>]*>", True, False, False),
        (r"<[^>]*>", True, False, True),
        (r"^\s*(?:a|b)\s*$", True, False, False),
    ],
)
def test_judgement_of_known_patterns(pattern: str, searched: bool, exponential: bool, polynomial: bool) -> None:
    automaton = Automaton(re.compile(pattern), searched=searched)
    assert (automaton.exponential() is not None) is exponential
    if not exponential:
        assert (automaton.polynomial() is not None) is polynomial
