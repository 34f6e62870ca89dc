"""Files in: any mix of files, folders, globs, addresses and standard input becomes a stream of documents."""

from toolkit.io.base import Entry, FileSummary, Options, Reader
from toolkit.io.reading import iter_documents, iter_entries, read

__all__ = ["Entry", "FileSummary", "Options", "Reader", "iter_documents", "iter_entries", "read"]
