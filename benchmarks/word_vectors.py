"""Words as numbers and as vectors: what the network of ``benchmarks.teach`` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from toolkit.features.forms import form_of
from toolkit.tokenization import tokenize_batch

PADDING, UNKNOWN, FIRST = 0, 1, 2
"""The numbers that are no word, and the one of the word that is most frequent."""
_SLICE = 8192  # texts segmented at a time
_WINDOW = 4  # words to either side that count as context
_SMOOTHING = 0.75  # of context counts, against rare contexts (Levy et al. 2015)
_PART = 4_000_000  # words counted at a time
Ids = NDArray[np.int32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of several texts by number: text i has ``ids[indptr[i]:indptr[i + 1]]``."""

    ids: Ids
    indptr: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, index: int) -> Ids:
        return self.ids[self.indptr[index] : self.indptr[index + 1]]


class _Numbers(dict[str, int]):
    """Number of each word, -1 for punctuation; words of one form share a number, a new form gets the next."""

    def __init__(self) -> None:
        self.forms: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        form = "_".join(map(form_of, word.split(" ")))
        self[word] = self.forms.setdefault(form, len(self.forms)) if form else -1
        return self[word]


def read_words(texts: Sequence[str], n_known: int, largest: int) -> tuple[Words, list[str]]:
    """Return the words of `texts`, and the vocabulary: the `largest` most frequent forms of the first `n_known` texts.

    Words get numbers by falling frequency from `FIRST` on; the others are `UNKNOWN`. Punctuation is left out.
    """
    numbers = _Numbers()
    parts: list[Ids] = []
    lengths: list[int] = []
    for start in range(0, len(texts), _SLICE):
        for words in tokenize_batch(texts[start : start + _SLICE], normalized=True).words():
            found = np.fromiter(map(numbers.__getitem__, words), np.int32, len(words))
            parts.append(found[found >= 0])
            lengths.append(len(parts[-1]))
    ids = np.concatenate(parts) if parts else np.empty(0, np.int32)
    indptr = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    counts = np.bincount(ids[: indptr[n_known]], minlength=len(numbers.forms))
    order = np.argsort(-counts, kind="stable")[:largest]
    order = order[counts[order] > 0]
    ranks = np.full(len(numbers.forms), UNKNOWN, np.int32)
    ranks[order] = np.arange(FIRST, FIRST + len(order))
    forms = list(numbers.forms)
    return Words(ranks[ids], indptr), [forms[number] for number in order.tolist()]


def word_vectors(words: Words, n_texts: int, size: int, *, dimensions: int = 200, seed: int = 0) -> Vectors:
    """Return a vector for each word of a vocabulary, learnt from the first `n_texts` texts; shape (size, dimensions).

    Positive pointwise mutual information between a word and those up to four before and after it (a context counts
    less the farther it is; before and after are kept apart), factored by a truncated singular value decomposition.
    A vocabulary of fewer words than `dimensions` leaves the last columns zero.

    References
    ----------
    Levy and Goldberg (2014), "Neural Word Embedding as Implicit Matrix Factorization", NeurIPS; Levy, Goldberg and
    Dagan (2015), "Improving Distributional Similarity with Lessons Learned from Word Embeddings", TACL 3; Halko,
    Martinsson and Tropp (2011), "Finding Structure with Randomness", SIAM Review 53.
    """
    following = sum(_following(words, n_texts, size), start=sparse.csr_matrix((size, size)))
    information = _positive_information(sparse.hstack([following, following.T], format="coo"))
    rank = min(dimensions, size)
    left, values, _ = randomized_svd(information, rank, n_iter=3, random_state=seed)
    vectors = np.zeros((size, dimensions), np.float32)
    vectors[:, :rank] = left * np.sqrt(values)
    return vectors


def _following(words: Words, n_texts: int, size: int) -> Iterable[sparse.csr_matrix]:
    """Yield, part by part, how often a word (row) is followed by another (column), each time over the distance."""
    rows = np.repeat(np.arange(n_texts), np.diff(words.indptr[: n_texts + 1]))
    for start in range(0, len(rows), _PART):
        for distance in range(1, _WINDOW + 1):
            end = min(start + _PART, len(rows) - distance)
            if end <= start:
                continue
            first = words.ids[start:end].astype(np.int64) - FIRST
            second = words.ids[start + distance : end + distance].astype(np.int64) - FIRST
            kept = (first >= 0) & (second >= 0) & (rows[start:end] == rows[start + distance : end + distance])
            pairs, counts = np.unique(first[kept] * size + second[kept], return_counts=True)
            yield sparse.csr_matrix((counts / distance, (pairs // size, pairs % size)), shape=(size, size))


def _positive_information(counts: sparse.coo_matrix) -> sparse.csr_matrix:
    row_sums = np.asarray(counts.sum(axis=1)).ravel()
    contexts = np.asarray(counts.sum(axis=0)).ravel() ** _SMOOTHING
    contexts /= max(contexts.sum(), 1e-12)
    information = np.log(counts.data / (row_sums[counts.row] * contexts[counts.col]))
    kept = information > 0
    places = (counts.row[kept], counts.col[kept])
    return sparse.csr_matrix((information[kept].astype(np.float32), places), shape=counts.shape)
