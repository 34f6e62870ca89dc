"""Where a recorded figure comes from: what every results file says beside its figures."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any


def provenance(script: str, packages: Sequence[str] = (), arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Return command, day, machine and the versions of `packages`, as plain JSON.

    Parameters
    ----------
    script : str
        Module in ``benchmarks``.
    arguments : sequence of str
        Those of the command line where not given.
    """
    given = sys.argv[1:] if arguments is None else arguments
    record = {
        "command": " ".join([f"python -m benchmarks.{script}", *given]),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}",
    }
    return record | ({"versions": {name: version(name) for name in packages}} if packages else {})
