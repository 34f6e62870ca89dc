"""What a classifier is to learn, brought into one form: which text carries which label, how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import CorpusError

FloatArray = npt.NDArray[np.float64]
Labels = Sequence[str] | Sequence[int] | Sequence[Sequence[str]] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Targets:
    """Which text carries which label.

    Attributes
    ----------
    labels : tuple of str
    classes : ndarray of shape (n_labels,)
        The labels as the data calls them: strings, or numbers.
    carried : ndarray of bool, of shape (n_texts, n_labels)
    kind : {"single", "tuples", "indicator"}
        How the data says it.
    """

    labels: tuple[str, ...]
    classes: npt.NDArray[Any] = field(hash=False)
    carried: npt.NDArray[np.bool_] = field(hash=False)
    kind: Literal["single", "tuples", "indicator"]


def encode(y: Labels, order: Sequence[Any] | None = None) -> Targets:
    """Return the labels in `y`: one a text, or an indicator matrix, or a tuple of strings a text.

    Parameters
    ----------
    order : sequence
        The labels in the order wanted, or the names of the indicator's columns; sorted where not given.

    Raises
    ------
    CorpusError
        If `y` is none of these, or has other labels than `order`.
    """
    if y is None:
        raise CorpusError("training requires y to be passed, but the target y is None; give each text its labels")
    for name, value in (("y", y), ("labels", order)):
        if isinstance(value, str):
            raise TypeError(f"expected a sequence for {name}, got one string; put it into a list")
    if order is not None and len(set(order)) < len(order):
        raise CorpusError(f"a label stands twice in {list(order)}; name each once")
    if sparse.issparse(y):
        y = y.toarray()  # type: ignore[union-attr]
    elif hasattr(y, "__array__"):  # of NumPy, or a column or table of pandas
        y = np.asarray(y)
    if isinstance(y, np.ndarray) and y.ndim == 2:
        return _indicator(y, order)
    rows = list(y)
    kinds = {_kind(row) for row in rows}
    if len(kinds) > 1:
        raise CorpusError(f"y mixes {' and '.join(sorted(kinds))}; give one kind")
    if kinds != {_TUPLES}:
        return _named([(row,) for row in rows], order, "single")
    tuples = [tuple(row) for row in rows]
    if all(isinstance(label, str) for labels in tuples for label in labels):
        return _named(tuples, order, "tuples")
    if len({len(row) for row in tuples}) > 1:
        raise CorpusError("y has lists of something else than strings; give label strings, or 0 and 1 for every label")
    return _indicator(np.array(tuples, dtype=object), order)


def check_weights(sample_weight: Sequence[float] | None, n_texts: int) -> FloatArray:
    """Return what each text weighs, 1 where nothing is said.

    Raises
    ------
    CorpusError
        If there is not one number a text, finite and not negative, and some number above 0.
    """
    if sample_weight is None:
        return np.ones(n_texts)
    try:
        weights = np.asarray(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CorpusError(f"sample_weight: expected numbers ({error}); give one a text") from error
    if weights.shape != (n_texts,):
        raise CorpusError(f"{n_texts} texts, but sample_weight of shape {weights.shape}; give one number a text")
    if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise CorpusError("sample_weight: expected finite numbers from 0 on, not all of them 0; mend them")
    return weights


def check_groups(groups: Sequence[Any] | None, n_texts: int) -> npt.NDArray[np.int64] | None:
    """Return the number of each text's group, None where there are no groups.

    Raises
    ------
    CorpusError
        If there is not one name a text, all of one type.
    """
    if groups is None:
        return None
    names = list(groups)
    if len(names) != n_texts:
        raise CorpusError(f"{n_texts} texts, but groups for {len(names)}; give each text its group")
    for number, name in enumerate(names):
        if name is None or name != name:
            raise CorpusError(f"text {number} has no group (found {name}); give each text one")
    try:
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    except TypeError as error:
        raise CorpusError(f"groups cannot be told apart ({error}); give strings or numbers") from error
    return np.array([numbers[name] for name in names])


_STRINGS, _NUMBERS, _TUPLES = "single labels", "numbers", "tuples of labels"


def _kind(row: object) -> str:
    if isinstance(row, str):
        return _STRINGS
    if isinstance(row, (Real, np.bool_)):
        if not float(row).is_integer():
            raise CorpusError(f"y holds {row}, a number that names no class; give strings or whole numbers")
        return _NUMBERS
    if isinstance(row, Iterable):
        return _TUPLES
    raise CorpusError(f"y holds {row!r}, neither a label nor a tuple of labels; give each text its labels")


def _indicator(matrix: npt.NDArray[Any], order: Sequence[Any] | None) -> Targets:
    if matrix.ndim != 2 or matrix.dtype.kind in "US" or not np.isin(matrix, (0, 1)).all():
        if matrix.ndim == 2 and matrix.shape[1] == 1:
            raise CorpusError("y is a column, which holds 0 and 1 only; for one label a text give y.ravel()")
        raise CorpusError("an indicator matrix holds 0 and 1 only; give label tuples or strings otherwise")
    classes = np.arange(matrix.shape[1]) if order is None else np.array(order)
    if len(classes) != matrix.shape[1]:
        raise CorpusError(f"{matrix.shape[1]} columns, but {len(classes)} label names")
    return Targets(tuple(map(str, classes.tolist())), classes, matrix.astype(bool), "indicator")


def _named(rows: Sequence[tuple[Any, ...]], order: Sequence[Any] | None, kind: Literal["single", "tuples"]) -> Targets:
    found = {label for labels in rows for label in labels}
    names = sorted(found) if order is None else list(order)
    other = sorted(found - set(names))
    if other:
        raise CorpusError(f"labels {other} are not among {names}")
    if not names:
        raise CorpusError("no text carries any label; there is nothing to learn")
    column = {label: k for k, label in enumerate(names)}
    carried = np.zeros((len(rows), len(names)), dtype=bool)
    for number, labels in enumerate(rows):
        carried[number, [column[label] for label in labels]] = True
    return Targets(tuple(map(str, names)), np.array(names), carried, kind)
