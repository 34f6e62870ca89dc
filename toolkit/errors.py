"""What can go wrong: one base class, and beside it the builtin that a caller would expect."""


class ToolkitError(Exception):
    """Base of every error that the toolkit raises on purpose; its message is one line for a person.

    What it quotes of another library's error may have several.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(" ".join(filter(None, map(str.strip, message.splitlines()))))


class DecodingError(ToolkitError, ValueError):
    """Raised when input bytes are not valid in the declared or detected encoding."""


class InputError(ToolkitError, ValueError):
    """Raised when a file or record cannot be read as what it claims to be."""


class InputNotFoundError(ToolkitError, FileNotFoundError):
    """Raised when a path given by the user does not exist."""


class MissingExtraError(ToolkitError, ImportError):
    """Raised when a format or feature needs an optional dependency that is not installed."""


class ModelError(ToolkitError, ValueError):
    """Raised when a model folder is missing, damaged, foreign or newer than this version reads."""


class CorpusError(ToolkitError, ValueError):
    """Raised when labelled data does not have the form that training needs."""


class NotFittedError(ToolkitError, ValueError, AttributeError):
    """Raised when an estimator is asked to predict before it was fitted."""
