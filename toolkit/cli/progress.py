"""How far a command is: on stderr, for a person at a terminal, once it takes more than a second."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

ItemT = TypeVar("ItemT")
_DELAY = 1.0  # seconds before the bar shows


def seen_at_once() -> bool:
    """Return whether somebody sees what goes to standard output as it comes: at a terminal, or through a pager."""
    try:
        return sys.stdout.isatty() or stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, AttributeError):  # it is no file of the system's, as in a notebook, or the shell closed it
        return False


def tracked(
    items: Iterable[ItemT],
    *,
    count: Callable[[ItemT], int],
    position: Callable[[], int],
    paths: Sequence[str],
    quiet: bool = False,
) -> Iterator[ItemT]:
    """Yield `items` and show articles, rate and time left; nothing where stderr is no terminal.

    Parameters
    ----------
    count
        How many articles an item stands for.
    position
        How many bytes of the files at `paths` have been read.
    """
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from toolkit.io.paths import total_size

    progress = Progress(
        BarColumn(),
        TextColumn("{task.fields[articles]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task("", total=total_size(paths), articles="")
    started, n_articles = time.monotonic(), 0
    try:
        for item in items:
            n_articles += count(item)
            elapsed = time.monotonic() - started
            if elapsed > _DELAY:
                progress.start()
                articles = f"{n_articles:,} articles, {n_articles / elapsed:,.0f}/s"
                progress.update(task, completed=position(), articles=articles)
            yield item
    finally:
        progress.stop()
