"""Canvas, similarities, and the two ways to align."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, Drawn, drawn

from morphkit.engine.align import GRID, Canvas, Similarity, align, on_grid
from morphkit.errors import GeometryError, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme

PROCRUSTES = Canvas(96, 120, 30.0, align="procrustes")


def test_pupils_of_the_canvas_by_hand() -> None:
    pupils = Canvas(width=512, height=640, eye_distance=170).pupils()
    assert pupils.tolist() == [[170.5, 0.45 * 639], [340.5, 0.45 * 639]]


def test_similarity_by_hand() -> None:
    quarter_turn = Similarity(0.0, 2.0, 10.0, 20.0)
    assert quarter_turn(np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [[10, 22], [8, 20]]
    assert quarter_turn.scale == 2


def test_from_points_finds_the_similarity_that_was_used() -> None:
    known = Similarity(1.5, -0.5, 7.0, -3.0)
    source = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 5.0]])
    found = Similarity.from_points(source, known(source))
    expected = [known.a, known.b, known.tx, known.ty]
    assert np.allclose([found.a, found.b, found.tx, found.ty], expected, atol=1e-12)


def test_from_points_is_the_least_squares_fit() -> None:
    """Any other similarity near by is worse."""
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(9, 2)), rng.normal(size=(9, 2))
    fit = Similarity.from_points(source, target)
    best = ((fit(source) - target) ** 2).sum()
    for step in np.concatenate([np.eye(4), -np.eye(4)]) * 1e-3:
        a, b, tx, ty = np.array([fit.a, fit.b, fit.tx, fit.ty]) + step
        other = Similarity(a, b, tx, ty)
        assert ((other(source) - target) ** 2).sum() > best


def test_from_points_does_not_depend_on_the_order_of_points() -> None:
    rng = np.random.default_rng(2)
    source, target = rng.normal(size=(191, 2)) * 1e3, rng.normal(size=(191, 2)) * 1e3
    order = rng.permutation(191)
    assert Similarity.from_points(source, target) == Similarity.from_points(
        source[order], target[order]
    )


@given(st.floats(0.1, 10), st.floats(-math.pi, math.pi), st.floats(-1e3, 1e3))
@settings(max_examples=50)
def test_inverse(size: float, angle: float, shift: float) -> None:
    there = Similarity(size * math.cos(angle), size * math.sin(angle), shift, -2 * shift)
    points = np.array([[0.0, 0.0], [100.0, 3.0], [-7.0, 55.0]])
    assert np.allclose(there.inverse()(there(points)), points, atol=1e-8)
    assert math.isclose(there.inverse().scale, 1 / size, rel_tol=1e-12)


@given(drawn())
@settings(max_examples=50)
def test_pupils_land_on_the_canvas_pupils(face: Drawn) -> None:
    marks = face.landmarks()
    (to_canvas,) = align([marks], CANVAS)
    pupils = marks.replaced(to_canvas(marks.points)).pupils()
    assert np.allclose(pupils, CANVAS.pupils(), atol=1e-9)


@given(drawn(), st.floats(-math.pi, math.pi), st.floats(0.2, 5), st.floats(-500, 500))
@settings(max_examples=50)
@pytest.mark.parametrize("canvas", [CANVAS, PROCRUSTES], ids=["eyes", "procrustes"])
def test_where_the_face_lies_in_its_photo_does_not_matter(
    canvas: Canvas, face: Drawn, angle: float, size: float, shift: float
) -> None:
    marks, other = face.landmarks(), Drawn(mouth=0.2).landmarks()
    elsewhere = Similarity(size * math.cos(angle), size * math.sin(angle), shift, shift / 3)
    again = marks.replaced(elsewhere(marks.points))
    here = align([marks, other], canvas)[0](marks.points)
    there = align([again, other], canvas)[0](again.points)
    assert np.abs(on_grid(here) - on_grid(there)).max() <= 1 / GRID


@given(drawn(), drawn(), drawn())
@settings(max_examples=25)
def test_procrustes(one: Drawn, two: Drawn, three: Drawn) -> None:
    """The mean's pupils lie on the canvas pupils; no face could be shifted or turned better."""
    marks = [face.landmarks() for face in (one, two, three)]
    transforms = align(marks, PROCRUSTES)
    shapes = [t(m.points) for t, m in zip(transforms, marks, strict=True)]
    mean = np.mean(shapes, axis=0)
    assert np.allclose(marks[0].replaced(mean).pupils(), PROCRUSTES.pupils(), atol=1e-6)
    for shape in shapes:
        best = Similarity.from_points(shape, mean)
        assert abs(best.b) < 1e-4
        assert np.allclose(shape.mean(axis=0), mean.mean(axis=0), atol=0.01)


def test_procrustes_fits_the_whole_face_better_than_eyes_do() -> None:
    marks = [Drawn().landmarks(), Drawn(chin=1.45, mouth=0.25, width=1.1).landmarks()]
    spread = []
    for canvas in (CANVAS, PROCRUSTES):
        one, two = (t(m.points) for t, m in zip(align(marks, canvas), marks, strict=True))
        spread.append(((one - two) ** 2).sum())
    assert spread[1] < 0.95 * spread[0]


@pytest.mark.parametrize("canvas", [CANVAS, PROCRUSTES])
def test_coinciding_pupils_are_refused(canvas: Canvas) -> None:
    marks = Drawn().landmarks()
    points = marks.points.copy()
    points[36:48] = (40.0, 50.0)
    with pytest.raises(GeometryError, match="MK301"):
        align([marks, marks.replaced(points)], canvas)


def test_a_scheme_without_pupils_is_refused() -> None:
    with pytest.raises(TemplateError, match="MK207"):
        align([Landmarks(free_scheme(["a", "b"]), [[0, 0], [1, 1]])], CANVAS)


def test_grid() -> None:
    assert on_grid(np.array([[0.5 / GRID + 1e-9, -0.26]])).tolist() == [[1 / GRID, -266 / GRID]]
