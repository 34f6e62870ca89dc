"""Many documents as flat arrays: the form in which a hundred articles are ranked at the cost of ten."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.cues import (
    CEREMONY_WORDS,
    DEMONSTRATIVES,
    LAST_WORDS,
    LONGEST_HEADING,
    POINTERS,
    PRONOUNS,
    REACH,
    SHRED,
    leans,
    opening_words,
    says_nothing,
)
from toolkit.summarization.syllable_codes import (
    CODE_BITS,
    BoolArray,
    CodeArray,
    SyllableCodes,
    codes_of,
    read_syllables,
)
from toolkit.summarization.terms import IntArray, stop_words

N_BUCKETS = 1 << 17
"""Terms share this many places of the model's tables."""
_KIND = np.uint64(3)
_ENDS = tuple(map(ord, '.!?…"”'))
_NO_STATEMENT, _QUOTED = tuple(map(ord, "?:")), tuple(map(ord, '"”»'))
_LEFT, _RIGHT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Source:
    """What the ranker reads of one document."""

    title: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The syllables of a batch of documents.

    Attributes
    ----------
    n_sentences, title_length : ndarray of shape (n_documents,)
    first : ndarray of shape (n_documents,)
        Number of each document's first sentence in the batch.
    document, place, length, capitals : ndarray of shape (n_sentences,)
        Document of a sentence, its place in it, its syllables, and how many of them have a capital.
    leans, points, may_be_empty, quotes, ends, commas : ndarray of shape (n_sentences,)
        Whether it opens by pointing back, has a word that points back anywhere, shows a sign of saying nothing
        (`find_empty` decides), holds a quotation mark, ends as sentences do; its commas.
    term, sentence : ndarray of shape (n_tokens,)
        Code of each lower-cased syllable, and the sentence it stands in. The two lowest bits of a code
        say what it is: 0 a word, 1 a stop word, 2 a figure.
    title_term, title_document : ndarray of shape (n_title_tokens,)
    """

    n_sentences: IntArray
    title_length: IntArray
    first: IntArray
    document: IntArray
    place: IntArray
    length: IntArray
    capitals: IntArray
    leans: BoolArray
    points: BoolArray
    may_be_empty: BoolArray
    quotes: BoolArray
    ends: BoolArray
    commas: IntArray
    term: CodeArray
    sentence: IntArray
    title_term: CodeArray
    title_document: IntArray

    def count(self, kind: int) -> IntArray:
        """Return how many syllables of a kind (1 stop words, 2 figures) each sentence has."""
        return np.bincount(self.sentence[(self.term & _KIND) == kind], minlength=len(self.length))


def read_tokens(sources: Sequence[Source]) -> Tokens:
    """Return the syllables of a batch of documents as arrays."""
    texts = [text for source in sources for text in source.sentences]
    n = len(texts)
    titles = [unicodedata.normalize("NFC", source.title) if source.title else "" for source in sources]
    found = read_syllables([*texts, *titles])
    term = found.code & ~_KIND | (2 * found.figure).astype(np.uint64)
    term |= (_among(found.code, _stop_codes()) & ~found.figure).astype(np.uint64)
    body = int(np.searchsorted(found.text, n))
    n_sentences = np.array([len(source.sentences) for source in sources], dtype=np.int64)
    document = np.repeat(np.arange(len(sources)), n_sentences)
    first = np.cumsum(n_sentences) - n_sentences
    length = found.length[:n]
    leaning = np.zeros(n, dtype=bool)
    held = np.flatnonzero(length)
    for number in held[_may_lean(found.code, (np.cumsum(length) - length)[held])].tolist():
        leaning[number] = leans(texts[number])
    return Tokens(
        n_sentences=n_sentences,
        title_length=found.length[n:],
        first=first,
        document=document,
        place=np.arange(n) - first[document],
        length=length,
        capitals=np.bincount(found.text[:body][found.capital[:body]], minlength=n),
        leans=leaning,
        points=_holding(found, n, DEMONSTRATIVES),
        may_be_empty=_may_be_empty(found, n, texts),
        quotes=found.quotes[:n],
        ends=np.isin(found.last[:n], _ENDS),
        commas=found.commas[:n],
        term=term[:body],
        sentence=found.text[:body],
        title_term=term[body:],
        title_document=found.text[body:] - n,
    )


def find_empty(tokens: Tokens, sources: Sequence[Source], among: IntArray) -> BoolArray:
    """Return which sentences of the batch, of those with the numbers `among`, say nothing (`says_nothing`)."""
    empty = np.zeros(len(tokens.length), dtype=bool)
    for number in np.unique(among[tokens.may_be_empty[among]]).tolist():
        empty[number] = says_nothing(sources[tokens.document[number]].sentences[tokens.place[number]])
    return empty


@dataclass(frozen=True, slots=True)
class Concepts:
    """The distinct terms, or pairs of neighbouring terms, of every document and where they stand.

    Attributes
    ----------
    document, code, frequency, first : ndarray of shape (n_concepts,)
        Document; what it is (equal for equal terms of all documents in the batch); occurrences; place
        of the first sentence that holds it.
    in_title : ndarray of shape (n_concepts,)
    kind : ndarray of shape (n_concepts,)
        Stop words among its terms; for single terms 2 is a figure.
    bucket : ndarray of shape (n_concepts,)
        Its place in the model's table.
    concept, sentence : ndarray of shape (n_entries,)
        Each concept with each sentence that holds it, sorted by concept, no pair twice.
    n_title : ndarray of shape (n_documents,)
        Distinct concepts of the title.
    """

    document: IntArray
    code: CodeArray
    frequency: IntArray
    first: IntArray
    in_title: BoolArray
    kind: IntArray
    bucket: IntArray
    concept: IntArray
    sentence: IntArray
    n_title: IntArray


def find_concepts(tokens: Tokens, order: int) -> Concepts:
    """Return the distinct single terms (`order` 1) or bigrams within sentences (`order` 2)."""
    term, sentence, title, owner = tokens.term, tokens.sentence, tokens.title_term, tokens.title_document
    if order == 2:
        term, sentence = _pairs(term, sentence)
        title, owner = _pairs(title, owner)
    # One key holds document, code and place, from its highest bit to its lowest: one sort gives the
    # concepts, and within each the sentences that hold it.
    shift = int(tokens.n_sentences.max(initial=1)).bit_length()
    width = min(CODE_BITS, 64 - shift - len(tokens.n_sentences).bit_length())
    mask, low, wide = np.uint64((1 << width) - 1), np.uint64(shift), np.uint64(width)
    owner_key = tokens.document.astype(np.uint64)[sentence] << wide
    key = ((owner_key | term & mask) << low) | tokens.place.astype(np.uint64)[sentence]
    # Documents follow one another, so each is sorted by itself: short runs sort six times as fast.
    bounds = np.searchsorted(sentence, np.append(tokens.first, len(tokens.length))).tolist()
    for start, stop in pairwise(bounds):
        key[start:stop].sort()
    starts = np.flatnonzero(_changes(key))
    concept_key = key[starts] >> low
    place = (key[starts] & np.uint64((1 << shift) - 1)).astype(np.int64)
    new = _changes(concept_key)
    heads = np.flatnonzero(new)
    keys = concept_key[heads]
    document = (keys >> wide).astype(np.int64)
    code = keys & mask
    concept = np.cumsum(new) - 1
    title_keys = np.sort((owner.astype(np.uint64) << wide) | title & mask)
    title_keys = title_keys[_changes(title_keys)]
    at = np.searchsorted(keys, title_keys)
    in_title = np.zeros(len(keys) + 1, dtype=bool)
    if len(keys):
        in_title[at[keys[np.minimum(at, len(keys) - 1)] == title_keys]] = True
    return Concepts(
        document=document,
        code=code,
        frequency=np.diff(np.append(starts[heads], len(key))),
        first=place[heads],
        in_title=in_title[:-1],
        kind=(code & _KIND).astype(np.int64),
        bucket=(code >> np.uint64(2) & np.uint64(N_BUCKETS - 1)).astype(np.int64),
        concept=concept,
        sentence=tokens.first[document[concept]] + place,
        n_title=np.bincount((title_keys >> wide).astype(np.int64), minlength=len(tokens.n_sentences)),
    )


def _pairs(term: CodeArray, owner: IntArray) -> tuple[CodeArray, IntArray]:
    same = owner[1:] == owner[:-1]
    left, right = term[:-1][same], term[1:][same]
    mixed = _pair(left, right)
    is_stop = ((left & _KIND) == 1).astype(np.uint64) + ((right & _KIND) == 1)
    return mixed & ~_KIND | is_stop, owner[1:][same]


def _pair(left: CodeArray, right: CodeArray) -> CodeArray:
    mixed: CodeArray = (left * _LEFT + right * _RIGHT) >> np.uint64(64 - CODE_BITS)
    return mixed


def _changes(values: NDArray[np.uint64]) -> BoolArray:
    changed = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed


@cache
def _codes(words: Iterable[str]) -> CodeArray:
    return codes_of(words)


@cache
def _stop_codes() -> CodeArray:
    return codes_of(stop_words())


@cache
def _openings() -> tuple[CodeArray, CodeArray]:
    """Return the codes of openings of one syllable, and of the first two of longer ones, both sorted."""
    single = codes_of([*PRONOUNS, *(words[0] for words in opening_words() if len(words) == 1)])
    both = read_syllables([word for words in opening_words() if len(words) == 2 for word in words]).code
    return single, np.sort(_pair(both[::2], both[1::2]))


def _may_lean(code: CodeArray, first: IntArray) -> BoolArray:
    """Return whether the syllables from `first` on can be an opening that points back."""
    single, double = _openings()
    nearby = [code[np.minimum(first + step, len(code) - 1)] for step in range(REACH)]
    may = _among(nearby[0], single) | _among(_pair(nearby[0], nearby[1]), double)
    for later in nearby[1:]:
        may |= _among(later, _codes(POINTERS))
    return may


def _holding(found: SyllableCodes, n: int, words: tuple[str, ...]) -> BoolArray:
    """Return which of the first `n` texts have one of these syllables."""
    holding = np.zeros(n, dtype=bool)
    holders = found.text[_among(found.code, _codes(words))]
    holding[holders[holders < n]] = True
    return holding


def _may_be_empty(found: SyllableCodes, n: int, texts: Sequence[str]) -> BoolArray:
    """Return which of the first `n` texts have the endings, words or marks of what says nothing."""
    length, last = found.length[:n], found.last[:n]
    may = found.half_quoted[:n] | np.isin(last, _NO_STATEMENT) | (length <= SHRED)
    may |= ~np.isin(last, _ENDS) & (length <= LONGEST_HEADING)
    held = np.flatnonzero(length)
    may[held] |= _among(found.code[np.cumsum(length)[held] - 1], _codes(LAST_WORDS))
    for number in np.flatnonzero(np.isin(last, _QUOTED)).tolist():
        may[number] |= "?" in texts[number][-4:]
    return may | _holding(found, n, CEREMONY_WORDS)


def _among(codes: CodeArray, few: CodeArray) -> BoolArray:
    """Return which codes are among a few: their first bits say which single one each can be."""
    shift, places, known = _table(few.tobytes())
    return np.asarray(known.take(places.take((codes >> shift).view(np.int64))) == codes)


@cache
def _table(few: bytes) -> tuple[np.uint64, NDArray[np.uint16], CodeArray]:
    """Return by how much to shift a code, the number that every result has, and the code of each number."""
    codes = np.unique(np.frombuffer(few, dtype=np.uint64))
    for shift in map(np.uint64, range(CODE_BITS - 16, 0, -1)):
        places = (codes >> shift).view(np.int64)
        if len(np.unique(places)) == len(codes):
            break
    table = np.zeros(1 << (CODE_BITS - int(shift)), dtype=np.uint16)
    table[places] = np.arange(1, len(codes) + 1)
    return shift, table, np.concatenate([np.array([1 << 63], dtype=np.uint64), codes])
