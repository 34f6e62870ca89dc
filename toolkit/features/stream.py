"""The tokens of a batch as numbers, and where the n-grams of a trie stand among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.features.keys import IntArray, KeyTable
from toolkit.tokenization import TokenBatch

LONGEST_WORD = 5  # forms; longer words are names, and their parts count as syllables anyway


class Trie:
    """Numbers n-grams: the forms first, then the pairs ``(node, form)`` level by level.

    Attributes
    ----------
    n_forms : int
    table : KeyTable
        Of ``node * n_forms + form``; the place of a key, plus `n_forms`, is its node. Levels follow one another, and
        so the keys ascend.
    """

    def __init__(self, n_forms: int, keys: IntArray) -> None:
        self.n_forms = n_forms
        self.table = KeyTable(keys)

    @property
    def n_nodes(self) -> int:
        """How many n-grams it numbers."""
        return self.n_forms + len(self.table)

    def children(self, nodes: IntArray, forms: IntArray) -> IntArray:
        """Return the node that each known node leads to with a known form, -1 where the trie has none."""
        places = self.table.find(nodes * self.n_forms + forms)
        places[places >= 0] += self.n_forms
        return places

    def pair_keys(self, left: IntArray, right: IntArray, distance: int) -> IntArray:
        """Return the key of each pair of words `distance` apart; neighbours have keys of their own."""
        kind = self.n_nodes if distance > 1 else 0
        return (kind + left) * self.n_nodes + right


@dataclass(frozen=True, slots=True)
class Stream:
    """The tokens of a batch that have a form.

    Attributes
    ----------
    forms : ndarray of shape (n_kept,)
        -1 where unknown.
    positions : ndarray of shape (n_kept,)
        Index in the batch.
    rows : ndarray of shape (n_kept,)
        Text.
    starts : ndarray of shape (n_words,)
        Index of the first form of each word.
    """

    forms: IntArray
    positions: IntArray
    rows: IntArray
    starts: IntArray

    @classmethod
    def of(cls, batch: TokenBatch, forms: IntArray) -> Stream:
        """Return the stream of the tokens whose entry in `forms` is at least -1."""
        positions = np.flatnonzero(forms >= -1)
        rows = np.repeat(np.arange(len(batch)), np.diff(np.searchsorted(positions, batch.indptr)))
        words = np.cumsum(batch.begins, dtype=np.int32).take(positions)
        starts = np.flatnonzero(np.concatenate([[True], words[1:] != words[:-1]])) if len(words) else positions
        return cls(forms.take(positions), positions, rows, starts)

    @property
    def word_lengths(self) -> IntArray:
        """Forms of each word; shape (n_words,)."""
        return np.diff(self.starts, append=len(self.forms))

    def levels(self, trie: Trie, longest: int) -> list[IntArray]:
        """Return, for 1 to `longest` forms, the node of the forms from each index on, -1 where the trie has none.

        One entry less for each further form.
        """
        levels = [self.forms]
        for step in range(1, longest):
            nodes, forms = levels[-1][:-1], self.forms[step:]
            known = (nodes >= 0) & (forms >= 0)
            known &= self.rows[step:] == self.rows[: len(forms)]
            if step == 1:
                following = trie.children(nodes, forms)
                following[~known] = -1
            else:
                following = np.full(len(forms), -1, dtype=np.int64)
                here = np.flatnonzero(known)
                following[here] = trie.children(nodes[here], forms[here])
            levels.append(following)
        return levels

    def words(self, trie: Trie, levels: Sequence[IntArray]) -> IntArray:
        """Return the node of every word, -1 where the trie has none; `levels` are any that are known."""
        lengths = self.word_lengths
        words = np.full(len(self.starts), -1, dtype=np.int64)
        for length, nodes in enumerate(levels, start=1):
            here = np.flatnonzero(lengths == length)
            words[here] = nodes.take(self.starts[here])
        here = np.flatnonzero((lengths > len(levels)) & (lengths <= LONGEST_WORD))
        nodes = levels[-1].take(self.starts[here])
        for length in range(len(levels) + 1, LONGEST_WORD + 1):
            forms = self.forms.take(self.starts[here] + length - 1)
            known = (nodes >= 0) & (forms >= 0)
            here = here[known]
            nodes = trie.children(nodes[known], forms[known])
            done = lengths[here] == length
            words[here[done]] = nodes[done]
            here, nodes = here[~done], nodes[~done]
        return words


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every place where a feature stands, in no order.

    Attributes
    ----------
    rows, columns : ndarray of shape (n_occurrences,)
        Text and feature.
    first, last : ndarray of shape (n_occurrences,)
        Index of the first and the last token it covers, in the batch.
    """

    rows: IntArray
    columns: IntArray
    first: IntArray
    last: IntArray


def rows_of(batch: TokenBatch) -> IntArray:
    """Return the text that each token of `batch` belongs to; shape (n_tokens,)."""
    return np.repeat(np.arange(len(batch.indptr) - 1), np.diff(batch.indptr))


def distinct(keys: IntArray, rows: IntArray) -> IntArray:
    """Return each key once for every row that it stands in."""
    n_rows = int(rows.max()) + 1 if len(rows) else 1
    return np.unique(keys * n_rows + rows) // n_rows


def pairs_at(words: IntArray, rows: IntArray, distance: int) -> IntArray:
    """Return the indices of known words with another known word of the same text `distance` words on."""
    if len(words) <= distance:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero((words[:-distance] >= 0) & (words[distance:] >= 0) & (rows[:-distance] == rows[distance:]))
