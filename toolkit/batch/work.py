"""What is done with a group of entries, wherever it is done: articles made, analysed and rendered."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from toolkit.document import Document
from toolkit.errors import InputError, ModelError, ToolkitError
from toolkit.io import Entry, FileSummary, Options
from toolkit.io.base import Failure
from toolkit.persistence import read_header, shipped_models
from toolkit.pipeline import Analyzer, topics_folder
from toolkit.results import Analysis, Budget
from toolkit.summarization import DEFAULT, summarize_each

SUMMARIZER = "summarizer"  # the folder of its model among the shipped ones

GROUP_BYTES = 16 * 2**20  # of input in a group at most, so that a group of long reports is no larger than one of notes

Render = Callable[[Sequence[Analysis]], bytes]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How documents become analyses: plain values, so that it can be sent to any process.

    Attributes
    ----------
    models : str or None
        Folder of the models, which every process loads once; None takes the shipped ones.
    thresholds : tuple of (label, probability)
    summarizer : str
    budget : Budget or None
        Without one there are no digests.
    labels : bool
        Without them no topic model is needed.
    only_review : bool
        Keep only paragraphs, and articles with paragraphs, that a person should check.
    checksum : str or None
        Of the topic model; a process that finds another one there refuses to work.
    """

    models: str | None = None
    thresholds: tuple[tuple[str, float], ...] = ()
    summarizer: str = DEFAULT
    budget: Budget | None = None
    labels: bool = True
    only_review: bool = False
    checksum: str | None = None

    def pinned(self) -> Recipe:
        """Return the same recipe with the checksum of the model that is there now.

        Raises
        ------
        ModelError
            If there is none.
        """
        return replace(self, checksum=_checksum(self.models)) if self.labels else self

    def analyzer(self) -> Analyzer:
        """Return the analyzer, loaded once in a process.

        Raises
        ------
        ModelError
            If the model is missing, damaged, or another one than that of the checksum.
        ValueError
            If a threshold does not fit the model.
        """
        with _LOADING:
            return _analyzer(self.models, self.thresholds, self.summarizer, self.checksum)

    def __call__(self, documents: Sequence[Document]) -> list[Analysis]:
        """Return the analysis of each document; with `only_review`, of those that have something to check."""
        if not self.labels:
            assert self.budget is not None
            digests = summarize_each(documents, self.budget, self.summarizer)
            return [Analysis(document, (), digest) for document, digest in zip(documents, digests, strict=True)]
        analyses = list(self.analyzer().analyze_many(documents, self.budget))
        return list(_unsure(analyses)) if self.only_review else analyses


_LOADING = threading.Lock()  # threads of one process wait for the first that loads


@functools.lru_cache(maxsize=4)
def _analyzer(
    models: str | None, thresholds: tuple[tuple[str, float], ...], summarizer: str, checksum: str | None
) -> Analyzer:
    if checksum is not None and (found := _checksum(models)) != checksum:
        raise ModelError(
            f"{models or shipped_models()}: expected the model {checksum[:12]} that the run began with, "
            f"found {found[:12]}; put the same models on every machine"
        )
    return Analyzer.load(models, summarizer=summarizer).with_thresholds(dict(thresholds))


def summarizer_checksum(summarizer: str) -> str | None:
    """Return the checksum of the model behind a summarizer, None where it needs none."""
    return str(read_header(shipped_models() / SUMMARIZER)["sha256"]) if summarizer == DEFAULT else None


def _checksum(models: str | None) -> str:
    return str(read_header(topics_folder(models))["sha256"])


def _unsure(analyses: Iterable[Analysis]) -> Iterator[Analysis]:
    for analysis in analyses:
        unsure = tuple(paragraph for paragraph in analysis.paragraphs if paragraph.prediction.review)
        if unsure:
            yield replace(analysis, paragraphs=unsure, only_review=True)


@dataclass(frozen=True, slots=True)
class Failed:
    """A record or file that gave no result, and why."""

    place: str
    reason: str
    kind: str

    @classmethod
    def of(cls, place: str, error: BaseException) -> Failed:
        """Return the failure that `error` is; one that nobody foresaw says its type and where it came from."""
        kind = type(error).__name__
        if isinstance(error, ToolkitError):
            return cls(place, str(error), kind)
        trace, where = error.__traceback__, ""
        while trace is not None:
            where = f" in {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
            trace = trace.tb_next
        found = " ".join(f"{kind}: {error}".split())[:200]
        return cls(place, f"{place}: expected an article, found one that breaks the toolkit ({found}{where})", kind)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a group of entries.

    Attributes
    ----------
    analyses : tuple of Analysis
        Empty where the work renders them.
    content : bytes
        The analyses, rendered.
    n_documents : int
        Articles that were analysed.
    failures : tuple of Failed
    empty : tuple of str
        Sources of the articles without any prose.
    summary : FileSummary
    """

    analyses: tuple[Analysis, ...] = ()
    content: bytes = field(default=b"", repr=False)
    n_documents: int = 0
    failures: tuple[Failed, ...] = ()
    empty: tuple[str, ...] = ()
    summary: FileSummary = field(default_factory=FileSummary)


@dataclass(frozen=True, slots=True)
class Work:
    """Makes articles of entries, analyses them and, where it is told how, renders them."""

    recipe: Recipe
    options: Options = field(default_factory=Options)
    render: Render | None = None

    def __call__(self, entries: Iterable[Entry]) -> Done:
        """Return what became of `entries`; what goes wrong with one of them stops none of the others."""
        summary = FileSummary()
        documents: list[tuple[str, Document]] = []
        failures: list[Failed] = []
        for entry in entries:
            try:
                for item in entry.items(self.options, summary):
                    if isinstance(item, ToolkitError):
                        failures.append(Failed.of(entry.place, item))
                    else:
                        documents.append((entry.place, item))
            except Exception as error:
                failures.append(Failed.of(entry.place, error))
        analyses = tuple(self._analyses(documents, failures))
        return Done(
            analyses=analyses if self.render is None else (),
            content=b"" if self.render is None else self.render(analyses),
            n_documents=len(documents),
            failures=tuple(failures),
            empty=tuple(str(document.source) for _, document in documents if not document.paragraphs),
            summary=summary,
        )

    def _analyses(self, documents: Sequence[tuple[str, Document]], failures: list[Failed]) -> list[Analysis]:
        """Return the analyses of all documents at once; where that breaks, of each by itself."""
        try:
            return self.recipe([document for _, document in documents])
        except ToolkitError:
            raise  # a missing or foreign model: no document's fault
        except Exception:
            analyses = []
            for place, document in documents:
                try:
                    analyses += self.recipe([document])
                except Exception as error:
                    failures.append(Failed.of(place, error))
            return analyses


def without_killers(entries: tuple[Entry, ...], survives: Callable[[tuple[Entry, ...]], bool]) -> tuple[Entry, ...]:
    """Return `entries` with those replaced by failures that end the process that works on them, found by halving."""
    if survives(entries):
        return entries
    if len(entries) == 1:
        place = entries[0].place
        error = InputError(f"{place}: expected an article, found one that ends the process at work on it; is it huge?")
        return (Failure(place, error),)
    half = len(entries) // 2
    return without_killers(entries[:half], survives) + without_killers(entries[half:], survives)


def grouped_entries(entries: Iterable[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    """Yield the entries in tuples of at most `size`, and of about `GROUP_BYTES`."""
    group: list[Entry] = []
    n_bytes = 0
    for entry in entries:
        if group and (len(group) == size or n_bytes + entry.size > GROUP_BYTES):
            yield tuple(group)
            group, n_bytes = [], 0
        group.append(entry)
        n_bytes += entry.size
    if group:
        yield tuple(group)
