"""The trained summariser's folder: arrays, a word list and JSON, read without running anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import ModelError
from toolkit.persistence import StoredModel, read_model, shipped_models, write_model
from toolkit.summarization.cluster_features import CLUSTER_FEATURES
from toolkit.summarization.forest import Forest
from toolkit.summarization.sentence_features import N_CELLS, SENTENCE_FEATURES, ConceptTable
from toolkit.summarization.set_features import SET_FEATURES
from toolkit.summarization.tokens import N_BUCKETS

KIND = "summarizer"
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
        """Write the model to `folder`; the same model gives the same bytes."""
        arrays: dict[str, NDArray[np.generic]] = {
            **self.sentences.to_arrays("sentences"),
            **self.sets.to_arrays("sets"),
            **self.clusters.to_arrays("clusters"),
        }
        for order, table in enumerate(self.tables, 1):
            for name in ("rate", "idf", "edges", "probability"):
                arrays[f"{name}_{order}"] = getattr(table, name).astype(np.float32)
        words = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        write_model(folder, StoredModel(KIND, {**self.about, "features": _features()}, arrays, words))


def load_model(folder: Path) -> SummarizerModel:
    """Return the model in `folder`.

    Raises
    ------
    ModelError
        If it is missing, damaged, of another kind, or newer than this version reads.
    """
    stored = read_model(folder, KIND)
    if stored.settings.get("features") != _features():
        raise ModelError(f"{folder}: was trained on other features than this version computes; {_REMEDY}")
    words, arrays = stored.vocabulary, stored.arrays
    try:
        first, second = (_table(arrays, order, size) for order, size in ((1, len(words) + 1), (2, N_BUCKETS)))
        return SummarizerModel(
            vocabulary={word: number for number, word in enumerate(words)},
            tables=(first, second),
            sentences=Forest.from_arrays(arrays, "sentences", len(SENTENCE_FEATURES)),
            sets=Forest.from_arrays(arrays, "sets", len(SET_FEATURES)),
            clusters=Forest.from_arrays(arrays, "clusters", len(CLUSTER_FEATURES)),
            about={name: value for name, value in stored.settings.items() if name != "features"},
        )
    except ModelError as error:
        raise ModelError(f"{folder}: {error}") from error


@cache
def shipped_model() -> SummarizerModel:
    """Return the model that ships with the toolkit."""
    return load_model(shipped_models() / KIND)


def _features() -> dict[str, list[str]]:
    return {"sentence": list(SENTENCE_FEATURES), "set": list(SET_FEATURES), "cluster": list(CLUSTER_FEATURES)}


def _table(arrays: Mapping[str, NDArray[np.generic]], order: int, size: int) -> ConceptTable:
    shapes = {"rate": (size,), "idf": (size,), "edges": (11,), "probability": (N_CELLS,)}
    parts = {}
    for name, shape in shapes.items():
        array = arrays.get(f"{name}_{order}")
        if array is None or array.shape != shape or array.dtype != np.float32:
            raise ModelError(f"the array {name}_{order} is missing or misshapen; {_REMEDY}")
        if not np.isfinite(array.astype(np.float64)).all():
            raise ModelError(f"the array {name}_{order} holds values that are no numbers; {_REMEDY}")
        parts[name] = array.astype(np.float64)
    return ConceptTable(**parts)
