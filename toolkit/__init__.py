"""Topic labels and digests for Vietnamese news and reports."""

__version__ = "0.1.0"
