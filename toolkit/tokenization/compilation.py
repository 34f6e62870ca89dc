"""The segmentation model as arrays, so that many tokens are scored at once.

With two labels only the difference of their scores matters: every number here is a weight for "inside
a word" minus the weight for "begins one". An attribute joins one, two or three neighbouring tokens, so
its weight is kept with that token, pair or triple, one column per place from which it can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.hashing import build_index
from toolkit.tokenization.source import UnknownModelError

if TYPE_CHECKING:
    from toolkit.tokenization.source import CrfModel, Template

FloatArray = npt.NDArray[np.float64]

# Bits of a token's flags.
TITLE, DIGIT, CASED, PAIR_FIRST, PAIR_SECOND, TRIPLE_FIRST, TRIPLE_SECOND, TRIPLE_THIRD = (1 << bit for bit in range(8))


class CompiledModel(NamedTuple):
    """Weights by token, pair and triple.

    Attributes
    ----------
    strings : ndarray of uint8
        The vocabulary as UTF-8 lines; line 1 is number 1, and 0 is any other string.
    written, lowered : ndarray of shape (n_strings + 1, 5)
        Weights that a token brings as it is written and as it is in lower case, to the tokens two before
        it, one before it … two after it: column ``c`` goes to the token at ``position + 2 - c``.
    string_flags : ndarray of uint8
        Flags of each string (`PAIR_FIRST` …).
    kinds : ndarray of shape (4, 5)
        The same for ``DIGIT | TITLE``.
    padding : ndarray of shape (5,)
        The same for the places before and after a text.
    pairs, pair_weights, pair_goes_on
        Pairs in lower case; weights have shape (2 * n, 4): rows ``n…`` for pairs with a capital.
    triples, triple_weights
        The same, by the pair's row and the third string.
    cased_pairs, cased_pair_weights, cased_triples, cased_triple_weights
        Pairs and triples with a capital, as written.
    title_pair, title_triple : ndarray of shape (4,), (3,)
        Added where all have a capital.
    edges : ndarray of shape (5,)
        What differs for the first, second, last but one and last token of a text, and for the only one.
    base : float
        What every token has.
    transitions : ndarray of shape (2, 2)
        From begins/inside to begins/inside.
    respelt : ndarray of uint8
        Respelling rules as lines: characters, an empty line, tokens.
    """

    strings: npt.NDArray[np.uint8]
    written: FloatArray
    lowered: FloatArray
    string_flags: npt.NDArray[np.uint8]
    kinds: FloatArray
    padding: FloatArray
    pair_index: tuple[npt.NDArray[Any], ...]
    pair_weights: FloatArray
    pair_goes_on: npt.NDArray[np.bool_]
    triple_index: tuple[npt.NDArray[Any], ...]
    triple_weights: FloatArray
    cased_pair_index: tuple[npt.NDArray[Any], ...]
    cased_pair_weights: FloatArray
    cased_triple_index: tuple[npt.NDArray[Any], ...]
    cased_triple_weights: FloatArray
    title_pair: FloatArray
    title_triple: FloatArray
    edges: FloatArray
    base: FloatArray
    transitions: FloatArray
    respelt: npt.NDArray[np.uint8]


def compile_model(model: CrfModel) -> CompiledModel:
    """Return `model` as arrays.

    Raises
    ------
    UnknownModelError
        If it is larger than the arrays are made for.
    """
    return _Compiler(model).compile()


class _Compiler:
    def __init__(self, model: CrfModel) -> None:
        self._model = model
        inside = model.labels.index("I-W")
        self._weight = {name: pair[inside] - pair[1 - inside] for name, pair in model.weights.items()}
        self._ids: dict[str, int] = {}
        self._templates: Mapping[int, list[Template]] = {
            width: [template for template in model.templates if template.width == width] for width in (1, 2, 3)
        }

    def compile(self) -> CompiledModel:
        values: dict[int, dict[tuple[str, ...], list[tuple[Template, float]]]] = {1: {}, 2: {}, 3: {}}
        by_name = {template.name: template for template in self._model.templates}
        for name, weight in self._weight.items():
            template_name, _, value = name.partition("=")
            template = by_name.get(template_name)
            parts = tuple(value.split(" "))
            if template is None or template.function not in (None, "lower") or len(parts) != template.width:
                continue
            if all(parts) and not any(any(map(str.isspace, part)) for part in parts):
                values[template.width].setdefault(parts, []).append((template, weight))
        words: dict[int, set[tuple[str, ...]]] = {1: set(), 2: set(), 3: set()}
        for word in self._model.dictionary:
            parts = tuple(word.split(" "))
            if len(parts) <= 3 and all(parts) and word == word.lower():
                words[len(parts)].add(parts)

        used = {part for width in values for parts in values[width] for part in parts}
        used |= {part for width in words for parts in words[width] for part in parts}
        used = {part for part in used if len(part.split()) == 1}
        self._ids = {string: number for number, string in enumerate(sorted(used), 1)}
        if len(self._ids) >= 1 << 16:
            raise UnknownModelError("more strings than 16 bits can number")

        written, lowered = self._single(values[1], words[1])
        pairs = self._joint(
            2,
            values[2],
            words[2],
            extra={parts[:2] for parts in words[3]} | {parts[:2] for parts in values[3] if _is_lower(parts)},
        )
        pair_rows = {parts: row for row, parts in enumerate(pairs.lower, 1)}
        pair_keys = np.array([self._key(parts) for parts in pairs.lower], np.uint32)
        triples = self._joint(3, values[3], words[3], extra=set())
        triple_keys = np.array(
            [(pair_rows[parts[:2]] << 16) | self._ids[parts[2]] for parts in triples.lower], np.uint64
        )
        goes_on = np.zeros(2 * (len(pairs.lower) + 1), np.bool_)
        goes_on[[pair_rows[parts[:2]] for parts in triples.lower]] = True
        goes_on[len(pairs.lower) + 1 :] = goes_on[: len(pairs.lower) + 1]
        flags = np.zeros(len(self._ids) + 1, np.uint8)
        for parts in pairs.cased:
            for part, flag in zip(parts, (PAIR_FIRST, PAIR_SECOND), strict=True):
                flags[self._ids[part]] |= flag
        for parts in triples.cased:
            for part, flag in zip(parts, (TRIPLE_FIRST, TRIPLE_SECOND, TRIPLE_THIRD), strict=True):
                flags[self._ids[part]] |= flag
        inside = self._model.labels.index("I-W")
        order = [1 - inside, inside]
        return CompiledModel(
            strings=_lines(sorted(used)),
            written=written,
            lowered=lowered,
            string_flags=flags,
            kinds=self._kinds(),
            padding=self._padding(),
            pair_index=build_index(pair_keys),
            pair_weights=pairs.weights,
            pair_goes_on=goes_on,
            triple_index=build_index(triple_keys),
            triple_weights=triples.weights,
            cased_pair_index=build_index(np.array([self._key(p) for p in pairs.cased], np.uint32)),
            cased_pair_weights=pairs.cased_weights,
            cased_triple_index=build_index(np.array([self._key(p) for p in triples.cased], np.uint64)),
            cased_triple_weights=triples.cased_weights,
            title_pair=self._title(2),
            title_triple=self._title(3),
            edges=self._edges(),
            base=np.array([self._base(self._model.templates)]),
            transitions=np.array(self._model.transitions)[np.ix_(order, order)],
            respelt=_lines(
                [
                    *(f"{a} {b}" for a, b in self._model.characters.items()),
                    "",
                    *(f"{a} {b}" for a, b in self._model.tokens.items()),
                ]
            ),
        )

    def _of(self, template: Template, value: str) -> float:
        return self._weight.get(f"{template.name}={value}", 0.0)

    def _key(self, parts: tuple[str, ...]) -> int:
        key = 0
        for part in parts:
            key = key << 16 | self._ids[part]
        return key

    def _single(
        self, values: dict[tuple[str, ...], list[tuple[Template, float]]], words: set[tuple[str, ...]]
    ) -> tuple[FloatArray, FloatArray]:
        written, lowered = np.zeros((2, len(self._ids) + 1, 5))
        for (string,), weights in values.items():
            for template, weight in weights:
                if string in self._ids:
                    target = lowered if template.function == "lower" else written
                    target[self._ids[string], template.first + 2] += weight
        in_dictionary = np.zeros(len(self._ids) + 1, np.bool_)
        in_dictionary[[self._ids[word] for (word,) in words if word in self._ids]] = True
        for template in self._templates[1]:
            if template.function == "is_in_dict":
                column = np.where(in_dictionary, self._of(template, "True"), self._of(template, "False"))
                lowered[:, template.first + 2] += column
        return written, lowered

    def _kinds(self) -> FloatArray:
        kinds = np.zeros((4, 5))
        for template in self._templates[1]:
            for function, flag in (("istitle", TITLE), ("isdigit", DIGIT)):
                if template.function == function:
                    for kind in range(4):
                        kinds[kind, template.first + 2] += self._of(template, str(bool(kind & flag)))
        return kinds

    def _padding(self) -> FloatArray:
        padding = np.zeros(5)
        for template in self._templates[1]:
            if template.first:
                padding[template.first + 2] += self._of(template, "BOS" if template.first < 0 else "EOS")
        return padding

    def _base(self, templates: Iterable[Template]) -> float:
        """Return what pairs and triples add that are neither in the dictionary nor all capitalised."""
        return sum(
            self._of(template, "False")
            for template in templates
            if template.width > 1 and template.function not in (None, "lower")
        )

    def _title(self, width: int) -> FloatArray:
        weights = np.zeros(6 - width)
        for template in self._templates[width]:
            if template.function == "istitle":
                weights[template.first + 2] += self._of(template, "True") - self._of(template, "False")
        return weights

    def _edges(self) -> FloatArray:
        """Return corrections at the edges: first, second, last but one, last, only token of a text."""
        edges = np.zeros(5)
        joint = [template for template in self._model.templates if template.width > 1]
        for place, (before, after) in enumerate(((0, 9), (1, 9), (9, 1), (9, 0), (0, 0))):
            for template in joint:
                if before + template.first < 0:
                    edges[place] += self._of(template, "BOS") - self._base([template])
                elif template.last > after:
                    edges[place] += self._of(template, "EOS") - self._base([template])
        # The corrections add up, but a triple around a lone token is judged at its beginning only.
        edges[4] -= edges[0] + edges[3]
        return edges

    def _joint(
        self,
        width: int,
        values: dict[tuple[str, ...], list[tuple[Template, float]]],
        words: set[tuple[str, ...]],
        extra: set[tuple[str, ...]],
    ) -> _Joint:
        known = {p for p in set(values) | words | extra if all(part in self._ids for part in p)}
        lower = sorted(parts for parts in known if _is_lower(parts))
        cased = sorted(parts for parts in known if not _is_lower(parts))
        n, columns = len(lower) + 1, 6 - width
        weights = np.zeros((2 * n, columns))
        cased_weights = np.zeros((len(cased) + 1, columns))
        in_dictionary = np.zeros(columns)
        for template in self._templates[width]:
            if template.function == "is_in_dict":
                in_dictionary[template.first + 2] += self._of(template, "True") - self._of(template, "False")
        for row, parts in enumerate(lower, 1):
            for template, weight in values.get(parts, ()):
                weights[row, template.first + 2] += weight
                if template.function == "lower":
                    weights[n + row, template.first + 2] += weight
            if parts in words:
                weights[[row, n + row]] += in_dictionary
        for row, parts in enumerate(cased, 1):
            for template, weight in values[parts]:
                if template.function is None:
                    cased_weights[row, template.first + 2] += weight
        return _Joint(lower, cased, weights, cased_weights)


class _Joint(NamedTuple):
    lower: list[tuple[str, ...]]
    cased: list[tuple[str, ...]]
    weights: FloatArray
    cased_weights: FloatArray


def _is_lower(parts: tuple[str, ...]) -> bool:
    return all(part == part.lower() for part in parts)


def _lines(strings: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(strings).encode(), np.uint8)
