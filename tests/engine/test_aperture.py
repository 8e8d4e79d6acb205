"""Mouth and eyes: where they lie, how they meet, what they hide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, IBUG, Drawn, drawn, with_extra

from morphkit.engine.align import GRID
from morphkit.engine.aperture import MIN_OPENING, meet, opened, region_of, regions, shows_iris

EVERY = {i: i for i in range(68)}
MOUTH, RIGHT_EYE = IBUG.apertures[0], IBUG.apertures[1]


def test_the_scheme_is_the_one_these_tests_think_of() -> None:
    assert (MOUTH.name, MOUTH.upper, MOUTH.lower) == (
        "mouth",
        (60, 61, 62, 63, 64),
        (60, 67, 66, 65, 64),
    )


def test_crossing_lips_meet_in_the_middle() -> None:
    points = Drawn(x=48.0, y=50.0).landmarks().points.copy()
    points[62], points[66] = (48.0, 82.0), (48.5, 79.0)
    met, crossed = meet(IBUG, points)
    assert crossed == {"mouth": 3.0}
    assert met[62].tolist() == [48.0, 80.5]
    assert met[66].tolist() == [48.5, 80.5]
    others = [i for i in range(68) if i not in (62, 66)]
    assert np.abs(met[others] - points[others]).max() <= 0.5 / GRID


def test_the_largest_crossing_is_reported_for_each_aperture() -> None:
    points = Drawn().landmarks().points.copy()
    points[61, 1], points[67, 1] = 84.0, 83.0
    points[62, 1], points[66, 1] = 86.0, 81.0
    points[[37, 41]] = points[[41, 37]]  # the lids of the right eye change places
    _, crossed = meet(IBUG, points)
    assert crossed["mouth"] == 5.0
    assert crossed["right_eye"] == pytest.approx(2 * 0.09 * 30)
    assert set(crossed) == {"mouth", "right_eye"}


def test_down_is_down_on_a_tilted_face() -> None:
    """The middle is found across the line of the corners, not across the picture."""
    tilted = Drawn(angle=0.5, mouth=-0.1)  # lips that cross by a tenth of 30 px
    met, crossed = meet(IBUG, tilted.landmarks().points)
    assert crossed["mouth"] == pytest.approx(3.0)
    back = tilted.to_photo().inverse()(met)
    assert np.allclose(back[[61, 62, 63, 65, 66, 67], 1], 1.0, atol=1e-3)
    assert np.allclose(back[[61, 62, 63], 0], [-0.15, 0, 0.15], atol=1e-3)


@given(drawn())
@settings(max_examples=50)
def test_open_faces_are_left_alone(face: Drawn) -> None:
    points = face.landmarks().points
    met, crossed = meet(IBUG, points)
    assert all(depth < 1e-9 for depth in crossed.values())
    assert np.abs(met - points).max() <= 1 / GRID


@given(drawn(), st.floats(-3, 0), st.floats(-3, 0))
@settings(max_examples=50)
def test_nothing_crosses_after_meeting(face: Drawn, lip: float, lid: float) -> None:
    points = face.landmarks().points.copy()
    points[62] = points[66] - (0, lip)
    points[37] = points[41] - (0, lid)
    met, _ = meet(IBUG, points)
    _, again = meet(IBUG, met)
    assert all(depth <= 2 / GRID for depth in again.values())


def test_corners_on_one_point_are_left_alone() -> None:
    points = Drawn(mouth=-0.1).landmarks().points.copy()
    points[60] = points[64]
    assert "mouth" not in meet(IBUG, points)[1]


def test_shut_apertures_are_opened_to_be_triangulated() -> None:
    points = Drawn(eyes=0.0, mouth=0.0).landmarks().points
    wide = opened(IBUG, points, 30.0)
    for up, low in ((61, 67), (62, 66), (63, 65), (37, 41), (38, 40), (43, 47), (44, 46)):
        gap = wide[low, 1] - wide[up, 1]
        assert gap == pytest.approx(MIN_OPENING * 30, abs=2 / GRID)
        assert (wide[low] + wide[up]) == pytest.approx(points[low] + points[up], abs=2 / GRID)
    assert np.abs(wide[:36] - points[:36]).max() <= 1 / GRID


def test_open_apertures_stay_as_they_are() -> None:
    points = Drawn(mouth=0.2).landmarks().points
    assert np.abs(opened(IBUG, points, 30.0) - points).max() <= 1 / GRID


def test_which_triangles_lie_in_an_aperture() -> None:
    found = regions(IBUG, Drawn(mouth=0.2).landmarks().points, EVERY)
    assert region_of(found, (60, 61, 67)) == 0
    assert region_of(found, (37, 38, 41)) == 1
    assert region_of(found, (44, 45, 46)) == 2
    assert region_of(found, (48, 49, 60)) == -1, "a lip"
    assert region_of(found, (61, 62, 51)) == -1, "a lip"
    assert region_of(found, (60, 61, 62)) == 0
    assert region_of(found, (48, 62, 66)) == -1, "its middle lies in the mouth, a corner does not"
    smiling = regions(IBUG, Drawn(mouth=0.0, smile=0.3).landmarks().points, EVERY)
    assert region_of(smiling, (60, 61, 64)) == -1, "above the lips of a smile"


def test_an_outline_with_gaps_is_no_region() -> None:
    without = {i: i for i in range(68) if i != 66}
    assert regions(IBUG, Drawn().landmarks().points, without)[0] is None


@pytest.mark.parametrize(
    ("eyes", "shift", "shown"),
    [
        (0.09, 0.0, True),
        (0.09, 2.0, True),
        (0.09, 2.6, False),  # 30 · 0.09 = 2.7 px to the lid, and 0.3 px of margin
        (0.005, 0.0, False),  # lids too close
        (0.0, 0.0, False),
        (0.09, 9.0, False),  # on the cheek
    ],
)
def test_iris_points_count_when_they_are_seen(eyes: float, shift: float, shown: bool) -> None:
    face = Drawn(eyes=eyes)
    middle = face.landmarks().pupils()[0] + (0, shift)
    marks = with_extra(face.landmarks(), [("iris_right", *middle)])
    eye = marks.scheme.apertures[1]
    assert eye.inner == (68,)
    open_one = with_extra(Drawn().landmarks(), [("iris_right", *Drawn().landmarks().pupils()[0])])
    assert shows_iris(eye, np.stack([marks.points]), CANVAS.eye_distance).tolist() == [shown]
    both = np.stack([open_one.points, marks.points])
    assert shows_iris(eye, both, CANVAS.eye_distance).tolist() == [shown]
