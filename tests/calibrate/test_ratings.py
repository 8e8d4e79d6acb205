from __future__ import annotations

import numpy as np
import pytest

from morphkit.calibrate.ratings import Ratings, rate, shift
from morphkit.errors import CalibrationError

LEVELS = np.linspace(-1, 1, 11)


def rated(bias: float, seed: int, observers: int = 30, repeats: int = 3) -> Ratings:
    """Ratings 0…100 of the same observers: 50 + bias at level 0, and 30 more a level unit."""
    own = np.random.default_rng(100).normal(0, 8, observers)
    random = np.random.default_rng(seed)
    mean = 50 + bias + 30 * LEVELS + own[:, None]
    every = np.clip(mean[..., None] + random.normal(0, 10, (*mean.shape, repeats)), 0, 100)
    names = tuple(f"o{i}" for i in range(observers))
    return Ratings(names, LEVELS, every.mean(axis=2), every.size, 0, 100)


def test_crossing_slope_and_curve_of_a_line_by_hand() -> None:
    line = np.array([[20.0, 40.0, 60.0, 80.0]])
    found = rate(Ratings(("a",), np.array([-0.6, -0.2, 0.2, 0.6]), line, 4, 0, 100))
    assert found.crossing.value == pytest.approx(0.0)
    assert found.slope.value == pytest.approx(50.0)
    assert found.curve[:, 0] == pytest.approx(line[0])
    assert "One observer" in found.doubts[0] and np.isnan(found.crossing.low)


def test_a_curve_is_monotone_and_its_flat_middle_is_halved() -> None:
    means = np.array([[10.0, 60.0, 40.0, 90.0]])
    found = rate(Ratings(("a",), np.array([-1.0, -0.5, 0.5, 1.0]), means, 4, 0, 100))
    assert found.curve[:, 0].tolist() == [10.0, 50.0, 50.0, 90.0]
    assert found.crossing.value == pytest.approx(0.0)


def test_the_truth_is_found() -> None:
    found = rate(rated(6.0, 1))
    assert found.slope.value == pytest.approx(30, rel=0.05)
    assert found.crossing.low < -0.2 < found.crossing.high
    assert found.crossing.value == pytest.approx(-0.2, abs=0.1)


def test_a_shift_of_five_per_cent_is_found_within_one() -> None:
    found = [shift(rated(0.0, seed), rated(5.0, seed + 50), replicates=200) for seed in range(20)]
    assert all(abs(one.percent.value - 5) <= 1 for one in found)
    assert np.mean([one.percent.low <= 5 <= one.percent.high for one in found]) >= 0.85
    assert found[0].paired
    assert found[0].level.value == pytest.approx(-5 / 30, abs=0.08)
    assert found[0].frames.value == pytest.approx(found[0].level.value / 0.2)


def test_other_observers_are_not_paired_and_tell_less() -> None:
    before, after = rated(0.0, 1), rated(5.0, 2)
    others = Ratings(tuple(f"p{i}" for i in range(30)), LEVELS, after.means, 990, 0, 100)
    apart = shift(before, others)
    assert not apart.paired
    assert apart.percent.half > 1.5 * shift(before, after).percent.half


def test_ratings_that_never_cross() -> None:
    found = rate(rated(45.0, 3))
    assert np.isnan(found.crossing.value)
    assert any("don't cross" in doubt for doubt in found.doubts)


def test_missing_ratings_are_left_out() -> None:
    data = rated(0.0, 4)
    means = data.means.copy()
    means[0, :5] = np.nan
    found = rate(Ratings(data.observers, LEVELS, means, 900, 0, 100))
    assert found.slope.value == pytest.approx(30, rel=0.05)


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ([[1.0, 200.0]], "outside the scale"),
        ([[1.0, np.nan]], "nobody rated level 1"),
        ([[1.0]], "observers × levels"),
    ],
)
def test_impossible_ratings(means: list[list[float]], said: str) -> None:
    with pytest.raises(CalibrationError, match=said):
        Ratings(("a",), np.array([0.0, 1.0]), np.array(means), 2, 0, 100)


def test_other_scales_have_no_shift() -> None:
    one = rated(0.0, 1)
    with pytest.raises(CalibrationError, match="other levels"):
        shift(one, Ratings(one.observers, LEVELS, one.means, 990, 0, 101))
