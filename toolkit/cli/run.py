"""One run of a command that reads articles: what it reads, what it does with them, where the results go."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from toolkit.cli.options import Format, names_folder
from toolkit.cli.output import apart, opened_binary
from toolkit.errors import ToolkitError
from toolkit.io import FileSummary, Options, iter_entries
from toolkit.io.paths import is_special, located
from toolkit.io.remote import is_remote
from toolkit.report.characters import printable

if TYPE_CHECKING:
    from toolkit.batch import Done, Failed, Recipe, Shard, ShardedRun, Work
    from toolkit.document import Document
    from toolkit.pipeline import Analyzer
    from toolkit.report.streams import Stream
    from toolkit.results import Analysis, Budget, Digest

PartT = TypeVar("PartT", "Done", "Shard")

_BRIEF = 300  # syllables of the common digest on top of a page
_GROUP = 64  # entries that travel to a worker together where results are wanted as they come


class Target:
    """Where results go and who works on them.

    Parameters
    ----------
    output : str or None
        A file, a folder (it exists, or its name ends in a slash, or is an address that does), or standard output.
    jobs, scheduler, resume, shard_size
        As the options say.
    """

    def __init__(
        self,
        output: str | None,
        jobs: int = 1,
        scheduler: str | None = None,
        resume: bool = False,
        shard_size: int = 1000,
    ) -> None:
        self.output = output
        self.jobs = jobs
        self.scheduler = scheduler
        self.resume = resume
        self.shard_size = shard_size

    @property
    def is_folder(self) -> bool:
        """Whether results go to shards in a folder."""
        return self.output is not None and names_folder(self.output)

    @property
    def is_remote(self) -> bool:
        """Whether results go to an address."""
        return self.output is not None and is_remote(self.output)

    @property
    def is_file(self) -> bool:
        """Whether results go to a file on this machine that appears whole."""
        return self.output is not None and not (self.is_folder or self.is_remote or is_special(self.output))

    @property
    def is_resumable(self) -> bool:
        """Whether shards can be kept until the run is whole."""
        return self.is_folder or self.is_file


class Run:
    """One run: reports what fails, counts it, and ends with the exit code that it earned."""

    def __init__(self, recipe: Recipe, options: Options, *, quiet: bool) -> None:
        self._recipe = recipe
        self._options = options
        self._quiet = quiet
        self._summary = FileSummary()
        self._failures: list[Failed] = []
        self._n_failed = 0
        self._n_documents = 0

    def analyzer(self) -> Analyzer:
        """Return the analyzer with the run's models and thresholds."""
        try:
            return self._recipe.analyzer()
        except ValueError as error:
            if isinstance(error, ToolkitError):
                raise
            raise typer.BadParameter(str(error), param_hint="--threshold") from error

    # --- in -------------------------------------------------------------------------------------------

    def documents(self, paths: list[str]) -> Iterator[Document]:
        """Yield the articles; a failure is reported and counted, and the rest goes on."""
        from toolkit.batch import Failed

        for entry in iter_entries(paths, options=self._options, summary=self._summary):
            for item in entry.items(self._options, self._summary):
                if isinstance(item, ToolkitError):
                    self._report([Failed.of(entry.place, item)])
                    continue
                self._report_empty([] if item.paragraphs else [str(item.source)])
                self._n_documents += 1
                yield item
        self._report_files()

    def _done(self, paths: list[str], work: Work, target: Target) -> Iterator[Done]:
        """Yield what became of the articles, group by group, in order."""
        from toolkit.batch import grouped_entries, in_parallel, without_killers

        entries = iter_entries(paths, options=self._options, summary=self._summary)
        groups = grouped_entries(entries, _GROUP)
        for done in in_parallel(work, groups, jobs=target.jobs, scheduler=target.scheduler, rescue=without_killers):
            self._report(done.failures)
            self._report_empty(done.empty)
            self._n_documents += done.n_documents
            self._summary.merge(done.summary)
            yield done
        self._report_files()

    # --- out ------------------------------------------------------------------------------------------

    def prepare(self, paths: list[str], target: Target) -> None:
        """Refuse an output that would replace what is not its own, before any work is done."""
        apart(paths, target.output)
        if target.is_file:
            from toolkit.batch import check_errors, store_at

            check_errors(store_at(str(Path(str(target.output)).parent)))

    def write(
        self,
        paths: list[str],
        format: Format,
        target: Target,
        kind: str,
        *,
        counts: Path | None = None,
        language: str = "vi",
    ) -> None:
        """Write what becomes of the articles in one of the formats; `kind`: analysis, labels or digest."""
        from toolkit.cli import files
        from toolkit.cli.progress import seen_at_once

        self.prepare(paths, target)
        if counts is not None:
            apart(paths, str(counts), "--counts")
            if target.output is not None and os.path.realpath(counts) == os.path.realpath(target.output):
                raise typer.BadParameter("goes to another file than --output", param_hint="--counts")
        labels = self.analyzer().topics.labels if self._recipe.labels else ()
        self._recipe = self._recipe.pinned()
        if target.scheduler and self._recipe.models:  # its workers stand in folders of their own
            self._recipe = replace(self._recipe, models=located(self._recipe.models))
        stream = files.stream_of(format, labels, kind) if counts is None else None
        if format is Format.PARQUET and not target.is_folder:
            stream = None  # files of Parquet cannot be put one after the other
        _check(target, stream, counts)
        if stream is not None and target.is_resumable:
            self._write_shards(paths, stream, target, kind)
            return
        from toolkit.batch import Work

        done = self._done(paths, Work(self._recipe, self._options, stream), target)
        if target.output is not None or not seen_at_once():
            done = self._followed(done, paths)
        if stream is not None:
            with opened_binary(target.output, text=True) as sink:
                files.write_stream(sink, stream, (one.content for one in done))
        else:
            results: Iterable[Analysis] = (analysis for one in done for analysis in one.analyses)
            if counts is not None:
                results = list(results)
                files.write_counts(results, labels, str(counts))
            self._write_whole(results, format, target, kind, labels, language)
        self.finish(paths, target)

    def _write_whole(
        self,
        results: Iterable[Analysis],
        format: Format,
        target: Target,
        kind: str,
        labels: tuple[str, ...],
        language: str,
    ) -> None:
        """Write results that are rendered here: as text, or in a format that is made of all of them."""
        from toolkit.cli import files

        digest = explain = None
        if format is Format.HTML and kind == "analysis":
            results = list(results)
            documents = [analysis.document for analysis in results]
            digest = self.analyzer().summarize_many(documents, max_syllables=_BRIEF) if len(documents) > 1 else None
            explain = self.analyzer().explain
        files.write(
            results, format, target.output, kind=kind, labels=labels, explain=explain, digest=digest, language=language
        )

    def _write_shards(self, paths: list[str], stream: Stream, target: Target, kind: str) -> None:
        """Write shards to a folder; where one file is wanted, to a folder beside it, and join them at the end."""
        from toolkit.batch import Work, sharded, store_at
        from toolkit.cli import files

        assert target.output is not None
        output = Path(target.output)
        if not target.is_folder and not output.parent.is_dir():
            raise ToolkitError(f"{output}: cannot be written (No such file or directory); name another place with -o")
        place = target.output if target.is_folder else str(output.with_name(f".{output.name}.parts"))
        store = store_at(located(place))
        entries = iter_entries(paths, options=self._options, summary=self._summary)
        anew = not target.is_folder
        manifest = self._manifest(kind, stream, target)
        with sharded(store, manifest, stream.suffix, resume=target.resume, anew=anew) as run:
            shards = run.shards(
                Work(self._recipe, self._options, stream),
                entries,
                size=target.shard_size,
                head=stream.head if target.is_folder else b"",
                jobs=target.jobs,
                scheduler=target.scheduler,
            )
            with _kept(run, place):
                for shard in self._followed(shards, paths):
                    self._take(shard)
                run.finish()
            if run.n_skipped and not self._quiet:
                say(f"{run.n_skipped} of {run.n_shards} shards were finished by an earlier run")
            if not target.is_folder:
                with opened_binary(target.output) as sink:
                    files.write_stream(sink, stream, run.contents())
                self._failures = list(run.failures())
                run.discard()
        self._report_files()
        self.finish(paths, target)

    def _followed(self, parts: Iterable[PartT], paths: list[str]) -> Iterator[PartT]:
        """Yield the parts of the work as they are done, and show how far it is."""
        from toolkit.cli.progress import tracked

        return tracked(
            parts,
            count=lambda part: part.n_documents,
            position=lambda: self._summary.n_bytes,
            paths=paths,
            quiet=self._quiet,
        )

    def _take(self, shard: Shard) -> None:
        from toolkit.io.encodings import Recognition

        self._report(shard.failures, keep=False)  # they stand in the shard's record
        self._report_empty(shard.empty)
        self._n_documents += shard.n_documents
        for name, (encoding, confidence) in shard.encodings.items():
            self._summary.encodings[name] = Recognition(encoding, confidence)

    def _manifest(self, kind: str, stream: Stream, target: Target) -> dict[str, Any]:
        """Return all that the bytes of a shard depend on, besides its input."""
        from toolkit import __version__
        from toolkit.batch import summarizer_checksum

        recipe = asdict(self._recipe)
        del recipe["models"]  # a folder may move; what counts is the checksum
        return {
            "toolkit": __version__,
            "kind": kind,
            "format": stream.suffix.removeprefix("."),
            "shard_size": target.shard_size,
            **recipe,
            "summarizer_checksum": summarizer_checksum(self._recipe.summarizer) if self._recipe.budget else None,
            "reading": asdict(self._options),
        }

    # --- one digest of all ----------------------------------------------------------------------------

    def write_common(
        self,
        paths: list[str],
        budget: Budget,
        format: Format,
        output: str | None,
        *,
        by_topic: bool,
        language: str = "vi",
    ) -> None:
        """Write one digest of all articles, or one for each label."""
        from toolkit.cli import files

        self.prepare(paths, Target(output))
        documents = list(self.documents(paths))
        limits: dict[str, Any] = {f"max_{name}" if name != "ratio" else name: n for name, n in budget.to_dict().items()}
        analyzer = self.analyzer()
        digests: dict[str | None, Digest] = {}
        if by_topic:
            digests.update(analyzer.summarize_by_topic(documents, **limits).items())
        else:
            digests[None] = analyzer.summarize_many(documents, **limits)
        files.write_common(digests, documents, format, output, language=language)
        self.finish(paths, Target(output))

    # --- what the user hears --------------------------------------------------------------------------

    def _report(self, failures: Iterable[Failed], *, keep: bool = True) -> None:
        for failed in failures:
            self._n_failed += 1
            if keep:
                self._failures.append(failed)
            say(failed.reason)

    def _report_empty(self, sources: Iterable[str]) -> None:
        for source in () if self._quiet else sources:
            say(f"{source}: no prose found in it")

    def _report_files(self) -> None:
        if self._quiet:
            return
        for path, found in self._summary.encodings.items():
            say(f"{path}: read as {found.encoding} (confidence {found.confidence:.2f}); --encoding names another")
        if passed := self._summary.passed_over:
            kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(passed.items()))
            say(f"passed over {sum(passed.values())} file(s) of unknown type ({kinds})")

    def finish(self, paths: list[str], target: Target) -> None:
        """List what failed beside the output, and end with the exit code that the run earned."""
        if target.output is not None and target.is_file:
            from toolkit.batch import store_at, write_errors

            write_errors(store_at(str(Path(target.output).parent)), self._failures, Path(target.output).name)
        if self._n_failed:
            raise typer.Exit(1)
        if not self._n_documents:
            self._report_none(paths)

    def _report_none(self, paths: list[str]) -> None:
        """Say that there was nothing to do; where there was not even a file, that is an error."""
        from toolkit.io.reading import SUFFIXES

        where = ", ".join(paths[:3]) + (", …" if len(paths) > 3 else "")
        if not self._summary.n_files:
            say(f"{where}: expected articles, found no file that is read ({' '.join(SUFFIXES)}); check the path")
            raise typer.Exit(1)
        if not self._quiet:
            say(f"{where}: no article found in it")


def _check(target: Target, stream: Stream | None, counts: Path | None) -> None:
    """Refuse, as wrong usage, what does not go together."""
    if target.is_folder:
        if counts is not None:
            raise typer.BadParameter("goes with one output file, not with a folder of shards", param_hint="--counts")
        if stream is None or stream.suffix == ".json":
            raise typer.BadParameter("a folder holds shards as jsonl, csv or parquet", param_hint="--format")
    elif target.resume and target.output is None:
        raise typer.BadParameter("goes with --output: what went to standard output is gone", param_hint="--resume")
    elif target.resume and (stream is None or not target.is_file):
        raise typer.BadParameter("goes with a folder, or a file of jsonl, json or csv", param_hint="--resume")


@contextlib.contextmanager
def _kept(run: ShardedRun, place: str) -> Iterator[None]:
    """Say what is kept where a run is cut off."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, ToolkitError):
        if run.n_shards:
            say(f"cut off; what is finished is kept in {place}, and the same command with --resume goes on with it")
        raise


def say(message: str) -> None:
    """Print a line on stderr."""
    print(f"toolkit: {printable(message)}", file=sys.stderr, flush=True)
