"""From level to weights, and the frames of a continuum."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import CANVAS, Drawn

from morphkit.engine.continuum import Continuum, weights_at
from morphkit.engine.morph import combine
from morphkit.errors import GeometryError
from morphkit.faces.face import Face

SAD = Drawn(mouth=0.25, smile=-0.05, eyes=0.03, hue=0.08).face(expression="distressed")
PLAIN = Drawn().face(expression="neutral")
GLAD = Drawn(mouth=0.1, smile=0.1, brows=0.05).face(expression="happy")


@pytest.mark.parametrize(
    ("positions", "level", "weights"),
    [
        ((-1, 1), -1, (1, 0)),
        ((-1, 1), 0, (0.5, 0.5)),
        ((-1, 1), 0.5, (0.25, 0.75)),
        ((-1, 1), 1, (0, 1)),
        ((-1, 0, 1), -0.25, (0.25, 0.75, 0)),
        ((-1, 0, 1), 0, (0, 1, 0)),
        ((-1, 0, 1), 0.5, (0, 0.5, 0.5)),
        ((0, 1), 0.2, (0.8, 0.2)),
        ((0, 0.25, 1), 0.5, (0, 2 / 3, 1 / 3)),
    ],
)
def test_weights_by_hand(
    positions: tuple[float, ...], level: float, weights: tuple[float, ...]
) -> None:
    assert weights_at(positions, level) == pytest.approx(weights, abs=1e-15)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=6, unique=True), st.floats(0, 1))
def test_weights_sum_to_one_and_stand_at_the_level(places: list[int], share: float) -> None:
    positions = sorted(places)
    level = positions[0] + share * (positions[-1] - positions[0])
    weights = weights_at(positions, level)
    assert sum(weights) == pytest.approx(1, abs=1e-12)
    assert sum(w * p for w, p in zip(weights, positions, strict=True)) == pytest.approx(level)
    assert min(weights) >= 0
    assert sum(w > 0 for w in weights) <= 2


@pytest.mark.parametrize(
    ("positions", "level"),
    [
        ((-1, 1), -1.01),
        ((-1, 1), 1.5),
        ((-1, 1), float("nan")),
        ((1, -1), 0),
        ((0, 0, 1), 0.5),
        ((0,), 0),
        ((), 0),
    ],
)
def test_levels_that_are_not_on_a_continuum(positions: tuple[float, ...], level: float) -> None:
    with pytest.raises(GeometryError, match="MK305"):
        weights_at(positions, level)


def test_at_an_anchor_the_frame_is_the_aligned_photo() -> None:
    path = Continuum([SAD, PLAIN, GLAD], canvas=CANVAS)
    assert path.levels == (-1, 0, 1)
    for level, place in zip(path.levels, range(3), strict=True):
        frame = path.at(level)
        assert frame.weights == tuple(float(i == place) for i in range(3))
        alone = combine([SAD, PLAIN, GLAD], frame.weights, canvas=CANVAS)
        assert np.array_equal(frame.face.image, alone.image)
    middle = path.at(0).face
    assert np.abs(middle.landmarks.points - PLAIN.landmarks.points).max() <= 0.6, "its own place"


def test_through_neutral_is_not_the_direct_path() -> None:
    direct = Continuum([SAD, GLAD], canvas=CANVAS).at(0.5)
    through = Continuum([SAD, PLAIN, GLAD], canvas=CANVAS).at(0.5)
    assert direct.weights == (0.25, 0.75)
    assert through.weights == (0, 0.5, 0.5)
    assert not np.array_equal(direct.face.image, through.face.image)


def test_frames_come_one_by_one_and_landmarks_move_evenly() -> None:
    path = Continuum([SAD, GLAD], canvas=CANVAS)
    frames = path.frames([-1, -0.5, 0, 0.5, 1])
    assert next(frames).level == -1
    shapes = [frame.face.landmarks.points for frame in path.frames([-1, -0.5, 0, 0.5, 1])]
    steps = [b - a for a, b in pairwise(shapes)]
    for step in steps[1:]:
        assert np.abs(step - steps[0]).max() <= 2 / 1024


def test_levels_of_ones_own() -> None:
    path = Continuum([PLAIN, GLAD], [0, 1], canvas=CANVAS)
    assert path.at(0.2).weights == (0.8, 0.2)
    with pytest.raises(GeometryError, match="MK305"):
        path.at(-0.5)


@pytest.mark.parametrize(
    ("anchors", "levels"),
    [
        ([SAD, GLAD], [-1, 0, 1]),
        ([SAD, PLAIN, GLAD], [-1, 1]),
        ([SAD, GLAD], [1, -1]),
        ([SAD], None),
        ([], None),
    ],
)
def test_levels_that_do_not_fit_the_anchors(anchors: list[Face], levels: list[float]) -> None:
    with pytest.raises(GeometryError, match="MK305"):
        Continuum(anchors, levels, canvas=CANVAS)
