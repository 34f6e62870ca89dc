"""Where results go: standard output as they come, or a file that appears only when it is whole."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

import typer

from toolkit.cli.options import names_folder
from toolkit.errors import ToolkitError
from toolkit.io import remote
from toolkit.io.paths import holds


def apart(paths: Sequence[str], output: str | None, option: str = "--output") -> None:
    """Refuse, as wrong usage, an output that would replace what is read, or be read itself."""
    place = output or "/dev/stdout"
    if output is None and not Path(place).is_file():
        return
    is_folder = output is not None and names_folder(output)
    if not is_folder and not (remote.exists(place) if remote.is_remote(place) else os.path.exists(place)):
        return  # it is made when all has been read
    for name in paths:
        if holds(name, place):
            raise typer.BadParameter(
                f"{output or 'standard output'} is, or lies in, the input {name}; name another place",
                param_hint=option,
            )


@contextlib.contextmanager
def opened(output: str | None) -> Iterator[TextIO]:
    """Yield a stream for text; a named file is replaced only after everything was written.

    Raises
    ------
    ToolkitError
        If the file cannot be written.
    """
    if output is None:
        with _standard() as stdout:
            yield stdout
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
    if not text and sys.stdout is not None and sys.stdout.isatty():
        raise ToolkitError("this format is no text for a terminal; name a file with -o")
    with _standard() as stdout:
        stdout.flush()
        yield stdout.buffer


@contextlib.contextmanager
def _standard() -> Iterator[TextIO]:
    if sys.stdout is None:  # the shell closed it
        raise ToolkitError("standard output is closed; name a file with -o")
    try:
        yield sys.stdout
        sys.stdout.flush()
        sys.stdout.buffer.flush()
    except (ToolkitError, BrokenPipeError):
        raise  # not about standard output, or nobody wants the rest
    except OSError as error:
        raise ToolkitError(f"standard output: cannot be written ({error.strerror or error}); free some room") from error
