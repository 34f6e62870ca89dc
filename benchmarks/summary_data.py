"""The summarisation data beside the project, as documents with references; none of it is stored here."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.document import Document, Paragraph, Sentence, Span

_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“‘(\[]?[A-ZÀ-ỸĐ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:TP|Tp|T|P|Q|TS|ThS|PGS|GS|BS|KTS|LS|Mr|Mrs|Dr|St|No|tr)|\b[A-ZĐ])\.$")
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


def build(paragraphs: Sequence[Sequence[str]], title: str | None = None, published: date | None = None) -> Document:
    """Return the document of sentences joined by spaces, paragraphs joined by line breaks."""
    parts: list[Paragraph] = []
    texts: list[str] = []
    start = number = 0
    for sentences in paragraphs:
        kept = [sentence.strip() for sentence in sentences if sentence.strip()]
        if not kept:
            continue
        at, spans = start, []
        for sentence in kept:
            spans.append(Sentence(Span(at, at + len(sentence)), number))
            at += len(sentence) + 1
            number += 1
        texts.append(" ".join(kept))
        parts.append(Paragraph(Span(start, at - 1), len(parts), tuple(spans)))
        start = at
    return Document("\n".join(texts), title=title or None, date=published, paragraphs=tuple(parts))


def split(text: str) -> list[str]:
    """Return the sentences of a paragraph; plain rules, good enough to compare systems on equal terms."""
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[start : match.start()]):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def vietnews(folder: Path, part: str) -> list[Article]:
    """Return the VietNews articles of ``train`` or ``val``."""
    return [
        Article(row["id"], build([row["sentences"]], row["title"]), (row["abstract"],))
        for row in records(folder / "data" / f"vietnews-{part}.jsonl.gz")
        if any(map(str.strip, row["sentences"])) and row["abstract"].strip()
    ]


def economy(folder: Path) -> list[Article]:
    """Return the economy articles whose editors wrote a lead: one outlet, 2018–2021, dates often guessed."""
    return [
        Article(row["id"], build([split(p) for p in row["paragraphs"]], row["title"]), (row["lead"],))
        for row in records(folder / "data" / "economy-news.jsonl.gz")
        if row["lead"]
    ]


def vmds(folder: Path) -> list[Cluster]:
    """Return the VietnameseMDS clusters, their titles and times read from the records' notes."""
    clusters = []
    for row in records(folder / "data" / "vmds-dev.jsonl.gz"):
        documents = []
        for part in row["documents"]:
            title = re.search(r"TITLE: *(.*)", part.get("info") or "")
            when = re.search(r"TIME: *(\d+)/(\d+)/(\d{4})", part.get("info") or "")
            published = date(int(when[3]), int(when[2]), int(when[1])) if when else None
            body = [split(line) for line in part["body"].split("\n")]
            documents.append(build(body, title[1].replace("_", " ").strip() if title else None, published))
        clusters.append(Cluster(row["id"], tuple(documents), tuple(row["references"])))
    return clusters


def abmusu(folder: Path) -> list[Cluster]:
    """Return the AbMusu clusters: title, then anchor and raw text as the body."""
    return [
        Cluster(
            row["id"],
            tuple(
                build(
                    [split(line) for line in f"{d['anchor_text']}\n{d['raw_text']}".split("\n")],
                    d["title"].strip(),
                )
                for d in row["documents"]
            ),
            (row["summary"],),
        )
        for row in records(folder / "data" / "abmusu-train.jsonl.gz")
    ]


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
