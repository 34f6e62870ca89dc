"""Learning what the summariser knows: tables of concepts, and forests over sentences, sets and clusters."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # sums in one order: the same model every time

import itertools

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from benchmarks.summary_data import Article, Cluster
from toolkit.metrics import longest_common_subsequence, tokens
from toolkit.summarization.cluster_concepts import share_concepts
from toolkit.summarization.cluster_features import cluster_features
from toolkit.summarization.forest import MAX_LEAVES, Forest
from toolkit.summarization.sentence_features import N_CELLS, ConceptTable, Weighed, sentence_features, weigh
from toolkit.summarization.set_features import Tried, candidate_sets, set_features
from toolkit.summarization.tokens import N_BUCKETS, Source, Tokens, find_concepts, read_tokens

SEED = 0
PRIOR = 20.0
"""A term's rate counts as if the mean rate had been seen in so many more articles."""
TITLELESS = 0.2
"""Share of the articles trained on without their title: outlets do not always give one."""
WEIGHTS = np.array([1.0, 1.0, 1.5, 0.5, 0.5, 1.5]) / 6
"""What the forests learn: ROUGE-1/2/L F1 over syllables, and the same in ASCII."""
_LEARNED = Tried(anchors=5, singles=4, ranked=10)
"""Sets that are learned from: more than a digest tries, as what is worse teaches too."""
_DRAWS, _SHARE_DRAWN = 4, 0.8
"""Forests of clusters that are averaged, and the share of the clusters that each learns from."""
_BATCH = 400
_FREQUENT = 8000
"""Syllables seen most often, by whose rates the classes of the table are bounded."""
_BIGRAM_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
Features = NDArray[np.float32]
Scores = NDArray[np.float64]
Tables = tuple[ConceptTable, ConceptTable]


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


def source(article: Article, *, title: bool = True) -> Source:
    """Return what the ranker reads of an article."""
    document = article.document
    return Source(document.title if title else None, tuple(sentence.text for sentence in document.sentences))


def fit(rows: Features, target: Scores, n_trees: int, smallest: int, **settings: Any) -> Forest:
    """Return a forest of `n_trees` trees, none of whose leaves holds fewer than `smallest` rows."""
    weight = settings.pop("sample_weight", None)
    made = {"max_leaf_nodes": MAX_LEAVES, "l2_regularization": 1.0, "learning_rate": 0.12, **settings}
    learner = HistGradientBoostingRegressor(
        max_iter=n_trees, min_samples_leaf=smallest, early_stopping=False, random_state=SEED, **made
    )
    return export(learner.fit(rows, target, sample_weight=weight))


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
            every = (1 << MAX_LEAVES) - 1
            for name, value in zip(columns, (node["feature_idx"], threshold, tree, every ^ left), strict=True):
                columns[name].append(value)
            return last

        visit(0, 0)
    return Forest(
        feature=np.array(columns["feature"], dtype=np.int32),
        threshold=np.array(columns["threshold"], dtype=np.float32),
        tree=np.array(columns["tree"], dtype=np.int32),
        mask=np.array(columns["mask"], dtype=np.uint8),
        leaves=leaves,
        base=np.array([float(np.ravel(learner._baseline_prediction)[0])]),
    )


# --- tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LearnedTables:
    """The tables that ship, and for each half of the articles those that have not seen its abstracts."""

    final: Tables
    unseen: tuple[Tables, Tables]


def learn_tables(halves: tuple[Sequence[Article], Sequence[Article]]) -> LearnedTables:
    """Return the concept tables: what a rate tells is learned where the rate is that of the other half."""
    pairs = [_learn_table(halves, order) for order in (1, 2)]
    (one, (one_a, one_b)), (two, (two_a, two_b)) = pairs
    return LearnedTables((one, two), ((one_a, two_a), (one_b, two_b)))


def _learn_table(
    halves: tuple[Sequence[Article], Sequence[Article]], order: int
) -> tuple[ConceptTable, tuple[ConceptTable, ConceptTable]]:
    counted = [_count(half, order) for half in halves]
    held, kept = counted[0][0] + counted[1][0], counted[0][1] + counted[1][1]
    rates = _rates(held, kept)
    if order == 1:
        often = np.argsort(-held, kind="stable")[:_FREQUENT]
        edges = _rounded(np.quantile(rates[often], np.arange(1, 12) / 12))
        idf = _rounded(np.log(sum(map(len, halves)) / (held + 1)))
    else:
        edges, idf = _rounded(np.quantile(rates, _BIGRAM_SHARES)), np.zeros(N_BUCKETS)
    # Each half meets the rates of the other, as an unseen article meets those of all.
    met = [ConceptTable(_rates(*counted[1 - number]), idf, edges, np.zeros(N_CELLS)) for number in (0, 1)]
    seen, hits = np.zeros(N_CELLS), np.zeros(N_CELLS)
    for half, table in zip(halves, met, strict=True):
        for part in _parts(half):
            truth = find_concepts(read_tokens([_abstract_as_title(article) for article in part]), order).in_title
            for titled in (True, False):
                batch = read_tokens([source(article, title=titled) for article in part])
                cells = table.cells(find_concepts(batch, order), batch.title_length > 0)
                seen += np.bincount(cells, minlength=N_CELLS)
                hits += np.bincount(cells, truth, minlength=N_CELLS)
    overall = hits.sum() / seen.sum()
    chance = _rounded((hits + 5 * overall) / (seen + 5))
    first, second = (ConceptTable(table.rate, idf, edges, chance) for table in met)
    return ConceptTable(rates, idf, edges, chance), (first, second)


def _count(articles: Sequence[Article], order: int) -> tuple[Scores, Scores]:
    """Return in how many articles each bucket stands, and in how many of these also in the abstract."""
    held, kept = np.zeros(N_BUCKETS), np.zeros(N_BUCKETS)
    for part in _parts(articles):
        concepts = find_concepts(read_tokens([_abstract_as_title(article) for article in part]), order)
        held += np.bincount(concepts.bucket, minlength=N_BUCKETS)
        kept += np.bincount(concepts.bucket, concepts.in_title, minlength=N_BUCKETS)
    return held, kept


def _rates(held: Scores, kept: Scores) -> Scores:
    mean = kept.sum() / held.sum()
    rates: Scores = ((kept + PRIOR * mean) / (held + PRIOR)).astype(np.float16).astype(np.float64)
    return rates


def _abstract_as_title(article: Article) -> Source:
    """Return a source whose title is the abstract: `Concepts.in_title` then says what to predict."""
    return Source(article.references[0], source(article).sentences)


def _rounded(values: Scores) -> Scores:
    return values.astype(np.float32).astype(np.float64)


def _parts(articles: Sequence[Article]) -> Iterator[Sequence[Article]]:
    for start in range(0, len(articles), _BATCH):
        yield articles[start : start + _BATCH]


# --- one article --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of a batch of articles."""

    tokens: Tokens
    weighed: tuple[Weighed, Weighed]
    rows: Features


def read_batch(part: Sequence[Source], tables: Tables) -> Batch:
    """Return the sentence features of a batch."""
    batch = read_tokens(part)
    weighed = (
        weigh(batch, find_concepts(batch, 1), tables[0]),
        weigh(batch, find_concepts(batch, 2), tables[1]),
    )
    return Batch(batch, weighed, sentence_features(batch, weighed, tables))


def learn_forests(halves: tuple[Sequence[Article], Sequence[Article]], tables: LearnedTables) -> tuple[Forest, Forest]:
    """Return the two forests; sets are learned from scores of sentences the ranker was not fitted on."""
    draw = np.random.default_rng(SEED)
    read = [[source(article, title=draw.random() >= TITLELESS) for article in half] for half in halves]
    batches = [
        [read_batch(half[start : start + _BATCH], known) for start in range(0, len(half), _BATCH)]
        for half, known in zip(read, tables.unseen, strict=True)
    ]
    rows = [np.concatenate([batch.rows for batch in half]) for half in batches]
    references = [[Reference(article.references[0]) for article in half] for half in halves]
    words = [[[_both(text) for text in one.sentences] for one in half] for half in read]
    target = [
        np.array([reference.score(pair) for reference, pairs in zip(known, half, strict=True) for pair in pairs])
        for known, half in zip(references, words, strict=True)
    ]
    print(f"{sum(map(len, rows)):,} sentences scored", flush=True)
    unseen = [fit(rows[1 - number], target[1 - number], 120, 100).predict(rows[number]) for number in (0, 1)]
    ranker = fit(np.concatenate(rows), np.concatenate(target), 120, 100)
    set_rows: list[Features] = []
    set_target: list[float] = []
    for number in (0, 1):
        _score_sets(batches[number], unseen[number], references[number], words[number], set_rows, set_target)
    print(f"{len(set_target):,} sets scored", flush=True)
    return ranker, fit(np.concatenate(set_rows), np.array(set_target), 200, 600)


def _both(text: str) -> tuple[list[str], list[str]]:
    return tokens(text), tokens(text, "ascii")


def _score_sets(
    batches: Sequence[Batch],
    scores: Scores,
    references: Sequence[Reference],
    words: Sequence[Sequence[tuple[list[str], list[str]]]],
    rows: list[Features],
    target: list[float],
) -> None:
    """Add the features and scores of the sets of all articles to `rows` and `target`."""
    sentence = document = 0
    for batch in batches:
        n_sentences, n_documents = len(batch.tokens.length), len(batch.tokens.n_sentences)
        mine = scores[sentence : sentence + n_sentences]
        sets = candidate_sets(batch.tokens, mine, np.ones(n_sentences, dtype=bool), _LEARNED)
        rows.append(set_features(batch.tokens, batch.weighed, batch.rows, mine, sets))
        first = batch.tokens.first[sets.document]
        places = zip(sets.document.tolist(), (sets.first - first).tolist(), (sets.second - first).tolist(), strict=True)
        for number, one, two in places:
            known = words[document + number]
            pairs = [known[index] for index in sorted({one, two})]
            joined = ([w for p in pairs for w in p[0]], [w for p in pairs for w in p[1]])
            target.append(references[document + number].score(joined))
        sentence, document = sentence + n_sentences, document + n_documents


# --- several articles ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClusterForests:
    """What says how much of a sentence, and which syllables and bigrams, a common summary repeats."""

    sentences: Forest
    concepts: tuple[Forest, Forest]


class ClusterExamples:
    """Sentences and concepts of many clusters with the share of the written summaries that repeat them."""

    def __init__(self, clusters: Sequence[Cluster], tables: Tables, ranker: Forest) -> None:
        self.sentences: list[tuple[Features, Scores, Scores]] = []
        self.concepts: tuple[list[tuple[Features, Scores]], list[tuple[Features, Scores]]] = ([], [])
        for cluster in clusters:
            part = [Source(d.title, tuple(s.text for s in d.sentences)) for d in cluster.documents]
            batch = read_batch(part, tables)
            scores = ranker.predict(batch.rows)
            rows = cluster_features(cluster.documents, batch.tokens, batch.weighed, batch.rows, scores)
            summaries = read_tokens([Source(None, (text,)) for text in cluster.references])
            held = [find_concepts(summaries, order) for order in (1, 2)]
            shares = []
            for order, known in enumerate(held):
                shared = share_concepts(batch.tokens, batch.weighed[order], tables[order], scores)
                found = np.zeros(len(shared.code))
                for number in range(len(cluster.references)):
                    found += np.isin(shared.code, known.code[known.document == number])
                found /= len(cluster.references)
                self.concepts[order].append((shared.rows, found))
                n = np.bincount(shared.sentence, minlength=len(scores))
                shares.append(
                    np.bincount(shared.sentence, found[shared.concept], minlength=len(scores)) / np.maximum(n, 1)
                )
            length = np.maximum(batch.tokens.length, 1).astype(float)
            self.sentences.append((rows, 0.3 * shares[0] + 0.7 * shares[1], length))

    def fit(self, kept: Sequence[int]) -> ClusterForests:
        """Return the forests learned from the clusters `kept`: means over draws of them, as there are few.

        References
        ----------
        Bühlmann and Yu (2002), "Analyzing Bagging", Annals of Statistics: without replacement ("subagging").
        """
        draw = np.random.default_rng(SEED)
        gentle = {"learning_rate": 0.05, "l2_regularization": 5.0}
        sentences: list[Forest] = []
        concepts: tuple[list[Forest], list[Forest]] = ([], [])
        for _ in range(_DRAWS):
            drawn = np.sort(draw.choice(kept, round(_SHARE_DRAWN * len(kept)), replace=False)).tolist()
            rows, target, weight = (
                np.concatenate(part) for part in zip(*(self.sentences[i] for i in drawn), strict=True)
            )
            sentences.append(fit(rows, target, 160, 60, sample_weight=weight / weight.mean(), **gentle))
            for examples, learned in zip(self.concepts, concepts, strict=True):
                shown, found = (np.concatenate(part) for part in zip(*(examples[i] for i in drawn), strict=True))
                learned.append(fit(shown, found, 100, 200, learning_rate=0.1, l2_regularization=5.0))
        return ClusterForests(mean_forest(sentences), (mean_forest(concepts[0]), mean_forest(concepts[1])))


def mean_forest(forests: Sequence[Forest]) -> Forest:
    """Return the forest that predicts the mean of what `forests` predict."""
    trees = np.cumsum([0, *(len(forest.leaves) for forest in forests)])
    return Forest(
        feature=np.concatenate([forest.feature for forest in forests]),
        threshold=np.concatenate([forest.threshold for forest in forests]),
        tree=np.concatenate([f.tree + first for f, first in zip(forests, trees[:-1], strict=True)]).astype(np.int32),
        mask=np.concatenate([forest.mask for forest in forests]),
        leaves=np.concatenate([forest.leaves / np.float32(len(forests)) for forest in forests]),
        base=np.mean([forest.base for forest in forests], axis=0),
    )
