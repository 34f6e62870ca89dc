"""How far a command is: on stderr, for a person at a terminal, once it takes more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

ItemT = TypeVar("ItemT")
_DELAY = 1.0  # seconds before the bar shows


def tracked(items: Iterable[ItemT], *, total: int | None = None, quiet: bool = False) -> Iterator[ItemT]:
    """Yield `items` and show count, rate and, with `total`, time left; nothing where stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn() if total is None else TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task("", total=total, rate="")
    started, n_done = time.monotonic(), 0
    try:
        for item in items:
            n_done += 1
            elapsed = time.monotonic() - started
            if elapsed > _DELAY:
                progress.start()
                progress.update(task, completed=n_done, rate=f"{n_done / elapsed:.1f}/s")
            yield item
    finally:
        progress.stop()
