"""Measure time and memory of labelling one enormous line of text, of the kinds that make programs hang.

    python -m benchmarks.single_lines [--ship]

Each input is one line of 1 and of 10 MB, parsed and labelled in a process of its own. Writes processor seconds and
the memory taken beyond the input itself, as a multiple of its size, to ``build/results/single_lines.json``, with
``--ship`` also to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.provenance import provenance

ROOT = Path(__file__).resolve().parent.parent
RECORD = "single_lines.json"
MEGABYTES = (1, 10, 50)
UNITS = {
    "a.": "a.",
    "a-": "a-",
    "1.": "1.",
    "dots": ".",
    "one word": "a",
    "emoji": "😀",
    "combining marks": "\u0301",
    "letters with two marks": "e\u0301\u0323",
    "open addresses": "http://a.vn/(",
    "running text": "Kim ngạch xuất khẩu gạo sang châu Âu tăng mạnh, ông A. Nguyễn cho biết. ",
}


def measure(name: str, megabytes: int) -> dict[str, float]:
    """Return processor seconds and memory of labelling one line, in this process."""
    from toolkit import Analyzer, parse

    analyzer = Analyzer.load()
    next(iter(analyzer.analyze_many([parse("Xuất khẩu gạo tăng mạnh trong quý này.")])))
    size = megabytes * 1_000_000
    text = UNITS[name] * (size // len(UNITS[name].encode()))
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    started = time.process_time()
    list(analyzer.analyze_many([parse(text)]))
    seconds = time.process_time() - started
    # At most: the peak may also be that of loading the model.
    taken = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident
    return {"megabytes": megabytes, "seconds": round(seconds, 1), "memory / size": round(max(0, taken) / size, 1)}


def main() -> int:
    """Run every case in a process of its own and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ship", action="store_true")
    parser.add_argument("--case", nargs=2, metavar=("NAME", "MEGABYTES"))
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(options.case[0], int(options.case[1]))))
        return 0
    cases: dict[str, list[dict[str, float]]] = {name: [] for name in UNITS}
    for name, points in cases.items():
        for megabytes in MEGABYTES:
            call = [sys.executable, "-m", "benchmarks.single_lines", "--case", name, str(megabytes)]
            done = subprocess.run(call, check=True, capture_output=True, text=True, cwd=ROOT)
            points.append(json.loads(done.stdout))
            print(name, points[-1], flush=True)
    record = {
        **provenance("single_lines"),
        "load": os.getloadavg(),
        "largest memory / size at 50 MB": max(
            point["memory / size"] for points in cases.values() for point in points if point["megabytes"] == 50
        ),
        "cases": cases,
    }
    out = ROOT / "build" / "results" / RECORD
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.ship:
        shutil.copy2(out, ROOT / "benchmarks" / "results" / RECORD)
    return 0


if __name__ == "__main__":
    sys.exit(main())
