"""Measure segmentation and labelling against their peers, in one run and in alternation.

    python -m benchmarks.speed --data ../shared     # real paragraphs and VNTC documents
    python -m benchmarks.speed                      # the paragraphs of corpus/written
    python -m benchmarks.speed --instructions       # also count instructions under valgrind: some minutes more

Prints the table, writes ``build/results/speed.json`` and a plot of cost against size; ``--ship`` also writes
``benchmarks/results/speed.json``. Speeds are medians over rounds; what counts are the ratios.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from benchmarks.instructions import instructions
from benchmarks.provenance import provenance
from toolkit.classification import TopicClassifier, TopicModel
from toolkit.corpus import read_written
from toolkit.text import count_syllables
from toolkit.tokenization import Segmenter, tokenize_batch, tokenize_many

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
PARTS = 4  # that two processes share
SLOW_SHARE = 40  # underthesea and pyvi get one paragraph in so many
PACKAGES = ("numpy", "scipy", "scikit-learn", "underthesea", "underthesea_core", "pyvi", "joblib")


def main() -> int:
    """Run all parts and record them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--paragraphs", type=int, default=20_000)
    parser.add_argument("--documents", type=int, default=6_000)
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    console = Console(highlight=False)
    paragraphs = read_paragraphs(options.data)[: options.paragraphs]
    record: dict[str, Any] = {
        **provenance("speed", PACKAGES),
        "load_at_start": os.getloadavg(),
        "segmentation": segmentation(paragraphs),
        "labelling": labelling(options.data, options.documents),
        "cold_start": cold_start(),
        "linearity": linearity(paragraphs),
    }
    if options.instructions:
        record["instructions"] = instructions()
    for part in ("segmentation", "labelling", "cold_start", "instructions"):
        if part in record:
            console.print(_table(part, record[part]))
    out = ROOT / "build" / "results"
    out.mkdir(parents=True, exist_ok=True)
    (out / "speed.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    _plot(record["linearity"], out / "speed.png")
    if options.ship:
        for name in ("speed.json", "speed.png"):
            shutil.copy2(out / name, ROOT / "benchmarks" / "results" / name)
    return 0


# --- parts --------------------------------------------------------------------------------------------


def segmentation(paragraphs: Sequence[str]) -> dict[str, float]:
    """Return syllables a second of each segmenter on one core, and ratios."""
    from pyvi import ViTokenizer
    from underthesea import word_tokenize

    few = paragraphs[::SLOW_SHARE]
    every, some = (sum(map(count_syllables, texts)) for texts in (paragraphs, few))
    word_tokenize("khởi động")
    speeds = _speeds(
        {
            "toolkit, batch": (lambda: tokenize_batch(paragraphs), every),
            "toolkit, lists of words": (lambda: tokenize_many(paragraphs), every),
            "toolkit, nothing remembered": (lambda: Segmenter().tokenize_batch(paragraphs), every),
            "underthesea": (lambda: [word_tokenize(text) for text in few], some),
            "pyvi": (lambda: [ViTokenizer.tokenize(text) for text in few], some),
            "str.split": (lambda: [text.split() for text in paragraphs], every),
        }
    )
    ours = speeds["toolkit, batch"]
    return {
        **{f"{name}, syllables/s": speed for name, speed in speeds.items()},
        "ratio to underthesea": ours / speeds["underthesea"],
        "ratio to pyvi": ours / speeds["pyvi"],
    }


# The Rust classifier as it comes, with word pairs and a vocabulary like ours, and with underthesea's own
# preprocessing (NFC, lower case, addresses, repeated characters) of the kind that every text gets here too.
RUST = "underthesea_core.TextClassifier.predict_batch"


def labelling(data: Path | None, n_documents: int) -> dict[str, float]:
    """Return documents a second from text to labels, all on two cores but where it says one."""
    from underthesea_core import TextClassifier, TextPreprocessor

    texts, labels = _documents(data, n_documents)
    half = len(texts) // 2
    train, train_labels, test = texts[:half], labels[:half], texts[half:]
    ours = TopicClassifier(cv=0, word_window=1, n_jobs=2).fit(train, train_labels).model_
    alike = {"ngram_range": (1, 2), "max_features": 200_000, "min_df": 2}
    rust = {
        f"{RUST}, preprocessing": TextClassifier(**alike, preprocessor=TextPreprocessor()),
        f"{RUST}, bare": TextClassifier(**alike),
        f"{RUST}, bare, default settings": TextClassifier(),
    }
    for classifier in rust.values():
        classifier.fit(train, train_labels)
    peer = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2), LinearSVC())
    peer.fit(train, train_labels)
    with tempfile.TemporaryDirectory() as folder, Parallel(n_jobs=2) as pool:
        ours.save(f"{folder}/model")

        def two_processes() -> None:
            pool(delayed(_label)(f"{folder}/model", test[k::PARTS]) for k in range(PARTS))

        two_processes()  # the workers start and load the model
        speeds = _speeds(
            {
                "toolkit, two processes": (two_processes, len(test)),
                "toolkit, one core": (lambda: ours.predict(test), len(test)),
                **{name: (partial(model.predict_batch, test), len(test)) for name, model in rust.items()},
                "scikit-learn TF-IDF + LinearSVC": (lambda: peer.predict(test), len(test)),
                "str.split": (lambda: [text.split() for text in test], len(test)),
            }
        )
    both = speeds["toolkit, two processes"]
    return {
        **{f"{name}, documents/s": speed for name, speed in speeds.items()},
        **{f"ratio to {name}": both / speeds[name] for name in rust},
        "str.split is faster by, one core": speeds["str.split"] / speeds["toolkit, one core"],
        "accuracy, toolkit": _accuracy([p.labels[0] for p in ours.predict(test)], labels[half:]),
        **{f"accuracy, {name}": _accuracy(model.predict_batch(test), labels[half:]) for name, model in rust.items()},
    }


_loaded: dict[str, TopicModel] = {}


def _label(folder: str, texts: list[str]) -> int:
    """Label in a worker that keeps its model."""
    if folder not in _loaded:
        _loaded[folder] = TopicModel.load(folder)
    return len(_loaded[folder].predict(texts))


def cold_start() -> dict[str, float]:
    """Return seconds from the shell's call to its prompt, everything included."""
    python = sys.executable
    command = shutil.which("toolkit", path=str(Path(python).parent)) or "toolkit"
    article = str(ROOT / "seeds" / "004_515e66919e899699.txt")
    calls = {
        "toolkit label one-article.txt": [command, "label", article],
        "import sklearn.linear_model": [python, "-c", "import sklearn.linear_model"],
        "toolkit --help": [command, "--help"],
        "import typer": [python, "-c", "import typer"],
        "python itself": [python, "-c", "pass"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(2 * ROUNDS + 1):
        for name, call in calls.items():
            started = time.perf_counter()
            subprocess.run(call, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(taken[1:]) for name, taken in seconds.items()}
    return {
        **{f"{name}, s": taken for name, taken in medians.items()},
        "label / import sklearn.linear_model": medians["toolkit label one-article.txt"]
        / medians["import sklearn.linear_model"],
        "--help / import typer": medians["toolkit --help"] / medians["import typer"],
    }


def linearity(paragraphs: Sequence[str]) -> list[dict[str, float]]:
    """Return seconds and syllables of labelling 10² to 10⁵ paragraphs with the shipped model."""
    from toolkit.pipeline import Analyzer

    model = Analyzer.load().topics
    model.predict(paragraphs[:100])
    points = []
    for size in (100, 300, 1000, 3000, 10_000, 30_000, 100_000):
        texts = [paragraphs[i % len(paragraphs)] for i in range(size)]
        started = time.perf_counter()
        model.predict(texts)
        seconds = time.perf_counter() - started
        points.append({"paragraphs": size, "syllables": sum(map(count_syllables, texts)), "seconds": seconds})
    return points


# --- measuring ----------------------------------------------------------------------------------------


def _speeds(contestants: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Return units a second of each contestant: the median over rounds in alternation, after one to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS + 1):
        for name, (work, _) in contestants.items():
            started = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - started)
    return {name: units / statistics.median(seconds[name][1:]) for name, (_, units) in contestants.items()}


def _accuracy(found: Sequence[str], wanted: Sequence[str]) -> float:
    return sum(one == other for one, other in zip(found, wanted, strict=True)) / len(wanted)


def read_paragraphs(data: Path | None) -> list[str]:
    """Return economy news, or the paragraphs of the corpus where no data are at hand."""
    if data is None:
        return [row.text for row in read_written(ROOT / "corpus")]
    with gzip.open(data / "data" / "economy-news.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [paragraph for line in lines for paragraph in json.loads(line)["paragraphs"] if paragraph.strip()]


def _documents(data: Path | None, n_documents: int) -> tuple[list[str], list[str]]:
    if data is None:
        rows = [row for row in read_written(ROOT / "corpus") if len(row.labels) == 1]
        return [row.text for row in rows], [row.labels[0] for row in rows]
    with gzip.open(data / "data" / "vntc-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = random.Random(0).sample([json.loads(line) for line in lines], n_documents)
    return [record["text"] for record in records], [record["label"] for record in records]


def _table(title: str, figures: dict[str, float]) -> Table:
    table = Table("what", title, box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, value in figures.items():
        table.add_row(name, f"{value:,.0f}" if value >= 1000 else f"{value:,.3g}")
    return table


def _plot(points: list[dict[str, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    axes.loglog([p["paragraphs"] for p in points], [p["seconds"] for p in points], "o-")
    axes.set_xlabel("paragraphs")
    axes.set_ylabel("seconds from text to labels, one core")
    axes.grid(which="both", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=120, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
