"""The commands about models: train, evaluate, models."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import options as opt
from toolkit.errors import CorpusError, ToolkitError

if TYPE_CHECKING:
    from toolkit.corrections import Distinct, Merged
    from toolkit.evaluation.summaries import SummaryEvaluation
    from toolkit.evaluation.topics import Evaluation
    from toolkit.training import Trained

Data = Annotated[
    Path, typer.Argument(metavar="DATA", help="JSONL, CSV/TSV, XLSX or Parquet: columns text and label(s).")
]
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
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of DATA: tcvn3, vni, windows-1258 … Recognised where not given.")
    ] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option(
            help="Corrected export of `label --review`, or further texts in the form of DATA; they win over DATA."
        ),
    ] = None,
    new_labels: Annotated[
        bool, typer.Option("--new-labels", help="Take labels of --add that DATA does not have as new ones.")
    ] = False,
    cv: Annotated[int, typer.Option(min=0, help="Folds for thresholds and calibration; 0 for none.")] = 5,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of folds and solver.")] = 0,
    quiet: opt.Quiet = False,
) -> None:
    """Train a classifier for any labels from labelled texts."""
    from toolkit.classification import TopicModel
    from toolkit.corpus import read_labelled
    from toolkit.corrections import distinct, merge, read_corrections
    from toolkit.rows import TEXT_COLUMN
    from toolkit.training import compare
    from toolkit.training import train as train_on

    if cv == 1:
        raise typer.BadParameter("expected 0 or at least 2 folds, found 1", param_hint="--cv")
    column = text_column or TEXT_COLUMN
    rows = read_labelled(data, text_column=column, label_column=label_column, encoding=encoding)
    lines = []
    for path in add or ():
        corrections = read_corrections(path, rows, new_labels=new_labels, text_column=column, label_column=label_column)
        merged = merge(rows, corrections)
        rows = list(merged.rows)
        lines.append(f"{path}: {_outcome(merged)}")
    different = distinct(rows)
    rows = list(different.rows)
    _check_place(output)
    if not quiet:
        for line in [*lines, *_doubles(different)]:
            typer.echo(line, err=True)
    before = TopicModel.load(output) if (output / "model.json").exists() else None
    try:
        trained = train_on(rows, cv=cv, random_state=seed)
    except CorpusError as error:  # the estimator does not know where its texts come from
        raise CorpusError(f"{data}: {error}") from error
    trained.save(output)
    if not quiet:
        if before is not None:
            for line in compare(before, trained.model, rows):
                typer.echo(line, err=True)
        elif add:
            typer.echo(f"{output}: held no model before, so there is nothing to compare the new one with", err=True)
        per_text = "any number of them" if trained.model.multilabel else "exactly one of them"
        typer.echo(f"{output}: {len(rows)} texts, {len(trained.model.labels)} labels, {per_text} a text", err=True)
        _report(trained, cv)


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
    """Compare a model with labelled data, as text or json: precision, recall, F1 and calibration of each label.

    The worst mistakes are shown with their texts and the reasons; a file has their ids alone.
    """
    from toolkit.cli.output import apart, opened
    from toolkit.corpus import read_labelled
    from toolkit.evaluation.topics import evaluate_model
    from toolkit.pipeline import Analyzer
    from toolkit.report.evaluation import render_evaluation, render_summary_evaluation
    from toolkit.report.plain import plain_json
    from toolkit.report.terminal import make_console
    from toolkit.rows import TEXT_COLUMN

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

        budget = opt.budget(max_sentences, max_syllables)
        documents = list(iter_documents([data], options=Options(encoding=encoding, text_column=text_column)))
        references = [reference_of(document, summary_column) for document in documents]
        evaluation = evaluate_summaries(documents, references, budget)
        rendered = render_summary_evaluation(evaluation)
    else:
        column = text_column or TEXT_COLUMN
        rows = read_labelled(data, text_column=column, label_column=label_column, encoding=encoding)
        # Texts may belong to somebody: they are shown to a person, and no file gets them.
        shown = output is None and format is opt.Format.TEXT
        evaluation = evaluate_model(Analyzer.load(models).topics, rows, explain=shown)
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


def _check_place(output: Path) -> None:
    """Make sure, before the long work, that a model can be written to `output`.

    Raises
    ------
    ToolkitError
        If it cannot.
    """
    from toolkit.persistence import check_place

    try:
        check_place(output)
        output.parent.mkdir(parents=True, exist_ok=True)
        TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent).cleanup()
    except OSError as error:
        raise ToolkitError(f"{output}: cannot be written ({error.strerror}); name another place with -o") from error


def _outcome(merged: Merged) -> str:
    """Return what corrections did."""
    counts = {"corrected": merged.n_corrected, "new": merged.n_new, "unchanged": merged.n_unchanged}
    listed = ", ".join(f"{count} {name}" for name, count in counts.items())
    return listed if any(counts.values()) else "no texts, nothing to correct"


def _doubles(different: Distinct) -> Iterator[str]:
    """Yield what is to be said of texts that stand in the data more than once."""
    if different.n_repeated:
        yield f"{different.n_repeated} row(s) repeat text and labels of another and are left out"
    if pairs := different.contradictions:
        listed = [[f"{row.id} ({', '.join(row.labels) or '–'})" for row in pair] for pair in pairs[:3]]
        shown = "; ".join(map(" and ".join, listed))
        more = "; …" if len(pairs) > 3 else ""
        yield f"{len(pairs)} row(s) give a text other labels than an earlier one, and both count: {shown}{more}"
        if all(row.single for row in different.rows):
            yield "where a text can have several labels, write them into one row, ; between them, of a column labels"


def _report(trained: Trained, cv: int) -> None:
    """Say on stderr how cross-validation judged the new model."""
    from toolkit.report.evaluation import render_evaluation
    from toolkit.report.terminal import make_console

    if trained.held_out is None:
        why = "too few texts for cross-validation" if cv else "no cross-validation was wanted"
        typer.echo(f"not judged: {why}; compare it with texts of your own by `toolkit evaluate`", err=True)
    else:
        make_console(file=sys.stderr).print(render_evaluation(trained.held_out))
