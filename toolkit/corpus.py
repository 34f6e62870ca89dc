"""Labelled data: the corpus written for this project, label references to real text, anyone's own files."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeGuard

from toolkit.errors import CorpusError
from toolkit.labels import join_labels, parts_of
from toolkit.rows import LABELS as LABELS_COLUMN
from toolkit.rows import TEXT_COLUMN, Form, Row, read_records, read_rows
from toolkit.text import count_syllables, normalize, syllables

LABELS = ("trade", "fdi", "oda", "directives")
"""The labels of ``corpus/`` in their order; the classifier itself learns whatever labels the data has."""

_SHORTEST, _LONGEST = 10, 320  # syllables of a written paragraph
_NEAR = 0.5  # word 5-gram Jaccard similarity from which two paragraphs count as one
_SHINGLE = 5


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with its labels, and where it came from.

    Attributes
    ----------
    labels : tuple of str
        Each once, in the order of the data; empty for none.
    single : bool
        Whether the data gives exactly one label a text.
    doubtful : bool
        Whether the annotator was unsure.
    group : str
        Texts of one article share it; cross-validation keeps them together.
    sample_weight : float
        How much it counts in training; a doubtful one counts half of that.
    """

    text: str
    labels: tuple[str, ...]
    id: str
    single: bool = False
    doubtful: bool = False
    group: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    sample_weight: float = 1.0


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
    """Return the labelled texts of a JSONL, CSV/TSV (gzipped or not), XLSX or Parquet file.

    A ``label`` column holds one label; ``labels`` holds a list (JSON), or labels separated by ``;``. A column of
    another name, `label_column`, is read like ``labels``; where each of its rows has one label, every text has one.

    Raises
    ------
    CorpusError
        If a row lacks text or labels, with its place; if two labels differ in capitals alone, or one is several with
        a wrong separator; if there are no rows.
    """
    rows = list(read_rows(path, [Form(text_column, label_column)], encoding))
    if not rows:
        raise CorpusError(f"{path}: expected labelled texts, found none; give at least one row")
    read = [row.readings()[0] for row in rows]
    named = not any(row.column == LABELS_COLUMN or row.is_list for row in rows)
    single = named and all(len(labels) == 1 for labels in read)
    texts = [labelled(row, labels, single=single or row.one_label) for row, labels in zip(rows, read, strict=True)]
    check_names(texts)
    known = frozenset(label for labels in read for label in labels)
    for row, labels in zip(rows, read, strict=True):
        for label in () if row.one_label or row.is_list else labels:
            if parts := parts_of(label, known):
                raise CorpusError(
                    f"{row.place}: expected labels separated by ;, found {label!r} beside "
                    f"{' and '.join(map(repr, parts))}; write {join_labels(parts)}"
                )
    return texts


def labelled(row: Row, labels: tuple[str, ...], *, single: bool) -> LabelledText:
    """Return the text of `row` with `labels`."""
    document, source, own = (row.beside(name)[1] for name in ("document", "source", "id"))
    group = f"{source or ''}/{document}" if document else row.place
    name = "" if own is None else str(own).strip()
    return LabelledText(
        row.text, labels, name or row.place, single, row.doubtful(), group, row.metadata, row.sample_weight()
    )


def check_names(rows: Iterable[LabelledText]) -> None:
    """Make sure that no two labels differ in capitals alone.

    Raises
    ------
    CorpusError
        If two do, with the rows where they first stand.
    """
    seen: dict[str, tuple[str, str]] = {}
    for row in rows:
        for label in row.labels:
            other, place = seen.setdefault(label.casefold(), (label, row.id))
            if other != label:
                raise CorpusError(
                    f"{row.id}: expected one spelling of a label, found {label!r}, and in {place} {other!r}; "
                    "write them alike"
                )


# --- the project's corpus -----------------------------------------------------------------------------


def read_written(corpus: str | os.PathLike[str]) -> list[LabelledText]:
    """Return the paragraphs written for this project, from ``corpus/written/*.jsonl``.

    Raises
    ------
    CorpusError
        If there is no such file, or one that `read_labelled` refuses.
    """
    if not (paths := _files(corpus, "written")):
        folder = Path(corpus, "written")
        raise CorpusError(f"{folder}: expected files *.jsonl with paragraphs, found none; check the path")
    return [text for path in paths for text in read_labelled(path)]


def read_challenge(corpus: str | os.PathLike[str]) -> list[LabelledText]:
    """Return the paragraphs of ``corpus/challenge/*.jsonl``: hard cases to judge models by, not to train them on.

    Raises
    ------
    CorpusError
        If a file is one that `read_labelled` refuses.
    """
    return [text for path in _files(corpus, "challenge") for text in read_labelled(path)]


def _files(corpus: str | os.PathLike[str], part: str) -> list[Path]:
    return sorted(Path(corpus, part).glob("*.jsonl"))


def read_references(corpus: str | os.PathLike[str], data: str | os.PathLike[str]) -> Joined:
    """Return the references of ``corpus/references/`` joined by SHA-1 to the texts in a data folder.

    Left out are those of documents that the dev set names, and what the teacher said of texts that were labelled since.
    A file corrects those before it.

    Raises
    ------
    CorpusError
        If a reference lacks a part, or has other labels than one to the same text in its file, with its place.
    """
    folder = Path(corpus, "references")
    dev = read_records(Path(data, "gold", "dev.jsonl"))
    held_out = {_text_in(record, "document", place) for place, record in dev}

    def wanted(names: str, holds: Literal["labels", "scores"]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for path in sorted(folder.glob(names)):
            found |= _references(path, holds)
        return {sha1: record for sha1, record in found.items() if record["document"] not in held_out}

    labelled = wanted("*.jsonl", "labels")
    taught = {sha1: r for sha1, r in wanted("taught.jsonl.gz", "scores").items() if sha1 not in labelled}
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


def _references(path: Path, holds: Literal["labels", "scores"]) -> dict[str, dict[str, Any]]:
    """Return the references in a file, checked, by the SHA-1 of their texts."""
    found: dict[str, dict[str, Any]] = {}
    for place, record in read_records(path):
        for name in ("source", "document", "sha1"):
            _text_in(record, name, place)
        value = record.get(holds)
        if "location" not in record:
            raise CorpusError(f"{place}: expected a 'location', found none; mend the row")
        if not (_is_list_of_names if holds == "labels" else _is_table_of_scores)(value):
            raise CorpusError(f"{place}: expected {holds}, found {value!r}; mend the row")
        first = found.setdefault(record["sha1"], record)
        if first[holds] != value:
            raise CorpusError(
                f"{place}: expected one reference to a text, found {holds} {value} and, above it in the file, "
                f"{first[holds]} for {record['sha1']}; delete one"
            )
    return found


def _text_in(record: Mapping[str, Any], name: str, place: str) -> str:
    """Return a field of `record`.

    Raises
    ------
    CorpusError
        If it is no text.
    """
    if not isinstance(value := record.get(name), str):
        raise CorpusError(f"{place}: expected text in {name!r}, found {value!r}; get the file again, or mend the row")
    return value


def _is_list_of_names(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_table_of_scores(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(score, (int, float)) for score in value.values())


def text_sha1(text: str) -> str:
    """Return the SHA-1 by which references name a text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def data_paragraphs(data: str | os.PathLike[str], references: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the texts that references may name, of a data folder: ``gold/`` first, then ``data/``.

    Of VietNews, whose articles are lists of sentences, those stretches that `references` name by their location.
    """
    root = Path(data)
    train = read_records(root / "gold" / "train.jsonl")
    yield from (_text_in(record, "text", place) for place, record in train)
    stretches: dict[str, list[list[int]]] = {}
    for reference in references:
        if reference["source"].startswith("vn_") and isinstance(reference["location"], list):
            stretches.setdefault(reference["document"], []).append(reference["location"])
    for name in ("economy-news", "vntc-train", "vietnews-train", "vietnews-val"):
        path = root / "data" / f"{name}.jsonl.gz"
        if not path.exists():
            continue
        for _, record in read_records(path):
            if "paragraphs" in record:
                yield from (paragraph.strip() for paragraph in record["paragraphs"])
            elif "sentences" in record:
                for start, end in stretches.get(record["id"], ()):
                    yield " ".join(record["sentences"][start:end])
            else:
                yield from (line.strip() for line in record["text"].split("\n"))


# --- validation ---------------------------------------------------------------------------------------


def validate(corpus: str | os.PathLike[str], labels: Sequence[str] = LABELS) -> list[str]:
    """Return what is wrong with ``corpus/written`` and ``corpus/challenge``, a line a fault; empty for a sound corpus.

    Checks ids, labels and their order, NFC, length, and that no two paragraphs are near-duplicates
    (Jaccard similarity of word 5-grams, without punctuation, above 0.5).
    """
    faults: list[str] = []
    texts: dict[str, str] = {}
    paths = _files(corpus, "written")
    if not paths:
        faults.append(f"{Path(corpus, 'written')}: expected files *.jsonl with paragraphs, found none; check the path")
    try:
        for path in (*paths, *_files(corpus, "challenge")):
            for place, record in read_records(path):
                name = record.get("id")
                if not isinstance(name, str) or not name.strip():
                    faults.append(f"{place}: expected an id, found {name!r}")
                    name = place
                elif name in texts:
                    faults.append(f"{name}: expected an id of its own, found it twice")
                    name = place
                text = record.get("text")
                texts[name] = text if isinstance(text, str) else ""
                faults += [f"{name}: {fault}" for fault in _faults(record, tuple(labels))]
    except CorpusError as error:
        faults.append(str(error))
    faults += [f"{a} and {b}: expected different texts, found word 5-gram Jaccard {s:.2f}" for a, b, s in _near(texts)]
    return faults


def _faults(record: Mapping[str, Any], labels: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with the labels and the text of a written paragraph."""
    text, given = record.get("text"), record.get("labels")
    if not _is_list_of_names(given):
        yield f"expected a list of labels, found {given!r}"
    elif unknown := [label for label in given if label not in labels]:
        yield f"expected labels among {', '.join(labels)}, found {', '.join(unknown)}"
    elif given != [label for label in labels if label in given]:
        yield f"expected labels in the order {', '.join(labels)}, each once, found {', '.join(given)}"
    if not isinstance(text, str):
        yield f"expected text, found {text!r}"
        return
    if "\n" in text or text != text.strip() or text != unicodedata.normalize("NFC", text):
        yield "expected one line of NFC text without white space around it"
    if not _SHORTEST <= (length := count_syllables(text)) <= _LONGEST:
        yield f"expected {_SHORTEST} to {_LONGEST} syllables, found {length}"


def _near(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Yield the names of texts that are near-duplicates, found through the shingles they share."""
    shingles: dict[str, set[str]] = {}
    holders: dict[str, list[str]] = {}
    for name, text in texts.items():
        words = syllables(normalize(text).casefold())
        own = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))} - {""}
        shared: Counter[str] = Counter()
        for shingle in own:
            shared.update(holders.setdefault(shingle, []))
            holders[shingle].append(name)
        shingles[name] = own
        for other, common in shared.items():
            similarity = common / (len(own) + len(shingles[other]) - common)
            if similarity > _NEAR:
                yield other, name, similarity
