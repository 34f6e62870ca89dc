"""Many analysed articles as one brief: what they say together, what there is how often, and why where it is unsure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.counts import Counts, Facets, count, find_facets
from toolkit.results import Analysis, Digest, Explanation

Explain = Callable[[Sequence[str]], Sequence[Explanation]]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a brief.

    Attributes
    ----------
    explanations : mapping of int to Explanation
        By the index of the paragraph, for those that a person should check.
    """

    analysis: Analysis
    facets: Facets
    explanations: Mapping[int, Explanation] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Brief:
    """Articles, their counts, and the digest of all of them (None where none was made).

    ``DigestSentence.document`` and ``.also`` of the digest are indices into `articles`.
    """

    articles: tuple[Article, ...]
    labels: tuple[str, ...]
    counts: Counts
    digest: Digest | None = None

    @property
    def only_review(self) -> bool:
        """Whether it holds those paragraphs alone that a person should check, so that its counts say nothing."""
        return any(article.analysis.only_review for article in self.articles)


def make_brief(
    analyses: Iterable[Analysis], labels: Sequence[str], *, digest: Digest | None = None, explain: Explain | None = None
) -> Brief:
    """Return the brief of `analyses`.

    Parameters
    ----------
    digest
        Of all documents together, in the order of `analyses`.
    explain
        `Analyzer.explain`; asked for the paragraphs that a person should check, and for no other.
    """
    articles = tuple(Article(analysis, find_facets(analysis), _explained(analysis, explain)) for analysis in analyses)
    counts = count((a.analysis for a in articles), labels, (a.facets for a in articles))
    return Brief(articles, tuple(labels), counts, digest)


def _explained(analysis: Analysis, explain: Explain | None) -> dict[int, Explanation]:
    unsure = [part.paragraph for part in analysis.paragraphs if part.prediction.review]
    if explain is None or not unsure:
        return {}
    found = explain([paragraph.text for paragraph in unsure])
    return {paragraph.index: explanation for paragraph, explanation in zip(unsure, found, strict=True)}
