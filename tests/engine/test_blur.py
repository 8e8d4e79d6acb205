"""The blur: a Gaussian that keeps constants and means."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine.blur import blurred, taps


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.5, 7.0])
def test_taps_sum_to_one_and_have_the_width(sigma: float) -> None:
    found = taps(sigma)
    assert found[0] + 2 * sum(found[1:]) == 1 << 14
    variance = 2 * sum(i * i * tap for i, tap in enumerate(found)) / (1 << 14)
    assert np.sqrt(variance) == pytest.approx(sigma, rel=0.03)


def test_a_constant_stays_and_an_impulse_spreads() -> None:
    assert (blurred(np.full((9, 11), 3.0), 2.0) == 3.0).all()
    impulse = np.zeros((31, 31))
    impulse[15, 15] = 1
    out = blurred(impulse, 2.0)
    assert out.sum() == pytest.approx(1)
    assert np.allclose(out, out.T, rtol=1e-12) and np.array_equal(out, out[::-1])
    assert out[15, 15] == pytest.approx(1 / (2 * np.pi * 4), rel=0.1)


def test_single_precision_stays_single() -> None:
    assert blurred(np.ones((5, 5), dtype=np.float32), 1.0).dtype == np.float32
