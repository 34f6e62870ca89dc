from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.test_cli import run
from toolkit.document import Document
from toolkit.errors import CorpusError
from toolkit.evaluation.summaries import evaluate_summaries, reference_of
from toolkit.results import Budget
from toolkit.segmentation import parse

BODY = "Chợ họp từ sáng sớm. Giá gạo xuất khẩu tăng mạnh."


def test_scores_are_rouge_of_digest_and_lead() -> None:
    class Last:
        def rank(self, document: Document) -> np.ndarray:
            return np.arange(len(document.sentences), dtype=float)

    evaluation = evaluate_summaries([parse(BODY)], [["Giá gạo xuất khẩu tăng mạnh."]], Budget(sentences=1), Last())
    assert evaluation.ours["rougeL_unicode"].mean == 1.0
    assert evaluation.lead["rougeL_unicode"].mean == 0.0
    assert evaluation.against_lead.difference == 1.0


def test_reference_may_place_tones_otherwise() -> None:
    evaluation = evaluate_summaries([parse("Nước hòa bình.")], [["Nước hoà bình."]], Budget(sentences=1))
    assert evaluation.ours["rouge1_unicode"].mean == evaluation.ours["rouge1_ascii"].mean == 1.0


def test_records_without_a_summary_are_named() -> None:
    with pytest.raises(CorpusError, match=r"a\.jsonl:1: expected a summary in 'summary or abstract or lead'"):
        reference_of(parse(BODY, source="a.jsonl:1"), None)
    assert reference_of(parse(BODY, metadata={"summaries": ["Một.", "Hai."]}), None) == ("Một.", "Hai.")
    with pytest.raises(CorpusError, match="expected articles with a summary each"):
        evaluate_summaries([], [], Budget(sentences=1))


def test_command_compares_with_the_lead(tmp_path: Path) -> None:
    row = {"title": "Giá gạo tăng", "text": BODY, "abstract": "Giá gạo xuất khẩu tăng mạnh."}
    (tmp_path / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    out, _ = run("evaluate", tmp_path / "a.jsonl", "--summaries", "--max-sentences", "1")
    assert "rougeL unicode" in out
    assert "1 articles; ROUGE-L against the lead" in out
    out, _ = run("evaluate", tmp_path / "a.jsonl", "--summaries", "--format", "json")
    assert json.loads(out)["n_articles"] == 1
    _, err = run(
        "evaluate", tmp_path / "a.jsonl", "--summaries", "--max-sentences", "1", "--max-syllables", "3", code=2
    )
    assert "one of sentences, syllables or ratio" in err
    assert "Traceback" not in err
