"""The five real articles: what a reader must see of each, and goldens of all that she sees."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import toolkit
from benchmarks.seeds import read_seeds
from tests.conftest import ROOT, SEEDS
from toolkit.corpus import LABELS
from toolkit.results import Analysis, Digest
from toolkit.summarization.cues import is_ceremony, leans

GOLDENS = ROOT / "tests" / "goldens"
NAMES = sorted(path.name for path in SEEDS.glob("*.txt"))
BOILERPLATE = ("Anh-tin-bai", "image", ".png", "Họ tên", "Mã kiểm tra", "Ảnh TTXVN", "Quang cảnh", "PQ", "Trần Tuấn")


@pytest.fixture(scope="module")
def analyses() -> dict[str, Analysis]:
    analyzer = toolkit.Analyzer.load()
    return {name: analyzer.analyze(toolkit.read(SEEDS / name)) for name in NAMES}


def labels_of(analyses: dict[str, Analysis], beginning: str) -> tuple[str, ...]:
    found = [p for a in analyses.values() for p in a.paragraphs if beginning in p.paragraph.text]
    assert len(found) == 1, beginning
    return found[0].prediction.labels


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, analyses: dict[str, Analysis], pytestconfig: pytest.Config) -> None:
    analysis = analyses[name]
    assert analysis.digest is not None
    document = analysis.document
    shown = {
        "title": document.title,
        "date": document.date and document.date.isoformat(),
        "sapo": document.sapo,
        "digest": [[s.paragraph, s.sentence, s.text] for s in analysis.digest.sentences],
        "labels": [[p.paragraph.index, list(p.prediction.labels), p.paragraph.text[:60]] for p in analysis.paragraphs],
        "dropped": [[d.reason, d.text] for d in document.dropped],
    }
    check_golden(shown, Path(name).stem, pytestconfig)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        (0, ["1,56 tỷ USD"]),
        (1, ["253 thỏa thuận", "30,39 triệu USD"]),
        (2, ["18.900 tỷ đồng", "Hà Tĩnh"]),
        (3, ["1,696 tỷ USD", "Nghệ An"]),
    ],
)
def test_digest_of_a_province_keeps_its_figures(name: int, figures: list[str], analyses: dict[str, Analysis]) -> None:
    digest = analyses[NAMES[name]].digest
    assert digest is not None
    assert [figure for figure in figures if figure not in digest.text] == []


@pytest.mark.parametrize(
    ("name", "budget"), [("together", {"max_sentences": 10}), ("together_short", {"max_syllables": 200})]
)
def test_golden_of_all_articles_together(name: str, budget: dict[str, int], pytestconfig: pytest.Config) -> None:
    digest = toolkit.Analyzer.load().summarize_many([toolkit.read(SEEDS / name) for name in NAMES], **budget)
    check_golden(shown_digest(digest), name, pytestconfig)
    texts = [s.text for s in digest.sentences]
    assert len(set(texts)) == len(texts)
    assert not any(is_ceremony(text) for text in texts)
    assert not leans(texts[0])


def test_common_digest_has_the_national_part_once_and_then_each_province_with_its_figures() -> None:
    digest = toolkit.Analyzer.load().summarize_many([toolkit.read(SEEDS / name) for name in NAMES], max_sentences=10)
    texts = [s.text for s in digest.sentences]
    figures = (
        "20/12",
        "22/7",
        "10/1",
        "1,696 tỷ USD",
        "1,56 tỷ USD",
        "30,39 triệu USD",
        "2 dự án có vốn đầu tư nước ngoài",
    )
    places = [next(place for place, text in enumerate(texts) if figure in text) for figure in figures]
    assert places == sorted(set(places))
    assert sum("chủ trì" in text for text in texts) == 3  # the three evenings, one of them told by two articles
    assert [s.also for s in digest.sentences if "22/7" in s.text] == [(2,)]


def test_golden_of_all_articles_by_topic(pytestconfig: pytest.Config) -> None:
    documents = [toolkit.read(SEEDS / name) for name in NAMES]
    digests = toolkit.Analyzer.load().summarize_by_topic(documents, max_sentences=3)
    check_golden({label: shown_digest(digest) for label, digest in digests.items()}, "by_topic", pytestconfig)


def shown_digest(digest: Digest) -> dict[str, Any]:
    sentences = [
        [s.document, s.paragraph, s.sentence, list(s.also), s.province, s.when and s.when.isoformat(), s.text]
        for s in digest.sentences
    ]
    return {"sentences": sentences, "notes": [note.to_dict() for note in digest.notes]}


def check_golden(shown: object, name: str, pytestconfig: pytest.Config) -> None:
    path = GOLDENS / f"{name}.json"
    if pytestconfig.getoption("--update-golden"):
        path.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))


def test_titles_and_dates_are_found_where_they_are(analyses: dict[str, Analysis]) -> None:
    titles = [analyses[name].document.title for name in NAMES]
    assert [title and title[:27] for title in titles] == [
        None,
        "Lai Châu dự Hội nghị đẩy mạ",
        None,
        "Thủ tướng Chính phủ chủ trì",
        "Đổi mới mạnh mẽ công tác ng",
    ]
    assert [analyses[name].document.date for name in NAMES] == [None, None, None, None, dt.date(2026, 1, 10)]


def test_no_boilerplate_is_left(analyses: dict[str, Analysis]) -> None:
    for analysis in analyses.values():
        assert analysis.digest is not None
        assert len(analysis.digest.sentences) == 3
        for text in (analysis.digest.text, *(p.paragraph.text for p in analysis.paragraphs)):
            assert not any(junk in text for junk in BOILERPLATE)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("Tỉnh hiện có 69 dự án FDI", ("fdi",)),
        ("Hiện tỉnh đang triển khai 6 dự án sử dụng vốn ODA", ("oda",)),
        ("Ngoài ra, Lào Cai đã tiếp nhận 13 dự án viện trợ phi chính phủ", ("oda",)),
        ("tổng kim ngạch xuất nhập khẩu của tỉnh đạt khoảng 1,56 tỷ USD", ("trade",)),
        ("Tổng kim ngạch xuất khẩu hàng hóa của tỉnh năm 2024", ("trade",)),
        ("Tổng kim ngạch xuất nhập khẩu hàng hóa 6 tháng đầu năm 2025", ("trade", "oda")),
        ("Thủ tướng yêu cầu các cơ quan đại diện phải chủ động", ("directives",)),
        ("2 dự án có vốn đầu tư nước ngoài", ("fdi",)),
        ("Thay mặt Chính phủ, Thủ tướng ghi nhận, biểu dương", ()),
        ("Thủ tướng ghi nhận, biểu dương những kết quả", ()),
        ("Dự Hội nghị có Phó Thủ tướng", ()),
    ],
)
def test_settled_paragraphs_get_their_labels(
    analyses: dict[str, Analysis], beginning: str, expected: tuple[str, ...]
) -> None:
    assert labels_of(analyses, beginning) == expected


def test_seeds_are_the_articles_as_scraped() -> None:
    assert [len((SEEDS / name).read_bytes()) for name in NAMES] == [6331, 7058, 7940, 12025, 4140]


def test_every_paragraph_of_the_seeds_is_labelled_and_a_changed_one_is_noticed(tmp_path: Path) -> None:
    rows = read_seeds()
    assert (len(rows), sum(not row.doubtful for row in rows)) == (80, 55)
    assert {label for row in rows for label in row.labels} == set(LABELS)
    copied = Path(shutil.copytree(SEEDS, tmp_path / "seeds")) / NAMES[4]
    copied.write_text(copied.read_text(encoding="utf-8").replace("350 thỏa thuận", "351 thỏa thuận"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"004_.* 3\) is not the one that was labelled"):
        read_seeds(seeds=tmp_path / "seeds")
