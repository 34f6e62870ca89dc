"""From labelled texts to a model and what is known of it: the one way that the command and the benchmark train."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from toolkit.classification.estimator import TopicClassifier
from toolkit.classification.model import TopicModel
from toolkit.corpus import LabelledText, TaughtText
from toolkit.evaluation.topics import Evaluation, evaluate_decisions, indicator

_DOUBTFUL = 0.5  # weight of a text whose annotator was unsure
_HANDFUL, _MANY = 100, 20_000  # texts
_ARTICLE = 1000  # characters; paragraphs of news have 310 on average, whole articles of VNTC 2,090
_PACKAGES = ("numpy", "scipy", "scikit-learn", "underthesea")


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how its cross-validation judged it (None where there were too few texts for folds)."""

    model: TopicModel
    held_out: Evaluation | None

    def save(self, folder: str | os.PathLike[str], **more: Any) -> None:
        """Write the model to `folder`; `more` goes into its card."""
        replace(self.model, card={**self.model.card, **more}).save(folder)


def train(
    rows: Sequence[LabelledText],
    *,
    labels: Sequence[str] | None = None,
    classifier: TopicClassifier | None = None,
    taught: Sequence[TaughtText] = (),
    cv: int = 5,
    random_state: int = 0,
) -> Trained:
    """Train on `rows` and judge the result by cross-validation.

    Parameters
    ----------
    labels : sequence of str
        Their order; sorted where not given.
    classifier : TopicClassifier
        What to fit; `cv` and `random_state` are for the default one.
    taught : sequence of TaughtText
        More texts to learn from, labelled by a better model; the cross-validation leaves them out. They need `labels`.
    """
    lessons = None
    if taught:
        if labels is None:
            raise ValueError("taught texts need `labels`, the order of their probabilities")
        lessons = [text.text for text in taught], [[text.scores.get(k, 0.0) for k in labels] for text in taught]
    single = all(row.single for row in rows)
    if classifier is None:
        classifier = suited_classifier(rows, cv=cv, random_state=random_state)
    y = [row.labels[0] for row in rows] if single else [row.labels for row in rows]
    groups = [row.group or row.id for row in rows]
    classifier.fit(
        [row.text for row in rows],
        y,
        sample_weight=sample_weights(rows),
        groups=groups if len(set(groups)) < len(groups) else None,
        labels=labels,
        taught=lessons,
    )
    model = classifier.model_
    held_out = None
    if classifier.held_out_decisions_ is not None:
        target = indicator(rows, model.labels)
        held_out = evaluate_decisions(model, classifier.held_out_decisions_, target, rows)
    counts = Counter(label for row in rows for label in row.labels)
    card = {
        "trained_on": {
            "n_texts": len(rows),
            "labels": {label: counts[label] for label in model.labels},
            "n_without_label": sum(not row.labels for row in rows),
            "n_taught": len(taught),
            "sha256": checksum(rows, taught),
        },
        "parameters": classifier.get_params(),
        "packages": {name: version(name) for name in _PACKAGES} | {"python": platform.python_version()},
        "scores": {} if held_out is None else {"cross-validation": summary(held_out)},
    }
    return Trained(replace(model, card=card), held_out)


def sample_weights(rows: Sequence[LabelledText]) -> list[float]:
    """Return what each text weighs in training: less where its annotator was unsure."""
    return [row.sample_weight * (_DOUBTFUL if row.doubtful else 1.0) for row in rows]


def compare(before: TopicModel, after: TopicModel, rows: Sequence[LabelledText]) -> list[str]:
    """Return, in lines for a person, what a new model is and says of `rows` that the one before did not."""
    pairs = list(zip(*(model.predict([row.text for row in rows]) for model in (before, after)), strict=True))
    changed = [(row, old, new) for row, (old, new) in zip(rows, pairs, strict=True) if old.labels != new.labels]
    lines = [f"the model before gave other labels to {len(changed)} of {len(rows)} texts"]
    if before.multilabel != after.multilabel:
        lines.append(f"  it gave {_per_text(before)}; the new one gives {_per_text(after)}")
    for label in dict.fromkeys([*after.labels, *before.labels]):
        gained = sum(label in new.labels and label not in old.labels for _, old, new in changed)
        lost = sum(label in old.labels and label not in new.labels for _, old, new in changed)
        given = f"given {gained} more, {lost} no longer"
        if label not in before.labels:
            lines.append(f"  {label}: new, {given}")
        elif label not in after.labels:
            lines.append(f"  {label}: no label of the new model any more, {given}")
        elif gained or lost:
            lines.append(f"  {label}: {given}")
    lines += [
        f"  {row.id}: {', '.join(old.labels) or '–'} → {', '.join(new.labels) or '–'}" for row, old, new in changed[:20]
    ]
    return lines


def _per_text(model: TopicModel) -> str:
    return "any number of labels a text" if model.multilabel else "exactly one label a text"


def suited_classifier(rows: Sequence[LabelledText], *, cv: int = 5, random_state: int = 0) -> TopicClassifier:
    """Return an unfitted classifier with the settings for a corpus of this size and length of texts.

    Chosen by cross-validation: pairs of distant words are too rare in a few thousand paragraphs to gain anything, and
    n-grams must stand in one text of a handful, in four or five of a large corpus. From many paragraphs a model
    learns not to make much of little text: divided by the square root of their length, those under 18 syllables have
    an F1 of 0.77 instead of 0.53, and pairs of telling words up to fifteen words apart make up for some of the order
    that a bag of words does not see. Whole articles say what they are about many times over: how often counts there,
    and plain TF-IDF does as well as naive Bayes weights.
    """
    few = len(rows) < _MANY
    whole_articles = sum(len(row.text) for row in rows) > _ARTICLE * len(rows)
    classifier = TopicClassifier(
        word_window=1 if few or whole_articles else 4,
        min_df=1 if len(rows) < _HANDFUL else 2 if few else 4 if whole_articles else 5,
        length_power=1.0 if few or whole_articles else 0.5,
        n_anchors=0 if few or whole_articles else 300,
        cv=cv,
        n_jobs=None if few else -1,  # processes take longer to start than a few thousand texts to learn
        random_state=random_state,
    )
    if whole_articles:
        classifier.set_params(binary=False, bayes_weight=0.0, C=1.0)
    return classifier


def checksum(rows: Sequence[LabelledText], taught: Sequence[TaughtText] = ()) -> str:
    """Return the SHA-256 of texts, labels, weights and doubts, whatever file they came from."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_line(row.text, row.labels, row.sample_weight, row.doubtful))
    for text in taught:
        digest.update(_line(text.text, dict(text.scores)))
    return digest.hexdigest()


def _line(*parts: object) -> bytes:
    return json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures of an evaluation that belong on a model's card."""
    figures = evaluation.to_dict()
    return {
        **{name: figures[name] for name in ("macro_f1", "exact_match")},
        "f1": {scores["label"]: scores["f1"] for scores in figures["labels"]},
        "n_texts": evaluation.n_texts,
    }
