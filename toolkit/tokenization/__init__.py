"""Word segmentation: the words of underthesea, many texts at once.

>>> from toolkit.tokenization import tokenize
>>> tokenize("Chính phủ ban hành nghị định mới.")
['Chính phủ', 'ban hành', 'nghị định', 'mới', '.']
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.document import Span
    from toolkit.tokenization.batches import TokenBatch
    from toolkit.tokenization.names import NameLexicon
    from toolkit.tokenization.segmenter import Segmenter

__all__ = [
    "NameLexicon",
    "Segmenter",
    "TokenBatch",
    "default_segmenter",
    "token_spans",
    "tokenize",
    "tokenize_batch",
    "tokenize_many",
]

_default: Segmenter | None = None
_lock = threading.Lock()


def default_segmenter() -> Segmenter:
    """Return the segmenter that the functions below share."""
    global _default
    if _default is None:
        from toolkit.tokenization.segmenter import Segmenter

        with _lock:
            if _default is None:
                _default = Segmenter()
    return _default


def _begin_anew() -> None:
    """Forget the segmenter in a child: a thread of the parent may have held its locks when it was forked."""
    global _default, _lock
    _default, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def tokenize(text: str) -> list[str]:
    """Return the words of `text`, as ``underthesea.word_tokenize(text)`` does."""
    return default_segmenter().tokenize(text)


def tokenize_many(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each text."""
    return default_segmenter().tokenize_many(texts)


def token_spans(text: str) -> list[Span]:
    """Return where each word of ``tokenize(text)`` stands in `text`, respelt or not."""
    return default_segmenter().token_spans(text)


def tokenize_batch(
    texts: Sequence[str], *, spans: bool = False, lexicon: NameLexicon | None = None, normalized: bool = False
) -> TokenBatch:
    """Return the syllable-level tokens of all texts as arrays; see `TokenBatch`.

    Parameters
    ----------
    texts : sequence of str
    spans : bool
        Whether to say where each token stands.
    lexicon : NameLexicon, optional
        Names that stay whole, on top of underthesea's segmentation.
    normalized : bool
        Whether to segment what `toolkit.text.normalize` makes of the texts, which costs next to nothing here.
    """
    return default_segmenter().tokenize_batch(texts, spans=spans, lexicon=lexicon, normalized=normalized)


def __getattr__(name: str) -> Any:  # numpy is not loaded before something needs it
    if name == "Segmenter":
        from toolkit.tokenization.segmenter import Segmenter

        return Segmenter
    if name == "TokenBatch":
        from toolkit.tokenization.batches import TokenBatch

        return TokenBatch
    if name == "NameLexicon":
        from toolkit.tokenization.names import NameLexicon

        return NameLexicon
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
