"""Topic labels and digests for Vietnamese news and reports.

>>> import toolkit
>>> document = toolkit.parse("Tỉnh hiện có 69 dự án FDI, tổng vốn đăng ký 1,16 tỷ USD.")
>>> analyzer = toolkit.Analyzer.load()
>>> analyzer.analyze(document).paragraphs[0].prediction.labels
('fdi',)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Name → module that has it. Nothing is imported before it is asked for: `import toolkit` stays cheap (PEP 562).
_EXPORTS = {
    "parse": "segmentation",
    "read": "io",
    "iter_documents": "io",
    "tokenize": "tokenization",
    "tokenize_many": "tokenization",
    "token_spans": "tokenization",
    "Analyzer": "pipeline",
    "TopicClassifier": "classification",
    "Span": "document",
    "Sentence": "document",
    "Paragraph": "document",
    "Dropped": "document",
    "Document": "document",
    "Prediction": "results",
    "Budget": "results",
    "DigestSentence": "results",
    "Digest": "results",
    "LabelledParagraph": "results",
    "Analysis": "results",
    "Contribution": "results",
    "Explanation": "results",
    "ToolkitError": "errors",
    "DecodingError": "errors",
    "InputError": "errors",
    "InputNotFoundError": "errors",
    "MissingExtraError": "errors",
    "ModelError": "errors",
    "CorpusError": "errors",
    "NotFittedError": "errors",
}

__all__ = ["__version__", *_EXPORTS]

if TYPE_CHECKING:
    from toolkit.classification import TopicClassifier as TopicClassifier
    from toolkit.document import Document as Document
    from toolkit.document import Dropped as Dropped
    from toolkit.document import Paragraph as Paragraph
    from toolkit.document import Sentence as Sentence
    from toolkit.document import Span as Span
    from toolkit.errors import CorpusError as CorpusError
    from toolkit.errors import DecodingError as DecodingError
    from toolkit.errors import InputError as InputError
    from toolkit.errors import InputNotFoundError as InputNotFoundError
    from toolkit.errors import MissingExtraError as MissingExtraError
    from toolkit.errors import ModelError as ModelError
    from toolkit.errors import NotFittedError as NotFittedError
    from toolkit.errors import ToolkitError as ToolkitError
    from toolkit.io import iter_documents as iter_documents
    from toolkit.io import read as read
    from toolkit.pipeline import Analyzer as Analyzer
    from toolkit.results import Analysis as Analysis
    from toolkit.results import Budget as Budget
    from toolkit.results import Contribution as Contribution
    from toolkit.results import Digest as Digest
    from toolkit.results import DigestSentence as DigestSentence
    from toolkit.results import Explanation as Explanation
    from toolkit.results import LabelledParagraph as LabelledParagraph
    from toolkit.results import Prediction as Prediction
    from toolkit.segmentation import parse as parse
    from toolkit.tokenization import token_spans as token_spans
    from toolkit.tokenization import tokenize as tokenize
    from toolkit.tokenization import tokenize_many as tokenize_many


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        value = getattr(import_module(f"toolkit.{_EXPORTS[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'toolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
