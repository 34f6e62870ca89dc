"""The terms of sentences, counted and weighted: what every summariser here compares sentences by."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from toolkit.document import Document
from toolkit.text import syllables

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of ``data/<name>.txt``, one a line, ``#`` starting a comment."""
    text = files("toolkit.summarization").joinpath("data", f"{name}.txt").read_text("utf-8")
    lines = (unicodedata.normalize("NFC", line.partition("#")[0]).strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


@cache
def stop_words() -> frozenset[str]:
    """Return the syllables that carry grammar rather than content."""
    return frozenset(word_list("stopwords"))


@dataclass(frozen=True, slots=True)
class Terms:
    """Which term stands how often in which sentence: a sparse matrix in coordinates.

    Attributes
    ----------
    shape : tuple of int
        (n_sentences, n_terms).
    rows, columns : ndarray of shape (n_entries,)
        Sentence and term of each entry, sorted, no pair twice.
    counts : ndarray of shape (n_entries,)
        How often the term stands in the sentence.
    """

    shape: tuple[int, int]
    rows: IntArray
    columns: IntArray
    counts: FloatArray

    def idf(self) -> FloatArray:
        """Return log(n_sentences / sentence frequency) + 1 of every term; a term of all sentences has 1."""
        frequency = np.bincount(self.columns, minlength=self.shape[1])
        return np.log(self.shape[0] / np.maximum(frequency, 1)) + 1.0

    def matrix(self, values: FloatArray) -> csr_array:
        """Return the (n_sentences, n_terms) matrix with `values` in the places of the entries."""
        from scipy.sparse import csr_array  # scipy takes long to import; only this needs it

        starts = np.searchsorted(self.rows, np.arange(self.shape[0] + 1))
        return csr_array((values, self.columns, starts), shape=self.shape)

    def unit_rows(self) -> csr_array:
        """Return TF-IDF rows of Euclidean length 1; a sentence without terms keeps a row of zeros."""
        weights = self.counts * self.idf()[self.columns] if self.shape[0] else self.counts
        norms = np.sqrt(np.bincount(self.rows, weights**2, minlength=self.shape[0]))
        return self.matrix(weights / norms[self.rows])


def document_terms(document: Document) -> Terms:
    """Return the lower-cased content syllables of each sentence of a document, counted."""
    return count_terms([sentence.text for sentence in document.sentences])


def count_terms(sentences: Sequence[str], *, drop_stop_words: bool = True) -> Terms:
    """Return the lower-cased syllables of each sentence, counted.

    A sentence of nothing but stop words keeps them: it would compare to nothing otherwise.
    """
    stop = stop_words() if drop_stop_words else frozenset[str]()
    vocabulary: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, sentence in enumerate(sentences):
        words = [word.lower() for word in syllables(sentence)]
        for word in [word for word in words if word not in stop] or words:
            columns.append(vocabulary.setdefault(word, len(vocabulary)))
            rows.append(row)
    shape = (len(sentences), len(vocabulary))
    keys = np.asarray(rows, dtype=np.int64) * max(shape[1], 1) + np.asarray(columns, dtype=np.int64)
    entries, counts = np.unique(keys, return_counts=True)
    row_of, column_of = np.divmod(entries, max(shape[1], 1))
    return Terms(shape, row_of, column_of, counts.astype(float))
