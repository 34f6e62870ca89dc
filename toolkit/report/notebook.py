"""Results in a notebook: tinted text, without a script and safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from toolkit.document import Document
from toolkit.report.wording import wording
from toolkit.results import Analysis, Digest

# Tints that dark and light text both stay readable on: a translucent hue over whatever the notebook's theme is.
_HUES = (150, 215, 285, 30, 345, 190, 65, 245)


def digest_html(digest: Digest) -> str:
    """Return the sentences of a digest as an HTML list, each with its place."""
    said = wording()
    items = "".join(
        f"<li>{escape(s.text)} <small>[{said.words['article'].format(number=s.document + 1)}, "
        f"{', '.join([*said.left_open(s), said.words['paragraph']])} {s.paragraph + 1}"
        f"{'; ' if s.also else ''}{said.also(s)}]</small></li>"
        for s in digest.sentences
    )
    notes = "".join(f"<p><em>{escape(said.note(note))}</em></p>" for note in digest.notes)
    return f"<div lang='vi'><ul>{items}</ul>{notes}</div>"


def document_html(document: Document) -> str:
    """Return a document as HTML: its paragraphs, and what cleaning dropped, folded away."""
    body = "".join(f"<p>{escape(paragraph.text)}</p>" for paragraph in document.paragraphs)
    return f"<div lang='vi'>{_head(document)}{body}{_dropped(document)}</div>"


def analysis_html(analysis: Analysis) -> str:
    """Return an analysis as HTML: digest, paragraphs tinted by their labels, dropped blocks folded away."""
    digest = digest_html(analysis.digest) if analysis.digest is not None else ""
    body = "".join(_paragraphs(analysis))
    dropped = "" if analysis.only_review else _dropped(analysis.document)
    return f"<div lang='vi'>{_head(analysis.document)}{digest}{body}{dropped}</div>"


def _paragraphs(analysis: Analysis) -> Iterator[str]:
    for part in analysis.paragraphs:
        labels = list(part.prediction.scores)
        hues = [_HUES[labels.index(label) % len(_HUES)] for label in part.prediction.labels]
        chips = "".join(
            f" <small><strong>[{escape(chip)}]</strong></small>" for chip in wording().chips(part.prediction)
        )
        yield f"<p style='{_tint(hues)}margin:.3em 0'>{escape(part.paragraph.text)}{chips}</p>"


def _tint(hues: Sequence[int]) -> str:
    """Return the style of a paragraph with labels of these hues: a bar at the edge for each, the tints side by side."""
    if not hues:
        return "padding:.3em .7em;"
    bars = ",".join(f"inset {5 * n}px 0 hsl({hue},50%,45%)" for n, hue in enumerate(hues, start=1))
    tints = [f"hsla({hue},60%,50%,.14)" for hue in hues]
    tint = f"linear-gradient(90deg,{','.join(tints)})" if len(hues) > 1 else tints[0]
    return f"background:{tint};box-shadow:{bars};padding:.3em .7em .3em {5 * len(hues) + 9}px;"


def _head(document: Document) -> str:
    date = wording().date(document.date) if document.date else None
    facts = " · ".join(escape(fact) for fact in (date, document.source) if fact)
    title = f"<h4>{escape(document.title)}</h4>" if document.title else ""
    return title + (f"<p><small>{facts}</small></p>" if facts else "")


def _dropped(document: Document) -> str:
    if not document.dropped:
        return ""
    said = wording()
    items = "".join(
        f"<li><small>[{escape(said.reason(d.reason))}]</small> {escape(d.text)}</li>" for d in document.dropped
    )
    head = said.words["dropped"].format(count=len(document.dropped))
    return f"<details><summary>{escape(head)}</summary><ul>{items}</ul></details>"
