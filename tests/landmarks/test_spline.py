"""The thin-plate spline: what is known of it by hand."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.landmarks.spline import ThinPlate

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.7]])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 50.0])
def test_an_affine_map_is_found_exactly_whatever_the_smoothing(smoothing):
    turn, shift = np.array([[1.2, -0.3], [0.5, 0.8]]), np.array([3.0, -2.0])
    spline = ThinPlate.fitted(SQUARE, SQUARE @ turn + shift, np.full(5, smoothing))
    far = np.array([[-7.0, 4.0], [100.0, 3.0]])
    assert np.allclose(spline(far), far @ turn + shift, atol=1e-9)
    assert np.abs(spline.bending).max() < 1e-9


def test_controls_are_met_without_smoothing():
    targets = np.random.default_rng(3).normal(size=(5, 2))
    assert np.allclose(ThinPlate.fitted(SQUARE, targets, np.zeros(5))(SQUARE), targets)


def test_the_bent_square_by_hand():
    """Four corners, one diagonal pair lifted, the other lowered: by symmetry the middle stays."""
    lift = np.array([[0.0, 1.0], [0.0, -1.0], [0.0, -1.0], [0.0, 1.0]])
    spline = ThinPlate.fitted(SQUARE[:4], SQUARE[:4] + lift, np.zeros(4))
    assert np.allclose(spline(np.array([[0.5, 0.5]])), [[0.5, 0.5]])
    # bending ±w at the corners: w · (0 - 2 · 1² log 1 + √2² log √2) = w log 2 lifts by 1
    assert np.allclose(spline.bending[:, 1], np.array([1, -1, -1, 1]) / np.log(2))


def test_smoothing_lets_a_target_be_missed():
    targets = SQUARE.copy()
    targets[4, 0] += 0.3
    missed = [
        abs(ThinPlate.fitted(SQUARE, targets, np.full(5, how))(SQUARE) - targets).max()
        for how in (0.0, 0.1, 1.0)
    ]
    assert missed[0] < 1e-9 < missed[1] < missed[2]


def test_a_third_coordinate_holds_apart_what_coincides():
    flat = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 0.5]])
    deep = np.column_stack([flat, [0, 0, 0, 0, 0.2, -0.2]])
    targets = flat.copy()
    targets[4, 1], targets[5, 1] = 0.3, 0.8
    assert np.allclose(ThinPlate.fitted(deep, targets, np.zeros(6))(deep), targets)
    with pytest.raises(np.linalg.LinAlgError):
        ThinPlate.fitted(flat, targets, np.zeros(6))


def test_controls_on_a_line_are_refused():
    line = np.column_stack([np.arange(4.0), np.zeros(4)])
    with pytest.raises(np.linalg.LinAlgError):
        ThinPlate.fitted(line, line, np.zeros(4))
