"""The commands that read articles: digest, label, summarize, explain."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli import options as opt
from toolkit.cli.options import Format
from toolkit.report.characters import printable

if TYPE_CHECKING:
    from toolkit.document import Document
    from toolkit.errors import ToolkitError
    from toolkit.pipeline import Analyzer
    from toolkit.results import Analysis, Budget, Digest

_COMMON = (Format.TEXT, Format.JSON, Format.JSONL, Format.CSV)
_BRIEF = 200  # syllables of the common digest on top of a page
MaxSentences = Annotated[int | None, typer.Option(min=1, help="Digest: at most so many sentences (3 by default).")]
MaxSyllables = Annotated[int | None, typer.Option(min=1, help="Digest: at most so many syllables.")]
Ratio = Annotated[float | None, typer.Option(help="Digest: at most this part of the article, from 0 to 1.")]
Algorithm = Annotated[str | None, typer.Option(help="How sentences are ranked: trained, lead, lexrank, …")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog="Examples: toolkit digest seeds/  ·  toolkit digest a.txt b.txt --format json -o out.json")(
        digest
    )
    app.command(epilog="Examples: toolkit label a.txt  ·  toolkit label news.csv --unit paragraph --format csv")(label)
    app.command(epilog="Examples: toolkit summarize a.txt --max-syllables 60  ·  cat a.txt | toolkit summarize -")(
        summarize
    )
    app.command(epilog="Example: toolkit explain a.txt")(explain)


def digest(
    paths: opt.Paths,
    format: opt.FormatOption = Format.TEXT,
    output: opt.Output = None,
    by_topic: Annotated[bool, typer.Option("--by-topic", help="Instead: one digest of all for each label.")] = False,
    counts: Annotated[
        Path | None, typer.Option(help="CSV file to write counts by topic, month, province and outlet to.")
    ] = None,
    lang: opt.Language = opt.LanguageName.VI,
    max_sentences: MaxSentences = None,
    max_syllables: MaxSyllables = None,
    ratio: Ratio = None,
    algorithm: Algorithm = None,
    models: opt.Models = None,
    threshold: opt.Thresholds = None,
    jobs: opt.Jobs = 1,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    unit: opt.Unit = opt.UnitName.ARTICLE,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Digest and labelled paragraphs of every article."""
    run = _Run(models, threshold, algorithm, encoding, text_column, title_column, id_column, unit, quiet, input_format)
    budget = _budget(max_sentences, max_syllables, ratio)
    if by_topic:
        opt.only(format, "common digests", *_COMMON)
        run.write_common(list(run.documents(paths)), budget, format, output, by_topic=True)
        return
    run.write(run.analyses(paths, budget, jobs), format, output, "analysis", counts=counts, language=lang.value)


def label(
    paths: opt.Paths,
    format: opt.FormatOption = Format.TEXT,
    output: opt.Output = None,
    review: Annotated[bool, typer.Option("--review", help="Only paragraphs that a person should check.")] = False,
    models: opt.Models = None,
    threshold: opt.Thresholds = None,
    jobs: opt.Jobs = 1,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    unit: opt.Unit = opt.UnitName.ARTICLE,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Label every paragraph, with scores."""
    run = _Run(models, threshold, None, encoding, text_column, title_column, id_column, unit, quiet, input_format)
    results = run.analyses(paths, None, jobs)
    run.write(_only_review(results) if review else results, format, output, "labels")


def summarize(
    paths: opt.Paths,
    format: opt.FormatOption = Format.TEXT,
    output: opt.Output = None,
    together: Annotated[bool, typer.Option("--together", help="One digest of all articles.")] = False,
    max_sentences: MaxSentences = None,
    max_syllables: MaxSyllables = None,
    ratio: Ratio = None,
    algorithm: Algorithm = None,
    models: opt.Models = None,
    threshold: opt.Thresholds = None,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Digest of every article, or of all together, without labels."""
    from toolkit.batch import digest_all
    from toolkit.summarization import DEFAULT

    article = opt.UnitName.ARTICLE
    run = _Run(
        models, threshold, algorithm, encoding, text_column, title_column, id_column, article, quiet, input_format
    )
    budget = _budget(max_sentences, max_syllables, ratio)
    if together:
        opt.only(format, "common digests", *_COMMON)
        run.write_common(list(run.documents(paths)), budget, format, output, by_topic=False)
        return
    run.write(digest_all(run.documents(paths), budget, algorithm or DEFAULT), format, output, "digest")


def explain(
    paths: opt.Paths,
    format: Annotated[Format, typer.Option("--format", "-f", help="text, json or jsonl.")] = Format.TEXT,
    output: opt.Output = None,
    models: opt.Models = None,
    threshold: opt.Thresholds = None,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    unit: opt.Unit = opt.UnitName.ARTICLE,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Show why each paragraph got its labels: the terms that pushed them up and down."""
    from toolkit.cli.output import opened, write_json, write_jsonl
    from toolkit.report.terminal import make_console, render_explanation

    opt.only(format, "explanations", Format.TEXT, Format.JSON, Format.JSONL)
    run = _Run(models, threshold, None, encoding, text_column, title_column, id_column, unit, quiet, input_format)
    analyzer = run.analyzer()
    explained = (
        (f"{document.source} · đoạn {paragraph.index + 1}", {"source": document.source, "index": paragraph.index}, why)
        for document in run.documents(paths)
        for paragraph, why in zip(
            document.paragraphs, analyzer.explain([p.text for p in document.paragraphs]), strict=True
        )
    )
    with opened(output) as stream:
        if format is Format.TEXT:
            console = make_console(file=stream)
            for place, _, why in explained:
                console.print(render_explanation(why, place))
        else:
            write = write_json if format is Format.JSON else write_jsonl
            write(stream, ({**why.to_dict(), **place} for _, place, why in explained))
    run.finish()


# --- what the commands share --------------------------------------------------------------------------


class _Run:
    """One run of a command: what it reads, with which models, and how many inputs failed."""

    def __init__(
        self,
        models: Path | None,
        thresholds: list[str] | None,
        algorithm: str | None,
        encoding: str | None,
        text_column: str | None,
        title_column: str | None,
        id_column: str | None,
        unit: opt.UnitName,
        quiet: bool,
        input_format: str | None,
    ) -> None:
        from toolkit.io.base import Options, Unit
        from toolkit.summarization import DEFAULT, SUMMARIZERS

        if algorithm is not None and algorithm not in SUMMARIZERS:
            raise typer.BadParameter(
                f"expected one of {', '.join(SUMMARIZERS)}, found {algorithm!r}", param_hint="--algorithm"
            )
        self._make = functools.partial(
            _analyzer, str(models) if models else None, tuple(parse(thresholds)), algorithm or DEFAULT
        )
        self._options = Options(encoding, text_column, title_column, id_column, Unit(unit.value), input_format)
        self._quiet = quiet
        self._n_failed = 0

    def analyzer(self) -> Analyzer:
        """Return the analyzer with the run's models and thresholds."""
        return self._make()

    def documents(self, paths: list[str]) -> Iterator[Document]:
        """Yield the articles; a failure is reported and counted, and the rest goes on."""
        from toolkit.io import FileSummary, iter_documents

        summary = FileSummary()
        for document in iter_documents(paths, options=self._options, on_error=self._report, summary=summary):
            if not document.paragraphs and not self._quiet:
                _say(f"{document.source}: no prose found in it")
            yield document
        if self._quiet:
            return
        for path, found in summary.encodings.items():
            _say(f"{path}: read as {found.encoding} (confidence {found.confidence:.2f}); --encoding names another")
        if summary.passed_over:
            kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(summary.passed_over.items()))
            _say(f"passed over {sum(summary.passed_over.values())} file(s) of unknown type ({kinds})")

    def analyses(self, paths: list[str], budget: Budget | None, jobs: int) -> Iterator[Analysis]:
        """Yield the analysis of every article; the models are loaded before the first is read."""
        from toolkit.batch import analyze_all

        self._make()
        return analyze_all(self._make, self.documents(paths), budget, jobs)

    def _report(self, error: ToolkitError) -> None:
        self._n_failed += 1
        _say(str(error))

    def write(
        self,
        results: Iterable[Analysis],
        format: Format,
        output: Path | None,
        kind: str,
        *,
        counts: Path | None = None,
        language: str = "vi",
    ) -> None:
        """Write `results` in one of the formats; `kind` says what of them: analysis, labels or digest."""
        from toolkit.cli import files
        from toolkit.cli.output import opened, write_csv, write_json, write_jsonl
        from toolkit.cli.progress import tracked

        labels = self.analyzer().topics.labels if kind != "digest" else ()
        results = tracked(results, quiet=self._quiet)
        if counts is not None:
            results = list(results)
            files.write_counts(results, labels, counts)
        if format in files.FORMATS:
            digest = explain = None
            if format is Format.HTML and kind == "analysis":
                results = list(results)
                documents = [analysis.document for analysis in results]
                digest = self.analyzer().summarize_many(documents, max_syllables=_BRIEF) if len(documents) > 1 else None
                explain = self.analyzer().explain
            files.write(
                results, format, output, kind=kind, labels=labels, explain=explain, digest=digest, language=language
            )
            self.finish()
            return
        with opened(output, byte_order_mark=format is Format.CSV) as stream:
            if format is Format.TEXT:
                from toolkit.report.terminal import make_console, render_analysis

                console = make_console(file=stream)
                for analysis in results:
                    console.print(render_analysis(analysis, labels, paragraphs=kind != "digest", language=language))
            elif format is Format.CSV:
                from toolkit.report.tables import Rows, columns_of, rows_of

                write_csv(stream, columns_of(labels, Rows(kind)), rows_of(results, labels, Rows(kind)))
            else:
                write = write_json if format is Format.JSON else write_jsonl
                write(stream, (analysis.to_dict() for analysis in results))
        self.finish()

    def write_common(
        self, documents: list[Document], budget: Budget, format: Format, output: Path | None, *, by_topic: bool
    ) -> None:
        """Write one digest of all documents, or one for each label."""
        from toolkit.cli.output import opened, write_csv, write_json, write_jsonl
        from toolkit.report import tables
        from toolkit.report.terminal import make_console, render_common

        limits: dict[str, Any] = {f"max_{name}" if name != "ratio" else name: n for name, n in budget.to_dict().items()}
        analyzer = self.analyzer()
        digests: dict[str | None, Digest] = {}
        if by_topic:
            digests.update(analyzer.summarize_by_topic(documents, **limits).items())
        else:
            digests[None] = analyzer.summarize_many(documents, **limits)
        with opened(output, byte_order_mark=format is Format.CSV) as stream:
            if format is Format.TEXT:
                console = make_console(file=stream)
                for label, common in digests.items():
                    console.print(render_common(common, documents, label))
            elif format is Format.CSV:
                write_csv(stream, ["label", *tables.DIGEST_COLUMNS], tables.common_rows(digests, documents))
            else:
                sources = [
                    {"source": d.source, "title": d.title, "date": d.date.isoformat() if d.date else None}
                    for d in documents
                ]
                write = write_json if format is Format.JSON else write_jsonl
                write(stream, ({**c.to_dict(), "label": label, "documents": sources} for label, c in digests.items()))
        self.finish()

    def finish(self) -> None:
        """End the command with the exit code that it earned."""
        if self._n_failed:
            raise typer.Exit(1)


@functools.lru_cache(maxsize=4)
def _analyzer(models: str | None, thresholds: tuple[tuple[str, float], ...], algorithm: str) -> Analyzer:
    from toolkit.pipeline import Analyzer

    analyzer = Analyzer.load(models, summarizer=algorithm)
    if not thresholds:
        return analyzer
    try:
        return analyzer.with_thresholds(dict(thresholds))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--threshold") from error


def parse(thresholds: list[str] | None) -> list[tuple[str, float]]:
    """Return the thresholds as sorted pairs, fit to be a cache key."""
    return sorted(opt.parse_thresholds(thresholds).items())


def _budget(max_sentences: int | None, max_syllables: int | None, ratio: float | None) -> Budget:
    from toolkit.pipeline import make_budget

    try:
        return make_budget(max_sentences, max_syllables, ratio)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--max-sentences/--max-syllables/--ratio") from error


def _only_review(results: Iterable[Analysis]) -> Iterator[Analysis]:
    from dataclasses import replace

    for analysis in results:
        unsure = tuple(p for p in analysis.paragraphs if p.prediction.review)
        if unsure:
            yield replace(analysis, paragraphs=unsure)


def _say(message: Any) -> None:
    print(f"toolkit: {printable(str(message))}", file=sys.stderr, flush=True)
