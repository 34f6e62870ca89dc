"""What each part of the topic classifier is worth on the dev paragraphs.

    python -m benchmarks.ablation --data ../shared

Trains each variant on train alone and scores it on dev; writes ``benchmarks/results/ablation.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.provenance import provenance
from toolkit.corpus import LABELS, LabelledText, TaughtText, read_labelled, read_references, read_written
from toolkit.evaluation.topics import Evaluation, evaluate_model
from toolkit.training import suited_classifier, train

ROOT = Path(__file__).resolve().parent.parent
Rows = Sequence[LabelledText]


def main() -> int:
    """Train and score all variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="+", metavar="VARIANT", help="these alone; what is recorded of others stays")
    options = parser.parse_args()
    data = options.data
    written, joined = read_written(ROOT / "corpus"), read_references(ROOT / "corpus", data)
    real, taught = joined.texts, joined.taught
    gold = {row.text for row in read_labelled(data / "gold" / "train.jsonl")}
    dev = read_labelled(data / "gold" / "dev.jsonl")
    clear = [row for row in dev if not row.doubtful]

    def every(**settings: Any) -> Callable[[], Evaluation]:
        return lambda: _score([*written, *real], dev, taught, **settings)

    variants: dict[str, Callable[[], Evaluation]] = {
        "as shipped": every(),
        "no pairs of anchors": every(n_anchors=0),
        "600 anchors a label": every(n_anchors=600),
        "no teacher": lambda: _score([*written, *real], dev),
        "no teacher, no pairs of anchors": lambda: _score([*written, *real], dev, n_anchors=0),
        "pairs of neighbouring words only": every(word_window=1),
        "no pairs of words": every(word_window=0),
        "single syllables and words only": every(syllable_ngrams=1, word_window=0),
        "syllable trigrams too": every(syllable_ngrams=3),
        "no naive Bayes weights": every(bayes_weight=0.0, C=1.0),
        "naive Bayes smoothed by 1": every(bayes_smoothing=1.0),
        "terms counted, not only found": every(binary=False),
        "rows of unit length": every(length_power=1.0),
        "balanced class weights": every(class_weight="balanced"),
        "n-grams of four texts on": every(min_df=4),
        "written paragraphs only": lambda: _score(written, dev, word_window=4),
        "written paragraphs only, pairs of neighbouring words": lambda: _score(written, dev),
        "real paragraphs only": lambda: _score(real, dev),
        "gold training set only": lambda: _score([row for row in real if row.text in gold], dev, word_window=4),
        "dev not doubtful, as shipped": lambda: _score([*written, *real], clear, taught),
    }
    if unknown := set(options.only or ()) - set(variants):
        parser.error(f"no variants {', '.join(sorted(unknown))}; there are {', '.join(variants)}")
    origin = provenance("ablation")
    console = Console(highlight=False)
    table = Table("variant", "macro-F1", "95 %", "mean AP", *LABELS, box=None)
    path = ROOT / "benchmarks" / "results" / "ablation.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["variants"] if options.only else {}
    for name, score in variants.items():
        if options.only and name not in options.only:
            continue
        figures = score().to_dict()
        interval, labels = figures["macro_f1_interval"], figures["labels"]
        precision = sum(label["average_precision"] for label in labels) / len(LABELS)
        record[name] = {
            "macro_f1": figures["macro_f1"],
            "interval": [interval["low"], interval["high"]],
            "mean_average_precision": round(precision, 4),
            "f1": {label["label"]: label["f1"] for label in labels},
            "date": origin["date"],
        }
        cells = [f"{label['f1']:.3f}" for label in labels]
        bounds = f"{interval['low']:.3f}–{interval['high']:.3f}"
        table.add_row(name, f"{figures['macro_f1']:.3f}", bounds, f"{precision:.3f}", *cells)
        print(name, record[name], file=sys.stderr, flush=True)
    console.print(table)
    content = origin | {"n_dev": len(dev), "variants": record}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _score(rows: Rows, dev: Rows, taught: Sequence[TaughtText] = (), **settings: Any) -> Evaluation:
    classifier = suited_classifier(rows, cv=3).set_params(**settings)
    return evaluate_model(train(rows, labels=LABELS, classifier=classifier, taught=taught).model, dev, explain=False)


if __name__ == "__main__":
    sys.exit(main())
