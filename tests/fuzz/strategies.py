"""Inputs for Hypothesis: sound ones with a few bytes changed, mixtures of awkward pieces, and anything at all."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.seeds import ODD, corpus

_LONGEST = 1 << 16


@st.composite
def mutated(draw: st.DrawFn, sound: tuple[bytes, ...]) -> bytes:
    """Draw one of the `sound` inputs, changed in up to six places."""
    data = bytearray(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(("flip", "insert", "cut", "repeat", "number", "end")))
        if kind == "flip" and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "insert":
            piece = draw(st.binary(max_size=8) | st.sampled_from(ODD).map(_encoded))
            data[place:place] = piece
        elif kind == "cut":
            del data[place : place + draw(st.integers(1, 64))]
        elif kind == "repeat":
            data[place:place] = bytes(data[place : place + 16]) * draw(st.sampled_from((2, 50, 1000)))
        elif kind == "number":
            number = draw(st.sampled_from((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 63)))
            width = draw(st.sampled_from((1, 2, 4, 8)))
            data[place : place + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
        elif kind == "end":
            del data[place:]
    return bytes(data[:_LONGEST])


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Return all that is given to a target."""
    pieces = st.lists(st.sampled_from(ODD), max_size=40).map("".join).map(_encoded)
    runs = st.tuples(st.sampled_from(ODD), st.sampled_from((10, 100, 1000, 5000)), st.sampled_from(ODD)).map(
        lambda run: _encoded(run[0] * run[1] + run[2])[:_LONGEST]
    )
    return mutated(corpus(target)) | pieces | runs | st.binary(max_size=200)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
