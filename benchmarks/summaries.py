"""All summarisers and sumy's on the same articles: ROUGE with intervals, and articles a second.

    python -m benchmarks.summaries --data ../shared [--limit 500] [--output benchmarks/results/summaries.json]

Articles are read with `toolkit.parse` and digested through `toolkit.Analyzer`, as a user does it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sumy.models.dom import ObjectDocumentModel
from sumy.models.dom import Paragraph as SumyParagraph
from sumy.models.dom import Sentence as SumySentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

import toolkit
from benchmarks.provenance import provenance
from benchmarks.summary_data import Article, Cluster, abmusu, checksum, economy, vietnews, vmds
from toolkit.document import Document
from toolkit.metrics import KINDS, Mode, bootstrap_interval, compare, rouge, rouge_references
from toolkit.results import Budget
from toolkit.summarization import SUMMARIZERS, select, summarize_each
from toolkit.summarization.trained import TrainedSummarizer

TWO = Budget(sentences=2)
_ROUNDS = 7
_ARTICLES_A_ROUND = 150
System = Callable[[Sequence[Document]], list[str]]


class Words:
    """sumy's tokeniser interface over syllables: its own needs a download and knows no Vietnamese."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        """Return the syllables of a sentence."""
        return tuple(re.findall(r"\w+", sentence.lower()))

    def to_sentences(self, paragraph: str) -> tuple[str, ...]:
        """Return the paragraph as one sentence; documents come split."""
        return (paragraph,)


def ours(name: str, **budget: int) -> System:
    """Return a registry entry as a user calls it."""
    analyzer = toolkit.Analyzer.load(summarizer=name)
    return lambda documents: [analyzer.summarize(document, **budget).text for document in documents]


def lead(n: int) -> System:
    """Return the first `n` sentences as a system."""
    return lambda documents: [" ".join(s.text for s in document.sentences[:n]) for document in documents]


def titles(documents: Sequence[Document]) -> list[str]:
    """Return the titles, which are no digests but hard to beat."""
    return [document.title or "" for document in documents]


def oracle(articles: Sequence[Article]) -> list[str]:
    """Return for each article the sentences that raise the mean of ROUGE-1/2/L most, while any does."""
    texts = []
    for article in articles:
        sentences = [s.text for s in article.document.sentences]
        chosen: list[int] = []
        best = 0.0
        while len(chosen) < len(sentences):
            tried = []
            for index in set(range(len(sentences))) - set(chosen):
                text = " ".join(sentences[i] for i in sorted([*chosen, index]))
                tried.append((sum(one.f1 for one in rouge(text, article.references[0]).values()), index))
            score, index = max(tried)
            if score <= best:
                break
            best, chosen = score, [*chosen, index]
        texts.append(" ".join(sentences[i] for i in sorted(chosen)))
    return texts


def without_sets(budget: Budget) -> System:
    """Return the default's ranking alone, MMR choosing: what learning to choose sets is worth."""
    summarizer = TrainedSummarizer()

    def run(documents: Sequence[Document]) -> list[str]:
        ranks = summarizer.rank_many(documents)
        return [select(d, scores, budget).text for d, scores in zip(documents, ranks, strict=True)]

    return run


def without_titles(budget: Budget) -> System:
    """Return the default on documents whose title is not known."""
    summarizer = TrainedSummarizer()

    def run(documents: Sequence[Document]) -> list[str]:
        untitled = [replace(document, title=None) for document in documents]
        return [digest.text for digest in summarize_each(untitled, budget, summarizer)]

    return run


def sumys(make: Callable[[], Any]) -> System:
    """Return a summariser of sumy, two sentences, as a system."""
    summarizer, words = make(), Words()

    def run(documents: Sequence[Document]) -> list[str]:
        texts = []
        for document in documents:
            sentences = [SumySentence(sentence.text, words) for sentence in document.sentences]
            model = ObjectDocumentModel([SumyParagraph(sentences)])
            texts.append(" ".join(str(sentence) for sentence in summarizer(model, 2)))
        return texts

    return run


def score(texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> dict[str, list[float]]:
    """Return the F1 of every text for each kind of ROUGE and both tokenisations."""
    modes: tuple[Mode, ...] = ("unicode", "ascii")
    columns: dict[str, list[float]] = {f"{kind}_{mode}": [] for mode in modes for kind in KINDS}
    for text, known in zip(texts, references, strict=True):
        for mode in modes:
            for kind, found in rouge_references(text, known, mode=mode).items():
                columns[f"{kind}_{mode}"].append(found.f1)
    return columns


def percent(columns: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return mean, low and high end of the 95 % interval of every column, in percent."""
    result = {}
    for name, values in columns.items():
        interval = bootstrap_interval(values, n_resamples=1000)
        result[name] = [round(100 * x, 2) for x in (interval.mean, interval.low, interval.high)]
    return result


def single(articles: Sequence[Article], systems: dict[str, System], against: str) -> dict[str, dict[str, Any]]:
    """Return the scores of every system, and its difference from the system `against`."""
    documents = [article.document for article in articles]
    references = [article.references for article in articles]
    columns = {name: score(system(documents), references) for name, system in systems.items()}
    columns["greedy oracle"] = score(oracle(articles), references)
    rows: dict[str, dict[str, Any]] = {}
    for name, column in columns.items():
        rows[name] = percent(column)
        if name != against:
            result = compare(column["rougeL_unicode"], columns[against]["rougeL_unicode"], 2000)
            rows[name][f"p_rougeL_against_{against}"] = round(result.p_value, 5)
        print(line(name, rows[name]), flush=True)
    return rows


def speed(documents: Sequence[Document]) -> dict[str, float]:
    """Return articles a second of the default, one by one and in bulk, and of sumy's LexRank, in alternation."""
    peer, alone, summarizer = sumys(LexRankSummarizer), ours("trained", max_sentences=2), TrainedSummarizer()
    found: dict[str, list[float]] = {"sumy LexRank": [], "one by one": [], "in bulk": []}
    for number in range(_ROUNDS):
        start = number * _ARTICLES_A_ROUND % max(len(documents) - _ARTICLES_A_ROUND, 1)
        some = documents[start : start + _ARTICLES_A_ROUND]
        runs: dict[str, tuple[Callable[[], object], int]] = {
            "sumy LexRank": (lambda some=some: peer(some), len(some)),  # type: ignore[misc]
            "one by one": (lambda some=some: alone(some), len(some)),  # type: ignore[misc]
            "in bulk": (lambda: summarize_each(documents[:2000], TWO, summarizer), len(documents[:2000])),
        }
        for name, (run, n) in runs.items():
            begin = time.process_time()
            run()
            found[name].append(n / (time.process_time() - begin))
    rates = {name: round(statistics.median(values), 1) for name, values in found.items()}
    for name in ("one by one", "in bulk"):
        ratios = [own / other for own, other in zip(found[name], found["sumy LexRank"], strict=True)]
        rates[f"{name}, times sumy LexRank"] = round(statistics.median(ratios), 1)
    return rates


def round_robin(cluster: Cluster, room: int = 200) -> str:
    """Return the first sentences of all documents, then the second ones, cut where the room ends."""
    texts: list[str] = []
    for place in range(max(len(document.sentences) for document in cluster.documents)):
        for document in cluster.documents:
            if place < len(document.sentences) and room > 0:
                text = document.sentences[place].text
                ends = [match.end() for match in re.finditer(r"\w+", text)]
                texts.append(text if len(ends) <= room else text[: ends[room - 1]])
                room -= len(ends)
    return " ".join(texts)


def many(clusters: Sequence[Cluster], cross_validated: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the scores of digests of 200 syllables.

    The model that ships was fitted on these very clusters; `cross_validated` is what it scores on those
    left out, as ``model.json`` has it.
    """
    references = [cluster.references for cluster in clusters]
    rows = {"lead round-robin": percent(score([round_robin(c) for c in clusters], references))}
    for name in SUMMARIZERS:
        analyzer = toolkit.Analyzer.load(summarizer=name)
        texts = [analyzer.summarize_many(c.documents, max_syllables=200).text for c in clusters]
        rows["trained (fitted on these)" if name == "trained" else name] = percent(score(texts, references))
    rows["trained, cross-validated"] = cross_validated
    for name, row in rows.items():
        print(line(name, row), flush=True)
    return rows


def some(articles: Sequence[Article], limit: int | None) -> Sequence[Article]:
    """Return `limit` articles drawn at random, or all: neighbours in these files are of one topic."""
    return articles if limit is None or limit >= len(articles) else random.Random(0).sample(articles, limit)


def line(name: str, row: dict[str, Any]) -> str:
    """Return a row of the printed table."""
    parts = ["/".join(f"{row[f'{kind}_{mode}'][0]:5.2f}" for kind in KINDS) for mode in ("unicode", "ascii")]
    low, high = row["rougeL_unicode"][1:]
    return f"{name:28} {'  '.join(parts)}  R-L {low:.2f}–{high:.2f}"


def main() -> None:
    """Run every system on every set, print the table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="use so many articles of each set only, drawn at random")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/summaries.json"))
    arguments = parser.parse_args()
    about = TrainedSummarizer().model.about
    baselines = {f"{name}, 2 sentences": ours(name, max_sentences=2) for name in SUMMARIZERS if name != "lead"}
    plain = {"title alone": titles, "lead-1": lead(1), "lead-2": lead(2)}
    systems: dict[str, System] = {
        **baselines,
        "trained, 45 syllables": ours("trained", max_syllables=45),
        "lead, 45 syllables": ours("lead", max_syllables=45),
        "trained, without sets": without_sets(TWO),
        "trained, without titles": without_titles(TWO),
        "sumy LexRank, 2 sentences": sumys(LexRankSummarizer),
        "sumy TextRank, 2 sentences": sumys(TextRankSummarizer),
        **plain,
    }
    business = {
        "trained, 2 sentences": ours("trained", max_sentences=2),
        "trained, 55 syllables": ours("trained", max_syllables=55),
        "lexrank, 2 sentences": ours("lexrank", max_sentences=2),
        "lead, 55 syllables": ours("lead", max_syllables=55),
        **plain,
    }
    results: dict[str, Any] = {}
    val = vietnews(arguments.data, "val")
    for name, articles, chosen in (
        ("vietnews_val", some(val, arguments.limit), systems),
        ("economy_2018_2021", some(economy(arguments.data), arguments.limit), business),
    ):
        print(f"\n{name}: {len(articles)} articles; ROUGE-1/2/L F1 over syllables, then ASCII")
        results[name] = single(articles, chosen, "lead-2")
    rates = speed([article.document for article in val])
    print("\narticles a second", rates)
    for name, clusters in (("vmds_dev", vmds(arguments.data)), ("abmusu_train", abmusu(arguments.data))):
        print(f"\n{name}: {len(clusters)} clusters, 200 syllables")
        results[name] = many(clusters, about["rouge_f1_percent"][f"{name}_cross_validated"])
    files = sorted((arguments.data / "data").glob("*.jsonl.gz"))
    used = [f for f in files if f.name.startswith(("vietnews-val", "vmds", "abmusu", "economy"))]
    record = {
        **provenance("summaries", ("numpy", "scikit-learn", "sumy")),
        "data_sha256": {path.name: checksum(path) for path in used},
        "model_trained_on": about["trained_on"],
        "model_scores": about["rouge_f1_percent"],
        "articles_per_second": rates,
        "unit": "percent F1: mean, low and high end of the 95 % bootstrap interval",
        "results": results,
    }
    if arguments.output.exists():  # benchmarks.summary_ablation adds to the same file
        kept = json.loads(arguments.output.read_text(encoding="utf-8"))
        record |= {"ablation": kept["ablation"]} if "ablation" in kept else {}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {arguments.output}")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
