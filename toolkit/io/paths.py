"""From what a caller names to files: folders, globs, addresses and standard input, opened one after the other."""

from __future__ import annotations

import contextlib
import glob
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from toolkit.errors import InputError, InputNotFoundError, ToolkitError
from toolkit.io import remote
from toolkit.io.base import FileSummary, InputFile, file_size
from toolkit.io.limits import MIB

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and whether the caller named it, so that an unknown type is an error."""

    path: str
    named: bool


def expand(name: str, summary: FileSummary) -> Iterator[Place]:
    """Yield the files that `name` stands for, those of folders in the order of names.

    Raises
    ------
    InputNotFoundError, InputError
        If there is nothing, or something that is no file.
    """
    if remote.is_remote(name):
        for address, named in remote.expand(name):
            yield Place(address, named)
    elif name == STDIN or os.path.isfile(Path(name)):  # which, unlike pathlib's, takes names that no file can have
        yield Place(name, named=True)
    elif os.path.isdir(name):
        yield from _walk(Path(name), summary)
    elif os.path.exists(name):
        raise InputError(f"{name}: expected a file or folder, found a pipe or device; use - for standard input")
    else:
        matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matches:
            what = "files that match" if glob.has_magic(name) else "a file or folder"
            raise InputNotFoundError(f"{name}: expected {what}, found nothing; check the path")
        for match in matches:
            if match != name:
                yield from expand(match, summary)


def _walk(folder: Path, summary: FileSummary) -> Iterator[Place]:
    root = folder.resolve()
    closed: list[OSError] = []
    for inner, folders, names in os.walk(folder, onerror=closed.append):  # no links to folders, so it ends
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for entry in sorted(names):
            file = Path(inner, entry)
            if entry.startswith("."):
                continue
            if not file.is_file():  # nor is a link to itself, which `resolve` breaks at
                summary.pass_over("pipe, device or dead link")
            elif file.is_symlink() and not file.resolve().is_relative_to(root):
                summary.pass_over("link out of the folder")
            else:
                yield Place(str(file), named=False)
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        raise InputError(
            f"{closed[0].filename}{more}: expected a folder, found one that cannot be read ({closed[0].strerror})"
        )


@contextlib.contextmanager
def opened(name: str) -> Iterator[InputFile]:
    """Yield a file, opened at its beginning; standard input is read to its end first.

    Raises
    ------
    InputError
        If it cannot be opened.
    """
    try:
        if name == STDIN:
            if sys.stdin is None:  # the shell closed it
                raise InputError("stdin: expected standard input, found it closed; name a file")
            with tempfile.SpooledTemporaryFile(max_size=16 * MIB) as spooled:
                while block := sys.stdin.buffer.read(MIB):
                    spooled.write(block)
                whole = cast(BinaryIO, spooled)
                yield InputFile.of_stream(whole, "stdin", file_size(whole))
            return
        if remote.is_remote(name):
            with remote.opened(name) as (distant, size):
                yield InputFile.of_stream(distant, name, size)
            return
        with Path(name).open("rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(f"{name}: expected a file, found a pipe or device; leave it out")
            yield InputFile.of_stream(stream, name, file_size(stream))
    except OSError as error:
        if isinstance(error, ToolkitError):
            raise
        raise InputError(f"{name}: cannot be read ({error.strerror or error})") from error


def holds(name: str, place: str) -> bool:
    """Return whether the file or folder at `place` would be read, or lies in a folder that would, as part of `name`."""
    name, place = (remote.file_system(p)[1] if p.startswith("file://") else p for p in (name, place))
    if remote.is_remote(name) or remote.is_remote(place):
        return remote.is_remote(name) and remote.is_remote(place) and remote.holds(name, place)
    chain = set()
    resolved = Path(place).resolve()
    for node in (resolved, *resolved.parents):
        with contextlib.suppress(OSError):  # it does not exist yet
            chain.add(_identity(node))
        if node.name.startswith("."):  # no folder above is read as far as here
            break
    literal = "/dev/stdin" if name == STDIN else name
    names = glob.glob(name, recursive=True) if glob.has_magic(name) and not os.path.exists(name) else [literal]
    for match in names:
        with contextlib.suppress(OSError):
            if _identity(match) in chain:
                return True
    return False


def _identity(path: str | Path) -> tuple[int, int]:
    status = Path(path).stat()  # as a path `a.txt/` is read as `a.txt`
    return status.st_dev, status.st_ino


def is_special(name: str) -> bool:
    """Return whether a pipe or device stands at a path."""
    return os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name))


def located(name: str) -> str:
    """Return the path or address by which a process in any folder finds the file."""
    return name if remote.is_remote(name) else os.path.abspath(name)


def stamp(name: str) -> str:
    """Return what changes when the file does."""
    if remote.is_remote(name):
        return remote.stamp(name)
    status = Path(name).stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def total_size(names: Iterable[str]) -> int | None:
    """Return how many bytes the files have that `names` stand for, None where that cannot be known beforehand."""
    total = 0
    for name in names:
        if name == STDIN or remote.is_remote(name):
            return None
        try:
            total += sum(Path(place.path).stat().st_size for place in expand(name, FileSummary()))
        except (ToolkitError, OSError):
            continue  # it is reported when it is read
    return total
