"""The compiled model in the user's cache folder."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import zlib
from collections.abc import Callable
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
    name = zlib.crc32(os.fsencode(root))
    return cache_folder() / f"segmentation-{name:08x}.npz"


def signature(root: Path) -> list[list[int]]:
    """Return size and time of change of every file that the model is made from."""
    return [[stat.st_size, stat.st_mtime_ns] for stat in ((root / path).stat() for path in TESTED)]


def load(
    path: Path, root: Path, fingerprint: Callable[[Path], dict[str, str]]
) -> tuple[CompiledModel, dict[str, str]] | None:
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
            data = archive["data"]  # the archive has a checksum of it
        arrays: dict[str, Any] = {
            name: np.frombuffer(data, kind, math.prod(shape), offset).reshape(shape)
            for name, (kind, shape, offset) in header["arrays"].items()
        }
        for field in CompiledModel._fields:
            if field.endswith("_index"):
                arrays[field] = tuple(arrays.pop(f"{field}.{part}") for part in _INDEX_PARTS)
        return CompiledModel(**arrays), dict(header["sources"])
    except Exception:  # a damaged file raises almost anything, and all of it means: compile again
        return None


def save(path: Path, root: Path, digests: dict[str, str], model: CompiledModel) -> bool:
    """Write the cache file in one step and return whether that was possible."""
    import tempfile

    arrays: dict[str, npt.NDArray[Any]] = {}
    for field, value in model._asdict().items():
        if field.endswith("_index"):
            arrays |= {f"{field}.{part}": array for part, array in zip(_INDEX_PARTS, value, strict=True)}
        else:
            arrays[field] = value
    places: dict[str, tuple[str, list[int], int]] = {}
    data = bytearray()
    for name, array in arrays.items():
        data.extend(bytes(-len(data) % 64))
        places[name] = (array.dtype.str, list(array.shape), len(data))
        data += array.tobytes()
    temporary = None
    try:
        header = {"format": FORMAT, "signature": signature(root), "sources": digests, "arrays": places}
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            temporary = file.name
            np.savez(
                file,
                header=np.frombuffer(json.dumps(header).encode(), np.uint8),
                data=np.frombuffer(bytes(data), np.uint8),
            )
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        return False
    return True
