"""Model folders made to do harm, all their checksums right: each ends in a `ModelError` when it is loaded."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fuzz.seeds import sign
from toolkit.classification import TopicModel
from toolkit.errors import ModelError
from toolkit.persistence import StoredModel, read_header, read_model, shipped_models, write_model
from toolkit.summarization.model import load_model


def forged(
    folder: Path,
    kind: str,
    target: Path,
    arrays: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    vocabulary: list[str] | None = None,
) -> Path:
    """Write the model in `folder` to `target` with some of its parts exchanged."""
    sound = read_model(folder, kind)
    words = sound.vocabulary if vocabulary is None else vocabulary
    write_model(
        target, StoredModel(kind, {**sound.settings, **(settings or {})}, {**sound.arrays, **(arrays or {})}, words)
    )
    return target


def assert_refused(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        TopicModel.load(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


# --- arrays -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["trie", "is_syllable", "is_word", "word_pairs", "idf", "coef", "intercept", "calibration"]
)
@pytest.mark.parametrize(
    "forgery", ["empty", "scalar", "square", "short", "float", "nan", "huge", "negative", "boolean"]
)
def test_forged_array_is_refused_or_harmless(name: str, forgery: str, model_folder: Path, tmp_path: Path) -> None:
    sound = read_model(model_folder, "topics").arrays[name]
    array = {
        "empty": lambda: np.empty(0, sound.dtype),
        "scalar": lambda: np.array(1, sound.dtype),
        "square": lambda: np.ones((3, 3), sound.dtype),
        "short": lambda: sound[:-1],
        "float": lambda: sound.astype(np.float64) + 0.5,
        "nan": lambda: np.full(sound.shape, np.nan),
        "huge": lambda: np.full(sound.shape, np.iinfo(np.int64).max),
        "negative": lambda: -sound.astype(np.int64) - 1,
        "boolean": lambda: sound.astype(bool),
    }[forgery]()
    folder = forged(model_folder, "topics", tmp_path / "m", {name: array})
    try:
        model = TopicModel.load(folder)
    except ModelError:
        return
    # Bits of other n-grams, other weights, another IDF: a poor model, but one that answers.
    assert name in ("is_syllable", "is_word", "idf", "coef", "intercept", "calibration")
    with np.errstate(all="raise"):
        (prediction,) = model.predict(["Kim ngạch xuất khẩu gạo tăng mạnh."])
    assert all(0 <= score <= 1 for score in prediction.scores.values())
    model.explain(["Kim ngạch xuất khẩu gạo tăng mạnh."])


@pytest.mark.parametrize("name", ["trie", "word_pairs"])
def test_number_out_of_range_is_refused(name: str, model_folder: Path, tmp_path: Path) -> None:
    array = read_model(model_folder, "topics").arrays[name].copy()
    array[-1] += 2**40
    assert_refused(forged(model_folder, "topics", tmp_path / "m", {name: array}))


def test_sums_that_overflow_are_refused(model_folder: Path, tmp_path: Path) -> None:
    array = read_model(model_folder, "topics").arrays["trie"].copy()
    array[-2:] = 2**62, 2**62
    assert_refused(forged(model_folder, "topics", tmp_path / "m", {"trie": array}))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e31])
@pytest.mark.parametrize("name", ["coef", "intercept", "calibration", "idf"])
def test_weights_that_are_no_numbers_are_refused(name: str, value: float, model_folder: Path, tmp_path: Path) -> None:
    array = read_model(model_folder, "topics").arrays[name].copy()
    array.flat[0] = value
    assert_refused(forged(model_folder, "topics", tmp_path / "m", {name: array}))


def test_words_that_are_missing_are_refused(model_folder: Path, tmp_path: Path) -> None:
    assert_refused(forged(model_folder, "topics", tmp_path / "m", vocabulary=["gạo"]))
    assert_refused(forged(model_folder, "topics", tmp_path / "n", vocabulary=[]))


def test_word_that_stands_twice_is_refused(model_folder: Path, tmp_path: Path) -> None:
    words = list(read_model(model_folder, "topics").vocabulary)
    assert_refused(forged(model_folder, "topics", tmp_path / "m", vocabulary=[words[1], *words[1:]]))


@pytest.mark.parametrize(
    "settings",
    [
        {"labels": []},
        {"labels": "abc"},
        {"labels": ["trade", "trade", "fdi"]},
        {"labels": [1, 2, 3]},
        {"labels": {"trade": 1}},
        {"thresholds": None},
        {"thresholds": {"trade": "a", "fdi": 0, "directives": 0}},
        {"thresholds": {"trade": float("nan"), "fdi": 0, "directives": 0}},
        {"thresholds": {"trade": 10**400, "fdi": 0, "directives": 0}},
        {"thresholds": {"trade": -1, "fdi": 0, "directives": 0}},
        {"multilabel": "no"},
        {"multilabel": 1},
        {"features": []},
        {"features": {}},
        {"features": {"syllable_ngrams": 2.5, "word_window": 1, "min_df": 1}},
        {"features": {"syllable_ngrams": 2, "word_window": True, "min_df": 1}},
        {"features": {"self": 1}},
        {"features": {"syllable_ngrams": 10**9, "word_window": 1, "min_df": 1}},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], model_folder: Path, tmp_path: Path) -> None:
    assert_refused(forged(model_folder, "topics", tmp_path / "m", settings=settings))


# --- the file of the arrays -----------------------------------------------------------------------------


def npy(header: bytes, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


@pytest.mark.parametrize(
    "member",
    [
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (0, %d), }" % 10**30),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -3), }", bytes(48)),
        npy(b"{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", bytes(48)),
        npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        npy(b"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (" + b"-" * 9000 + b"1,), }", bytes(8)),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': " + b"(" * 9000),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': '''"),
        npy(b" " * 60_000),
        npy(b"{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        b"\x93NUMPY\x03\x00",
        b"",
    ],
)
def test_hostile_array_header_is_refused(member: bytes, model_folder: Path, tmp_path: Path) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    with zipfile.ZipFile(folder / "arrays.npz", "w") as archive:
        archive.writestr("coef.npy", member)
    sign(folder)
    with pytest.raises(ModelError, match="holds no plain arrays"):
        TopicModel.load(folder)


@pytest.mark.parametrize("damage", ["encrypted", "deflated", "lzma", "method"])
def test_archive_that_cannot_be_unpacked_is_refused(damage: str, model_folder: Path, tmp_path: Path) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    buffer = io.BytesIO()
    method = zipfile.ZIP_LZMA if damage == "lzma" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("coef.npy", npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", bytes(72)))
    data = bytearray(buffer.getvalue())
    directory = data.rindex(b"PK\x01\x02")
    if damage == "encrypted":
        data[6] |= 1
        data[directory + 8] |= 1
    elif damage == "method":
        data[8] = data[directory + 10] = 99
    else:
        data[45:60] = bytes(b ^ 0x55 for b in data[45:60])
    (folder / "arrays.npz").write_bytes(data)
    sign(folder)
    with pytest.raises(ModelError, match="holds no plain arrays"):
        TopicModel.load(folder)


# --- the folder -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        ["arrays.npz", "vocabulary.txt"],
        {"arrays.npz": "", "../vocabulary.txt": ""},
        {"arrays.npz": "", "vocabulary.txt": "", "/etc/passwd": ""},
        {},
        None,
        5,
    ],
)
def test_other_files_than_those_of_a_model_are_not_looked_at(files: object, model_folder: Path, tmp_path: Path) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**header, "files": files}), encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        read_header(folder)


@pytest.mark.parametrize("change", [{"kind": None}, {"kind": ["topics"]}, {"note": "\ud800"}, {"sha256": 5}])
def test_header_that_could_not_have_been_written_is_refused(
    change: dict[str, object], model_folder: Path, tmp_path: Path
) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**header, **change}), encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        TopicModel.load(folder)


def test_vocabulary_that_is_no_text_is_refused(model_folder: Path, tmp_path: Path) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    (folder / "vocabulary.txt").write_bytes(b"g\xe1o")
    sign(folder)
    with pytest.raises(ModelError, match="not UTF-8"):
        TopicModel.load(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links and pipes otherwise")
@pytest.mark.parametrize("name", ["model.json", "arrays.npz", "vocabulary.txt"])
def test_link_out_of_the_folder_and_pipes_are_refused(name: str, model_folder: Path, tmp_path: Path) -> None:
    folder = forged(model_folder, "topics", tmp_path / "m")
    (folder / name).rename(tmp_path / "outside")
    (folder / name).symlink_to(tmp_path / "outside")
    with pytest.raises(ModelError, match="a link that leaves the model's folder"):
        TopicModel.load(folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(ModelError, match="expected a file"):
        TopicModel.load(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    with pytest.raises(ModelError, match="expected a file"):
        TopicModel.load(folder)
    (folder / name).rmdir()
    (tmp_path / "outside").rename(folder / "within")
    (folder / name).symlink_to("within")
    assert TopicModel.load(folder).labels


# --- the summariser's ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("sentences_tree", 0, 2**31 - 1),
        ("sentences_tree", 0, -1),
        ("sentences_feature", 5, 1000),
        ("sets_feature", 5, -1),
        ("sentences_leaves", 3, np.nan),
        ("clusters_threshold", 3, np.inf),
        ("sets_base", 0, np.nan),
        ("probability_1", 0, np.nan),
        ("edges_2", 0, np.inf),
    ],
)
def test_forged_summarizer_is_refused(name: str, place: int, value: float, tmp_path: Path) -> None:
    source = shipped_models() / "summarizer"
    array = read_model(source, "summarizer").arrays[name].copy()
    array.flat[place] = value
    folder = forged(source, "summarizer", tmp_path / "m", {name: array})
    with pytest.raises(ModelError, match=r"contradict each other|no numbers"):
        load_model(folder)
