"""The trained summariser, the default: chooses the set of sentences that should match an abstract best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.document import Document
from toolkit.results import Budget
from toolkit.summarization.cluster_concepts import share_concepts
from toolkit.summarization.cluster_features import cluster_features
from toolkit.summarization.cover import Coverage, cover, document_coverage, products, shared_coverage
from toolkit.summarization.model import SummarizerModel, shipped_model
from toolkit.summarization.select import Choice, Limits, limits
from toolkit.summarization.sentence_features import Weighed, sentence_features, weigh
from toolkit.summarization.set_features import SETS, fill_slots, set_features
from toolkit.summarization.terms import FloatArray
from toolkit.summarization.tokens import Source, Tokens, find_concepts, read_tokens

_BATCH_CHARACTERS = 300_000
_FILL_FROM = 80
"""Syllables from which a budget has room for more than the one or two sentences of an abstract."""
_CEREMONY = 0.1
"""What a sentence keeps of its value in a longer digest if it is mere ceremony."""
_PAIRED = np.array([len(members) == 2 for members in SETS])


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

    Two forests of boosted trees: one scores sentences, the other every single and pair among the best
    six. Where the budget has room for more, sentences join by the weight of what they add.

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
        slots = fill_slots(tokens, ranked.scores, fits)
        features = set_features(tokens, ranked.weighed, ranked.rows, ranked.scores, slots)
        n_documents, n_sets, n_features = features.shape
        worth = self.model.sets.predict(features.reshape(-1, n_features)).reshape(n_documents, n_sets)
        members = slots.sentence[:, [m[0] for m in SETS]], slots.sentence[:, [m[-1] for m in SETS]]
        size = tokens.length[members[0]] + np.where(_PAIRED, tokens.length[members[1]], 0)
        possible = (members[0] >= 0) & (members[1] >= 0) & (size <= room[:, None])
        possible &= ~_PAIRED | (most[:, None] >= 2)
        leaning = tokens.leans[members[0]]
        ceremonial = tokens.ceremony[members[0]] | tokens.ceremony[members[1]]
        # What leans at the top loses to anything that does not, and so does mere ceremony.
        worth = np.where(possible, worth - 10.0 * leaning - 5.0 * ceremonial, -np.inf)
        best = worth.argmax(axis=1)
        result: list[Choice] = []
        starts = tokens.first.tolist()
        every = np.arange(n_documents)
        possible_at_all = np.isfinite(worth[every, best]).tolist()
        pairs = zip(members[0][every, best].tolist(), members[1][every, best].tolist(), strict=True)
        for number, (pair, limit) in enumerate(zip(pairs, per_document, strict=True)):
            start = starts[number]
            scores = ranked.scores[start : start + counts[number]]
            if not possible_at_all[number]:
                result.append(Choice(scores, ()))
                continue
            chosen = tuple(sorted(set(pair)))
            if limit.sentences > 2 and (budget.sentences is not None or limit.syllables >= _FILL_FROM):
                chosen = _fill(ranked, number, chosen, limit)
            result.append(Choice(scores, tuple(index - start for index in chosen)))
        return result


def _fill(ranked: Ranked, number: int, chosen: tuple[int, ...], limit: Limits) -> tuple[int, ...]:
    """Return `chosen` with the sentences of the same document that add most, in document order."""
    tokens = ranked.tokens
    start = int(tokens.first[number])
    stop = start + int(tokens.n_sentences[number])
    mine = document_coverage(ranked.weighed, number, start, tokens.length[start:stop])
    leaning = tokens.leans[start:stop]
    upright = not leaning.all()

    def accept(index: int, taken: Sequence[int]) -> bool:
        # What leans joins only the sentence it leans on.
        return not (upright and leaning[index]) or index - 1 in taken

    values = np.maximum(ranked.scores[start:stop], 1e-9)
    values = np.where(tokens.ceremony[start:stop], values * _CEREMONY, values)
    gain = products(values, mine.length, added=0.8, cost=0.2)
    found = cover(mine, gain, limit, [index - start for index in chosen], accept)
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
