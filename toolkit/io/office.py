"""What DOCX, ODT and XLSX share: ZIP files of XML parts, checked before any library sees them."""

from __future__ import annotations

import zipfile
from typing import IO

from toolkit.errors import InputError
from toolkit.io.base import InputFile
from toolkit.io.limits import FREE_SIZE, MAX_DEPTH, MAX_PARTS, MAX_RATIO, MAX_WHOLE, MIB
from toolkit.io.optional import load

_ODT = b"application/vnd.oasis.opendocument.text"


def zip_kind(file: InputFile) -> str | None:
    """Return what a ZIP file holds (``docx``, ``xlsx``, ``odt``, else ``zip``); None for any other file."""
    if file.zip_kind is None and file.head().startswith((b"PK\x03\x04", b"PK\x05\x06")):
        file.zip_kind = _look(file)
    return file.zip_kind


def _look(file: InputFile) -> str:
    try:
        with zipfile.ZipFile(file.random_access()) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                folders = {name.partition("/")[0] for name in names}
                return "docx" if "word" in folders else "xlsx" if "xl" in folders else "zip"
            if "mimetype" in names and archive.open("mimetype").read(len(_ODT)) == _ODT:
                return "odt"
            return "zip"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise InputError(
            f"{file.name}: expected a ZIP file, found a damaged one ({error}); copy or save it again"
        ) from error


def checked(file: InputFile, extra: str) -> IO[bytes]:
    """Return the stream of an office file whose parts are of a sane size and whose XML declares no entities.

    Raises
    ------
    InputError
        If it unfolds to too much, or a part has a document type, which office programs never write and by which
        entities come in.
    MissingExtraError
        If what reads such files is not installed.
    """
    stream = file.random_access()
    with zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        size = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if len(infos) > MAX_PARTS or size > MAX_WHOLE or size > max(FREE_SIZE, MAX_RATIO * packed):
            raise InputError(
                f"{file.name}: expected an office file of at most {MAX_WHOLE // MIB} MiB, found {len(infos)} parts "
                f"that unfold to {size // MIB} MiB (a decompression bomb?); split it"
            )
        if any(info.flag_bits & 1 for info in infos):
            raise InputError(
                f"{file.name}: expected a file in the open, found an encrypted one; save it without password"
            )
        for info in infos:
            if info.filename.endswith((".xml", ".rels")):
                with archive.open(info) as part:
                    _check_xml(part, file.place_of(info.filename), extra)
    stream.seek(0)
    return stream


def _check_xml(part: IO[bytes], place: str, extra: str) -> None:
    elements = load("defusedxml.ElementTree", extra)
    depth = 0
    try:
        for event, element in elements.iterparse(part, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise InputError(f"{place}: expected at most {MAX_DEPTH} elements within each other, found more")
            if event == "end":
                element.clear()
    except (elements.ParseError, LookupError) as error:  # an unknown encoding is looked up
        raise InputError(f"{place}: expected XML, found something else ({error}); save the file again") from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{place}: expected XML without a document type, found one ({error}); leave it out") from error
