"""Libraries that an extra brings: loaded when the first file needs them."""

from __future__ import annotations

import importlib
from typing import Any

from toolkit.errors import MissingExtraError


def load(module: str, extra: str) -> Any:
    """Return the module, whose types the libraries mostly do not say.

    Raises
    ------
    MissingExtraError
        If it is not installed; the message has the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{extra.upper()} files need {module.partition('.')[0]}, which is not installed; "
            f'run: pip install "vietnamese-text-toolkit[{extra}]"'
        ) from error
