"""Many documents: analysed in groups, on one core or several, in the order they came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from joblib import Parallel, delayed

from toolkit.document import Document
from toolkit.pipeline import Analyzer, grouped
from toolkit.results import Analysis, Budget
from toolkit.summarization import Summarizer, summarize_each

_GROUP = 64  # documents that travel to a worker together


def analyze_all(
    make_analyzer: Callable[[], Analyzer], documents: Iterable[Document], budget: Budget | None, jobs: int = 1
) -> Iterator[Analysis]:
    """Yield the analysis of each document in order; `jobs` processes share the work.

    `make_analyzer` must be picklable where `jobs` is not 1; every worker calls it once for each group.
    """
    if jobs == 1:
        yield from make_analyzer().analyze_many(documents, budget)
        return
    groups = grouped(documents, _GROUP)
    tasks = (delayed(_analyze_group)(make_analyzer, group, budget) for group in groups)
    for analyses in Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(tasks):
        yield from analyses


def _analyze_group(
    make_analyzer: Callable[[], Analyzer], group: list[Document], budget: Budget | None
) -> list[Analysis]:
    return list(make_analyzer().analyze_many(group, budget))


def digest_all(documents: Iterable[Document], budget: Budget, summarizer: str | Summarizer) -> Iterator[Analysis]:
    """Yield each document with its digest and no labels, in order; no topic model is needed."""
    for group in grouped(documents, _GROUP):
        for document, digest in zip(group, summarize_each(group, budget, summarizer), strict=True):
            yield Analysis(document, (), digest)
