"""Evenness: what levels promise of steps, by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from morphkit.measure.evenness import evenness
from morphkit.measure.series import Series

LEVELS = (-1.0, -0.9, 0.0, 1.0)


def series(*steps: float | None, longer: tuple[float, ...] = (), name: str = "rmse") -> Series:
    ids = tuple(f"f{k}" for k in range(len(LEVELS)))
    anchors = ((-1.0, "f0"), (1.0, "f3"))
    rounding = {name: longer} if longer else {}
    return Series("i", "c", "direct", ids, LEVELS, anchors, steps={name: steps}, rounding=rounding)


def test_steps_are_promised_by_levels() -> None:
    found = evenness(series(1, 9, 10), "rmse")
    assert found is not None
    assert found.declared == pytest.approx((1, 9, 10))
    assert (found.cv, found.offset) == pytest.approx((0, 0), abs=1e-9)


def test_a_small_step_may_be_longer_by_rounding() -> None:
    # 2 of 21 instead of 1 of 20, as it should be when rounding makes it twice as long
    even = evenness(series(2, 9, 10, longer=(2.0, 1.0, 1.0)), "rmse")
    assert even is not None
    assert even.ratios == pytest.approx((1, 1, 1))
    blamed = evenness(series(2, 9, 10), "rmse")
    assert blamed is not None
    assert blamed.ratios == pytest.approx((2 * 20 / 21, 20 / 21, 20 / 21))
    # mean (40 + 20 + 20) / 63, deviations 2 : −1 : −1 of 20 / 63
    assert blamed.cv == pytest.approx(sqrt(2) * (20 / 63) / (80 / 63))


def test_a_square_law_squares_levels() -> None:
    found = evenness(series(1, 81, 100, name="ssim"), "ssim")
    assert found is not None
    assert found.ratios == pytest.approx((1, 1, 1))


@pytest.mark.parametrize("steps", [(1, None, 10), (1, float("nan"), 10), (0, 0, 0)])
def test_what_cannot_be_told(steps: tuple[float | None, ...]) -> None:
    assert evenness(series(*steps), "rmse") is None
