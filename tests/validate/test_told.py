"""What a finding about a drift says: the value without a sign, and on which side it lies."""

from __future__ import annotations

import pytest

from morphkit.measure.series import Series
from morphkit.study.recipe import LIMITS
from morphkit.validate.confounds import check_confounds


def told(statistic: str, middle: float, end: float) -> str:
    """The message about the middle of five frames of a statistic that should not change."""
    ids = tuple(f"f{k}" for k in range(5))
    levels = (-1.0, -0.5, 0.0, 0.5, 1.0)
    anchors = ((-1.0, "f0"), (1.0, "f4"))
    half = (middle + end) / 2
    values = {statistic: (end, half, middle, half, end)}
    found = check_confounds([Series("amy", "d", "direct", ids, levels, anchors, values)], LIMITS)
    return next(one.message for one in found if one.pointer == "f2")


@pytest.mark.parametrize(
    "statistic, middle, end, words",
    [
        ("luminance", 0.49, 0.5, "its mean luminance lies 2 % below the line"),
        ("luminance", 0.51, 0.5, "its mean luminance lies 2 % above the line"),
        ("contrast", 1.0, 0.3, "its RMS contrast lies 230 % above the line"),
        ("ghost", 0.45, 0.2, "its ghost index lies 0.25 above the line"),
        # 3.01 dB smoother is half of the power of fine detail
        ("smoothness", 23.0103, 20.0, "its power of fine skin detail lies 50 % below the line"),
        ("smoothness", 19.0, 20.0, "its power of fine skin detail lies 26 % above the line"),
    ],
)
def test_a_drift_is_told_with_its_side(
    statistic: str, middle: float, end: float, words: str
) -> None:
    assert words in told(statistic, middle, end)
