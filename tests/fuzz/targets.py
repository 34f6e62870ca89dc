"""What is fuzzed: functions of bytes that return when all is well; atheris, Hypothesis and pytest share them."""

from __future__ import annotations

import functools
import io
import json
import signal
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz import seeds
from toolkit.classification import TopicModel
from toolkit.cleaning import clean
from toolkit.corpus import LabelledText, read_labelled
from toolkit.corrections import read_corrections
from toolkit.document import Document
from toolkit.errors import ToolkitError
from toolkit.io import Options, iter_documents
from toolkit.io.encodings import decode_text, repair
from toolkit.io.reading import READERS
from toolkit.pipeline import Analyzer
from toolkit.segmentation import parse, parse_paragraph, split_sentences
from toolkit.summarization.model import load_model
from toolkit.text import decode, normalize, place_tones
from toolkit.tokenization import cache, source, token_spans, tokenize
from toolkit.tokenization.pickles import load_plain

Target = Callable[[bytes], None]

SECONDS = 20  # of processor time for one input, none of which is longer than 64 KiB
_ENCODINGS = (
    *(None, "utf-8", "utf-16", "utf-16-le", "utf-32", "tcvn3", "vni", "windows-1258", "cp1252", "ascii", "utf-7"),
    *("punycode", "idna", "unicode_escape", "zlib", "rot13", "no such", "\0"),
)


class TimeLimitError(Exception):
    """Raised where one input takes longer than any honest one."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TimeLimitError` in code that computes longer than `seconds`; Python's regular expressions heed it."""

    def late(*_: object) -> None:
        raise TimeLimitError(f"more than {seconds} seconds of processor time")

    previous = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def text_of(data: bytes) -> str:
    """Return any string: invalid bytes become lone surrogates, which the toolkit must survive too."""
    return data.decode("utf-8", "surrogateescape")


# --- text ---------------------------------------------------------------------------------------------


def decoding(data: bytes) -> None:
    """Decode as the first byte says, and mend what was misread."""
    encoding = _ENCODINGS[data[0] % len(_ENCODINGS)] if data else None
    for function in (decode, lambda rest, name: decode_text(rest, name).text):
        try:
            text = function(data[1:], encoding)
        except ToolkitError as error:
            assert_one_line(error)
        else:
            assert isinstance(repair(text).text, str)


def normalizing(data: bytes) -> None:
    """Normalise: twice is once, and decomposed text comes to the same."""
    text = text_of(data)
    once = normalize(text)
    assert normalize(once) == once
    assert place_tones(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()  # no lone surrogate is left


def cleaning(data: bytes) -> None:
    """Clean: blocks stand in order, one after the other, and hold their text."""
    text = normalize(text_of(data))
    end = 0
    for block in clean(text).blocks:
        assert end <= block.span.start <= block.span.end
        assert block.span.within(text) == block.text
        end = block.span.end


def segmenting(data: bytes) -> None:
    """Parse, as an article, with a title, and as one paragraph."""
    text = text_of(data)
    for document in (parse(text), parse(text, title=text[:80]), parse_paragraph(text)):
        assert_sound(document)
    end = 0
    normal = normalize(text).replace("\n", " ")
    for span in split_sentences(normal):
        assert end <= span.start < span.end <= len(normal)
        end = span.end


def tokenizing(data: bytes) -> None:
    """Tokenise: spans ascend within the text, cover all but white space, and are as many as the words."""
    text = text_of(data)
    spans = token_spans(text)
    assert len(spans) == len(tokenize(text))
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert not text[end : span.start].strip()
        end = span.end
    assert not text[end:].strip()


def tokenizing_as_underthesea(data: bytes) -> None:
    """Compare with underthesea where that is cheap: its own patterns take exponential time on longer links."""
    text = text_of(data)[:40]
    if text.isprintable() and text.encode("utf-8", "replace").decode() == text:
        assert tokenize(text) == _reference()(text), text


@functools.cache
def _reference() -> Callable[[str], list[str]]:
    from underthesea import word_tokenize

    return word_tokenize  # type: ignore[no-any-return]


@functools.cache
def analyzer() -> Analyzer:
    """Return the shipped models, loaded once."""
    return Analyzer.load()


def analyzing(data: bytes) -> None:
    """Label, explain and digest."""
    text = text_of(data)[:4000]
    analysis = analyzer().analyze(text)
    json.dumps(analysis.to_dict(), allow_nan=False)
    assert_sound(analysis.document)
    for prediction in analyzer().label([text]):
        assert all(0 <= score <= 1 for score in prediction.scores.values())
    for explanation in analyzer().explain([text[:500]]):
        for label, contributions in explanation.contributions.items():
            total = sum(part.weight for part in contributions) + explanation.intercepts[label]
            assert abs(total - explanation.decisions[label]) < 1e-6


# --- files --------------------------------------------------------------------------------------------


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="toolkit-fuzz-")


def reading(name: str, data: bytes, options: Options | None = None) -> None:
    """Read `data` as a file of that name."""
    path = Path(_folder().name, name)
    path.write_bytes(data)
    errors: list[ToolkitError] = []
    for number, document in enumerate(iter_documents(path, options=options, on_error=errors.append)):
        if number < 20:
            assert_sound(document)
            json.dumps(document.to_dict() if hasattr(document, "to_dict") else dict(document.metadata), default=str)
    for error in errors:
        assert_one_line(error)


def _reading(suffix: str) -> Target:
    return lambda data: reading(f"a.{suffix}", data)


def _forced(data: bytes) -> None:
    """Read as the format that the first byte says, in the encoding that the second says."""
    suffixes = sorted(suffix.removeprefix(".") for reader in READERS for suffix in reader.suffixes)
    encoding = _ENCODINGS[data[1] % len(_ENCODINGS)] if len(data) > 1 else None
    reading("a", data[2:], Options(format=suffixes[data[0] % len(suffixes)] if data else "txt", encoding=encoding))


def _part(suffix: str) -> Target:
    """Return a target that puts bytes in the place of one part of a sound office file: its checksums stay right."""

    def read_with_part(data: bytes) -> None:
        sound = seeds.file(suffix)
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(buffer, "w") as new:
            infos = old.infolist()
            chosen = infos[data[0] % len(infos)].filename if data else ""
            for info in infos:
                new.writestr(info, data[1:] if info.filename == chosen else old.read(info))
        reading(f"a.{suffix}", buffer.getvalue())

    return read_with_part


def _packed(data: bytes) -> None:
    """Read as the content of an archive that is sound itself."""
    name = ("a.zip", "a.gz", "a.tar", "a.tgz")[data[0] % 4] if data else "a.zip"
    inner = ("a.txt", "a.html", "a.pdf", "a.zip", "a.tar", "a.jsonl", "a", "a.docx")[data[0] // 4 % 8] if data else "a"
    reading(name, seeds.packed(name, inner, data[1:]))


def labelled_data(data: bytes) -> None:
    """Read as training data, and as corrections of it."""
    for name in ("a.jsonl", "a.csv", "a.xlsx", "a.csv.gz"):
        path = Path(_folder().name, name)
        path.write_bytes(data)
        try:
            for row in read_labelled(path):
                assert isinstance(row.text, str)
                assert all(map(str.strip, row.labels))
            read_corrections(path, [LabelledText("Tin.", ("trade",), "1")], new_labels=True)
        except ToolkitError as error:
            assert_one_line(error)


# --- models -------------------------------------------------------------------------------------------


def model(data: bytes) -> None:
    """Load a topic model of which one part was exchanged, checksums right; where it loads, it predicts."""
    folder = seeds.forged_model("topics", data, Path(_folder().name))
    try:
        topics = TopicModel.load(folder)
    except ToolkitError as error:
        assert_one_line(error)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        predictions = topics.predict(seeds.SENTENCES)
    for prediction in predictions:
        json.dumps(prediction.to_dict(), allow_nan=False)
    topics.explain(seeds.SENTENCES[:1])


def summarizer_model(data: bytes) -> None:
    """Load a summariser of which one part was exchanged, checksums right; where it loads, it ranks."""
    folder = seeds.forged_model("summarizer", data, Path(_folder().name))
    try:
        loaded = load_model(folder)
    except ToolkitError as error:
        assert_one_line(error)
        return
    seeds.rank_with(loaded)


def pickles(data: bytes) -> None:
    """Read a pickle as data: plain values come out, or a ValueError."""
    try:
        value = load_plain(data)
    except ValueError:
        return
    pending, n_seen = [value], 0
    while pending and n_seen < 10_000:
        item = pending.pop()
        n_seen += 1
        assert type(item).__module__ == "builtins", item
        assert not callable(item), item
        if isinstance(item, dict):
            pending += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set, frozenset)):
            pending += item


def segmenter_cache(data: bytes) -> None:
    """Read a cache file: whatever stands in it, it is a compiled model or nothing."""
    path = Path(_folder().name, "cache.npz")
    path.write_bytes(data)
    loaded = cache.load(path, source.folder(), source.fingerprint)
    assert loaded is None or len(loaded) == 2


# --- what must hold -----------------------------------------------------------------------------------


def assert_one_line(error: ToolkitError) -> None:
    """Check that a message is one line that can be written."""
    message = str(error)
    assert message.strip()
    assert "\n" not in message, repr(message)
    message.encode("utf-8", "backslashreplace")


def assert_sound(document: Document) -> None:
    """Check the contracts of documents."""
    text = document.text
    assert unicodedata.is_normalized("NFC", text)
    parts = sorted([*document.paragraphs, *document.dropped], key=lambda part: part.span)
    end = 0
    for part in parts:
        assert end <= part.start <= part.end <= len(text)
        assert text[part.start : part.end] == part.text
        end = part.end
    for paragraph in document.paragraphs:
        end = paragraph.start
        for sentence in paragraph.sentences:
            assert end <= sentence.start < sentence.end <= paragraph.end
            assert text[sentence.start : sentence.end] == sentence.text
            assert not text[end : sentence.start].strip()
            end = sentence.end
    assert [sentence.index for sentence in document.sentences] == list(range(len(document.sentences)))


TARGETS: dict[str, Target] = {
    "decode": decoding,
    "normalize": normalizing,
    "clean": cleaning,
    "segment": segmenting,
    "tokenize": tokenizing,
    "tokenize_as_underthesea": tokenizing_as_underthesea,
    "analyze": analyzing,
    **{f"read_{suffix}": _reading(suffix) for suffix in seeds.SUFFIXES},
    **{f"read_{suffix}_part": _part(suffix) for suffix in ("docx", "odt", "xlsx")},
    "read_forced": _forced,
    "read_packed": _packed,
    "labelled_data": labelled_data,
    "model": model,
    "summarizer_model": summarizer_model,
    "pickle": pickles,
    "segmenter_cache": segmenter_cache,
}
