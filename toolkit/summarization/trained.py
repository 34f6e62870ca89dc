"""The trained summariser, the default: chooses the set of sentences that should match an abstract best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.document import Document
from toolkit.provinces import find_provinces
from toolkit.results import Budget
from toolkit.summarization.cluster_concepts import share_concepts
from toolkit.summarization.cluster_features import cluster_features
from toolkit.summarization.cover import Coverage, cover, document_coverage, figures_first, products, shared_coverage
from toolkit.summarization.cues import BACK, is_named, leaves_name_open, pointed_at, refers
from toolkit.summarization.home import speaks_of_its_province
from toolkit.summarization.model import SummarizerModel, shipped_model
from toolkit.summarization.select import Choice, Limits, limits
from toolkit.summarization.sentence_features import Weighed, sentence_features, weigh
from toolkit.summarization.set_features import CandidateSets, candidate_sets, set_features
from toolkit.summarization.terms import FloatArray
from toolkit.summarization.tokens import Source, Tokens, find_concepts, find_empty, read_tokens

_BATCH_CHARACTERS = 300_000
_FILL_FROM = 80
"""Syllables from which a budget has room for more than the one or two sentences of an abstract."""
_AMOUNT, _LONG = 0.6, 45
"""What each amount adds to a sentence in a longer digest, and the syllables beyond which a sentence loses."""
_EMPTY = 0.1
"""What a sentence keeps of its value in a longer digest if it says nothing."""


_ROUGH, _FEW = 30, 6
"""Trees that every set is judged by, and sets of a document that all trees judge."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A batch of documents with everything the ranker found out about it."""

    tokens: Tokens
    weighed: tuple[Weighed, Weighed]
    rows: NDArray[np.float32]
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class TrainedSummarizer:
    """Ranks sentences by the ROUGE F1 to expect of them, and chooses sets of them by that of the set.

    Two forests of boosted trees: one scores sentences, the other the best of them alone and in pairs.
    Where the budget has room for more, sentences join by the weight of what they add.

    Parameters
    ----------
    model : SummarizerModel
        The one that ships, unless another is given.
    """

    model: SummarizerModel = field(default_factory=shipped_model)

    def rank(self, document: Document) -> FloatArray:
        """Return the expected ROUGE F1 of each sentence alone, an array of shape (n_sentences,)."""
        return self.read([_source(document)]).scores

    def rank_many(self, documents: Sequence[Document]) -> list[FloatArray]:
        """Return what `rank` gives for every document, many times as fast."""
        found: list[FloatArray] = []
        for batch in _batches([_source(document) for document in documents]):
            ranked = self.read(batch)
            found += np.split(ranked.scores, ranked.tokens.first[1:])
        return found

    def choose(self, document: Document, budget: Budget) -> Choice:
        """Return all scores, and the sentences to show within `budget` in document order.

        A digest may stay below the budget: two sentences are shown only where two should say more of
        what an abstract says than the better of them alone.
        """
        return self.choose_many([document], budget)[0]

    def choose_many(self, documents: Sequence[Document], budget: Budget) -> list[Choice]:
        """Return what `choose` gives for every document, many times as fast."""
        chosen: list[Choice] = []
        for batch in _batches([_source(document) for document in documents]):
            chosen += self._choose(batch, budget)
        return chosen

    def weigh_together(self, documents: Sequence[Document]) -> tuple[FloatArray, Coverage]:
        """Return a value per sentence of all documents, and the weighed concepts that each covers."""
        ranked = self.read([_source(document) for document in documents])
        rows = cluster_features(documents, ranked.tokens, ranked.weighed, ranked.rows, ranked.scores)
        shared = [
            share_concepts(ranked.tokens, weighed, table, ranked.scores)
            for weighed, table in zip(ranked.weighed, self.model.tables, strict=True)
        ]
        chances = [forest.predict(one.rows) for forest, one in zip(self.model.concepts, shared, strict=True)]
        return self.model.clusters.predict(rows), shared_coverage(shared, chances, ranked.tokens.length)

    def read(self, sources: Sequence[Source]) -> Ranked:
        """Return the scores of a batch of documents together with what they were computed from."""
        tokens = read_tokens(sources)
        one, two = self.model.tables
        weighed = (weigh(tokens, find_concepts(tokens, 1), one), weigh(tokens, find_concepts(tokens, 2), two))
        rows = sentence_features(tokens, weighed, self.model.tables)
        return Ranked(tokens, weighed, rows, self.model.sentences.predict(rows))

    def _choose(self, sources: Sequence[Source], budget: Budget) -> list[Choice]:
        ranked = self.read(sources)
        tokens = ranked.tokens
        if not len(tokens.length):
            return [Choice(np.zeros(0), ())] * len(sources)
        total = np.bincount(tokens.document, tokens.length, minlength=len(sources)).astype(np.int64).tolist()
        counts = tokens.n_sentences.tolist()
        per_document = [limits(budget, count, size) for count, size in zip(counts, total, strict=True)]
        room = np.array([limit.syllables for limit in per_document])
        most = np.array([limit.sentences for limit in per_document])
        fits = tokens.length <= room[tokens.document]
        sets = candidate_sets(tokens, ranked.scores, fits)
        size = tokens.length[sets.first] + np.where(sets.first != sets.second, tokens.length[sets.second], 0)
        possible = (size <= room[sets.document]) & ((sets.first == sets.second) | (most[sets.document] >= 2))
        sets = sets.take(possible)
        features = set_features(tokens, ranked.weighed, ranked.rows, ranked.scores, sets)
        rough = self.model.sets.predict(features, stop=_ROUGH) - _penalty(tokens, sets, sources)
        # The first trees leave the few sets that the others have to tell apart.
        few = sets.leading(rough, _FEW)
        sets, worth = sets.take(few), rough[few] + self.model.sets.predict(features[few], start=_ROUGH)
        best = sets.take(sets.leading(worth, 1))
        first, second = np.full((2, len(sources)), -1)
        first[best.document], second[best.document] = best.first, best.second
        result: list[Choice] = []
        starts = tokens.first.tolist()
        pairs = zip(first.tolist(), second.tolist(), per_document, strict=True)
        for number, (one, two, limit) in enumerate(pairs):
            start = starts[number]
            scores = ranked.scores[start : start + counts[number]]
            if one >= 0 and tokens.leans[one]:
                one, two = _upright(tokens, scores, fits, start, one, two)
            if one < 0:
                result.append(Choice(scores, ()))
                continue
            texts = sources[number].sentences
            # What a page has twice, a digest has once.
            chosen: tuple[int, ...] = (one,) if texts[one - start] == texts[two - start] else (one, two)
            if limit.sentences > 2 and (budget.sentences is not None or limit.syllables >= _FILL_FROM):
                chosen = _fill(ranked, number, sources, chosen, limit)
            result.append(Choice(scores, tuple(index - start for index in chosen)))
        return result


def _upright(
    tokens: Tokens, scores: FloatArray, fits: NDArray[np.bool_], start: int, one: int, two: int
) -> tuple[int, int]:
    """Return the best sentence of a document that fits and does not lean, twice; -1 if none does.

    Where every sentence leans, `one` and `two` stay.
    """
    mine = slice(start, start + len(scores))
    if tokens.leans[mine].all():
        return one, two
    upright = np.flatnonzero(fits[mine] & ~tokens.leans[mine])
    best = start + int(upright[np.argmax(scores[upright])]) if len(upright) else -1
    return best, best


def _penalty(tokens: Tokens, sets: CandidateSets, sources: Sequence[Source]) -> FloatArray:
    """Return what sets lose, shape (n_sets,): more for what leans at the top than for what says nothing.

    Least for a sentence that only the one before it explains, where that is not shown.
    """
    shown = np.concatenate([sets.first, sets.second])
    empty = find_empty(tokens, sources, shown)
    lost = 10.0 * tokens.leans[sets.first] + 5.0 * (empty[sets.first] | empty[sets.second])
    needs_other = np.zeros(len(empty), dtype=bool)
    may_need = (tokens.place > 0) & (tokens.points | tokens.leans)
    for number in np.unique(shown[may_need[shown]]).tolist():
        text = sources[tokens.document[number]].sentences[tokens.place[number]]
        needs_other[number] = leaves_name_open(text) or (bool(tokens.leans[number]) and refers(text))
    loose = needs_other[sets.second] & (sets.second > sets.first + 1)
    lost += 2.0 * (loose | (needs_other[sets.first] & ~tokens.leans[sets.first]))
    return lost


def _fill(
    ranked: Ranked, number: int, sources: Sequence[Source], chosen: tuple[int, ...], limit: Limits
) -> tuple[int, ...]:
    """Return `chosen` with the sentences of the same document that add most, in document order."""
    tokens, source = ranked.tokens, sources[number]
    texts = source.sentences
    start = int(tokens.first[number])
    stop = start + int(tokens.n_sentences[number])
    mine = document_coverage(ranked.weighed, number, start, tokens.length[start:stop])
    leaning = tokens.leans[start:stop]
    empty = find_empty(tokens, sources, np.arange(start, stop))[start:stop]
    upright = not leaning.all()

    twins: defaultdict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        twins[text].append(index)

    @cache
    def points(index: int) -> tuple[re.Pattern[str], ...]:
        return pointed_at(texts, index)

    @cache
    def is_nameless(index: int) -> bool:
        return index > 0 and leaves_name_open(texts[index])

    def joins(index: int, taken: Collection[int]) -> bool:
        # What leans joins only the sentence it leans on, and nothing itself.
        if upright and leaning[index] and index - 1 not in taken:
            return False
        if index - 1 not in taken and is_nameless(index):
            return False
        if (things := points(index)) and not is_named(things, [texts[other] for other in taken]):
            return False
        return not any(other in taken for other in twins[texts[index]])

    titled = bool(find_provinces(source.title or ""))

    @cache
    def names(index: int) -> bool:
        return bool(find_provinces(texts[index], normalized=True))

    @cache
    def is_open(index: int) -> bool:
        return not titled and speaks_of_its_province(texts[index]) and not names(index)

    def named_from(taken: Collection[int]) -> int:
        return min(filter(names, taken), default=len(texts))

    values = np.maximum(ranked.scores[start:stop], 1e-9)
    values = np.where(empty, values * _EMPTY, values)
    values *= figures_first(texts, mine.length, _AMOUNT, _LONG)
    gain = products(values, mine.length, added=0.8, cost=0.2)
    first = tuple(index - start for index in chosen)
    found = cover(mine, gain, limit, first, joins, stirs=lambda index: range(index + 1, index + 1 + BACK))
    earliest = named_from(found)
    unplaced = [index for index in found[len(first) :] if index < earliest and is_open(index)]
    if unplaced:
        # `Tỉnh có 12 dự án` comes with the sentence that says which province, or not at all.
        index = unplaced[0]
        naming = [i for i in range(index) if names(i) and not leaning[i] and not empty[i]]
        more = (*first, *naming[-1:], index)
        if naming and len(more) <= limit.sentences and int(mine.length[list(more)].sum()) <= limit.syllables:
            first = more
        earliest = named_from(first)

        def is_placed(index: int, taken: Collection[int]) -> bool:
            return joins(index, taken) and (index > earliest or not is_open(index))

        def stirs(index: int) -> Iterable[int]:
            nonlocal earliest
            if index < earliest and names(index):
                earliest = index
                return range(index + 1, len(texts))
            return range(index + 1, index + 1 + BACK)

        found = cover(mine, gain, limit, first, is_placed, stirs)
    return tuple(sorted(index + start for index in found))


def _source(document: Document) -> Source:
    return Source(document.title, tuple([s.text for paragraph in document.paragraphs for s in paragraph.sentences]))


def _batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += sum(map(len, source.sentences))
        if size > _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
