"""Corrections come back: what a person changed in an export joins the labelled texts that a model learned from."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.corpus import LabelledText, check_names, labelled
from toolkit.errors import CorpusError, DecodingError
from toolkit.labels import meant
from toolkit.rows import TEXT_COLUMN, Form, Row, read_rows
from toolkit.text import normalize

_EXPORT = Form(beside=("review", "paragraph"))
"""What ``label --format csv``, ``xlsx`` and ``parquet`` write."""
_LISTED = 5  # faults in one message


@dataclass(frozen=True, slots=True)
class Merged:
    """Labelled texts after corrections, and what these did.

    Attributes
    ----------
    rows : tuple of LabelledText
    n_corrected, n_unchanged, n_new : int
        Texts of the corrections that changed the labels of a row, that every row agreed with, and that no row had.
    """

    rows: tuple[LabelledText, ...]
    n_corrected: int
    n_unchanged: int
    n_new: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """Labelled texts without those that repeat another.

    Attributes
    ----------
    rows : tuple of LabelledText
    n_repeated : int
        How many were left out, since an earlier one has their text and labels.
    contradictions : tuple of (LabelledText, LabelledText)
        Pairs with one text and different labels; both are kept, in one group.
    """

    rows: tuple[LabelledText, ...]
    n_repeated: int
    contradictions: tuple[tuple[LabelledText, LabelledText], ...]


def read_corrections(
    path: str | os.PathLike[str],
    rows: Sequence[LabelledText],
    *,
    new_labels: bool = False,
    text_column: str = TEXT_COLUMN,
    label_column: str | None = None,
) -> list[LabelledText]:
    """Return the corrected or further texts in a file, labelled in the way that `rows` are.

    The file is an export (``label --format csv``, ``xlsx`` or ``parquet``), or has the columns that are named; its
    encoding is recognised. Where each of `rows` has exactly one label, so has each correction. Texts that a file has
    twice come back once.

    Parameters
    ----------
    new_labels : bool
        Whether a label that none of `rows` carries is a new one rather than a slip.

    Raises
    ------
    CorpusError
        If a row has no text, or labels that `rows` do not allow, or other labels than an earlier row of the file
        gives the same text, with its place.
    """
    single = all(row.single for row in rows)
    known = dict.fromkeys(label for row in rows for label in row.labels)
    forms = (_EXPORT, Form(text_column, label_column), Form())
    try:
        read = list(_paragraphs(read_rows(path, forms)))
    except DecodingError as error:
        raise CorpusError(f"{path}: is in no encoding that is recognised; save it as CSV UTF-8 or XLSX") from error
    found: dict[str, LabelledText] = {}
    unknown: dict[str, str] = {}
    for row in read:
        labels = _reading(row, known, single=single)
        for label in labels:
            if label not in known:
                unknown.setdefault(label, row.place)
        correction = labelled(row, labels, single=single)
        first = found.setdefault(normalize(row.text), correction)
        if set(first.labels) != set(labels):
            raise CorpusError(
                f"{correction.id}: expected one answer for a text, found {_listed(labels)}, and in {first.id} "
                f"{_listed(first.labels)}; write the same in both"
            )
    if unknown and not new_labels:
        faults = [
            f"{place}: {label!r}{f' ({remedy})' if (remedy := meant(label, known)) else ''}"
            for label, place in list(unknown.items())[:_LISTED]
        ]
        more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
        raise CorpusError(
            f"{'; '.join(faults)}{more}: expected labels that the data has ({', '.join(known)}); "
            "correct them, or take them as new ones with --new-labels"
        )
    corrections = list(found.values())
    check_names([*rows, *corrections])
    return corrections


def merge(rows: Sequence[LabelledText], corrections: Iterable[LabelledText]) -> Merged:
    """Return `rows` with the labels of `corrections` wherever they have the same text, and the others after them."""
    latest = {normalize(row.text): row for row in corrections}
    outcome = dict.fromkeys(latest, "new")
    merged = []
    for row in rows:
        text = normalize(row.text)
        if (correction := latest.get(text)) is not None:
            if set(row.labels) != set(correction.labels):
                outcome[text] = "corrected"
            elif outcome[text] == "new":
                outcome[text] = "unchanged"
            row = replace(row, labels=correction.labels, single=correction.single, doubtful=correction.doubtful)
        merged.append(row)
    merged += [row for text, row in latest.items() if outcome[text] == "new"]
    counts = list(outcome.values())
    return Merged(tuple(merged), *(counts.count(kind) for kind in ("corrected", "unchanged", "new")))


def distinct(rows: Iterable[LabelledText]) -> Distinct:
    """Return `rows` without those that repeat the text and the labels of another."""
    seen: dict[str, list[LabelledText]] = {}
    kept: list[LabelledText] = []
    contradictions = []
    n_repeated = 0
    for row in rows:
        same = seen.setdefault(normalize(row.text).strip(), [])
        if any(set(row.labels) == set(other.labels) for other in same):
            n_repeated += 1
            continue
        if same:
            row = replace(row, group=same[0].group)
            contradictions.append((same[0], row))
        same.append(row)
        kept.append(row)
    return Distinct(tuple(kept), n_repeated, tuple(contradictions))


def _reading(row: Row, known: Collection[str], *, single: bool) -> tuple[str, ...]:
    """Return the labels of `row`: the first reading of which the data has every label, else the likeliest.

    Raises
    ------
    CorpusError
        If the data has one label a text and the row has not.
    """
    readings = row.readings()
    fitting = [labels for labels in readings if len(labels) == 1 or not single]
    for labels in fitting:
        if all(label in known for label in labels):
            return labels
    if single and len(readings[0]) != 1:
        raise CorpusError(
            f"{row.place}: expected one label, as each text of the data has, found {_listed(readings[0])}; "
            "write one, or delete the row"
        )
    return readings[0]


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(map(repr, labels)) or "none"


def _paragraphs(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows but for what an export of `digest` lists of blocks that are no paragraphs.

    A text that was too long for a cell of a sheet is joined with its rest in the rows below it.
    """
    last: Row | None = None
    for row in rows:
        column, paragraph = row.beside("paragraph")
        goes_on = row.cell is None and column is not None and paragraph is None and not row.beside("dropped")[1]
        if last is not None and goes_on:
            last = replace(last, text=last.text + row.text)
            continue
        if last is not None and not _is_dropped(last):
            yield last
        last = row
    if last is not None and not _is_dropped(last):
        yield last


def _is_dropped(row: Row) -> bool:
    return _EXPORT.columns(row.record) is not None and bool(row.beside("dropped")[1])
