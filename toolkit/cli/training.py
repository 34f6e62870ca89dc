"""The commands about models: train, evaluate, models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import options as opt

if TYPE_CHECKING:
    from toolkit.corpus import LabelledText
    from toolkit.evaluation.summaries import SummaryEvaluation
    from toolkit.evaluation.topics import Evaluation
    from toolkit.training import Trained

Data = Annotated[Path, typer.Argument(metavar="DATA", help="JSONL or CSV/TSV with columns text and label or labels.")]
LabelColumn = Annotated[str | None, typer.Option(help="Column with the label(s); 'labels' or 'label' by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog="Example: toolkit train mine.csv -o my-model, then toolkit label a.txt --models my-model")(train)
    app.command(epilog="Example: toolkit evaluate held-out.jsonl --models my-model")(evaluate)
    app.command(name="models")(list_models)


def train(
    data: Data,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the model to.")],
    text_column: opt.TextColumn = None,
    label_column: LabelColumn = None,
    encoding: opt.Encoding = None,
    add: Annotated[
        list[Path] | None, typer.Option(help="Corrected or further texts, in the same form; they win over DATA.")
    ] = None,
    cv: Annotated[int, typer.Option(min=0, help="Folds for thresholds and calibration.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of folds and solver.")] = 0,
    quiet: opt.Quiet = False,
) -> None:
    """Train a classifier for any labels from labelled texts."""
    from toolkit.classification import TopicModel
    from toolkit.corpus import TEXT_COLUMN, merge, read_labelled
    from toolkit.training import compare
    from toolkit.training import train as train_on

    rows: list[LabelledText] = []
    for path in [data, *(add or ())]:
        column = text_column or TEXT_COLUMN
        rows = merge(rows, read_labelled(path, text_column=column, label_column=label_column, encoding=encoding))
    before = TopicModel.load(output) if (output / "model.json").exists() else None
    trained = train_on(rows, cv=cv, random_state=seed)
    trained.save(output)
    if not quiet:
        if before is not None:
            for line in compare(before, trained.model, rows):
                typer.echo(line, err=True)
        typer.echo(f"{output}: {len(rows)} texts, {len(trained.model.labels)} labels", err=True)
        _report(trained)


def evaluate(
    context: typer.Context,
    data: Data,
    models: opt.Models = None,
    format: opt.FormatOption = None,
    output: opt.Output = None,
    text_column: opt.TextColumn = None,
    label_column: LabelColumn = None,
    encoding: opt.Encoding = None,
    summaries: Annotated[bool, typer.Option("--summaries", help="Compare digests with written summaries.")] = False,
    summary_column: Annotated[str | None, typer.Option(help="Column with the summary, or a list of them.")] = None,
    max_sentences: Annotated[int | None, typer.Option(min=1, help="With --summaries: length of the digests.")] = None,
    max_syllables: Annotated[int | None, typer.Option(min=1, help="With --summaries: length of the digests.")] = None,
) -> None:
    """Compare a model with labelled data, as text or json: precision, recall, F1 and calibration of each label."""
    from toolkit.cli.output import apart, opened
    from toolkit.corpus import TEXT_COLUMN, read_labelled
    from toolkit.evaluation.topics import evaluate_model
    from toolkit.pipeline import Analyzer
    from toolkit.report.evaluation import render_evaluation, render_summary_evaluation
    from toolkit.report.plain import plain_json
    from toolkit.report.terminal import make_console

    format = opt.chosen(format, opt.one_file(output, "evaluations"))
    opt.only(format, "evaluations", opt.Format.TEXT, opt.Format.JSON)
    if summaries:
        opt.refuse(context, "does not go with --summaries", "models", "label_column")
    else:
        opt.refuse(context, "goes with --summaries", "summary_column", "max_sentences", "max_syllables")
    apart([str(data)], output)
    evaluation: Evaluation | SummaryEvaluation
    if summaries:
        from toolkit.evaluation.summaries import evaluate_summaries, reference_of
        from toolkit.io import Options, iter_documents
        from toolkit.pipeline import make_budget

        documents = list(iter_documents([data], options=Options(encoding=encoding, text_column=text_column)))
        references = [reference_of(document, summary_column) for document in documents]
        evaluation = evaluate_summaries(documents, references, make_budget(max_sentences, max_syllables, None))
        rendered = render_summary_evaluation(evaluation)
    else:
        column = text_column or TEXT_COLUMN
        rows = read_labelled(data, text_column=column, label_column=label_column, encoding=encoding)
        evaluation = evaluate_model(Analyzer.load(models).topics, rows)
        rendered = render_evaluation(evaluation)
    with opened(output) as stream:
        if format is opt.Format.JSON:
            stream.write(plain_json(evaluation.to_dict(), indent=1) + "\n")
        else:
            make_console(file=stream).print(rendered)


def list_models(
    models: opt.Models = None,
    format: Annotated[opt.Format, typer.Option("--format", "-f", help="text or json.")] = opt.Format.TEXT,
) -> None:
    """Show what is installed, what it was trained on, and how good it is."""
    from toolkit.persistence import read_header, shipped_models
    from toolkit.report.plain import plain_json

    opt.only(format, "models", opt.Format.TEXT, opt.Format.JSON)
    folder = models or shipped_models()
    places = sorted(path.parent for path in folder.glob("*/model.json")) or [folder]
    headers = {str(place): read_header(place) for place in places}
    if format is opt.Format.JSON:
        typer.echo(plain_json(list(headers.values()), indent=1))
        return
    from toolkit.report.evaluation import render_model
    from toolkit.report.terminal import make_console

    for place, header in headers.items():
        make_console().print(render_model(place, header))


def _report(trained: Trained) -> None:
    """Say on stderr how cross-validation judged the new model."""
    from rich.console import Console

    from toolkit.report.evaluation import render_evaluation

    if trained.held_out is None:
        typer.echo("too few texts to judge it by cross-validation; compare it with `toolkit evaluate`", err=True)
    else:
        Console(stderr=True, highlight=False).print(render_evaluation(trained.held_out))
