"""The trained summariser's folder: arrays, a word list and JSON, read without running anything."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ModelError
from toolkit.summarization.cluster_features import CLUSTER_FEATURES
from toolkit.summarization.forest import Forest
from toolkit.summarization.sentence_features import N_CELLS, SENTENCE_FEATURES, ConceptTable
from toolkit.summarization.set_features import SET_FEATURES
from toolkit.summarization.tokens import N_BUCKETS

SCHEMA = 1
KIND = "summarizer"
_FILES = ("model.npz", "vocabulary.txt")
_REMEDY = "install the toolkit anew or retrain it with benchmarks/retrain_summarizer.py"


@dataclass(frozen=True, slots=True)
class SummarizerModel:
    """Everything the trained summariser learned.

    Attributes
    ----------
    vocabulary : mapping of str to int
        Frequent syllables and their rows in the tables.
    tables : pair of ConceptTable
        For syllables and for bigrams.
    sentences, sets, clusters : Forest
        Expected ROUGE of a sentence alone, and of a set of one or two; the share of a sentence that a
        summary of several articles should repeat.
    about : mapping
        What it was trained on and how good it is, as ``model.json`` has it.
    """

    vocabulary: Mapping[str, int]
    tables: tuple[ConceptTable, ConceptTable]
    sentences: Forest
    sets: Forest
    clusters: Forest
    about: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Write the model to `folder`, made if need be; the same model gives the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[np.generic]] = {
            **self.sentences.to_arrays("sentences"),
            **self.sets.to_arrays("sets"),
            **self.clusters.to_arrays("clusters"),
        }
        for order, table in enumerate(self.tables, 1):
            for name in ("rate", "idf", "edges", "probability"):
                arrays[f"{name}_{order}"] = getattr(table, name).astype(np.float32)
        _write_arrays(folder / "model.npz", arrays)
        words = "\n".join(sorted(self.vocabulary, key=self.vocabulary.__getitem__)) + "\n"
        (folder / "vocabulary.txt").write_bytes(words.encode("utf-8"))
        sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _FILES}
        about = {
            **self.about,
            "schema": SCHEMA,
            "kind": KIND,
            "features": _features(),
            "sha256": sums,
        }
        text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (folder / "model.json").write_bytes(text.encode("utf-8"))


def load_model(folder: Path) -> SummarizerModel:
    """Return the model in `folder`.

    Raises
    ------
    ModelError
        If it is missing, damaged, of another kind, or newer than this version reads.
    """
    about = _read_about(folder)
    contents: dict[str, bytes] = {}
    for name in _FILES:
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            raise ModelError(f"{folder / name}: cannot be read ({error.strerror}); {_REMEDY}") from error
        if hashlib.sha256(contents[name]).hexdigest() != about["sha256"].get(name):
            raise ModelError(f"{folder / name}: its checksum is not the one in model.json; {_REMEDY}")
    try:
        with np.load(io.BytesIO(contents["model.npz"]), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{folder / 'model.npz'}: not an archive of plain arrays; {_REMEDY}") from error
    words = contents["vocabulary.txt"].decode("utf-8").split("\n")[:-1]
    try:
        first, second = (_table(arrays, order, size) for order, size in ((1, len(words) + 1), (2, N_BUCKETS)))
        return SummarizerModel(
            vocabulary={word: number for number, word in enumerate(words)},
            tables=(first, second),
            sentences=Forest.from_arrays(arrays, "sentences", len(SENTENCE_FEATURES)),
            sets=Forest.from_arrays(arrays, "sets", len(SET_FEATURES)),
            clusters=Forest.from_arrays(arrays, "clusters", len(CLUSTER_FEATURES)),
            about=about,
        )
    except ModelError as error:
        raise ModelError(f"{folder}: {error}") from error


@cache
def shipped_model() -> SummarizerModel:
    """Return the model that ships with the toolkit: inside the wheel, or beside a clone's package."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "models" / "summarizer"
    return load_model(inside if inside.is_dir() else package.parent / "models" / "summarizer")


def _read_about(folder: Path) -> dict[str, Any]:
    path = folder / "model.json"
    try:
        about = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
    except ValueError as error:
        raise ModelError(f"{path}: not valid JSON; {_REMEDY}") from error
    if not isinstance(about, dict) or about.get("kind") != KIND or not isinstance(about.get("sha256"), dict):
        raise ModelError(f"{path}: not a summarizer's model; {_REMEDY}")
    if about.get("schema") != SCHEMA:
        raise ModelError(f"{path}: has schema {about.get('schema')!r}, this version reads {SCHEMA}; update the toolkit")
    if about.get("features") != _features():
        raise ModelError(f"{path}: was trained on other features than this version computes; {_REMEDY}")
    return about


def _features() -> dict[str, list[str]]:
    return {"sentence": list(SENTENCE_FEATURES), "set": list(SET_FEATURES), "cluster": list(CLUSTER_FEATURES)}


def _table(arrays: Mapping[str, NDArray[np.generic]], order: int, size: int) -> ConceptTable:
    shapes = {"rate": (size,), "idf": (size,), "edges": (11,), "probability": (N_CELLS,)}
    parts = {}
    for name, shape in shapes.items():
        array = arrays.get(f"{name}_{order}")
        if array is None or array.shape != shape or array.dtype != np.float32:
            raise ModelError(f"the array {name}_{order} is missing or misshapen; {_REMEDY}")
        parts[name] = array.astype(np.float64)
    return ConceptTable(**parts)


def _write_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write an ``.npz`` whose bytes depend on the arrays alone (numpy would put the time into it)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, data.getvalue(), zipfile.ZIP_DEFLATED)
