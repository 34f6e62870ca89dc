"""How near a summariser's digests come to written summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.document import Document
from toolkit.errors import CorpusError
from toolkit.metrics import KINDS, Comparison, Interval, Mode, bootstrap_interval, compare, rouge_references
from toolkit.results import Budget
from toolkit.summarization import DEFAULT, Summarizer, summarize_each
from toolkit.text import normalize

REFERENCE_COLUMNS = ("summary", "abstract", "lead", "summaries", "tom_tat", "tóm tắt")
_MODES: tuple[Mode, ...] = ("unicode", "ascii")


@dataclass(frozen=True, slots=True)
class SummaryEvaluation:
    """ROUGE F1 of a summariser and of the lead under the same budget, each a mean with its 95 % interval (0–1).

    Attributes
    ----------
    ours, lead : mapping of "rouge1_unicode" … "rougeL_ascii" to Interval
    against_lead : Comparison
        Paired difference in ROUGE-L over Unicode syllables.
    """

    n_articles: int
    ours: Mapping[str, Interval]
    lead: Mapping[str, Interval]
    against_lead: Comparison

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as plain JSON values."""
        return {"schema": "vietnamese-text-toolkit/summary-evaluation/1", **asdict(self)}


def evaluate_summaries(
    documents: Sequence[Document],
    references: Sequence[Sequence[str]],
    budget: Budget,
    summarizer: Summarizer | str = DEFAULT,
) -> SummaryEvaluation:
    """Return ROUGE of the digests of `documents` against `references`, one or several summaries each.

    Raises
    ------
    CorpusError
        If there is nothing to compare.
    """
    if not documents or len(documents) != len(references) or not all(references):
        raise CorpusError(
            f"expected articles with a summary each, found {len(documents)} articles and "
            f"{sum(map(bool, references))} with a summary"
        )
    ours, lead = (_scores(documents, references, budget, how) for how in (summarizer, "lead"))
    return SummaryEvaluation(
        n_articles=len(documents),
        ours={name: bootstrap_interval(values) for name, values in ours.items()},
        lead={name: bootstrap_interval(values) for name, values in lead.items()},
        against_lead=compare(ours["rougeL_unicode"], lead["rougeL_unicode"], n_resamples=2000),
    )


def reference_of(document: Document, column: str | None) -> tuple[str, ...]:
    """Return the written summaries that came with a document's record.

    Raises
    ------
    CorpusError
        If the record has none.
    """
    names = [column] if column is not None else [name for name in REFERENCE_COLUMNS if document.metadata.get(name)]
    value = document.metadata.get(names[0]) if names else None
    if isinstance(value, str) and value.strip():
        return (value,)
    if isinstance(value, Sequence) and value and all(isinstance(text, str) for text in value):
        return tuple(value)
    wanted = column or " or ".join(REFERENCE_COLUMNS[:3])
    raise CorpusError(f"{document.source}: expected a summary in {wanted!r}, found none; name it with --summary-column")


def _scores(
    documents: Sequence[Document], references: Sequence[Sequence[str]], budget: Budget, how: Summarizer | str
) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = {f"{kind}_{mode}": [] for mode in _MODES for kind in KINDS}
    for digest, written in zip(summarize_each(documents, budget, how), references, strict=True):
        # Digests are of normalised text; a reference that places tones otherwise says the same.
        known = tuple(map(normalize, written))
        for mode in _MODES:
            found = rouge_references(digest.text, known, KINDS, mode)
            for kind in KINDS:
                scores[f"{kind}_{mode}"].append(found[kind].f1)
    return scores
