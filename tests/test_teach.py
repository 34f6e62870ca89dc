from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy.special import expit

from benchmarks import teach
from benchmarks.teach import Taught, Unlabelled, kept_rows, unlabelled_paragraphs, write_taught
from benchmarks.word_vectors import FIRST, UNKNOWN, read_words, word_vectors
from tests.conftest import LABELLED
from toolkit.corpus import LABELS, LabelledText, data_paragraphs
from toolkit.training import train

EXPORTS = "Tám tháng đầu năm, kim ngạch xuất khẩu tôm của tỉnh tăng mười phần trăm so với cùng kỳ."
LOAN = "Ngân hàng cho tỉnh vay vốn ưu đãi để xây cây cầu thứ hai bắc qua con sông ở cửa biển."
RAIN = "Chiều nay trời mưa rất to, nhiều con đường trong thành phố ngập sâu, xe cộ đi lại khó khăn."
FOOTBALL = "Đội bóng của thành phố thắng ba trận liền và đứng đầu bảng trước vòng đấu cuối cùng của mùa giải."
SHORT = "Ảnh: Minh Anh."
SENTENCES = [
    f"Ở làng nghề thứ {number} bên sông, các cụ già vẫn dệt chiếu cói mỗi sáng và bán cho khách ở chợ huyện."
    for number in ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám")
]


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def write(path: Path, *records: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    corpus, data = tmp_path / "corpus", tmp_path / "shared"
    labelled = " ".join(SENTENCES[2:4])
    dev = {"source": "vntc_train", "document": "dev-1", "location": 0, "text": FOOTBALL, "labels": []}
    write(data / "gold" / "dev.jsonl", dev)
    write(data / "gold" / "train.jsonl")
    write(
        corpus / "references" / "a.jsonl",
        {"source": "economy-news", "document": "eco-1", "location": 0, "sha1": sha1(EXPORTS), "labels": ["trade"]},
        {"source": "vn_train", "document": "7", "location": [2, 4], "sha1": sha1(labelled), "labels": []},
    )
    write(data / "data" / "economy-news.jsonl.gz", {"id": "eco-1", "paragraphs": [EXPORTS, f" {LOAN} ", SHORT]})
    write(
        data / "data" / "vntc-train.jsonl.gz",
        {"id": "dev-1", "text": RAIN},
        {"id": "vntc-2", "text": f"{SHORT}\n{LOAN}\n{FOOTBALL}"},
    )
    write(data / "data" / "vietnews-train.jsonl.gz", {"id": "7", "sentences": SENTENCES})
    write(data / "data" / "vietnews-val.jsonl.gz", {"id": "8", "sentences": [f"{RAIN} {RAIN}"]})
    return corpus, data


# --- which paragraphs ---------------------------------------------------------------------------------


def test_pool_has_no_labelled_text_no_dev_document_and_no_text_twice(folders: tuple[Path, Path]) -> None:
    pool = unlabelled_paragraphs(*folders)
    whole = [(p.source, p.document, p.location, p.text) for p in pool if isinstance(p.location, int)]
    assert whole == [("economy-news", "eco-1", 1, LOAN)]
    assert [(p.source, p.document, p.location) for p in pool if p.source == "vn_val"] == [("vn_val", "8", (0, 1))]


@pytest.mark.parametrize("seed", range(8))
def test_stretches_leave_out_what_is_labelled(folders: tuple[Path, Path], seed: int) -> None:
    stretches = [p.location for p in unlabelled_paragraphs(*folders, seed=seed) if p.source == "vn_train"]
    assert stretches
    for location in stretches:
        assert isinstance(location, tuple)
        assert location[1] <= 2 or location[0] >= 4


def test_pool_is_the_same_for_the_same_seed(folders: tuple[Path, Path]) -> None:
    assert unlabelled_paragraphs(*folders, seed=3) == unlabelled_paragraphs(*folders, seed=3)
    assert len({tuple(unlabelled_paragraphs(*folders, seed=seed)) for seed in range(8)}) > 1


# --- words --------------------------------------------------------------------------------------------


def test_words_are_numbered_by_frequency_and_learnt_from_known_texts_alone() -> None:
    words, vocabulary = read_words(["mưa, mưa 15 mưa 16", "mưa, gió", "mưa, bão"], 2, 2)
    assert vocabulary == ["mưa", "<số>"]
    assert [words[i].tolist() for i in range(3)] == [
        [FIRST, FIRST, FIRST + 1, FIRST, FIRST + 1],
        [FIRST, UNKNOWN],
        [FIRST, UNKNOWN],
    ]


def test_words_with_the_same_contexts_have_near_vectors() -> None:
    # Shrimp and rice are exported, rain and wind blow; no text holds two of them.
    texts = [f"tỉnh xuất khẩu {word} sang nước ngoài" for word in ("tôm", "gạo")] * 20
    texts += [f"trời đổ {word} lạnh suốt đêm" for word in ("mưa", "gió")] * 20
    words, vocabulary = read_words(texts, len(texts), 100)
    vectors = word_vectors(words, len(texts), len(vocabulary), dimensions=8)
    assert vectors.shape == (len(vocabulary), 8)
    shrimp, rice, rain = (vectors[vocabulary.index(word)] for word in ("tôm", "gạo", "mưa"))

    def cosine(a: Any, b: Any) -> float:
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert cosine(shrimp, rice) > 0.95
    assert cosine(shrimp, rain) < 0.5


# --- what is written ----------------------------------------------------------------------------------

POOL = [Unlabelled("economy-news", "eco-1", 1, sha1(LOAN), LOAN), Unlabelled("vn_val", "8", (0, 1), sha1(RAIN), RAIN)]
PROBABILITIES = np.array([[0.934, 0.0049, 0.006, 0.5], [0.001, 0.002, 0.003, 0.004]])


def test_taught_file_holds_references_and_scores_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "references" / "taught.jsonl.gz"
    write_taught(path, POOL, PROBABILITIES, LABELS)
    content = path.read_bytes()
    first, second = map(json.loads, gzip.decompress(content).decode().splitlines())
    assert first == {
        "sha1": sha1(LOAN),
        "source": "economy-news",
        "document": "eco-1",
        "location": 1,
        "scores": {"trade": 0.93, "oda": 0.01, "directives": 0.5},
    }
    assert second == {"sha1": sha1(RAIN), "source": "vn_val", "document": "8", "location": [0, 1], "scores": {}}
    write_taught(path, POOL, PROBABILITIES, LABELS)
    assert path.read_bytes() == content


def test_taught_file_stays_whole_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "taught.jsonl.gz"
    write_taught(path, POOL, PROBABILITIES, LABELS)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(teach.ToolkitError, match="No space left"):
        write_taught(path, POOL[:1], PROBABILITIES[:1], LABELS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_written_references_are_found_again(folders: tuple[Path, Path]) -> None:
    corpus, data = folders
    pool = unlabelled_paragraphs(corpus, data)
    path = corpus / "references" / "taught.jsonl.gz"
    write_taught(path, pool, np.full((len(pool), 4), 0.1), LABELS)
    records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert {record["sha1"] for record in records} <= {sha1(text) for text in data_paragraphs(data, records)}


def test_likely_rows_are_kept_and_some_of_the_others() -> None:
    probabilities = np.full((100, 4), 0.01)
    probabilities[[5, 50], 2] = 0.02
    kept = kept_rows(probabilities, others=10)
    assert {5, 50} <= set(kept.tolist())
    assert len(set(kept.tolist())) == 12
    assert kept.tolist() == sorted(kept.tolist()) == kept_rows(probabilities, others=10).tolist()


def test_teacher_weighs_network_and_linear_model() -> None:
    assert Taught(np.array([[2.0]]), np.array([[-1.0]])).blend == pytest.approx(0.45 * 2 - 0.55)


# --- the network and the script -----------------------------------------------------------------------


def test_network_learns_which_word_decides() -> None:
    pytest.importorskip("torch")
    from benchmarks.teacher_network import network_logits, train_network

    texts = [
        f"{opening} {word} trong {place}"
        for opening in ("hôm nay có", "năm ngoái thấy", "mọi người bàn về")
        for word in ("tôm", "gạo", "mưa", "gió")
        for place in ("tỉnh", "huyện", "xã", "làng", "thành phố")
    ] * 8
    target = np.array([["tôm" in text or "gạo" in text, "tôm" in text] for text in texts])
    words, vocabulary = read_words(texts, len(texts), 100)
    # All four stand in the same contexts: vectors learnt here would not tell them apart.
    vectors = np.random.default_rng(0).normal(size=(len(vocabulary), 16)).astype(np.float32)
    settings: dict[str, Any] = {"epochs": 12, "seed": 1, "threads": 1}
    lines: list[str] = []
    network = train_network(words, target, np.ones(len(texts)), vectors, report=lines.append, **settings)
    logits = network_logits(network, words, 2)
    assert ((logits > 0) == target).mean() > 0.99
    assert len(lines) == 12
    again = train_network(words, target, np.ones(len(texts)), vectors, **settings)
    assert np.array_equal(network_logits(again, words, 2), logits)


def test_teacher_gives_the_same_logits_twice_for_the_texts_it_was_asked_about() -> None:
    pytest.importorskip("torch")
    rows = [LabelledText(text, labels, f"r{n}") for n, (text, labels) in enumerate(LABELLED)]
    linear = train(rows, cv=3).model
    settings: dict[str, Any] = {"epochs": 1, "networks": 2, "threads": 1, "console": Console(quiet=True)}
    taught, check = teach.teach(rows, linear, [EXPORTS, LOAN], [RAIN], **settings)
    assert taught.network.shape == taught.linear.shape == (2, len(linear.labels))
    assert expit(taught.linear) == pytest.approx(linear.probabilities([EXPORTS, LOAN]))
    assert expit(check.linear) == pytest.approx(linear.probabilities([RAIN]))
    again, _ = teach.teach(rows, linear, [EXPORTS, LOAN], [RAIN], **settings)
    assert np.array_equal(again.blend, taught.blend)


def test_missing_torch_names_the_extra(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert teach.main(["--corpus", str(folders[0]), "--data", str(folders[1])]) == 1
    assert 'pip install "vietnamese-text-toolkit[teacher]"' in capsys.readouterr().err


def test_missing_data_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert teach.main(["--data", str(tmp_path / "nowhere")]) == 1
    error = capsys.readouterr().err
    assert "nowhere" in error
    assert "check --data" in error
    assert error.count("\n") == 1
