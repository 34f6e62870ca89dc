"""All summarisers and sumy's on the same articles: ROUGE with intervals, and articles a second.

python benchmarks/summaries.py --data ../shared [--limit 500] [--output benchmarks/results/summaries.json]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sumy.models.dom import ObjectDocumentModel
from sumy.models.dom import Paragraph as SumyParagraph
from sumy.models.dom import Sentence as SumySentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from benchmarks.summary_data import Article, Cluster, abmusu, checksum, economy, vietnews, vmds, without_copies
from toolkit.document import Document
from toolkit.metrics import KINDS, Mode, bootstrap_interval, compare, rouge_references
from toolkit.results import Budget
from toolkit.summarization import get, select, summarize, summarize_each, summarize_many
from toolkit.summarization.trained import TrainedSummarizer

TWO = Budget(sentences=2)
SYLLABLES_45 = Budget(syllables=45)
SYLLABLES_55 = Budget(syllables=55)
SYLLABLES_200 = Budget(syllables=200)
System = Callable[[Sequence[Document]], list[str]]


class Words:
    """sumy's tokeniser interface over syllables: its own needs a download and knows no Vietnamese."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        """Return the syllables of a sentence."""
        return tuple(re.findall(r"\w+", sentence.lower()))

    def to_sentences(self, paragraph: str) -> tuple[str, ...]:
        """Return the paragraph as one sentence; documents come split."""
        return (paragraph,)


def ours(name: str, budget: Budget) -> System:
    """Return a registry entry as a system."""
    summarizer = get(name)
    return lambda documents: [summarize(document, budget, summarizer).text for document in documents]


def in_bulk(name: str, budget: Budget) -> System:
    """Return a registry entry through its call for many articles."""
    summarizer = get(name)
    return lambda documents: [digest.text for digest in summarize_each(documents, budget, summarizer)]


def without_sets(budget: Budget) -> System:
    """Return the default's ranking alone, MMR choosing: what learning to choose sets is worth."""
    summarizer = TrainedSummarizer()

    def run(documents: Sequence[Document]) -> list[str]:
        ranks = summarizer.rank_many(documents)
        return [select(d, scores, budget).text for d, scores in zip(documents, ranks, strict=True)]

    return run


def without_titles(budget: Budget) -> System:
    """Return the default on documents whose title is not known."""
    system = in_bulk("trained", budget)
    return lambda documents: system([replace(document, title=None) for document in documents])


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
    """Return the scores of every system, its speed, and its difference from the system `against`."""
    documents = [article.document for article in articles]
    references = [article.references for article in articles]
    rows: dict[str, dict[str, Any]] = {}
    columns: dict[str, dict[str, list[float]]] = {}
    for name, system in systems.items():
        system(documents[:2])
        start = time.process_time()
        texts = system(documents)
        seconds = time.process_time() - start
        columns[name] = score(texts, references)
        rows[name] = {**percent(columns[name]), "articles_per_second": round(len(documents) / seconds, 1)}
        print(line(name, rows[name]), flush=True)
    for name in rows:
        if name != against:
            result = compare(columns[name]["rougeL_unicode"], columns[against]["rougeL_unicode"], 2000)
            rows[name][f"p_rougeL_against_{against}"] = round(result.p_value, 5)
    return rows


def round_robin(cluster: Cluster, room: int = 200) -> str:
    """Return the first sentences of all documents, then the second ones, while they fit."""
    texts: list[str] = []
    for place in range(max(len(document.sentences) for document in cluster.documents)):
        for document in cluster.documents:
            if place < len(document.sentences):
                text = document.sentences[place].text
                size = len(re.findall(r"\w+", text))
                if size > room:
                    return " ".join(texts)
                texts.append(text)
                room -= size
    return " ".join(texts)


def many(clusters: Sequence[Cluster]) -> dict[str, dict[str, Any]]:
    """Return the scores of digests of 200 syllables. The model has seen these clusters: see model.json
    for the default's cross-validated scores.
    """
    references = [cluster.references for cluster in clusters]
    rows = {"lead round-robin": percent(score([round_robin(c) for c in clusters], references))}
    for name in ("trained", "lexrank", "centroid"):
        summarizer = get(name)
        texts = [summarize_many(c.documents, SYLLABLES_200, summarizer).text for c in clusters]
        # The shipped model was fitted on these very clusters; its honest scores are in model.json.
        label = "trained (fitted on these)" if name == "trained" else name
        rows[label] = percent(score(texts, references))
    for name, row in rows.items():
        print(line(name, row), flush=True)
    return rows


def line(name: str, row: dict[str, Any]) -> str:
    """Return a row of the printed table."""
    parts = ["/".join(f"{row[f'{kind}_{mode}'][0]:5.2f}" for kind in KINDS) for mode in ("unicode", "ascii")]
    low, high = row["rougeL_unicode"][1:]
    speed = f"{row['articles_per_second']:>9,.1f}/s" if "articles_per_second" in row else ""
    return f"{name:28} {'  '.join(parts)}  R-L {low:.2f}–{high:.2f} {speed}"


def main() -> None:
    """Run every system on every set, print the table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="use so many articles of each set only")
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results/summaries.json"))
    arguments = parser.parse_args()
    val = vietnews(arguments.data, "val")
    other = without_copies(val[len(val) // 2 :], val[: len(val) // 2])[: arguments.limit]
    tuning = val[: len(val) // 2][: arguments.limit]
    systems: dict[str, System] = {
        "trained, 2 sentences": ours("trained", TWO),
        "trained, 2 sentences, bulk": in_bulk("trained", TWO),
        "trained, 45 syllables": ours("trained", SYLLABLES_45),
        "trained, without sets": without_sets(TWO),
        "trained, without sets, one": without_sets(Budget(sentences=1)),
        "trained, without titles": without_titles(TWO),
        "title alone": lambda documents: [document.title or "" for document in documents],
        **{f"{name}, 2 sentences": ours(name, TWO) for name in ("lead", "lexrank", "textrank", "centroid")},
        "lead, 45 syllables": ours("lead", SYLLABLES_45),
        "sumy LexRank, 2 sentences": sumys(LexRankSummarizer),
        "sumy TextRank, 2 sentences": sumys(TextRankSummarizer),
    }
    business = {
        "trained, 55 syllables": ours("trained", SYLLABLES_55),
        "trained, 2 sentences": ours("trained", TWO),
        "title alone": systems["title alone"],
        "lead, 55 syllables": ours("lead", SYLLABLES_55),
        "lead, 2 sentences": ours("lead", TWO),
    }
    results: dict[str, Any] = {}
    for name, articles, chosen, against in (
        ("vietnews_val_tuning_half", tuning, systems, "lead, 2 sentences"),
        ("vietnews_val_other_half", other, systems, "lead, 2 sentences"),
        ("economy_2018_2021", economy(arguments.data)[: arguments.limit], business, "lead, 2 sentences"),
    ):
        print(f"\n{name}: {len(articles)} articles; ROUGE-1/2/L F1 over syllables, then ASCII")
        results[name] = single(articles, chosen, against)
        if "sumy LexRank, 2 sentences" in results[name]:
            base = results[name]["sumy LexRank, 2 sentences"]["articles_per_second"]
            for system in ("trained, 2 sentences, bulk", "trained, 2 sentences"):
                ratio = results[name][system]["articles_per_second"] / base
                results[name][system]["times_as_fast_as_sumy_lexrank"] = round(ratio, 1)
                print(f"{system}: {ratio:.1f} times as fast as sumy's LexRank")
    for name, clusters in (("vmds_dev", vmds(arguments.data)), ("abmusu_train", abmusu(arguments.data))):
        print(f"\n{name}: {len(clusters[: arguments.limit])} clusters, 200 syllables")
        results[name] = many(clusters[: arguments.limit])
    files = sorted((arguments.data / "data").glob("*.jsonl.gz"))
    used = [f for f in files if f.name.startswith(("vietnews-val", "vmds", "abmusu", "economy"))]
    record = {
        "command": "benchmarks/summaries.py" + (f" --limit {arguments.limit}" if arguments.limit else ""),
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "versions": {name: importlib.metadata.version(name) for name in ("numpy", "scikit-learn", "sumy")},
        "data_sha256": {path.name: checksum(path) for path in used},
        "model": dict(TrainedSummarizer().model.about["sha256"]),
        "model_scores": TrainedSummarizer().model.about.get("rouge_f1_percent"),
        "unit": "percent F1: mean, low and high end of the 95 % bootstrap interval",
        "results": results,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {arguments.output}")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
