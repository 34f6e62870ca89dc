"""Measure archives: rate, memory, what resuming and a cluster cost, and what is lost when things go wrong (nothing).

    python -m benchmarks.scale --data ../shared     # VietNews articles
    python -m benchmarks.scale                      # articles made of the written corpus

Runs the command `toolkit label` as a user would. Prints a table, writes ``build/results/scale.json`` and a plot;
``--ship`` also writes ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import importlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.provenance import provenance
from toolkit.batch import grouped_entries
from toolkit.corpus import read_written
from toolkit.io import iter_entries

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 40_000)
SHARD = 500
PACKAGES = ("numpy", "scipy", "joblib", "dask", "distributed")


@dataclass(frozen=True, slots=True)
class Timed:
    """A command that ran to its end: seconds, peak memory of all its processes together, exit code."""

    seconds: float
    peak_mib: float
    code: int


def main() -> int:
    """Run all parts and record them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    console = Console(highlight=False)
    sizes = sorted(options.sizes)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        archives = {size: _archive(root / f"{size}.jsonl", options.data, size) for size in sizes}
        middle = sizes[min(1, len(sizes) - 1)]
        record: dict[str, Any] = {
            **provenance("scale", PACKAGES),
            "load_at_start": os.getloadavg(),
            "articles": "VietNews, title and text" if options.data else "made of the written corpus",
            "shard_size": SHARD,
            "rate": rate(archives, root),
            "overhead": overhead(archives[middle], middle, root),
            "faults": faults(archives[middle], root),
        }
        record["cluster"] = cluster(archives[middle], middle, record["rate"][-1])
    _print(console, record)
    out = ROOT / "build" / "results"
    out.mkdir(parents=True, exist_ok=True)
    (out / "scale.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    _plot(record["rate"], out / "scale.png")
    if options.ship:
        for name in ("scale.json", "scale.png"):
            shutil.copy2(out / name, ROOT / "benchmarks" / "results" / name)
    return 0


# --- parts --------------------------------------------------------------------------------------------


def rate(archives: dict[int, Path], root: Path) -> list[dict[str, float]]:
    """Return articles a second and peak memory at each size, with one job and with two."""
    points = []
    for size, archive in archives.items():
        for jobs in (1, 2):
            timed = _run(archive, root / f"rate-{size}-{jobs}", "--jobs", jobs)
            points.append(
                {"articles": size, "jobs": jobs, "articles/s": size / timed.seconds, "peak MiB": timed.peak_mib}
            )
    return points


def overhead(archive: Path, size: int, root: Path) -> dict[str, float]:
    """Return what shards, resuming and a Dask cluster cost, as ratios to a run with two jobs in this run."""
    seconds: dict[str, list[float]] = {}

    def note(name: str, taken: float) -> None:
        seconds.setdefault(name, []).append(taken)

    with _two_workers() as workers:
        address = workers.scheduler_address
        _run(archive, root / "warm", "--scheduler", address)  # the workers load the model
        for turn in range(3):
            out = root / f"two-{turn}"
            note("two jobs", _run(archive, out, "--jobs", 2).seconds)
            note("resume of a finished run", _run(archive, out, "--jobs", 2, "--resume").seconds)
            for record in sorted((out / "_run").glob("0*.json"))[::2]:
                record.unlink()
            note("resume of half a run", _run(archive, out, "--jobs", 2, "--resume").seconds)
            note("Dask, two workers", _run(archive, root / f"dask-{turn}", "--scheduler", address).seconds)
            started = time.perf_counter()
            with (root / "stream.jsonl").open("wb") as stream:
                subprocess.run([*_label(archive), "--jobs", "2", "-f", "jsonl"], stdout=stream, check=True)
            note("two jobs to standard output", time.perf_counter() - started)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    two = medians["two jobs"]
    return {
        **{f"{name}, s": taken for name, taken in medians.items()},
        "articles": size,
        "Dask / two jobs": medians["Dask, two workers"] / two,
        "resume of a finished run / two jobs": medians["resume of a finished run"] / two,
        "half a run and its resume / two jobs": 0.5 + medians["resume of half a run"] / two,
        "shards / standard output": two / medians["two jobs to standard output"],
    }


def faults(archive: Path, root: Path) -> list[dict[str, Any]]:
    """Return, for each fault, how many records were lost or doubled once the run had been gone on with."""
    whole = root / "whole"
    _run(archive, whole, "--jobs", 2)
    rng = random.Random(0)
    rows = []
    for name, number, jobs in (
        ("SIGINT, one job", signal.SIGINT, 1),
        ("SIGINT, two jobs", signal.SIGINT, 2),
        ("SIGTERM, two jobs", signal.SIGTERM, 2),
        ("SIGKILL, two jobs, ten times", signal.SIGKILL, 2),
    ):
        out = root / name.replace(" ", "-")
        for _ in range(10 if "ten" in name else 1):
            process = _start(archive, out, "--jobs", jobs, "--resume")
            _wait_for_shards(out, rng.randint(1, 3) + len(_finished(out)), process)
            process.send_signal(number)
            process.wait()
        rows.append(_compared(name, archive, out, whole, _run(archive, out, "--jobs", jobs, "--resume")))
    out = root / "worker"
    process = _start(archive, out, "--jobs", 2)
    _wait_for_shards(out, 2, process)
    workers = [child for child in psutil.Process(process.pid).children() if "loky" in " ".join(child.cmdline())]
    max(workers, key=lambda child: sum(child.cpu_times()[:2])).kill()
    started = time.perf_counter()
    code = process.wait()
    rows.append(
        _compared("a worker killed, no resume", archive, out, whole, Timed(time.perf_counter() - started, 0, code))
    )
    rows.append(_worker_of_a_cluster(archive, root / "dask-worker", whole))
    rows.append(_full_disk(archive, root, whole))
    return [row for row in rows if row]


def _worker_of_a_cluster(archive: Path, out: Path, whole: Path) -> dict[str, Any]:
    with _two_workers() as workers:
        process = _start(archive, out, "--scheduler", workers.scheduler_address)
        _wait_for_shards(out, 2, process)
        os.kill(next(iter(workers.workers.values())).pid, signal.SIGKILL)
        started = time.perf_counter()
        code = process.wait()
    done = Timed(time.perf_counter() - started, 0, code)
    return _compared("a Dask worker killed, no resume", archive, out, whole, done)


def _full_disk(archive: Path, root: Path, whole: Path) -> dict[str, Any]:
    """Run into the end of a small file system; empty where none can be mounted."""
    small = root / "small"
    small.mkdir()
    size = sum(path.stat().st_size for path in whole.glob("part-*")) // 2
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)], capture_output=True
    ).returncode:
        return {}
    try:
        _run(archive, small / "out", "--jobs", 2)
        subprocess.run(["mount", "-o", f"remount,size={8 * size}", str(small)], check=True)
        done = _run(archive, small / "out", "--jobs", 2, "--resume")
        return _compared("full disk", archive, small / "out", whole, done)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def cluster(archive: Path, size: int, fastest: dict[str, float]) -> dict[str, Any]:
    """Return a simulation of 10⁸ articles on clusters, from rates measured here.

    One client reads records and sends them, one shard at a time; workers take a shard each, fail on average once in
    a day, and come back after a minute; the shard that a failing worker had is done again by another.
    """
    started = time.perf_counter()
    n_groups = sum(1 for _ in grouped_entries(iter_entries(archive), SHARD))
    reading = (time.perf_counter() - started) / size  # seconds an article, by the client
    n_bytes = archive.stat().st_size / size
    per_core = fastest["articles/s"] / fastest["jobs"]
    shard = 1_000
    rows = []
    for workers in (8, 32, 128):
        for bits in (1e9, 1e10):
            send = shard * (reading + n_bytes * 8 / bits)
            hours, redone = simulate(100_000, shard / per_core, workers, send, mean_life=86_400, absence=60)
            rows.append(
                {"workers": workers, "network, Gbit/s": bits / 1e9, "hours": hours, "shards done again": redone}
            )
    return {
        "articles": 10**8,
        "articles/s and core": per_core,
        "client reads, articles/s": 1 / reading,
        "bytes an article": n_bytes,
        "groups": n_groups,
        "core hours": 1e8 / per_core / 3600,
        "simulated": rows,
    }


def simulate(
    n_shards: int, seconds: float, n_workers: int, send: float, *, mean_life: float, absence: float, seed: int = 0
) -> tuple[float, int]:
    """Return hours until every shard is done, and how many were done more than once.

    Parameters
    ----------
    seconds, send : float
        That a worker takes for a shard, and the client to read and send one.
    mean_life, absence : float
        Seconds a worker lives on average (exponentially distributed), and stays away after that.
    """
    rng = random.Random(seed)
    free = [(0.0, worker) for worker in range(n_workers)]  # when each worker wants its next shard
    dies = [rng.expovariate(1 / mean_life) for _ in range(n_workers)]
    sent, n_done, n_again, finished = 0.0, 0, 0, 0.0
    while n_done < n_shards:
        now, worker = heapq.heappop(free)
        begin = sent = max(now, sent) + send
        end = begin + seconds
        if dies[worker] < end:
            n_again += dies[worker] > begin
            back = max(dies[worker], now) + absence
            dies[worker] = back + rng.expovariate(1 / mean_life)
            heapq.heappush(free, (back, worker))
            continue
        n_done += 1
        finished = max(finished, end)
        heapq.heappush(free, (end, worker))
    return finished / 3600, n_again


def _two_workers() -> Any:
    """Return a Dask cluster of two processes on this machine."""
    distributed: Any = importlib.import_module("distributed")  # it has no types
    return distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)


# --- running ------------------------------------------------------------------------------------------


def _label(archive: Path) -> list[str]:
    return [sys.executable, "-m", "toolkit", "label", str(archive), "--quiet"]


def _start(archive: Path, out: Path, *arguments: object) -> subprocess.Popen[bytes]:
    command = [*_label(archive), "-o", f"{out}/", "--shard-size", str(SHARD), *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT)


def _run(archive: Path, out: Path, *arguments: object) -> Timed:
    """Run to the end, looking ten times a second at the memory of all processes together."""
    started = time.perf_counter()
    process = _start(archive, out, *arguments)
    peak = 0.0
    over = threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.wait(0.1):
            peak = max(peak, sum(_resident(each) for each in _family(process.pid)))

    watcher = threading.Thread(target=look)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - started
    over.set()
    watcher.join()
    return Timed(seconds, peak / 2**20, code)


def _family(pid: int) -> Iterable[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)  # pages that processes share count once
    except (psutil.Error, AttributeError):
        return 0


def _finished(out: Path) -> list[Path]:
    return sorted((out / "_run").glob("0*.json"))


def _wait_for_shards(out: Path, number: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and len(_finished(out)) < number:
        time.sleep(0.02)


def _compared(fault: str, archive: Path, out: Path, whole: Path, done: Timed) -> dict[str, Any]:
    """Return how the records in `out` differ from those of the input, and the bytes from an unbroken run."""
    sources = Counter(
        json.loads(line)["source"] for part in sorted(out.glob("part-*")) for line in part.open(encoding="utf-8")
    )
    errors = out / "errors.jsonl"
    if errors.exists():
        sources.update(json.loads(line)["place"] for line in errors.open(encoding="utf-8"))
    wanted = [f"{archive}:{number}" for number, _ in enumerate(archive.open(encoding="utf-8"), start=1)]
    parts = [{path.name: path.read_bytes() for path in folder.glob("part-*")} for folder in (out, whole)]
    return {
        "fault": fault,
        "records lost": sum(sources[source] == 0 for source in wanted),
        "records doubled": sum(number > 1 for number in sources.values()),
        "bytes equal to an unbroken run": parts[0] == parts[1],
        "exit code at the end": done.code,
        "seconds until whole again": done.seconds,
    }


def _archive(path: Path, data: Path | None, size: int) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        for record in islice(_records(data), size):
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def _records(data: Path | None) -> Iterator[dict[str, str]]:
    if data is not None:
        with gzip.open(data / "data" / "vietnews-train.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield {"id": str(row["id"]), "title": row["title"], "text": " ".join(row["sentences"])}
        return
    rng = random.Random(0)
    paragraphs = [row.text for row in read_written(ROOT / "corpus")]
    for number in range(10**9):
        yield {"id": str(number), "title": f"Bài số {number}", "text": "\n\n".join(rng.sample(paragraphs, 8))}


# --- showing ------------------------------------------------------------------------------------------


def _print(console: Console, record: dict[str, Any]) -> None:
    for name in ("rate", "faults"):
        console.print(_table(name, record[name]))
    console.print(_table("overhead", [{"what": k, "value": v} for k, v in record["overhead"].items()]))
    console.print(_table("10⁸ articles, simulated", record["cluster"]["simulated"]))


def _table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(*rows[0], title=title, box=None, pad_edge=False, title_justify="left")
    for row in rows:
        table.add_row(
            *(
                f"{value:,.3g}"
                if isinstance(value, float) and value < 1000
                else f"{value:,.0f}"
                if isinstance(value, float)
                else str(value)
                for value in row.values()
            )
        )
    return table


def _plot(points: list[dict[str, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5))
    for jobs in (1, 2):
        mine = [point for point in points if point["jobs"] == jobs]
        for axis, name in zip(axes, ("articles/s", "peak MiB"), strict=True):
            axis.semilogx([p["articles"] for p in mine], [p[name] for p in mine], "o-", label=f"--jobs {jobs}")
    for axis, name in zip(axes, ("articles a second", "peak memory of all processes, MiB"), strict=True):
        axis.set_xlabel("articles")
        axis.set_ylabel(name)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
