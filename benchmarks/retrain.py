"""Train the topic classifier on ``corpus/`` and say how good it is.

    python -m benchmarks.retrain                       # corpus/written alone: complete on a fresh clone
    python -m benchmarks.retrain --data ../shared      # with the label references, where their texts are at hand
    python -m benchmarks.retrain --data ../shared --ship   # and make it the shipped model

Judged by cross-validation, on the seeds, on ``corpus/challenge`` and on ``gold/dev.jsonl``, none of them trained on.
Writes ``build/models/topics`` and ``build/results/topics.json``; ``--ship`` replaces ``models/topics`` and
``benchmarks/results/topics.json``. Run twice, it gives the same model to the last bit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.provenance import provenance
from benchmarks.seeds import read_seeds
from toolkit.corpus import (
    LABELS,
    LabelledText,
    TaughtText,
    read_challenge,
    read_labelled,
    read_references,
    read_written,
    validate,
)
from toolkit.evaluation.topics import Evaluation, evaluate_model
from toolkit.report.evaluation import render_evaluation
from toolkit.training import summary, train

ROOT = Path(__file__).resolve().parent.parent
_CONTRAST_WEIGHT = 0.1


def main(arguments: list[str] | None = None) -> int:
    """Run the script; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with gold/ and data/, for label references and the dev set")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    parser.add_argument("--ship", action="store_true", help="make the result the shipped model")
    parser.add_argument("--no-taught", dest="taught", action="store_false", help="leave out what a teacher labelled")
    options = parser.parse_args(arguments)
    console = Console(highlight=False)

    faults = validate(options.corpus)
    if faults:
        print(*faults[:20], f"{len(faults)} fault(s) in {options.corpus}; mend them first", sep="\n", file=sys.stderr)
        return 1
    rows = read_written(options.corpus) if options.data else written_alone(options.corpus)
    n_written = len(rows)
    missing: tuple[str, ...] = ()
    taught: tuple[TaughtText, ...] = ()
    if options.data:
        joined = read_references(options.corpus, options.data)
        rows += joined.texts
        missing = joined.missing
        console.print(f"{len(joined.texts)} references joined, {len(missing)} without text in {options.data}")
        taught = joined.taught if options.taught else ()
        console.print(f"{len(taught)} paragraphs with the scores of benchmarks/teach.py")
    console.print(f"training on {len(rows)} paragraphs ({n_written} written, {len(rows) - n_written} real)")
    started = time.perf_counter()
    trained = train(rows, labels=LABELS, taught=taught)
    seconds = time.perf_counter() - started
    assert trained.held_out is not None
    scores = {"cross-validation": summary(trained.held_out)}
    evaluations = {"cross-validation": trained.held_out}
    unseen = {"seeds": read_seeds(), "challenge": read_challenge(options.corpus)}
    dev = options.data / "gold" / "dev.jsonl" if options.data else None
    if dev is not None and dev.exists():
        unseen["dev"] = read_labelled(dev)
    for name, texts in unseen.items():
        evaluations[name] = evaluate_model(trained.model, texts, explain=False)
        if len(clear := [row for row in texts if not row.doubtful]) < len(texts):
            evaluations[f"{name}, not doubtful"] = evaluate_model(trained.model, clear, explain=False)
    for name, evaluation in evaluations.items():
        console.print(f"\n[bold]{name}[/bold]")
        console.print(render_evaluation(evaluation))
        scores[name] = summary(evaluation)
    models, results = options.out / "models" / "topics", options.out / "results" / "topics.json"
    trained.save(
        models, scores=scores, corpus={"written": n_written, "references": len(rows) - n_written, "taught": len(taught)}
    )
    results.parent.mkdir(parents=True, exist_ok=True)
    record = _record(options.corpus, rows, len(taught), evaluations, seconds, arguments, missing)
    results.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    plot_reliability(record, results.with_name("reliability.png"))
    console.print(f"\nwrote {models} and {results}")
    if options.ship:
        recorded = ROOT / "benchmarks" / "results"
        shipped = (
            (models, ROOT / "models" / "topics"),
            (results, recorded / "topics.json"),
            (results.with_name("reliability.png"), recorded / "reliability.png"),
        )
        for source, target in shipped:
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)
        console.print("shipped")
    return 0


def written_alone(corpus: Path) -> list[LabelledText]:
    """Return the written paragraphs as they are trained on without any real ones.

    A quarter of them are contrasts, of which news has few: they weigh a tenth each.
    """
    return [
        replace(row, sample_weight=_CONTRAST_WEIGHT) if row.id.startswith("contrast-") else row
        for row in read_written(corpus)
    ]


def _record(
    corpus: Path,
    rows: list[LabelledText],
    n_taught: int,
    evaluations: dict[str, Evaluation],
    seconds: float,
    arguments: list[str] | None,
    missing: tuple[str, ...],
) -> dict[str, Any]:
    sources = sorted(path for part in ("written", "references") for path in (corpus / part).glob("*.jsonl*"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return {
        **provenance("retrain", arguments=arguments),
        "corpus_sha256": digest,
        "n_texts": len(rows),
        "n_taught": n_taught,
        "n_missing_references": len(missing),
        "training_seconds": round(seconds, 1),
        "numpy": np.__version__,
        "evaluations": {name: evaluation.to_dict() for name, evaluation in evaluations.items()},
    }


def plot_reliability(record: dict[str, Any], path: Path) -> None:
    """Draw, for each label, how many of the paragraphs with a score carry the label; the diagonal is perfect."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    evaluations = record["evaluations"]
    name = "dev" if "dev" in evaluations else "cross-validation"
    figure, axes = plt.subplots(1, len(LABELS), figsize=(3 * len(LABELS), 3.2), sharey=True)
    for axis, scores in zip(axes, evaluations[name]["labels"], strict=True):
        steps = [step for step in scores["reliability"] if step["count"]]
        axis.plot([0, 1], [0, 1], color="0.7")
        axis.plot([s["mean_score"] for s in steps], [s["ratio"] for s in steps], "o-")
        for step in steps:
            axis.annotate(str(step["count"]), (step["mean_score"], step["ratio"]), fontsize=7)
        axis.set_title(f"{scores['label']}, error {scores['calibration_error']:.3f}", fontsize=9)
        axis.set_xlabel("score")
    axes[0].set_ylabel(f"carries the label ({name})")
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
