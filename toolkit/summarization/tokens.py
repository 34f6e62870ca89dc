"""Many documents as flat arrays: the form in which a hundred articles are ranked at the cost of ten."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.summarization.cues import leans, lists_attendance, may_lean
from toolkit.summarization.terms import IntArray, stop_words
from toolkit.text import syllables

BoolArray = NDArray[np.bool_]

N_BUCKETS = 1 << 17
"""Bigrams share this many places of the model's table; a prime factor spreads them."""
_SPREAD = 7919
_ENDS = (".", "!", "?", "…", '"', "”")


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
    leans, attends, quotes, ends, commas : ndarray of shape (n_sentences,)
        Whether it opens by pointing back, lists who was there, holds a quotation mark, ends as
        sentences do; its commas.
    term, sentence : ndarray of shape (n_tokens,)
        Number of each lower-cased syllable in this batch, and the sentence it stands in.
    title_term, title_document : ndarray of shape (n_title_tokens,)
    entry : ndarray of shape (n_terms,)
        Number of a term in the model's vocabulary, whose size stands for all unknown terms.
    is_stop, is_figure : ndarray of shape (n_terms,)
    """

    n_sentences: IntArray
    title_length: IntArray
    first: IntArray
    document: IntArray
    place: IntArray
    length: IntArray
    capitals: IntArray
    leans: BoolArray
    attends: BoolArray
    quotes: BoolArray
    ends: BoolArray
    commas: IntArray
    term: IntArray
    sentence: IntArray
    title_term: IntArray
    title_document: IntArray
    entry: IntArray
    is_stop: BoolArray
    is_figure: BoolArray


def read_tokens(sources: Sequence[Source], vocabulary: Mapping[str, int]) -> Tokens:
    """Return the syllables of a batch of documents as arrays."""
    words: list[str] = []
    lengths: list[int] = []
    titles: list[str] = []
    title_lengths: list[int] = []
    leaning: list[bool] = []
    attending: list[bool] = []
    quotes: list[bool] = []
    ends: list[bool] = []
    commas: list[int] = []
    for source in sources:
        found = syllables(unicodedata.normalize("NFC", source.title)) if source.title else []
        titles += found
        title_lengths.append(len(found))
        for text in source.sentences:
            found = syllables(text)
            words += found
            lengths.append(len(found))
            attending.append(lists_attendance(text))
            leaning.append(bool(found) and may_lean(found[0].lower()) and leans(text))
            quotes.append('"' in text or "“" in text)
            ends.append(text.endswith(_ENDS))
            commas.append(text.count(","))
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    surface = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    title_surface = np.fromiter(map(numbers.__getitem__, titles), np.int64, len(titles))
    terms: dict[str, int] = {}
    lowered = [word.lower() for word in numbers]
    term_of = np.array([terms.setdefault(word, len(terms)) for word in lowered], dtype=np.int64)
    capital = np.array([low != word for low, word in zip(lowered, numbers, strict=True)], dtype=bool)
    unknown, stop = len(vocabulary), stop_words()
    n_sentences = np.array([len(source.sentences) for source in sources], dtype=np.int64)
    length = np.array(lengths, dtype=np.int64)
    document = np.repeat(np.arange(len(sources)), n_sentences)
    first = np.cumsum(n_sentences) - n_sentences
    sentence = np.repeat(np.arange(len(length)), length)
    return Tokens(
        n_sentences=n_sentences,
        title_length=np.array(title_lengths, dtype=np.int64),
        first=first,
        document=document,
        place=np.arange(len(length)) - first[document],
        length=length,
        capitals=np.bincount(sentence[capital[surface]], minlength=len(length)),
        leans=np.array(leaning, dtype=bool),
        attends=np.array(attending, dtype=bool),
        quotes=np.array(quotes, dtype=bool),
        ends=np.array(ends, dtype=bool),
        commas=np.array(commas, dtype=np.int64),
        term=term_of[surface],
        sentence=sentence,
        title_term=term_of[title_surface],
        title_document=np.repeat(np.arange(len(sources)), title_lengths),
        entry=np.array([vocabulary.get(word, unknown) for word in terms], dtype=np.int64),
        is_stop=np.array([word in stop for word in terms], dtype=bool),
        is_figure=np.array([word[0].isdigit() for word in terms], dtype=bool),
    )


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
    code: IntArray
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
    n_terms = max(len(tokens.entry), 1)
    if order == 1:
        width, term, sentence = n_terms, tokens.term, tokens.sentence
        title, owner = tokens.title_term, tokens.title_document
    else:
        width = n_terms * n_terms
        term, sentence = _pairs(tokens.term, tokens.sentence, n_terms)
        title, owner = _pairs(tokens.title_term, tokens.title_document, n_terms)
    shift = int(tokens.n_sentences.max(initial=1)).bit_length()
    # One sort of one key gives concepts, and within each the sentences that hold it.
    key = np.sort(((tokens.document[sentence] * width + term) << shift) | tokens.place[sentence])
    starts = np.flatnonzero(_changes(key))
    concept_key = key[starts] >> shift
    place = key[starts] & ((1 << shift) - 1)
    new = _changes(concept_key)
    heads = np.flatnonzero(new)
    keys = concept_key[heads]
    document, code = np.divmod(keys, width)
    concept = np.cumsum(new) - 1
    title_keys = np.unique(owner * width + title)
    at = np.searchsorted(keys, title_keys)
    at = at[np.append(keys, -1)[at] == title_keys]
    in_title = np.zeros(len(keys), dtype=bool)
    in_title[at] = True
    if order == 1:
        kind = np.where(tokens.is_figure[code], 2, tokens.is_stop[code].astype(np.int64))
        bucket = tokens.entry[code]
    else:
        left, right = np.divmod(code, n_terms)
        kind = tokens.is_stop[left].astype(np.int64) + tokens.is_stop[right]
        bucket = (tokens.entry[left] * _SPREAD + tokens.entry[right]) % N_BUCKETS
    return Concepts(
        document=document,
        code=code,
        frequency=np.diff(np.append(starts[heads], len(key))),
        first=place[heads],
        in_title=in_title,
        kind=kind,
        bucket=bucket,
        concept=concept,
        sentence=tokens.first[document[concept]] + place,
        n_title=np.bincount(title_keys // width, minlength=len(tokens.n_sentences)),
    )


def _pairs(term: IntArray, owner: IntArray, n_terms: int) -> tuple[IntArray, IntArray]:
    same = owner[1:] == owner[:-1]
    return (term[:-1] * n_terms + term[1:])[same], owner[1:][same]


def _changes(values: IntArray) -> BoolArray:
    return np.append(True, values[1:] != values[:-1])[: len(values)]
