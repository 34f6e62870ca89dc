"""Pickles read as data: nothing is imported, nothing runs."""

from __future__ import annotations

import io
import pickle
from typing import NoReturn


class _PlainUnpickler(pickle.Unpickler):
    """Admits what opcodes build by themselves (set, list, dict, str, numbers) and imports nothing."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")

    def persistent_load(self, pid: object) -> NoReturn:
        raise pickle.UnpicklingError("a persistent reference is not plain data")


def load_plain(data: bytes) -> object:
    """Return what the pickle `data` holds, provided that it needs no import and runs no code.

    Raises
    ------
    ValueError
        If it does, or is damaged.
    """
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except Exception as error:  # a damaged pickle raises almost anything
        raise ValueError(f"not a plain pickle: {error}") from error
