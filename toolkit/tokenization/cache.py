"""The compiled model in the user's cache folder."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.tokenization.compilation import CompiledModel
from toolkit.tokenization.source import TESTED

FORMAT = 1
_INDEX_PARTS = ("displacements", "keys", "rows", "multipliers")


def cache_folder() -> Path:
    """Return where compiled models are kept.

    ``$VIETNAMESE_TEXT_TOOLKIT_CACHE`` if set, else the platform's cache folder: ``$XDG_CACHE_HOME``,
    ``%LOCALAPPDATA%``, ``~/Library/Caches``, ``~/.cache``.
    """
    own = os.environ.get("VIETNAMESE_TEXT_TOOLKIT_CACHE")
    if own:
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(base):  # the XDG specification: a relative path is to be ignored
            base = os.path.expanduser("~/.cache")
    return Path(base) / "vietnamese-text-toolkit"


def cache_file(root: Path) -> Path:
    """Return the file that holds the model compiled from underthesea's folder `root`."""
    import hashlib

    return cache_folder() / f"segmentation-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}.npz"


def signature(root: Path) -> list[list[int]]:
    """Return size and time of change of every file that the model is made from."""
    return [[stat.st_size, stat.st_mtime_ns] for stat in ((root / path).stat() for path in TESTED)]


def load(path: Path, root: Path, fingerprint: Any) -> tuple[CompiledModel, dict[str, str]] | None:
    """Return the compiled model and the digests of its sources, or ``None`` if there is no sound one.

    Parameters
    ----------
    path : Path
        The cache file.
    root : Path
        underthesea's folder. The file holds if sizes and times there are as recorded, or else the digests.
    fingerprint : callable
        Computes the digests when they are needed.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(archive["header"].tobytes())
            if header["format"] != FORMAT:
                return None
            if header["signature"] != signature(root) and header["sources"] != fingerprint(root):
                return None
            arrays: dict[str, Any] = {name: archive[name] for name in header["arrays"]}
        if any(
            [str(array.dtype), list(array.shape)] != header["arrays"][name] for name, array in arrays.items()
        ):
            return None
        for field in fields(CompiledModel):
            if field.name.endswith("_index"):
                arrays[field.name] = tuple(arrays.pop(f"{field.name}.{part}") for part in _INDEX_PARTS)
        return CompiledModel(**arrays), dict(header["sources"])
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        AttributeError,
        zipfile.BadZipFile,
        NotImplementedError,
    ):
        return None


def save(path: Path, root: Path, digests: dict[str, str], model: CompiledModel) -> bool:
    """Write the cache file in one step and return whether that was possible."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for field in fields(CompiledModel):
        value = getattr(model, field.name)
        if field.name.endswith("_index"):
            arrays |= {f"{field.name}.{part}": array for part, array in zip(_INDEX_PARTS, value, strict=True)}
        else:
            arrays[field.name] = value
    temporary = None
    try:
        header = {
            "format": FORMAT,
            "signature": signature(root),
            "sources": digests,
            "arrays": {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()},
        }
        text = np.frombuffer(json.dumps(header).encode(), np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            temporary = file.name
            np.savez(file, allow_pickle=False, header=text, **arrays)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        return False
    return True
