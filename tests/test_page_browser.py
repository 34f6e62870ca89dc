"""The report page in a real browser: Debian's chromium, without a window."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.test_page import LABELS, analysis_of
from toolkit.brief import make_brief
from toolkit.report.page import render_page
from toolkit.results import Analysis, Budget, Contribution, Digest, DigestSentence, Explanation, Prediction

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not BROWSER.exists(), reason=f"no browser at {BROWSER}; apt-get install chromium, or set CHROMIUM"
    ),
]

TEXTS = (
    ("Quảng Ninh mời gọi vốn", "Tỉnh Quảng Ninh mời doanh nghiệp Nhật Bản đầu tư vào khu công nghiệp ven biển."),
    ("Cà phê được giá", "Giá cà phê ở Gia Lai lên mức cao nhất trong mười năm."),
    ("Bắc Giang vào vụ vải", "Bắc Giang bắt đầu thu hoạch vải sớm để bán sang Trung Quốc."),
)


def articles() -> list[Analysis]:
    dates = (dt.date(2025, 3, 2), dt.date(2025, 7, 9), dt.date(2025, 7, 20))
    made = [
        analysis_of(text, title=title, labels=labels, review=review, date=date, source=f"{n}.txt")
        for n, ((title, text), labels, review, date) in enumerate(
            zip(TEXTS, (("trade", "fdi"), ("trade",), ()), ((), ("trade",), ()), dates, strict=True)
        )
    ]
    return [replace(a, document=replace(a.document, metadata={"outlet": o})) for a, o in zip(made, "ABC", strict=True)]


def common_digest(analyses: list[Analysis]) -> Digest:
    sentence = analyses[2].document.sentences[0]
    return Digest((DigestSentence(sentence.text, 1.0, 2, 0, 0, sentence.span, (1,)),), Budget(1))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        launched = play.chromium.launch(executable_path=str(BROWSER), args=list(ARGUMENTS))
        yield launched
        launched.close()


def explained(texts: Sequence[str]) -> list[Explanation]:
    parts = {label: (Contribution("giá", 1.5, ()), Contribution("mùa_vụ", -0.7, ())) for label in LABELS}
    zero = dict.fromkeys(LABELS, 0.0)
    unsure = Prediction(("trade",), {"trade": 0.5, "fdi": 0.1}, ("trade",))
    return [Explanation(text, unsure, zero, zero, parts) for text in texts]


@pytest.fixture
def page(browser: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that fails its test if it logs anything or asks for anything but itself."""
    analyses = articles()
    brief = make_brief(analyses, LABELS, digest=common_digest(analyses), explain=explained)
    path = tmp_path / "brief.html"
    path.write_text(render_page(brief, language=getattr(request, "param", "vi")), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    yield opened
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []
    context.close()


def shown(page: Any) -> list[str]:
    return [heading.text_content() for heading in page.locator("article:not([hidden]) h3 span[lang]").all()]


def test_search_without_diacritics_finds_what_has_them(page: Any) -> None:
    page.fill("#query", "DAU TU")
    playwright.expect(page.locator("article[hidden]")).to_have_count(2)
    assert shown(page) == ["Quảng Ninh mời gọi vốn"]
    assert page.inner_text("#status") == "Hiển thị 1/3 bài · 2 kết quả"
    for expected in ("đầu tư", "đầu tư"):
        page.press("#query", "Enter")
        assert page.evaluate("[...CSS.highlights.get('current')].map(String)") == [expected]
    page.fill("#query", "đường sắt")
    playwright.expect(page.locator("article[hidden]")).to_have_count(3)
    assert "Không có bài nào phù hợp" in page.inner_text("#status")


def test_search_finds_no_labels_scores_or_headings(page: Any) -> None:
    for word in ("ODA", "Điểm", "0,", "Tóm tắt", "câu"):
        page.fill("#query", word)
        page.press("#query", "Enter")
        found = page.evaluate("[...CSS.highlights.get('hits')].map(r => r.startContainer.parentElement.className)")
        assert all(name in ("", "said", "long", "said long") for name in found), word
    page.fill("#query", "ODA")
    playwright.expect(page.locator("article[hidden]")).to_have_count(3)


def test_jump_lands_far_down_the_page(browser: Any, tmp_path: Path) -> None:
    texts = [TEXTS[n % 3][1] * 4 + f" Câu riêng của bài {n} nói về vụ mùa." for n in range(60)]
    made = [analysis_of(text, title=f"Bài {n}", labels=("trade",), source=f"{n}.txt") for n, text in enumerate(texts)]
    shown = [(number, made[number].document.sentences[-1]) for number in (6, 37, 59)]
    common = Digest(tuple(DigestSentence(s.text, 1.0, n, 0, s.index, s.span) for n, s in shown), Budget(3))
    path = tmp_path / "brief.html"
    path.write_text(render_page(make_brief(made, ("trade", "fdi"), digest=common)), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="no-preference")
    page.goto(path.as_uri())
    for link in page.locator(".common li > a").all():
        page.evaluate("window.scrollTo(0, 0)")
        link.click()
        page.wait_for_timeout(500)
        assert 0 <= page.locator(":target").bounding_box()["y"] <= 844
    page.close()


def test_filters_by_topic_province_month_outlet_and_review(page: Any) -> None:
    for facet, choice, expected in (
        ("topic", "FDI", ["Quảng Ninh mời gọi vốn"]),
        ("province", "Bắc Ninh", ["Bắc Giang vào vụ vải"]),
        ("month", "07/2025", ["Cà phê được giá", "Bắc Giang vào vụ vải"]),
        ("outlet", "B", ["Cà phê được giá"]),
        ("file", "0.txt", ["Quảng Ninh mời gọi vốn"]),
    ):
        page.select_option(f"select[data-facet={facet}]", label=choice)
        assert shown(page) == expected
        page.click("#clear")
        playwright.expect(page.locator("article[hidden]")).to_have_count(0)
    page.check("#review")
    assert shown(page) == ["Cà phê được giá"]


def test_a_bar_of_the_chart_filters_and_lets_go(page: Any) -> None:
    bar = page.locator("[data-chart=topic] button", has_text="FDI")
    bar.click()
    assert shown(page) == ["Quảng Ninh mời gọi vốn"]
    assert bar.get_attribute("aria-pressed") == "true"
    bar.click()
    assert len(shown(page)) == 3


def test_sentence_of_the_common_digest_lands_in_its_folded_and_hidden_article(page: Any) -> None:
    page.click("#unfold")
    page.select_option("select[data-facet=topic]", label="FDI")
    page.click(".common li > a")
    target = page.locator(":target")
    assert target.inner_text() == TEXTS[2][1]
    playwright.expect(target).to_be_focused()
    assert target.is_visible()
    assert 0 <= target.bounding_box()["y"] <= 900
    assert target.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 229, 138)"


def test_scores_show_when_the_keyboard_gets_to_a_label(page: Any) -> None:
    chips = page.locator("#a0-p0 .chips")
    assert chips.locator(".score").first.bounding_box()["width"] == 0
    chips.focus()
    assert chips.locator(".score").first.bounding_box()["width"] > 10
    assert chips.locator(".rest").is_visible()


@pytest.mark.parametrize("page", ["vi", "en"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_screen(page: Any, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    lightness = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert lightness == {"light": "rgb(244, 245, 247)", "dark": "rgb(20, 23, 27)"}[scheme]
    for state in ("as it opens", "with everything open, after a jump"):
        results = Axe().run(page)
        assert results.violations_count == 0, f"{state}: {results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        page.click(".common li > a")


def tab_to(page: Any, selector: str) -> Any:
    """Press Tab until `selector` has the focus, and show where that is."""
    target = page.locator(selector).first
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
            return target
    raise AssertionError(f"{selector} is not reached")


def test_everything_is_done_by_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link over the overview
    tab_to(page, "select[data-facet=topic]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert shown(page) == ["Quảng Ninh mời gọi vốn"]
    tab_to(page, "#clear")
    page.keyboard.press("Enter")
    playwright.expect(page.locator("article[hidden]")).to_have_count(0)
    tab_to(page, ".why summary")
    page.keyboard.press("Enter")
    assert "mùa vụ" in page.locator(".reasons").inner_text()


@pytest.mark.parametrize("way", ["Escape", "#back", "history"])
def test_jump_to_a_sentence_is_taken_back(page: Any, way: str) -> None:
    link = tab_to(page, ".common li > a")
    page.keyboard.press("Enter")
    playwright.expect(page.locator(":target")).to_be_focused()
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "#back":
        tab_to(page, "#back")
        page.keyboard.press("Enter")
    else:
        page.go_back()
    playwright.expect(link).to_be_focused()
    assert 0 <= link.bounding_box()["y"] <= 900
    assert page.locator("#back").is_hidden()


def test_jump_taken_back_before_the_browser_tells_of_it_stays_taken_back(page: Any) -> None:
    link = page.locator(".common li > a").first
    told = link.evaluate("""link => new Promise(resolve => {
        addEventListener("hashchange", () => setTimeout(() => resolve(location.hash), 100));
        link.click();
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
    })""")
    assert told == link.evaluate("link => link.hash")
    playwright.expect(link).to_be_focused()
    assert page.locator("#back").is_hidden()
    page.evaluate("history.back()")
    page.wait_for_function("location.hash === ''")
    page.evaluate("history.forward()")
    playwright.expect(page.locator(":target")).to_be_focused()


def test_landmarks_and_languages_are_told(page: Any) -> None:
    for role in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("article").count() == 3
    assert page.evaluate("document.documentElement.lang") == "vi"


def test_prints_what_the_filters_show_without_the_controls(page: Any, tmp_path: Path) -> None:
    page.select_option("select[data-facet=topic]", label="FDI")
    (tmp_path / "a.pdf").write_bytes(page.pdf())
    text = " ".join(paragraph.text for paragraph in toolkit.read(tmp_path / "a.pdf").paragraphs)
    assert TEXTS[0][1] in text
    assert TEXTS[1][1] not in text
    assert "Bỏ lọc" not in text
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    tint = page.locator(".para.n2").first.evaluate("e => getComputedStyle(e).backgroundImage")
    assert "rgb(234, 246, 239)" in tint  # the light tints, which black ink stands out from
    assert "rgb(233, 241, 251)" in tint


def test_five_hundred_articles_open_within_two_seconds(browser: Any, tmp_path: Path) -> None:
    text = "\n\n".join(f"Đoạn {n}: " + TEXTS[n % 3][1] * 5 for n in range(12))
    made = [analysis_of(text, title=f"Bài {n}", labels=("trade",), source=f"{n}.txt") for n in range(500)]
    path = tmp_path / "brief.html"
    path.write_text(render_page(make_brief(made, ("trade", "fdi"))), encoding="utf-8")
    page = browser.new_page()
    start = time.monotonic()
    page.goto(path.as_uri())
    assert page.inner_text("#status") == "Hiển thị 500/500 bài"
    assert time.monotonic() - start < 2
    page.wait_for_timeout(1_000)
    # From the key to the answer; the pause in which further keys are waited for is 40 ms.
    seconds = """async () => {
      const query = document.querySelector("#query"), status = document.querySelector("#status");
      const before = status.textContent, start = performance.now();
      query.value = "dau tu";
      query.dispatchEvent(new Event("input"));
      while (status.textContent === before) await new Promise((resolve) => setTimeout(resolve, 2));
      return (performance.now() - start) / 1000;
    }"""
    assert page.evaluate(seconds) < 0.5
    assert page.inner_text("#status") == "Hiển thị 500/500 bài · 2000+ kết quả"
    page.close()


def test_hostile_text_runs_nothing(browser: Any, tmp_path: Path) -> None:
    attack = "<script>document.title = 'bị chiếm'</script><img src=x onerror=alert(1)> Tin tốt lành."
    made = replace(analysis_of(attack, title=attack, source=attack), digest=None)
    long = analysis_of("a" * 10_000_000, source="dài.txt")
    path = tmp_path / "brief.html"
    path.write_text(render_page(make_brief([made, long], ("trade", "fdi"))), encoding="utf-8")
    page = browser.new_page()
    page.on("dialog", lambda dialog: pytest.fail("the text ran"))
    page.goto(path.as_uri())
    assert page.title() == "Bản tin tổng hợp"
    assert page.locator("article img, article script").count() == 0
    assert page.locator("#a1-p0 > p").evaluate("e => e.textContent.length") == 10_000_000
    assert "<script>" in page.inner_text("#h0")
    page.close()
