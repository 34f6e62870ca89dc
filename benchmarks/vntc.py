"""How well the classifier tells the ten topics of VNTC apart, whole articles with one label each.

    python -m benchmarks.vntc --data ../shared              # five folds of its train split, beside plain scikit-learn
    python -m benchmarks.vntc --data ../shared --all        # and train on all of it, into build/vntc, timed
    python -m benchmarks.vntc --data ../shared --test TEST  # and score that model on a file of the same form

Writes ``benchmarks/results/vntc.json`` with ``--ship``, ``build/results/vntc.json`` without.

References: Hoang, Dinh, Nguyen and Ngo (2007), "A Comparative Study on Vietnamese Text Classification Methods", RIVF.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from benchmarks.provenance import provenance
from toolkit.classification import TopicModel
from toolkit.corpus import LabelledText, read_labelled
from toolkit.evaluation.topics import evaluate_model
from toolkit.training import suited_classifier, summary

ROOT = Path(__file__).resolve().parent.parent
N_FOLDS = 5


def main(arguments: list[str] | None = None) -> int:
    """Run the script; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with data/vntc-train.jsonl.gz")
    parser.add_argument("--folds", type=int, default=N_FOLDS, help="how many of the five folds to run")
    parser.add_argument("--all", action="store_true", help="train on the whole split, into build/vntc")
    parser.add_argument("--test", type=Path, help="articles to score that model on")
    parser.add_argument("--ship", action="store_true", help="record the result among benchmarks/results")
    options = parser.parse_args(arguments)
    source = options.data / "data" / "vntc-train.jsonl.gz"
    rows = read_labelled(source)
    record: dict[str, Any] = {
        **provenance("vntc", arguments=arguments),
        "n_texts": len(rows),
        "n_folds": options.folds,
        "folds": folds(rows, options.folds),
    }
    record["mean"] = {
        name: {score: round(statistics.mean(fold[name][score] for fold in record["folds"]), 4) for score in scores}
        for name, scores in record["folds"][0].items()
    }
    if options.all or options.test:
        model = ROOT / "build" / "vntc"
        command = [sys.executable, "-m", "toolkit", "train", str(source), "--output", str(model)]
        started = time.perf_counter()
        subprocess.run(command, check=True)
        record["all"] = {
            "command": "toolkit train ../shared/data/vntc-train.jsonl.gz -o build/vntc",
            "seconds": round(time.perf_counter() - started, 1),
            "load_average": round(os.getloadavg()[0], 1),
        }
        if options.test:
            record["test"] = summary(evaluate_model(TopicModel.load(model), read_labelled(options.test), explain=False))
    results = ROOT / ("benchmarks" if options.ship else "build") / "results" / "vntc.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record["mean"], indent=1), f"wrote {results}", sep="\n")
    return 0


def folds(rows: Sequence[LabelledText], n_folds: int) -> list[dict[str, dict[str, float]]]:
    """Return the scores of ours and of plain scikit-learn on the first `n_folds` of five folds."""
    labels = [row.labels[0] for row in rows]
    scores = []
    for number, (train, test) in enumerate(
        StratifiedKFold(N_FOLDS, shuffle=True, random_state=0).split(labels, labels)
    ):
        if number == n_folds:
            break
        learners = {
            "toolkit": suited_classifier(rows, cv=0),
            "scikit-learn": make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC()),
        }
        scores.append({name: _scored(learner, rows, train, test) for name, learner in learners.items()})
        print(f"fold {number + 1}", scores[-1], file=sys.stderr, flush=True)
    return scores


def _scored(learner: Any, rows: Sequence[LabelledText], train: Sequence[int], test: Sequence[int]) -> dict[str, float]:
    """Return accuracy and macro-F1, and seconds to train and to label; any estimator of scikit-learn's kind will do."""
    started = time.perf_counter()
    learner.fit([rows[i].text for i in train], [rows[i].labels[0] for i in train])
    trained = time.perf_counter()
    given = learner.predict([rows[i].text for i in test])
    labelled = time.perf_counter()
    wanted = [rows[i].labels[0] for i in test]
    return {
        "accuracy": round(float(accuracy_score(wanted, given)), 4),
        "macro_f1": round(float(f1_score(wanted, given, average="macro")), 4),
        "training_seconds": round(trained - started, 1),
        "labelling_seconds": round(labelled - trained, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
