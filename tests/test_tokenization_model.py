"""The segmentation model: read without running code, compiled once, cached safely."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from toolkit.tokenization import NameLexicon, Segmenter, cache, source
from toolkit.tokenization.batches import TokenTable
from toolkit.tokenization.hashing import build_index
from toolkit.tokenization.pickles import load_plain
from toolkit.tokenization.reference import ReferenceTagger, is_digit, is_title
from toolkit.tokenization.source import UnknownModelError

TEXT = "Chính phủ ban hành nghị định về vốn ODA."
WORDS = ["Chính phủ", "ban hành", "nghị định", "về", "vốn", "ODA", "."]


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("VIETNAMESE_TEXT_TOOLKIT_CACHE", str(folder))
    return folder


@pytest.fixture(scope="module")
def model() -> source.CrfModel:
    return source.read_model(source.folder())


def the_file(folder: Path) -> Path:
    (file,) = folder.glob("*.npz")
    return file


def segment() -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Segmenter().tokenize(TEXT)


class _Command:
    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.system, ("exit 1",)


class _Evaluation:
    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return eval, ("1 + 1",)


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(_Command()),
        pickle.dumps({"token": [{"a": _Evaluation()}]}),
        pickle.dumps([_Command], protocol=0),
        pickle.dumps(np.zeros(3)),
        pickle.dumps(Path("x")),
        b"cos\nsystem\n(S'exit 1'\ntR.",
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R.",
        b"(S'exit 1'\nios\nsystem\n.",
        b"\x80\x02\x82\x01.",
        b"\x80\x04\x8c\x01xQ.",
        pickle.dumps({"a", "b"})[:-3],
        b"",
        b".",
        b"\x80\x04]\x94(h",
        b"not a pickle",
    ],
)
def test_pickle_that_needs_more_than_plain_data_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a plain pickle"):
        load_plain(data)


@pytest.mark.parametrize("value", [{"đi", "về"}, ["a"], {"a": {"b": "c"}}, [1, 2.5, None]])
@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_pickle_is_read(value: object, protocol: int) -> None:
    file = io.BytesIO()
    pickle.dump(value, file, protocol)
    if protocol < 4 and isinstance(value, set):
        pytest.skip("older protocols build sets by a call")
    assert load_plain(file.getvalue()) == value


def test_installed_model_is_the_tested_one() -> None:
    assert source.is_tested(source.fingerprint(source.folder()))


@pytest.mark.parametrize("block", [1, 3, 4096])
def test_reference_adds_up_as_the_core_does(
    block: int, model: source.CrfModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from underthesea_core import CRFFeaturizer, CRFTagger

    monkeypatch.setattr("toolkit.tokenization.reference._BLOCK", block)
    root = source.folder()
    tagger = CRFTagger()
    tagger.load(str(root / next(iter(source.TESTED))))
    featurizer = CRFFeaturizer([template.name for template in model.templates], set(model.dictionary))
    for text in (TEXT, "một", "HÀ NỘI 2024 - 15", "BOS EOS ß ƛ ǅ +5"):
        tokens = text.split()
        tags = tagger.tag(featurizer.process([[[token] for token in tokens]])[0])
        expected = [tag == "B-W" for tag in tags]
        expected[0] = True
        assert ReferenceTagger(model).begins(tokens) == expected


def test_close_calls_are_settled_in_the_order_of_the_core(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.tokenization.decoding._DOUBT", 1e9)
    settled = []
    begins = ReferenceTagger.begins
    monkeypatch.setattr(
        ReferenceTagger, "begins", lambda self, tokens: (settled.append(tokens), begins(self, tokens))[1]
    )
    assert Segmenter().tokenize_many([TEXT, "", "một"]) == [WORDS, [], ["một"]]
    assert [len(tokens) for tokens in settled] == [10, 1]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("15", True),
        ("+5", True),
        ("-2147483648", True),
        ("2147483648", False),
        ("-2147483649", False),
        ("00000000000012", True),
        ("0" * 40, True),
        ("+", False),
        ("1.5", False),
        ("²", False),
        ("١٢", False),
    ],
)
def test_digit_means_a_32_bit_number(token: str, expected: bool) -> None:
    assert is_digit(token) is expected


@pytest.mark.parametrize(
    ("token", "expected"), [("Nam", True), ("nam", False), ("15", True), ("-", True), ("ß", False)]
)
def test_title_means_no_smaller_than_its_capital(token: str, expected: bool) -> None:
    assert is_title(token) is expected


@pytest.mark.parametrize("kind", [np.uint32, np.uint64])
def test_index_finds_every_key_and_no_other(kind: type) -> None:
    keys = np.unique(np.random.default_rng(1).integers(1, 1 << 31, 5000)).astype(kind)
    index = build_index(keys[::2])
    assert np.array_equal(index.find(keys[::2]), np.arange(1, len(keys[::2]) + 1))
    assert not index.find(keys[1::2]).any()


def test_cache_is_written_once_and_read_again(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert segment() == WORDS
    monkeypatch.setattr(source, "read_model", lambda root: pytest.fail("compiled again"))
    assert segment() == WORDS
    assert [path.suffix for path in cache_folder.iterdir()] == [".npz"]


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "zip", "pickle", "older", "folder"])
def test_damaged_or_foreign_cache_is_rebuilt(cache_folder: Path, damage: str) -> None:
    segment()
    file = the_file(cache_folder)
    sound = file.read_bytes()
    if damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut":
        file.write_bytes(sound[: len(sound) // 2])
    elif damage == "flipped":
        middle = len(sound) // 2
        file.write_bytes(sound[:middle] + bytes(b ^ 0xFF for b in sound[middle : middle + 64]) + sound[middle + 64 :])
    elif damage == "text":
        file.write_text("không phải tệp của chúng ta", encoding="utf-8")
    elif damage == "zip":
        np.savez(file, other=np.zeros(3))
    elif damage == "pickle":
        np.savez(file, header=np.array([_Command()], object))
    elif damage == "older":
        np.savez(file, header=np.frombuffer(b'{"format": 0}', np.uint8))
    else:
        file.unlink()
        file.mkdir()
    assert segment() == WORDS
    if damage != "folder":
        assert the_file(cache_folder).stat().st_size == len(sound)


def test_cache_of_other_sources_is_rebuilt(cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "underthesea"
    for path in source.TESTED:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.folder() / path, root / path)
    monkeypatch.setattr(source, "folder", lambda: root)
    assert segment() == WORDS
    # Other times alone do not matter; other content does, and is told.
    rules = root / "pipeline" / "word_tokenize" / "regex_tokenize.py"
    os.utime(rules, (1, 1))
    assert segment() == WORDS
    before = the_file(cache_folder).read_bytes()
    rules.write_text(rules.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    for _ in range(2):
        with pytest.warns(UserWarning, match="used as it is"):
            assert Segmenter().tokenize(TEXT) == WORDS
    assert the_file(cache_folder).read_bytes() != before


def test_unknown_structure_falls_back_to_underthesea(
    cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "folder", lambda: tmp_path / "nothing")
    segmenter = Segmenter()
    with pytest.warns(UserWarning, match="falling back"):
        assert segmenter.tokenize(TEXT) == WORDS
    assert segmenter.tokenize_many(["", TEXT]) == [[], WORDS]
    spans = segmenter.token_spans("Mức lựơng ở Qui Nhơn.")
    assert [span.within("Mức lựơng ở Qui Nhơn.") for span in spans] == ["Mức", "lựơng", "ở", "Qui Nhơn", "."]


@pytest.mark.parametrize("part", range(4))
def test_damaged_model_file_is_recognised(part: int, tmp_path: Path) -> None:
    for path in source.TESTED:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.folder() / path, tmp_path / path)
    damaged = tmp_path / list(source.TESTED)[part]
    damaged.write_bytes(damaged.read_bytes()[:-1000] if part == 0 else b"\x80\x04]\x94.")
    if part == 0:
        damaged.write_bytes(damaged.read_bytes()[: 1 << 20])
    if part == 1:
        damaged.write_bytes(pickle.dumps(["T[0].unheard_of"]))
    with pytest.raises(UnknownModelError):
        source.read_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs file permissions")
def test_unwritable_cache_folder_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocking = tmp_path / "file"
    blocking.write_text("")
    monkeypatch.setenv("VIETNAMESE_TEXT_TOOLKIT_CACHE", str(blocking / "below"))
    assert segment() == WORDS


def test_two_processes_may_build_at_once(cache_folder: Path) -> None:
    code = f"from toolkit.tokenization import tokenize; assert tokenize({TEXT!r}) == {WORDS!r}"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert [path.suffix for path in cache_folder.iterdir()] == [".npz"]
    assert segment() == WORDS


def test_cache_folder_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VIETNAMESE_TEXT_TOOLKIT_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / "vietnamese-text-toolkit"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.cache_folder() == Path.home() / ".cache" / "vietnamese-text-toolkit"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.cache_folder() == Path.home() / "Library" / "Caches" / "vietnamese-text-toolkit"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache.cache_folder() == tmp_path / "local" / "vietnamese-text-toolkit"


def test_segmenter_survives_pickling() -> None:
    segmenter = Segmenter(NameLexicon(["vốn ODA"]), max_tokens=1000)
    words = segmenter.tokenize(TEXT)
    assert "vốn ODA" in words
    again = pickle.loads(pickle.dumps(segmenter))
    assert (again.max_tokens, again.tokenize(TEXT)) == (1000, words)


def test_glued_strings_follow_the_table() -> None:
    strings = ["", "a"]
    table = TokenTable(strings)
    assert table.glued()[2:] == [" a", "\na"]
    strings.append("b")
    assert table.glued()[4:] == [" b", "\nb"]
    assert (len(table), list(table), table[1:]) == (3, ["", "a", "b"], ["a", "b"])
