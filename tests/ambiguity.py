"""How a backtracking matcher's work grows with its input, told from the parsed pattern alone.

A pattern becomes its Glushkov automaton: one state for each place that reads a character. Work is exponential where a
state can come back to itself in two ways on one string (EDA), and polynomial where two loops can read the same string
one after the other (IDA); the search for a place to begin is such a loop before the pattern. Where a loop has made the
match already, nothing can fail after it, and no work is done twice. Possessive loops over one character give nothing
back. Anchors and assertions count as what may fail; one character that must not stand before a match is looked at.

References
----------
Weber and Seidl (1991), "On the degree of ambiguity of finite automata", Theoretical Computer Science 88.
Weideman et al. (2016), "Analyzing matching time behavior of backtracking regular expression matchers", CIAA.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MANY = 8  # times; a quantifier that allows more counts as unbounded
_SAMPLES = "aAzZđĐàỆ059_-–.,;:!?…()[]{}<>\"'“’/\\|*#@&+=% \t\n\r\x00\x85\u00a0\u0301\u2028⅓²你😀"


@dataclass
class Part:
    """What a piece of a pattern may begin and end with.

    Attributes
    ----------
    first : dict
        State → characters on which it is entered.
    last : dict
        State → characters that may follow once the piece is done there.
    skip : int
        Characters that may follow where the piece matches nothing; 0 where it must match something.
    sure, sure_skip : set, bool
        Last states, and whether nothing at all, after which no assertion can fail any more.
    """

    first: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)
    skip: int = 0
    sure: set[int] = field(default_factory=set)
    sure_skip: bool = False


class Automaton:
    """The states of a pattern, and how they follow each other.

    Parameters
    ----------
    pattern : re.Pattern
    searched : bool
        Whether it is looked for anywhere in a text, or only at one place.
    whole : bool
        Whether it must match up to the end (``fullmatch``).
    """

    def __init__(self, pattern: re.Pattern[Any], *, searched: bool, whole: bool = False) -> None:
        tree = parser.parse(pattern.pattern, pattern.flags)
        self._bytes = isinstance(pattern.pattern, bytes)
        self._alphabet = self._characters(tree)
        self._full = (1 << len(self._alphabet)) - 1
        self.masks: list[int] = []
        self.edges: list[dict[int, int]] = []  # state → following state → characters
        self.doubled: set[tuple[int, int]] = set()  # edges that stand for two ways at once
        self._before = self._full
        self._masks: dict[tuple[Any, str, int], int] = {}
        part = self._sequence(list(tree), pattern.flags)
        self.sure = set() if whole else part.sure
        if searched and not _only_at_the_beginning(list(tree), pattern.flags):
            ready, elsewhere = self._state(self._before), self._state(self._full & ~self._before)
            for origin in (ready, elsewhere):
                self._edge(origin, ready, self._before)
                self._edge(origin, elsewhere, self._full & ~self._before)
            for state, mask in part.first.items():
                self._edge(ready, state, mask)

    # --- building ---------------------------------------------------------------------------------

    def _characters(self, tree: Any) -> list[str]:
        found = set(_SAMPLES)
        pending = [tree]
        while pending:
            item = pending.pop()
            if isinstance(item, int) and not isinstance(item, bool) and not hasattr(item, "name"):
                if 0 <= item < 0x110000:
                    found |= {chr(item), chr(max(item - 1, 0)), chr(min(item + 1, 0x10FFFF))}
                    found |= {c for c in (chr(item).lower(), chr(item).upper()) if len(c) == 1}
            elif isinstance(item, (list, tuple, parser.SubPattern)):
                pending.extend(item)
        return sorted(c for c in found if not self._bytes or ord(c) < 256)

    def _state(self, mask: int) -> int:
        self.masks.append(mask)
        self.edges.append({})
        return len(self.masks) - 1

    def _edge(self, origin: int, target: int, mask: int) -> None:
        if mask:
            if self.edges[origin].get(target, 0) & mask:
                self.doubled.add((origin, target))
            self.edges[origin][target] = self.edges[origin].get(target, 0) | mask

    def _sequence(self, items: list[Any], flags: int) -> Part:
        whole = Part(skip=self._full, sure_skip=True)
        for place, (kind, value) in enumerate(items):
            if kind is op.ASSERT_NOT and value[0] < 0 and place == 0 and not self.masks and len(value[1]) == 1:
                self._before &= ~self._mask(*value[1][0], flags)
                continue
            whole = self._joined(whole, self._part(kind, value, flags))
        return whole

    def _joined(self, a: Part, b: Part) -> Part:
        for origin, follows in a.last.items():
            for target, mask in b.first.items():
                self._edge(origin, target, follows & mask)
        first = dict(a.first)
        for state, mask in b.first.items():
            first[state] = first.get(state, 0) | (mask & a.skip)
        last = dict(b.last)
        for state, mask in a.last.items():
            if mask & b.skip:
                last[state] = last.get(state, 0) | (mask & b.skip)
        sure = b.sure | (a.sure if b.sure_skip else set())
        return Part(first, last, a.skip & b.skip, sure, a.sure_skip and b.sure_skip)

    def _part(self, kind: Any, value: Any, flags: int) -> Part:
        if kind is op.SUBPATTERN:
            return self._sequence(list(value[3]), (flags | value[1]) & ~value[2])
        if kind is op.ATOMIC_GROUP:
            return self._sequence(list(value), flags)
        if kind is op.BRANCH:
            return self._either([self._sequence(list(branch), flags) for branch in value[1]])
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self._repeated(kind, *value, flags)
        if kind in (op.ASSERT, op.ASSERT_NOT, op.AT):
            return Part(skip=self._full)
        if kind in (op.GROUPREF, op.GROUPREF_EXISTS):
            raise NotImplementedError("patterns that look back at what they matched are not linear")
        mask = self._mask(kind, value, flags)
        state = self._state(mask)
        return Part({state: mask}, {state: self._full}, 0, {state})

    def _either(self, parts: list[Part]) -> Part:
        whole = Part()
        for part in parts:
            whole.first |= part.first
            whole.last |= part.last
            whole.skip |= part.skip
            whole.sure |= part.sure
            whole.sure_skip |= part.sure_skip
        return whole

    def _repeated(self, kind: Any, least: int, most: int, tree: Any, flags: int) -> Part:
        items = list(tree)
        whole = Part(skip=self._full, sure_skip=True)
        if most <= _MANY:
            for number in range(most, 0, -1):  # a{1,3} is a(a(a)?)?: one way to match aa
                whole = self._joined(self._sequence(items, flags), whole)
                whole = whole if number <= least else self._optional(whole)
            return whole
        for _ in range(min(least, 2) - 1):
            whole = self._joined(whole, self._sequence(items, flags))
        part = self._sequence(items, flags)
        gives_back = self._full
        if kind is op.POSSESSIVE_REPEAT:  # it never stops before a character that is a round by itself
            for state in part.first.keys() & part.last.keys():
                gives_back &= ~part.first[state]
        for origin, follows in part.last.items():
            for target, mask in part.first.items():
                self._edge(origin, target, follows & mask)
        part.last = {state: mask & gives_back for state, mask in part.last.items()}
        if not least:
            part = self._optional(part)
            part.skip &= gives_back if kind is op.POSSESSIVE_REPEAT else self._full
        return self._joined(whole, part)

    def _optional(self, part: Part) -> Part:
        return Part(part.first, part.last, self._full, part.sure, True)

    # --- characters -------------------------------------------------------------------------------

    def _mask(self, kind: Any, value: Any, flags: int) -> int:
        key = (kind, str(value), flags)
        if key not in self._masks:
            self._masks[key] = sum(1 << n for n, c in enumerate(self._alphabet) if self._admits(kind, value, c, flags))
        return self._masks[key]

    def _admits(self, kind: Any, value: Any, character: str, flags: int) -> bool:
        if kind is op.ANY:
            return bool(flags & re.DOTALL) or character != "\n"
        forms = {character}
        if flags & re.IGNORECASE:
            forms |= {character.lower(), character.upper()}
        codes = {ord(form) for form in forms if len(form) == 1}
        if kind is op.LITERAL:
            return value in codes
        if kind is op.NOT_LITERAL:
            return value not in codes
        assert kind is op.IN, kind
        negated = value[0][0] is op.NEGATE
        return negated != any(self._within(item, codes, character) for item in value)

    def _within(self, item: Any, codes: set[int], character: str) -> bool:
        kind, value = item
        if kind is op.LITERAL:
            return value in codes
        if kind is op.RANGE:
            return any(value[0] <= code <= value[1] for code in codes)
        if kind is op.CATEGORY:
            name = _CATEGORIES[value]
            subject: Any = character.encode("latin-1") if self._bytes else character
            return re.match(name.encode() if self._bytes else name, subject) is not None
        return False

    # --- judging ----------------------------------------------------------------------------------

    def exponential(self) -> str | None:
        """Return a string that, repeated, doubles the work each time; None where there is none."""
        for component in _components({state: set(follows) for state, follows in enumerate(self.edges)}):
            for state in component:
                for follower in self.edges[state]:
                    if (state, follower) in self.doubled and follower in component:
                        return self._spelled(self.edges[state][follower])
            pairs = self._pairs(component)
            for together in _components(pairs):
                begin = next((a for a, b in together if a == b), None)
                if begin is not None and any(a != b for a, b in together):
                    return self._two_ways(begin, together)
        return None

    def polynomial(self) -> str | None:
        """Return a string that, repeated, makes the work grow with at least its square; None where there is none."""
        components = list(_components({state: set(follows) for state, follows in enumerate(self.edges)}))
        home = {state: component for component in components for state in component}
        for p in home:
            reachable = self._reachable(p)
            for q in home:
                if p == q or q in self.sure or q not in reachable:
                    continue
                witness = self._three_ways(p, q, home)
                if witness is not None:
                    return witness
        return None

    def _pairs(self, component: set[int]) -> dict[tuple[int, int], set[tuple[int, int]]]:
        """Return where two readings of one string that part within `component` can be, and go on to."""
        pending = [(state, state) for state in component]
        graph: dict[tuple[int, int], set[tuple[int, int]]] = {}
        while pending:
            here = pending.pop()
            if here in graph:
                continue
            graph[here] = {
                (a, b)
                for a, mask_a in self.edges[here[0]].items()
                for b, mask_b in self.edges[here[1]].items()
                if mask_a & mask_b and a in component and b in component
            }
            pending += graph[here]
        return graph

    def _two_ways(self, state: int, together: set[tuple[int, int]]) -> str:
        """Return what leads from `state` back to itself by two different ways."""
        start = (state, state, False)
        spelled, pending = {start: ""}, [start]
        for here in pending:
            for a, mask_a in self.edges[here[0]].items():
                for b, mask_b in self.edges[here[1]].items():
                    after = (a, b, here[2] or a != b)
                    if (a, b) in together and mask_a & mask_b and after not in spelled:
                        spelled[after] = spelled[here] + self._spelled(mask_a & mask_b)
                        pending.append(after)
        return spelled[(state, state, True)]

    def _three_ways(self, p: int, q: int, home: dict[int, set[int]]) -> str | None:
        """Return what leads from p to p, from p to q and from q to q."""
        start = (p, p, q)
        spelled, pending = {start: ""}, [start]
        while pending:
            here = pending.pop()
            for a, mask_a in self.edges[here[0]].items():
                if a not in home[p]:
                    continue
                for c, mask_c in self.edges[here[2]].items():
                    if c not in home[q] or c in self.sure or not mask_a & mask_c:
                        continue
                    for b, mask_b in self.edges[here[1]].items():
                        if not mask_a & mask_b & mask_c:
                            continue
                        after = (a, b, c)
                        word = spelled[here] + self._spelled(mask_a & mask_b & mask_c)
                        if after == (p, q, q):
                            return word
                        if after not in spelled:
                            spelled[after] = word
                            pending.append(after)
        return None

    def _spelled(self, mask: int) -> str:
        return self._alphabet[mask.bit_length() - 1]

    def _reachable(self, state: int) -> set[int]:
        found, pending = {state}, [state]
        while pending:
            for target in self.edges[pending.pop()]:
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return found


def _components(graph: Mapping[Any, set[Any]]) -> Iterator[set[Any]]:
    """Yield the sets of nodes that can all come back to each other (Tarjan 1972)."""
    number: dict[Any, int] = {}
    low: dict[Any, int] = {}
    stack: list[Any] = []
    on_stack: set[Any] = set()
    for root in graph:
        if root in number:
            continue
        work = [(root, iter(graph[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, followers = work[-1]
            target = next(followers, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    component = {stack.pop()}
                    while node not in component:
                        component.add(stack.pop())
                    on_stack -= component
                    if len(component) > 1 or node in graph[node]:
                        yield component
            elif target not in number:
                number[target] = low[target] = len(number)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(graph[target])))
            elif target in on_stack:
                low[node] = min(low[node], number[target])


def _only_at_the_beginning(items: list[Any], flags: int) -> bool:
    """Return whether every match begins with the text."""
    if not items or flags & re.MULTILINE:
        return False
    kind, value = items[0]
    if kind is op.BRANCH:
        return all(_only_at_the_beginning(list(branch), flags) for branch in value[1])
    if kind is op.SUBPATTERN:
        return _only_at_the_beginning(list(value[3]), flags)
    return kind is op.AT and value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING)


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
