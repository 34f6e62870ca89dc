"""Train the summariser from VietNews and say how good it is on articles it has not seen.

    python benchmarks/retrain_summarizer.py --data ../shared [--output build/models/summarizer]

The same data and package versions give the same model, byte for byte.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # sums in one order: the same model every time

import itertools

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from benchmarks.summary_data import Article, Cluster, abmusu, checksum, vietnews, vmds, without_copies
from toolkit.metrics import (
    KINDS,
    bootstrap_interval,
    longest_common_subsequence,
    rouge,
    rouge_references,
    tokens,
)
from toolkit.results import Budget
from toolkit.summarization import summarize_each, summarize_many
from toolkit.summarization.cluster_features import cluster_features
from toolkit.summarization.forest import MAX_LEAVES, Forest
from toolkit.summarization.model import SummarizerModel
from toolkit.summarization.sentence_features import (
    N_CELLS,
    ConceptTable,
    Weighed,
    sentence_features,
    weigh,
)
from toolkit.summarization.set_features import SETS, fill_slots, set_features
from toolkit.summarization.tokens import N_BUCKETS, Source, Tokens, find_concepts, read_tokens
from toolkit.summarization.trained import TrainedSummarizer

SEED = 0
MIN_ARTICLES = 30
"""A syllable of fewer articles is unknown to the model."""
PRIOR = 20.0
"""A term's rate counts as if the mean rate had been seen in so many more articles."""
TITLELESS = 0.2
"""Share of the articles trained on without their title: outlets do not always give one."""
WEIGHTS = np.array([1.0, 1.0, 1.5, 0.5, 0.5, 1.5]) / 6
"""What the forests learn: ROUGE-1/2/L F1 over syllables, and the same in ASCII."""
BOOSTING: dict[str, Any] = {
    "max_leaf_nodes": MAX_LEAVES, "l2_regularization": 1.0, "early_stopping": False, "random_state": SEED,
}  # fmt: skip
_BATCH = 400
Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows to learn from: features and target, and for each set its document and members."""

    rows: Features
    target: NDArray[np.float64]


class Reference:
    """An abstract, ready to score many candidates."""

    def __init__(self, text: str) -> None:
        self.sides: list[tuple[list[str], Counter[Any], Counter[Any]]] = []
        for mode in ("unicode", "ascii"):
            words = tokens(text, mode)
            self.sides.append((words, Counter(words), Counter(itertools.pairwise(words))))

    def score(self, candidate: tuple[list[str], list[str]]) -> float:
        """Return the weighted mean of the six F1 scores that the forests learn."""
        found = []
        for ours, (words, singles, pairs) in zip(candidate, self.sides, strict=True):
            sizes = len(ours) + len(words)
            for own, theirs, n in (
                (Counter(ours), singles, sizes),
                (Counter(itertools.pairwise(ours)), pairs, max(len(ours) - 1, 0) + max(len(words) - 1, 0)),
            ):
                found.append(2 * sum(min(k, theirs[x]) for x, k in own.items() if x in theirs) / max(n, 1))
            found.append(2 * longest_common_subsequence(words, ours) / max(sizes, 1))
        return float(WEIGHTS @ found)


def sources(articles: Sequence[Article], drop: NDArray[np.bool_] | None = None) -> list[Source]:
    """Return what the ranker reads, without the titles where `drop` says so."""
    return [
        Source(
            None if drop is not None and drop[number] else article.document.title,
            tuple(sentence.text for sentence in article.document.sentences),
        )
        for number, article in enumerate(articles)
    ]


def count_vocabulary(articles: Sequence[Article]) -> dict[str, int]:
    """Return the syllables of enough articles, most frequent first, numbered."""
    held = Counter(word for article in articles for word in set(tokens(article.document.text)))
    frequent = sorted(((-n, word) for word, n in held.items() if n >= MIN_ARTICLES))
    return {word: number for number, (_, word) in enumerate(frequent)}


def _abstract_as_title(articles: Sequence[Article]) -> list[Source]:
    """Return sources whose title is the abstract: `Concepts.in_title` then says what to predict."""
    return [Source(a.references[0], tuple(s.text for s in a.document.sentences)) for a in articles]


def learn_tables(
    first: Sequence[Article], second: Sequence[Article], vocabulary: dict[str, int]
) -> tuple[ConceptTable, ConceptTable]:
    """Return the concept tables: rates from `first`, probabilities by class of rate from `second`."""
    made = []
    for order, n_buckets in ((1, len(vocabulary) + 1), (2, N_BUCKETS)):
        held, kept = np.zeros(n_buckets), np.zeros(n_buckets)
        for start in range(0, len(first), _BATCH):
            batch = read_tokens(_abstract_as_title(first[start : start + _BATCH]), vocabulary)
            concepts = find_concepts(batch, order)
            held += np.bincount(concepts.bucket, minlength=n_buckets)
            kept += np.bincount(concepts.bucket, concepts.in_title, minlength=n_buckets)
        mean = kept.sum() / held.sum()
        rate = ((kept + PRIOR * mean) / (held + PRIOR)).astype(np.float16).astype(np.float64)
        shares = np.arange(1, 12) / 12 if order == 1 else [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
        idf = np.log(len(first) / (held + 1)) if order == 1 else np.zeros(n_buckets)
        table = ConceptTable(rate, _rounded(idf), _rounded(np.quantile(rate, shares)), np.zeros(N_CELLS))
        seen, hits = np.zeros(N_CELLS), np.zeros(N_CELLS)
        for start in range(0, len(second), _BATCH):
            part = second[start : start + _BATCH]
            truth = find_concepts(read_tokens(_abstract_as_title(part), vocabulary), order).in_title
            for titled in (True, False):
                drop = np.full(len(part), not titled)
                batch = read_tokens(sources(part, drop), vocabulary)
                cells = table.cells(find_concepts(batch, order), batch.title_length > 0)
                seen += np.bincount(cells, minlength=N_CELLS)
                hits += np.bincount(cells, truth, minlength=N_CELLS)
        overall = hits.sum() / seen.sum()
        made.append(ConceptTable(rate, table.idf, table.edges, _rounded((hits + 5 * overall) / (seen + 5))))
    return made[0], made[1]


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values.astype(np.float32).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of a batch of articles."""

    tokens: Tokens
    weighed: tuple[Weighed, Weighed]
    rows: Features


def read_batch(part: list[Source], vocabulary: dict[str, int], tables: tuple[ConceptTable, ConceptTable]) -> Batch:
    """Return the sentence features of a batch."""
    batch = read_tokens(part, vocabulary)
    weighed = (
        weigh(batch, find_concepts(batch, 1), tables[0]),
        weigh(batch, find_concepts(batch, 2), tables[1]),
    )
    return Batch(batch, weighed, sentence_features(batch, weighed, tables))


def export(learner: HistGradientBoostingRegressor) -> Forest:
    """Return a fitted scikit-learn ensemble as a `Forest`."""
    columns: dict[str, list[Any]] = {"feature": [], "threshold": [], "tree": [], "mask": []}
    leaves = np.zeros((len(learner._predictors), MAX_LEAVES), dtype=np.float32)
    for tree, (predictor,) in enumerate(learner._predictors):
        nodes = predictor.nodes

        def visit(number: int, first: int, tree: int = tree, nodes: Any = nodes) -> int:
            """Number the leaves below a node from `first` on; return the next free number."""
            node = nodes[number]
            if node["is_leaf"]:
                leaves[tree, first] = node["value"]
                return first + 1
            middle = visit(int(node["left"]), first)
            last = visit(int(node["right"]), middle)
            # Thresholds are rounded down to float32, in which rows come: the tests stay the same.
            threshold = np.float32(node["num_threshold"])
            if float(threshold) > float(node["num_threshold"]):
                threshold = np.nextafter(threshold, np.float32(-np.inf))
            left = sum(1 << leaf for leaf in range(first, middle))
            for name, value in zip(columns, (node["feature_idx"], threshold, tree, 0xFFFF ^ left), strict=True):
                columns[name].append(value)
            return last

        visit(0, 0)
    return Forest(
        feature=np.array(columns["feature"], dtype=np.int32),
        threshold=np.array(columns["threshold"], dtype=np.float32),
        tree=np.array(columns["tree"], dtype=np.int32),
        mask=np.array(columns["mask"], dtype=np.uint16),
        leaves=leaves,
        base=np.array([float(np.ravel(learner._baseline_prediction)[0])]),
    )


def learn(
    articles: Sequence[Article], vocabulary: dict[str, int], tables: tuple[ConceptTable, ConceptTable]
) -> tuple[Forest, Forest]:
    """Return the two forests; sets are learned from scores of sentences the ranker was not fitted on."""
    drop = np.random.default_rng(SEED).random(len(articles)) < TITLELESS
    read = sources(articles, drop)
    parts = [read[start : start + _BATCH] for start in range(0, len(read), _BATCH)]
    batches = [read_batch(part, vocabulary, tables) for part in parts]
    rows = np.concatenate([batch.rows for batch in batches])
    owner = np.repeat(np.arange(len(read)), [len(source.sentences) for source in read])
    references = [Reference(article.references[0]) for article in articles]
    words = [(tokens(text), tokens(text, "ascii")) for source in read for text in source.sentences]
    target = np.array([references[document].score(pair) for document, pair in zip(owner, words, strict=True)])
    print(f"{len(rows):,} sentences scored", flush=True)

    def fit(x: Features, y: NDArray[np.float64], n: int, smallest: int) -> HistGradientBoostingRegressor:
        learner = HistGradientBoostingRegressor(max_iter=n, learning_rate=0.12, min_samples_leaf=smallest, **BOOSTING)
        return learner.fit(x, y)

    early = owner < len(read) // 2
    unseen = np.empty(len(rows))
    unseen[~early] = fit(rows[early], target[early], 100, 100).predict(rows[~early])
    unseen[early] = fit(rows[~early], target[~early], 100, 100).predict(rows[early])
    ranker = export(fit(rows, target, 100, 100))
    set_rows, set_target = [], []
    sentence = document = 0
    for batch in batches:
        n_sentences, n_documents = len(batch.tokens.length), len(batch.tokens.n_sentences)
        scores = unseen[sentence : sentence + n_sentences]
        slots = fill_slots(batch.tokens, scores, np.ones(n_sentences, dtype=bool))
        features = set_features(batch.tokens, batch.weighed, batch.rows, scores, slots)
        for number in range(n_documents):
            for column, members in enumerate(SETS):
                chosen = slots.sentence[number, list(members)]
                if (chosen < 0).any():
                    continue
                pairs = [words[sentence + index] for index in chosen]
                joined = ([w for p in pairs for w in p[0]], [w for p in pairs for w in p[1]])
                set_rows.append(features[number, column])
                set_target.append(references[document + number].score(joined))
        sentence, document = sentence + n_sentences, document + n_documents
    print(f"{len(set_rows):,} sets scored", flush=True)
    return ranker, export(fit(np.stack(set_rows), np.array(set_target), 150, 200))


class Clusters:
    """Sentences of many clusters with the share of each that the written summaries repeat."""

    def __init__(
        self,
        clusters: Sequence[Cluster],
        vocabulary: dict[str, int],
        tables: tuple[ConceptTable, ConceptTable],
        ranker: Forest,
    ) -> None:
        rows, targets, lengths = [], [], []
        for cluster in clusters:
            part = [Source(d.title, tuple(s.text for s in d.sentences)) for d in cluster.documents]
            batch = read_batch(part, vocabulary, tables)
            scores = ranker.predict(batch.rows)
            rows.append(cluster_features(cluster.documents, batch.tokens, batch.weighed, batch.rows, scores))
            references = [tokens(text) for text in cluster.references]
            singles = [set(words) for words in references]
            pairs = [set(itertools.pairwise(words)) for words in references]
            for source in part:
                for text in source.sentences:
                    words = tokens(text)
                    bigrams = list(itertools.pairwise(words))
                    one = np.mean([sum(w in held for w in words) / max(len(words), 1) for held in singles])
                    two = np.mean([sum(b in held for b in bigrams) / max(len(bigrams), 1) for held in pairs])
                    targets.append(0.3 * float(one) + 0.7 * float(two))
                    lengths.append(max(len(words), 1))
        self.owner = np.repeat(np.arange(len(clusters)), [len(part) for part in rows])
        self.rows, self.target, self.length = (
            np.concatenate(rows),
            np.array(targets),
            np.array(lengths, dtype=float),
        )

    def fit(self, left_out: Sequence[int] = ()) -> Forest:
        """Return a forest learned from all clusters but those left out."""
        kept = ~np.isin(self.owner, left_out)
        learner = HistGradientBoostingRegressor(
            max_iter=120, learning_rate=0.05, min_samples_leaf=60,
            **{**BOOSTING, "max_leaf_nodes": 12, "l2_regularization": 5.0},
        )  # fmt: skip
        return export(learner.fit(self.rows[kept], self.target[kept], sample_weight=self.length[kept]))


def evaluate_clusters(model: SummarizerModel, data: Clusters, sets: dict[str, list[Cluster]]) -> dict[str, Any]:
    """Return percent F1 with intervals at 200 syllables, each cluster by a forest fitted without it."""
    named = [(name, cluster) for name, clusters in sets.items() for cluster in clusters]
    fold = np.random.default_rng(SEED).integers(0, 5, len(named))
    scores: dict[str, list[list[float]]] = {name: [] for name in sets}
    for number in range(5):
        members = np.flatnonzero(fold == number)
        summarizer = TrainedSummarizer(replace(model, clusters=data.fit(members.tolist())))
        for index in members.tolist():
            name, cluster = named[index]
            text = summarize_many(cluster.documents, Budget(syllables=200), summarizer).text
            found = rouge_references(text, cluster.references)
            scores[name].append([found[kind].f1 for kind in KINDS])
    result: dict[str, Any] = {}
    for name, rows in scores.items():
        for kind, column in zip(KINDS, np.array(rows).T, strict=True):
            interval = bootstrap_interval(column, n_resamples=500)
            result[f"{name}_{kind}"] = [round(100 * x, 2) for x in (interval.mean, interval.low, interval.high)]
    return result


def evaluate(model: SummarizerModel, articles: Sequence[Article]) -> dict[str, list[float]]:
    """Return percent F1 of ROUGE-1/2/L with 95 % intervals, at most two sentences, in both modes."""
    summarizer = TrainedSummarizer(model)
    documents = [article.document for article in articles]
    texts = [digest.text for digest in summarize_each(documents, Budget(sentences=2), summarizer)]
    result = {}
    for mode in ("unicode", "ascii"):
        scores = [rouge(t, a.references[0], mode=mode) for t, a in zip(texts, articles, strict=True)]
        for kind in KINDS:
            interval = bootstrap_interval([one[kind].f1 for one in scores], n_resamples=500)
            result[f"{kind}_{mode}"] = [round(100 * x, 2) for x in (interval.mean, interval.low, interval.high)]
    return result


def main() -> None:
    """Train, evaluate and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder with data/vietnews-*.jsonl.gz")
    parser.add_argument("--output", type=Path, default=Path("build/models/summarizer"))
    parser.add_argument("--limit", type=int, help="train on so many articles only, to try the script")
    arguments = parser.parse_args()
    val = vietnews(arguments.data, "val")
    train = vietnews(arguments.data, "train")
    n_all = len(train)
    train = without_copies(train, val)
    order = np.random.default_rng(SEED).permutation(len(train))[: arguments.limit]
    train = [train[index] for index in order]
    print(f"{n_all:,} articles, {n_all - len(order):,} copies of val or beyond the limit left out", flush=True)
    first, second = train[: len(train) // 2], train[len(train) // 2 :]
    vocabulary = count_vocabulary(first)
    tables = learn_tables(first, second, vocabulary)
    forests = learn(second, vocabulary, tables)
    about: dict[str, Any] = {
        "trained_on": {
            "corpus": "VietNews train; VietnameseMDS dev and AbMusu train for digests of many articles",
            "sha256": checksum(arguments.data / "data" / "vietnews-train.jsonl.gz"),
            "articles": len(train),
            "copies_left_out": n_all - len(train) if arguments.limit is None else None,
            "seed": SEED,
            "packages": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
            "python": platform.python_version(),
        }
    }
    sets = {"vmds_dev": vmds(arguments.data), "abmusu_train": abmusu(arguments.data)}
    data = Clusters([c for clusters in sets.values() for c in clusters], vocabulary, tables, forests[0])
    model = SummarizerModel(vocabulary, tables, *forests, data.fit(), about)
    tuning, reporting = val[: len(val) // 2], without_copies(val[len(val) // 2 :], val[: len(val) // 2])
    scores = {
        "val_tuning_half": evaluate(model, tuning),
        "val_other_half": evaluate(model, reporting),
        "clusters_cross_validated": evaluate_clusters(model, data, sets),
    }
    replace(model, about={**about, "rouge_f1_percent": scores}).save(arguments.output)
    for name, row in scores.items():
        print(name, row)
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
