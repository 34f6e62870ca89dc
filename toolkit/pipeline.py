"""The whole way from an article to its labels and digest, with the models loaded once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import islice
from pathlib import Path

from toolkit.classification.model import TopicModel
from toolkit.document import Document
from toolkit.errors import ModelError
from toolkit.results import Analysis, Budget, Digest, Explanation, LabelledParagraph, Prediction
from toolkit.segmentation import parse
from toolkit.summarization import DEFAULT, Summarizer, summarize

TOPICS, SUMMARIZER = "topics", "summarizer"
_DEFAULT_SENTENCES = 3


def shipped_models() -> Path:
    """Return the folder of the models that came with the toolkit: inside the package, or beside it in a clone."""
    inside = Path(str(files("toolkit") / "models"))
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / "models"


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

    @classmethod
    def load(cls, models: str | os.PathLike[str] | None = None, *, summarizer: str | Summarizer = DEFAULT) -> Analyzer:
        """Return an analyzer with the models in a folder; None takes the shipped ones.

        `models` holds ``topics/``, or is itself a topic model as `toolkit train` writes it.

        Raises
        ------
        ModelError
            If there is no model, or a damaged one.
        """
        folder = shipped_models() if models is None else Path(models)
        if not folder.is_dir():
            raise ModelError(
                f"{folder}: no such folder; name one that holds a model, or train one with `toolkit train`"
            )
        topics = folder / TOPICS
        return cls(TopicModel.load(topics if topics.is_dir() else folder), summarizer)

    def with_thresholds(self, thresholds: Mapping[str, float]) -> Analyzer:
        """Return the same analyzer with other probabilities from which labels are given.

        Raises
        ------
        ValueError
            If a label is unknown or a threshold lies outside [0, 1].
        """
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
        _no_single_string(paragraphs)
        return self.topics.predict(list(paragraphs))

    def explain(self, paragraphs: Sequence[str]) -> list[Explanation]:
        """Return, one a paragraph, the terms that pushed each label up and down, with their places."""
        _no_single_string(paragraphs)
        return self.topics.explain(list(paragraphs))

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
        return next(iter(self.analyze_many([_document(document)], budget)))

    def analyze_many(
        self, documents: Iterable[Document], budget: Budget | None = None, *, batch: int = 256
    ) -> Iterable[Analysis]:
        """Yield the analysis of each document in order, `batch` at a time; without `budget`, no digests."""
        stream = iter(documents)
        while group := list(islice(stream, batch)):
            texts = [paragraph.text for document in group for paragraph in document.paragraphs]
            predictions = iter(self.topics.predict(texts))
            for document in group:
                labelled = tuple(
                    LabelledParagraph(paragraph, prediction)
                    for paragraph, prediction in zip(document.paragraphs, predictions, strict=False)
                )
                digest = summarize(document, budget, self.summarizer) if budget is not None else None
                yield Analysis(document, labelled, digest)


def make_budget(max_sentences: int | None, max_syllables: int | None, ratio: float | None) -> Budget:
    """Return the budget that is given, three sentences where none is."""
    if max_sentences is None and max_syllables is None and ratio is None:
        max_sentences = _DEFAULT_SENTENCES
    return Budget(max_sentences, max_syllables, ratio)


def _document(document: Document | str) -> Document:
    return parse(document) if isinstance(document, str) else document


def _no_single_string(paragraphs: Sequence[str]) -> None:
    if isinstance(paragraphs, str):
        raise TypeError("expected a sequence of paragraphs, got one string; put it into a list")
