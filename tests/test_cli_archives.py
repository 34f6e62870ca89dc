"""Archives at the command line: shards, resuming, failures listed, runs ended from outside."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import GOODS
from tests.test_cli import run

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")


def write_archive(path: Path, n_articles: int) -> Path:
    """Write articles of several lengths, two of them broken, with a title and an outlet."""
    rng = random.Random(n_articles)
    with path.open("w", encoding="utf-8") as stream:
        for n in range(n_articles):
            if n in (n_articles // 3, n_articles // 2):
                stream.write('{"text": "cắt ngang\n')
                continue
            paragraphs = [
                f"Kim ngạch xuất khẩu {rng.choice(GOODS)} tháng {rng.randint(1, 12)} đạt {rng.randint(10, 999)} tỷ, "
                f"tăng {rng.randint(1, 40)}% so với cùng kỳ."
                for _ in range(rng.randint(1, 6))
            ]
            row = {"title": f"Tin số {n}", "text": "\n\n".join(paragraphs), "outlet": f"Báo {n % 7}"}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("archive") / "tin.jsonl", 60)


@pytest.fixture
def models(model_folder: Path) -> list[str]:
    return ["--models", str(model_folder)]


@pytest.mark.parametrize("format", ["jsonl", "json", "csv"])
@pytest.mark.parametrize("command", ["label", "digest", "summarize"])
def test_file_is_the_same_from_one_job_two_jobs_and_standard_output(
    command: str, format: str, archive: Path, tmp_path: Path, models: list[str]
) -> None:
    shard = ["--shard-size", "9"]
    printed, said = run(command, archive, "-f", format, *models, code=1)
    for jobs in "12":
        output = tmp_path / f"{jobs}.out"
        repeated = run(command, archive, "-f", format, "-o", output, "--jobs", jobs, *shard, *models, code=1)
        assert repeated == ("", said)
        assert output.read_bytes() == printed.encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.out", "2.out", "errors.jsonl"]
    rows = [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text().splitlines()]
    assert [(row["output"], row["place"]) for row in rows] == [
        (f"{jobs}.out", f"{archive}:{line}") for jobs in "12" for line in (21, 31)
    ]
    assert all(row["reason"] in said for row in rows)


def test_list_of_failures_goes_when_nothing_fails_any_more(archive: Path, tmp_path: Path, models: list[str]) -> None:
    whole = tmp_path / "tin.jsonl"
    shutil.copy(archive, whole)
    arguments = ["label", whole, "-f", "jsonl", "-o", tmp_path / "a.jsonl", *models]
    run(*arguments, code=1)
    assert (tmp_path / "errors.jsonl").exists()
    whole.write_text('{"text": "Xuất khẩu gạo tăng."}\n')
    run("label", whole, "-f", "jsonl", "-o", tmp_path / "khác.jsonl", *models)
    assert (tmp_path / "errors.jsonl").exists()  # another output's
    run(*arguments)
    assert not (tmp_path / "errors.jsonl").exists()


def test_list_of_failures_that_no_run_wrote_is_left_alone(archive: Path, tmp_path: Path, models: list[str]) -> None:
    theirs = tmp_path / "errors.jsonl"
    theirs.write_text('{"level": "error"}\n')
    for name in ("a.jsonl", "a.txt", ""):
        _, said = run("label", archive, "-o", f"{tmp_path}/{name}", *models, code=1)
        assert "expected a list of failures, found a file of another origin" in said
    assert theirs.read_text() == '{"level": "error"}\n'


def test_folder_of_shards_holds_every_format_that_goes_in_pieces(
    archive: Path, tmp_path: Path, models: list[str]
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arguments = ["label", archive, "--shard-size", "25", *models]
    run(*arguments, "-o", f"{tmp_path}/lines/", code=1)
    lines = b"".join(path.read_bytes() for path in sorted((tmp_path / "lines").glob("part-*.jsonl")))
    assert len(lines.splitlines()) == 58
    assert (tmp_path / "lines" / "errors.jsonl").exists()
    run(*arguments, "-o", f"{tmp_path}/rows/", "-f", "csv", code=1)
    run(*arguments, "-o", f"{tmp_path}/columns/", "-f", "parquet", code=1)
    parts = sorted((tmp_path / "rows").glob("part-*.csv"))
    assert len(parts) == 3
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part.read_text(encoding="utf-8-sig")))]
    columns = [
        row
        for part in sorted((tmp_path / "columns").glob("part-*.parquet"))
        for row in parquet.read_table(part).to_pylist()
    ]
    n_paragraphs = sum(len(json.loads(line)["paragraphs"]) for line in lines.splitlines())
    assert [row["text"] for row in rows] == [row["text"] for row in columns]
    assert len(rows) == n_paragraphs


def test_name_of_the_output_says_its_format(archive: Path, tmp_path: Path, models: list[str]) -> None:
    for name, beginning in (("a.jsonl", b"{"), ("a.json", b"[\n"), ("a.csv", b"\xef\xbb\xbf"), ("a.txt", b"/")):
        run("label", archive, "-o", tmp_path / name, *models, code=1)
        assert (tmp_path / name).read_bytes().startswith(beginning)
    run("label", archive, "-o", tmp_path / "b.csv", "-f", "jsonl", *models, code=1)
    assert (tmp_path / "b.csv").read_bytes().startswith(b"{")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "{}/", "-f", "html"], "a folder holds shards as jsonl, csv or parquet"),
        (["-o", "{}/", "-f", "json"], "a folder holds shards as jsonl, csv or parquet"),
        (["--resume"], "what went to standard output is gone"),
        (["--resume", "-o", "{}/a.html", "-f", "html"], "goes with a folder, or a file of jsonl, json or csv"),
        (["--resume", "-o", "{}/a.parquet", "-f", "parquet"], "goes with a folder, or a file of jsonl, json or csv"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    arguments: list[str], message: str, archive: Path, tmp_path: Path, models: list[str]
) -> None:
    _, said = run("label", archive, *(a.format(tmp_path) for a in arguments), *models, code=2)
    assert message in " ".join(said.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_counts_do_not_go_with_shards(archive: Path, tmp_path: Path, models: list[str]) -> None:
    _, said = run("digest", archive, "-o", f"{tmp_path}/", "--counts", tmp_path / "c.csv", *models, code=2)
    assert "not with a folder of shards" in " ".join(said.replace("│", " ").split())


def test_finished_run_is_not_begun_again_and_says_so(archive: Path, tmp_path: Path, models: list[str]) -> None:
    arguments = ["label", archive, "-o", f"{tmp_path}/", "--shard-size", "25", *models]
    _, first = run(*arguments, code=1)
    _, again = run(*arguments, code=1)
    assert "found one; --resume goes on with it" in again
    _, resumed = run(*arguments, "--resume", code=1)
    assert resumed == first + "toolkit: 3 of 3 shards were finished by an earlier run\n"
    _, changed = run(*arguments[:-1], models[1], "--threshold", "fdi=0.9", "--resume", code=1)
    assert "expected to go on with thresholds []" in changed


# --- ended from outside -------------------------------------------------------------------------------


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "toolkit", *map(str, arguments)]


def ended(process: subprocess.Popen[bytes], number: int, *, whole_group: bool = False) -> str:
    """End a command by a signal; return what it said, once neither it nor a worker of it lives."""
    psutil = pytest.importorskip("psutil")
    workers = psutil.Process(process.pid).children(recursive=True)
    if whole_group:
        os.killpg(process.pid, number)  # as a terminal does on Ctrl-C
    else:
        process.send_signal(number)
    said = process.communicate(timeout=60)[1].decode()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []
    return said


def wait_for(found: Iterator[Path] | Path, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not (found.exists() if isinstance(found, Path) else any(found)):
        time.sleep(0.02)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("large") / "tin.jsonl", 5000)


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("number", "whole_group"), [("SIGINT", True), ("SIGTERM", False), ("SIGKILL", False)])
def test_signal_leaves_no_process_and_no_half_file_and_the_run_goes_on(
    number: str, whole_group: bool, jobs: int, large: Path, tmp_path: Path, models: list[str]
) -> None:
    run("label", large, "-f", "jsonl", "-o", tmp_path / "whole.jsonl", *models, code=1)
    arguments = ["label", large, "-f", "jsonl", "-o", tmp_path / "a.jsonl", "--shard-size", 50, "--jobs", jobs, *models]
    process = subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, start_new_session=True)
    wait_for(tmp_path / ".a.jsonl.parts" / "_run" / "000005.json", process)
    said = ended(process, getattr(signal, number), whole_group=whole_group)
    assert process.returncode in {"SIGINT": (130,), "SIGTERM": (143,), "SIGKILL": (-9,)}[number]
    assert "Traceback" not in said
    assert ("--resume goes on with it" in said) is (number != "SIGKILL")
    assert not (tmp_path / "a.jsonl").exists()
    _, resumed = run(*arguments, "--resume", code=1)
    assert "shards were finished by an earlier run" in resumed
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "errors.jsonl", "whole.jsonl"]


@posix_only
@pytest.mark.slow
def test_run_killed_at_ten_random_moments_equals_an_unbroken_one(
    large: Path, tmp_path: Path, models: list[str]
) -> None:
    arguments = ["label", large, "--shard-size", 40, "--jobs", 2, *models]
    run(*arguments, "-o", f"{tmp_path}/whole/", code=1)
    rng = random.Random(7)
    n_kills = 0
    for _ in range(10):
        process = subprocess.Popen(
            command(*arguments, "-o", f"{tmp_path}/out/", "--resume"), stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            process.wait(timeout=rng.uniform(0.3, 3))
        except subprocess.TimeoutExpired:
            ended(process, signal.SIGKILL)
            n_kills += 1
    assert n_kills >= 3
    run(*arguments, "-o", f"{tmp_path}/out/", "--resume", code=1)
    whole, out = (
        {str(p.relative_to(tmp_path / name)): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("whole", "out")
    )
    assert out == whole
    sources = [
        json.loads(line)["source"]
        for name, part in sorted(out.items())
        if "part-" in name
        for line in part.splitlines()
    ]
    failed = [json.loads(line)["place"] for line in out["errors.jsonl"].splitlines()]
    assert sorted([*sources, *failed]) == sorted(f"{large}:{n}" for n in range(1, 5001))


@posix_only
@pytest.mark.slow
def test_full_disk_ends_the_run_in_one_line_and_it_goes_on_when_there_is_room(
    large: Path, tmp_path: Path, models: list[str]
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a file system of two megabytes needs the right to mount one")
    arguments = ["label", large, "--shard-size", "100", *models]
    try:
        _, said = run(*arguments, "-o", f"{small}/out/", code=1)
        assert "cannot be written (No space left on device)" in said
        kept = len(list((small / "out" / "_run").glob("0*.json")))
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        _, said = run(*arguments, "-o", f"{small}/out/", "--resume", code=1)
        assert f"{kept} of 50 shards were finished by an earlier run" in said
        run(*arguments, "-o", f"{tmp_path}/whole/", code=1)
        whole, out = (
            {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
            for folder in (tmp_path / "whole", small / "out")
        )
        assert out == whole
    finally:
        subprocess.run(["umount", str(small)], check=True)


@posix_only
@pytest.mark.slow
def test_cluster_whose_worker_is_killed_gives_the_same_shards(large: Path, tmp_path: Path, models: list[str]) -> None:
    distributed = pytest.importorskip("distributed")
    arguments = ["label", large, "--shard-size", 40, *models]
    run(*arguments, "-o", f"{tmp_path}/whole/", code=1)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        process = subprocess.Popen(
            command(*arguments, "-o", f"{tmp_path}/out/", "--scheduler", cluster.scheduler_address),
            stderr=subprocess.PIPE,
        )
        wait_for(tmp_path / "out" / "_run" / "000010.json", process)
        assert process.poll() is None
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 1, said
    assert "Traceback" not in said
    whole, out = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.jsonl")} for name in ("whole", "out")
    )
    assert out == whole
