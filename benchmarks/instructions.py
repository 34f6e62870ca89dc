"""Count the processor's instructions a syllable of each segmenter: what a ratio of times is checked against.

    python -m benchmarks.instructions          # takes some minutes: valgrind executes instruction by instruction

A fixed sample of the corpus is segmented once and then several times over; the difference, under Valgrind's
Cachegrind, is the work alone, without start-up and first-time costs. Used by ``benchmarks.speed --instructions``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Paragraphs of corpus/written, and how often they are segmented: more of what is faster.
SAMPLES = {"toolkit": (400, 5), "underthesea": (20, 2), "pyvi": (20, 4)}
_COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


def sample(n_paragraphs: int) -> list[str]:
    """Return paragraphs of the corpus, evenly spread."""
    from toolkit.corpus import read_written

    texts = [row.text for row in read_written(ROOT / "corpus")]
    return texts[:: max(1, len(texts) // n_paragraphs)][:n_paragraphs]


def segmenter(name: str) -> Callable[[list[str]], object]:
    """Return what segments texts."""
    if name == "toolkit":
        from toolkit.tokenization import tokenize_batch

        return tokenize_batch
    if name == "pyvi":
        from pyvi import ViTokenizer

        return lambda texts: [ViTokenizer.tokenize(text) for text in texts]
    from underthesea import word_tokenize

    return lambda texts: [word_tokenize(text) for text in texts]


def executed(name: str, repetitions: int) -> int:
    """Return the instructions of a process that segments its sample so often."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *("valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={folder}/out"),
                *(sys.executable, "-m", "benchmarks.instructions", name, str(repetitions)),
            ],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
    found = _COUNT.search(done.stderr)
    if done.returncode or found is None:
        raise RuntimeError(f"valgrind gave no count for {name}: {done.stderr[-500:]}")
    return int(found[1].replace(",", ""))


def instructions() -> dict[str, float]:
    """Return instructions a syllable of each segmenter, and ratios."""
    from toolkit.text import count_syllables

    counts = {}
    for name, (n_paragraphs, repetitions) in SAMPLES.items():
        n_syllables = sum(map(count_syllables, sample(n_paragraphs)))
        more = executed(name, 1 + repetitions) - executed(name, 1)
        counts[name] = more / repetitions / n_syllables
    return {
        **{f"{name}, instructions a syllable": count for name, count in counts.items()},
        "ratio to underthesea": counts["underthesea"] / counts["toolkit"],
        "ratio to pyvi": counts["pyvi"] / counts["toolkit"],
    }


def main(arguments: list[str]) -> int:
    """Print the counts; with a name and a number, be the process that is counted."""
    if arguments:
        name, repetitions = arguments
        texts, work = sample(SAMPLES[name][0]), segmenter(name)
        for _ in range(int(repetitions)):
            work(texts)
    else:
        print(json.dumps(instructions(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
