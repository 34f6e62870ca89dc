from __future__ import annotations

import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import toolkit
from toolkit.errors import ModelError
from toolkit.pipeline import Analyzer
from toolkit.results import Budget

ARTICLE = """Xuất khẩu nông sản tăng mạnh

Kim ngạch xuất khẩu gạo sang thị trường châu Âu tăng 5 phần trăm. Doanh nghiệp rất phấn khởi.
Thủ tướng yêu cầu các bộ khẩn trương tháo gỡ cho ngành thủy sản.
Đội bóng của công ty dệt may thắng trận chung kết chiều qua.
"""


@pytest.fixture(scope="module")
def analyzer(model_folder: Path) -> Analyzer:
    return Analyzer.load(model_folder, summarizer="lead")


def test_analysis_labels_every_paragraph_and_digests(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(ARTICLE, max_sentences=1)
    assert [p.prediction.labels for p in analysis.paragraphs] == [("trade",), ("directives",), ()]
    assert analysis.digest is not None
    assert analysis.digest.text == "Kim ngạch xuất khẩu gạo sang thị trường châu Âu tăng 5 phần trăm."
    assert analysis.document.title == "Xuất khẩu nông sản tăng mạnh"


def test_label_gives_one_prediction_a_paragraph(analyzer: Analyzer) -> None:
    assert [p.labels for p in analyzer.label(["Đội bóng thắng trận.", "", ARTICLE])][:2] == [(), ()]
    assert analyzer.label([]) == []
    with pytest.raises(TypeError, match="put it into a list"):
        analyzer.label(ARTICLE)
    with pytest.raises(TypeError, match="put it into a list"):
        analyzer.explain(ARTICLE)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_nfd_and_nfc_get_the_same_labels_and_digest(analyzer: Analyzer, form: str) -> None:
    expected = analyzer.analyze(toolkit.parse(ARTICLE)).to_dict()
    assert analyzer.analyze(unicodedata.normalize(form, ARTICLE)).to_dict() == expected


def test_budget_is_one_of_three(analyzer: Analyzer) -> None:
    assert analyzer.summarize(ARTICLE).budget == Budget(sentences=3)
    assert analyzer.summarize(ARTICLE, max_syllables=14).budget == Budget(syllables=14)
    assert len(analyzer.summarize(ARTICLE, ratio=0.5).sentences) in (1, 2)
    with pytest.raises(ValueError, match="one of sentences, syllables or ratio; got sentences and ratio"):
        analyzer.summarize(ARTICLE, max_sentences=1, ratio=0.5)


def test_many_digests_are_those_of_each_article() -> None:
    analyzer = Analyzer.load()
    articles = [ARTICLE, "Giá gạo tăng. Theo đó, nông dân có lãi.", ""]
    assert analyzer.summarize_each(articles, max_sentences=1) == [
        analyzer.summarize(article, max_sentences=1) for article in articles
    ]


def test_thresholds_can_be_overridden(analyzer: Analyzer) -> None:
    assert analyzer.with_thresholds({"trade": 0.0}).label([""])[0].labels == ("trade",)
    assert analyzer.with_thresholds({"trade": 1.0}).label([ARTICLE])[0].labels.count("trade") == 0
    with pytest.raises(ValueError, match="no label 'gold'; it knows trade, fdi, directives"):
        analyzer.with_thresholds({"gold": 0.5})
    with pytest.raises(ValueError, match="between 0 and 1"):
        analyzer.with_thresholds({"trade": 2})


def test_models_folder_may_hold_the_topics_in_a_folder_of_their_own(model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "topics").symlink_to(model_folder)
    assert Analyzer.load(tmp_path).topics.labels == ("trade", "fdi", "directives")
    with pytest.raises(ModelError, match="no such folder"):
        Analyzer.load(tmp_path / "nowhere")


def test_results_are_plain_json_with_a_schema(analyzer: Analyzer) -> None:
    results = [
        analyzer.analyze(ARTICLE),
        analyzer.summarize(ARTICLE),
        analyzer.label([ARTICLE])[0],
        analyzer.explain([ARTICLE])[0],
    ]
    for result in results:
        as_json = result.to_dict()
        assert json.loads(json.dumps(as_json)) == as_json
        assert as_json["schema"].startswith("vietnamese-text-toolkit/")


def test_digest_sentences_cite_their_place(analyzer: Analyzer) -> None:
    document = toolkit.parse(ARTICLE)
    for sentence in analyzer.summarize(document).sentences:
        assert sentence.span.within(document.text) == sentence.text
        assert document.sentences[sentence.sentence].text == sentence.text
        assert sentence.text in document.paragraphs[sentence.paragraph].text


def test_many_threads_share_one_analyzer(model_folder: Path) -> None:
    analyzer = Analyzer.load(model_folder, summarizer="lead")
    expected = analyzer.analyze(ARTICLE).to_dict()
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: analyzer.analyze(ARTICLE).to_dict(), range(64)))
    assert all(result == expected for result in results)
