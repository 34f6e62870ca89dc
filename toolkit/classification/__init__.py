"""Topic labels for paragraphs: a scikit-learn estimator to train, a linear model of plain arrays to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.classification.model import Calibration, TopicModel

if TYPE_CHECKING:
    from toolkit.classification.estimator import TopicClassifier

__all__ = ["Calibration", "TopicClassifier", "TopicModel"]


def __getattr__(name: str) -> Any:
    if name == "TopicClassifier":  # Defining the estimator imports scikit-learn; applying a model does not.
        from toolkit.classification.estimator import TopicClassifier

        return TopicClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
