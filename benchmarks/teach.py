"""Label the unlabelled paragraphs of the data folder by a teacher, for the linear model to learn from.

    python -m benchmarks.teach --data ../shared                          # needs PyTorch: the extra `teacher`
    python -m benchmarks.teach --data ../shared --linear models/topics   # with a linear model that is there already

The teacher is a convolutional network over word vectors (Kim 2014; the vectors after Levy and Goldberg 2014) blended
with the linear model. Its probabilities are written by reference, no text: source, document, location and SHA-1 of a
paragraph, gzipped JSON Lines. A model trained on them too comes near the teacher (Hinton, Vinyals and Dean 2015,
"Distilling the Knowledge in a Neural Network"), at the speed of a linear one. Run twice, the same bytes are written.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import expit, logit
from sklearn.metrics import average_precision_score

from benchmarks.word_vectors import Words, read_words, word_vectors
from toolkit.batch.store import LocalStore
from toolkit.classification import TopicModel
from toolkit.corpus import LABELS, LabelledText, read_labelled, read_references, read_written, text_sha1
from toolkit.errors import InputNotFoundError, MissingExtraError, ModelError, ToolkitError
from toolkit.evaluation.topics import indicator
from toolkit.text import count_syllables
from toolkit.training import sample_weights, train

ROOT = Path(__file__).resolve().parent.parent
SEED = 11
NETWORK_SHARE = 0.45
"""What the network's logit counts beside the linear model's."""
_VOCABULARY = 30_000  # words
_SHORTEST, _LONGEST = 12, 230  # syllables of a paragraph
_LIKELY, _NAMED = 0.02, 0.005  # highest probability of a paragraph that is kept, and of a label that is written
_OTHERS = 20_000  # paragraphs kept of those that are less likely to carry any label
_CLIP = 1e-6  # probabilities nearer to 0 or 1 have no finite logit
_STRETCHES = {
    # source: file, how often an article is cut, share of stretches of 1, 2, … sentences, fewest syllables
    "vn_train": ("vietnews-train", 1, (0.42, 0.46, 0.12), 20),
    "vn_val": ("vietnews-val", 2, (0.35, 0.35, 0.2, 0.1), 18),
}
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A paragraph nobody labelled, and where it stands, as references name it."""

    source: str
    document: str
    location: int | tuple[int, int]
    sha1: str
    text: str


# --- which paragraphs ---------------------------------------------------------------------------------


def unlabelled_paragraphs(corpus: Path, data: Path, *, seed: int = SEED) -> list[Unlabelled]:
    """Return the paragraphs of ``data/`` that may be taught from, each text once; the same for the same seed.

    None is of a document that ``gold/dev.jsonl`` names, has the text of a labelled one, or overlaps with a labelled
    stretch of VietNews. All have 12 to 230 syllables.
    """
    dev = list(_records(data / "gold" / "dev.jsonl"))
    references = [record for path in sorted((corpus / "references").glob("*.jsonl")) for record in _records(path)]
    held_out = {record["document"] for record in dev}
    seen = {record["sha1"] for record in references} | {text_sha1(record["text"]) for record in dev}
    taken: dict[tuple[str, str], list[list[int]]] = {}
    for record in references:
        if isinstance(record["location"], list):
            taken.setdefault((record["source"], record["document"]), []).append(record["location"])
    pool: list[Unlabelled] = []
    for source, document, location, text in _paragraphs(data / "data", random.Random(seed)):
        if document in held_out or not _SHORTEST <= count_syllables(text) <= _LONGEST:
            continue
        if isinstance(location, tuple):
            start, end = location
            if any(first < end and start < last for first, last in taken.get((source, document), ())):
                continue
        sha1 = text_sha1(text)
        if sha1 not in seen:
            seen.add(sha1)
            pool.append(Unlabelled(source, document, location, sha1, text))
    if not pool:
        raise InputNotFoundError(f"{data / 'data'}: expected unlabelled paragraphs, found none; check --data")
    return pool


def _paragraphs(folder: Path, rng: random.Random) -> Iterator[tuple[str, str, int | tuple[int, int], str]]:
    """Yield source, document, location and text of every paragraph; sentences of VietNews in random stretches."""
    for record in _records(folder / "economy-news.jsonl.gz"):
        for number, paragraph in enumerate(record["paragraphs"]):
            yield "economy-news", record["id"], number, paragraph.strip()
    for record in _records(folder / "vntc-train.jsonl.gz"):
        for number, line in enumerate(record["text"].split("\n")):
            yield "vntc_train", record["id"], number, line.strip()
    for source, (name, times, shares, fewest) in _STRETCHES.items():
        for record in _records(folder / f"{name}.jsonl.gz"):
            sentences = record["sentences"]
            for _ in range(times):
                start = 0
                while start < len(sentences):
                    (length,) = rng.choices(range(1, len(shares) + 1), shares)
                    end = min(start + length, len(sentences))
                    text = " ".join(sentences[start:end])
                    if count_syllables(text) >= fewest:
                        yield source, record["id"], (start, end), text
                    start = end


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)
    except FileNotFoundError as error:
        raise InputNotFoundError(f"{path}: expected a file of the data folder, found nothing; check --data") from error
    except (OSError, EOFError, ValueError) as error:
        raise ToolkitError(f"{path}: cannot be read as JSON Lines ({error}); get the file again") from error


# --- the teacher --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taught:
    """Logits of network and linear model for the same texts; each of shape (n_texts, n_labels)."""

    network: FloatArray
    linear: FloatArray

    @property
    def blend(self) -> FloatArray:
        """The teacher's logits."""
        return NETWORK_SHARE * self.network + (1 - NETWORK_SHARE) * self.linear


def teach(
    rows: Sequence[LabelledText],
    linear: TopicModel,
    pool: Sequence[str],
    held_out: Sequence[str],
    *,
    epochs: int,
    networks: int,
    threads: int,
    console: Console,
) -> tuple[Taught, Taught]:
    """Return what networks trained on `rows`, and `linear`, say of `pool` and of `held_out`.

    The words and their vectors come from `rows` and `pool`; of `held_out` nothing is learnt.
    """
    from benchmarks.teacher_network import network_logits, train_network  # needs torch

    n_known = len(rows) + len(pool)
    texts = [*(row.text for row in rows), *pool, *held_out]
    words, vocabulary = read_words(texts, n_known, _VOCABULARY)
    console.print(f"{len(words.ids)} words; vectors for the {len(vocabulary)} most frequent")
    vectors = word_vectors(words, n_known, len(vocabulary))
    target = indicator(rows, linear.labels)
    weight = np.array(sample_weights(rows))
    asked, asked_words = texts[len(rows) :], Words(words.ids, words.indptr[len(rows) :])
    logits = np.zeros((len(asked), len(linear.labels)))
    for seed in range(networks):
        console.print(f"network {seed + 1} of {networks}, {len(rows)} paragraphs")
        network = train_network(
            words, target, weight, vectors, epochs=epochs, seed=seed, threads=threads, report=console.print
        )
        logits += network_logits(network, asked_words, len(linear.labels)) / networks
    own = logit(np.clip(linear.probabilities(asked), _CLIP, 1 - _CLIP))
    n = len(pool)
    return Taught(logits[:n], own[:n]), Taught(logits[n:], own[n:])


# --- what is written ----------------------------------------------------------------------------------


def kept_rows(probabilities: FloatArray, *, others: int = _OTHERS, seed: int = SEED) -> NDArray[np.int64]:
    """Return the rows worth writing, ascending: all with a likely label, and so many `others` drawn at random."""
    likely = probabilities.max(axis=1) >= _LIKELY
    rest = np.flatnonzero(~likely)
    drawn = np.random.default_rng(seed).permutation(rest)[:others]
    return np.sort(np.concatenate([np.flatnonzero(likely), drawn]))


def write_taught(path: Path, pool: Sequence[Unlabelled], probabilities: FloatArray, labels: Sequence[str]) -> None:
    """Write paragraphs by reference with their probabilities; the same bytes for the same values, all or nothing."""
    lines = []
    for paragraph, row in zip(pool, probabilities.tolist(), strict=True):
        scores = {label: round(score, 2) for label, score in zip(labels, row, strict=True) if score >= _NAMED}
        record = {
            "sha1": paragraph.sha1,
            "source": paragraph.source,
            "document": paragraph.document,
            "location": paragraph.location,
            "scores": scores,
        }
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    LocalStore(str(path.parent)).put(path.name, gzip.compress("".join(lines).encode(), mtime=0))


# --- the script ---------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run the script; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with gold/ and data/")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--linear", type=Path, help="folder of a trained linear model; one is trained where not given")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--networks", type=int, default=1, help="trained from as many seeds; their mean counts")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--limit", type=int, help="labelled and unlabelled paragraphs at most, drawn at random: a trial"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "corpus" / "references" / "taught.jsonl.gz")
    options = parser.parse_args(arguments)
    try:
        _run(options, Console(highlight=False))
    except ToolkitError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace, console: Console) -> None:
    dev_path = options.data / "gold" / "dev.jsonl"
    if not dev_path.exists():
        raise InputNotFoundError(f"{dev_path}: expected the data folder's gold/ and data/, found nothing; check --data")
    if importlib.util.find_spec("torch") is None:  # said now, not after minutes of reading
        raise MissingExtraError(
            'the teacher needs PyTorch; install it with: pip install "vietnamese-text-toolkit[teacher]"'
        )
    joined = read_references(options.corpus, options.data)
    rows = [*read_written(options.corpus), *joined.texts]
    console.print(f"{len(rows)} labelled paragraphs, {len(joined.missing)} references without text")
    pool = unlabelled_paragraphs(options.corpus, options.data)
    console.print(f"{len(pool)} unlabelled paragraphs")
    if options.limit:
        rows = random.Random(SEED).sample(rows, min(options.limit, len(rows)))
        pool = random.Random(SEED).sample(pool, min(options.limit, len(pool)))
    linear = TopicModel.load(options.linear) if options.linear else train(rows, labels=LABELS).model
    if linear.labels != LABELS:
        raise ModelError(f"{options.linear}: expected the labels {LABELS}, found {linear.labels}; name another model")
    dev = read_labelled(dev_path)
    taught, check = teach(
        rows,
        linear,
        [paragraph.text for paragraph in pool],
        [row.text for row in dev],
        epochs=options.epochs,
        networks=options.networks,
        threads=options.threads,
        console=console,
    )
    target = indicator(dev, LABELS)
    for name, logits in (("network", check.network), ("linear", check.linear), ("blend", check.blend)):
        console.print(f"mean average precision on dev, {name}: {average_precision_score(target, logits):.4f}")
    probabilities = expit(taught.blend)
    kept = kept_rows(probabilities)
    for label, scores in zip(LABELS, probabilities[kept].T, strict=True):
        console.print(f"{label}: {scores.sum():.0f} expected, {(scores >= 0.5).sum()} more likely than not")
    write_taught(options.out, [pool[row] for row in kept.tolist()], probabilities[kept], LABELS)
    console.print(f"wrote {len(kept)} of {len(pool)} paragraphs to {options.out}")


if __name__ == "__main__":
    sys.exit(main())
