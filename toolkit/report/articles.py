"""The articles of a brief as the page shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.brief import Article
from toolkit.document import Document, Paragraph
from toolkit.report.explanations import strongest_terms
from toolkit.report.legend import Legend
from toolkit.results import DigestSentence, Explanation, LabelledParagraph, Prediction
from toolkit.text import normalize

_HEADING = 90  # characters of the first words that stand for a missing title
_LONG = 20_000  # characters of a stretch that a browser lays out at once; a word of ten million takes it half a minute
_EXCERPT = 2_000  # characters of a sentence in a digest, whose place has it whole
_TINTS = 4  # in page.css; of more labels the first show as colours, and all by name


@dataclass(frozen=True, slots=True)
class Chip:
    """A label by name; `maybe` where it was not given but nearly."""

    name: str
    colour: str
    score: str = ""
    review: bool = False
    maybe: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; one with an `id` is a digest's sentence, a `long` one is laid out late."""

    text: str
    id: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the model is unsure of a label: the words for and against it."""

    head: str
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph with its labels; `tint` is a class of page.css for each of their colours."""

    index: int
    page: int | None
    tint: str
    chips: tuple[Chip, ...]
    scores: str
    review: bool
    reasons: tuple[Reason, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """What cleaning dropped, and why."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the article's digest and the id of its place."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article; its facets are lists of numbers that `Legend` gave, `parts` heads its paragraphs."""

    number: int
    heading: str
    meta: tuple[str, ...]
    topics: str
    month: str
    provinces: str
    outlet: str
    file: str
    review: bool
    parts: str
    summary: tuple[Chip, ...]
    digest: tuple[Line, ...]
    notes: tuple[str, ...]
    paragraphs: tuple[ShownParagraph, ...]
    dropped: tuple[Block, ...]


def shown_articles(legend: Legend) -> Iterator[ShownArticle]:
    """Yield the articles of the legend's brief; what any digest cites of them has a place."""
    brief = legend.brief
    cited: list[set[int]] = [set() for _ in brief.articles]
    for sentence in brief.digest.sentences if brief.digest else ():
        cited[sentence.document].add(sentence.sentence)
    for number, article in enumerate(brief.articles):
        own = article.analysis.digest.sentences if article.analysis.digest else ()
        cited[number].update(sentence.sentence for sentence in own)
        yield _article(legend, number, article, cited[number])


def place(number: int, sentence: DigestSentence) -> str:
    """Return the id of a sentence in the article of that number."""
    return f"a{number}-s{sentence.sentence}"


def meta(legend: Legend, article: Article) -> tuple[str, ...]:
    """Return date and outlet of `article`, as far as it has them."""
    date, outlet = article.analysis.document.date, article.facets.outlet
    return tuple(part for part in (legend.said.date(date) if date else None, normalize(outlet or "")) if part)


def heading(document: Document, longest: int = _HEADING) -> str:
    """Return the title of `document`, or its first words."""
    text = document.title or (document.paragraphs[0].text if document.paragraphs else document.source or "–")
    text = " ".join(normalize(text[: 4 * longest]).split())
    if (document.title and longest == _HEADING) or len(text) <= longest:
        return text
    start = text[:longest]
    return start.rpartition(" ")[0].rstrip(",.;: ") + " …" if " " in start else start + "…"


def _article(legend: Legend, number: int, article: Article, cited: set[int]) -> ShownArticle:
    analysis, facets, said = article.analysis, article.facets, legend.said
    document, digest = analysis.document, analysis.digest
    topics = Counter(label for part in analysis.paragraphs for label in part.prediction.labels)
    given = [label for label in legend.brief.labels if topics[label]]
    to_check = {label for part in analysis.paragraphs for label in part.prediction.review if analysis.only_review}
    file = normalize(document.source).rpartition("/")[2] if document.source else ""
    return ShownArticle(
        number=number,
        heading=heading(document),
        meta=(*meta(legend, article), *(part for part in (", ".join(facets.provinces), file) if part)),
        topics=legend.listed("topic", to_check.union(given)),
        month=legend.listed("month", [facets.month]),
        provinces=legend.listed("province", {*facets.provinces, *facets.current_provinces}),
        outlet=legend.listed("outlet", [facets.outlet]),
        file=legend.listed("file", [facets.file]),
        review=any(part.prediction.review for part in analysis.paragraphs),
        parts=said.paragraphs(analysis),
        summary=tuple(Chip(said.label(x), legend.colour(x), count=topics[x]) for x in given),
        digest=tuple(Line(excerpt(s.text), place(number, s)) for s in digest.sentences) if digest else (),
        notes=tuple(said.note(note) for note in digest.notes) if digest else (),
        paragraphs=tuple(_paragraph(legend, number, p, cited, article.explanations) for p in analysis.paragraphs),
        dropped=tuple(Block(said.reason(d.reason), d.text) for d in (() if analysis.only_review else document.dropped)),
    )


def _paragraph(
    legend: Legend, number: int, part: LabelledParagraph, cited: set[int], explanations: Mapping[int, Explanation]
) -> ShownParagraph:
    prediction, said = part.prediction, legend.said
    shown = [label for label in legend.brief.labels if label in prediction.labels or label in prediction.review]
    colours = list(dict.fromkeys(map(legend.colour, prediction.labels)))[:_TINTS]
    why = explanations.get(part.paragraph.index)
    return ShownParagraph(
        index=part.paragraph.index,
        page=part.paragraph.page,
        tint=" ".join(
            [f"n{len(colours)}", *(f"{where}{colour}" for where, colour in zip("tuvw", colours, strict=False))]
        ),
        chips=tuple(_chip(legend, label, prediction) for label in shown),
        scores=", ".join(f"{said.label(x)} {said.score(s)}" for x, s in prediction.scores.items()),
        review=bool(prediction.review),
        reasons=tuple(_reason(legend, label, why) for label in prediction.review) if why else (),
        pieces=tuple(_pieces(number, part.paragraph, cited)),
    )


def _chip(legend: Legend, label: str, prediction: Prediction) -> Chip:
    given = label in prediction.labels
    score = legend.said.score(prediction.scores[label])
    return Chip(legend.said.label(label), legend.colour(label), score, label in prediction.review, maybe=not given)


def _reason(legend: Legend, label: str, why: Explanation) -> Reason:
    terms, said = strongest_terms(why, label), legend.said
    head = said.words["why"].format(label=said.label(label), score=said.score(why.prediction.scores[label]))
    return Reason(head, *(", ".join(term.text for term in side) for side in (terms.up, terms.down)))


def _pieces(number: int, paragraph: Paragraph, cited: set[int]) -> Iterator[Piece]:
    """Yield the text of `paragraph` in pieces; the sentences of a digest are pieces of their own, with a place."""
    edge = 0
    for sentence in paragraph.sentences:
        if sentence.index in cited:
            start, end = sentence.start - paragraph.start, sentence.end - paragraph.start
            yield from _chunks(paragraph.text[edge:start])
            yield from _chunks(paragraph.text[start:end], f"a{number}-s{sentence.index}")
            edge = end
    yield from _chunks(paragraph.text[edge:])


def _chunks(text: str, id: str = "") -> Iterator[Piece]:
    """Yield `text` whole, or in chunks that a browser lays out as they come in sight; the first has the id."""
    for start in range(0, len(text), _LONG):
        yield Piece(text[start : start + _LONG], "" if start else id, long=len(text) > _LONG)


def excerpt(sentence: str) -> str:
    """Return a sentence of a digest, or the beginning of one that is longer than any reader reads."""
    return sentence if len(sentence) <= _EXCERPT else sentence[:_EXCERPT] + "…"
