"""Many documents: analysed in groups, on one core or several, in the order they came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from joblib import Parallel, delayed

from toolkit.document import Document
from toolkit.pipeline import Analyzer
from toolkit.results import Analysis, Budget

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
    groups = _grouped(documents, _GROUP)
    tasks = (delayed(_analyze_group)(make_analyzer, group, budget) for group in groups)
    for analyses in Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(tasks):
        yield from analyses


def _analyze_group(
    make_analyzer: Callable[[], Analyzer], group: list[Document], budget: Budget | None
) -> list[Analysis]:
    return list(make_analyzer().analyze_many(group, budget))


def _grouped(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    stream = iter(documents)
    while group := list(islice(stream, size)):
        yield group
