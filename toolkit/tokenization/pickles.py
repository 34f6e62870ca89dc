"""Pickles read as data: nothing is imported, nothing runs."""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import NoReturn

_TO_MEMO = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


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
        _check_sizes(data)
        return _PlainUnpickler(io.BytesIO(data)).load()
    except Exception as error:  # a damaged pickle raises almost anything
        raise ValueError(f"not a plain pickle: {error}") from error


def _check_sizes(data: bytes) -> None:
    """Refuse what claims more than is there: the unpickler makes room for a string, or a place in its memo, unseen."""
    n_remembered = 0
    for opcode, argument, _ in pickletools.genops(data):  # which refuses strings longer than the data
        if opcode.name in _TO_MEMO:
            if int(argument or 0) > n_remembered:
                raise pickle.UnpicklingError(f"place {argument} of the memo before place {n_remembered}")
            n_remembered += 1
