"""Contrast given back to a source: the kernel's light is the reference's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit import native
from morphkit.engine.align import Similarity
from morphkit.engine.source import Source
from morphkit.engine.tone import GAIN_BITS, lifted
from twins import by_reference, needs_kernel

pytestmark = needs_kernel


@given(st.integers(0, 2**32 - 1), st.integers(0, 32767), st.floats(0, 4))
def test_same_light(seed: int, centre: int, gain: float) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 32768, (9, 11, 4)) // int(rng.choice([1, 1, 40, 5000]))
    source = Source(pixels.astype(np.int16), Similarity(1.0, 0.0, 0.0, 0.0))
    whole = round(gain * (1 << GAIN_BITS))
    found, expected = lifted(source, centre, whole), by_reference(lifted, source, centre, whole)
    assert found.pixels.dtype == expected.pixels.dtype
    assert np.array_equal(found.pixels, expected.pixels)
    assert not found.pixels.flags.writeable


def test_pixels_of_three_channels_are_refused() -> None:
    pixels = np.zeros((7, 7, 3), np.int16)
    with pytest.raises(ValueError, match="four channels"):
        native.kernel.lift(pixels, 0, 1, pixels.copy())
