"""The law of contrast between two pictures, and the one number that gives it back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.engine.lift import LARGEST, LEAST, gain, loss


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.9])
def test_one_number_measured_at_the_middle_serves_every_share(correlation: float) -> None:
    rng = np.random.default_rng(1)
    a, other = rng.normal(size=(2, 200_000))
    a, other = (x / x.std() for x in (a - a.mean(), other - other.mean()))
    b = correlation * a + (1 - correlation**2) ** 0.5 * (other - a * (a * other).mean())
    b /= b.std()
    missing = 1 - ((a + b) / 2).var()
    for w in (0.1, 0.25, 0.5, 0.8):
        mixed = (w * a + (1 - w) * b).std()
        assert mixed * gain(missing, w, 1 - w) == pytest.approx(1, abs=2e-3)


@given(st.floats(-1, 0.55), st.floats(0, 1))
def test_anchors_are_left_alone_and_order_does_not_matter(missing: float, w: float) -> None:
    assert gain(missing, 1.0, 0.0) == gain(missing, 0.0, 1.0) == 1
    assert gain(missing, w, 1 - w) == pytest.approx(gain(missing, 1 - w, w))


def test_the_middle_gets_what_is_wanted() -> None:
    missing = loss(0.20, 0.25)
    assert 0.20 * gain(missing, 0.5, 0.5) == pytest.approx(0.25)
    assert 0.30 * gain(loss(0.30, 0.25), 0.5, 0.5) == pytest.approx(0.25)


def test_small_misses_are_left_alone_and_large_ones_not_forced() -> None:
    assert loss(0.25 * (1 - 0.9 * LEAST), 0.25) == 0
    assert loss(0.25 * (1 - 1.1 * LEAST), 0.25) > 0
    assert gain(loss(0.01, 0.25), 0.5, 0.5) == pytest.approx(LARGEST)
