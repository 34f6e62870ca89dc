"""The five seed articles as labelled paragraphs: reports on economic diplomacy, which no model is trained on.

``corpus/seeds.jsonl`` has one line a paragraph. Two readers labelled each after LABELS.md, the second without seeing
the first's labels nor a model's; it is doubtful where either was unsure or they differ.
"""

from __future__ import annotations

import json
from pathlib import Path

from toolkit import iter_documents
from toolkit.corpus import LabelledText, text_sha1

ROOT = Path(__file__).resolve().parent.parent


def read_seeds(corpus: Path = ROOT / "corpus", seeds: Path = ROOT / "seeds") -> list[LabelledText]:
    """Return the paragraphs of the seeds with their labels.

    Raises
    ------
    ValueError
        If a paragraph is not the one that was labelled.
    """
    texts = {
        (Path(document.source or "").name, paragraph.index + 1): paragraph.text
        for document in iter_documents([seeds])
        for paragraph in document.paragraphs
    }
    rows = []
    for line in (corpus / "seeds.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        place = row["document"], row["paragraph"]
        text = texts.pop(place, "")
        if text_sha1(text) != row["sha1"]:
            raise ValueError(f"{seeds}: paragraph {place} is not the one that was labelled; read it again")
        rows.append(
            LabelledText(text, tuple(row["labels"]), "{} {}".format(*place), doubtful=row["doubtful"], group=place[0])
        )
    if texts:
        raise ValueError(f"{seeds}: paragraphs without labels in corpus/seeds.jsonl: {sorted(texts)}")
    return rows
