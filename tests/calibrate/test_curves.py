from __future__ import annotations

import math

import numpy as np
import pytest

from morphkit.calibrate.curves import SHAPES


@pytest.mark.parametrize("name", SHAPES)
def test_a_sigmoid_is_half_at_its_centre_and_rises_from_0_to_1(name: str) -> None:
    shape = SHAPES[name]
    z = np.linspace(-12, 12, 201)
    rise = shape.rise(z)
    assert shape.rise(np.array([0.0]))[0] == pytest.approx(0.5, abs=1e-12)
    assert rise[0] < 1e-4 and rise[-1] > 1 - 1e-4 and (np.diff(rise) >= 0).all()


@pytest.mark.parametrize("name", SHAPES)
def test_inverse_quartile_and_slope_are_those_of_the_sigmoid(name: str) -> None:
    shape = SHAPES[name]
    shares = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    z = shape.inverse(shares)
    assert shape.rise(z) == pytest.approx(shares)
    assert (z[3] - z[1]) / 2 == pytest.approx(shape.quartile)
    step = 1e-6
    slope = (shape.rise(np.array([step])) - shape.rise(np.array([-step])))[0] / (2 * step)
    assert slope == pytest.approx(shape.steepest, rel=1e-6)


def test_values_by_hand() -> None:
    one = np.array([1.0])
    assert SHAPES["logistic"].rise(one)[0] == pytest.approx(1 / (1 + math.exp(-1)))
    assert SHAPES["normal"].rise(one)[0] == pytest.approx(0.8413447461)
    assert SHAPES["weibull"].rise(one)[0] == pytest.approx(1 - 0.5**math.e)
    assert SHAPES["logistic"].quartile == pytest.approx(math.log(3))
