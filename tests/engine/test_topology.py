"""Triangulations that change by edge flips."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from morphkit.engine.topology import Penalty, Topology, Triangle

# a kite: the short diagonal 1–3 is Delaunay's choice, 0–2 the other one
KITE = np.array([[0.0, 5.0], [6.0, 2.0], [12.0, 5.0], [6.0, 8.0]])
RECTANGLE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]])

clouds = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=4, max_size=25, unique=True
).map(lambda places: np.array(places, dtype=float))


def spread(points: np.ndarray) -> bool:
    """Whether not all points lie on one line."""
    return np.linalg.matrix_rank(points - points[0]) == 2


def worth(of: dict[Triangle, int], other: int = 0) -> Penalty:
    return lambda triangles: [of.get(corners, other) for corners in triangles]


def edges(topology: Topology) -> set[frozenset[int]]:
    return {frozenset(e) for t in topology.triangles() for e in combinations(t, 2)}


def double_areas(points: np.ndarray, triangles: list[Triangle]) -> np.ndarray:
    a, b, c = (points[[t[i] for t in triangles]] for i in range(3))
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


def hull_area(points: np.ndarray) -> float:
    simplices = Delaunay(points).simplices
    return float(np.abs(double_areas(points, [tuple(s) for s in simplices])).sum())


@given(clouds.filter(spread))
@settings(max_examples=100)
def test_every_circle_is_empty(points: np.ndarray) -> None:
    triangles = Topology(points).triangles()
    assert (double_areas(points, triangles) > 0).all()
    assert double_areas(points, triangles).sum() == pytest.approx(hull_area(points))
    for corners in triangles:
        (ax, ay), (bx, by), (cx, cy) = points[list(corners)]
        d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
        sq = [(x * x + y * y) for x, y in points[list(corners)]]
        ux = (sq[0] * (by - cy) + sq[1] * (cy - ay) + sq[2] * (ay - by)) / d
        uy = (sq[0] * (cx - bx) + sq[1] * (ax - cx) + sq[2] * (bx - ax)) / d
        radius = np.hypot(ax - ux, ay - uy)
        distance = np.hypot(points[:, 0] - ux, points[:, 1] - uy)
        assert (distance > radius * (1 - 1e-9)).all()


@pytest.mark.parametrize("turn", range(4))
def test_ties_go_to_the_lowest_point(turn: int) -> None:
    """Four corners of a rectangle lie on one circle, whichever way the library splits it."""
    topology = Topology(np.roll(RECTANGLE, turn, axis=0))
    assert frozenset((0, 2)) in edges(topology)


def test_ties_of_many_points_make_a_fan_from_the_lowest() -> None:
    # twelve whole-number points on the circle of radius 5
    ring = [(5, 0), (4, 3), (3, 4), (0, 5), (-3, 4), (-4, 3)]
    points = np.array(ring + [(-x, -y) for x, y in ring], dtype=float)
    for order in (np.arange(12), np.random.default_rng(3).permutation(12)):
        triangles = Topology(points[order]).triangles()
        assert all(0 in corners for corners in triangles)


@pytest.mark.parametrize("seed", range(4))
def test_the_triangles_are_a_librarys(seed: int) -> None:
    points = np.random.default_rng(seed).integers(0, 1 << 19, (300, 2)) / 1024
    found = {tuple(sorted(corners)) for corners in Topology(points).triangles()}
    assert found == {tuple(sorted(corners)) for corners in Delaunay(points).simplices.tolist()}


def test_of_points_at_one_place_the_first_is_a_corner() -> None:
    again = np.concatenate([KITE, KITE[::-1]])
    assert Topology(again).triangles() == Topology(KITE).triangles()


def test_a_kite_gets_its_short_diagonal() -> None:
    assert Topology(KITE).triangles() == [(0, 1, 3), (1, 2, 3)]


def test_an_inserted_edge_is_kept() -> None:
    topology = Topology(KITE)
    assert topology.insert_edge(0, 2)
    assert topology.triangles() == [(0, 1, 2), (0, 2, 3)]
    assert not topology.insert_edge(1, 3), "a kept edge is in the way"
    wants_it_away = {(0, 1, 2): 1, (0, 2, 3): 1}
    assert topology.flip_down(worth(wants_it_away)) == 2
    topology.release()
    assert topology.flip_down(worth(wants_it_away)) == 0
    assert topology.triangles() == [(0, 1, 3), (1, 2, 3)]


def test_an_edge_through_a_point_is_refused() -> None:
    points = np.array([[0.0, 0.0], [5.0, 0.0], [10.0, 0.0], [5.0, 5.0], [5.0, -5.0]])
    topology = Topology(points)
    assert not topology.insert_edge(0, 2)
    assert not topology.insert_edge(0, 0)
    assert double_areas(points, topology.triangles()).sum() == 100


@given(clouds.filter(spread), st.data())
@settings(max_examples=100)
def test_insertion_keeps_a_triangulation(points: np.ndarray, data: st.DataObject) -> None:
    topology = Topology(points)
    index = st.integers(0, len(points) - 1)
    kept = []
    for _ in range(4):
        i, j = data.draw(index), data.draw(index)
        if topology.insert_edge(i, j):
            kept.append(frozenset((i, j)))
    assert set(kept) <= edges(topology)
    triangles = topology.triangles()
    assert (double_areas(points, triangles) > 0).all()
    assert double_areas(points, triangles).sum() == pytest.approx(hull_area(points))


@given(clouds.filter(spread), st.data())
@settings(max_examples=100)
def test_an_edge_that_nothing_bars_is_always_made(points: np.ndarray, data: st.DataObject) -> None:
    index = st.integers(0, len(points) - 1)
    i, j = data.draw(index), data.draw(index)
    along = points[j] - points[i]
    to = points - points[i]
    aside = along[0] * to[:, 1] - along[1] * to[:, 0]
    how_far = to @ along
    barred = (aside == 0) & (how_far > 0) & (how_far < along @ along)
    assert Topology(points).insert_edge(i, j) == (i != j and not barred.any())


def test_flipping_stops_where_nothing_is_penalised() -> None:
    topology = Topology(KITE)
    assert topology.flip_down(worth({})) == 0
    assert topology.triangles() == [(0, 1, 3), (1, 2, 3)]


def test_two_flips_where_one_does_not_help() -> None:
    """A pentagon's fans are two flips apart when they share no diagonal."""
    points = np.array([[0.0, 10.0], [9.0, 3.0], [6.0, -8.0], [-6.0, -8.0], [-9.0, 3.0]])
    first = Topology(points).triangles()
    reached = 0
    for corner in range(5):
        goal = Topology(points)
        goal.insert_edge(corner, (corner + 2) % 5)
        goal.insert_edge(corner, (corner + 3) % 5)
        wanted = set(goal.triangles())
        if wanted & set(first):
            continue
        reached += 1
        topology = Topology(points)
        # the triangulation on the way is worse than the first one
        values = {**dict.fromkeys(first, 1), **dict.fromkeys(wanted, 0)}
        assert topology.flip_down(worth(values, 2)) == 0
        assert set(topology.triangles()) == wanted
    assert reached == 2
