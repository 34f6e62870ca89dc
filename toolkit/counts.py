"""How many articles and paragraphs there are by topic, month, province and outlet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from toolkit.provinces import current_province, find_provinces, in_order
from toolkit.results import Analysis
from toolkit.text import normalize

_OUTLET_FIELDS = (
    "outlet", "publisher", "newspaper", "site", "sitename", "site_name", "hostname",
    "báo", "bao", "nguồn", "nguon", "nguồn tin", "nguồn báo", "tòa soạn",
)  # fmt: skip
_URL_FIELDS = ("url", "link", "href", "canonical", "liên kết")
_RECORD = re.compile(r":\d+\Z")


class Dimension(StrEnum):
    """What is counted by."""

    TOPIC = "topic"
    MONTH = "month"
    PROVINCE = "province"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Facets:
    """What an article can be found and counted by, besides its topics.

    Attributes
    ----------
    month : str or None
        Of its date, as ``2025-07``.
    outlet : str or None
        Its metadata's outlet, or the host of its URL.
    file : str or None
        Its source without the number of the record.
    provinces : tuple of str
        Named in the title or the paragraphs: names old and new, as the text has them.
    paragraph_provinces : tuple of tuple of str
        The same, one tuple a paragraph.
    """

    month: str | None
    outlet: str | None
    file: str | None
    provinces: tuple[str, ...]
    paragraph_provinces: tuple[tuple[str, ...], ...]

    @property
    def current_provinces(self) -> tuple[str, ...]:
        """The provinces of today that `provinces` belong to."""
        return _current(self.provinces)


@dataclass(frozen=True, slots=True)
class CountRow:
    """One value of a dimension: articles and paragraphs with it, and how many of those paragraphs carry each label."""

    dimension: Dimension
    value: str
    n_articles: int
    n_paragraphs: int
    n_labelled: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of many articles; topics come in the model's order, months by time, the rest by number of articles.

    A paragraph counts for the provinces that it names itself, an article for all that it names. Articles without a date
    or an outlet are in no row of that dimension.
    """

    labels: tuple[str, ...]
    n_articles: int
    n_paragraphs: int
    rows: tuple[CountRow, ...]

    def of(self, dimension: Dimension) -> tuple[CountRow, ...]:
        """Return the rows of one dimension."""
        return tuple(row for row in self.rows if row.dimension is dimension)

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Return the columns and the rows of a table with all dimensions."""
        columns = ["dimension", "value", "articles", "paragraphs", *(f"paragraphs_{label}" for label in self.labels)]
        rows = [
            [
                row.dimension.value,
                row.value,
                row.n_articles,
                row.n_paragraphs,
                *map(row.n_labelled.__getitem__, self.labels),
            ]
            for row in self.rows
        ]
        return columns, rows


def find_facets(analysis: Analysis) -> Facets:
    """Return what `analysis` can be found and counted by."""
    document = analysis.document
    named = tuple(find_provinces(labelled.paragraph.text) for labelled in analysis.paragraphs)
    in_title = find_provinces(document.title) if document.title else ()
    return Facets(
        month=f"{document.date:%Y-%m}" if document.date else None,
        outlet=_outlet(document.metadata),
        file=_RECORD.sub("", document.source) if document.source else None,
        provinces=in_order({*in_title, *(name for names in named for name in names)}),
        paragraph_provinces=named,
    )


def count(analyses: Iterable[Analysis], labels: Sequence[str], facets: Iterable[Facets] | None = None) -> Counts:
    """Return the counts of `analyses`; `facets`, one an analysis, are found where they are not given."""
    articles: Counter[tuple[Dimension, str]] = Counter()
    paragraphs: Counter[tuple[Dimension, str]] = Counter()
    labelled: Counter[tuple[Dimension, str, str]] = Counter()
    n_articles = n_paragraphs = 0
    for analysis, found in _paired(analyses, facets):
        n_articles += 1
        n_paragraphs += len(analysis.paragraphs)
        whole = [(Dimension.MONTH, found.month), (Dimension.OUTLET, found.outlet)]
        common = [(dimension, value) for dimension, value in whole if value is not None]
        topics = {label for part in analysis.paragraphs for label in part.prediction.labels}
        articles.update(common)
        articles.update((Dimension.TOPIC, label) for label in topics)
        articles.update((Dimension.PROVINCE, name) for name in found.current_provinces)
        for part, names in zip(analysis.paragraphs, found.paragraph_provinces, strict=True):
            given = part.prediction.labels
            keys = [*common, *((Dimension.TOPIC, label) for label in given)]
            keys += [(Dimension.PROVINCE, name) for name in _current(names)]
            paragraphs.update(keys)
            labelled.update((*key, label) for key in keys for label in given)
    for label in labels:
        articles[Dimension.TOPIC, label] += 0
    rows = tuple(
        CountRow(*key, articles[key], paragraphs[key], {label: labelled[(*key, label)] for label in labels})
        for key in sorted(articles, key=lambda key: _place(key, articles[key], labels))
    )
    return Counts(tuple(labels), n_articles, n_paragraphs, rows)


def _paired(analyses: Iterable[Analysis], facets: Iterable[Facets] | None) -> Iterator[tuple[Analysis, Facets]]:
    if facets is None:
        return ((analysis, find_facets(analysis)) for analysis in analyses)
    return zip(analyses, facets, strict=True)


def _place(key: tuple[Dimension, str], n_articles: int, labels: Sequence[str]) -> tuple[int, int, str]:
    dimension, value = key
    order = {Dimension.TOPIC: 0, Dimension.MONTH: 0}.get(dimension, -n_articles)
    if dimension is Dimension.TOPIC:
        order = labels.index(value)
    return list(Dimension).index(dimension), order, value


def _current(names: Iterable[str]) -> tuple[str, ...]:
    return in_order(map(current_province, names))


def _outlet(metadata: Mapping[str, Any]) -> str | None:
    """Return the outlet that `metadata` names, or the host of its URL without ``www.``."""
    fields = {normalize(str(name)).strip().lower(): value for name, value in metadata.items()}
    for name in _OUTLET_FIELDS:
        if isinstance(value := fields.get(name), str) and value.strip():
            return value.strip()
    for name in _URL_FIELDS:
        if isinstance(value := fields.get(name), str):
            try:
                host = urlsplit(value.strip()).hostname
            except ValueError:  # "http://[" and the like: no URL
                continue
            if host:
                return host.removeprefix("www.")
    return None
