"""From scores to a digest: the best sentences that fit the budget and do not repeat each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from toolkit.document import Document
from toolkit.provinces import find_provinces
from toolkit.results import Budget, Digest, DigestSentence, Note, NoteKind
from toolkit.summarization.cues import leans, refers
from toolkit.summarization.home import provinces_left_open
from toolkit.summarization.terms import FloatArray, document_terms
from toolkit.text import count_syllables


@dataclass(frozen=True, slots=True)
class Limits:
    """A budget applied to given sentences: how many of them and how many syllables at most."""

    sentences: int
    syllables: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a summariser that chooses sentences together made of one document.

    Attributes
    ----------
    scores : ndarray of shape (n_sentences,)
    sentences : tuple of int
        Indices of the sentences to show, in document order; empty where none fits.
    """

    scores: FloatArray
    sentences: tuple[int, ...]


def limits(budget: Budget, n_sentences: int, n_syllables: int) -> Limits:
    """Return what `budget` allows of so many sentences with so many syllables in all."""
    if budget.sentences is not None:
        return Limits(budget.sentences, n_syllables)
    if budget.syllables is not None:
        return Limits(n_sentences, budget.syllables)
    assert budget.ratio is not None
    return Limits(n_sentences, int(budget.ratio * n_syllables + 1e-9))


def mmr(
    scores: FloatArray,
    similarity: Callable[[int], FloatArray],
    lengths: Sequence[int],
    limit: Limits,
    trade_off: float = 0.7,
    accept: Callable[[int, Sequence[int]], bool] = lambda _index, _chosen: True,
) -> tuple[int, ...]:
    """Return indices in the order chosen: each time the best score less its likeness to those chosen.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Any scale; they are brought to [0, 1] first.
    similarity
        Gives the similarity of one sentence to all, shape (n,), in [0, 1].
    trade_off
        The paper's λ: 1 looks at the score alone, 0 at novelty alone.
    accept
        Says whether a sentence may join those chosen so far.

    References
    ----------
    Carbonell and Goldstein (1998), "The Use of MMR, Diversity-Based Reranking", SIGIR.
    """
    gain = trade_off * _unit(scores)
    size = np.asarray(lengths)
    closest = np.zeros(len(lengths))
    free = np.ones(len(lengths), dtype=bool)
    chosen: list[int] = []
    left = limit.syllables
    while len(chosen) < limit.sentences:
        candidates = np.flatnonzero(free & (size <= left))
        if not candidates.size:
            break
        order = candidates[np.argsort(-(gain - (1 - trade_off) * closest)[candidates], kind="stable")]
        best = next((int(index) for index in order if accept(int(index), chosen)), None)
        if best is None:
            break
        chosen.append(best)
        free[best] = False
        left -= int(size[best])
        closest = np.maximum(closest, similarity(best))
    return tuple(chosen)


def choose(document: Document, scores: FloatArray, budget: Budget, trade_off: float = 0.7) -> tuple[int, ...]:
    """Return the sentences to show, in document order, by MMR; none of them alone where it leans.

    A sentence that opens with ``Ngoài ra`` is taken only where an earlier sentence is shown too, one that opens with
    ``Theo đó`` or ``Ông cho biết`` only behind the one before it, unless every sentence leans. What a page has twice, a
    digest has once.
    """
    texts = [sentence.text for sentence in document.sentences]
    lengths = [count_syllables(text) for text in texts]
    rows = document_terms(document).unit_rows()
    leaning = [leans(text) for text in texts]
    whole = all(leaning)

    def accept(index: int, chosen: Sequence[int]) -> bool:
        if any(texts[index] == texts[other] for other in chosen):
            return False
        if whole or not leaning[index]:
            return True
        return index - 1 in chosen if refers(texts[index]) else any(other < index for other in chosen)

    limit = limits(budget, len(lengths), sum(lengths))
    found = mmr(scores, lambda i: rows @ rows[[i]].toarray()[0], lengths, limit, trade_off, accept)
    return tuple(sorted(found))


def select(
    document: Document,
    scores: FloatArray,
    budget: Budget,
    *,
    trade_off: float = 0.7,
    chosen: Sequence[int] | None = None,
) -> Digest:
    """Return the digest of one document that keeps to `budget`, its sentences in document order.

    Parameters
    ----------
    scores : ndarray of shape (n_sentences,)
        What a summariser's ``rank`` gave.
    trade_off
        MMR's λ, between score (1) and novelty (0).
    chosen
        Indices chosen by the summariser itself; MMR is not asked then.

    Notes
    -----
    A sentence is never cut, and none without a word is given. Where no sentence fits, the best one is given and
    `Digest.notes` says so; where fewer than asked for are worth showing, it says that.
    """
    ends = list(accumulate([len(paragraph.sentences) for paragraph in document.paragraphs]))
    sentences = document.sentences
    n_sentences = len(sentences)
    if len(scores) != n_sentences:
        raise ValueError(f"need one score per sentence, got {len(scores)} for {n_sentences} sentences")
    if not any(has_words(sentence.text) for sentence in sentences):
        return Digest((), budget, (Note(NoteKind.EMPTY),))
    picked = sorted(choose(document, scores, budget, trade_off) if chosen is None else chosen)
    picked = [index for index in picked if has_words(sentences[index].text)]
    notes: tuple[Note, ...] = ()
    if not picked:
        picked = [best_alone(document, scores)]
        lengths = [count_syllables(sentence.text) for sentence in sentences]
        if lengths[picked[0]] > limits(budget, n_sentences, sum(lengths)).syllables:
            notes = (Note(NoteKind.TOO_SMALL),)
    elif is_short(budget, len(picked), n_sentences):
        notes = (Note(NoteKind.FEWER),)
    provinces = _provinces(document, picked)
    cited = [_cite(document, ends, i, float(scores[i]), provinces.get(i)) for i in picked]
    return Digest(tuple(cited), budget, notes)


def _provinces(document: Document, picked: Sequence[int]) -> dict[int, str]:
    """Return, by index, the provinces that sentences picked tell of and no sentence up to them names."""
    left_open = provinces_left_open(document, picked)
    if not left_open:
        return {}
    found: dict[int, str] = {}
    named: set[str] = set()
    sentences = document.sentences
    for index in picked:
        if index in left_open and left_open[index] not in named:
            found[index] = left_open[index]
        named.update(find_provinces(sentences[index].text, normalized=True))
    return found


def _cite(document: Document, ends: Sequence[int], number: int, score: float, province: str | None) -> DigestSentence:
    """Return a sentence of `document` with its place, and the province to name beside it.

    Parameters
    ----------
    ends
        The sentences up to the end of each paragraph.
    """
    place = bisect_right(ends, number)
    paragraph = document.paragraphs[place]
    sentence = paragraph.sentences[number - ends[place]]
    return DigestSentence(sentence.text, score, 0, paragraph.index, number, sentence.span, province=province)


def is_short(budget: Budget, n_chosen: int, n_sentences: int) -> bool:
    """Return whether a digest of `n_chosen` sentences has fewer than were asked for and could have been had."""
    return budget.sentences is not None and n_chosen < min(budget.sentences, n_sentences)


def best_alone(document: Document, scores: FloatArray) -> int:
    """Return the sentence with the best score that can stand alone, or the best of all that have words."""
    texts = [sentence.text for sentence in document.sentences]
    order: list[int] = [index for index in np.argsort(-scores, kind="stable").tolist() if has_words(texts[index])]
    return next((index for index in order if not leans(texts[index])), order[0])


def has_words(text: str) -> bool:
    """Return whether there is more in `text` than punctuation."""
    return any(map(str.isalnum, text))


def _unit(scores: FloatArray) -> FloatArray:
    if not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
