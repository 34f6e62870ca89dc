"""What stands above the articles of a brief: the period, the common digest, counts as charts, and the filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.counts import CountRow, Dimension
from toolkit.report.articles import excerpt, heading, meta, place
from toolkit.report.legend import Legend

_BARS = 12  # rows of a chart that show at once
_ORIGIN = 70  # characters of the heading by which a sentence's article is named


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the common digest: the id of its place, its article, and the articles that say the same."""

    text: str
    target: str
    article: str
    origin: str
    also: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart; `percent` of the longest bar."""

    value: str
    name: str
    colour: str
    percent: str
    n_articles: int
    n_paragraphs: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts by one dimension: what shows at once, then the rest; the note says what is in no row."""

    facet: str
    title: str
    bodies: tuple[tuple[Bar, ...], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A filter by one facet."""

    facet: str
    title: str
    options: tuple[Option, ...]


def subtitle(legend: Legend) -> str:
    """Return how many articles and paragraphs there are, and their period where most of them have a date."""
    counts, said = legend.brief.counts, legend.said
    parts = [
        said.counted(counts.n_articles, "one_article", "articles"),
        said.counted(counts.n_paragraphs, "one_paragraph", "paragraphs"),
    ]
    dates = sorted(date for article in legend.brief.articles if (date := article.analysis.document.date))
    if 2 * len(dates) > len(legend.brief.articles):  # the dates of a few say nothing of the period
        first, last = said.date(dates[0]), said.date(dates[-1])
        parts.append(first if first == last else said.words["period"].format(first=first, last=last))
    return " · ".join(parts)


def common_digest(legend: Legend) -> Iterator[Line]:
    """Yield the sentences of the digest of all articles."""
    brief = legend.brief
    for sentence in brief.digest.sentences if brief.digest else ():
        article = brief.articles[sentence.document]
        origin = [heading(article.analysis.document, _ORIGIN), *meta(legend, article)]
        origin += [sentence.province] if sentence.province else []
        # The date of an article that has one stands there already.
        origin += [legend.said.date(sentence.when)] if sentence.when and not article.analysis.document.date else []
        named = legend.said.words["article"].format(number=sentence.document + 1)
        yield Line(excerpt(sentence.text), place(sentence.document, sentence), named, " · ".join(origin), sentence.also)


def charts(legend: Legend) -> Iterator[Chart]:
    """Yield a chart for every dimension that has rows."""
    for dimension in Dimension:
        rows = legend.brief.counts.of(dimension)
        if dimension is Dimension.MONTH:
            rows = rows[::-1]  # what is new shows at once
        if rows:
            most = max(1, max(row.n_articles for row in rows))
            bars = tuple(_bar(legend, row, most) for row in rows)
            bodies = (bars[:_BARS], bars[_BARS:]) if len(bars) > _BARS else (bars,)
            title = legend.said.words[f"by_{dimension.value}"]
            yield Chart(dimension.value, title, bodies, _note(legend, dimension))


def _bar(legend: Legend, row: CountRow, most: int) -> Bar:
    facet = row.dimension.value
    colour = f"t{legend.colour(row.value)}" if row.dimension is Dimension.TOPIC else ""
    percent = f"{100 * row.n_articles / most:.1f}"
    number, name = legend.numbers[facet][row.value], legend.name(facet, row.value)
    return Bar(number, name, colour, percent, row.n_articles, row.n_paragraphs)


def _note(legend: Legend, dimension: Dimension) -> str:
    """Return what the reader of a chart should know: how many articles are in none of its rows."""
    words, articles = legend.said.words, legend.brief.articles
    if dimension is Dimension.PROVINCE:
        return words["provinces_note"]
    if dimension is Dimension.TOPIC:
        key = "no_label"
        n_missing = sum(not any(p.prediction.labels for p in article.analysis.paragraphs) for article in articles)
    else:
        key = f"no_{dimension.value}"
        n_missing = sum(getattr(article.facets, dimension.value) is None for article in articles)
    counted = legend.said.counted(n_missing, "one_article", "articles")
    return words[key].format(count=counted) if n_missing else ""


def menus(legend: Legend) -> Iterator[Menu]:
    """Yield the filters that leave something to choose."""
    for facet, numbers in legend.numbers.items():
        # One value is nothing to choose from, except where some articles have none.
        if len(numbers) > 1 or (numbers and facet not in ("file", "outlet")):
            options = tuple(Option(number, legend.name(facet, value)) for value, number in numbers.items())
            yield Menu(facet, legend.said.words[facet], options)
