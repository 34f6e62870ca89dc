"""What articles are filtered by on the page: every value's number, name and colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from toolkit.brief import Brief
from toolkit.provinces import current_province, former_provinces
from toolkit.report.wording import Wording
from toolkit.text import normalize

_COLOURS = 8  # in page.css; more labels share them, and no label is known by its colour alone


@dataclass(slots=True)
class Legend:
    """The values of each facet of a brief in the words of one language; a number stands for a value, as lists need it.

    Attributes
    ----------
    numbers : dict
        By facet (``topic``, ``month`` …), the number of each value, in the order in which they are offered.
    """

    brief: Brief
    said: Wording
    numbers: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        facets = [article.facets for article in self.brief.articles]
        named = {name for f in facets for name in (*f.provinces, *f.current_provinces)}
        values: dict[str, Sequence[str]] = {
            "topic": self.brief.labels,
            "month": sorted({f.month for f in facets if f.month}, reverse=True),
            "province": [name for name in former_provinces() if name in named],
            "outlet": sorted({f.outlet for f in facets if f.outlet}),
            "file": list(dict.fromkeys(f.file for f in facets if f.file)),
        }
        self.numbers = {facet: {v: str(n) for n, v in enumerate(names)} for facet, names in values.items()}

    def listed(self, facet: str, values: Collection[str | None]) -> str:
        """Return the numbers of `values`, as an attribute lists them."""
        return " ".join(sorted(self.numbers[facet][value] for value in values if value))

    def name(self, facet: str, value: str) -> str:
        """Return how a value is shown."""
        if facet == "topic":
            return self.said.label(value)
        if facet == "month":
            return self.said.month(value)
        if facet == "province" and current_province(value) != value:
            return "\u2003" + self.said.words["former"].format(name=value)
        return normalize(value)

    def colour(self, label: str) -> str:
        """Return the number of a label's colour."""
        return str(self.brief.labels.index(label) % _COLOURS)
