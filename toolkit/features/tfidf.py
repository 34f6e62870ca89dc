"""TF-IDF of syllable and word n-grams, computed on token ids: no n-gram is ever built as a string.

Every n-gram that counts is a node of a `Trie` over token forms; see `toolkit.features.stream`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from toolkit.errors import ModelError, NotFittedError
from toolkit.features.forms import form_of
from toolkit.features.keys import IntArray, KeyTable
from toolkit.features.stream import LONGEST_WORD, Occurrences, Stream, Trie, distinct, pairs_at, rows_of
from toolkit.text import normalize
from toolkit.tokenization import TokenBatch, tokenize_batch

FloatArray = npt.NDArray[np.float64]

# Characters that are worked on at a time, so that memory does not grow with the texts and arrays stay in the
# processor's cache; a text costs some time whatever its length.
_BATCH, _TEXT_COST = 1 << 18, 64
_LONGEST = 1 << 18  # characters; a longer text is counted in pieces


# What a stored setting may be; `True` is an `int` to `isinstance`.
_KINDS: dict[str, tuple[type, ...]] = {
    "syllable_ngrams": (int,),
    "word_window": (int,),
    "min_df": (int,),
    "binary": (bool,),
    "length_power": (int, float),
    "n_anchors": (int,),
    "anchor_window": (int,),
}
_ALWAYS = ("syllable_ngrams", "word_window", "min_df")  # the others came later, their defaults are what was done before


class TfidfFeatures:
    """TF-IDF of n-grams of syllables and of words.

    A form is a token in lower case, its number masked (``<số>``, ``<năm>``, ``<ngày>``); punctuation has none and
    n-grams pass over it. Term frequency is ``1 + ln(tf)``, IDF is ``ln((1 + n) / (1 + df)) + 1``, rows have unit
    length: scikit-learn's ``TfidfVectorizer(sublinear_tf=True)`` over the same n-grams, unless `binary` or
    `length_power` say otherwise.

    Parameters
    ----------
    syllable_ngrams : int
        Longest n-gram of syllables, 1 to 3.
    word_window : int
        How far apart two words of a pair may stand: 0 counts no pairs, 1 neighbours, 4 also pairs with up to three
        words between them (`Thủ_tướng … yêu_cầu`), which are features apart from neighbours. Words of several
        syllables are features of their own at any setting.
    min_df : int
        Texts that an n-gram must stand in to count.
    binary : bool
        Whether a term counts once however often it stands in a text.
    length_power : float
        Rows are divided by their length to this power. 1 gives unit length, where one clause of a long text weighs
        next to nothing; below 1 it keeps more of its weight (pivoted length normalisation; Singhal, Buckley and
        Mitra 1996, SIGIR).
    n_anchors : int
        How many words of each label are its anchors: those that tell most about it by the chi-squared test (Yang and
        Pedersen 1997, "A Comparative Study on Feature Selection in Text Categorization", ICML). Pairs of anchors
        count however far apart they stand, up to `anchor_window`. 0 needs no labels to fit.
    anchor_window : int
        How many words on the second of two anchors may stand.

    Attributes
    ----------
    n_features_ : int
    forms_ : list of str
        Forms by node number.
    idf_ : ndarray of shape (n_features_,)
        With `length_power` below 1, in a unit that gives rows a length of about 1 all the same.
    """

    def __init__(
        self,
        syllable_ngrams: int = 2,
        word_window: int = 1,
        min_df: int = 2,
        binary: bool = False,
        length_power: float = 1.0,
        n_anchors: int = 0,
        anchor_window: int = 15,
    ) -> None:
        if not (1 <= syllable_ngrams <= 3 and 0 <= word_window <= 9 and min_df >= 1 and 0 <= length_power <= 1):
            raise ValueError(
                "need 1 <= syllable_ngrams <= 3, 0 <= word_window <= 9, min_df >= 1 and 0 <= length_power <= 1; "
                f"got {syllable_ngrams}, {word_window}, {min_df} and {length_power}"
            )
        if not (n_anchors >= 0 and 1 <= anchor_window <= 99):
            raise ValueError(f"need n_anchors >= 0 and 1 <= anchor_window <= 99; got {n_anchors} and {anchor_window}")
        self.syllable_ngrams = syllable_ngrams
        self.word_window = word_window
        self.min_df = min_df
        self.binary = binary
        self.length_power = length_power
        self.n_anchors = n_anchors
        self.anchor_window = anchor_window

    # --- fitting ----------------------------------------------------------------------------------

    def fit(self, texts: Sequence[str], y: npt.NDArray[np.bool_] | None = None) -> TfidfFeatures:
        """Learn vocabulary and IDF from `texts`; return self.

        Parameters
        ----------
        texts : sequence of str, of length n_texts
        y : ndarray of bool, of shape (n_texts, n_labels)
            Which labels they carry; needed for anchors, and for nothing else.
        """
        if self.n_anchors and y is None:
            raise ValueError(f"n_anchors={self.n_anchors} needs labels to choose anchors by; give y or n_anchors=0")
        batches = list(_batches(texts))
        self._start(self._common_forms(batches))
        for length in range(2, LONGEST_WORD + 1):
            self._grow(batches, length)
        anchors = np.empty(0, dtype=np.int64) if y is None or not self.n_anchors else self._telling_words(batches, y)
        self._number_columns(batches, anchors)
        document_frequency = np.zeros(self.n_features_, dtype=np.int64)
        for batch in batches:
            document_frequency += np.bincount(self._count(batch).indices, minlength=self.n_features_)
        self.idf_ = np.log((1 + len(texts)) / (1 + document_frequency)) + 1
        if self.length_power < 1 and self.n_features_:
            self.idf_ /= np.sqrt(document_frequency @ self.idf_**2 / len(texts))  # a row's length, in quadratic mean
        self.idf_ = self.idf_.astype(np.float32).astype(np.float64)  # what is stored, so that loading changes nothing
        return self

    def _start(self, forms: Sequence[str]) -> None:
        self.forms_ = list(forms)
        self._form_ids = {form: number for number, form in enumerate(self.forms_)}
        self._trie = Trie(len(self.forms_), np.empty(0, dtype=np.int64))
        self._tables: dict[int, tuple[Any, IntArray]] = {}
        self._names: list[str] | None = None

    def _common_forms(self, batches: Sequence[TokenBatch]) -> list[str]:
        frequency: dict[str, int] = {}
        for batch in batches:
            forms = [form_of(token) for token in batch.table]
            numbers: dict[str, int] = {}
            ids = np.array([numbers.setdefault(f, len(numbers)) if f else -1 for f in forms], dtype=np.int64)
            names = list(numbers)
            tokens = ids[batch.ids]
            kept = tokens >= 0
            found = distinct(tokens[kept], rows_of(batch)[kept])
            for number, count in enumerate(np.bincount(found, minlength=len(names))):
                frequency[names[number]] = frequency.get(names[number], 0) + int(count)
        return sorted(form for form, count in frequency.items() if count >= self.min_df)

    def _grow(self, batches: Sequence[TokenBatch], length: int) -> None:
        """Add the trie's level of n-grams with `length` forms: those that count, and beginnings of words that do."""
        seen: list[IntArray] = []
        for batch in batches:
            stream = self._stream(batch)
            nodes = stream.levels(self._trie, length - 1)[-1][:-1]
            following = stream.forms[length - 1 :]
            rows = stream.rows[: len(following)]
            counts = (nodes >= 0) & (following >= 0) & (stream.rows[length - 1 :] == rows)
            if length > self.syllable_ngrams:  # beyond the n-grams only words go on
                goes_on = np.zeros(len(stream.forms), dtype=np.bool_)
                goes_on[stream.starts[stream.word_lengths >= length]] = True
                counts &= goes_on[: len(counts)]
            seen.append(distinct(nodes[counts] * len(self.forms_) + following[counts], rows[counts]))
        keys, counts = np.unique(np.concatenate(seen), return_counts=True)
        self._trie = Trie(len(self.forms_), np.concatenate([self._trie.table.keys, keys[counts >= self.min_df]]))

    def _telling_words(self, batches: Sequence[TokenBatch], y: npt.NDArray[np.bool_]) -> IntArray:
        """Return the nodes of the words that tell most about any label, in ascending order."""
        n_nodes = self._trie.n_nodes
        n_texts, n_labels = y.shape
        with_word, with_both = np.zeros(n_nodes), np.zeros((n_labels, n_nodes))
        begin = 0
        for batch in batches:
            words, rows = self._words(batch)
            known = words >= 0
            rows, words = np.divmod(np.unique(rows[known] * n_nodes + words[known]), n_nodes)
            with_word += np.bincount(words, minlength=n_nodes)
            for label in range(n_labels):
                with_both[label] += np.bincount(words, y[begin + rows, label], minlength=n_nodes)
            begin += len(batch)
        common = np.flatnonzero((with_word >= self.min_df) & (with_word < n_texts))
        chosen = []
        for both, total in zip(with_both, y.sum(axis=0), strict=True):
            if 0 < total < n_texts:
                distance = (both - with_word * total / n_texts)[common] ** 2  # from what chance would give
                chi_squared = distance / (with_word * (n_texts - with_word))[common]
                chosen.append(common[np.argsort(-chi_squared, kind="stable")[: self.n_anchors]])
        return np.unique(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.int64)

    def _number_columns(self, batches: Sequence[TokenBatch], anchors: IntArray) -> None:
        n_forms, n_nodes = self._trie.n_forms, self._trie.n_nodes
        lengths = self._node_lengths()
        as_word = np.zeros(n_nodes, dtype=np.int64)
        as_pair: list[IntArray] = []
        as_anchors: list[IntArray] = []
        self._set_anchors(anchors)
        for batch in batches:
            pairs: list[tuple[IntArray, IntArray]] = []
            words, rows = self._words(batch)
            known = words >= 0
            as_word += np.bincount(distinct(words[known], rows[known]), minlength=n_nodes)
            for distance in range(1, self.word_window + 1):
                left = pairs_at(words, rows, distance)
                pairs.append((self._trie.pair_keys(words[left], words[left + distance], distance), rows[left]))
            if pairs:
                as_pair.append(distinct(*(np.concatenate(part) for part in zip(*pairs, strict=True))))
            left, _, keys = self._anchor_pairs(words, rows)
            as_anchors.append(distinct(keys, rows[left]))
        pair_keys = self._frequent(as_pair)
        if self.syllable_ngrams >= 2:  # Two neighbours of one syllable each are a bigram of syllables already.
            left, right = np.divmod(pair_keys, n_nodes)
            pair_keys = pair_keys[(left >= n_forms) | (right >= n_forms)]
        syllable = lengths <= self.syllable_ngrams
        word = (lengths > 1) & (as_word >= self.min_df)
        self._set_columns(syllable, word, pair_keys, self._frequent(as_anchors))

    def _words(self, batch: TokenBatch) -> tuple[IntArray, IntArray]:
        """Return the node of every word, -1 where the trie has none, and its text; each of shape (n_words,)."""
        stream = self._stream(batch)
        return stream.words(self._trie, [stream.forms]), stream.rows[stream.starts]

    def _frequent(self, keys_by_batch: Sequence[IntArray]) -> IntArray:
        """Return, in ascending order, the keys that stand in enough texts; each comes once for every text."""
        if not keys_by_batch:
            return np.empty(0, dtype=np.int64)
        keys, counts = np.unique(np.concatenate(keys_by_batch), return_counts=True)
        return keys[counts >= self.min_df]

    def _set_anchors(self, nodes: IntArray) -> None:
        self._anchors = nodes
        self._anchor_numbers = np.full(self._trie.n_nodes + 1, -1, dtype=np.int64)  # by node; the last is for node -1
        self._anchor_numbers[nodes] = np.arange(len(nodes))

    def _set_columns(
        self,
        syllable: npt.NDArray[np.bool_],
        word: npt.NDArray[np.bool_],
        pair_keys: IntArray,
        anchor_keys: IntArray,
    ) -> None:
        # By node; the last entry is for node -1.
        self._syllable_columns = np.append(np.where(syllable, np.cumsum(syllable) - 1, -1), -1)
        self._word_columns = np.append(np.where(word, np.cumsum(word) - 1 + syllable.sum(), -1), -1)
        self._pairs = KeyTable(pair_keys)
        self._first_pair = int(syllable.sum() + word.sum())
        self._anchor_keys = KeyTable(anchor_keys)
        self._first_anchors = self._first_pair + len(pair_keys)
        self.n_features_ = self._first_anchors + len(anchor_keys)

    def _node_lengths(self) -> IntArray:
        n_forms = self._trie.n_forms
        lengths = np.ones(self._trie.n_nodes, dtype=np.int64)
        for node, key in enumerate(self._trie.table.keys, start=n_forms):  # parents come before their children
            lengths[node] = lengths[key // n_forms] + 1
        return lengths

    # --- transforming -----------------------------------------------------------------------------

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the TF-IDF matrix of `texts`, of shape (n_texts, n_features_), float64."""
        parts = list(self.transformed(texts))
        return sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix((0, self.n_features_))

    def transformed(self, texts: Sequence[str]) -> Iterator[sparse.csr_matrix]:
        """Yield the TF-IDF matrix in parts of as many rows as the processor's cache has room for.

        A text of more than 260,000 characters is counted in pieces, cut where it has a space.
        """
        self._check_fitted()
        for group in _groups(texts):
            if len(group) == 1 and len(group[0]) > _LONGEST:
                pieces = [self._count(tokenize_batch([piece])) for piece in _pieces(group[0])]
                yield self._weigh(sum(pieces[1:], start=pieces[0]))
            else:
                yield self._weigh(self._count(tokenize_batch(group, normalized=True)))

    def fit_transform(self, texts: Sequence[str], y: npt.NDArray[np.bool_] | None = None) -> sparse.csr_matrix:
        """Fit to `texts`, and `y` where there are anchors to choose, and return their matrix."""
        return self.fit(texts, y).transform(texts)

    def occurrences(self, batch: TokenBatch) -> Occurrences:
        """Return where in `batch` each feature stands."""
        self._check_fitted()
        stream = self._stream(batch)
        parts = []
        for first, last, columns in self._occurrences(stream):
            there = columns >= 0
            first, last = first[there], last[there]
            parts.append((stream.rows[first], columns[there], stream.positions[first], stream.positions[last]))
        return Occurrences(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _occurrences(self, stream: Stream) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Yield first form, last form and column (-1 for none), one kind of feature after the other."""
        everywhere = np.arange(len(stream.forms))
        levels = stream.levels(self._trie, self.syllable_ngrams)
        for nodes in levels:
            length = len(everywhere) - len(nodes)
            yield everywhere[: len(nodes)], everywhere[length:], self._syllable_columns.take(nodes)
        words, starts = stream.words(self._trie, levels), stream.starts
        ends = starts + stream.word_lengths - 1
        yield starts, ends, self._word_columns.take(words)
        rows = stream.rows.take(starts)
        for distance in range(1, self.word_window + 1):
            left, right = words[:-distance], words[distance:]
            both = (left >= 0) & (right >= 0) & (rows[:-distance] == rows[distance:])
            if distance == 1 and self.syllable_ngrams >= 2:
                both &= (left >= self._trie.n_forms) | (right >= self._trie.n_forms)
            here = np.flatnonzero(both)
            places = self._pairs.find(self._trie.pair_keys(left[here], right[here], distance))
            places[places >= 0] += self._first_pair
            yield starts[here], ends[here + distance], places
        if len(self._anchor_keys):
            first, second, keys = self._anchor_pairs(words, rows)
            places = self._anchor_keys.find(keys)
            places[places >= 0] += self._first_anchors
            yield starts.take(first), ends.take(second), places

    def _anchor_pairs(self, words: IntArray, rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return the indices of every two anchors of a text that stand near enough, and the key of the pair."""
        if not len(self._anchors):
            return (np.empty(0, dtype=np.int64),) * 3
        numbers = self._anchor_numbers.take(words)
        here = np.flatnonzero(numbers >= 0)
        places = here + rows.take(here) * self.anchor_window  # so far apart that no pair crosses from text to text
        order = np.arange(len(here))
        following = np.searchsorted(places, places + self.anchor_window, side="right") - order - 1
        left = np.repeat(order, following)
        right = np.arange(len(left)) - np.repeat(np.cumsum(following) - following, following) + left + 1
        left, right = here.take(left), here.take(right)
        return left, right, numbers.take(left) * len(self._anchors) + numbers.take(right)

    def _count(self, batch: TokenBatch) -> sparse.csr_matrix:
        """Return how often each feature stands in each text, its columns sorted."""
        self._check_fitted()
        n_texts = len(batch)
        columns, begins = self._columns_by_row(self._stream(batch), n_texts)
        is_new = np.ones(len(columns), dtype=np.bool_)
        np.not_equal(columns[1:], columns[:-1], out=is_new[1:])
        is_new[begins[begins < len(columns)]] = True
        starts = np.flatnonzero(is_new)
        counts = np.diff(starts, append=len(columns)).astype(np.float64)
        indptr = np.searchsorted(starts, np.append(begins, len(columns)))
        return sparse.csr_matrix((counts, columns.take(starts), indptr), shape=(n_texts, self.n_features_))

    def _columns_by_row(self, stream: Stream, n_texts: int) -> tuple[npt.NDArray[np.int32], IntArray]:
        """Return the column of every occurrence, row by row and sorted in each, and where the rows begin."""
        columns, rows = [], []
        for first, _, found in self._occurrences(stream):
            there = np.flatnonzero(found >= 0)
            columns.append(found.take(there).astype(np.int32))
            rows.append(stream.rows.take(first.take(there)))
        # Each kind of feature comes row by row; a row takes the kinds one behind the other.
        sizes = np.array([np.bincount(numbers, minlength=n_texts) for numbers in rows])
        totals = sizes.sum(axis=0)
        ends = np.cumsum(totals)
        begins = ends - totals
        shifts = begins + (np.cumsum(sizes, axis=0) - sizes) - (np.cumsum(sizes, axis=1) - sizes)
        grouped = np.empty(totals.sum(), dtype=np.int32)
        for kind, numbers, shift in zip(columns, rows, shifts, strict=True):
            grouped[np.arange(len(kind)) + shift.take(numbers)] = kind
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):  # a third of the time for all at once
            grouped[begin:end].sort()
        return grouped, begins

    def _weigh(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        weights = self.idf_.take(counts.indices)
        if not self.binary:
            several = np.flatnonzero(counts.data > 1)  # most terms stand once, and 1 + ln 1 is 1
            weights[several] *= 1 + np.log(counts.data[several])
        counts.data = weights
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        norms = np.sqrt(np.bincount(rows, counts.data**2, minlength=counts.shape[0]))
        counts.data /= (norms**self.length_power)[rows]
        return counts

    def _stream(self, batch: TokenBatch) -> Stream:
        # Punctuation (-2) is passed over; an unknown form (-1) breaks n-grams.
        return Stream.of(batch, self._forms_of(batch))

    def _forms_of(self, batch: TokenBatch) -> IntArray:
        """Return the form number of every token; the table's forms are worked out once, as it grows."""
        table = batch.table
        known = self._tables.get(id(table))
        done = known[1] if known is not None and known[0] is table else np.empty(0, dtype=np.int64)
        if len(done) < len(table):
            fresh = []
            for number in range(len(done), len(table)):
                form = form_of(table[number])
                fresh.append(-2 if not form else self._form_ids.get(form, -1))
            done = np.concatenate([done, np.array(fresh, dtype=np.int64)])
            self._tables = {id(table): (table, done)}
        return done[batch.ids]

    # --- names ------------------------------------------------------------------------------------

    def feature_names(self) -> list[str]:
        """Return what each column counts.

        `xuất khẩu` is syllables, `xuất_khẩu` a word, `xuất_khẩu gạo` neighbouring words, `xuất_khẩu … gạo` words
        with others between them, `xuất_khẩu … … gạo` anchors that stand anywhere near each other.
        """
        self._check_fitted()
        if self._names is None:  # hundreds of thousands: worked out once, when the first text is explained
            self._names = self._spelled()
        return self._names

    def _spelled(self) -> list[str]:
        n_forms = self._trie.n_forms
        paths = [(form,) for form in self.forms_]
        for key in self._trie.table.keys.tolist():
            paths.append((*paths[key // n_forms], self.forms_[key % n_forms]))
        names = [""] * self.n_features_
        for columns, glue in ((self._syllable_columns, " "), (self._word_columns, "_")):
            for node in np.flatnonzero(columns >= 0).tolist():
                names[columns[node]] = glue.join(paths[node])
        for number, key in enumerate(self._pairs.keys.tolist(), start=self._first_pair):
            left, right = divmod(key, len(paths))
            glue, left = (" … ", left - len(paths)) if left >= len(paths) else (" ", left)
            names[number] = "_".join(paths[left]) + glue + "_".join(paths[right])
        anchors = ["_".join(paths[node]) for node in self._anchors.tolist()]
        for number, key in enumerate(self._anchor_keys.keys.tolist(), start=self._first_anchors):
            left, right = divmod(key, len(anchors))
            names[number] = f"{anchors[left]} … … {anchors[right]}"
        return names

    # --- storing ----------------------------------------------------------------------------------

    def to_arrays(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]], list[str]]:
        """Return settings, arrays and vocabulary, from which `from_arrays` makes the same features again."""
        self._check_fitted()
        settings = {
            "syllable_ngrams": self.syllable_ngrams,
            "word_window": self.word_window,
            "min_df": self.min_df,
            "binary": self.binary,
            "length_power": self.length_power,
            "n_anchors": self.n_anchors,
            "anchor_window": self.anchor_window,
        }
        arrays = {
            # Keys are sorted and close together: their differences compress to a fraction.
            "trie": np.diff(self._trie.table.keys, prepend=0),
            "is_syllable": np.packbits(self._syllable_columns[:-1] >= 0),
            "is_word": np.packbits(self._word_columns[:-1] >= 0),
            "word_pairs": np.diff(self._pairs.keys, prepend=0),
            "anchors": np.diff(self._anchors, prepend=0),
            "anchor_pairs": np.diff(self._anchor_keys.keys, prepend=0),
            "idf": self.idf_.astype(np.float32),
        }
        return settings, arrays, self.forms_

    @classmethod
    def from_arrays(
        cls, settings: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], vocabulary: Sequence[str]
    ) -> TfidfFeatures:
        """Return the features that `to_arrays` described.

        Raises
        ------
        ModelError
            If the parts do not fit together.
        """
        try:
            if not isinstance(settings, dict) or not all(type(v) in _KINDS.get(k, ()) for k, v in settings.items()):
                raise ValueError(f"expected numbers by name, found {settings!r}")
            if missing := [name for name in _ALWAYS if name not in settings]:
                raise ValueError(f"no {missing[0]}")
            features = cls(**settings)
            features._start(vocabulary)
            if len(features._form_ids) < len(vocabulary):
                raise ValueError("a word stands twice in the vocabulary")
            n_forms, trie = len(vocabulary), _ascending(arrays["trie"])
            if (trie >= n_forms * (n_forms + np.arange(len(trie)))).any():
                raise ValueError("an n-gram goes on from one that comes after it")
            features._trie = Trie(n_forms, trie)
            n_nodes = features._trie.n_nodes
            syllable, word = (
                np.unpackbits(arrays[name], count=n_nodes).astype(bool) for name in ("is_syllable", "is_word")
            )
            pairs = _ascending(arrays["word_pairs"])
            if len(pairs) and pairs[-1] >= 2 * n_nodes * n_nodes:
                raise ValueError("a pair of words that are not there")
            none = np.empty(0, dtype=np.int64)  # a model of schema 1 has no anchors
            anchors, anchor_pairs = (_ascending(arrays.get(name, none)) for name in ("anchors", "anchor_pairs"))
            if len(anchors) and anchors[-1] >= n_nodes:
                raise ValueError("an anchor that is not there")
            if len(anchor_pairs) and anchor_pairs[-1] >= len(anchors) ** 2:
                raise ValueError("a pair of anchors that are not there")
            features._set_anchors(anchors)
            features._set_columns(syllable, word, pairs, anchor_pairs)
            features.idf_ = arrays["idf"].astype(np.float64)
            if features.idf_.ndim != 1 or not ((features.idf_ > 0) & (features.idf_ < 1e6)).all():
                raise ValueError("IDF values that are none")
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"the model's features are not whole ({error!r}); get the model again") from error
        if len(features.idf_) != features.n_features_:
            raise ModelError(f"the model has {features.n_features_} features, but {len(features.idf_)} IDF values")
        return features

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_tables", "_names")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _tables={}, _names=None)

    def _check_fitted(self) -> None:
        if not hasattr(self, "n_features_"):
            raise NotFittedError("these features are not fitted yet; call fit(texts) first")


def _groups(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the texts in groups of some hundred thousand characters; a text that has more stands alone."""
    begin = size = 0
    for end, text in enumerate(texts):
        if size and size + len(text) > _BATCH:
            yield texts[begin:end]
            begin, size = end, 0
        size += len(text) + _TEXT_COST
    if size:
        yield texts[begin:]


def _batches(texts: Sequence[str]) -> Iterator[TokenBatch]:
    return (tokenize_batch(group, normalized=True) for group in _groups(texts))


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces that are not too long, cut at spaces where it has any."""
    text = normalize(text)
    begin = 0
    while len(text) - begin > _LONGEST:
        space = text.rfind(" ", begin, begin + _LONGEST)
        end = space if space > begin else begin + _LONGEST
        yield text[begin:end]
        begin = end
    yield text[begin:]


def _ascending(differences: npt.NDArray[Any]) -> IntArray:
    """Return the keys that were stored as their differences.

    Raises
    ------
    ValueError
        If they are not distinct numbers from 0 on, in ascending order.
    """
    if differences.ndim != 1 or differences.dtype.kind not in "iu":
        raise ValueError(f"keys of shape {differences.shape} and dtype {differences.dtype}")
    keys: IntArray = np.cumsum(differences.astype(np.int64))
    if len(keys) and (keys[0] < 0 or (keys[1:] <= keys[:-1]).any()):
        raise ValueError("keys that do not ascend")
    return keys
