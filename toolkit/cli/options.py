"""Options that several commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit import __version__

if TYPE_CHECKING:
    from toolkit.io import Options
    from toolkit.results import Budget


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    DOCX = "docx"
    XLSX = "xlsx"
    PARQUET = "parquet"
    HTML = "html"


class UnitName(StrEnum):
    """What a row of a table is."""

    ARTICLE = "article"
    PARAGRAPH = "paragraph"


class LanguageName(StrEnum):
    """The language of headings; articles stay as they are."""

    VI = "vi"
    EN = "en"


Language = Annotated[LanguageName, typer.Option("--lang", help="Language of the headings of pages and documents.")]
Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders (recursive), globs, or - for stdin.")]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="How results are written; as the output's name says, or as text."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="File to write, whole or not at all, or folder/ of shards; else stdout."
    ),
]
Models = Annotated[Path | None, typer.Option(help="Folder with the models; the shipped ones where not given.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Processes that share the work.")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers do the work: tcp://host:8786.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")]
ShardSize = Annotated[int, typer.Option(min=1, help="Records or files in a shard.")]
Encoding = Annotated[
    str | None, typer.Option(help="Encoding of text files: tcvn3, vni, windows-1258 … Recognised where not given.")
]
InputFormat = Annotated[
    str | None, typer.Option(metavar="SUFFIX", help="Read every input as this format: csv, jsonl, pdf … (for stdin).")
]
TextColumn = Annotated[str | None, typer.Option(help="Column or field that holds the text.")]
TitleColumn = Annotated[str | None, typer.Option(help="Column or field that holds the title.")]
IdColumn = Annotated[str | None, typer.Option(help="Column or field that names the record.")]
Unit = Annotated[UnitName, typer.Option(help="What a row of a table is.")]
Thresholds = Annotated[
    list[str] | None, typer.Option("--threshold", metavar="LABEL=P", help="Give LABEL from probability P on.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"toolkit {__version__}")
        raise typer.Exit


def version_option(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Topic labels and digests for Vietnamese news and reports."""


_SUFFIXES = {f".{format.value}": format for format in Format} | {".md": Format.MARKDOWN, ".htm": Format.HTML}


def chosen(format: Format | None, output: str | None) -> Format:
    """Return the format that was asked for, or the one that the output's name says; a folder holds JSON Lines."""
    if format is not None or output is None:
        return format or Format.TEXT
    if names_folder(output):
        return Format.JSONL
    return _SUFFIXES.get(Path(output).suffix.lower(), Format.TEXT)


def names_folder(output: str) -> bool:
    """Return whether `output` is a folder: one that exists, or a name that ends in a slash."""
    return output.endswith(("/", "\\")) or os.path.isdir(output)


def only(format: Format, what: str, *allowed: Format) -> Format:
    """Return `format`; refuse, as wrong usage, one in which `what` cannot be written."""
    if format not in allowed:
        names = ", ".join(one.value for one in allowed[:-1])
        raise typer.BadParameter(f"{what} are written as {names} or {allowed[-1].value}", param_hint="--format")
    return format


def refuse(context: typer.Context, reason: str, *names: str) -> None:
    """Refuse, as wrong usage, options that were given and would change nothing."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(reason, param_hint=f"--{name.replace('_', '-')}")


def one_file(output: str | None, what: str) -> str | None:
    """Return `output`; refuse, as wrong usage, a folder of shards for what is written to one file."""
    if output is not None and names_folder(output):
        raise typer.BadParameter(f"{what} are written to one file, not to a folder of shards", param_hint="--output")
    return output


def reading(
    encoding: str | None,
    text_column: str | None,
    title_column: str | None,
    id_column: str | None,
    unit: UnitName,
    input_format: str | None,
) -> Options:
    """Return how files are read."""
    from toolkit.io.base import Options, Unit
    from toolkit.io.encodings import is_known

    if encoding is not None and not is_known(encoding):
        raise typer.BadParameter(
            f"expected tcvn3, vni, windows-1258 or a codec of Python, found {encoding!r}", param_hint="--encoding"
        )
    return Options(encoding, text_column, title_column, id_column, Unit(unit.value), input_format)


def budget(max_sentences: int | None, max_syllables: int | None, ratio: float | None = None) -> Budget:
    """Return how long digests may be; more than one limit is wrong usage."""
    from toolkit.pipeline import make_budget

    try:
        return make_budget(max_sentences, max_syllables, ratio)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--max-sentences/--max-syllables/--ratio") from error


def parse_thresholds(pairs: list[str] | None) -> dict[str, float]:
    """Return the thresholds in ``LABEL=P`` pairs; wrong ones are wrong usage."""
    thresholds: dict[str, float] = {}
    for pair in pairs or ():
        label, equals, value = pair.rpartition("=")
        if label in thresholds:
            raise typer.BadParameter(f"expected one threshold for {label!r}, found two", param_hint="--threshold")
        try:
            thresholds[label] = float(value)
        except ValueError:
            equals = ""
        if not equals or not 0 <= thresholds[label] <= 1:
            raise typer.BadParameter(
                f"expected LABEL=P with P from 0 to 1, found {pair!r}; for example fdi=0.3", param_hint="--threshold"
            )
    return thresholds
