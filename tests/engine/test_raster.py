"""What an outline covers, counted in 64ths of a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morphkit.engine.align import GRID
from morphkit.engine.raster import FINE, cover

WHOLE = FINE * FINE


def ring(*corners: tuple[float, float]) -> np.ndarray:
    return np.rint(np.array(corners) * GRID).astype(np.int64)


def picture(box, width: int, height: int) -> np.ndarray:
    full = np.zeros((height, width), dtype=int)
    rows, columns = box.parts.shape
    full[box.top : box.top + rows, box.left : box.left + columns] = box.parts
    return full


def test_a_square_of_whole_pixels() -> None:
    """Pixel (2, 1) reaches from 1.5 to 2.5 across and from 0.5 to 1.5 down."""
    found = picture(cover(ring((1.5, 0.5), (3.5, 0.5), (3.5, 1.5), (1.5, 1.5)), 6, 4), 6, 4)
    assert found[1].tolist() == [0, 0, WHOLE, WHOLE, 0, 0]
    assert found.sum() == 2 * WHOLE


def test_half_pixels() -> None:
    found = picture(cover(ring((1, 1), (2, 1), (2, 2), (1, 2)), 4, 4), 4, 4)
    assert found[1:3, 1:3].tolist() == [[WHOLE // 4] * 2] * 2


def test_outside_the_picture_is_left_out() -> None:
    box = cover(ring((-9, -9), (9, -9), (9, 9), (-9, 9)), 5, 4)
    assert (picture(box, 5, 4) == WHOLE).all()
    assert cover(ring((-9, -9), (-8, -9), (-8, -8)), 5, 4).parts.size == 0


@given(st.floats(1, 20), st.floats(1, 20), st.floats(1.5, 8), st.floats(0, 6.3), st.integers(3, 9))
def test_the_sum_is_the_area(x: float, y: float, radius: float, turn: float, sides: int) -> None:
    angles = turn + 2 * np.pi * np.arange(sides) / sides
    corners = np.stack(
        [12 + x / 10 + radius * np.cos(angles), 12 + y / 10 + radius * np.sin(angles)]
    )
    box = cover(np.rint(corners.T * GRID).astype(np.int64), 40, 40)
    area = sides / 2 * radius * radius * np.sin(2 * np.pi / sides)
    assert box.parts.sum() / WHOLE == pytest.approx(area, abs=0.05 * radius * 2 * np.pi)


def test_a_sliver_grows_from_nothing() -> None:
    """No jump when an aperture begins to open."""
    heights = np.linspace(0, 3, 49)
    areas = []
    for height in heights:
        box = cover(ring((2, 5), (10, 5 - height / 2), (18, 5), (10, 5 + height / 2)), 24, 12)
        areas.append(box.parts.sum() / WHOLE)
    steps = np.diff(areas)
    assert areas[0] == 0 and areas[-1] == pytest.approx(24, abs=0.5)
    assert (steps >= 0).all() and steps.max() < 1.6  # 16 px wide, 1/16 px a step: half a px²
