"""What is told of one photo, against values computed by hand."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from portraits import infant, resized

from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Scheme, free_scheme, scheme, scheme_names
from morphkit.measure.facts import Facts, facts

BLANK = np.full((300, 300, 3), 120, dtype=np.uint8)


def marks(turn: float = 0.0, size: float = 1.0) -> Landmarks:
    """Eyes 100 apart at (100, 100) and (200, 100), nose tip at (155, 140), mouth 8 open."""
    points = np.tile([150.0, 150.0], (68, 1)) + np.random.default_rng(0).normal(0, 20, (68, 2))
    points[36:42] = [[100, 100], [110, 97], [120, 97], [130, 100], [120, 102], [110, 103]]
    points[42:48] = [[170, 100], [180, 95], [190, 95], [200, 100], [190, 104], [180, 107]]
    points[30] = [155, 140]
    points[60:65] = [[130, 180], [140, 178], [150, 178], [160, 178], [170, 180]]
    points[65:68] = [[160, 184], [150, 186], [140, 184]]
    c, s = np.cos(turn), np.sin(turn)
    return Landmarks(scheme("ibug68"), size * points @ np.array([[c, s], [-s, c]]))


@pytest.mark.parametrize("turn, size", [(0.0, 1.0), (0.4, 1.0), (-0.2, 3.0)])
def test_nose_and_openings_in_eye_distances_whatever_tilt_and_size(
    turn: float, size: float
) -> None:
    found = facts(BLANK, marks(turn, size))
    assert found.eye_distance == pytest.approx(100 * size)
    assert found.nose == pytest.approx((0.05, 0.40))
    openings = dict(found.openings)
    assert openings == pytest.approx({"mouth": 0.08, "right_eye": 0.06, "left_eye": 0.12})
    assert found.parted == {"mouth", "right_eye", "left_eye"}


def test_lips_that_cross_are_shut() -> None:
    points = marks().points.copy()
    points[[65, 66, 67], 1] = 170
    assert dict(facts(BLANK, Landmarks(scheme("ibug68"), points)).openings)["mouth"] == 0


def test_a_scheme_without_apertures_shows_the_height_of_the_mouth() -> None:
    layout = scheme("ibug68")
    plain = replace(layout, name="plain", apertures=(), groups=(("mouth", (60, 62, 64, 66)),))
    found = facts(BLANK, Landmarks(plain, marks().points))
    assert dict(found.openings) == pytest.approx({"mouth": 0.08})
    assert found.parted == frozenset()


def test_a_free_scheme_tells_nothing() -> None:
    assert facts(BLANK, Landmarks(free_scheme(["a", "b"]), [[0, 0], [9, 9]])) == Facts()


def test_a_scheme_of_eyes_alone_has_size_but_no_skin() -> None:
    layout = Scheme("eyes", ("a", "b"), outer_eye_corners=(0, 1))
    assert facts(BLANK, Landmarks(layout, [[50, 50], [90, 80]])) == Facts(eye_distance=50.0)


@pytest.mark.parametrize("name", [name for name in scheme_names() if name != "simple28"])
def test_every_scheme_of_ours_has_all_that_is_needed(name: str) -> None:
    layout = scheme(name)
    points = np.random.default_rng(3).uniform(20, 280, (len(layout.points), 2))
    found = facts(BLANK, Landmarks(layout, points))
    assert found.nose is not None and len(found.openings) == 3 and len(found.parted) == 3


def test_a_scheme_without_lids_tells_nothing() -> None:
    points = np.random.default_rng(3).uniform(20, 280, (28, 2))
    assert facts(BLANK, Landmarks(scheme("simple28"), points)) == Facts()


def test_odd_landmarks_do_no_harm() -> None:
    for seed in range(40):
        random = np.random.default_rng(seed)
        points = random.integers(-1, 301 if seed % 2 else 6, (68, 2)) / random.integers(1, 9)
        facts(BLANK[: 20 + 7 * seed], Landmarks(scheme("ibug68"), points))
    assert facts(BLANK, Landmarks(scheme("ibug68"), np.full((68, 2), 7.0))) == Facts()


def test_a_photo_of_twelve_megapixels_is_measured_at_once() -> None:
    """Under a tenth of a second on two cores; the test leaves room for busier machines."""
    face = resized(infant("infant03", "happy"), 4.5)
    assert face.image.shape[0] * face.image.shape[1] > 11.9e6
    facts(face.image, face.landmarks)
    start = time.perf_counter()
    facts(face.image, face.landmarks)
    assert time.perf_counter() - start < 1
