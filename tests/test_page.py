from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import replace
from importlib.resources import files

import pytest

import toolkit
from toolkit.brief import make_brief
from toolkit.counts import Dimension, count, find_facets
from toolkit.provinces import current_province, find_provinces, former_provinces, provinces
from toolkit.report.page import render_page
from toolkit.report.wording import wording
from toolkit.results import Analysis, Budget, Digest, DigestSentence, LabelledParagraph, Prediction

LABELS = ("trade", "fdi")


def analysis_of(
    text: str,
    *,
    title: str | None = None,
    labels: tuple[str, ...] = (),
    review: tuple[str, ...] = (),
    date: dt.date | None = None,
    source: str = "tin.txt",
) -> Analysis:
    """Return an analysis whose every paragraph has these labels and whose digest is the first sentence."""
    from toolkit.segmentation import parse

    document = parse(text, title, date=date, source=source)
    scores = {label: 0.9 if label in labels else 0.1 for label in LABELS}
    parts = tuple(LabelledParagraph(p, Prediction(labels, scores, review)) for p in document.paragraphs)
    first = tuple(DigestSentence(s.text, 1.0, 0, 0, 0, s.span) for s in document.sentences[:1])
    return Analysis(document, parts, Digest(first, Budget(1)))


# --- provinces and counts -----------------------------------------------------------------------------


def test_there_are_34_provinces_of_today_and_63_before() -> None:
    assert len(provinces()) == 34
    assert len(set(former_provinces())) == len(former_provinces()) == 63
    assert current_province("Bắc Giang") == "Bắc Ninh"
    assert current_province("Hà Tĩnh") == "Hà Tĩnh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đoàn Bà Rịa – Vũng Tàu thăm TP.HCM.", ("TP. Hồ Chí Minh", "Bà Rịa - Vũng Tàu")),
        ("Thừa Thiên - Huế nay là thành phố Huế.", ("Huế",)),
        ("UBND TỈNH BẮC GIANG thông báo", ("Bắc Giang",)),
        ("Tỉnh Hoà Bình gìn giữ hòa bình.", ("Hòa Bình",)),
        ("Các nước châu Á - Thái Bình Dương họp bàn.", ()),
        ("Ông Nguyễn Thái Bình và bà Trần Thị Huế tới dự.", ()),
        ("Chủ tịch Hồ Chí Minh thăm quân dân Điện Biên Phủ.", ()),
        ("Ngày hội non sông nối liền Sơn Lam.", ()),
        ("", ()),
    ],
)
def test_provinces_are_found_as_whole_names(text: str, expected: tuple[str, ...]) -> None:
    assert find_provinces(text) == expected


def test_counts_by_hand() -> None:
    one = analysis_of(
        "Hải Phòng xuất hàng.\n\nBắc Giang và Bắc Ninh cùng họp.", labels=("trade",), date=dt.date(2025, 7, 1)
    )
    two = analysis_of("Bắc Ninh có dự án mới.", labels=("fdi",), date=dt.date(2025, 6, 1))
    counts = count([one, two], LABELS)
    table = {(row.dimension, row.value): (row.n_articles, row.n_paragraphs) for row in counts.rows}
    assert table == {
        (Dimension.TOPIC, "trade"): (1, 2),
        (Dimension.TOPIC, "fdi"): (1, 1),
        (Dimension.MONTH, "2025-06"): (1, 1),
        (Dimension.MONTH, "2025-07"): (1, 2),
        (Dimension.PROVINCE, "Bắc Ninh"): (2, 2),
        (Dimension.PROVINCE, "Hải Phòng"): (1, 1),
    }
    assert [row.value for row in counts.of(Dimension.MONTH)] == ["2025-06", "2025-07"]
    assert counts.of(Dimension.PROVINCE)[0].n_labelled == {"trade": 1, "fdi": 1}


@pytest.mark.parametrize(
    ("metadata", "outlet"),
    [
        ({"Nguồn": "Báo Gạo", "url": "https://khac.example.vn/1"}, "Báo Gạo"),
        ({"Toà soạn": " Báo Gạo "}, "Báo Gạo"),
        ({unicodedata.normalize("NFD", "Nguồn tin"): "Báo Gạo"}, "Báo Gạo"),
        ({"URL": "https://www.gao.example.vn/tin/1.html"}, "gao.example.vn"),
        ({"url": "http://["}, None),
        ({}, None),
    ],
)
def test_outlet_is_what_the_columns_say(metadata: dict[str, str], outlet: str | None) -> None:
    made = analysis_of("Gạo bán chạy.")
    made = replace(made, document=replace(made.document, metadata=metadata))
    assert find_facets(made).outlet == outlet


# --- the page -----------------------------------------------------------------------------------------


def test_page_escapes_hostile_text_and_asks_for_nothing() -> None:
    attack = "</style><script>alert('xin chào')</script> Tin vui."
    html = render_page(make_brief([analysis_of(attack, title=attack, source="\u202e" + attack)], LABELS))
    assert html.count("<script>") == html.count("</script>") == html.count("<style>") == html.count("</style>") == 1
    assert "\u202e" not in html
    assert not re.search(r"(?:src|href)=.?(?!#|.?data:,)[a-z]", html)
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


def test_page_of_nothing_is_a_page() -> None:
    html = render_page(make_brief([], LABELS))
    assert "0 bài" in html


def test_english_page_says_so_and_marks_the_articles_as_vietnamese() -> None:
    html = render_page(make_brief([analysis_of("Tin vui.", labels=("trade",))], LABELS), language="en")
    assert '<html lang="en">' in html
    assert '<p lang="vi">' in html
    assert "Full text" in html
    with pytest.raises(ValueError, match="klingon"):
        render_page(make_brief([], LABELS), language="klingon")


def test_paragraph_shows_the_colour_of_each_of_its_labels() -> None:
    html = render_page(make_brief([analysis_of("Gạo.", labels=("trade", "fdi")), analysis_of("Vui.")], LABELS))
    assert '<div class="para n2 t0 u1"' in html
    assert '<div class="para n0"' in html


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_every_tint(dark: bool) -> None:
    css = (files("toolkit.report") / "templates" / "page.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", css[: css.index("@media")]))
    found = light | dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", css.split("prefers-color-scheme: dark")[1][:1200]))
    colours = found if dark else light
    for ground in ("card", *(f"b{n}" for n in range(8))):
        assert contrast(colours["ink"], colours[ground]) >= 7
        assert contrast(colours["soft"], colours[ground]) >= 4.5
    for n in range(8):
        assert contrast(colours[f"c{n}"], colours["card"]) >= 4.5
        assert contrast(colours[f"c{n}"], colours[f"b{n}"]) >= 3


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_sentence_of_the_common_digest_names_its_article_by_title() -> None:
    made = analysis_of("Gạo bán chạy.", title="Chợ gạo đông khách", source="0001.txt")
    assert made.digest is not None
    html = render_page(make_brief([made], LABELS, digest=made.digest))
    assert '<span lang="vi">bài 1</span>: <bdi>Chợ gạo đông khách</bdi>' in html


def test_chart_says_what_is_in_none_of_its_rows() -> None:
    made = [analysis_of("Gạo.", labels=("fdi",), date=dt.date(2025, 7, 1)), analysis_of("Tin."), analysis_of("Vui.")]
    html = render_page(make_brief(made, LABELS), language="en")
    assert "2 articles without a date." in html
    assert "2 articles without a paragraph on any of these topics." in html
    assert '1 <span class="unit">article</span>' in html


def test_large_numbers_are_grouped_as_the_language_does() -> None:
    assert wording("vi").counted(7273, "one_paragraph", "paragraphs") == "7.273 đoạn"
    assert wording("en").counted(7273, "one_paragraph", "paragraphs") == "7,273 paragraphs"
    assert wording("en").counted(1, "one_article", "articles") == "1 article"


def test_newest_month_comes_first() -> None:
    made = [analysis_of("Gạo.", date=dt.date(2025, month, 1)) for month in (2, 11, 7)]
    html = render_page(make_brief(made, LABELS))
    chart = html[html.index('data-chart="month"') :]
    assert re.findall(r">(\d\d/2025)<", chart) == 2 * ["11/2025", "07/2025", "02/2025"]  # the chart, then the filter


def test_labels_of_any_model_are_shown_as_they_are() -> None:
    made = analysis_of("Đội nhà thắng trận.")
    part = LabelledParagraph(made.paragraphs[0].paragraph, Prediction(("bóng đá",), {"bóng đá": 0.75}))
    html = render_page(make_brief([Analysis(made.document, (part,))], ("bóng đá",)))
    assert "bóng đá" in html
    assert "0,75" in html


def test_explanations_are_asked_for_paragraphs_in_review_alone() -> None:
    asked: list[str] = []

    def explain(texts: object) -> list[toolkit.Explanation]:
        asked.extend(texts)  # type: ignore[call-overload]
        return [
            toolkit.Explanation(
                text,
                Prediction(("trade",), {"trade": 0.5, "fdi": 0.1}, ("trade",)),
                {"trade": 0.0},
                {"trade": 0.0},
                {"trade": (toolkit.Contribution("xuất_khẩu", 1.5, ()), toolkit.Contribution("quê", -0.7, ()))},
            )
            for text in texts  # type: ignore[attr-defined]
        ]

    unsure = analysis_of("Hàng quê đi xa.", labels=("trade",), review=("trade",))
    html = render_page(make_brief([analysis_of("Tin vui."), unsure], LABELS, explain=explain))
    assert asked == ["Hàng quê đi xa."]
    assert '<dd lang="vi">xuất khẩu</dd>' in html
    assert "cần xem lại" in html
