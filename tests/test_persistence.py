from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import ModelError
from toolkit.persistence import SCHEMA, StoredModel, _own_checksum, read_header, read_model, write_model

MODEL = StoredModel(
    "topics", {"labels": ["a", "ă"]}, {"coef": np.arange(6, dtype=np.float32).reshape(3, 2)}, ("gạo", "tôm")
)


class Boom:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/pwned-by-a-model",)


def resign(folder: Path, **changes: object) -> None:
    """Write the header anew with right checksums, as an attacker would."""
    header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    header |= changes
    header["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in header["files"]}
    header["sha256"] = _own_checksum(header)
    (folder / "model.json").write_text(json.dumps(header), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "model", MODEL)
    return tmp_path / "model"


def test_written_model_is_read_back(folder: Path) -> None:
    again = read_model(folder, "topics")
    assert again.settings == {"labels": ["a", "ă"]}
    assert again.vocabulary == ("gạo", "tôm")
    np.testing.assert_array_equal(again.arrays["coef"], MODEL.arrays["coef"])


def test_writing_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again", MODEL)
    for name in ("model.json", "arrays.npz", "vocabulary.txt"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_model_is_replaced_whole_and_nothing_is_left_behind(folder: Path) -> None:
    write_model(folder, StoredModel("topics", {"labels": ["b"]}, {}, ()))
    assert read_model(folder, "topics").settings == {"labels": ["b"]}
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_folder_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("thư")
    with pytest.raises(ModelError, match="exists and is no model folder"):
        write_model(tmp_path / "letters", MODEL)
    assert (tmp_path / "letters" / "a.txt").exists()


@pytest.mark.parametrize("name", ["check.csv", "luận văn"])
def test_model_folder_with_something_else_in_it_is_not_replaced(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    with pytest.raises(ModelError, match=f"holds '{name}', no part of a model"):
        write_model(folder, MODEL)
    assert (folder / name).exists()


@pytest.mark.parametrize("content", [b"{}", b"not json"])
def test_folder_whose_header_is_not_ours_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.json"):
        write_model(tmp_path, MODEL)
    assert (tmp_path / "model.json").read_bytes() == content


def test_empty_folder_and_link_to_a_model_take_a_model(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_model(tmp_path / "empty", MODEL)
    (tmp_path / "link").symlink_to(folder)
    write_model(tmp_path / "link", StoredModel("topics", {"labels": ["b"]}, {}, ()))
    assert read_model(tmp_path / "empty", "topics").settings == MODEL.settings
    assert read_model(folder, "topics").settings == {"labels": ["b"]}
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("error", [OSError("disk"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", [1, 2])
def test_old_model_is_back_where_the_new_one_cannot_be_put(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: int
) -> None:
    replace, calls = os.replace, []

    def failing(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == step:
            raise error
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(type(error)):
        write_model(folder, StoredModel("topics", {"labels": ["b"]}, {}, ()))
    assert read_model(folder, "topics").settings == MODEL.settings
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_current_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for place in (".", "../model", folder):
        with pytest.raises(ModelError, match="is the current folder"):
            write_model(place, MODEL)
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("name", ["format", "schema", "kind", "files", "sha256"])
def test_setting_by_a_name_of_the_header_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=f"{name}: such settings every model has of its own"):
        write_model(tmp_path / "model", StoredModel("topics", {name: 1}, {}, ()))
    assert not (tmp_path / "model").exists()


def test_settings_come_back_as_plain_json_and_others_are_refused(tmp_path: Path) -> None:
    write_model(tmp_path / "model", StoredModel("topics", {"folds": {2: 0.5, 10: 0.75, "all": (1, 2)}}, {}, ()))
    assert read_model(tmp_path / "model", "topics").settings == {"folds": {"2": 0.5, "10": 0.75, "all": [1, 2]}}
    for value in (np.float32(0.5), {1, 2}, "\ud800"):
        with pytest.raises(ModelError, match="expected plain JSON on a model's card"):
            write_model(tmp_path / "other", StoredModel("topics", {"scores": value}, {}, ()))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["model.json", "arrays.npz", "vocabulary.txt"])
def test_any_flipped_byte_is_noticed(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 40)):
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(ModelError, match=r"damaged|expected|newer"):
            read_model(folder, "topics")


@pytest.mark.parametrize("name", ["model.json", "arrays.npz", "vocabulary.txt"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        read_model(folder, "topics")


def test_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train one with `toolkit train`"):
        read_model(tmp_path / "nowhere", "topics")


def test_newer_schema_is_refused(folder: Path) -> None:
    resign(folder, schema=SCHEMA + 1)
    with pytest.raises(ModelError, match=r"newer than .* upgrade the toolkit"):
        read_model(folder, "topics")


@pytest.mark.parametrize("schema", [0, -1, True, 1.5, "2", None])
def test_schema_that_is_none_is_refused(schema: object, folder: Path) -> None:
    resign(folder, schema=schema)
    with pytest.raises(ModelError, match=r"expected a schema from 1 to 2, found .*; get the model again"):
        read_model(folder, "topics")


def test_model_of_another_kind_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="is a 'topics' model; a 'summarizer' model is needed"):
        read_model(folder, "summarizer")


@pytest.mark.parametrize("content", [b"[1]", b"{}", b"not json", b"[" * 100_000])
def test_foreign_header_is_refused(folder: Path, content: bytes) -> None:
    (folder / "model.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.json"):
        read_header(folder)


def test_pickle_in_place_of_the_arrays_is_refused_and_not_run(folder: Path) -> None:
    witness = Path("/tmp/pwned-by-a-model")
    (folder / "arrays.npz").write_bytes(pickle.dumps(Boom()))
    with pytest.raises(ModelError, match="damaged"):
        read_model(folder, "topics")
    resign(folder)
    with pytest.raises(ModelError, match="holds no plain arrays"):
        read_model(folder, "topics")
    stream = io.BytesIO()
    np.save(stream, np.array([Boom()], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(folder / "arrays.npz", "w") as archive:
        archive.writestr("coef.npy", stream.getvalue())
    resign(folder)
    with pytest.raises(ModelError, match="holds no plain arrays"):
        read_model(folder, "topics")
    assert not witness.exists()


def test_array_that_claims_more_than_it_has_is_refused(folder: Path) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(folder / "arrays.npz", "w") as archive:
        archive.writestr("coef.npy", stream.getvalue())
    resign(folder)
    with pytest.raises(ModelError, match="array of shape"):
        read_model(folder, "topics")


def test_archive_that_unpacks_to_gigabytes_is_refused(folder: Path) -> None:
    with (
        zipfile.ZipFile(folder / "arrays.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(1025):
            member.write(bytes(2**20))
    resign(folder)
    with pytest.raises(ModelError, match="unpacks to more than"):
        read_model(folder, "topics")


def test_copy_of_a_model_works_anywhere(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "nơi khác")
    assert read_model(tmp_path / "nơi khác", "topics").vocabulary == ("gạo", "tôm")
