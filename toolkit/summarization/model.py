"""The trained summariser's folder: arrays and JSON, read without running anything."""

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
from toolkit.summarization.cluster_concepts import CONCEPT_FEATURES
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
    tables : pair of ConceptTable
        For syllables and for bigrams.
    sentences, sets, clusters : Forest
        Expected ROUGE of a sentence alone, and of a set of one or two; the share of a sentence that a
        summary of several articles should repeat.
    concepts : pair of Forest
        The chance of a syllable, and of a bigram, to stand in a summary of several articles.
    about : mapping
        What it was trained on and how good it is, as ``model.json`` has it.
    """

    tables: tuple[ConceptTable, ConceptTable]
    sentences: Forest
    sets: Forest
    clusters: Forest
    concepts: tuple[Forest, Forest]
    about: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Write the model to `folder`; the same model gives the same bytes."""
        arrays: dict[str, NDArray[np.generic]] = {
            **self.sentences.to_arrays("sentences"),
            **self.sets.to_arrays("sets"),
            **self.clusters.to_arrays("clusters"),
            **self.concepts[0].to_arrays("concepts_1"),
            **self.concepts[1].to_arrays("concepts_2"),
        }
        for order, table in enumerate(self.tables, 1):
            for name in ("rate", "idf", "edges", "probability"):
                arrays[f"{name}_{order}"] = getattr(table, name).astype(np.float32)
        write_model(folder, StoredModel(KIND, {**self.about, "features": _features()}, arrays))


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
    arrays = stored.arrays
    try:
        concepts = [Forest.from_arrays(arrays, f"concepts_{order}", len(CONCEPT_FEATURES)) for order in (1, 2)]
        return SummarizerModel(
            tables=(_table(arrays, 1), _table(arrays, 2)),
            sentences=Forest.from_arrays(arrays, "sentences", len(SENTENCE_FEATURES)),
            sets=Forest.from_arrays(arrays, "sets", len(SET_FEATURES)),
            clusters=Forest.from_arrays(arrays, "clusters", len(CLUSTER_FEATURES)),
            concepts=(concepts[0], concepts[1]),
            about={name: value for name, value in stored.settings.items() if name != "features"},
        )
    except ModelError as error:
        raise ModelError(f"{folder}: {error}") from error


@cache
def shipped_model() -> SummarizerModel:
    """Return the model that ships with the toolkit."""
    return load_model(shipped_models() / KIND)


def _features() -> dict[str, list[str]]:
    return {
        "sentence": list(SENTENCE_FEATURES),
        "set": list(SET_FEATURES),
        "cluster": list(CLUSTER_FEATURES),
        "concept": list(CONCEPT_FEATURES),
    }


def _table(arrays: Mapping[str, NDArray[np.generic]], order: int) -> ConceptTable:
    return ConceptTable(
        rate=_part(arrays, f"rate_{order}", N_BUCKETS),
        idf=_part(arrays, f"idf_{order}", N_BUCKETS),
        edges=_part(arrays, f"edges_{order}", 11).astype(np.float64),
        probability=_part(arrays, f"probability_{order}", N_CELLS).astype(np.float64),
    )


def _part(arrays: Mapping[str, NDArray[np.generic]], name: str, size: int) -> NDArray[np.float32]:
    array = arrays.get(name)
    if array is None or array.shape != (size,) or array.dtype != np.float32:
        raise ModelError(f"the array {name} is missing or misshapen; {_REMEDY}")
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise ModelError(f"the array {name} holds values that are no numbers; {_REMEDY}")
    return values
