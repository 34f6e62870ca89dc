"""Model folders: arrays and text, checked before they are believed, written whole or not at all.

A folder holds ``model.json`` (what it is, with the SHA-256 of every other file and of itself), ``arrays.npz``
and ``vocabulary.txt``. Reading one runs no code, whoever made it: the arrays are read with
``allow_pickle=False``, and no array is allocated before its declared size was compared with the bytes at hand.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import ModelError

SCHEMA = 2
"""Version of the folder's form; older ones are read, newer ones refused."""

_FORMAT = "vietnamese-text-toolkit-model"
_HEADER, _ARRAYS, _VOCABULARY = "model.json", "arrays.npz", "vocabulary.txt"
_CONTENTS = {_ARRAYS, _VOCABULARY}
_RESERVED = {"format", "schema", "kind", "files", "sha256"}  # names in the header that no setting may have
_LARGEST = 2**30  # bytes a file may have, and the arrays together when unpacked
_KINDS = "biuf"  # of NumPy dtypes: booleans and numbers, nothing that could hide an object

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """The content of a model folder.

    Attributes
    ----------
    kind : str
        What the model does: ``topics`` or ``summarizer``.
    settings : mapping
        Labels, thresholds, preprocessing, origin, scores: plain JSON.
    arrays : mapping of str to ndarray
    vocabulary : sequence of str
        One entry a line; no entry holds a line break.
    """

    kind: str
    settings: Mapping[str, Any]
    arrays: Mapping[str, Array] = field(hash=False)
    vocabulary: Sequence[str] = ()


def shipped_models() -> Path:
    """Return the folder of the models that came with the toolkit: inside the package, or beside it in a clone."""
    package = Path(__file__).resolve().parent
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def write_model(folder: str | os.PathLike[str], model: StoredModel) -> None:
    """Write `model` to `folder`, replacing a model that was there only once the new one is whole.

    Raises
    ------
    ModelError
        If `folder` cannot be given to a model (see `check_place`), or a setting has a name of the header's own or is
        no plain JSON.
    """
    check_place(folder)
    taken = sorted(_RESERVED & model.settings.keys())
    if taken:
        raise ModelError(f"{', '.join(taken)}: such settings every model has of its own; give them other names")
    settings = _plain(model.settings)
    target = Path(folder).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **model.arrays)  # type: ignore[arg-type]  # stubs know no ** of arrays
    contents = {_ARRAYS: buffer.getvalue(), _VOCABULARY: "\n".join(model.vocabulary).encode()}
    header = {
        "format": _FORMAT,
        "schema": SCHEMA,
        "kind": model.kind,
        **settings,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    header["sha256"] = _own_checksum(header)
    contents[_HEADER] = (json.dumps(header, ensure_ascii=False, indent=1) + "\n").encode()
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in contents.items():
            (staging / name).write_bytes(content)
        staging.chmod(0o755)
        if target.exists():
            _exchange(target, staging)
        else:
            os.replace(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return `settings` as they are when they are read back: keys as text, tuples as lists."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(settings), ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"expected plain JSON on a model's card, found something else ({error}); mend it") from error
    return plain


def check_place(folder: str | os.PathLike[str]) -> None:
    """Make sure that a model may be written to `folder`: nothing is there, or an empty folder, or a model alone.

    Raises
    ------
    ModelError
        If something else would be lost, or the folder is the one that the process works in.
    """
    place, target = Path(folder), Path(folder).resolve()
    if target == Path.cwd():
        raise ModelError(f"{place}: is the current folder, which cannot be replaced; name a folder in it")
    if not target.exists():
        return
    found = {path.name for path in target.iterdir()} if target.is_dir() else set()
    other = sorted(found - {_HEADER, *_CONTENTS})
    if not target.is_dir() or (other and _HEADER not in found):
        raise ModelError(f"{place}: exists and is no model folder; name another place or remove it")
    if other:
        raise ModelError(f"{place}: holds {other[0]!r}, no part of a model; move it, or name another place")
    if found:
        read_header(target)


def _exchange(target: Path, new: Path) -> None:
    """Put the folder `new` in the place of `target`, and `target` back where that fails or is interrupted."""
    retired = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    try:
        os.replace(target, retired / target.name)
        os.replace(new, target)
    finally:
        if not target.exists():
            os.replace(retired / target.name, target)
        shutil.rmtree(retired, ignore_errors=True)


def read_model(folder: str | os.PathLike[str], kind: str) -> StoredModel:
    """Return the model of the given `kind` in `folder`.

    Raises
    ------
    ModelError
        If the folder is missing, damaged, foreign, of another kind, or newer than this version reads.
    """
    place = Path(folder)
    header = read_header(place)
    if header["kind"] != kind:
        raise ModelError(f"{place}: is a {header['kind']!r} model; a {kind!r} model is needed here")
    contents = {name: _checked(place / name, digest) for name, digest in header["files"].items()}
    try:
        vocabulary = contents[_VOCABULARY].decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(f"{place / _VOCABULARY}: is not UTF-8 ({error}); get the model again") from error
    settings = {name: value for name, value in header.items() if name not in _RESERVED}
    return StoredModel(
        kind=kind,
        settings=settings,
        arrays=_arrays(place / _ARRAYS, contents[_ARRAYS]),
        vocabulary=tuple(vocabulary.split("\n")) if vocabulary else (),
    )


def read_header(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return ``model.json`` of `folder`, checked."""
    path = Path(folder) / _HEADER
    try:
        header = json.loads(_bounded(path))
    except FileNotFoundError as error:
        raise ModelError(f"{folder}: no model here ({_HEADER} is missing); train one with `toolkit train`") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path}: is damaged: not JSON ({error}); get the model again") from error
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise ModelError(f"{path}: expected a {_FORMAT} header, found another file; name a folder that holds a model")
    schema = header.get("schema")
    if type(schema) is not int or schema < 1:
        raise ModelError(f"{path}: expected a schema from 1 to {SCHEMA}, found {schema!r}; get the model again")
    if schema > SCHEMA:
        raise ModelError(f"{path}: schema {schema} is newer than {SCHEMA}, the newest known here; upgrade the toolkit")
    if not _is_whole(header):
        raise ModelError(f"{path}: is damaged: its checksum does not match its content; get the model again")
    return header


def _is_whole(header: Mapping[str, Any]) -> bool:
    """Return whether a header has every part, names the files of a model and no others, and is as it was written."""
    files = header.get("files")
    if not isinstance(header.get("kind"), str) or not isinstance(files, dict) or set(files) != _CONTENTS:
        return False
    try:
        return bool(header.get("sha256") == _own_checksum(header))
    except (ValueError, RecursionError):  # half a character, or more nesting than can be written
        return False


def _own_checksum(header: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in header.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _bounded(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"{path}: expected a file, found a folder, pipe or device; get the model again")
        if not path.resolve().is_relative_to(path.parent.resolve()):
            raise ModelError(f"{path}: is a link that leaves the model's folder; put the file itself there")
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError) as error:  # no permission; a link to itself
        raise ModelError(f"{path}: cannot be read ({error}); get the model again") from error
    if len(content) > _LARGEST:
        raise ModelError(f"{path}: has more than {_LARGEST} bytes; no model of this toolkit does")
    return content


def _checked(path: Path, digest: str) -> bytes:
    try:
        content = _bounded(path)
    except FileNotFoundError as error:
        raise ModelError(f"{path}: is missing; get the model again") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{path}: is damaged: its SHA-256 is not the one in {_HEADER}; get the model again")
    return content


def _arrays(path: Path, content: bytes) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _LARGEST:
                raise ModelError(f"{path}: unpacks to more than {_LARGEST} bytes; no model of this toolkit does")
            return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}
    except ModelError:
        raise
    except Exception as error:  # a damaged archive, or array header, raises almost anything
        raise ModelError(f"{path}: holds no plain arrays ({error}); get the model again") from error


def _array(content: bytes) -> Array:
    """Return the array in a ``.npy`` file, its size checked before anything is allocated for it."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"array file of version {version}")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.kind not in _KINDS or fortran:
        raise ValueError(f"array of dtype {dtype}, fortran order {fortran}")
    count = 1
    for length in shape:
        count *= length
    if count * dtype.itemsize != len(content) - stream.tell():
        raise ValueError(f"array of shape {shape} in {len(content)} bytes")
    return np.frombuffer(content, dtype=dtype, offset=stream.tell()).reshape(shape)
