"""A short, always equal slice of what `make fuzz` does for ten minutes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("resource", reason="limits of time are Unix")

from tests.fuzz.seeds import corpus
from tests.fuzz.strategies import inputs
from tests.fuzz.targets import TARGETS, TimeLimitError, time_limit

# Where one input costs a tenth of a second and more, a few are enough here.
_DEAR = {"read_pdf": 4, "model": 8, "summarizer_model": 4, "segmenter_cache": 8, "read_docx": 6, "read_docx_part": 6}


@pytest.mark.parametrize("name", TARGETS)
def test_what_it_starts_from_is_sound(name: str) -> None:
    for data in corpus(name)[:3]:
        with time_limit():
            TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_gives_a_sound_result_or_a_toolkit_error(name: str) -> None:
    checks = settings(
        max_examples=_DEAR.get(name, 25),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    @checks
    @given(st.data())
    def slice_(source: st.DataObject) -> None:
        with time_limit():
            TARGETS[name](source.draw(inputs(name)))

    slice_()


def test_input_that_takes_too_long_is_noticed() -> None:
    with pytest.raises(TimeLimitError), time_limit(0.05):
        sum(n for n in range(10**9))
