"""A brief as one HTML page that needs nothing else: no network, no second file, no framework."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from toolkit.brief import Brief
from toolkit.errors import MissingExtraError
from toolkit.report.articles import shown_articles
from toolkit.report.legend import Legend
from toolkit.report.overview import charts, common_digest, menus, subtitle
from toolkit.report.wording import Language, wording
from toolkit.text import normalize

if TYPE_CHECKING:
    from jinja2 import Template

_UNFOLDED = 10  # articles up to which full texts are open from the start


def render_page(brief: Brief, *, language: Language | str = Language.VI, title: str | None = None) -> str:
    """Return the page of `brief`.

    Raises
    ------
    MissingExtraError
        If Jinja2 is not installed.
    """
    said = wording(language)
    legend = Legend(brief, said)
    style, script = _asset("page.css"), _asset("page.js")
    return _template().render(
        lang=said.language.value,
        words=said.words,
        title=normalize(title) if title else said.words["to_check" if brief.only_review else "title"],
        subtitle=subtitle(legend),
        policy=_policy(style, script),
        style=_safe(style),
        script=_safe(script),
        said=said,
        digest=list(common_digest(legend)),
        notes=[said.note(note) for note in brief.digest.notes] if brief.digest else (),
        charts=[] if brief.only_review else list(charts(legend)),
        menus=list(menus(legend)),
        unfolded=len(brief.articles) <= _UNFOLDED,
        articles=shown_articles(legend),
    )


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
