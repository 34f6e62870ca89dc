"""Train the summariser from VietNews and say how good it is on articles it has not seen.

    python -m benchmarks.retrain_summarizer --data ../shared [--output build/models/summarizer]

The same data and package versions give the same model, byte for byte.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.learn_summarizer import SEED, ClusterExamples, learn_forests, learn_tables
from benchmarks.summary_data import Article, Cluster, abmusu, checksum, economy, vietnews, vmds, without_copies
from toolkit.metrics import KINDS, Mode, bootstrap_interval, rouge_references
from toolkit.results import Budget
from toolkit.summarization import summarize_each, summarize_many
from toolkit.summarization.model import SummarizerModel
from toolkit.summarization.trained import TrainedSummarizer

_FOLDS = 5
_LINES = 0.25
"""Share of the articles trained on that come with one sentence a line."""
Scores = dict[str, list[float]]


def percent(rows: Sequence[Mapping[str, float]]) -> Scores:
    """Return mean, low and high end of the 95 % interval of every column, in percent."""
    result = {}
    for name in rows[0]:
        interval = bootstrap_interval([row[name] for row in rows], n_resamples=500)
        result[name] = [round(100 * x, 2) for x in (interval.mean, interval.low, interval.high)]
    return result


def score(text: str, references: Sequence[str], modes: Sequence[Mode] = ("unicode", "ascii")) -> dict[str, float]:
    """Return the F1 of one digest by kind and mode."""
    return {
        f"{kind}_{mode}": found.f1
        for mode in modes
        for kind, found in rouge_references(text, references, KINDS, mode).items()
    }


def evaluate(model: SummarizerModel, articles: Sequence[Article], budget: Budget) -> Scores:
    """Return percent F1 of ROUGE-1/2/L with 95 % intervals, in both modes."""
    digests = summarize_each([article.document for article in articles], budget, TrainedSummarizer(model))
    return percent([score(d.text, a.references) for d, a in zip(digests, articles, strict=True)])


def evaluate_clusters(
    model: SummarizerModel,
    examples: ClusterExamples,
    fold: Sequence[int],
    sets: Mapping[str, tuple[int, list[Cluster]]],
) -> dict[str, Scores]:
    """Return percent F1 with intervals at 200 syllables, each cluster by forests fitted without its fold.

    Parameters
    ----------
    fold
        Of every cluster of `examples`.
    sets
        Per name the number of the first cluster in `examples`, and the clusters.
    """
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in sets}
    for number in range(_FOLDS):
        forests = examples.fit([i for i, other in enumerate(fold) if other != number])
        summarizer = TrainedSummarizer(replace(model, clusters=forests.sentences, concepts=forests.concepts))
        for name, (first, clusters) in sets.items():
            for cluster, other in zip(clusters, fold[first:], strict=False):
                if other == number:
                    text = summarize_many(cluster.documents, Budget(syllables=200), summarizer).text
                    rows[name].append(score(text, cluster.references))
    return {name: percent(found) for name, found in rows.items()}


def main() -> None:
    """Train, evaluate and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder with data/vietnews-*.jsonl.gz")
    parser.add_argument("--output", type=Path, default=Path("build/models/summarizer"))
    parser.add_argument("--limit", type=int, help="train on so many articles only, to try the script")
    arguments = parser.parse_args()
    val, business = vietnews(arguments.data, "val"), economy(arguments.data)
    train = vietnews(arguments.data, "train", lines=_LINES)
    n_all = len(train)
    train = without_copies(train, [*val, *business])
    n_copies = n_all - len(train)
    train = [train[index] for index in np.random.default_rng(SEED).permutation(len(train))[: arguments.limit]]
    print(f"{len(train):,} articles of {n_all:,}, {n_copies:,} left out as copies of those reported on", flush=True)
    halves = train[: len(train) // 2], train[len(train) // 2 :]
    tables = learn_tables(halves)
    print("tables learned", flush=True)
    ranker, sets = learn_forests(halves, tables)
    one, two = vmds(arguments.data), abmusu(arguments.data)
    examples = ClusterExamples([*one, *two], tables.final, ranker)
    fold = np.random.default_rng(SEED).integers(0, _FOLDS, len(one) + len(two)).tolist()
    forests = examples.fit(range(len(fold)))
    about: dict[str, Any] = {
        "trained_on": {
            "corpus": "VietNews train; VietnameseMDS dev and AbMusu train for digests of many articles",
            "sha256": checksum(arguments.data / "data" / "vietnews-train.jsonl.gz"),
            "articles": len(train),
            "copies_left_out": n_copies,
            "seed": SEED,
            "packages": {name: version(name) for name in ("numpy", "scikit-learn")},
            "python": platform.python_version(),
        }
    }
    model = SummarizerModel(tables.final, ranker, sets, forests.sentences, forests.concepts, about)
    model.save(arguments.output)
    clusters = {"vmds_dev": (0, one), "abmusu_train": (len(one), two)}
    scores: dict[str, Scores] = {
        "vietnews_val": evaluate(model, val, Budget(sentences=2)),
        "economy_2_sentences": evaluate(model, business, Budget(sentences=2)),
        "economy_55_syllables": evaluate(model, business, Budget(syllables=55)),
        **{f"{name}_cross_validated": s for name, s in evaluate_clusters(model, examples, fold, clusters).items()},
    }
    replace(model, about={**about, "rouge_f1_percent": scores}).save(arguments.output)
    for name, row in scores.items():
        print(name, {kind: values[0] for kind, values in row.items()})
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
