"""Compare the segmentation with underthesea's on real paragraphs, token for token.

    python benchmarks/segmentation_equality.py [--data ../shared/data] [--tokens 10e6] [--seed 0]

Takes paragraphs at random from every file at hand until underthesea has cut that many syllables, prints a
running count and, at the end, the ids of the paragraphs where the two differ. Prints no text.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.tokenization import token_spans, tokenize_many

_SMALLEST = 4  # values shorter than this are labels, not text


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


def sample(folder: Path, seed: int) -> Iterator[tuple[str, str]]:
    """Yield the texts of all records of all files, records in random order."""
    records = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path) as lines:
            records += [(f"{path.name.partition('.')[0]}:{number}", line) for number, line in enumerate(lines)]
    random.Random(seed).shuffle(records)
    for name, line in records:
        for place, text in texts(json.loads(line)):
            yield name + place, text


def main() -> int:
    """Run the comparison; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--tokens", type=float, default=10e6)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    from underthesea import word_tokenize

    n_texts = n_syllables = n_words = 0
    different: list[str] = []
    digest = hashlib.sha256()
    started = reported = time.monotonic()
    part: list[tuple[str, str]] = []

    def compare() -> None:
        nonlocal n_texts, n_syllables, n_words
        ours = tokenize_many(text for _, text in part)
        for (name, text), words in zip(part, ours, strict=True):
            theirs = word_tokenize(text)
            n_texts += 1
            n_words += len(theirs)
            n_syllables += sum(word.count(" ") + 1 for word in theirs)
            digest.update("\n".join(theirs).encode("utf-8", "surrogatepass"))
            if words != theirs or (n_texts % 100 == 0 and len(token_spans(text)) != len(theirs)):
                different.append(name)

    for item in sample(arguments.data, arguments.seed):
        part.append(item)
        if len(part) == 256:
            compare()
            part.clear()
            if time.monotonic() - reported > 60:
                reported = time.monotonic()
                print(f"{n_syllables:,} syllables, {len(different)} differ", file=sys.stderr, flush=True)
            if n_syllables >= arguments.tokens:
                break
    else:
        compare()
    print(f"texts {n_texts:,}; words {n_words:,}; syllables {n_syllables:,}; texts that differ {len(different)}")
    print(f"seconds {time.monotonic() - started:.0f}; sha256 of underthesea's words {digest.hexdigest()}")
    for name in different[:100]:
        print(name)
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
