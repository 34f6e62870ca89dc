"""underthesea itself, for a model that is built differently from the one known here."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from toolkit.text import normalize
from toolkit.tokenization.batches import TokenBatch, TokenTable
from toolkit.tokenization.respelling import original_ranges


class Fallback:
    """Calls ``underthesea.word_tokenize``, one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def respell(self, token: str) -> str:
        """Return `token`; underthesea's rules are not known here."""
        return token

    def batch(self, texts: Sequence[str], spans: bool, normalized: bool) -> TokenBatch:
        """Return the tokens of `texts`; one token a syllable of underthesea's words."""
        if normalized:
            texts = list(map(normalize, texts))
        with self._lock:
            from underthesea import word_tokenize

            words = [word_tokenize(text) for text in texts]
        numbers: dict[str, int] = {"": 0}
        ids: list[int] = []
        begins: list[bool] = []
        indptr = [0]
        for text_words in words:
            for word in text_words:
                for place, syllable in enumerate(word.split()):
                    ids.append(numbers.setdefault(syllable, len(numbers)))
                    begins.append(place == 0)
            indptr.append(len(ids))
        starts = ends = None
        if spans:
            starts, ends = _find_spans(texts, words)
        return TokenBatch(
            np.array(ids, np.int32),
            np.array(begins, np.bool_),
            np.array(indptr, np.int64),
            TokenTable(list(numbers)),
            starts,
            ends,
        )


def _find_spans(
    texts: Sequence[str], words: Sequence[Sequence[str]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where each syllable of underthesea's words stands; a respelt one ends where the next begins."""
    found: list[tuple[int, int]] = []
    for text, text_words in zip(texts, words, strict=True):
        normal = unicodedata.normalize("NFC", text)
        origin_starts, origin_ends = original_ranges(text)
        syllables = [syllable for word in text_words for syllable in word.split()]
        position = 0
        for index, syllable in enumerate(syllables):
            while normal[position].isspace():
                position += 1
            end = position + len(syllable)
            if normal[position:end] != syllable:
                following = syllables[index + 1] if index + 1 < len(syllables) else ""
                end = normal.find(following, position + 1) if following else len(normal.rstrip())
                end = len(normal[: end if end > 0 else position + len(syllable)].rstrip())
            found.append((origin_starts[position], origin_ends[end - 1]))
            position = end
    ranges = np.array(found, np.int64).reshape(-1, 2)
    return ranges[:, 0], ranges[:, 1]
