"""The sentences of several articles in one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.document import Document
from toolkit.summarization.terms import IntArray


@dataclass(frozen=True, slots=True)
class Pool:
    """The sentences of the documents that count, one document after the other.

    Attributes
    ----------
    texts : tuple of str
    document, sentence, paragraph : ndarray of shape (n_sentences,)
        Of each sentence its document, and its own number and that of its paragraph in there.
    """

    texts: tuple[str, ...]
    document: IntArray
    sentence: IntArray
    paragraph: IntArray

    def precedes(self, first: int, second: int) -> bool:
        """Return whether one sentence stands before another in the same document."""
        return first < second and bool(self.document[first] == self.document[second])


def pool_sentences(documents: Sequence[Document], kept: Sequence[int]) -> Pool:
    """Return the sentences of the documents `kept`."""
    rows = [
        (number, sentence.index, paragraph.index, sentence.text)
        for number in kept
        for paragraph in documents[number].paragraphs
        for sentence in paragraph.sentences
    ]
    columns = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    return Pool(tuple(row[3] for row in rows), columns[:, 0], columns[:, 1], columns[:, 2])
