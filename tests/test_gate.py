from __future__ import annotations

import json

import pytest

from benchmarks.gate import CEILINGS, FLOORS, ROOT


@pytest.mark.parametrize(
    ("name", "recorded", "figure"),
    [
        ("dev, macro-F1", "dev", "macro_f1"),
        ("dev not doubtful, macro-F1", "dev, not doubtful", "macro_f1"),
        ("seeds not doubtful, paragraphs all right", "seeds, not doubtful", "exact_match"),
    ],
)
def test_floors_stand_a_little_under_the_recorded_results(name: str, recorded: str, figure: str) -> None:
    results = json.loads((ROOT / "benchmarks/results/topics.json").read_text(encoding="utf-8"))["evaluations"]
    assert 0.005 < results[recorded][figure] - FLOORS[name] < 0.03
    worst = max(label["calibration_error"] for label in results["dev"]["labels"])
    assert 0.005 < CEILINGS["dev, calibration error of the worst label"] - worst < 0.03
