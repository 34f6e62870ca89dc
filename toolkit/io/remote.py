"""Paths that are addresses (``s3://…``, ``hdfs://…``), by fsspec: whatever it can open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from toolkit.errors import InputError, InputNotFoundError
from toolkit.io.optional import load


def is_remote(path: str) -> bool:
    """Return whether `path` is an address rather than a place on this machine."""
    return "://" in path


def file_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it.

    Raises
    ------
    InputError
        If nothing is known of such addresses, or what opens them is not installed.
    """
    core = load("fsspec.core", "cluster")
    try:
        system, path = core.url_to_fs(address)
    except (ValueError, ImportError) as error:
        raise InputError(f"{address}: expected an address that fsspec opens, found another ({error})") from error
    return system, path


def holds(address: str, place: str) -> bool:
    """Return whether the address `place` is, or lies in, what `address` stands for."""
    system, path = file_system(address)
    found = system.glob(path) if load("fsspec.core", "cluster").has_magic(address) else [path]
    other, inner = file_system(place)
    wanted = other.unstrip_protocol(inner).rstrip("/") + "/"
    return any(wanted.startswith(system.unstrip_protocol(name).rstrip("/") + "/") for name in found)


def exists(address: str) -> bool:
    """Return whether there is anything at an address."""
    system, path = file_system(address)
    return bool(system.exists(path))


def expand(address: str) -> Iterator[tuple[str, bool]]:
    """Yield the files at an address (a file, a folder, a glob) in the order of names, and whether each was named.

    Raises
    ------
    InputNotFoundError
        If there is nothing.
    """
    glob = load("fsspec.core", "cluster").has_magic(address)
    system, path = file_system(address)
    try:
        found = sorted(system.glob(path)) if glob else [path] if system.exists(path) else []
        if not found:
            what = "files that match" if glob else "a file or folder"
            raise InputNotFoundError(f"{address}: expected {what}, found nothing; check the address")
        for name in found:
            if system.isdir(name):
                for inner in sorted(system.find(name)):
                    if not any(part.startswith(".") for part in inner.removeprefix(name).split("/")):
                        yield system.unstrip_protocol(inner), False
            else:
                yield system.unstrip_protocol(name), True
    except OSError as error:
        if isinstance(error, InputNotFoundError):
            raise
        raise InputError(f"{address}: cannot be read ({error})") from error


@contextmanager
def opened(address: str) -> Iterator[tuple[BinaryIO, int]]:
    """Yield the file at an address as a stream that can be rewound, and its size in bytes."""
    system, path = file_system(address)
    with system.open(path, "rb") as stream:
        yield cast(BinaryIO, stream), int(system.size(path) or 0)


def stamp(address: str) -> str:
    """Return what changes when the file at an address changes: whatever its system keeps of versions."""
    system, path = file_system(address)
    return str(system.ukey(path))
