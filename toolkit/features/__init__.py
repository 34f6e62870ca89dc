"""TF-IDF of syllable and word n-grams, computed on token ids: no n-gram is ever built as a string."""

from toolkit.features.stream import Occurrences
from toolkit.features.tfidf import TfidfFeatures

__all__ = ["Occurrences", "TfidfFeatures"]
