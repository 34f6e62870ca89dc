"""The command ``toolkit``: parses, calls the library, renders, echoes."""

from __future__ import annotations

import contextlib
import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from toolkit.cli import analysis, training
from toolkit.cli.options import version_option
from toolkit.errors import ToolkitError
from toolkit.report.characters import printable

app = typer.Typer(
    name="toolkit",
    help="Topic labels and digests for Vietnamese news and reports.",
    epilog="Try: toolkit digest seeds/   ·   toolkit COMMAND --help shows examples.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(version_option)
for module in (analysis, training):
    module.register(app)


def main() -> None:
    """Run the command line; a `ToolkitError` becomes one line on stderr and exit code 1."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles and pipes default to a code page without Vietnamese
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except ToolkitError as error:
        _fail(str(error))
    except KeyboardInterrupt:  # before typer is ready to take it
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:  # `toolkit … | head` closed the pipe; nobody is there to read an error
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # of what typer prints itself (help, version), or of a file that nobody foresaw
        _fail(f"{error.filename or 'standard output'}: cannot be used ({error.strerror or error})")


def _fail(message: str) -> NoReturn:
    print(f"toolkit: {printable(message)}", file=sys.stderr)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # or Python would say at its end that it cannot write what is left
        with contextlib.suppress(OSError):
            sys.stdout.close()
    sys.exit(1)


def _end(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, workers and half files included, when told to by another process."""
    sys.exit(128 + number)
