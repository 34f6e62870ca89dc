"""Lines of a text file of any size, decoded one at a time."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from toolkit.errors import DecodingError, InputError
from toolkit.io.base import InputFile
from toolkit.io.encodings import Recognition, canonical, decode_as, recognize
from toolkit.io.limits import MAX_LINE, MIB

_SAMPLE = 256 * 1024  # bytes; what recognition looks at


def text_lines(file: InputFile, encoding: str | None) -> Iterator[tuple[str, str | DecodingError]]:
    """Yield each line with its place (``file:line``), its line end kept, or why it cannot be decoded.

    Raises
    ------
    DecodingError
        If the encoding is not recognised, or has no such name.
    InputError
        If a line is longer than a record can be.
    """
    if encoding is not None:
        file.recognition = Recognition(canonical(encoding), 1.0)
    else:
        file.recognition = recognize(file.stream.read(_SAMPLE), file.name)
        file.stream.seek(0)
    name = file.recognition.encoding
    if _is_wide(name):
        yield from _wide_lines(file, name)
        return
    number = 0
    while line := file.stream.readline(MAX_LINE + 1):
        number += 1
        place = f"{file.name}:{number}"
        _check(len(line), place)
        if number == 1 and name in ("utf-8", "utf-8-sig") and line.startswith(codecs.BOM_UTF8):
            line = line[len(codecs.BOM_UTF8) :]
        try:
            yield place, decode_as(line, "utf-8" if name == "utf-8-sig" else name, place)
        except DecodingError as error:
            if encoding is not None and error.__cause__.__class__ is LookupError:
                raise DecodingError(str(error).replace(place, file.name, 1)) from error.__cause__
            yield place, error


def _is_wide(name: str) -> bool:
    """Return whether a line feed is more than one byte in the encoding."""
    return name.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32"))


def _wide_lines(file: InputFile, name: str) -> Iterator[tuple[str, str]]:
    number = 0
    try:
        stream = io.TextIOWrapper(file.stream, encoding=name, newline="\n")
    except (LookupError, ValueError) as error:
        raise DecodingError(f"{file.name}: unknown encoding {name!r}; see Python's list of codecs") from error
    try:
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            _check(len(line), f"{file.name}:{number}")
            yield f"{file.name}:{number}", line.removeprefix("\ufeff") if number == 1 else line
        stream.detach()
    except UnicodeError as error:
        raise DecodingError(
            f"{file.name}:{number + 1}: expected {name.upper()}, found other bytes ({error}); pass another --encoding"
        ) from error


def _check(length: int, place: str) -> None:
    if length > MAX_LINE:
        raise InputError(
            f"{place}: expected at most {MAX_LINE // MIB} MiB a line, found more; is it one record a line?"
        )
