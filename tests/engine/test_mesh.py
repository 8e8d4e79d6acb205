"""One mesh for all anchors: what it follows, what it repairs, what it refuses."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import CANVAS, IBUG, Drawn, drawn, moved, with_extra

from morphkit.engine.align import on_grid
from morphkit.engine.mesh import Mesh, build_mesh, folds, usable_landmarks
from morphkit.engine.stage import pose
from morphkit.engine.topology import Topology
from morphkit.engine.triangulation import (
    APERTURE_SLACK,
    BORDER_PARTS,
    areas,
    border_points,
    folded_triangles,
)
from morphkit.errors import GeometryError
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Curve, Scheme, free_scheme

SIZE = CANVAS.width * CANVAS.height


def on_canvas(*faces: Drawn | Landmarks) -> tuple[Scheme, FloatArray, list[str]]:
    marks = [face.landmarks() if isinstance(face, Drawn) else face for face in faces]
    shapes = np.stack([place.landmarks.points for place in pose(marks, CANVAS)])
    return marks[0].scheme, shapes, [f"photo {i}" for i in range(len(faces))]


def mesh_of(*faces: Drawn | Landmarks) -> Mesh:
    scheme, shapes, labels = on_canvas(*faces)
    return build_mesh(scheme, shapes, CANVAS, labels)


def free_mesh(*shapes: list[tuple[float, float]], curves: tuple[Curve, ...] = ()) -> Mesh:
    names = tuple(f"p{i}" for i in range(len(shapes[0])))
    scheme = Scheme("free", names, curves=curves)
    labels = [f"photo {i}" for i in range(len(shapes))]
    return build_mesh(scheme, np.array(shapes, dtype=float), CANVAS, labels)


def edges(mesh: Mesh) -> set[frozenset[int]]:
    """Edges by landmark index."""
    count = len(mesh.landmarks)
    pairs = (e for t in mesh.triangles for e in combinations(t, 2) if max(e) < count)
    return {frozenset(int(mesh.landmarks[i]) for i in pair) for pair in pairs}


def test_areas_by_hand() -> None:
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 3.0], [0.0, 3.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 1], [0, 2, 3]])
    assert areas(square, triangles).tolist() == [6, -6, 6]
    assert areas(np.stack([square, 2 * square]), triangles)[1].tolist() == [24, -24, 24]


def test_border_points_lie_on_the_outer_pixel_edges() -> None:
    points = border_points(CANVAS)
    assert len(points) == 4 * BORDER_PARTS == len(np.unique(points, axis=0))
    on_edge = np.isin(points[:, 0], (-0.5, 95.5)) | np.isin(points[:, 1], (-0.5, 119.5))
    assert on_edge.all()
    assert points.min() == -0.5
    assert points.max(axis=0).tolist() == [95.5, 119.5]


@given(st.lists(st.tuples(st.floats(1, 94), st.floats(1, 118)), min_size=3, max_size=20))
@settings(max_examples=50)
def test_what_nothing_folds_stays_delaunay(places: list[tuple[float, float]]) -> None:
    points = np.unique(on_grid(np.array(places)), axis=0)
    scheme = free_scheme([f"p{i}" for i in range(len(points))])
    mesh = build_mesh(scheme, points[None], CANVAS, ["photo"])
    plain = Topology(np.concatenate([points, border_points(CANVAS)]))
    assert [tuple(t) for t in mesh.triangles] == plain.triangles()


@given(st.lists(drawn(photo=False), min_size=1, max_size=3))
@settings(max_examples=30)
def test_a_mesh_of_faces(faces: list[Drawn]) -> None:
    """It follows the curves, covers the canvas in every anchor, and nothing is left out.

    Only the outer lip's edges at the corners may give way, where shut lips smile.
    """
    corners = {frozenset(pair) for pair in ((48, 49), (53, 54), (54, 55), (59, 48))}
    mesh = mesh_of(*faces)
    assert mesh.landmarks.tolist() == list(range(68))
    assert mesh.doubts == ()
    for curve in IBUG.curves:
        chain = (*curve.points, curve.points[0]) if curve.closed else curve.points
        assert {frozenset(pair) for pair in pairwise(chain)} - corners <= edges(mesh)
    assert len(mesh.triangles) == 2 * (68 + 4 * BORDER_PARTS) - 2 - 4 * BORDER_PARTS
    assert areas(mesh.mean, mesh.triangles).sum() == pytest.approx(2 * SIZE)
    for shape in on_canvas(*faces)[1]:
        vertices = mesh.vertices(shape)
        assert areas(vertices, mesh.triangles).sum() == pytest.approx(2 * SIZE)
        assert not folded_triangles(mesh, vertices, CANVAS.eye_distance).any()
        outside = mesh.aperture < 0
        assert (areas(vertices, mesh.triangles)[outside] > 0).all()


@given(st.lists(drawn(photo=False), min_size=3, max_size=3), st.permutations(range(3)))
@settings(max_examples=20)
def test_the_order_of_anchors_does_not_matter(faces: list[Drawn], order: list[int]) -> None:
    mesh, other = mesh_of(*faces), mesh_of(*(faces[i] for i in order))
    assert np.array_equal(mesh.mean, other.mean)
    assert np.array_equal(mesh.triangles, other.triangles)
    assert np.array_equal(mesh.aperture, other.aperture)


def test_apertures_that_are_shut_in_all_anchors() -> None:
    mesh = mesh_of(Drawn(eyes=0, mouth=0), Drawn(eyes=0, mouth=0, smile=0.05))
    assert [int((mesh.aperture == i).sum()) for i in range(3)] == [6, 4, 4]
    shut = mesh.vertices(on_canvas(Drawn(eyes=0, mouth=0))[1][0])
    inside = areas(shut, mesh.triangles)[mesh.aperture >= 0]
    assert np.abs(inside).max() < 0.1


def test_aperture_triangles_may_turn_over_by_noise_only() -> None:
    """Crossing by a little is legal, by more it is a fold; a lip may not cross at all."""
    mesh = mesh_of(Drawn(mouth=0.1), Drawn(mouth=0.2))
    least = []
    for mouth in (0.05, -0.01, -0.06, -0.1):
        points = Drawn(mouth=mouth, x=47.5, y=0.45 * 119).landmarks().points
        area = areas(mesh.vertices(points), mesh.triangles)[mesh.aperture == 0].min()
        least.append(bool(area <= -APERTURE_SLACK * 900))
        assert least[-1] == bool(folds(mesh, IBUG, points, CANVAS, "frame"))
    assert least == [False, False, True, True]


# P0 of this kite moves past the edge P1–P3, which the mean's Delaunay triangulation has
KITE = [(30.0, 50.0), (60.0, 35.0), (90.0, 50.0), (60.0, 65.0)]
PASSED = [(63.0, 50.0), *KITE[1:]]


def test_a_fold_that_a_flip_repairs() -> None:
    assert frozenset((1, 3)) in edges(free_mesh(KITE))
    mesh = free_mesh(KITE, PASSED)
    middle = on_grid((np.array(KITE) + np.array(PASSED)) / 2)
    plain = Topology(np.concatenate([middle, border_points(CANVAS)])).triangles()
    folded = Mesh(mesh.landmarks, mesh.border, mesh.mean, np.array(plain), mesh.aperture)
    assert (areas(folded.vertices(np.array(PASSED)), folded.triangles) < 0).sum() == 1
    assert frozenset((1, 3)) not in edges(mesh)
    assert frozenset((0, 2)) in edges(mesh)


def test_a_curve_gives_way_before_a_face_is_refused() -> None:
    mesh = free_mesh(KITE, PASSED, curves=(Curve((1, 3)),))
    assert frozenset((0, 2)) in edges(mesh)
    assert frozenset((1, 3)) in edges(free_mesh(KITE, curves=(Curve((1, 3)),)))


def test_a_fold_that_nothing_repairs_names_photo_and_landmarks() -> None:
    """Though the misplaced point draws the mean along, the good photos are not blamed."""
    marks = Drawn().landmarks()
    to_chin = marks.points[8] - marks.points[30]
    wrong = moved(marks, "ibug31", to_chin[0], to_chin[1] - 1)
    with pytest.raises(GeometryError) as raised:
        mesh_of(Drawn(), wrong, Drawn(mouth=0.2))
    (finding,) = raised.value.findings
    assert (finding.code, finding.severity, finding.file) == ("MK302", "error", "photo 1")
    assert (finding.pointer, finding.limit) == ("ibug31", 0)
    assert "ibug31" in finding.message
    assert finding.measured >= 1


def test_every_folded_anchor_is_named_at_once() -> None:
    marks = Drawn().landmarks()
    wrong = moved(marks, "ibug31", 0, 30)
    mirrored = marks.replaced(marks.points[list(reversed(range(68)))])
    with pytest.raises(GeometryError) as raised:
        scheme, shapes, _ = on_canvas(Drawn(), wrong, Drawn(mouth=0.2), mirrored)
        build_mesh(scheme, shapes, CANVAS, ["a", "b", "c", "d"])
    assert {"b", "d"} <= {finding.file for finding in raised.value.findings}
    assert {finding.code for finding in raised.value.findings} == {"MK302"}


def test_folds_of_a_frame() -> None:
    mesh = mesh_of(Drawn(), Drawn(mouth=0.2))
    shape = on_canvas(Drawn(mouth=0.1))[1][0]
    assert folds(mesh, IBUG, shape, CANVAS, "frame") == []
    shape = shape.copy()
    shape[8, 1] = shape[57, 1] - 1  # the chin above the lower lip
    (finding,) = folds(mesh, IBUG, shape, CANVAS, "frame 3")
    assert finding.file == "frame 3"
    assert "ibug09" in finding.message


FOREHEAD = [("forehead1", 30.0, 15.0), ("forehead2", 47.5, 10.0), ("forehead3", 65.0, 15.0)]


def forehead(dx: float = 0, dy: float = 0) -> Landmarks:
    """The drawn face with forehead points, the middle one displaced; brows lie at 38 px."""
    return moved(with_extra(Drawn().landmarks(), FOREHEAD), "forehead2", dx, dy)


def test_extra_points_join_the_mesh() -> None:
    mesh = mesh_of(forehead(), forehead(5, 20))
    assert mesh.landmarks.tolist() == list(range(71))
    assert mesh.doubts == ()


BELOW_BROW = (-8, 33)


def test_an_extra_point_that_folds_is_left_out_and_reported() -> None:
    marks = [forehead(), forehead(*BELOW_BROW), forehead(0, 2)]
    mesh = mesh_of(*marks)
    assert mesh.landmarks.tolist() == [i for i in range(71) if i != 69]
    (doubt,) = mesh.doubts
    assert (doubt.code, doubt.severity) == ("MK308", "warning")
    assert (doubt.file, doubt.pointer) == ("photo 1", "forehead2")
    assert 0 < doubt.measured < 0.2
    for shape in on_canvas(*marks)[1]:
        assert not folded_triangles(mesh, mesh.vertices(shape), CANVAS.eye_distance).any()


def test_an_extra_point_far_off_is_an_error() -> None:
    with pytest.raises(GeometryError, match="forehead2"):
        mesh_of(forehead(), forehead(0, 50))


def test_a_feature_is_never_left_out() -> None:
    with pytest.raises(GeometryError, match="MK302"):
        mesh_of(forehead(), moved(forehead(), "ibug31", 0, 8))  # nose tip below the nostrils


def test_without_groups_no_point_is_extra() -> None:
    scheme, shapes, labels = on_canvas(forehead(), forehead(*BELOW_BROW), forehead(0, 2))
    with pytest.raises(GeometryError, match="MK302"):
        build_mesh(replace(scheme, groups=()), shapes, CANVAS, labels)


def iris(face: Drawn) -> Landmarks:
    right, left = face.landmarks().pupils()
    return with_extra(face.landmarks(), [("iris_right", *right), ("iris_left", *left)])


def test_an_iris_guides_only_where_every_anchor_shows_it() -> None:
    assert mesh_of(iris(Drawn()), iris(Drawn(eyes=0.06))).landmarks.tolist() == list(range(70))
    assert mesh_of(iris(Drawn()), iris(Drawn(eyes=0.0))).landmarks.tolist() == list(range(68))


def test_landmarks_off_the_canvas_carry_no_mesh() -> None:
    marks = Drawn().landmarks()
    scheme, shapes, _ = on_canvas(Drawn(), moved(marks, "ibug09", 0, 40))
    used = usable_landmarks(scheme, shapes, CANVAS)
    assert used.tolist() == [i for i in range(68) if i != 8]
    mesh = mesh_of(Drawn(), moved(marks, "ibug09", 0, 40))
    assert mesh.landmarks.tolist() == used.tolist()
    (doubt,) = mesh.doubts
    assert (doubt.code, doubt.severity) == ("MK309", "warning")
    assert (doubt.file, doubt.pointer, doubt.measured) == ("photo 1", "ibug09", 1)


def test_extra_points_off_the_canvas_are_nothing_to_talk_about() -> None:
    mesh = mesh_of(forehead(), forehead(0, -30))
    assert mesh.landmarks.tolist() == [i for i in range(71) if i != 69]
    assert mesh.doubts == ()


@pytest.mark.parametrize(("y", "used"), [(118.5, True), (118.51, False), (0.5, True), (0.0, False)])
def test_the_edge_of_the_canvas(y: float, used: bool) -> None:
    shapes = np.array([[[40.0, y], [50.0, 50.0], [60.0, 52.0]]])
    found = usable_landmarks(free_scheme(["a", "b", "c"]), shapes, CANVAS)
    assert (0 in found) == used
