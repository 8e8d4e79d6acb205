from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from morphkit.calibrate.equal import equal_steps
from morphkit.errors import CalibrationError

Place = Callable[[float], complex]


def along(place: Place, power: float = 1.0) -> Callable[[Sequence[float]], list[float]]:
    """Distances of neighbours on a curve in the plane, to a power."""
    return lambda levels: [abs(place(b) - place(a)) ** power for a, b in pairwise(levels)]


def test_on_a_line_by_hand() -> None:
    # place (level + 1)²: four equal steps of 1 end at √0, √1, √2, √3, √4
    found = equal_steps(along(lambda x: (x + 1) ** 2), [0, 0.25, 0.5, 0.75, 1], [-1, 1])
    right = np.sqrt([0, 1, 2, 3, 4]) - 1
    assert found.levels == pytest.approx(right, abs=0.003)
    assert found.cv <= 0.002


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("count", [3, 5, 15, 101])
def test_steps_are_equal_on_a_curve(count: int, power: float) -> None:
    # a spiral: what is far along is near in a straight line
    distances = along(lambda x: (1.2 + x) * np.exp(2j * x), power)
    fractions = np.linspace(0, 1, count).tolist()
    found = equal_steps(distances, fractions, [-1, 1])
    steps = np.array(distances(found.levels))
    assert (found.levels[0], found.levels[-1]) == (-1.0, 1.0)
    assert steps.std() / steps.mean() <= 0.004  # the levels' six digits included
    assert all(a < b for a, b in pairwise(found.levels))


def test_legs_keep_the_anchor_between_them() -> None:
    # twice as far on the second leg
    distances = along(lambda x: x if x < 0 else 2 * x + x * x)
    found = equal_steps(distances, np.linspace(0, 1, 9).tolist(), [-1, 0, 1])
    assert found.levels[4] == 0.0
    assert found.levels[:5] == pytest.approx([-1, -0.75, -0.5, -0.25, 0])
    steps = np.array(distances(found.levels))
    assert steps[4:] == pytest.approx(np.full(4, 0.75), abs=0.005)


def test_an_even_count_has_no_frame_at_the_anchor_and_one_way() -> None:
    distances = along(lambda x: x if x < 0 else 3 * x)
    found = equal_steps(distances, np.linspace(0, 1, 4).tolist(), [-1, 0, 1])
    steps = np.array(distances(found.levels))
    assert steps == pytest.approx(np.full(3, 4 / 3), abs=0.01)


def test_a_preset_lies_at_shares_of_the_way() -> None:
    found = equal_steps(along(lambda x: (x + 1) ** 2), [0.4, 0.5, 0.6], [-1, 1])
    assert found.levels == pytest.approx(np.sqrt([1.6, 2.0, 2.4]) - 1, abs=0.003)


def test_what_stands_still_is_refused() -> None:
    with pytest.raises(CalibrationError, match=r"MK475.*level 0\.000") as caught:
        equal_steps(along(lambda x: min(x, 0.0)), [0, 0.5, 1], [-1, 1])
    assert caught.value.findings[0].measured == 0.0


def test_what_jumps_is_refused() -> None:
    distances = along(lambda x: x + (5 if x > 0.3 else 0))
    with pytest.raises(CalibrationError, match=r"MK475.*CV"):
        equal_steps(distances, np.linspace(0, 1, 15).tolist(), [-1, 1])
