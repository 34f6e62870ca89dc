"""Evaluations and model cards for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from toolkit.evaluation.summaries import SummaryEvaluation
from toolkit.evaluation.topics import Evaluation, Interval, Mistake
from toolkit.report.characters import printable
from toolkit.report.explanations import strongest_terms


def render_evaluation(evaluation: Evaluation) -> RenderableType:
    """Return scores per label, the totals, confusions, and the worst mistakes with their reasons."""
    table = _table("label", "n", "precision", "recall", "F1", "95 %", "AP", "ECE")
    for scores in evaluation.labels:
        table.add_row(
            printable(scores.label),
            str(scores.support),
            _figure(scores.precision),
            _figure(scores.recall),
            _figure(scores.f1),
            _range(scores.f1_interval),
            _figure(scores.average_precision),
            _figure(scores.calibration_error),
        )
    n_labels = len(evaluation.labels)
    n_defined = sum(scores.f1 is not None for scores in evaluation.labels)
    review = evaluation.review
    left = "nothing is left to judge the model by"
    if review.exact_match_rest is not None:
        left = (
            f"on the rest macro-F1 {_figure(review.macro_f1_rest)}{_of_labels(review.n_labels_rest, n_labels)}, "
            f"all labels right on {review.exact_match_rest:.1%}"
        )
    parts: list[RenderableType] = [
        table,
        Text(
            f"\nmacro-F1 {_figure(evaluation.macro_f1)} ({_range(evaluation.macro_f1_interval)})"
            f"{_of_labels(n_defined, n_labels)}, all labels right on "
            f"{evaluation.exact_match:.1%} of {evaluation.n_texts} texts"
        ),
        Text(f"for review: {review.ratio:.1%} of the texts; {left}"),
    ]
    if evaluation.confusions:
        listed = [f"{one} → {other} {count}" for one, other, count in evaluation.confusions[:8]]
        parts.append(Text(printable("confusions (in the data → given): " + ", ".join(listed))))
    if evaluation.mistakes:
        parts.append(Text("\nworst mistakes", style="bold underline"))
        parts += [_mistake(mistake) for mistake in evaluation.mistakes]
    return Group(*parts)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _range(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.low:.3f}–{interval.high:.3f}"


def _of_labels(n_defined: int, n_labels: int) -> str:
    """Return how many labels a mean is of, where some are neither carried by a text nor given to one."""
    return (
        "" if n_defined == n_labels else f" over {n_defined} of {n_labels} labels (no text has or is given the others)"
    )


def render_summary_evaluation(evaluation: SummaryEvaluation) -> RenderableType:
    """Return ROUGE of the digests and of the lead, in percent."""
    table = _table("F1, %", "digests", "95 %", "lead", "95 %")
    for name, ours in evaluation.ours.items():
        cells = []
        for interval in (ours, evaluation.lead[name]):
            cells += [f"{100 * interval.mean:.1f}", f"{100 * interval.low:.1f}–{100 * interval.high:.1f}"]
        table.add_row(name.replace("_", " "), *cells)
    against = evaluation.against_lead
    difference = f"ROUGE-L against the lead: {100 * against.difference:+.1f} (p = {against.p_value:.4f})"
    return Group(table, Text(f"\n{evaluation.n_articles} articles; {difference}"))


def _mistake(mistake: Mistake) -> RenderableType:
    what = "missed" if mistake.missed else "wrongly given"
    head = Text(printable(f"{mistake.id}: {mistake.label} {what} (score {mistake.score:.2f})"), style="bold")
    if mistake.explanation is None:
        return head
    terms = strongest_terms(mistake.explanation, mistake.label)
    reasons = ", ".join(map(str, terms.down if mistake.missed else terms.up))
    shown = Group(Text(printable(mistake.explanation.text)), Text(printable(reasons), style="dim"))
    return Group(head, Padding(shown, (0, 0, 1, 2)))


def render_model(place: str, header: Mapping[str, Any]) -> RenderableType:
    """Return the card of a model: what it is, trained on what, how good; whatever JSON its maker wrote there."""
    lines = [Text(printable(f"{place} ({header['kind']})"), style="bold")]
    for name in ("trained_on", "scores"):
        entry = header.get(name, {})
        entries = entry if isinstance(entry, Mapping) else {name: entry}
        lines += [Text(printable(f"{key}: {_listed(value)}")) for key, value in entries.items()]
    return Group(*lines, Text())


def _listed(value: Any) -> str:
    """Return a value of a model's header as a person lists it: ``f1 (trade 0.84, fdi 0.77), n_texts 600``."""
    if isinstance(value, list):
        return ", ".join(map(_listed, value))
    if not isinstance(value, Mapping):
        return str(value)
    parts = (f"{key} ({_listed(v)})" if isinstance(v, Mapping) else f"{key} {_listed(v)}" for key, v in value.items())
    return ", ".join(parts)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        # A long name of a label goes on in the next line; figures are never cut.
        table.add_column(column, justify="right" if number else "left", no_wrap=number > 0, overflow="fold")
    return table
