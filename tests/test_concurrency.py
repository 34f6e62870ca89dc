"""Threads, forked and spawned processes that share an analyzer or a cache folder give what one alone gives."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.test_pipeline import ARTICLE
from toolkit.pipeline import Analyzer
from toolkit.tokenization import Segmenter, cache, default_segmenter, source

PARAGRAPHS = [
    "Kim ngạch xuất khẩu gạo sang thị trường châu Âu tăng 5 phần trăm.",
    "Tỉnh cấp phép dự án điện gió có vốn đầu tư nước ngoài 90 triệu USD.",
    "Thủ tướng yêu cầu các bộ khẩn trương tháo gỡ cho ngành thủy sản.",
    "Đội bóng của công ty dệt may thắng trận chung kết chiều qua.",
]
WORDS = "from toolkit.tokenization import tokenize; print('|'.join(tokenize('Chính phủ ban hành nghị định.')))"


def everything(analyzer: Analyzer) -> list[Any]:
    """Return labels, digest and reasons, as plain values."""
    return [
        [prediction.to_dict() for prediction in analyzer.label(PARAGRAPHS)],
        analyzer.summarize(ARTICLE, max_sentences=2).to_dict(),
        [explanation.to_dict() for explanation in analyzer.explain(PARAGRAPHS)],
    ]


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    return everything(Analyzer.load())


# --- threads ------------------------------------------------------------------------------------------


def test_thirty_two_threads_share_an_analyzer_from_its_first_use(expected: list[Any]) -> None:
    analyzer = Analyzer.load()  # nothing of it was used before: what is worked out late is so by all at once
    tasks = [
        (lambda: [prediction.to_dict() for prediction in analyzer.label(PARAGRAPHS)], expected[0]),
        (lambda: analyzer.summarize(ARTICLE, max_sentences=2).to_dict(), expected[1]),
        (lambda: [explanation.to_dict() for explanation in analyzer.explain(PARAGRAPHS)], expected[2]),
    ]
    barrier = threading.Barrier(32)
    wrong: list[object] = []

    def work(number: int) -> None:
        barrier.wait()
        for step in range(3):
            task, right = tasks[(number + step) % 3]
            try:
                found: object = task()
            except Exception as error:  # kept: an exception in a thread reaches nobody
                found = error
            if found != right:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_thirty_two_threads_in_a_fresh_process() -> None:
    """Caches of modules, too, are filled by all at once: patterns, lexicons, models, the segmenter."""
    code = """
import sys, threading
sys.setswitchinterval(1e-5)
import toolkit
from tests.test_pipeline import ARTICLE
analyzer = toolkit.Analyzer.load()
barrier, results = threading.Barrier(32), []
def work():
    barrier.wait()
    results.append(repr(analyzer.analyze(ARTICLE, max_sentences=2).to_dict()))
threads = [threading.Thread(target=work) for _ in range(32)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(results) == 32 and len(set(results)) == 1, len(set(results))
print(results[0])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert found.stdout.strip() == repr(toolkit.Analyzer.load().analyze(ARTICLE, max_sentences=2).to_dict())


# --- processes ----------------------------------------------------------------------------------------


def _answer(connection: Any, analyzer: Analyzer) -> None:
    connection.send(everything(analyzer))
    connection.close()


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.slow)])
def test_child_that_inherits_a_used_analyzer_gives_the_same(method: str, expected: list[Any]) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    context: Any = multiprocessing.get_context(method)
    analyzer = Analyzer.load()
    assert everything(analyzer) == expected
    pairs = [context.Pipe(duplex=False) for _ in range(3)]
    children = [context.Process(target=_answer, args=(sender, analyzer)) for _, sender in pairs]
    for child in children:
        child.start()
    assert everything(analyzer) == expected  # the parent goes on meanwhile
    for receiver, _ in pairs:
        assert receiver.poll(120)
        assert receiver.recv() == expected
    for child in children:
        child.join(60)
        assert child.exitcode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_forked_while_threads_work_is_not_locked_out(expected: list[Any]) -> None:
    """A fork copies locks as they are, also those that another thread holds and nobody will release."""
    analyzer = Analyzer.load()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            analyzer.label(PARAGRAPHS)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        context: Any = multiprocessing.get_context("fork")
        for _ in range(3):
            receiver, sender = context.Pipe(duplex=False)
            child = context.Process(target=_answer, args=(sender, analyzer))
            child.start()
            answered = receiver.poll(60)
            if not answered:
                child.kill()
            child.join(60)
            assert answered, "the child waits for a lock"
            assert receiver.recv() == expected
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_forked_while_a_thread_learns_a_word_learns_its_own() -> None:
    toolkit.tokenize("Chính phủ ban hành nghị định.")
    engine: Any = default_segmenter()._engine
    context: Any = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(toolkit.tokenize("Xãbcd nghị định mới tinh.")))
    holding, done = threading.Event(), threading.Event()

    def learn() -> None:
        with engine._vocabulary._lock:
            holding.set()
            done.wait()

    thread = threading.Thread(target=learn)
    thread.start()
    holding.wait()
    try:
        child.start()
        answered = receiver.poll(60)
    finally:
        done.set()
        thread.join()
    if not answered:
        child.kill()
    child.join(60)
    assert answered, "the child waits for a lock"
    assert receiver.recv() == toolkit.tokenize("Xãbcd nghị định mới tinh.")


# --- the cache of the segmenter -----------------------------------------------------------------------


@pytest.mark.parametrize("n_processes", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_processes_that_build_the_cache_at_once_leave_one_sound_file(n_processes: int, tmp_path: Path) -> None:
    environment = {**os.environ, "VIETNAMESE_TEXT_TOOLKIT_CACHE": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    children = [
        subprocess.Popen([sys.executable, "-c", WORDS], env=environment, stdout=subprocess.PIPE)
        for _ in range(n_processes)
    ]
    words = [child.communicate(timeout=300)[0].decode().strip() for child in children]
    assert words == ["Chính phủ|ban hành|nghị định|."] * n_processes
    (file,) = tmp_path.iterdir()
    assert cache.load(file, source.folder(), source.fingerprint) is not None


@pytest.mark.slow
def test_cache_cut_anywhere_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIETNAMESE_TEXT_TOOLKIT_CACHE", str(tmp_path))
    right = Segmenter().tokenize("Chính phủ ban hành nghị định.")
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for twentieth in range(20):
        file.write_bytes(whole[: len(whole) * twentieth // 20])
        assert cache.load(file, source.folder(), source.fingerprint) is None
        assert Segmenter().tokenize("Chính phủ ban hành nghị định.") == right
        (again,) = tmp_path.iterdir()
        assert again == file
        assert cache.load(file, source.folder(), source.fingerprint) is not None
