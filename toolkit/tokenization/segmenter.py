"""Word segmentation of many texts at once, equal to underthesea's token for token."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from toolkit.tokenization import cache, source
from toolkit.tokenization.batches import TokenBatch
from toolkit.tokenization.chunks import SEPARATOR
from toolkit.tokenization.decoding import Decoder
from toolkit.tokenization.vocabulary import Vocabulary

if TYPE_CHECKING:
    from toolkit.document import Span
    from toolkit.tokenization.compilation import CompiledModel
    from toolkit.tokenization.fallback import Fallback
    from toolkit.tokenization.names import NameLexicon
    from toolkit.tokenization.reference import ReferenceTagger

# A vocabulary that holds more is left to the batches that use it, and another one begun.
MAX_TOKENS = 1 << 18
MAX_CHUNKS = 1 << 19
MAX_CHARACTERS = 1 << 23
# Texts are worked on in slices of about this many characters, so that memory stays bounded and arrays of
# one slice stay in the processor's cache.
SLICE_CHARACTERS = 1 << 18


class Segmenter:
    """Segments Vietnamese text into words exactly as ``underthesea.word_tokenize`` does, and far faster.

    Any number of threads may share one. The model is read from the installed underthesea when first used.

    Parameters
    ----------
    lexicon : NameLexicon, optional
        Names that stay whole. Without it the result equals underthesea's.
    max_tokens : int
        How many distinct tokens are remembered before the memory starts afresh.
    """

    def __init__(self, lexicon: NameLexicon | None = None, *, max_tokens: int = MAX_TOKENS) -> None:
        self.lexicon = lexicon
        self.max_tokens = max_tokens
        self._lock = threading.RLock()
        self._engine: _Engine | Fallback | None = None

    def __getstate__(self) -> dict[str, object]:
        return {"lexicon": self.lexicon, "max_tokens": self.max_tokens}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text`."""
        return self.tokenize_batch([text]).words()[0]

    def tokenize_many(self, texts: Iterable[str]) -> list[list[str]]:
        """Return the words of each text."""
        if isinstance(texts, str):
            raise TypeError("expected a sequence of texts, got one string; put it into a list")
        return [words for part in _slices(texts) for words in self._batch(part, False, self.lexicon).words()]

    def token_spans(self, text: str) -> list[Span]:
        """Return where each word of `text` stands in it."""
        from toolkit.document import Span

        batch = self.tokenize_batch([text], spans=True)
        begins = np.flatnonzero(batch.begins)
        lasts = np.append(begins[1:], len(batch.ids)) - 1 if len(begins) else begins
        ranges = zip(_given(batch.starts)[begins].tolist(), _given(batch.ends)[lasts].tolist(), strict=True)
        return [Span(start, end) for start, end in ranges]

    def tokenize_batch(
        self,
        texts: Sequence[str],
        *,
        spans: bool = False,
        lexicon: NameLexicon | None = None,
        normalized: bool = False,
    ) -> TokenBatch:
        """Return the tokens of all texts as arrays.

        Parameters
        ----------
        texts : sequence of str
        spans : bool
            Whether to say where each token stands.
        lexicon : NameLexicon, optional
            Instead of the segmenter's own.
        normalized : bool
            Whether to segment what `toolkit.text.normalize` makes of the texts.
        """
        if isinstance(texts, str):
            raise TypeError("expected a sequence of texts, found one str; pass [text]")
        if spans and normalized:
            raise ValueError("a token's place in a text that is not at hand says nothing; normalize the texts before")
        return self._batch(texts, spans, self.lexicon if lexicon is None else lexicon, normalized)

    def _batch(
        self, texts: Sequence[str], spans: bool, lexicon: NameLexicon | None, normalized: bool = False
    ) -> TokenBatch:
        engine = self._engine or self._start()
        batch = engine.batch(texts, spans, normalized)
        if lexicon is not None and len(lexicon) and len(batch.ids):
            from toolkit.tokenization.names import join_names

            lexicon.respell(engine.respell)
            join_names(batch.begins, batch.ids, batch.indptr, batch.table, lexicon)
        return batch

    def _start(self) -> _Engine | Fallback:
        with self._lock:
            if self._engine is None:
                try:
                    model, root = load_compiled()
                    self._engine = _Engine(model, root, self.max_tokens)
                except source.UnknownModelError as error:
                    warnings.warn(f"{error}; falling back to underthesea.word_tokenize, which is slow", stacklevel=4)
                    from toolkit.tokenization.fallback import Fallback

                    self._engine = Fallback()
            return self._engine


def load_compiled() -> tuple[CompiledModel, Path]:
    """Return the compiled model of the installed underthesea and the folder it is in.

    Raises
    ------
    UnknownModelError
        If underthesea is missing or its model is built differently.
    """
    root = source.folder()
    path = cache.cache_file(root)
    try:
        cached = cache.load(path, root, source.fingerprint)
    except OSError:
        cached = None
    if cached is not None:
        model, digests = cached
    else:
        from toolkit.tokenization.compilation import compile_model

        digests = source.fingerprint(root)
        model = compile_model(source.read_model(root))
        cache.save(path, root, digests, model)
    if not source.is_tested(digests):
        warnings.warn(
            "the installed underthesea has another word-segmentation model or other rules than the one "
            "(9.5.0) this toolkit was proved equal to; it is used as it is",
            stacklevel=5,
        )
    return model, root


class _Engine:
    """The arrays at work."""

    def __init__(self, model: CompiledModel, root: Path, max_tokens: int) -> None:
        self._model = model
        self._root = root
        self._max_tokens = max_tokens
        self._decoder = Decoder(model)
        self._lock = threading.Lock()
        self._vocabulary = self._new_vocabulary()
        self._reference: ReferenceTagger | None = None

    def _new_vocabulary(self) -> Vocabulary:
        return Vocabulary(self._model, self._max_tokens, MAX_CHUNKS, MAX_CHARACTERS)

    def respell(self, token: str) -> str:
        """Return `token` as the table has it."""
        return self._vocabulary.rules.respell(token)

    def batch(self, texts: Sequence[str], spans: bool, normalized: bool) -> TokenBatch:
        """Return the tokens of `texts`, worked out slice by slice with one table."""
        vocabulary = self._vocabulary
        if vocabulary.is_full:
            with self._lock:
                if self._vocabulary is vocabulary:
                    self._vocabulary = self._new_vocabulary()
                vocabulary = self._vocabulary
        parts = [self._slice(part, spans, normalized, vocabulary) for part in _slices(texts)]
        if len(parts) == 1:
            return parts[0]
        empty = np.zeros(0, np.int64)
        sizes = np.cumsum([0, *(len(part.ids) for part in parts)]).tolist()
        return TokenBatch(
            ids=np.concatenate([empty.astype(np.int32), *(part.ids for part in parts)]),
            begins=np.concatenate([empty.astype(np.bool_), *(part.begins for part in parts)]),
            indptr=np.concatenate(
                [[0], *(part.indptr[1:] + size for part, size in zip(parts, sizes, strict=False))]
            ).astype(np.int64),
            table=vocabulary.table,
            starts=np.concatenate([empty, *(_given(part.starts) for part in parts)]) if spans else None,
            ends=np.concatenate([empty, *(_given(part.ends) for part in parts)]) if spans else None,
        )

    def _slice(self, texts: Sequence[str], spans: bool, normalized: bool, vocabulary: Vocabulary) -> TokenBatch:
        stream, tokens = vocabulary.chunks_of(texts, normalized), vocabulary.arrays()
        chunks = stream.known
        n_texts = len(stream.indptr) - 1
        # Padding before the first text and behind each.
        numbers = np.full(len(stream.numbers) + n_texts + 1, SEPARATOR, np.int32)
        places = np.arange(1, len(stream.numbers) + 1)
        places += np.repeat(np.arange(n_texts), np.diff(stream.indptr))
        numbers[places] = stream.numbers
        counts = chunks.length.take(numbers)
        stops = np.cumsum(counts, dtype=np.int64)
        offsets = chunks.first.take(numbers) - (stops - counts)
        source_places = np.repeat(offsets, counts)
        source_places += np.arange(len(source_places))
        ids = chunks.ids.take(source_places)
        if not spans:
            del source_places
        bounds = stops[stream.indptr + np.arange(n_texts + 1)] - 2
        decoded = self._decoder.decode(ids, bounds, tokens)
        for text_number in decoded.doubtful:
            begin, end = int(bounds[text_number]) + 2, int(bounds[text_number + 1])
            strings = [vocabulary.table[number] for number in ids[begin:end].tolist()]
            decoded.begins[begin:end] = self._settle(strings)
        real = ids != 0
        starts = ends = None
        if spans:
            begins_of_chunks = np.zeros(len(numbers), np.int64)
            begins_of_chunks[places] = stream.starts
            offsets = np.repeat(begins_of_chunks, counts)[real]
            source_places = source_places[real]
            starts = offsets + chunks.starts.take(source_places)
            ends = offsets + chunks.ends.take(source_places)
        indptr = bounds - 2 * np.arange(len(bounds))
        return TokenBatch(ids[real], decoded.begins[real], indptr, vocabulary.table, starts, ends)

    def _settle(self, strings: list[str]) -> list[bool]:
        from toolkit.tokenization.reference import ReferenceTagger

        with self._lock:
            if self._reference is None:
                self._reference = ReferenceTagger(source.read_model(self._root))
        return self._reference.begins(strings)


def _given(array: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
    assert array is not None
    return array


def _slices(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in lists of bounded total length."""
    part: list[str] = []
    room = SLICE_CHARACTERS
    for text in texts:
        part.append(text)
        room -= len(text) + 64
        if room <= 0:
            yield part
            part, room = [], SLICE_CHARACTERS
    if part:
        yield part
