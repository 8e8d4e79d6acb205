"""What rounding to codes does to a step: by hand, and recovered from frames that were rounded."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from compared import flat, noise

from morphkit.measure.distance import compare, distance, prepare
from morphkit.measure.rounding import rounding

GREY = (119, 119, 119)


def longer(a: np.ndarray, b: np.ndarray, share: float) -> dict[str, float]:
    return rounding(prepare(a), prepare(b), share)


def wide(*colour: int) -> np.ndarray:
    return flat(*colour, height=100, width=100)


@pytest.mark.parametrize("there", [120, 118])
@pytest.mark.parametrize("share", [0.25, 0.01])
def test_less_than_a_code_by_hand(there: int, share: float) -> None:
    # a share of the channels moves by a whole code: √share instead of share
    found = longer(wide(*GREY), wide(there, there, there), share)
    assert found["rmse"] == pytest.approx(sqrt(share) / share, rel=0.01)
    assert found["mae"] == pytest.approx(1, rel=0.01)


def test_one_channel_at_a_time_is_a_change_of_colour() -> None:
    # red, green or blue alone by a code, each in a share of the pixels; unrounded all of them
    share, one = 0.002, wide(*GREY)
    alone = [(120, 119, 119), (119, 120, 119), (119, 119, 120)]
    apart = sum(distance("ciede2000", one, wide(*colour)) for colour in alone)
    together = distance("ciede2000", one, wide(120, 120, 120))
    assert apart / together > 2
    assert longer(one, wide(120, 120, 120), share)["ciede2000"] == pytest.approx(
        apart / together, rel=0.05
    )


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_whole_codes_are_not_rounded(share: float) -> None:
    found = longer(wide(*GREY), wide(159, 129, 99), share)
    assert found == pytest.approx(dict.fromkeys(("rmse", "mae", "ciede2000"), 1), abs=1e-6)


def test_nothing_that_changes_is_not_longer() -> None:
    assert set(longer(wide(*GREY), wide(*GREY), 0.5).values()) == {1.0}


@pytest.mark.parametrize("ends", [(0, 3), (252, 255), (255, 252)])
def test_black_and_white_are_not_left(ends: tuple[int, int]) -> None:
    found = longer(wide(*3 * ends[:1]), wide(*3 * ends[1:]), 0.9)
    assert all(0.9 < value < 1.5 for value in found.values()), found


@pytest.mark.parametrize("share", [0.3, 0.05, 0.01])
def test_it_is_recovered_from_rounded_frames(share: float) -> None:
    rng = np.random.default_rng(7)
    start = 40 + 0.6 * noise(1, 150, 150) + rng.random((150, 150, 3))
    change = rng.laplace(0, 4, (150, 150, 1)) * [1.0, 0.9, 0.8]  # as light changes
    frames = [np.rint(start + at * change).astype(np.uint8) for at in (0, share, 1)]
    small, large = (
        compare(prepare(a), prepare(b)) for a, b in ((frames[0], frames[1]), (frames[0], frames[2]))
    )
    found = longer(frames[0], frames[2], share)
    assert found["rmse"] > 1.02
    for name in ("rmse", "mae", "ciede2000"):
        assert small[name] / large[name] / share == pytest.approx(found[name], rel=0.04), name
