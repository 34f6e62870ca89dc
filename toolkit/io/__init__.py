"""Files in: any mix of files, folders, globs and standard input becomes a stream of documents."""

from toolkit.io.base import Options, Reader
from toolkit.io.reading import FileSummary, iter_documents, read

__all__ = ["FileSummary", "Options", "Reader", "iter_documents", "read"]
