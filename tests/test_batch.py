"""Many documents: order, failures, resuming, and two runs on one folder."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from toolkit.batch import Recipe, Work, grouped_entries, in_parallel, sharded, store_at, without_killers
from toolkit.batch.store import LOCK, PARTIAL
from toolkit.document import Document
from toolkit.errors import ModelError, ToolkitError
from toolkit.io import Options, iter_entries
from toolkit.report.streams import JsonLines
from toolkit.results import Analysis, Budget

MANIFEST = {"format": "jsonl"}


def write_records(path: Path, texts: Iterable[str]) -> Path:
    path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), encoding="utf-8")
    return path


def news(n: int) -> list[str]:
    return [f"Tin số {k}. Kim ngạch xuất khẩu gạo tăng {k} phần trăm." for k in range(n)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_records(tmp_path / "tin.jsonl", news(50))


@pytest.fixture
def work(model_folder: Path) -> Work:
    recipe = Recipe(str(model_folder), summarizer="lead", budget=Budget(sentences=1))
    return Work(recipe.pinned(), Options(), JsonLines())


def shard_all(work: Work, archive: Path, folder: Path, *, resume: bool = False, jobs: int = 1) -> tuple[int, int]:
    """Run it whole; return how many shards there are, and how many were there before."""
    with sharded(store_at(str(folder)), MANIFEST, ".jsonl", resume=resume) as run:
        for _ in run.shards(work, iter_entries(archive), size=7, jobs=jobs):
            pass
        run.finish()
    return run.n_shards, run.n_skipped


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


# --- the engine ---------------------------------------------------------------------------------------


def test_results_come_in_order_on_one_core_and_on_two(work: Work, archive: Path) -> None:
    one, two = (
        [done.content for done in in_parallel(work, grouped_entries(iter_entries(archive), 3), jobs=jobs)]
        for jobs in (1, 2)
    )
    sources = [json.loads(line)["source"] for line in b"".join(one).splitlines()]
    assert sources == [f"{archive}:{n}" for n in range(1, 51)]
    assert one == two


def test_results_that_nobody_takes_are_given_up_in_silence() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        results = in_parallel(time.sleep, [0.05] * 100, jobs=2)
        next(results)
        results.close()  # type: ignore[attr-defined]  # it is a generator
    assert [str(warning.message) for warning in said if "tasks" in str(warning.message)] == []


def test_error_in_reading_reaches_the_caller_from_parallel_work() -> None:
    def groups() -> Iterable[int]:
        yield 1
        raise ToolkitError("tệp hỏng")

    with pytest.raises(ToolkitError, match="tệp hỏng"):
        list(in_parallel(abs, groups(), jobs=2))


@dataclass(frozen=True)
class Killer:
    """Ends the process that works on a number below zero; of those in `once`, the first time only."""

    folder: str
    once: frozenset[int] = frozenset()

    def __call__(self, numbers: tuple[int, ...]) -> int:
        for number in numbers:
            seen = Path(self.folder, str(number))
            if number < 0 and not (number in self.once and seen.exists()):
                seen.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return sum(numbers)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is Unix's")
def test_process_killed_once_has_its_group_done_again(tmp_path: Path) -> None:
    groups = [(n,) for n in range(20)] + [(-1,)] + [(n,) for n in range(20)]
    results = list(in_parallel(Killer(str(tmp_path), frozenset({-1})), groups, jobs=2))
    assert results == [sum(group) for group in groups]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is Unix's")
def test_group_that_kills_every_time_is_rescued_and_the_rest_goes_on(tmp_path: Path) -> None:
    def rescue(group: tuple[int, ...], survives: Callable[[tuple[int, ...]], bool]) -> tuple[int, ...]:
        return tuple(number for number in group if survives((number,)))

    groups = [(1, 2), (3, -7, 4), (5,), (6,)]
    assert list(in_parallel(Killer(str(tmp_path)), groups, jobs=2, rescue=rescue)) == [3, 7, 5, 6]
    with pytest.raises(ToolkitError, match="end without a result"):
        list(in_parallel(Killer(str(tmp_path)), groups, jobs=2))


def test_entry_that_kills_is_found_by_halving(archive: Path) -> None:
    entries = tuple(iter_entries(archive))
    kept = without_killers(entries, lambda some: not any(entry.place.endswith(":33") for entry in some))
    assert [entry.place for entry in kept] == [entry.place for entry in entries]
    changed = [one for one, other in zip(kept, entries, strict=True) if one != other]
    assert [str(error) for failure in changed for error in failure.items(Options(), None)] == [  # type: ignore[arg-type]
        f"{archive}:33: expected an article, found one that ends the process at work on it; is it huge?"
    ]


def test_scheduler_that_is_not_there_is_one_clear_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ToolkitError, match=r"tcp://127\.0\.0\.1:9: expected a Dask scheduler, reached none"):
        list(in_parallel(abs, [1], scheduler="tcp://127.0.0.1:9"))


# --- a group of entries -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fragile(Recipe):
    """Breaks on the word `vỡ`, as a bug would."""

    def __call__(self, documents: Sequence[Document]) -> list[Analysis]:
        if any("vỡ" in document.text for document in documents):
            raise ZeroDivisionError("không ai ngờ")
        return [Analysis(document, ()) for document in documents]


def test_record_that_breaks_the_toolkit_stops_none_of_the_others(tmp_path: Path) -> None:
    archive = write_records(tmp_path / "tin.jsonl", ["Một.", "Chén vỡ.", "Ba."])
    done = Work(Fragile())(tuple(iter_entries(archive)))
    assert [analysis.document.text for analysis in done.analyses] == ["Một.", "Ba."]
    (failed,) = done.failures
    assert failed.kind == "ZeroDivisionError"
    assert failed.reason.startswith(f"{archive}:2: expected an article, found one that breaks the toolkit")


def test_groups_are_bounded_by_number_and_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_records(tmp_path / "tin.jsonl", ["a" * 100] * 5 + ["b" * 1000] + ["c" * 100] * 2)
    entries = list(iter_entries(archive))
    assert [len(group) for group in grouped_entries(entries, 4)] == [4, 4]
    monkeypatch.setattr("toolkit.batch.work.GROUP_BYTES", 500)
    assert [len(group) for group in grouped_entries(entries, 4)] == [4, 1, 1, 2]


def test_process_with_another_model_refuses_to_work(work: Work, tmp_path: Path) -> None:
    other = Recipe(checksum=work.recipe.checksum)
    with pytest.raises(ModelError, match=r"expected the model .* that the run began with"):
        other.analyzer()


# --- shards -------------------------------------------------------------------------------------------


def test_shards_hold_what_one_file_would(work: Work, archive: Path, tmp_path: Path) -> None:
    assert shard_all(work, archive, tmp_path / "out") == (8, 0)
    whole = work(tuple(iter_entries(archive))).content
    assert b"".join(parts(tmp_path / "out").values()) == whole
    assert json.loads((tmp_path / "out" / "_run" / "summary.json").read_bytes()) == {
        "shards": 8,
        "documents": 50,
        "failures": 0,
    }


class CutOffError(Exception):
    """The end of a process, for tests."""


@pytest.mark.parametrize("moment", range(1, 18))
def test_run_cut_off_at_any_write_goes_on_to_the_same_bytes(
    moment: int, work: Work, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard_all(work, archive, tmp_path / "whole")
    n_moves = 0
    move = os.replace

    def cut(source: str, target: str) -> None:
        nonlocal n_moves
        n_moves += 1
        if n_moves == moment:
            raise CutOffError
        move(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", cut)
        with pytest.raises(CutOffError):
            shard_all(work, archive, tmp_path / "out")
    n_shards, n_skipped = shard_all(work, archive, tmp_path / "out", resume=True)
    assert n_shards == 8
    assert n_skipped == max(0, (moment - 2) // 2)
    assert parts(tmp_path / "out") == parts(tmp_path / "whole")


def test_full_disk_is_one_clear_line_and_what_was_finished_is_kept(
    work: Work, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_bytes = 0
    sync = os.fsync

    def full(handle: int) -> None:
        nonlocal n_bytes
        n_bytes += os.fstat(handle).st_size
        if n_bytes > 20_000:
            raise OSError(28, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ToolkitError, match=r"out/\S+: cannot be written \(No space left on device\)"):
            shard_all(work, archive, tmp_path / "out")
    n_finished = len(list((tmp_path / "out" / "_run").glob("0*.json")))
    assert 0 < n_finished < 8
    assert not list((tmp_path / "out").rglob(f"{PARTIAL}*"))
    assert shard_all(work, archive, tmp_path / "out", resume=True) == (8, n_finished)
    shard_all(work, archive, tmp_path / "whole")
    assert parts(tmp_path / "out") == parts(tmp_path / "whole")


def test_shard_without_its_whole_content_is_done_again(work: Work, archive: Path, tmp_path: Path) -> None:
    shard_all(work, archive, tmp_path / "out")
    whole = parts(tmp_path / "out")
    (tmp_path / "out" / "part-000002.jsonl").write_bytes(b"{")
    (tmp_path / "out" / "_run" / "000004.json").write_bytes(b'{"index": 4')
    changed = tmp_path / "out" / "part-000006.jsonl"
    changed.write_bytes(b"0123456789" + changed.read_bytes()[10:])
    assert shard_all(work, archive, tmp_path / "out", resume=True) == (8, 5)
    assert parts(tmp_path / "out") == whole


def test_only_what_a_run_began_itself_is_tidied_away(work: Work, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    theirs = {name: out / name for name in (".env.local-backup", ".zshrc.pre-oh-my-zsh", ".lock", "ghi-chú.txt")}
    for name, path in theirs.items():
        path.write_text(name)
    (out / ".thư.mục-khác").mkdir()
    shard_all(work, archive, out)
    for folder in (out, out / "_run"):
        (folder / f"{PARTIAL}abcd1234").write_bytes(b"{")
    (out / f"{PARTIAL}folder").mkdir()
    shard_all(work, archive, out, resume=True)
    assert [path.name for path in out.rglob(f"{PARTIAL}*")] == [f"{PARTIAL}folder"]
    assert {name: path.read_text() for name, path in theirs.items()} == {name: name for name in theirs}


def test_run_that_begins_anew_and_is_discarded_leaves_what_is_not_its_own(
    work: Work, archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shard_all(work, archive, out)
    (out / "ghi-chú.txt").touch()
    with sharded(store_at(str(out)), MANIFEST, ".jsonl", resume=False, anew=True) as run:
        assert list(run.shards(work, iter_entries(archive), size=50))
        assert len(parts(out)) == 1
        run.discard()
    assert [path.name for path in out.iterdir() if path.name != LOCK] == ["ghi-chú.txt"]
    (out / "ghi-chú.txt").unlink()
    with sharded(store_at(str(out)), MANIFEST, ".jsonl", resume=False, anew=True) as run:
        run.discard()
    assert not out.exists()


def test_manifest_and_list_of_failures_of_another_origin_are_left_alone(
    work: Work, archive: Path, tmp_path: Path
) -> None:
    for name, content, message in (
        ("_run/manifest.json", "[1]", "expected the manifest of a run, found something else"),
        ("errors.jsonl", '{"level": "error"}\n', "expected a list of failures, found a file of another origin"),
    ):
        path = tmp_path / name.partition(".")[0] / name
        path.parent.mkdir(parents=True)
        path.write_text(content)
        for resume in (False, True):
            with pytest.raises(ToolkitError, match=message):
                shard_all(work, archive, tmp_path / name.partition(".")[0], resume=resume)
        assert path.read_text() == content


def test_earlier_run_is_not_mixed_with_another(work: Work, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shard_all(work, archive, out)
    with pytest.raises(ToolkitError, match=r"found one; --resume goes on with it"):
        shard_all(work, archive, out)
    with (
        pytest.raises(ToolkitError, match=r'expected to go on with format "jsonl", found "csv"'),
        sharded(store_at(str(out)), {"format": "csv"}, ".csv", resume=True),
    ):
        pass
    write_records(archive, [*news(30), "Tin khác.", *news(50)[31:]])
    with pytest.raises(ToolkitError, match=r"part-000004\.jsonl: expected the input it was made from, found another"):
        shard_all(work, archive, out, resume=True)
    write_records(archive, news(14))
    with pytest.raises(ToolkitError, match=r"expected the input of the earlier run, found less \(6 shards"):
        shard_all(work, archive, out, resume=True)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "part-000000.jsonl").touch()
    with pytest.raises(ToolkitError, match="found some of another origin"):
        shard_all(work, archive, tmp_path / "foreign")


def test_second_run_on_a_folder_is_refused_while_the_first_is_at_work(
    work: Work, archive: Path, tmp_path: Path
) -> None:
    store = store_at(str(tmp_path / "out"))
    with (
        sharded(store, MANIFEST, ".jsonl", resume=False),
        pytest.raises(ToolkitError, match="found another run at work"),
    ):
        shard_all(work, archive, tmp_path / "out", resume=True)
    assert shard_all(work, archive, tmp_path / "out", resume=True)[0] == 8


def test_failures_are_listed_in_the_order_of_the_input(work: Work, tmp_path: Path) -> None:
    archive = write_records(tmp_path / "tin.jsonl", news(20))
    lines = archive.read_text().splitlines()
    lines[3], lines[17] = "{hỏng", '{"không": "có văn bản"}'
    archive.write_text("\n".join(lines))
    jsonschema = pytest.importorskip("jsonschema")
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        shard_all(work, archive, out, jobs=jobs)
        rows = [json.loads(line) for line in (out / "errors.jsonl").read_text().splitlines()]
        assert [row["place"] for row in rows] == [f"{archive}:4", f"{archive}:18"]
        for row in rows:
            jsonschema.validate(row, json.loads((ROOT / "docs" / "schema" / "error.schema.json").read_text()))
        assert "expected one JSON record a line" in rows[0]["reason"]
    assert parts(tmp_path / "out1") == parts(tmp_path / "out2")


def test_address_of_a_folder_here_is_that_folder(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    assert store_at(f"file://{tmp_path}/out") == store_at(f"{tmp_path}/out")


def test_folder_at_an_address_holds_the_same_shards(work: Work, archive: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    shard_all(work, archive, tmp_path / "out")
    address = f"memory://{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:8]}"
    for resume, skipped in ((False, 0), (True, 8)):
        with sharded(store_at(address), MANIFEST, ".jsonl", resume=resume) as run:
            assert len(list(run.shards(work, iter_entries(archive), size=7))) == 8
            run.finish()
        assert run.n_skipped == skipped
    system = fsspec.filesystem("memory")
    stored = {name.rpartition("/")[2]: system.cat_file(name) for name in system.glob(f"{address}/part-*")}
    assert stored == parts(tmp_path / "out")


def test_group_of_failures_only_makes_an_empty_shard(work: Work, tmp_path: Path) -> None:
    archive = tmp_path / "tin.jsonl"
    archive.write_text("{hỏng\n" * 8)
    assert shard_all(work, archive, tmp_path / "out") == (2, 0)
    assert set(parts(tmp_path / "out").values()) == {b""}
