from __future__ import annotations

from benchmarks.readme import main


def test_measured_parts_of_the_readmes_are_what_the_results_say() -> None:
    assert main(["--check"]) == 0
