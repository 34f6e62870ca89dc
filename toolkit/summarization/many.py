"""One digest of many articles: copies out, the same sentence once, other figures side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

import numpy as np

from toolkit.document import Document
from toolkit.results import Budget, Digest, DigestSentence, Note, NoteKind
from toolkit.summarization.comparison import contrast
from toolkit.summarization.copies import Repetition, SameSentences, article_copies, same_sentences, tells_no_more
from toolkit.summarization.cover import Coverage, Gain, cover, matches, products
from toolkit.summarization.cues import amounts, says_nothing
from toolkit.summarization.home import provinces_left_open
from toolkit.summarization.matters import Matters
from toolkit.summarization.order import ReadingOrder
from toolkit.summarization.pool import Pool, pool_sentences
from toolkit.summarization.provincial import ProvincialParts, brevity, claims, is_placed, provincial_parts, told_best
from toolkit.summarization.registry import DEFAULT, JointSummarizer, Summarizer, get
from toolkit.summarization.select import Limits, has_words, is_short, limits
from toolkit.summarization.standing import Standing
from toolkit.summarization.terms import FloatArray, IntArray, count_terms
from toolkit.summarization.when import day_of, days_apart, days_of, reads_otherwise
from toolkit.text import syllables

_EMPTY = 0.1
"""What a sentence keeps of its value if it says nothing."""
_FEWEST = 5
"""Syllables of a sentence that says anything among those of several articles."""
_FEWEST_LEFT = 10
"""Syllables of a sentence that is worth the room left where a better one does not fit, or that need not be finished."""
_MOST_NOTES = 4
"""So many other articles are named that contradict one sentence, and so many contradictions of two articles told."""


def summarize_many(
    documents: Sequence[Document],
    budget: Budget,
    summarizer: Summarizer | str = DEFAULT,
    relevance: Sequence[FloatArray] | None = None,
) -> Digest:
    """Return one digest of many articles.

    Copies of an article, which tell no more than it does, are recognised first and named in `Digest.notes`. A
    sentence that several articles have is shown once, `DigestSentence.also` naming the others. Where another
    article has it with other figures, or denies it, both are shown, or the later one where there is no room for
    both, and a note says what the two give. Documents come in order of time: of their dates, or of the days that
    their openings name, or as given where nothing tells; of the same day, what stands higher up in the articles that
    have it comes first (`ReadingOrder`).

    Articles on one matter that are about different provinces make a brief: the common part first, event by event, each
    with its opening while there is room; then what each province has to say, its figures before all. `Năm nay` is in
    there only after the opening of its event if others are of another year; everywhere `DigestSentence.when` says
    which day such a sentence counts from.

    Parameters
    ----------
    relevance : sequence of ndarray of shape (n_sentences,), optional
        For each document how much each sentence is wanted; 0 keeps it out.
    """
    how = get(summarizer) if isinstance(summarizer, str) else summarizer
    everything = pool_sentences(documents, range(len(documents)))
    if not everything.texts:
        return Digest((), budget, (Note(NoteKind.EMPTY),))
    of = everything.document.tolist()
    every = same_sentences(everything.texts, of, days_apart(documents), Matters(documents).of_one_subject)
    first = article_copies([" ".join(s.text for s in d.sentences) for d in documents], tells_no_more(every, of))
    kept = [number for number, original in enumerate(first) if number == original]
    notes = [Note(NoteKind.COPY, (number, original)) for number, original in enumerate(first) if number != original]
    also = _holders(everything, every)
    pool = pool_sentences(documents, kept)
    if not any(map(has_words, pool.texts)):
        return Digest((), budget, (*notes, Note(NoteKind.EMPTY)))
    same = every.take(np.flatnonzero(np.isin(everything.document, kept)).tolist())
    wanted = np.ones(len(pool.texts))
    if relevance is not None:
        wanted = np.concatenate([np.asarray(relevance[number], dtype=float) for number in kept])
        if not (wanted > 0).any():
            return Digest((), budget, (*notes, Note(NoteKind.EMPTY)))

    own = [documents[number] for number in kept]
    parts = provincial_parts(own)
    if relevance is not None:
        wanted *= told_best(parts, pool)
        parts = None  # a topic is no brief: its best sentences, wherever they are from

    days = days_of(documents)
    order = ReadingOrder(pool, days, parts)
    chosen, values, small = _choose(own, pool, same, budget, how, wanted, parts, order, days)
    if small:
        notes.append(Note(NoteKind.TOO_SMALL))
    elif is_short(budget, len(chosen), int(np.count_nonzero(wanted))):
        notes.append(Note(NoteKind.FEWER))
    shown_of: defaultdict[int, list[int]] = defaultdict(list)
    for i in chosen:
        shown_of[int(pool.document[i])].append(int(pool.sentence[i]))
    told = list(map(day_of, documents))
    others = frozenset(filter(None, told))
    provinces = {number: provinces_left_open(documents[number], shown) for number, shown in shown_of.items()}
    found = [
        DigestSentence(
            text=pool.texts[i],
            score=float(values[i]),
            document=int(pool.document[i]),
            paragraph=int(pool.paragraph[i]),
            sentence=int(pool.sentence[i]),
            span=documents[pool.document[i]].sentences[pool.sentence[i]].span,
            also=tuple(sorted(also[same.group[i]] - {int(pool.document[i])})),
            province=provinces[int(pool.document[i])].get(int(pool.sentence[i])),
            when=when if reads_otherwise(pool.texts[i], when := told[int(pool.document[i])], others) else None,
        )
        for i in order(chosen)
    ]
    notes += _contradictions({same.group[i]: int(pool.document[i]) for i in chosen}, every, everything)
    return Digest(tuple(found), budget, tuple(notes))


def _holders(pool: Pool, same: SameSentences) -> dict[int, set[int]]:
    """Return for each group of sentences the documents that have it."""
    holders: defaultdict[int, set[int]] = defaultdict(set)
    for group, document in zip(same.group, pool.document.tolist(), strict=True):
        holders[group].add(document)
    return holders


def _contradictions(shown: Mapping[int, int], same: SameSentences, pool: Pool) -> list[Note]:
    """Return what articles say otherwise than sentences that are shown, given by group with the document of each."""
    notes: defaultdict[tuple[int, ...], dict[tuple[str, ...], Note]] = defaultdict(dict)
    for group, document in shown.items():
        # Of two that are shown one is enough to say so.
        others = [other for other in same.rivals.get(group, ()) if other not in shown or group < other]
        for other in others[:_MOST_NOTES]:
            sides = sorted([(document, group), (shown.get(other, int(pool.document[other])), other)])
            pair = tuple(number for number, _ in sides)
            said = contrast(*(same.statements[index] for _, index in sides))
            figures = tuple(map("; ".join, said)) if said and any(said) else ()
            if len(notes[pair]) < _MOST_NOTES:
                kind = NoteKind.FIGURES if figures else NoteKind.OPPOSITE
                notes[pair].setdefault(figures, Note(kind, pair, figures))
    return [note for found in notes.values() for note in found.values()]


def _choose(
    documents: Sequence[Document],
    pool: Pool,
    same: SameSentences,
    budget: Budget,
    how: Summarizer,
    wanted: FloatArray,
    parts: ProvincialParts | None,
    order: Callable[[Sequence[int]], list[int]],
    days: Sequence[date],
) -> tuple[tuple[int, ...], FloatArray, bool]:
    """Return the indices chosen, in order of importance, all values, and whether nothing fitted."""
    if isinstance(how, JointSummarizer):
        values, coverage = how.weigh_together(documents)
    else:
        ranks = [how.rank(document) for document in documents]
        values = np.concatenate([rank / max(float(rank.max(initial=0.0)), 1e-9) for rank in ranks])
        coverage = _plain_coverage(pool)

    def gain(factor: FloatArray) -> Gain:
        if isinstance(how, JointSummarizer):
            return matches(values, coverage.length, factor)
        return products(np.maximum(values, 1e-9) * factor, coverage.length, added=1.0, cost=0.5)

    # A sentence stands for its whole group; the first wanted one of the group is the one shown.
    usable = wanted * np.array([_EMPTY if says_nothing(text) else 1.0 for text in pool.texts])
    scrap = np.array([_is_scrap(*one) for one in zip(pool.texts, coverage.length.tolist(), strict=True)])
    if (usable[~scrap] > 0).any():
        usable[scrap] = 0.0
    if parts is not None:
        usable *= brevity(parts, pool, coverage.length)
    seen: set[int] = set()
    for index in np.flatnonzero(usable).tolist():
        if same.group[index] in seen:
            usable[index] = 0.0
        seen.add(same.group[index])
    standing = Standing(pool, np.flatnonzero(usable))

    def accept(index: int, chosen: Collection[int]) -> bool:
        if repetition.is_repeated(index, chosen):
            repeated.add(index)
            return False
        if parts is not None and not is_placed(parts, pool, index, chosen):
            return False
        return standing.stands(index, chosen)

    def day(index: int) -> date:
        return days[int(pool.document[index])]

    limit = limits(budget, len(coverage.length), int(coverage.length.sum()))
    shown = {same.group[index]: index for index in np.flatnonzero(usable).tolist()}
    while True:
        start: tuple[int, ...] = ()
        if parts is not None:
            worth = gain(usable)(coverage.mass(coverage.weight)) * standing.upright
            worth = np.where(usable > _EMPTY, worth, 0.0)
            start = claims(parts, pool, coverage.length, worth, limit)
            if not start:
                usable = np.where(parts.local, np.minimum(usable, _EMPTY), usable)
        repetition, repeated = Repetition(same.statements, replaced=True), set[int]()
        chosen = cover(coverage, gain(usable), limit, start, accept, shortest=_FEWEST_LEFT)
        if repeated:
            # Words that stand for others may change the sense: shown where nothing else wants the room.
            left = np.where(np.isin(np.arange(len(usable)), list(repeated)), usable, 0.0)
            repetition = Repetition(same.statements, replaced=False)
            chosen = cover(coverage, gain(left), limit, chosen, accept, shortest=_FEWEST_LEFT)
        chosen = _with_rivals(chosen, same, shown, day, coverage.length, limit)
        if not chosen:
            break
        top = order(chosen)[0]
        if standing.upright[top]:
            return chosen, values, False
        # Order may bring to the top what must not stand there: do without it.
        usable[top] = 0.0
    return (int(np.argmax(np.where(standing.upright, values * usable, -1.0))),), values, True


def _is_scrap(text: str, length: int) -> bool:
    """Return whether a sentence is what cleaning left of a caption (``Biểu đồ: Minh An.``), a byline or a heading."""
    finished = text.rstrip(' "”’»)').endswith((".", "…", ";", "?"))
    return length < _FEWEST or (length < _FEWEST_LEFT and not finished and not amounts(text))


def _with_rivals(
    chosen: Sequence[int],
    same: SameSentences,
    shown: Mapping[int, int],
    day: Callable[[int], date],
    length: IntArray,
    limit: Limits,
) -> tuple[int, ...]:
    """Return `chosen` with the rival of each sentence beside it, the least important giving way.

    Of the two what is from the later day comes first: there may be room for one alone.
    """
    wanted: list[int] = []
    for index in chosen:
        rivals = [shown[group] for group in same.rivals.get(same.group[index], ()) if group in shown]
        both = sorted([index, *sorted(rivals, key=day, reverse=True)[:1]], key=day, reverse=True)
        wanted += [one for one in both if one not in wanted]
    result: list[int] = []
    left = limit.syllables
    for index in wanted:
        if len(result) < limit.sentences and int(length[index]) <= left:
            result.append(index)
            left -= int(length[index])
    return tuple(result)


def _plain_coverage(pool: Pool) -> Coverage:
    terms = count_terms(pool.texts)
    idf = terms.idf()
    frequency = np.bincount(terms.columns, terms.counts, minlength=terms.shape[1])
    lengths = np.array([len(syllables(text)) for text in pool.texts], dtype=np.int64)
    return Coverage(terms.rows, terms.columns, frequency * idf, lengths)
