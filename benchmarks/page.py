"""How fast the report page of 500 articles opens, scrolls and searches in Chromium.

    python -m benchmarks.page --ship

The articles are made of paragraphs of ``corpus/written``; writes ``benchmarks/results/page.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from toolkit import Analyzer, Document, parse
from toolkit.brief import make_brief
from toolkit.corpus import read_written
from toolkit.report.page import render_page
from toolkit.results import Budget

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "page.json"
BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_N_ARTICLES = 500
_N_PARAGRAPHS = 12
_RUNS = 5
_FRAMES = 240
_QUERY = "dau tu nuoc ngoai"

_WATCH = """
window.tasks = [];
new PerformanceObserver((list) => { for (const e of list.getEntries()) tasks.push(e.duration); })
  .observe({ type: "longtask", buffered: true });
"""
_OPENED = """() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint.startTime, navigation.loadEventEnd];
}"""
_SCROLL = """async (frames) => {
  document.documentElement.style.scrollBehavior = "auto";
  const found = [];
  for (let n = 0, last = performance.now(); n < frames; n += 1) {
    scrollBy(0, 250);
    await new Promise(requestAnimationFrame);
    found.push(performance.now() - last);
    last = performance.now();
  }
  return found;
}"""
_TYPE = """async (word) => {
  const query = document.querySelector("#query"), status = document.querySelector("#status"), found = [];
  for (let n = 1; n <= word.length; n += 1) {
    status.textContent = "";
    const start = performance.now();
    query.value = word.slice(0, n);
    query.dispatchEvent(new Event("input"));
    while (status.textContent === "") await new Promise((resolve) => setTimeout(resolve));
    found.push(performance.now() - start);
  }
  return found;
}"""


def main() -> None:
    """Make the page, open it some times, and print or record what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ship", action="store_true", help=f"write {RESULT.relative_to(ROOT)}")
    ship = parser.parse_args().ship
    html = _page()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "brief.html")
        path.write_text(html, encoding="utf-8")
        record = {
            **provenance("page"),
            "articles": _N_ARTICLES,
            "bytes": len(html.encode("utf-8")),
            **_measured(path),
        }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    print(text, end="")
    if ship:
        RESULT.write_text(text, encoding="utf-8")


def _page() -> str:
    analyzer = Analyzer.load()
    analyses = list(analyzer.analyze_many(_articles(), Budget(sentences=3)))
    return render_page(make_brief(analyses, analyzer.topics.labels, explain=analyzer.explain))


def _articles() -> list[Document]:
    texts = [row.text for row in read_written(ROOT / "corpus")]
    random.Random(0).shuffle(texts)
    supply = itertools.cycle(texts)
    start = dt.date(2025, 1, 1)
    return [
        parse(
            "\n\n".join(itertools.islice(supply, _N_PARAGRAPHS)),
            f"Bài số {number + 1}",
            date=start + dt.timedelta(days=number % 365),
            source=f"bai-{number + 1:03}.txt",
            metadata={"outlet": f"Báo {number % 9 + 1}"},
        )
        for number in range(_N_ARTICLES)
    ]


def _measured(path: Path) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    paints, loads, opening, frames, keys, typing = [], [], [], [], [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        version = browser.version
        for _ in range(_RUNS):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(_WATCH)
            page.goto(path.as_uri())
            paint, load = page.evaluate(_OPENED)
            page.wait_for_timeout(2_000)
            paints.append(paint)
            loads.append(load)
            opening += page.evaluate("tasks.splice(0)")
            frames += page.evaluate(_SCROLL, _FRAMES)
            page.evaluate("scrollTo(0, 0), tasks.splice(0)")
            keys += page.evaluate(_TYPE, _QUERY)
            page.wait_for_timeout(200)
            typing += page.evaluate("tasks.splice(0)")
            page.close()
        browser.close()
    return {
        "browser": f"Chromium {version}, no GPU",
        "runs": _RUNS,
        "ms": {
            "first paint": _median(paints),
            "loaded": _median(loads),
            "longest task while opening": round(max(opening, default=0)),
            "frame while scrolling, median": _median(frames),
            "frame while scrolling, 95 %": round(statistics.quantiles(frames, n=20)[-1]),
            f"key to all matches marked, median over the letters of {_QUERY!r}": _median(keys),
            "the same, worst": round(max(keys)),
            "longest task while typing": round(max(typing, default=0)),
        },
    }


def _median(values: list[float]) -> int:
    return round(statistics.median(values))


if __name__ == "__main__":
    main()
