"""The tokens of a batch as numbers, and where the n-grams of a trie stand among them."""

from __future__ import annotations

from collections.abc import Iterator
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

    def children(self, nodes: IntArray, forms: IntArray) -> tuple[IntArray, IntArray]:
        """Return the indices at which a known node goes on with a known form, and the nodes they lead to."""
        found, places = self.table.find(nodes * self.n_forms + forms)
        return found, places + self.n_forms

    def pair_keys(self, left: IntArray, right: IntArray, distance: int) -> IntArray:
        """Return the key of each pair of words `distance` apart; neighbours have keys of their own."""
        kind = self.n_nodes if distance > 1 else 0
        return (kind + left) * self.n_nodes + right


@dataclass(frozen=True, slots=True)
class Stream:
    """The tokens of a batch that have a form.

    `forms` (-1 where unknown), `rows`, `word_numbers` and `positions` (index in the batch), each of shape (n_kept,).
    """

    forms: IntArray
    rows: IntArray
    word_numbers: IntArray
    positions: IntArray

    @property
    def word_starts(self) -> IntArray:
        """Indices at which a word begins."""
        numbers = self.word_numbers
        return np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]])) if len(numbers) else numbers

    @property
    def word_lengths(self) -> IntArray:
        """Forms of the word that begins here, 0 inside a word; shape (n_kept,)."""
        starts = self.word_starts
        lengths = np.zeros(len(self.forms), dtype=np.int64)
        lengths[starts] = np.diff(np.append(starts, len(self.forms)))
        return lengths

    def levels(self, trie: Trie, longest: int) -> Iterator[IntArray]:
        """Yield, for 1 to `longest` forms, the node of the forms from each index on, -1 where the trie has none."""
        nodes = self.forms
        yield nodes
        for step in range(1, longest):
            nodes = self._extended(trie, nodes, step, np.flatnonzero(nodes >= 0))
            yield nodes

    def nodes_of(self, trie: Trie, length: int) -> IntArray:
        """Return the last of `levels`."""
        *_, nodes = self.levels(trie, length)
        return nodes

    def _extended(self, trie: Trie, nodes: IntArray, step: int, here: IntArray) -> IntArray:
        here = here[here + step < len(self.forms)]
        here = here[(self.forms[here + step] >= 0) & (self.rows[here + step] == self.rows[here])]
        found, children = trie.children(nodes[here], self.forms[here + step])
        extended = np.full(len(nodes), -1, dtype=np.int64)
        extended[here[found]] = children
        return extended

    def words(self, trie: Trie) -> tuple[IntArray, IntArray, IntArray]:
        """Return node (-1 where unknown), start and row of every word."""
        starts = self.word_starts
        lengths = np.diff(np.append(starts, len(self.forms)))
        words = np.full(len(starts), -1, dtype=np.int64)
        nodes = self.forms
        for length in range(1, LONGEST_WORD + 1):
            if length > 1:
                nodes = self._extended(trie, nodes, length - 1, starts[(lengths >= length) & (nodes[starts] >= 0)])
            done = lengths == length
            words[done] = nodes[starts[done]]
        return words, starts, self.rows[starts]


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
