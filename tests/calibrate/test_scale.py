from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.calibrate.enough import sure, thinness
from morphkit.calibrate.interval import Interval
from morphkit.calibrate.scale import (
    IntensityScale,
    Point,
    metric_scale,
    pick,
    scale_json,
    space,
)
from morphkit.errors import CalibrationError

BENT = IntensityScale("perceived", "mlds", (-1.0, 0.0, 1.0), (0.0, 0.2, 1.0))


def test_there_and_back() -> None:
    assert BENT.intensity([-0.5, 0.5]).tolist() == pytest.approx([0.1, 0.6])
    levels = np.linspace(-1, 1, 101)
    assert BENT.level(BENT.intensity(levels)) == pytest.approx(levels, abs=1e-12)


@given(st.integers(2, 60), st.floats(0.2, 5))
def test_spaced_levels_are_equal_steps(count: int, bend: float) -> None:
    levels = np.linspace(-1, 1, 41)
    scale = IntensityScale("x", "ratings", tuple(levels), tuple(((levels + 1) / 2) ** bend))
    found = space(scale, count)
    steps = np.diff(scale.intensity(found))
    assert steps == pytest.approx(np.full(count - 1, 1 / (count - 1)), abs=1e-9)
    assert (found[0], found[-1]) == (-1.0, 1.0)


def test_spacing_by_hand() -> None:
    assert space(BENT, 3) == pytest.approx((-1.0, 0.375, 1.0))
    with pytest.raises(CalibrationError, match="MK468"):
        space(BENT, 1)


@pytest.mark.parametrize("wanted", [-0.01, 1.01, float("nan")])
def test_nothing_is_extrapolated(wanted: float) -> None:
    with pytest.raises(CalibrationError, match="MK469"):
        BENT.level([wanted])


def test_a_scale_must_rise() -> None:
    with pytest.raises(CalibrationError, match=r"MK470.*level 1"):
        IntensityScale("x", "ratings", (-1.0, 0.0, 1.0), (0.0, 0.5, 0.5))


def test_wide_intervals_are_doubted() -> None:
    levels = (-1.0, 0.0, 1.0)
    wide = IntensityScale(
        "p_happy", "two-choice", levels, (0.0, 0.5, 1.0), (0.0, 0.3, 0.9), (0.1, 0.7, 1.0)
    )
    picks, doubts = pick(wide, [0.4, 0.6])
    assert picks[0].level.value == pytest.approx(-0.2)
    # the upper edge of the band is 0.4 at level -0.5, the lower one at 1/6
    assert (picks[0].level.low, picks[0].level.high) == pytest.approx((-0.5, 1 / 6))
    assert len(doubts) == 2 and "half the gap" in doubts[0]
    sure = IntensityScale(
        "p_happy", "two-choice", levels, (0.0, 0.5, 1.0), (0.0, 0.49, 0.99), (0.01, 0.51, 1.0)
    )
    assert pick(sure, [0.4, 0.6])[1] == ()


def test_the_file_has_the_contracts_keys() -> None:
    scale = IntensityScale(
        "p_happy",
        "two-choice",
        (-1.0, 1.0),
        (0.1, 0.9),
        pse=Interval(0.0, -0.1, 0.1),
        identities={"i01": Interval(0.1, 0.0, 0.2)},
        observers=30,
        trials=900,
        pixel_sha256={"i01_a_f01": "0" * 64},
    )
    data = json.loads(json.dumps(scale_json(scale), allow_nan=False))
    assert data["morphkit_scale"] == 1 and data["levels"] == [-1.0, 1.0]
    assert data["pse"] == {"level": 0.0, "low": -0.1, "high": 0.1}
    assert data["identities"]["i01"]["pse"]["level"] == 0.1
    assert data["observers"] == 30 and data["pixel_sha256"] == {"i01_a_f01": "0" * 64}


def test_a_metric_is_a_scale_without_observers() -> None:
    scale = metric_scale("gabor_jet", [-1, 0, 1], [3, 1], path="direct")
    assert (scale.unit, scale.intensities) == ("gabor_jet", (0.0, 3.0, 4.0))
    assert space(scale, 3) == pytest.approx((-1, -1 / 3, 1))
    assert sure(scale) is scale
    with pytest.raises(CalibrationError, match="MK470"):
        metric_scale("rmse", [-1, 0, 1], [3, 0])
    with pytest.raises(CalibrationError, match="MK466"):
        metric_scale("rmse", [-1, 0, 1], [3])


def measured(observers: int, shares: list[float], unit: str = "p_happy") -> IntensityScale:
    points = tuple(Point(k / 10, share, 40) for k, share in enumerate(shares))
    rising = (0.0, 1.0)
    return IntensityScale(unit, "two-choice", rising, rising, points=points, observers=observers)


def test_flat_responses_are_no_calibration() -> None:
    flat = replace(measured(40, [0.4, 0.45, 0.5, 0.5, 0.5, 0.55, 0.6]), jnd=Interval(0.4, 0.2, 2))
    assert [fault.measured for fault in thinness(flat)] == [0.4]  # more than half of 0…0.6
    assert not thinness(replace(flat, jnd=Interval(0.29, 0.2, 2)))


ENOUGH = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]


@pytest.mark.parametrize(
    "scale, words",
    [
        (measured(20, ENOUGH), []),
        (measured(19, ENOUGH), ["19 observers"]),
        (measured(20, ENOUGH[1:]), ["6 levels"]),
        (measured(20, [0, 0.1, 0.19, 0.5, 0.8, 0.81, 1]), ["2 level(s)"]),
        (measured(3, [0.5]), ["3 observers", "1 levels", "1 level(s)"]),
        (measured(20, [9.0] * 7, "rating"), []),
    ],
)
def test_what_rests_on_too_little_is_refused(scale: IntensityScale, words: list[str]) -> None:
    faults = thinness(scale)
    assert len(faults) == len(words)
    assert all(word in fault.message for word, fault in zip(words, faults, strict=True))
    if not faults:
        assert sure(scale, "no need") is scale
        return
    with pytest.raises(CalibrationError, match="MK471"):
        sure(scale)
    kept = sure(scale, "a rehearsal")
    assert len(kept.overrides) == len(words)
    assert all(one.endswith("Used all the same: a rehearsal") for one in kept.overrides)
    assert sure(kept).overrides == kept.overrides
