"""Landmarks of other schemes seen as those of ibug68."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.faces.as_ibug import as_ibug, parts
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme, scheme, scheme_names

WHOLE = {"ibug68", "dlib70", "frl189", "baby191", "pl179", "fpp106"}
WHOLE |= {"mediapipe468", "mediapipe478"}


def drawn(name: str) -> Landmarks:
    layout = scheme(name)
    return Landmarks(layout, np.random.default_rng(4).uniform(0, 500, (len(layout.points), 2)))


@pytest.mark.parametrize("name", scheme_names())
def test_which_places_a_scheme_determines(name):
    found = as_ibug(drawn(name))
    assert set(found) <= set(range(68))
    assert (len(found) == 68) == (name in WHOLE)
    assert {8, 17, 26, 48, 54} <= set(found)


@pytest.mark.parametrize("name", scheme_names())
def test_what_is_right_becomes_right(name):
    """A place of the mirrored face is the mirrored place; a wrong index would not be."""
    face = drawn(name)
    if face.scheme.mirror is None:
        return
    mirrored, mirror = as_ibug(face.mirrored(501)), scheme("ibug68").mirror
    for index, place in as_ibug(face).items():
        assert np.allclose(mirrored[mirror[index]], [500 - place[0], place[1]]), index


def test_by_hand():
    face = drawn("fpp106")
    found = as_ibug(face)
    wanted = {0: 2, 8: 18, 16: 34, 17: 53, 22: 63, 30: 74, 36: 35, 45: 48, 54: 92, 57: 103, 66: 99}
    for index, source in wanted.items():
        assert np.array_equal(found[index], face.points[source]), index
    assert np.array_equal(as_ibug(drawn("dlib70"))[0], drawn("dlib70").points[2])


def test_equal_parts_of_a_chain():
    chain = np.array([[0.0, 0], [3, 0], [3, 1]])
    assert np.allclose(parts(chain, 4), [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]])


def test_points_without_a_known_scheme_determine_nothing():
    assert as_ibug(Landmarks(free_scheme(["a", "b"]), np.ones((2, 2)))) == {}
