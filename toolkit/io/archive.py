"""ZIP, TAR and GZIP: the files in them, never written to disk under a name of their own."""

from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from toolkit.errors import InputError, ToolkitError
from toolkit.io.base import InputFile
from toolkit.io.limits import MAX_MEMBERS
from toolkit.io.office import zip_kind


class ZipContainer:
    """Opens ZIP archives."""

    kind = "a ZIP archive"
    suffixes = frozenset({".zip"})

    def sniff(self, file: InputFile) -> bool:
        """Return whether it is a ZIP file and no office document."""
        return zip_kind(file) == "zip"

    def members(self, file: InputFile) -> Iterator[InputFile | ToolkitError]:
        """Yield the files in the order of the archive."""
        with zipfile.ZipFile(file.random_access()) as archive:
            infos = archive.infolist()
            _check_number(len(infos), file)
            for info in infos:
                if info.filename.endswith("/") or _is_clutter(info.filename):
                    continue
                name = file.place_of(info.filename)
                wrong = _unsafe(name, info.filename, stat.S_ISLNK(info.external_attr >> 16))
                if wrong is None and info.flag_bits & 1:
                    wrong = InputError(f"{name}: expected a file in the open, found an encrypted one; unpack it first")
                if wrong is not None:
                    yield wrong
                    continue
                try:
                    stream = archive.open(info)
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, UnicodeDecodeError) as error:
                    yield InputError(f"{name}: cannot be unpacked ({error}); pack it anew")
                    continue
                with stream:
                    yield file.member(cast(BinaryIO, stream), name, _suffix(info.filename))


class TarContainer:
    """Opens TAR archives; one that is gzipped comes out of `GzipContainer` first."""

    kind = "a TAR archive"
    suffixes = frozenset({".tar"})

    def sniff(self, file: InputFile) -> bool:
        """Return whether the first header carries the mark of TAR."""
        return file.head()[257:262] == b"ustar"

    def members(self, file: InputFile) -> Iterator[InputFile | ToolkitError]:
        """Yield the files in the order of the archive."""
        with tarfile.open(fileobj=file.random_access(), mode="r:") as archive:
            for number, info in enumerate(archive, start=1):
                _check_number(number, file)
                if info.isdir() or _is_clutter(info.name):
                    continue
                name = file.place_of(info.name)
                wrong = _unsafe(name, info.name, info.issym() or info.islnk())
                if wrong is None and not info.isreg():
                    wrong = InputError(f"{name}: expected a file, found a device or pipe; leave it out")
                stream = archive.extractfile(info) if wrong is None else None
                if wrong is not None or stream is None:
                    yield wrong or InputError(f"{name}: cannot be unpacked; pack it anew")
                    continue
                with stream:
                    yield file.member(cast(BinaryIO, stream), name, _suffix(info.name))


class GzipContainer:
    """Opens gzipped files; the file inside has the same name without ``.gz``."""

    kind = "a gzipped file"
    suffixes = frozenset({".gz", ".tgz"})

    def sniff(self, file: InputFile) -> bool:
        """Return whether it starts as gzip does."""
        return file.head().startswith(b"\x1f\x8b\x08")

    def members(self, file: InputFile) -> Iterator[InputFile | ToolkitError]:
        """Yield the one file in it, unpacked as it is read."""
        file.stream.seek(0)
        with gzip.GzipFile(fileobj=file.stream, mode="rb") as stream:
            inner = file.name.removesuffix(".gz")
            yield file.member(cast(BinaryIO, stream), file.name, _suffix(inner))


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _is_clutter(name: str) -> bool:
    """Return whether it is a file that systems leave about: ``__MACOSX/._a.txt``, ``.DS_Store``."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or (parts[-1].startswith(".") and ".." not in parts)


def _unsafe(place: str, name: str, link: bool) -> InputError | None:
    """Return what makes a member suspect: nothing of it would be written, but an honest archive has no such thing."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
        return InputError(f"{place}: expected a path within the archive, found one that leaves it; unpack it yourself")
    if link:
        return InputError(f"{place}: expected a file, found a link, and links in archives are not followed")
    return None


def _check_number(number: int, file: InputFile) -> None:
    if number > MAX_MEMBERS:
        raise InputError(f"{file.name}: expected at most {MAX_MEMBERS} files in an archive, found more; split it")
