"""What each group of features is worth to the trained summariser.

    python -m benchmarks.summary_ablation --data ../shared [--articles 3000]

Trains the two forests with a group of columns held constant, and scores digests of at most two sentences on
VietNews val; adds the table to ``benchmarks/results/summaries.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import learn_summarizer
from benchmarks.learn_summarizer import Features, LearnedTables, learn_forests
from benchmarks.retrain_summarizer import evaluate
from benchmarks.summary_data import Article, vietnews, without_copies
from toolkit.results import Budget
from toolkit.summarization import trained
from toolkit.summarization.model import SummarizerModel, shipped_model
from toolkit.summarization.sentence_features import SENTENCE_FEATURES, sentence_features

RESULTS = Path(__file__).resolve().parent / "results" / "summaries.json"
GROUPS: dict[str, tuple[str, ...]] = {
    "position": ("place", "place_ratio", "before", "n_sentences", "new_1", "new_2"),
    "length": ("length", "length_ratio", "document_length", "commas"),
    "title": ("title_recall", "title_share", "title_weight", "has_title", "title_length"),
    "learnt rates and chances": ("expected", "density", "f1", "rate"),
    "centrality and repetition": ("centrality", "repeated"),
    "figures, names, stop words": ("figures", "capitals", "stop_words"),
    "quotation, openers, endings": ("leans", "quotes", "ends"),
}
"""Beginnings of the names of each group's columns."""


def without(prefixes: Sequence[str]) -> Callable[..., Features]:
    """Return `sentence_features` with the columns that begin like one of `prefixes` held constant."""
    columns = [number for number, name in enumerate(SENTENCE_FEATURES) if name.startswith(tuple(prefixes))]

    def compute(*arguments: Any) -> Features:
        rows = sentence_features(*arguments)
        rows[:, columns] = 0.0
        return rows

    return compute


def score(halves: tuple[list[Article], list[Article]], val: list[Article], prefixes: Sequence[str]) -> dict[str, Any]:
    """Return the scores on `val` of forests that never saw the columns beginning like `prefixes`."""
    shipped = shipped_model()
    tables = LearnedTables(shipped.tables, (shipped.tables, shipped.tables))
    compute = without(prefixes) if prefixes else sentence_features
    with (
        mock.patch.object(learn_summarizer, "sentence_features", compute),
        mock.patch.object(trained, "sentence_features", compute),
    ):
        ranker, sets = learn_forests(halves, tables)
        model = SummarizerModel(shipped.tables, ranker, sets, shipped.clusters, shipped.concepts, {})
        return evaluate(model, val, Budget(sentences=2))


def main() -> None:
    """Score every group and record the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=3000, help="train on so many, and score on half as many of val")
    arguments = parser.parse_args()
    val = vietnews(arguments.data, "val", sample=arguments.articles // 2)
    train = without_copies(vietnews(arguments.data, "train", lines=0.25, sample=arguments.articles), val)
    halves = train[: len(train) // 2], train[len(train) // 2 :]
    table: dict[str, Any] = {"trained_on": len(train), "scored_on": len(val)}
    for name, prefixes in {"all features": (), **GROUPS}.items():
        table[name] = score(halves, val, prefixes)
        print(name, {kind: values[0] for kind, values in table[name].items()}, flush=True)
    record = json.loads(RESULTS.read_text(encoding="utf-8"))
    record["ablation"] = table
    RESULTS.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
