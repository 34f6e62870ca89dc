"""Where results go: standard output as they come, or a file that appears only when it is whole."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from toolkit.errors import ToolkitError


@contextlib.contextmanager
def opened(output: str | None) -> Iterator[TextIO]:
    """Yield a stream for text; a named file is replaced only after everything was written.

    Raises
    ------
    ToolkitError
        If the file cannot be written.
    """
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    from toolkit.batch.store import replacing

    with replacing(output) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        yield text
        text.detach()


@contextlib.contextmanager
def opened_binary(output: str | None, *, text: bool = False) -> Iterator[BinaryIO]:
    """Yield a stream for bytes, as `opened` does; a terminal is refused unless they are `text`.

    Raises
    ------
    ToolkitError
        If the file cannot be written, or the results would go to a terminal.
    """
    if output is not None:
        from toolkit.batch.store import replacing

        with replacing(output) as stream:
            yield stream
        return
    if not text and sys.stdout.isatty():
        raise ToolkitError("this format is no text for a terminal; name a file with -o")
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
