"""How good a digest is: ROUGE over Vietnamese syllables, intervals, and whether two systems differ."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from toolkit.text import syllables

FloatArray = NDArray[np.float64]
Mode = Literal["unicode", "ascii"]
Kind = Literal["rouge1", "rouge2", "rougeL", "rougeLsum"]
Reduce = Literal["mean", "best"]

KINDS: tuple[Kind, ...] = ("rouge1", "rouge2", "rougeL")
_ASCII_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """One ROUGE score: precision, recall and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean difference of two systems on the same texts, and how likely chance alone gives one as large."""

    difference: float
    p_value: float


def tokens(text: str, mode: Mode = "unicode") -> list[str]:
    """Return the lower-cased tokens that ROUGE counts.

    ``unicode`` takes every syllable (``\\w+`` in NFC). ``ascii`` is what `rouge_score` does by default and
    most Vietnamese papers report: every accented letter is dropped and splits the word.

    Raises
    ------
    ValueError
        If there is no such mode.
    """
    _check("mode", mode, get_args(Mode))
    if mode == "ascii":
        return _ASCII_WORD.findall(text.lower())
    return syllables(unicodedata.normalize("NFC", text).lower())


def rouge(candidate: str, reference: str, kinds: Sequence[Kind] = KINDS, mode: Mode = "unicode") -> dict[Kind, Rouge]:
    """Return ROUGE of `candidate` against one reference, without stemming.

    ``rougeLsum`` takes each line of the text as a sentence, as `rouge_score` does.

    Raises
    ------
    ValueError
        If a kind is unknown.

    References
    ----------
    Lin (2004), "ROUGE: A Package for Automatic Evaluation of Summaries".
    """
    _several("kinds", kinds)
    for kind in kinds:
        _check("kind", kind, get_args(Kind))
    ours, theirs = tokens(candidate, mode), tokens(reference, mode)
    result: dict[Kind, Rouge] = {}
    for kind in kinds:
        if kind == "rougeL":
            result[kind] = _score(longest_common_subsequence(theirs, ours), len(ours), len(theirs))
        elif kind == "rougeLsum":
            result[kind] = _summary_level(_lines(candidate, mode), _lines(reference, mode))
        else:
            result[kind] = _ngrams(ours, theirs, 1 if kind == "rouge1" else 2)
    return result


def rouge_references(
    candidate: str,
    references: Sequence[str],
    kinds: Sequence[Kind] = KINDS,
    mode: Mode = "unicode",
    reduce: Reduce = "mean",
) -> dict[Kind, Rouge]:
    """Return ROUGE against several references: their mean, or for each kind the one with the best F1.

    Raises
    ------
    ValueError
        If there is no reference, or no such way to reduce.
    """
    _check("reduce", reduce, get_args(Reduce))
    _several("references", references)
    if not references:
        raise ValueError("ROUGE needs at least one reference, got none")
    scores = [rouge(candidate, reference, kinds, mode) for reference in references]
    if reduce == "best":
        return {kind: max((one[kind] for one in scores), key=lambda score: score.f1) for kind in kinds}
    return {
        kind: Rouge(*(float(np.mean([getattr(one[kind], part) for one in scores])) for part in Rouge.__slots__))
        for kind in kinds
    }


def longest_common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, exactly.

    References
    ----------
    Hyyrö (2004), "Bit-Parallel LCS-length Computation Revisited": a row of the table is one big integer.
    """
    places: dict[str, int] = {}
    for place, token in enumerate(first):
        places[token] = places.get(token, 0) | 1 << place
    every = (1 << len(first)) - 1
    row = every
    for token in second:
        matches = row & places.get(token, 0)
        row = ((row + matches) | (row - matches)) & every
    return len(first) - row.bit_count()


def bootstrap_interval(
    values: Sequence[float] | FloatArray, level: float = 0.95, n_resamples: int = 2000, random_state: int = 0
) -> Interval:
    """Return the mean of `values` with its percentile bootstrap interval.

    Raises
    ------
    ValueError
        If there are no values, or some are NaN or infinite.

    References
    ----------
    Efron (1979), "Bootstrap Methods: Another Look at the Jackknife".
    """
    sample = _finite(values)
    if sample.size == 0:
        raise ValueError("an interval needs at least one value, got none")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    draw = np.random.default_rng(random_state)
    n = sample.size
    means = np.array([sample[draw.integers(0, n, n)].mean() for _ in range(n_resamples)])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(sample.mean()), float(low), float(high))


def compare(
    first: Sequence[float] | FloatArray,
    second: Sequence[float] | FloatArray,
    n_resamples: int = 10_000,
    random_state: int = 0,
) -> Comparison:
    """Return the mean difference first - second with its p-value by paired approximate randomisation.

    `first[i]` and `second[i]` score the same text. The p-value is two-sided and never 0.

    Raises
    ------
    ValueError
        If there are no scores, or not equally many, or some are NaN or infinite.

    References
    ----------
    Noreen (1989), "Computer-Intensive Methods for Testing Hypotheses".
    """
    a, b = _finite(first), _finite(second)
    if a.shape != b.shape or a.size == 0:
        raise ValueError(f"need two equally long, non-empty lists of scores, got {a.size} and {b.size}")
    delta = a - b
    observed = abs(delta.sum())
    draw = np.random.default_rng(random_state)
    extreme = 0
    for _ in range(n_resamples):
        signs = draw.integers(0, 2, delta.size) * 2 - 1
        # The slack keeps sums that differ by rounding alone equal.
        extreme += bool(abs(float(signs @ delta)) >= observed - 1e-12)
    return Comparison(float(delta.mean()), (extreme + 1) / (n_resamples + 1))


def _check(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}; got {value!r}")


def _several(name: str, values: Sequence[str]) -> None:
    if isinstance(values, str):
        raise TypeError(f"expected a sequence of {name}, got one string; put it into a list")


def _finite(values: Sequence[float] | FloatArray) -> FloatArray:
    scores = np.asarray(values, dtype=float)
    if not np.isfinite(scores).all():
        raise ValueError(f"scores must be finite numbers, got {scores[~np.isfinite(scores)][0]}")
    return scores


def _score(overlap: float, n_candidate: int, n_reference: int) -> Rouge:
    precision = overlap / max(n_candidate, 1)
    recall = overlap / max(n_reference, 1)
    both = precision + recall
    return Rouge(precision, recall, 2 * precision * recall / both if both > 0 else 0.0)


def _ngrams(candidate: list[str], reference: list[str], n: int) -> Rouge:
    def cut(words: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(zip(*(words[start:] for start in range(n)), strict=False))

    ours, theirs = cut(candidate), cut(reference)
    overlap = sum(min(count, ours[gram]) for gram, count in theirs.items())
    return _score(overlap, sum(ours.values()), sum(theirs.values()))


def _lines(text: str, mode: Mode) -> list[list[str]]:
    return [words for line in text.split("\n") if (words := tokens(line, mode))]


def _summary_level(candidate: list[list[str]], reference: list[list[str]]) -> Rouge:
    """Return ROUGE-Lsum: per reference sentence the union of its LCS with each candidate sentence."""
    n_candidate, n_reference = sum(map(len, candidate)), sum(map(len, reference))
    left_ours = Counter(word for line in candidate for word in line)
    left_theirs = Counter(word for line in reference for word in line)
    hits = 0
    for line in reference:
        union = sorted(set().union(*(_matched(line, other) for other in candidate)))
        for word in (line[place] for place in union):
            # Every token counts once on either side.
            if left_ours[word] > 0 and left_theirs[word] > 0:
                hits += 1
                left_ours[word] -= 1
                left_theirs[word] -= 1
    return _score(hits, n_candidate, n_reference)


def _matched(reference: list[str], candidate: list[str]) -> set[int]:
    """Return the places in `reference` of one LCS, ties broken as `rouge_score` breaks them."""
    rows, columns = len(reference), len(candidate)
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i, word in enumerate(reference, 1):
        above, row = table[i - 1], table[i]
        for j, other in enumerate(candidate, 1):
            row[j] = above[j - 1] + 1 if word == other else max(above[j], row[j - 1])
    places: set[int] = set()
    i, j = rows, columns
    while i and j:
        if reference[i - 1] == candidate[j - 1]:
            places.add(i - 1)
            i, j = i - 1, j - 1
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return places
