"""Compare the segmentation with underthesea's on every text at hand, token for token.

    python -m benchmarks.segmentation_equality --data ../shared [--minutes 30] [--ship]
    python -m benchmarks.segmentation_equality --data ../shared --check

Goes through all files of ``data/``, the smallest first, each distinct text once, and takes up where the last run
stopped: what is done stands in ``build/results/segmentation_equality.json``, with ``--ship`` also in
``benchmarks/results/``. Records counts, the ids of the texts where the two differ and a digest of underthesea's
words; no text. ``--check`` segments the same texts with the toolkit alone, in a minute or two, and compares the
digest: what was once proved by hours of underthesea holds for the code as it is now.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from toolkit.text import count_syllables
from toolkit.tokenization import token_spans, tokenize_many

ROOT = Path(__file__).resolve().parent.parent
RECORD = "segmentation_equality.json"
COUNTS = ("texts", "syllables", "compared_texts", "compared_syllables", "compared_words")
_SMALLEST = 4  # values shorter than this are labels, not text
_TOGETHER = 256  # texts
_SPANS_EVERY = 100  # texts
_SAVE_EVERY = 60  # seconds


def texts(record: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every string in a record with its place in it."""
    if isinstance(record, str):
        if len(record) >= _SMALLEST:
            yield place, record
    elif isinstance(record, dict):
        for key, value in record.items():
            yield from texts(value, f"{place}/{key}")
    elif isinstance(record, list):
        for index, value in enumerate(record):
            yield from texts(value, f"{place}/{index}")


def distinct_texts(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield source, place and text of every distinct text of all files, the smallest file first."""
    seen: set[bytes] = set()
    for path in sorted(folder.glob("*.jsonl.gz"), key=lambda path: path.stat().st_size):
        source = path.name.partition(".")[0]
        with gzip.open(path) as lines:
            for number, line in enumerate(lines):
                for place, text in texts(json.loads(line)):
                    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                    if digest not in seen:
                        seen.add(digest)
                        yield source, f"{source}:{number}{place}", text


def chained(digest: str, words: list[str]) -> str:
    """Return the digest of all words so far."""
    return hashlib.sha256("\n".join([digest, *words]).encode("utf-8", "surrogatepass")).hexdigest()


class Comparison:
    """What was compared so far, kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state: dict[str, Any] = {"done": 0, "words_sha256": "", "seconds": 0.0, "sources": {}, "different": []}
        if path.exists():
            self.state = json.loads(path.read_text(encoding="utf-8"))
        if self.state.setdefault("underthesea", version("underthesea")) != version("underthesea"):
            raise SystemExit(f"{path} is of underthesea {self.state['underthesea']}; delete it to begin anew")

    def compare(self, part: list[tuple[str, str, str]]) -> None:
        """Segment texts both ways and count."""
        from underthesea import word_tokenize

        started = time.monotonic()
        ours = tokenize_many(text for _, _, text in part)
        for (source, name, text), words in zip(part, ours, strict=True):
            theirs = word_tokenize(text)
            self.state["words_sha256"] = chained(self.state["words_sha256"], theirs)
            counts = self.state["sources"][source]
            counts["compared_texts"] += 1
            counts["compared_words"] += len(theirs)
            counts["compared_syllables"] += count_syllables(text)
            with_spans = counts["compared_texts"] % _SPANS_EVERY == 0
            if words != theirs or (with_spans and len(token_spans(text)) != len(theirs)):
                self.state["different"].append(name)
        self.state["done"] += len(part)
        self.state["seconds"] += time.monotonic() - started

    def holds(self, folder: Path) -> bool:
        """Return whether the toolkit's words of the texts that were compared have the digest of underthesea's."""
        digest = ""
        items = islice(distinct_texts(folder), self.state["done"])
        while part := list(islice(items, _TOGETHER)):
            for words in tokenize_many(text for _, _, text in part):
                digest = chained(digest, words)
        return digest == str(self.state["words_sha256"])

    def save(self) -> None:
        """Write the file, and say how far it has come."""
        sources = self.state["sources"].values()
        total = {name: sum(counts[name] for counts in sources) for name in COUNTS}
        self.state["all"] = {**total, "different": len(self.state["different"])}
        self.state |= provenance("segmentation_equality")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps(self.state, indent=1) + "\n", encoding="utf-8")
        partial.replace(self.path)
        print(
            f"{total['compared_syllables']:,} of {total['syllables']:,} syllables, "
            f"{len(self.state['different'])} texts differ",
            file=sys.stderr,
            flush=True,
        )


def main() -> int:
    """Run the comparison; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--ship", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    folder = options.data / "data"
    shipped = ROOT / "benchmarks" / "results" / RECORD
    if options.check:
        holds = Comparison(shipped).holds(folder)
        print("the words are underthesea's" if holds else "the words are not underthesea's")
        return not holds
    comparison = Comparison(ROOT / "build" / "results" / RECORD)
    sources: dict[str, dict[str, int]] = {}
    for source, _, text in distinct_texts(folder):
        counts = sources.setdefault(source, dict.fromkeys(COUNTS, 0))
        counts["texts"] += 1
        counts["syllables"] += count_syllables(text)
    for source, counts in sources.items():
        done = comparison.state["sources"].get(source, counts)
        comparison.state["sources"][source] = {**done, "texts": counts["texts"], "syllables": counts["syllables"]}

    until = time.monotonic() + 60 * options.minutes
    saved = time.monotonic()
    part: list[tuple[str, str, str]] = []
    skipped = comparison.state["done"]
    for number, item in enumerate(distinct_texts(folder)):
        if number < skipped:
            continue
        part.append(item)
        if len(part) == _TOGETHER:
            comparison.compare(part)
            part.clear()
            if time.monotonic() - saved > _SAVE_EVERY:
                saved = time.monotonic()
                comparison.save()
            if time.monotonic() > until:
                break
    comparison.compare(part)
    comparison.save()
    if options.ship:
        shutil.copy2(comparison.path, shipped)
    return bool(comparison.state["different"])


if __name__ == "__main__":
    sys.exit(main())
