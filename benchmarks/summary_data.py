"""The summarisation data beside the project, as documents with references; none of it is stored here."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.document import Document
from toolkit.segmentation import parse
from toolkit.text import normalize

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Article:
    """A document with what a person wrote as its summary."""

    id: str
    document: Document
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several documents on one event with one or more written summaries."""

    id: str
    documents: tuple[Document, ...]
    references: tuple[str, ...]


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def vietnews(folder: Path, part: str, *, lines: float = 0.0, sample: int | None = None) -> list[Article]:
    """Return the VietNews articles of ``train`` or ``val``, or a `sample` of them, each read as one paragraph.

    A share of `lines` of them is read with one sentence a line instead, as scraped pages often have it.
    """
    articles = []
    draw = random.Random(0)
    rows: Iterable[dict[str, Any]] = records(folder / "data" / f"vietnews-{part}.jsonl.gz")
    if sample is not None:
        rows = draw.sample(list(rows), sample)
    for row in rows:
        text = ("\n" if draw.random() < lines else " ").join(row["sentences"])
        document = parse(text, title=row["title"])
        if document.paragraphs and row["abstract"].strip():
            articles.append(Article(row["id"], document, (normalize(row["abstract"]),)))
    return articles


def economy(folder: Path) -> list[Article]:
    """Return the economy articles whose editors wrote a lead: one outlet, 2018–2021, dates often guessed."""
    return [
        Article(row["id"], parse("\n".join(row["paragraphs"]), title=row["title"]), (normalize(row["lead"]),))
        for row in records(folder / "data" / "economy-news.jsonl.gz")
        if row["lead"]
    ]


def vmds(folder: Path) -> list[Cluster]:
    """Return the VietnameseMDS clusters, titles from the records' notes, without dates."""
    clusters = []
    for row in records(folder / "data" / "vmds-dev.jsonl.gz"):
        documents = []
        for part in row["documents"]:
            title = re.search(r"TITLE: *(.*)", part.get("info") or "")
            documents.append(parse(part["body"], title=title[1].replace("_", " ").strip() if title else None))
        clusters.append(Cluster(row["id"], _held(documents), tuple(map(normalize, row["references"]))))
    return clusters


def abmusu(folder: Path) -> list[Cluster]:
    """Return the AbMusu clusters: titles and raw texts; the anchor texts are left aside."""
    return [
        Cluster(
            row["id"],
            _held(parse(d["raw_text"], title=d["title"].strip()) for d in row["documents"]),
            (normalize(row["summary"]),),
        )
        for row in records(folder / "data" / "abmusu-train.jsonl.gz")
    ]


def _held(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.paragraphs)


def shingles(text: str, size: int = 4) -> frozenset[tuple[str, ...]]:
    """Return the runs of `size` syllables in `text`."""
    words = _WORD.findall(text.lower())
    return frozenset(zip(*(words[start:] for start in range(size)), strict=False))


def without_copies(articles: Sequence[Article], held_out: Sequence[Article], share: float = 0.4) -> list[Article]:
    """Return `articles` less those with the title or much of the abstract of a held-out one."""
    titles = {" ".join(_WORD.findall((a.document.title or "").lower())) for a in held_out}
    runs = [shingles(article.references[0]) for article in held_out]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        for shingle in run:
            holders[shingle].append(number)
    kept = []
    for article in articles:
        if " ".join(_WORD.findall((article.document.title or "").lower())) in titles:
            continue
        mine = shingles(article.references[0])
        common = Counter(number for shingle in mine for number in holders.get(shingle, ()))
        if all(n < share * min(len(mine), len(runs[i])) for i, n in common.most_common(3)):
            kept.append(article)
    return kept
