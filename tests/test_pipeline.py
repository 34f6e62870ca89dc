from __future__ import annotations

import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
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


@pytest.mark.parametrize("limit", [{"sentences": 1.5}, {"sentences": True}, {"syllables": "60"}, {"ratio": True}])
def test_budget_of_another_type_is_refused(limit: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be a (whole )?number, got"):
        Budget(**limit)
    assert Budget(sentences=np.int64(2)).sentences == 2


def test_one_string_is_not_many_articles(analyzer: Analyzer) -> None:
    for call in (analyzer.summarize_each, analyzer.summarize_many, analyzer.summarize_by_topic, analyzer.analyze_many):
        with pytest.raises(TypeError, match="sequence of articles, got one string"):
            call(ARTICLE)
    with pytest.raises(TypeError, match="sequence of texts, got one string"):
        toolkit.tokenize_many("giá gạo")


def test_many_analyses_are_those_of_each_article(analyzer: Analyzer) -> None:
    articles = [ARTICLE, "Giá gạo tăng.", toolkit.parse(ARTICLE)]
    budget = Budget(sentences=3)
    for batch in (1, 2, 256):
        assert list(analyzer.analyze_many(articles, budget, batch=batch)) == list(map(analyzer.analyze, articles))
    with pytest.raises(ValueError, match="batch must be at least 1, got 0"):
        analyzer.analyze_many(articles, batch=0)


def test_summarizer_that_is_none_is_refused_before_it_is_used(model_folder: Path) -> None:
    with pytest.raises(ValueError, match="no summarizer is called 'nope'; there are trained, lead"):
        Analyzer.load(model_folder, summarizer="nope")
    with pytest.raises(TypeError, match="an object with `rank`, got 3"):
        Analyzer.load(model_folder, summarizer=cast("str", 3))


def test_model_of_one_label_a_text_has_no_thresholds(analyzer: Analyzer) -> None:
    single = replace(analyzer, topics=replace(analyzer.topics, multilabel=False))
    assert single.with_thresholds({}).label(["gạo"])[0].labels != ()
    with pytest.raises(ValueError, match="gives every text its likeliest label and has no thresholds"):
        single.with_thresholds({"trade": 0.9})


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
