"""The commands that read articles: digest, label, summarize, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.options import Format

if TYPE_CHECKING:
    from toolkit.batch import Recipe
    from toolkit.results import Budget

_COMMON = (Format.TEXT, Format.JSON, Format.JSONL, Format.CSV, Format.MARKDOWN)
_ALONE = ("jobs", "scheduler", "resume", "shard_size")  # a common digest is made of all articles at once
MaxSentences = Annotated[int | None, typer.Option(min=1, help="Digest: at most so many sentences (3 by default).")]
MaxSyllables = Annotated[int | None, typer.Option(min=1, help="Digest: at most so many syllables.")]
Ratio = Annotated[float | None, typer.Option(help="Digest: at most this part of the article, up to 1.")]
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
    context: typer.Context,
    paths: opt.Paths,
    format: opt.FormatOption = None,
    output: opt.Output = None,
    by_topic: Annotated[
        bool,
        typer.Option(
            "--by-topic", help="Instead: one digest of all for each label (text, json, jsonl, csv, markdown)."
        ),
    ] = False,
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
    scheduler: opt.Scheduler = None,
    resume: opt.Resume = False,
    shard_size: opt.ShardSize = 1000,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    unit: opt.Unit = opt.UnitName.ARTICLE,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Digest and labelled paragraphs of every article."""
    from toolkit.cli.run import Run, Target

    budget = opt.budget(max_sentences, max_syllables, ratio)
    reading = opt.reading(encoding, text_column, title_column, id_column, unit, input_format)
    run = Run(_recipe(models, threshold, algorithm, budget), reading, quiet=quiet)
    if by_topic:
        opt.refuse(context, "does not go with --by-topic", "counts", *_ALONE)
        format = opt.only(opt.chosen(format, opt.one_file(output, "common digests")), "common digests", *_COMMON)
        run.write_common(paths, budget, format, output, by_topic=True, language=lang.value)
        return
    target = Target(output, jobs, scheduler, resume, shard_size)
    run.write(paths, opt.chosen(format, output), target, "analysis", counts=counts, language=lang.value)


def label(
    paths: opt.Paths,
    format: opt.FormatOption = None,
    output: opt.Output = None,
    review: Annotated[bool, typer.Option("--review", help="Only paragraphs that a person should check.")] = False,
    models: opt.Models = None,
    threshold: opt.Thresholds = None,
    jobs: opt.Jobs = 1,
    scheduler: opt.Scheduler = None,
    resume: opt.Resume = False,
    shard_size: opt.ShardSize = 1000,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    unit: opt.Unit = opt.UnitName.ARTICLE,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Label every paragraph, with scores."""
    from toolkit.cli.run import Run, Target

    reading = opt.reading(encoding, text_column, title_column, id_column, unit, input_format)
    run = Run(_recipe(models, threshold, None, None, only_review=review), reading, quiet=quiet)
    run.write(paths, opt.chosen(format, output), Target(output, jobs, scheduler, resume, shard_size), "labels")


def summarize(
    context: typer.Context,
    paths: opt.Paths,
    format: opt.FormatOption = None,
    output: opt.Output = None,
    together: Annotated[
        bool, typer.Option("--together", help="One digest of all articles (text, json, jsonl, csv, markdown).")
    ] = False,
    max_sentences: MaxSentences = None,
    max_syllables: MaxSyllables = None,
    ratio: Ratio = None,
    algorithm: Algorithm = None,
    models: opt.Models = None,
    jobs: opt.Jobs = 1,
    scheduler: opt.Scheduler = None,
    resume: opt.Resume = False,
    shard_size: opt.ShardSize = 1000,
    encoding: opt.Encoding = None,
    text_column: opt.TextColumn = None,
    title_column: opt.TitleColumn = None,
    id_column: opt.IdColumn = None,
    input_format: opt.InputFormat = None,
    quiet: opt.Quiet = False,
) -> None:
    """Digest of every article, or of all together, without labels."""
    from toolkit.cli.run import Run, Target

    budget = opt.budget(max_sentences, max_syllables, ratio)
    reading = opt.reading(encoding, text_column, title_column, id_column, opt.UnitName.ARTICLE, input_format)
    run = Run(_recipe(models, None, algorithm, budget, labels=False), reading, quiet=quiet)
    if together:
        opt.refuse(context, "does not go with --together", *_ALONE)
        format = opt.only(opt.chosen(format, opt.one_file(output, "common digests")), "common digests", *_COMMON)
        run.write_common(paths, budget, format, output, by_topic=False)
        return
    run.write(paths, opt.chosen(format, output), Target(output, jobs, scheduler, resume, shard_size), "digest")


def explain(
    paths: opt.Paths,
    format: opt.FormatOption = None,
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
    """Show why each paragraph got its labels, as text, json or jsonl: the terms that pushed them up and down."""
    from toolkit.cli import files
    from toolkit.cli.run import Run, Target

    format = opt.chosen(format, opt.one_file(output, "explanations"))
    opt.only(format, "explanations", Format.TEXT, Format.JSON, Format.JSONL)
    reading = opt.reading(encoding, text_column, title_column, id_column, unit, input_format)
    run = Run(_recipe(models, threshold, None, None), reading, quiet=quiet)
    run.prepare(paths, Target(output))
    analyzer = run.analyzer()
    explained = (
        (f"{document.source} · đoạn {paragraph.index + 1}", {"source": document.source, "index": paragraph.index}, why)
        for document in run.documents(paths)
        for paragraph, why in zip(
            document.paragraphs, analyzer.explain([p.text for p in document.paragraphs]), strict=True
        )
    )
    files.write_explanations(explained, format, output)
    run.finish(paths, Target(output))


def _recipe(
    models: Path | None,
    threshold: list[str] | None,
    algorithm: str | None,
    budget: Budget | None,
    *,
    labels: bool = True,
    only_review: bool = False,
) -> Recipe:
    """Return what is to be done with every article; wrong options are wrong usage."""
    from toolkit.batch import Recipe
    from toolkit.summarization import DEFAULT, SUMMARIZERS

    if algorithm is not None and algorithm not in SUMMARIZERS:
        raise typer.BadParameter(
            f"expected one of {', '.join(SUMMARIZERS)}, found {algorithm!r}", param_hint="--algorithm"
        )
    thresholds = tuple(sorted(opt.parse_thresholds(threshold).items()))
    return Recipe(str(models) if models else None, thresholds, algorithm or DEFAULT, budget, labels, only_review)
