"""The whole way from an article to its labels and digest, with the models loaded once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from toolkit.classification.model import TopicModel
from toolkit.document import Document
from toolkit.errors import ModelError
from toolkit.persistence import shipped_models
from toolkit.results import Analysis, Budget, Digest, Explanation, LabelledParagraph, Prediction
from toolkit.segmentation import parse
from toolkit.summarization import DEFAULT, Summarizer, check, summarize, summarize_by_topic, summarize_each
from toolkit.summarization import summarize_many as summarize_together

T = TypeVar("T")

TOPICS = "topics"
_DEFAULT_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Labels paragraphs and digests articles; safe to share between threads.

    Attributes
    ----------
    topics : TopicModel
    summarizer : str or Summarizer
        A name of `toolkit.summarization.SUMMARIZERS`, or any object with a ``rank`` method.
    """

    topics: TopicModel
    summarizer: str | Summarizer = DEFAULT

    def __post_init__(self) -> None:
        check(self.summarizer)

    @classmethod
    def load(cls, models: str | os.PathLike[str] | None = None, *, summarizer: str | Summarizer = DEFAULT) -> Analyzer:
        """Return an analyzer with the models in a folder; None takes the shipped ones.

        `models` holds ``topics/``, or is itself a topic model as `toolkit train` writes it.

        Raises
        ------
        ModelError
            If there is no model, or a damaged one.
        ValueError
            If no summarizer has that name.
        """
        return cls(TopicModel.load(topics_folder(models)), summarizer)

    def with_thresholds(self, thresholds: Mapping[str, float]) -> Analyzer:
        """Return the same analyzer with other probabilities from which labels are given.

        Raises
        ------
        ValueError
            If a label is unknown, a threshold lies outside [0, 1], or the model gives every text its one likeliest
            label, whatever the threshold.
        """
        if thresholds and not self.topics.multilabel:
            raise ValueError("the model gives every text its likeliest label and has no thresholds; give none")
        labels, calibration = self.topics.labels, self.topics.calibration
        values = calibration.threshold.copy()
        for label, threshold in thresholds.items():
            if label not in labels:
                raise ValueError(f"the model has no label {label!r}; it knows {', '.join(labels)}")
            if not 0 <= threshold <= 1:
                raise ValueError(f"a threshold lies between 0 and 1, got {threshold} for {label}")
            values[labels.index(label)] = threshold
        return replace(self, topics=replace(self.topics, calibration=replace(calibration, threshold=values)))

    # --- labels -----------------------------------------------------------------------------------

    def label(self, paragraphs: Sequence[str]) -> list[Prediction]:
        """Return labels and scores, one `Prediction` a paragraph."""
        return self.topics.predict(list(_no_single_string(paragraphs, "paragraphs")))

    def explain(self, paragraphs: Sequence[str]) -> list[Explanation]:
        """Return, one a paragraph, the terms that pushed each label up and down, with their places."""
        return self.topics.explain(list(_no_single_string(paragraphs, "paragraphs")))

    # --- digests ----------------------------------------------------------------------------------

    def summarize(
        self,
        document: Document | str,
        *,
        max_sentences: int | None = None,
        max_syllables: int | None = None,
        ratio: float | None = None,
    ) -> Digest:
        """Return the digest of one article: three sentences where no budget is given.

        Raises
        ------
        ValueError
            If more than one budget is given, or one that allows nothing.
        """
        return summarize(_document(document), make_budget(max_sentences, max_syllables, ratio), self.summarizer)

    def summarize_each(
        self,
        documents: Iterable[Document | str],
        *,
        max_sentences: int | None = None,
        max_syllables: int | None = None,
        ratio: float | None = None,
    ) -> list[Digest]:
        """Return what `summarize` gives for every article; all at once is many times as fast as one by one."""
        budget = make_budget(max_sentences, max_syllables, ratio)
        return summarize_each(_documents(documents), budget, self.summarizer)

    def summarize_many(
        self,
        documents: Iterable[Document | str],
        *,
        max_sentences: int | None = None,
        max_syllables: int | None = None,
        ratio: float | None = None,
    ) -> Digest:
        """Return one digest of many articles: what several say once, copies left out and named in its notes."""
        budget = make_budget(max_sentences, max_syllables, ratio)
        return summarize_together(_documents(documents), budget, self.summarizer)

    def summarize_by_topic(
        self,
        documents: Iterable[Document | str],
        *,
        max_sentences: int | None = None,
        max_syllables: int | None = None,
        ratio: float | None = None,
    ) -> dict[str, Digest]:
        """Return, for each label, the digest of the paragraphs that carry it, of one article or of all."""
        given = _documents(documents)
        analyses = list(self.analyze_many(given))
        scores = {
            label: [np.array([p.prediction.scores[label] for p in analysis.paragraphs]) for analysis in analyses]
            for label in self.topics.labels
        }
        flat = iter(self.topics.predict([sentence.text for document in given for sentence in document.sentences]))
        predicted = [list(islice(flat, len(document.sentences))) for document in given]
        sentence_scores = {
            label: [np.array([p.scores[label] for p in predictions]) for predictions in predicted]
            for label in self.topics.labels
        }
        thresholds = dict(zip(self.topics.labels, self.topics.calibration.threshold.tolist(), strict=True))
        budget = make_budget(max_sentences, max_syllables, ratio)
        return summarize_by_topic(
            given, scores, budget, self.summarizer, thresholds=thresholds, sentence_scores=sentence_scores
        )

    # --- both -------------------------------------------------------------------------------------

    def analyze(
        self,
        document: Document | str,
        *,
        max_sentences: int | None = None,
        max_syllables: int | None = None,
        ratio: float | None = None,
    ) -> Analysis:
        """Return the labelled paragraphs and the digest of one article."""
        budget = make_budget(max_sentences, max_syllables, ratio)
        return next(self.analyze_many([document], budget))

    def analyze_many(
        self, documents: Iterable[Document | str], budget: Budget | None = None, *, batch: int = 256
    ) -> Iterator[Analysis]:
        """Yield the analysis of each document in order, `batch` at a time; without `budget`, no digests.

        Raises
        ------
        ValueError
            If `batch` is less than 1.
        """
        if batch < 1:
            raise ValueError(f"batch must be at least 1, got {batch}")
        return self._analyses(map(_document, _no_single_string(documents, "articles")), budget, batch)

    def _analyses(self, documents: Iterable[Document], budget: Budget | None, batch: int) -> Iterator[Analysis]:
        for group in grouped(documents, batch):
            texts = [paragraph.text for document in group for paragraph in document.paragraphs]
            predictions = iter(self.topics.predict(texts))
            digests = iter(summarize_each(group, budget, self.summarizer)) if budget is not None else None
            for document in group:
                labelled = tuple(
                    LabelledParagraph(paragraph, prediction)
                    for paragraph, prediction in zip(document.paragraphs, predictions, strict=False)
                )
                yield Analysis(document, labelled, next(digests) if digests is not None else None)


def topics_folder(models: str | os.PathLike[str] | None) -> Path:
    """Return the folder of the topic model that `Analyzer.load` loads for `models`.

    Raises
    ------
    ModelError
        If there is no such folder.
    """
    folder = shipped_models() if models is None else Path(models)
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder; name one that holds a model, or train one with `toolkit train`")
    topics = folder / TOPICS
    return topics if topics.is_dir() else folder


def grouped(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    """Yield the documents in lists of `size`, the last one perhaps shorter."""
    stream = iter(documents)
    while group := list(islice(stream, size)):
        yield group


def make_budget(max_sentences: int | None, max_syllables: int | None, ratio: float | None) -> Budget:
    """Return the budget that is given, three sentences where none is."""
    if max_sentences is None and max_syllables is None and ratio is None:
        max_sentences = _DEFAULT_SENTENCES
    return Budget(max_sentences, max_syllables, ratio)


def _document(document: Document | str) -> Document:
    return parse(document) if isinstance(document, str) else document


def _documents(documents: Iterable[Document | str]) -> list[Document]:
    return [_document(document) for document in _no_single_string(documents, "articles")]


def _no_single_string(items: Iterable[T], what: str) -> Iterable[T]:
    if isinstance(items, str):
        raise TypeError(f"expected a sequence of {what}, got one string; put it into a list")
    return items
