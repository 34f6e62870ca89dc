"""Input in pieces that travel to other processes, and addresses instead of paths."""

import json
import pickle
from pathlib import Path

import pytest

from toolkit.errors import InputError, InputNotFoundError, ToolkitError
from toolkit.io import FileSummary, Options, iter_documents, iter_entries

_TEXTS = ["Xuất khẩu gạo tăng 12%.", "Tỉnh cấp phép cho dự án FDI.", "Hội nghị bế mạc."]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"text": text, "url": f"https://tin.example/{n}"} for n, text in enumerate(_TEXTS)]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n{hỏng\n")
    (tmp_path / "b.csv").write_text("title,text\nMột,Nhập khẩu than giảm.\n")
    (tmp_path / "c.txt").write_text("Thủ tướng yêu cầu các bộ báo cáo trước ngày 30/6.")
    (tmp_path / "d.txt").write_bytes("Bài có byte hỏng: ".encode() + b"\xff\xfe\x00\xc3")
    return tmp_path


def test_entries_sent_to_another_process_give_the_same_articles(folder: Path) -> None:
    failures: list[ToolkitError] = []
    expected = list(iter_documents(folder, on_error=failures.append))
    entries = pickle.loads(pickle.dumps(list(iter_entries(folder))))
    items = [item for entry in entries for item in entry.items(Options(), FileSummary())]
    assert [item for item in items if not isinstance(item, ToolkitError)] == expected
    assert [str(item) for item in items if isinstance(item, ToolkitError)] == list(map(str, failures))
    assert (len(expected), len(failures)) == (5, 2)


def test_entry_of_a_relative_path_is_read_from_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (entry,) = iter_entries("c.txt")
    monkeypatch.chdir("/")
    (document,) = entry.items(Options(), FileSummary())
    assert not isinstance(document, ToolkitError)
    assert document.source == "c.txt"


def test_fingerprint_changes_with_the_input_and_not_without(folder: Path) -> None:
    def prints() -> list[bytes]:
        return [entry.fingerprint() for entry in iter_entries(folder)]

    before = prints()
    assert prints() == before
    (folder / "c.txt").write_text("Thủ tướng yêu cầu các bộ báo cáo trước ngày 31/7.")
    changed = [one != other for one, other in zip(before, prints(), strict=True)]
    assert changed == [False, False, False, False, False, True, False]


def test_bytes_gone_through_follow_the_reading(folder: Path) -> None:
    summary = FileSummary()
    positions = [summary.n_bytes for _ in iter_entries(folder, summary=summary)]
    assert positions == sorted(positions)
    assert summary.n_bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_broken_file_of_a_relative_path_is_named_as_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (error,) = (item for entry in iter_entries("d.txt") for item in entry.items(Options(), FileSummary()))
    assert str(error).startswith("d.txt: ")


def test_address_is_read_like_a_path() -> None:
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.pipe_file("/tin/a.txt", "Nhập khẩu than giảm.".encode())
    system.pipe_file("/tin/sâu/b.jsonl", '{"text": "Xuất khẩu gạo tăng."}\n'.encode())
    system.pipe_file("/tin/.ẩn/c.txt", "Không đọc.".encode())
    assert [d.text for d in iter_documents("memory://tin")] == ["Nhập khẩu than giảm.", "Xuất khẩu gạo tăng."]
    assert [d.source for d in iter_documents("memory://tin/*.txt")] == ["memory:///tin/a.txt"]
    with pytest.raises(InputNotFoundError, match=r"memory://không: expected a file or folder, found nothing"):
        list(iter_documents("memory://không"))
    with pytest.raises(InputError, match=r"lạ://a: expected an address that fsspec opens"):
        list(iter_documents("lạ://a"))
