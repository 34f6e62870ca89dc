"""underthesea's word-segmentation model, read from its installed folder without importing it."""

from __future__ import annotations

import importlib.util
import re
import struct
from dataclasses import dataclass
from pathlib import Path

_MODEL = Path("pipeline", "word_tokenize", "models", "ws_crf_vlsp2013_20230727")
# What a segmentation depends on, and the SHA-256 of each file in the release this was proved equal to.
TESTED = {
    _MODEL / "models.bin": "c3a64c64349f1d73304f89babacaa8f8cd6078b1ec1a1b2c104e9e411ac1d2c3",
    _MODEL / "features.bin": "cf93263c7c7973bf50122b0be76a394443ff61be00c1368713dee1b7d5b8a435",
    _MODEL / "dictionary.bin": "ec8c62b3881c6682c18959988e1fe08800cc835777778845bded470ca02745d9",
    Path("pipeline", "text_normalize", "tn_rules_2023_07_14.bin"): (
        "a8ef96ef9837f6a377154fdfc970b9b88351d39f9353fa693d53ab49798817f9"
    ),
    Path("pipeline", "word_tokenize", "regex_tokenize.py"): (
        "5cb4fdc04fc806ac51842d9ec96834e9647262361bf865bacc164e96dc898a76"
    ),
    Path("pipeline", "word_tokenize", "__init__.py"): (
        "65b26025dfd44e2e1ddb03b98b1a25a26fe703596b22730e0c16f79a7f0fbb5d"
    ),
}
_TEMPLATE = re.compile(r"T\[(-?\d+)(?:,(-?\d+))?\](?:\.(\w+))?")
_FUNCTIONS = {None, "lower", "isdigit", "istitle", "is_in_dict"}


class UnknownModelError(Exception):
    """Raised inside this package when the installed model is not built as the one known here."""


@dataclass(frozen=True, slots=True)
class Template:
    """One feature: which tokens it joins, counted from the present one, and what it asks of them."""

    name: str
    first: int
    last: int
    function: str | None

    @property
    def width(self) -> int:
        """How many tokens it joins."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class CrfModel:
    """The conditional random field as it stands in its files.

    Attributes
    ----------
    labels : tuple of str
        Two; on equal scores underthesea prefers the first.
    weights : dict
        From attribute (``T[0]=nhà``) to its weight for each label.
    transitions : tuple of tuple
        ``transitions[i][j]``: weight of label j after label i.
    templates : tuple
        In the order in which underthesea adds them up.
    dictionary : frozenset of str
        Lower-cased words, syllables joined by one space.
    characters, tokens : dict
        Respelling rules.
    """

    labels: tuple[str, str]
    weights: dict[str, tuple[float, float]]
    transitions: tuple[tuple[float, float], tuple[float, float]]
    templates: tuple[Template, ...]
    dictionary: frozenset[str]
    characters: dict[str, str]
    tokens: dict[str, str]


def folder() -> Path:
    """Return where underthesea is installed.

    Raises
    ------
    UnknownModelError
        If it is not installed, or not as files in a folder.
    """
    spec = importlib.util.find_spec("underthesea")
    if spec is None or not spec.submodule_search_locations:
        raise UnknownModelError("underthesea is not installed; pip install 'underthesea>=9.5,<10'")
    return Path(next(iter(spec.submodule_search_locations)))


def fingerprint(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that the segmentation depends on."""
    import hashlib

    try:
        return {str(path): hashlib.sha256((root / path).read_bytes()).hexdigest() for path in TESTED}
    except OSError as error:
        raise UnknownModelError(f"{root}: {error}") from error


def is_tested(digests: dict[str, str]) -> bool:
    """Say whether these are the very files that this package was proved equal to."""
    return digests == {str(path): digest for path, digest in TESTED.items()}


def read_model(root: Path) -> CrfModel:
    """Return the model in underthesea's folder `root`.

    Raises
    ------
    UnknownModelError
        If a file is missing or does not have the structure known here.
    """
    from toolkit.tokenization.pickles import load_plain

    crf, features, dictionary, rules = list(TESTED)[:4]
    try:
        labels, weights, transitions = _read_crfsuite((root / crf).read_bytes())
        templates = tuple(map(_parse_template, _strings(load_plain((root / features).read_bytes()), list)))
        words = frozenset(_strings(load_plain((root / dictionary).read_bytes()), set))
        mapping = load_plain((root / rules).read_bytes())
        if not isinstance(mapping, dict):
            raise UnknownModelError("the respelling rules are no mapping")
        characters, tokens = _string_map(mapping.get("character")), _string_map(mapping.get("token"))
    except (OSError, struct.error, ValueError, IndexError) as error:
        raise UnknownModelError(f"{root}: {error}") from error
    if any(len(a) != 1 or len(b) != 1 for a, b in characters.items()):
        raise UnknownModelError("a character is replaced by several")
    if any(not value or any(map(str.isspace, value)) for value in tokens.values()):
        raise UnknownModelError("a token is respelt as none or several")
    return CrfModel(labels, weights, transitions, templates, words, characters, tokens)


def _strings(value: object, kind: type[list[str]] | type[set[str]]) -> list[str]:
    if type(value) is not kind or not all(type(item) is str for item in value):
        raise UnknownModelError(f"expected a {kind.__name__} of strings, found {type(value).__name__}")
    return list(value)


def _string_map(value: object) -> dict[str, str]:
    if type(value) is not dict or not all(type(k) is str and type(v) is str for k, v in value.items()):
        raise UnknownModelError("expected a mapping of strings to strings")
    return value


def _parse_template(name: str) -> Template:
    match = _TEMPLATE.fullmatch(name)
    if match is None or match[3] not in _FUNCTIONS:
        raise UnknownModelError(f"unknown template {name}")
    first = int(match[1])
    last = first if match[2] is None else int(match[2])
    if not (-2 <= first <= last <= 2 and last - first <= 2):
        raise UnknownModelError(f"unknown window {name}")
    return Template(name, first, last, match[3])


def _read_crfsuite(
    data: bytes,
) -> tuple[tuple[str, str], dict[str, tuple[float, float]], tuple[tuple[float, float], tuple[float, float]]]:
    """Return labels, attribute weights and transitions of a CRFsuite model file."""
    magic, _, kind, version, declared, *numbers = struct.unpack_from("<4sI4s9I", data)
    n_labels, n_attributes, features_at, labels_at, attributes_at = numbers[:5]
    if (magic, kind, version) != (b"lCRF", b"FOMC", 100) or n_labels != 2:
        raise UnknownModelError("not a CRFsuite model with two labels")
    labels = _read_strings(data, labels_at)
    attributes = _read_strings(data, attributes_at)
    if len(labels) != 2 or "I-W" not in labels or len(attributes) != n_attributes:
        raise UnknownModelError("labels or attributes are not as declared")
    chunk, _, n_features = struct.unpack_from("<4sII", data, features_at)
    if chunk != b"FEAT":
        raise UnknownModelError("no features where they should be")
    state = [[0.0, 0.0] for _ in attributes]
    transition = [[0.0, 0.0], [0.0, 0.0]]
    stop = features_at + 12 + 20 * (n_features or declared)
    if stop > len(data):
        raise UnknownModelError("features end after the file")
    for feature, source, target, weight in struct.iter_unpack("<IIId", data[features_at + 12 : stop]):
        if feature == 0:
            state[source][target] = weight if abs(weight) > 1e-10 else 0.0  # as underthesea_core drops them
        elif feature == 1:
            transition[source][target] = weight
        else:
            raise UnknownModelError(f"unknown feature type {feature}")
    weights = {name: (b, i) for name, (b, i) in zip(attributes, state, strict=True)}
    return (labels[0], labels[1]), weights, (tuple(transition[0]), tuple(transition[1]))  # type: ignore[return-value]


def _read_strings(data: bytes, start: int) -> list[str]:
    """Return the strings of a CQDB table in the order of their numbers."""
    magic, _, _, byte_order, size, links = struct.unpack_from("<4s5I", data, start)
    if magic != b"CQDB" or byte_order != 0x62445371:
        raise UnknownModelError("no string table where it should be")
    strings: list[str] = []
    for (offset,) in struct.iter_unpack("<I", data[start + links : start + links + 4 * size]):
        number, length = struct.unpack_from("<II", data, start + offset)
        if number != len(strings):
            raise UnknownModelError("a string table is out of order")
        begin = start + offset + 8
        strings.append(data[begin : begin + length].rstrip(b"\0").decode())
    return strings
