"""Spacing against numbers worked out by hand, and against its laws."""

from __future__ import annotations

from math import inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.study import levels
from morphkit.study.spacing import Spacing, spacing

# two landmarks; a → b moves them by 3 and 5 px, b → c by 10 and 0
ANCHORS = {
    "a": [(0.0, 0.0), (10.0, 0.0)],
    "b": [(3.0, 0.0), (10.0, 5.0)],
    "c": [(3.0, 10.0), (10.0, 5.0)],
}


def along(path: str, names: tuple[str, ...], at: list[float]) -> list[dict[str, float]]:
    return [levels.weights(path, names, level) for level in at]


def test_a_step_is_the_mean_displacement() -> None:
    frames = along("direct", ("a", "b"), [-1, 0, 1])
    found = spacing(frames, frames, ANCHORS)
    assert found.measured == pytest.approx((2, 2))
    assert found.ratios == pytest.approx((1, 1))
    assert (found.cv, found.offsets) == (pytest.approx(0), pytest.approx((0, 0, 0)))


def test_legs_of_different_length_are_even() -> None:
    frames = along("through-neutral", ("a", "b", "c"), [-1, -0.5, 0, 0.5, 1])
    found = spacing(frames, frames, ANCHORS)
    assert found.measured == pytest.approx((2, 2, 2.5, 2.5))
    assert found.cv == pytest.approx(0)


def test_a_step_that_cuts_the_corner_at_neutral_is_even() -> None:
    frames = along("through-neutral", ("a", "b", "c"), [-1, -0.5, 0.5, 1])
    found = spacing(frames, frames, ANCHORS)
    # the first landmark goes 1.5 right and 5 down at once, the second 2.5 down
    assert found.measured[1] == pytest.approx((sqrt(1.5**2 + 5**2) + 2.5) / 2)
    assert found.cv == pytest.approx(0)


def test_half_a_step_too_far() -> None:
    declared = along("direct", ("a", "b"), [-1, -0.5, 0, 0.5, 1])
    shown = along("direct", ("a", "b"), [-1, -0.5, 0.25, 0.5, 1])
    found = spacing(shown, declared, ANCHORS)
    assert found.ratios == pytest.approx((1, 1.5, 0.5, 1))
    assert found.cv == pytest.approx(sqrt((0 + 0.25 + 0.25 + 0) / 4))
    assert found.offsets == pytest.approx((0, 0, 0.125, 0, 0))


def test_every_step_short_by_a_tenth() -> None:
    declared = along("direct", ("a", "b"), [-1, 0, 1])
    shown = along("direct", ("a", "b"), [-1, -0.1, 0.8])
    found = spacing(shown, declared, ANCHORS)
    assert found.cv == pytest.approx(0)
    assert found.offsets == pytest.approx((0, -0.05, -0.1))
    assert found.offset == pytest.approx(-0.1)
    assert found.length == pytest.approx(4)


def test_no_movement_at_all_is_no_even_spacing() -> None:
    assert Spacing((0.0, 0.0), (1.0, 1.0)).cv == inf
    assert Spacing((1.0, 1.0), (0.0, 1.0)).cv == inf


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=9, unique_by=lambda x: round(x, 3)),
    st.floats(0.01, 1000),
)
def test_what_is_declared_is_even_at_any_size(at: list[float], size: float) -> None:
    big = {name: [(size * x, size * y) for x, y in shape] for name, shape in ANCHORS.items()}
    frames = along("through-neutral", ("a", "b", "c"), sorted(at))
    found = spacing(frames, frames, big)
    assert found.cv == 0 and set(found.offsets) == {0.0}
