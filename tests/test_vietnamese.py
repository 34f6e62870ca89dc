"""The same sentence as Vietnamese is really typed: forms, tones, capitals, quotes, numbers."""

from __future__ import annotations

import unicodedata

import pytest

import toolkit
from toolkit.pipeline import Analyzer

SENTENCE = (
    "Kim ngạch xuất khẩu hàng hóa của tỉnh sáu tháng đầu năm ước đạt 1,56 tỷ USD, tăng 12% so với cùng kỳ; "
    "thủy sản và dệt may vẫn là hai mặt hàng chủ lực."
)
ORDER = "Thủ tướng yêu cầu Bộ Công Thương khẩn trương báo cáo trước ngày 22/7 theo Nghị quyết số 21/NQ-CP."


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return toolkit.Analyzer.load()


@pytest.mark.parametrize(
    "typed",
    [
        SENTENCE,
        unicodedata.normalize("NFD", SENTENCE),
        SENTENCE.replace("hóa", "hoá").replace("thủy", "thuỷ"),
        SENTENCE.upper(),
        SENTENCE.replace(" ", "\u00a0"),
        f"“{SENTENCE}”",
        SENTENCE.replace("1,56 tỷ USD", "1.560 triệu USD"),
    ],
    ids=["NFC", "NFD", "new tone placement", "capitals", "no-break spaces", "quoted", "other figures"],
)
def test_trade_is_found_however_it_is_typed(analyzer: Analyzer, typed: str) -> None:
    assert analyzer.label([typed])[0].labels == ("trade",)


@pytest.mark.parametrize("typed", [ORDER, ORDER.upper(), unicodedata.normalize("NFD", ORDER)])
def test_order_is_found_however_it_is_typed(analyzer: Analyzer, typed: str) -> None:
    assert "directives" in analyzer.label([typed])[0].labels


def test_text_without_diacritics_is_read_and_digested(analyzer: Analyzer) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFD", f"{SENTENCE} {ORDER}") if not unicodedata.combining(c))
    analysis = analyzer.analyze(bare.replace("đ", "d").replace("Đ", "D"), max_sentences=1)
    assert analysis.digest is not None
    assert len(analysis.digest.sentences) == 1
    assert len(analysis.document.sentences) == 2


def test_numbers_dates_and_documents_stay_whole_words() -> None:
    words = toolkit.tokenize(f"{SENTENCE} {ORDER} TP.HCM, PGS.TS. Nguyễn")
    assert {"1,56", "22/7"} <= set(words)
    assert "xuất khẩu" in words
