"""Labelled data: the corpus written for this project, label references to real text, anyone's own files."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from toolkit.errors import CorpusError, InputNotFoundError, ToolkitError
from toolkit.io.jsonl import json_records
from toolkit.io.table import CsvReader, csv_records
from toolkit.text import count_syllables, normalize

LABELS = ("trade", "fdi", "oda", "directives")
"""The labels of ``corpus/`` in their order; the classifier itself learns whatever labels the data has."""

TEXT_COLUMN, LABEL_COLUMNS = "text", ("labels", "label")
_SEPARATOR = re.compile(r"[,;|]")
_SHORTEST, _LONGEST = 10, 320  # syllables of a written paragraph
_NEAR = 0.5  # word 5-gram Jaccard similarity from which two paragraphs count as one
_SHINGLE = 5
_FORMULA = frozenset("=+-@")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with its labels, and where it came from.

    Attributes
    ----------
    labels : tuple of str
        As the data has them; empty for none.
    single : bool
        Whether the data gives exactly one label a text (a ``label`` column).
    doubtful : bool
        Whether the annotator was unsure.
    group : str
        Texts of one article share it; cross-validation keeps them together.
    """

    text: str
    labels: tuple[str, ...]
    id: str
    single: bool = False
    doubtful: bool = False
    group: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class TaughtText:
    """A text that nobody labelled, with the probability of each label that a teacher model gave it.

    Labels it leaves out are as good as impossible.
    """

    text: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Joined:
    """References joined to their texts, and those whose text was not at hand (``source document location``).

    Attributes
    ----------
    texts : tuple of LabelledText
    taught : tuple of TaughtText
        What a teacher model said of texts that nobody labelled (``taught.jsonl.gz``).
    missing : tuple of str
    """

    texts: tuple[LabelledText, ...]
    taught: tuple[TaughtText, ...]
    missing: tuple[str, ...]


def read_labelled(
    path: str | os.PathLike[str],
    *,
    text_column: str = TEXT_COLUMN,
    label_column: str | None = None,
    encoding: str | None = None,
) -> list[LabelledText]:
    """Return the labelled texts of a JSONL or CSV/TSV file (gzipped or not).

    A ``label`` column holds one label; ``labels`` holds a list (JSON), or labels separated by ``,``, ``;`` or ``|``.

    Raises
    ------
    CorpusError
        If a row lacks text or labels, with its place; if there are no rows.
    """
    source = Path(path)
    if not source.exists():
        raise InputNotFoundError(f"{source}: expected a file with labelled texts, found nothing; check the path")
    rows: list[LabelledText] = []
    for place, record in _records(source, encoding):
        column = label_column or next((name for name in LABEL_COLUMNS if name in record), None)
        if text_column not in record or column is None or column not in record:
            wanted = label_column or " or ".join(map(repr, LABEL_COLUMNS))
            raise CorpusError(
                f"{place}: expected columns {text_column!r} and {wanted}, found {', '.join(map(repr, record))}"
            )
        text, value = record[text_column], record[column]
        if not isinstance(text, str) or not text.strip():
            raise CorpusError(f"{place}: expected text in {text_column!r}, found {text!r}")
        if text[0] == "'" and text[1:2] in _FORMULA:  # made harmless for a spreadsheet when it was exported
            text = text[1:]
        labels, single = _labels(value, column, place)
        metadata = {k: v for k, v in record.items() if k not in (text_column, column)}
        group = f"{record.get('source', '')}/{record['document']}" if record.get("document") else place
        rows.append(
            LabelledText(
                text, labels, str(record.get("id", place)), single, bool(record.get("doubtful")), group, metadata
            )
        )
    if not rows:
        raise CorpusError(f"{source}: expected labelled texts, found none")
    return rows


def merge(rows: Sequence[LabelledText], corrections: Sequence[LabelledText]) -> list[LabelledText]:
    """Return `rows` with `corrections` in the place of rows that have the same text, and the others after them."""
    latest = {normalize(row.text): row for row in corrections}
    kept = [latest.pop(normalize(row.text), row) for row in rows]
    return [*kept, *latest.values()]


def _labels(value: Any, column: str, place: str) -> tuple[tuple[str, ...], bool]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        if not all(isinstance(label, str) and label for label in value):
            raise CorpusError(f"{place}: expected label names in {column!r}, found {value!r}")
        return tuple(value), False
    if value is None:
        value = ""
    if not isinstance(value, (str, int)):
        raise CorpusError(f"{place}: expected a label or a list of labels in {column!r}, found {value!r}")
    if column == "label":
        if not str(value).strip():
            raise CorpusError(f"{place}: expected a label, found none; texts without labels need a 'labels' column")
        return (str(value).strip(),), True
    return tuple(part.strip() for part in _SEPARATOR.split(str(value)) if part.strip()), False


def _records(path: Path, encoding: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each record of a JSONL or CSV/TSV file with its place."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    try:
        data = gzip.decompress(path.read_bytes()) if suffixes[-1:] == [".gz"] else path.read_bytes()
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path}: cannot be read ({error})") from error
    kind = next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
    records = csv_records if kind in CsvReader.suffixes else json_records
    for place, record in records(data, str(path), encoding):
        if isinstance(record, ToolkitError):
            raise CorpusError(str(record)) from record
        yield place, record


# --- the project's corpus -----------------------------------------------------------------------------


def read_written(corpus: str | os.PathLike[str]) -> list[LabelledText]:
    """Return the paragraphs written for this project, from ``corpus/written/*.jsonl``."""
    return [text for path in sorted(Path(corpus, "written").glob("*.jsonl")) for text in read_labelled(path)]


def read_references(corpus: str | os.PathLike[str], data: str | os.PathLike[str]) -> Joined:
    """Return the references of ``corpus/references/`` joined by SHA-1 to the texts in a data folder.

    Left out are those of documents that the dev set names, and what the teacher said of texts that were labelled since.
    """
    folder = Path(corpus, "references")
    held_out = {record["document"] for _, record in _records(Path(data, "gold", "dev.jsonl"))}

    def wanted(paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
        records = (record for path in paths for _, record in _records(path))
        return {record["sha1"]: record for record in records if record["document"] not in held_out}

    labelled = wanted(sorted(folder.glob("*.jsonl")))  # a later file corrects an earlier one
    taught = {sha1: r for sha1, r in wanted(folder.glob("taught.jsonl.gz")).items() if sha1 not in labelled}
    n_wanted = len(labelled) + len(taught)
    texts: dict[str, str] = {}
    for text in data_paragraphs(data, chain(labelled.values(), taught.values())):
        sha1 = text_sha1(text)
        if sha1 in labelled or sha1 in taught:
            texts[sha1] = text
        if len(texts) == n_wanted:
            break
    return Joined(
        texts=tuple(
            LabelledText(
                texts[sha1],
                tuple(record["labels"]),
                sha1[:12],
                doubtful=bool(record.get("doubtful")),
                group=f"{record['source']}/{record['document']}",
            )
            for sha1, record in labelled.items()
            if sha1 in texts
        ),
        taught=tuple(TaughtText(texts[sha1], record["scores"]) for sha1, record in taught.items() if sha1 in texts),
        missing=tuple(
            f"{record['source']} {record['document']} {record['location']}"
            for sha1, record in labelled.items()
            if sha1 not in texts
        ),
    )


def text_sha1(text: str) -> str:
    """Return the SHA-1 by which references name a text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def data_paragraphs(data: str | os.PathLike[str], references: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the texts that references may name, of a data folder: ``gold/`` first, then ``data/``.

    Of VietNews, whose articles are lists of sentences, those stretches that `references` name by their location.
    """
    root = Path(data)
    yield from (record["text"] for _, record in _records(root / "gold" / "train.jsonl"))
    stretches: dict[str, list[list[int]]] = {}
    for reference in references:
        if reference["source"].startswith("vn_") and isinstance(reference["location"], list):
            stretches.setdefault(reference["document"], []).append(reference["location"])
    for name in ("economy-news", "vntc-train", "vietnews-train", "vietnews-val"):
        path = root / "data" / f"{name}.jsonl.gz"
        if not path.exists():
            continue
        for _, record in _records(path):
            if "paragraphs" in record:
                yield from (paragraph.strip() for paragraph in record["paragraphs"])
            elif "sentences" in record:
                for start, end in stretches.get(record["id"], ()):
                    yield " ".join(record["sentences"][start:end])
            else:
                yield from (line.strip() for line in record["text"].split("\n"))


# --- validation ---------------------------------------------------------------------------------------


def validate(corpus: str | os.PathLike[str], labels: Sequence[str] = LABELS) -> list[str]:
    """Return what is wrong with ``corpus/written``, one line a fault; empty where it is sound.

    Checks ids, labels and their order, NFC, length, and that no two paragraphs are near-duplicates
    (Jaccard similarity of word 5-grams above 0.5).
    """
    faults: list[str] = []
    rows = read_written(corpus)
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            faults.append(f"{row.id}: expected an id of its own, found it twice")
        seen.add(row.id)
        unknown = [label for label in row.labels if label not in labels]
        if unknown:
            faults.append(f"{row.id}: expected labels among {', '.join(labels)}, found {', '.join(unknown)}")
        elif list(row.labels) != sorted(set(row.labels), key=list(labels).index):
            faults.append(f"{row.id}: expected each label once, in the order {', '.join(labels)}")
        if "\n" in row.text or row.text != row.text.strip() or row.text != unicodedata.normalize("NFC", row.text):
            faults.append(f"{row.id}: expected one line of NFC text without white space around it")
        length = count_syllables(row.text)
        if not _SHORTEST <= length <= _LONGEST:
            faults.append(f"{row.id}: expected {_SHORTEST} to {_LONGEST} syllables, found {length}")
    faults += [f"{a} and {b}: expected different texts, found word 5-gram Jaccard {s:.2f}" for a, b, s in _near(rows)]
    return faults


def _near(rows: Sequence[LabelledText]) -> Iterator[tuple[str, str, float]]:
    """Yield pairs of rows that are near-duplicates, found through the shingles they share."""
    shingles = []
    holders: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        words = normalize(row.text).casefold().split()
        own = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
        shared: dict[int, int] = {}
        for shingle in own:
            for other in holders.setdefault(shingle, []):
                shared[other] = shared.get(other, 0) + 1
            holders[shingle].append(number)
        shingles.append(own)
        for other, common in shared.items():
            similarity = common / (len(own) + len(shingles[other]) - common)
            if similarity > _NEAR:
                yield rows[other].id, row.id, similarity
