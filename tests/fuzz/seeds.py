"""What fuzzing starts from: sound inputs, written here by the programs that write such files."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import json
import pickle
import re
import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from tests import test_io_formats as formats
from tests.conftest import LABELS, SEEDS, TEXTS
from toolkit.classification import TopicClassifier
from toolkit.persistence import StoredModel, read_model, shipped_models, write_model
from toolkit.segmentation import parse
from toolkit.summarization.model import SummarizerModel
from toolkit.summarization.trained import TrainedSummarizer
from toolkit.tokenization import cache, compilation, source

WRITERS = {
    "txt": formats.write_txt,
    "md": formats.write_md,
    "html": formats.write_html,
    "mhtml": formats.write_mhtml,
    "docx": formats.write_docx,
    "odt": formats.write_odt,
    "xlsx": formats.write_xlsx,
    "pdf": formats.write_pdf,
    "parquet": formats.write_parquet,
    "jsonl": formats.write_jsonl,
    "json": formats.write_json,
    "csv": formats.write_csv,
    "zip": formats.write_zip,
    "jsonl.gz": formats.write_gz,
    "tgz": formats.write_tgz,
}
SUFFIXES = (*WRITERS, "tar")
SENTENCES = [
    "Kim ngạch xuất khẩu gạo sang thị trường châu Âu tăng 5 phần trăm.",
    "Thủ tướng yêu cầu các bộ khẩn trương tháo gỡ cho ngành thủy sản.",
    "",
]
TEXT = "Theo đó, TP. Hồ Chí Minh thu hút 1.250 triệu USD (tăng 4,5%) trong năm 2024. “Rất mừng!”, ông A. nói…\n"
ODD = [
    *("a.", ".", "(", ")", '"', "“", "Theo đó, ", "1", "1.", "1,5", "\n", " ", "\t", "\u00a0", "\u0301", "\u0323"),
    *("🇻🇳", "👍🏽", "\u200d", "a", "A", "aB", "http://a.vn/", "www.", "@", "TP.", "Th.S", "v.v.", "<b>", "</p>"),
    *("&amp;", "&#0;", "[", "{", "}", '{"a":', "ảnh", "email ", "thích ", "ngày 1/1/2025", "12:30", "- ", "…", "hoà"),
    *("ngòai", "ệ", "\x00", "\udc80", "\x85", "\u2028", "đ", "Ð", "ﬁ", "ạ̇", "क़", "각", "𝔸", "（", "１", "`", "*", "_"),
    *("# ", "|", ",", ";", "'"),
]  # fmt: skip


@functools.cache
def file(suffix: str) -> bytes:
    """Return a sound file of that kind."""
    if suffix == "tar":
        return packed("a.tar", "a.jsonl", file("jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        data = WRITERS[suffix](Path(folder)).read_bytes()
    return re.sub(rb"={15}\d+==", b"=" * 15 + b"1==", data) if suffix == "mhtml" else data  # drawn at random


def packed(name: str, inner: str, data: bytes) -> bytes:
    """Return an archive of the kind that `name` says, with one file in it."""
    buffer = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(inner, data)
    elif name.endswith(".gz"):
        return gzip.compress(data, 1, mtime=0)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz" if name.endswith(".tgz") else "w") as tar:
            info = tarfile.TarInfo(inner)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


# --- models -------------------------------------------------------------------------------------------


@functools.cache
def _sound_model(kind: str) -> StoredModel:
    if kind != "topics":
        return read_model(shipped_models() / kind, kind)
    with tempfile.TemporaryDirectory() as folder:
        TopicClassifier(cv=3).fit(TEXTS, LABELS).save(Path(folder, "model"), trained_on={"n_texts": len(TEXTS)})
        return read_model(Path(folder, "model"), kind)


def forged_model(kind: str, data: bytes, folder: Path) -> Path:
    """Return a model folder in which one part comes from `data`; every checksum in it is right.

    The first byte chooses the part: an array (the next two say its dtype and shape), the settings, the vocabulary, or
    the whole of a file.
    """
    sound = _sound_model(kind)
    target = folder / kind
    arrays, settings, vocabulary = dict(sound.arrays), dict(sound.settings), list(sound.vocabulary)
    choice = data[0] % (len(arrays) + 4) if data else 255
    rest = data[1:]
    if choice < len(arrays):
        name = sorted(arrays)[choice]
        arrays[name] = _array(rest, arrays[name])
    elif choice == len(arrays):
        settings |= _settings(rest, settings)
    elif choice == len(arrays) + 1:
        vocabulary = rest.decode("utf-8", "replace").split("\n")
    shutil.rmtree(target, ignore_errors=True)
    write_model(target, StoredModel(kind, settings, arrays, vocabulary))
    if choice in (len(arrays) + 2, len(arrays) + 3):
        (target / ("arrays.npz", "vocabulary.txt")[choice - len(arrays) - 2]).write_bytes(rest)
        sign(target)
    return target


def sign(folder: Path) -> None:
    """Write the checksums of a model folder anew, as an attacker would."""
    path = folder / "model.json"
    header = json.loads(path.read_text(encoding="utf-8"))
    header["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in header["files"]}
    rest = {name: value for name, value in header.items() if name != "sha256"}
    digest = hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({**rest, "sha256": digest}, ensure_ascii=False), encoding="utf-8")


def _array(data: bytes, sound: np.ndarray) -> np.ndarray:
    how, fill = (data[0], data[1:]) if data else (0, b"")
    kinds = (sound.dtype, *map(np.dtype, ("<i8", "<u8", "<f8", "<f4", "<u1", "?", "<u2", ">i4", "<f2")))
    dtype = kinds[how % len(kinds)]
    if how >= 128:  # the right shape, the first values exchanged
        forged = sound.astype(dtype).ravel()
        new = np.frombuffer(fill[: len(fill) // dtype.itemsize * dtype.itemsize], dtype)[: len(forged)]
        forged[: len(new)] = new
        return forged.reshape(sound.shape)
    flat = np.frombuffer(fill[: len(fill) // dtype.itemsize * dtype.itemsize], dtype)
    shapes = (flat.shape, (len(flat), 1), (1, len(flat)), (0,), (0, 4))
    shape = shapes[how // 16 % len(shapes)]
    return flat.reshape(shape) if np.prod(shape) == len(flat) else np.zeros(shape, dtype)


def _settings(data: bytes, sound: dict[str, object]) -> dict[str, object]:
    """Return one setting exchanged for what the bytes say as JSON, or as a string."""
    if not data:
        return {}
    name = sorted(sound)[data[0] % len(sound)]
    try:
        return {name: json.loads(data[1:])}
    except (ValueError, RecursionError):
        return {name: data[1:].decode("latin-1")}


def rank_with(model: SummarizerModel) -> None:
    """Rank the sentences of a short article."""
    text = (
        "Cảng cá đón thêm tàu lớn trong sáng nay. Bà con đỡ được tiền cước. Tỉnh dự tính xây thêm cầu tàu thứ ba.\n\n"
        "Mỗi tháng nơi đây xếp dỡ 1.200 tấn mực. Việc khảo sát đáy biển đã xong từ tháng trước."
    )
    scores = TrainedSummarizer(model).rank(parse(text))
    assert np.isfinite(scores).all()


# --- first inputs -------------------------------------------------------------------------------------


@functools.cache
def corpus(target: str) -> tuple[bytes, ...]:
    """Return the inputs from which fuzzing of a target starts."""
    articles = tuple(path.read_bytes() for path in sorted(SEEDS.iterdir()) if path.is_file())
    texts = (TEXT.encode(), *("".join(ODD[n::7]).encode("utf-8", "surrogateescape") for n in range(7)))
    if target.startswith("read_"):
        return _files(target.removeprefix("read_"))
    if target == "decode":
        return (
            *(bytes([n]) + TEXT.encode() for n in range(18)),
            b"\x00" + TEXT.encode("utf-16"),
            b"\x02" + TEXT.encode("utf-16"),
            b"\x00C\xe9ng h\xb5o x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam \xae\xe9c l\xcbp, t\xf9 do",
        )
    if target == "labelled_data":
        return (
            '{"text": "Xuất khẩu tăng.", "labels": ["trade"]}\n{"text": "", "labels": []}'.encode(),
            'text,labels\n"Xuất khẩu",trade;fdi\n,\n'.encode(),
            b"text,label\na,b\n",
            'sep=;\ntext;labels;doubtful\na;"""b;c"";trade";có\n'.encode(),
        )
    if target in ("model", "summarizer_model"):
        return _forgeries("topics" if target == "model" else "summarizer")
    if target == "pickle":
        values = ({"đi", "về"}, ["T[0]", "T[-1,0].lower"], {"token": {"a": "b"}}, [1, 2.5, None, (True, b"x")])
        return tuple(pickle.dumps(value, protocol) for value in values for protocol in (0, 2, 4, 5))
    if target == "segmenter_cache":
        return (_small_cache(),)
    return (*texts, *(article[:3000] for article in articles))


def _files(kind: str) -> tuple[bytes, ...]:
    if kind == "forced":
        return tuple(bytes([n, 0]) + file(suffix) for n in range(24) for suffix in ("txt", "jsonl", "csv"))
    if kind == "packed":
        return tuple(bytes([n]) + file(suffix) for n, suffix in ((0, "txt"), (4, "html"), (9, "pdf"), (23, "jsonl")))
    if kind.endswith("_part"):
        with zipfile.ZipFile(io.BytesIO(file(kind.removesuffix("_part")))) as archive:
            parts = [archive.read(info) for info in archive.infolist()]
        return tuple(bytes([n]) + part for n, part in enumerate(parts))
    return (file(kind),)


def _forgeries(kind: str) -> tuple[bytes, ...]:
    arrays = _sound_model(kind).arrays
    found = [
        bytes([n, how]) + arrays[name].tobytes()[:256] for n, name in enumerate(sorted(arrays)) for how in (0, 16, 128)
    ]
    found += [bytes([len(arrays), n]) + b'{"a": -1}' for n in range(8)]
    with tempfile.TemporaryDirectory() as folder:
        target = forged_model(kind, b"", Path(folder))
        contents = [(target / name).read_bytes() for name in ("arrays.npz", "vocabulary.txt")]
    found.append(bytes([len(arrays) + 1]) + contents[1][:2000])
    if len(contents[0]) < 60_000:
        found.append(bytes([len(arrays) + 2]) + contents[0])
    return tuple(found)


def _small_cache() -> bytes:
    """Return a cache file with the form of a real one, its arrays cut to nothing."""
    root = source.folder()
    digests = source.fingerprint(root)
    compiled = compilation.compile_model(source.read_model(root))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cache.npz")
        small = compiled._replace(
            **{
                name: tuple(part[:4] for part in value) if isinstance(value, tuple) else value[:4]
                for name, value in compiled._asdict().items()
            }
        )
        cache.save(path, root, digests, small)
        return path.read_bytes()
