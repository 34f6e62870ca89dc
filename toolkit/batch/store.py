"""Folders that results are put into, here or at an address: every file appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from filelock import FileLock, Timeout

from toolkit.errors import ToolkitError
from toolkit.io import paths, remote

LOCK = ".toolkit-lock"
PARTIAL = ".toolkit-partial-"  # what the names of files begin with until they are whole


class Store(Protocol):
    """A folder; its names have no folders in them but those that a slash makes."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Write a file, or replace one, at one stroke."""
        ...

    def get(self, name: str) -> bytes | None:
        """Return what a file holds, None where there is none."""
        ...

    def names(self) -> list[str]:
        """Return the names of all files that stand in the folder itself, sorted."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; where there is none, nothing happens."""
        ...

    def discard(self) -> None:
        """Remove the folder if it holds nothing."""
        ...

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Hold the folder for one run; a crash lets go of it."""
        ...


def store_at(place: str) -> Store:
    """Return the folder at a path or an address, which need not exist yet."""
    if place.startswith("file://"):
        place = remote.file_system(place)[1]
    return RemoteStore(place.rstrip("/")) if remote.is_remote(place) else LocalStore(place)


@dataclass(frozen=True, slots=True)
class LocalStore:
    """A folder on this machine."""

    name: str

    def put(self, name: str, content: bytes) -> None:
        """Write beside the place and move there, so that a crash at any moment leaves the old file or the new one."""
        target = Path(self.name, name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with _moved_to(target) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise ToolkitError(
                f"{target}: cannot be written ({error.strerror or error}); what was finished before is kept"
            ) from error

    def get(self, name: str) -> bytes | None:
        """Return what a file holds, None where there is none."""
        path = Path(self.name, name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ToolkitError(f"{path}: cannot be read ({error.strerror or error}); name another place") from error

    def names(self) -> list[str]:
        """Return the names of all files in the folder, sorted."""
        folder = Path(self.name)
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []

    def remove(self, name: str) -> None:
        """Remove a file."""
        Path(self.name, name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder by a lock of the operating system, which ends with the process however that ends.

        Raises
        ------
        ToolkitError
            If another run holds it, or it cannot be made.
        """
        try:
            Path(self.name).mkdir(parents=True, exist_ok=True)
            lock = FileLock(Path(self.name, LOCK), timeout=0)
            lock.acquire()
        except Timeout as error:
            raise ToolkitError(
                f"{self.name}: expected a folder for this run alone, found another run at work; wait for its end"
            ) from error
        except OSError as error:
            raise ToolkitError(
                f"{self.name}: cannot be written ({error.strerror or error}); name another place with -o"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def discard(self) -> None:
        """Remove the folder if it holds nothing but its lock."""
        with contextlib.suppress(OSError):
            if self.names() in ([], [LOCK]):
                self.remove(LOCK)
            Path(self.name).rmdir()


@dataclass(frozen=True, slots=True)
class RemoteStore:
    """A folder at an address, by fsspec. An object store writes an object at one stroke, and knows no lock."""

    name: str

    def put(self, name: str, content: bytes) -> None:
        """Write an object in one put."""
        system, path = self._at(name)
        try:
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(path, content)
        except OSError as error:
            raise ToolkitError(
                f"{self.name}/{name}: cannot be written ({error}); what was finished before is kept"
            ) from error

    def get(self, name: str) -> bytes | None:
        """Return what an object holds, None where there is none."""
        system, path = self._at(name)
        try:
            return cast(bytes, system.cat_file(path))
        except FileNotFoundError:
            return None

    def names(self) -> list[str]:
        """Return the names of all objects in the folder, sorted."""
        system, path = remote.file_system(self.name)
        try:
            found = system.ls(path, detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(entry["name"].rpartition("/")[2] for entry in found if entry["type"] == "file")

    def remove(self, name: str) -> None:
        """Remove an object."""
        system, path = self._at(name)
        with contextlib.suppress(FileNotFoundError):
            system.rm_file(path)

    def discard(self) -> None:
        """Do nothing: a folder at an address is its objects."""

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold nothing: two runs of the same work write the same bytes, and others are told apart by their manifest."""
        yield

    def _at(self, name: str) -> tuple[Any, str]:
        return remote.file_system(f"{self.name}/{name}")


@contextlib.contextmanager
def replacing(output: str) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes become the file at `output`, a path or an address, once all were written.

    A link stays one: the file that it names is replaced. A pipe or device gets the bytes as they come.

    Raises
    ------
    ToolkitError
        If the file cannot be written.
    """
    if remote.is_remote(output):
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "output")
            with whole.open("wb") as stream:
                yield stream
            system, path = remote.file_system(output)
            try:
                system.put_file(str(whole), path)
            except OSError as error:
                raise ToolkitError(f"{output}: cannot be written ({error}); name another place with -o") from error
        return
    try:
        with open(output, "wb") if paths.is_special(output) else _moved_to(Path(os.path.realpath(output))) as stream:
            yield stream
    except (ToolkitError, BrokenPipeError):
        raise  # not about this file, or nobody wants the rest
    except OSError as error:
        reason = error.strerror or error
        raise ToolkitError(f"{output}: cannot be written ({reason}); name another place with -o") from error


@contextlib.contextmanager
def _moved_to(target: Path) -> Iterator[BinaryIO]:
    """Yield a stream beside `target` that takes its place, and its rights, once everything was written."""
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, name = tempfile.mkstemp(prefix=PARTIAL, dir=target.parent)
    try:
        with open(handle, "wb") as stream:
            yield stream
        os.chmod(name, stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~umask())
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)


def umask() -> int:
    """Return the rights that new files do without."""
    current = os.umask(0)
    os.umask(current)
    return current
