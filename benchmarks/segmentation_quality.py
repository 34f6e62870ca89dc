"""Measure how well underthesea, and so the toolkit, and pyvi cut words, and what the domain lexicon changes.

    python -m benchmarks.segmentation_quality --data ../shared [--ship]

The gold standard is the one that comes with underthesea: the words of the VLSP 2013 test set for part-of-speech
tagging, in its wheel. On real paragraphs, which have none, pyvi is compared with underthesea. Writes
``build/results/segmentation_quality.json``, with ``--ship`` also in ``benchmarks/results/``: figures, no text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.provenance import provenance
from benchmarks.speed import read_paragraphs
from toolkit.tokenization import NameLexicon, Segmenter, source, token_spans

ROOT = Path(__file__).resolve().parent.parent
RECORD = "segmentation_quality.json"
GOLD = Path("pipeline", "pos_tag", "models", "pos_crf_vlsp2013_20230303", "test_output.txt")
PARAGRAPHS = 5_000

Ranges = list[tuple[int, int]]


def gold_sentences(path: Path) -> list[list[str]]:
    """Return the words of each sentence of a CoNLL file: a word a line, an empty line after a sentence."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return [[line.split("\t")[0] for line in block.splitlines()] for block in blocks if block.strip()]


def ranges_of(words: Iterable[str]) -> Ranges:
    """Return which characters, white space not counted, each word covers."""
    ranges, begin = [], 0
    for word in words:
        end = begin + len("".join(word.split()))
        ranges.append((begin, end))
        begin = end
    return ranges


def ours(text: str) -> list[str]:
    """Return the words as they stand in `text`: underthesea's, not respelt."""
    return [span.within(text) for span in token_spans(text)]


def with_lexicon(text: str) -> list[str]:
    """Return the words with the domain lexicon on top."""
    return [span.within(text) for span in _named.token_spans(text)]


def pyvis(text: str) -> list[str]:
    """Return pyvi's words."""
    from pyvi import ViTokenizer  # of the extra `bench`, which the rest of this module does without

    return [word.replace("_", " ") for word in ViTokenizer.tokenize(text).split()]


_named = Segmenter(NameLexicon.default())


def word_f1(found: Sequence[Ranges], wanted: Sequence[Ranges]) -> dict[str, float]:
    """Return precision, recall and F1 of words over all texts; a word counts where both its ends are right."""
    same = sum(len(set(one) & set(other)) for one, other in zip(found, wanted, strict=True))
    precision, recall = same / sum(map(len, found)), same / sum(map(len, wanted))
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def against_gold(path: Path) -> dict[str, object]:
    """Return word F1 of each segmenter against the gold standard."""
    sentences = gold_sentences(path)
    texts = [" ".join(words) for words in sentences]
    wanted = [ranges_of(words) for words in sentences]
    return {
        "what": "VLSP 2013, test set for part-of-speech tagging, in underthesea's wheel",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "sentences": len(sentences),
        "words": sum(map(len, sentences)),
        "underthesea, toolkit": word_f1([ranges_of(ours(text)) for text in texts], wanted),
        "toolkit with the domain lexicon": word_f1([ranges_of(with_lexicon(text)) for text in texts], wanted),
        "pyvi": word_f1([ranges_of(pyvis(text)) for text in texts], wanted),
    }


def on_paragraphs(data: Path | None) -> dict[str, object]:
    """Return how far pyvi and the domain lexicon are from underthesea on real paragraphs."""
    paragraphs = read_paragraphs(data)[:PARAGRAPHS]
    plain = [ranges_of(ours(text)) for text in paragraphs]
    named = [ranges_of(with_lexicon(text)) for text in paragraphs]
    kept = sum(len(set(one) & set(other)) for one, other in zip(plain, named, strict=True))
    changed = sum(one != other for one, other in zip(plain, named, strict=True))
    n_words = sum(map(len, plain))
    return {
        "paragraphs": len(paragraphs),
        "words": n_words,
        "pyvi against underthesea": word_f1([ranges_of(pyvis(text)) for text in paragraphs], plain),
        "words that the lexicon changes": (n_words - kept) / n_words,
        "paragraphs that the lexicon changes": changed / len(paragraphs),
    }


def main() -> int:
    """Run both parts and record them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    record = {
        **provenance("segmentation_quality", ("underthesea", "pyvi")),
        "gold": against_gold(source.folder() / GOLD),
        "paragraphs": on_paragraphs(options.data),
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    print(text)
    out = ROOT / "build" / "results" / RECORD
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    if options.ship:
        shutil.copy2(out, ROOT / "benchmarks" / "results" / RECORD)
    return 0


if __name__ == "__main__":
    sys.exit(main())
