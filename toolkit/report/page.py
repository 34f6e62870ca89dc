"""A brief as one HTML page that needs nothing else: no network, no second file, no framework."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from toolkit.brief import Article, Brief
from toolkit.counts import CountRow, Dimension
from toolkit.document import Document, Paragraph
from toolkit.errors import MissingExtraError
from toolkit.provinces import current_province, former_provinces
from toolkit.report.explanations import strongest_terms
from toolkit.report.wording import Language, Wording, wording
from toolkit.results import DigestSentence, Explanation, LabelledParagraph, Prediction
from toolkit.text import normalize

if TYPE_CHECKING:
    from jinja2 import Template

_COLOURS = 8  # in page.css; more labels share them, and no label is known by its colour alone
_BARS = 12  # rows of a chart that show at once
_UNFOLDED = 10  # articles up to which full texts are open from the start
_HEADING = 90  # characters of the first words that stand for a missing title


def render_page(brief: Brief, *, language: Language | str = Language.VI, title: str | None = None) -> str:
    """Return the page of `brief`.

    Raises
    ------
    MissingExtraError
        If Jinja2 is not installed.
    """
    said = wording(language)
    view = _View(brief, said)
    style, script = _asset("page.css"), _asset("page.js")
    return _template().render(
        lang=said.language.value,
        words=said.words,
        title=normalize(title) if title else said.words["title"],
        subtitle=view.subtitle(),
        policy=_policy(style, script),
        style=_safe(style),
        script=_safe(script),
        digest=list(view.common()),
        notes=[said.note(note) for note in brief.digest.notes] if brief.digest else (),
        charts=list(view.charts()),
        menus=list(view.menus()),
        unfolded=len(brief.articles) <= _UNFOLDED,
        articles=view.articles(),
    )


# --- what the template shows --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Link:
    text: str
    target: str
    origin: str = ""
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bar:
    value: str
    name: str
    colour: str
    percent: str
    n_articles: int
    n_paragraphs: int


@dataclass(frozen=True, slots=True)
class _Chart:
    facet: str
    title: str
    bodies: tuple[tuple[_Bar, ...], ...]


@dataclass(frozen=True, slots=True)
class _Option:
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class _Menu:
    facet: str
    title: str
    options: tuple[_Option, ...]


@dataclass(frozen=True, slots=True)
class _Chip:
    name: str
    colour: str
    score: str = ""
    review: bool = False
    maybe: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class _Reason:
    head: str
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    index: int
    colour: str
    chips: tuple[_Chip, ...]
    scores: str
    review: bool
    reasons: tuple[_Reason, ...]
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class _Article:
    number: int
    heading: str
    meta: tuple[str, ...]
    topics: str
    month: str
    provinces: str
    outlet: str
    file: str
    review: bool
    summary: tuple[_Chip, ...]
    digest: tuple[_Link, ...]
    notes: tuple[str, ...]
    paragraphs: tuple[_Paragraph, ...]
    dropped: tuple[_Block, ...]


@dataclass(slots=True)
class _View:
    """A brief in the words of one language; facet values are numbers, which an attribute can list."""

    brief: Brief
    said: Wording
    numbers: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        facets = [article.facets for article in self.brief.articles]
        named = {name for f in facets for name in (*f.provinces, *f.current_provinces)}
        values: dict[str, Sequence[str]] = {
            "topic": self.brief.labels,
            "month": sorted({f.month for f in facets if f.month}),
            "province": [name for name in former_provinces() if name in named],
            "outlet": sorted({f.outlet for f in facets if f.outlet}),
            "file": list(dict.fromkeys(f.file for f in facets if f.file)),
        }
        self.numbers = {facet: {v: str(n) for n, v in enumerate(names)} for facet, names in values.items()}

    def subtitle(self) -> str:
        counts, words = self.brief.counts, self.said.words
        text = words["subtitle"].format(articles=counts.n_articles, paragraphs=counts.n_paragraphs)
        dates = sorted(date for article in self.brief.articles if (date := article.analysis.document.date))
        if 2 * len(dates) <= len(self.brief.articles):  # the dates of a few say nothing of the period
            return text
        first, last = self.said.date(dates[0]), self.said.date(dates[-1])
        return f"{text} · {first if first == last else words['period'].format(first=first, last=last)}"

    # --- above the articles -----------------------------------------------------------------------

    def common(self) -> Iterator[_Link]:
        for sentence in self.brief.digest.sentences if self.brief.digest else ():
            article = self.brief.articles[sentence.document]
            place = self.said.words["article"].format(number=sentence.document + 1)
            origin = " · ".join([place, *self.meta(article)])
            yield _Link(sentence.text, _place(sentence.document, sentence), origin, sentence.also)

    def charts(self) -> Iterator[_Chart]:
        for dimension in Dimension:
            rows = self.brief.counts.of(dimension)
            if rows:
                most = max(1, max(row.n_articles for row in rows))
                bars = tuple(self.bar(row, most) for row in rows)
                bodies = (bars[:_BARS], bars[_BARS:]) if len(bars) > _BARS else (bars,)
                yield _Chart(dimension.value, self.said.words[f"by_{dimension.value}"], bodies)

    def bar(self, row: CountRow, most: int) -> _Bar:
        facet = row.dimension.value
        colour = self.colour(row.value) if row.dimension is Dimension.TOPIC else ""
        percent = f"{100 * row.n_articles / most:.1f}"
        return _Bar(
            self.numbers[facet][row.value],
            self.name(facet, row.value),
            colour,
            percent,
            row.n_articles,
            row.n_paragraphs,
        )

    def menus(self) -> Iterator[_Menu]:
        for facet, numbers in self.numbers.items():
            # One value is nothing to choose from, except where some articles have none.
            if len(numbers) > 1 or (numbers and facet not in ("file", "outlet")):
                options = tuple(_Option(number, self.name(facet, value)) for value, number in numbers.items())
                yield _Menu(facet, self.said.words[facet], options)

    def name(self, facet: str, value: str) -> str:
        if facet == "topic":
            return self.said.label(value)
        if facet == "month":
            return self.said.month(value)
        if facet == "province" and current_province(value) != value:
            return "\u2003" + self.said.words["former"].format(name=value)
        return normalize(value)

    def colour(self, label: str) -> str:
        return f"t{self.brief.labels.index(label) % _COLOURS}"

    # --- the articles -----------------------------------------------------------------------------

    def articles(self) -> Iterator[_Article]:
        cited: list[set[int]] = [set() for _ in self.brief.articles]
        for sentence in self.brief.digest.sentences if self.brief.digest else ():
            cited[sentence.document].add(sentence.sentence)
        for number, article in enumerate(self.brief.articles):
            own = article.analysis.digest.sentences if article.analysis.digest else ()
            cited[number].update(sentence.sentence for sentence in own)
            yield self.article(number, article, cited[number])

    def article(self, number: int, article: Article, cited: set[int]) -> _Article:
        analysis, facets = article.analysis, article.facets
        topics = Counter(label for part in analysis.paragraphs for label in part.prediction.labels)
        given = [label for label in self.brief.labels if topics[label]]
        digest = analysis.digest
        return _Article(
            number=number,
            heading=_heading(analysis.document),
            meta=self.meta(article, source=True),
            topics=self.values("topic", given),
            month=self.values("month", [facets.month]),
            provinces=self.values("province", {*facets.provinces, *facets.current_provinces}),
            outlet=self.values("outlet", [facets.outlet]),
            file=self.values("file", [facets.file]),
            review=any(part.prediction.review for part in analysis.paragraphs),
            summary=tuple(_Chip(self.said.label(x), self.colour(x), count=topics[x]) for x in given),
            digest=tuple(_Link(s.text, _place(number, s)) for s in digest.sentences) if digest else (),
            notes=tuple(self.said.note(note) for note in digest.notes) if digest else (),
            paragraphs=tuple(self.paragraph(number, p, cited, article.explanations) for p in analysis.paragraphs),
            dropped=tuple(_Block(self.said.reason(d.reason), d.text) for d in analysis.document.dropped),
        )

    def values(self, facet: str, values: Collection[str | None]) -> str:
        return " ".join(sorted(self.numbers[facet][value] for value in values if value))

    def meta(self, article: Article, *, source: bool = False) -> tuple[str, ...]:
        document, facets = article.analysis.document, article.facets
        parts = [
            self.said.date(document.date) if document.date else None,
            facets.outlet,
            ", ".join(facets.provinces) if source else None,
            document.source.rpartition("/")[2] if document.source and (source or not facets.outlet) else None,
        ]
        return tuple(normalize(part) for part in parts if part)

    def paragraph(
        self, number: int, part: LabelledParagraph, cited: set[int], explanations: Mapping[int, Explanation]
    ) -> _Paragraph:
        prediction = part.prediction
        shown = [label for label in self.brief.labels if label in prediction.labels or label in prediction.review]
        why = explanations.get(part.paragraph.index)
        return _Paragraph(
            index=part.paragraph.index,
            colour=self.colour(prediction.labels[0]) if prediction.labels else "",
            chips=tuple(self.chip(label, prediction) for label in shown),
            scores=", ".join(f"{self.said.label(x)} {self.said.score(s)}" for x, s in prediction.scores.items()),
            review=bool(prediction.review),
            reasons=tuple(self.reason(label, why) for label in prediction.review) if why else (),
            pieces=tuple(_pieces(number, part.paragraph, cited)),
        )

    def chip(self, label: str, prediction: Prediction) -> _Chip:
        given = label in prediction.labels
        score = self.said.score(prediction.scores[label])
        return _Chip(self.said.label(label), self.colour(label), score, label in prediction.review, maybe=not given)

    def reason(self, label: str, why: Explanation) -> _Reason:
        terms = strongest_terms(why, label)
        score = self.said.score(why.prediction.scores[label])
        head = self.said.words["why"].format(label=self.said.label(label), score=score)
        return _Reason(head, ", ".join(terms.up), ", ".join(terms.down))


def _place(number: int, sentence: DigestSentence) -> str:
    return f"a{number}-s{sentence.sentence}"


def _heading(document: Document) -> str:
    """Return the title of `document`, or its first words."""
    text = document.title or (document.paragraphs[0].text if document.paragraphs else document.source or "–")
    text = " ".join(normalize(text[: 4 * _HEADING]).split())
    if document.title or len(text) <= _HEADING:
        return text
    return (
        text[:_HEADING].rpartition(" ")[0].rstrip(",.;: ") + " …" if " " in text[:_HEADING] else text[:_HEADING] + "…"
    )


def _pieces(number: int, paragraph: Paragraph, cited: set[int]) -> Iterator[_Piece]:
    """Yield the text of `paragraph` in pieces; the sentences of a digest are pieces of their own, with a place."""
    edge = 0
    for sentence in paragraph.sentences:
        if sentence.index in cited:
            start, end = sentence.start - paragraph.start, sentence.end - paragraph.start
            if start > edge:
                yield _Piece(paragraph.text[edge:start])
            yield _Piece(paragraph.text[start:end], f"a{number}-s{sentence.index}")
            edge = end
    if edge < len(paragraph.text):
        yield _Piece(paragraph.text[edge:])


# --- the template and its policy ----------------------------------------------------------------------


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise MissingExtraError(
            'an HTML page needs Jinja2, which is not installed; run: pip install "vietnamese-text-toolkit[report]"'
        ) from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_asset("page.html.j2"))


@cache
def _asset(name: str) -> str:
    return (files("toolkit.report") / "templates" / name).read_text(encoding="utf-8")


def _safe(text: str) -> object:
    """Return a style or script of ours as it is, unescaped."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy under which this one style and this one script run, and nothing is fetched."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
