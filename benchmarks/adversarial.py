"""Measure time and memory on text made to be awkward: does either grow faster than the text?

    python -m benchmarks.adversarial                        # 1, 2 and 4 MB of everything
    python -m benchmarks.adversarial --megabytes 50 --only parse

Each cell runs in a process of its own, with a limit of processor time. Prints, and with ``--record`` writes to
``benchmarks/results/adversarial.json``, processor seconds, peak memory over that of the warm process as a multiple of
the input's bytes, and the exponent by which time grew from the smallest to the largest size (1 is proportional).
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.provenance import provenance

RESULTS = Path(__file__).resolve().parent / "results" / "adversarial.json"
MEGABYTE = 10**6
MEMORY = 12 * 2**30  # bytes that a process may take
UNITS = {
    "prose": "Theo đó, kim ngạch xuất khẩu của tỉnh đạt 320 triệu USD, tăng 12% so với cùng kỳ năm ngoái. ",
    "lines of prose": "Sở Công Thương cho biết đơn hàng quý III đã kín, nhiều nhà máy phải tăng ca.\n",
    "short lines": "Tin tức\n",
    "a.": "a.",
    ".": ".",
    ". and space": ". ",
    "(": "(",
    "quotes": "“\"",
    "words, no stop": "Theo đó, ",
    "digits": "1",
    "1.": "1.",
    "newlines": "\n",
    "spaces": " ",
    "combining marks": "a\u0301",
    "marks alone": "\u0301",
    "marks out of order": "\u0301\u0323",
    "emoji": "👩\u200d👩\u200d👧",
    "one token": "đ",
    "alternating capitals": "aB",
    "links": "http://a.vn/b?c=d ",
    "link without end": "http://a.vn/(",
    "TP.": "TP. ",
    "TP.TP.": "TP.",
    "tags": "<b>a</b>",
    "open tags": "<b>",
    "angle": "<",
    "brackets": '{"a":',
    "field names": "Email họ tên ",
    "misread": "Ã©",
    "hyphens": "a-",
    "stars": "*a",
}  # fmt: skip


def decode(data: bytes) -> None:
    """Recognise the encoding, decode and mend."""
    from toolkit.io.encodings import decode_text, repair

    repair(decode_text(data).text)


def normalize(data: bytes) -> None:
    """Normalise."""
    from toolkit.text import normalize

    normalize(data.decode())


def parse(data: bytes) -> None:
    """Normalise, clean and cut into sentences."""
    from toolkit.segmentation import parse

    parse(data.decode())


def tokenize(data: bytes) -> None:
    """Cut into syllables and words, with their places."""
    from toolkit.tokenization import tokenize_batch

    tokenize_batch([data.decode()], spans=True)


def label(data: bytes) -> None:
    """Label as one paragraph."""
    from toolkit.pipeline import Analyzer

    Analyzer.load().label([data.decode()])


def summarize(data: bytes) -> None:
    """Digest as one article."""
    from toolkit.pipeline import Analyzer

    Analyzer.load().summarize(data.decode())


def _read(name: str, data: bytes) -> None:
    from toolkit.io import iter_documents

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        for _ in iter_documents(path, on_error=lambda error: None):
            pass


def read_text(data: bytes) -> None:
    """Read as a text file."""
    _read("a.txt", data)


def read_markdown(data: bytes) -> None:
    """Read as Markdown."""
    _read("a.md", data)


def read_html(data: bytes) -> None:
    """Read as a page's one paragraph."""
    _read("a.html", b"<!DOCTYPE html><html><body><article><p>" + data + b"</p></article></body></html>")


def read_jsonl(data: bytes) -> None:
    """Read as a line of JSON."""
    _read("a.jsonl", json.dumps({"text": data.decode()}).encode() + b"\n")


def read_csv(data: bytes) -> None:
    """Read as CSV."""
    _read("a.csv", b"text\n" + data)


def read_mhtml(data: bytes) -> None:
    """Read as a page saved with its pictures."""
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
    _read("a.mhtml", head + b"<html><body><p>" + data + b"</p></body></html>\n--x--\n")


FUNCTIONS: dict[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        *(decode, normalize, parse, tokenize, label, summarize),
        *(read_text, read_markdown, read_html, read_jsonl, read_csv, read_mhtml),
    )
}


def measure(function: str, unit: str, size: int) -> dict[str, float]:
    """Return processor seconds and the multiple of the input's bytes that memory grew by, in this process."""
    run, piece = FUNCTIONS[function], UNITS[unit]
    run(UNITS["prose"].encode() * 20)  # models, patterns and libraries are loaded
    data = (piece * (size // len(piece.encode()) + 1)).encode()[:size]
    data = data.decode("utf-8", "ignore").encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    run(data)
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"seconds": round(seconds, 3), "memory_multiple": round(grown * 1024 / size, 1)}


def measured(function: str, unit: str, size: int, limit: int) -> dict[str, float] | str:
    """Return what `measure` says in a process of its own, or why it says nothing."""
    command = [sys.executable, "-m", "benchmarks.adversarial", "--cell", function, unit, str(size)]

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limits)
    if done.returncode == 0:
        found: dict[str, float] = json.loads(done.stdout)
        return found
    if done.returncode < 0:
        return f"stopped after {limit} s"
    return done.stderr.strip().rsplit("\n", 1)[-1][:100]


def main() -> int:
    """Measure all cells, or those named; exit code 1 where one grew faster than by the power 1.3, or failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 2, 4])
    parser.add_argument("--only", nargs="+", choices=FUNCTIONS, default=list(FUNCTIONS))
    parser.add_argument("--units", nargs="+", choices=UNITS, default=list(UNITS))
    parser.add_argument("--limit", type=int, default=120, help="processor seconds for one cell")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cell:
        print(json.dumps(measure(options.cell[0], options.cell[1], int(options.cell[2]))))
        return 0
    rows, failed = [], 0
    for function in options.only:
        for unit in options.units:
            sizes = [int(megabytes * MEGABYTE) for megabytes in options.megabytes]
            cells = {size: measured(function, unit, size, options.limit) for size in sizes}
            times = [(size, cell["seconds"]) for size, cell in cells.items() if not isinstance(cell, str)]
            exponent = None
            if len(times) > 1 and times[-1][1] > 0.5:  # below that, it is noise
                (small, first), (large, last) = times[0], times[-1]
                exponent = round(math.log(last / max(first, 0.01)) / math.log(large / small), 2)
            bad = len(times) < len(sizes) or (exponent is not None and exponent > 1.3)
            failed += bad
            rows.append({"function": function, "unit": unit, "exponent": exponent, "cells": cells})
            print("BAD" if bad else "   ", function, repr(unit), exponent, *cells.values(), flush=True)
    if options.record:
        record = {
            **provenance("adversarial"),
            "rows": rows,
        }
        RESULTS.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
