"""Triangles over landmarks: a mesh as a value, and the best one for given landmarks.

It starts from the Delaunay triangulation of the mean shape, follows the scheme's curves,
and is changed by edge flips until every triangle keeps its orientation in every anchor.
Triangles inside an aperture (mouth, eyes) may have no area: lips meet, lids close.
May import `errors`, `faces`, `engine.align`, `engine.aperture`, `engine.topology` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from morphkit.engine.align import GRID, Canvas, on_grid
from morphkit.engine.aperture import Region, opened, region_of, regions
from morphkit.engine.topology import Penalty, Topology, Triangle
from morphkit.errors import Finding
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Scheme

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

BORDER_PARTS = 8
"""Border points divide each canvas edge into this many parts."""

APERTURE_SLACK = 0.01
"""Aperture triangles may be turned over up to this (double) area, in squared eye distances."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles over landmarks and border points.

    Parameters
    ----------
    landmarks : (L,) int array
        Which landmarks the first L mesh points are.
    border : (B, 2) float array
        The other mesh points, on the outer pixel edges of the canvas; they never move.
    mean : (L + B, 2) float array
        The mean shape that the mesh was made from.
    triangles : (T, 3) int array
        Mesh point indices, positively oriented (clockwise on screen).
    aperture : (T,) int array
        Index of the scheme's aperture that the triangle lies in, or −1.
    doubts : tuple of Finding
        MK308 for each landmark that was left out because it would have folded the mesh,
        MK309 for each anchor with features off the canvas.
    """

    landmarks: IntArray
    border: FloatArray
    mean: FloatArray
    triangles: IntArray
    aperture: IntArray
    doubts: tuple[Finding, ...] = ()

    def vertices(self, points: FloatArray) -> FloatArray:
        """Return the mesh points, (L + B, 2), for (N, 2) canvas landmarks."""
        return np.concatenate([points[self.landmarks], self.border])


def areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Return twice the signed area of each triangle, ``(..., T)`` for ``(..., V, 2)``."""
    a, b, c = (vertices[..., triangles[:, i], :] for i in range(3))
    u, v = b - a, c - a
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]


def folded_triangles(mesh: Mesh, vertices: FloatArray, eye_distance: float) -> BoolArray:
    """Return which triangles are folded, ``(..., T)`` for ``(..., V, 2)`` mesh points."""
    floor = -APERTURE_SLACK * eye_distance * eye_distance
    area = areas(vertices, mesh.triangles)
    return area <= np.where(mesh.aperture >= 0, floor, 0.0)


def fold_depths(mesh: Mesh, points: FloatArray, canvas: Canvas) -> FloatArray:
    """Return how deep each triangle is folded, in pixels; −1 when it is not."""
    vertices = mesh.vertices(points)
    sides = vertices[mesh.triangles] - vertices[np.roll(mesh.triangles, 1, axis=1)]
    longest = np.sqrt((sides * sides).sum(axis=2)).max(axis=1)
    depth = -areas(vertices, mesh.triangles) / np.maximum(longest, 1 / GRID)
    return np.where(folded_triangles(mesh, vertices, canvas.eye_distance), depth, -1.0)


def border_points(canvas: Canvas) -> FloatArray:
    """Return the border points: upper edge, lower edge, then both sides."""
    left, top = -0.5, -0.5
    right, bottom = canvas.width - 0.5, canvas.height - 0.5
    xs = on_grid(np.linspace(left, right, BORDER_PARTS + 1))
    ys = on_grid(np.linspace(top, bottom, BORDER_PARTS + 1))
    upper = [(x, top) for x in xs]
    lower = [(x, bottom) for x in xs]
    sides = [(side, y) for y in ys[1:-1] for side in (left, right)]
    return np.array([*upper, *lower, *sides])


def triangulated(
    scheme: Scheme,
    shapes: FloatArray,
    canvas: Canvas,
    used: IntArray,
    middle: FloatArray | None = None,
) -> tuple[Mesh, int]:
    """Return the best mesh over some landmarks, and how badly it folds; 0 when it doesn't.

    It starts from the mean shape, or from another middle of the shapes.
    """
    border = border_points(canvas)
    mean = on_grid(shapes.mean(axis=0) if middle is None else middle)
    place = {int(landmark): i for i, landmark in enumerate(used)}
    points = np.concatenate([opened(scheme, mean, canvas.eye_distance)[used], border])
    found = regions(scheme, points, place)
    everyone = np.stack([np.concatenate([shape[used], border]) for shape in shapes])
    penalty = _penalty(everyone, found, canvas.eye_distance)
    topology = Topology(points)
    _keep(topology, [*_outlines(scheme), *_curves(scheme)], place)
    badness = topology.flip_down(penalty)
    if badness:
        topology.release()
        _keep(topology, _outlines(scheme), place)
        badness = topology.flip_down(penalty)
    triangles = topology.triangles()
    mesh = Mesh(
        landmarks=used,
        border=border,
        mean=np.concatenate([mean[used], border]),
        triangles=np.array(triangles, dtype=np.int64),
        aperture=np.array([region_of(found, t) for t in triangles], dtype=np.int64),
    )
    return mesh, badness


def _keep(topology: Topology, chains: Iterable[tuple[int, ...]], place: dict[int, int]) -> None:
    for chain in chains:
        for i, j in pairwise(chain):
            if i in place and j in place:
                topology.insert_edge(place[i], place[j])


def _outlines(scheme: Scheme) -> list[tuple[int, ...]]:
    """Chains around apertures, and across those that nothing lies in."""
    chains: list[tuple[int, ...]] = []
    for aperture in scheme.apertures:
        chains += [aperture.upper, aperture.lower]
        if not aperture.inner:
            chains += list(zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True))
    return chains


def _curves(scheme: Scheme) -> list[tuple[int, ...]]:
    return [(*c.points, c.points[0]) if c.closed else c.points for c in scheme.curves]


def _penalty(everyone: FloatArray, found: Sequence[Region | None], eye_distance: float) -> Penalty:
    """Return how badly triangles are folded over all anchors; 0 for one that is folded in none.

    First counts how many anchors it is folded in, then how much.  In whole units of the
    landmark grid, so that the order of the anchors cannot matter.
    """
    units = np.rint(everyone * GRID)
    slack = -APERTURE_SLACK * eye_distance * eye_distance * GRID * GRID

    def penalty(triangles: Sequence[Triangle]) -> list[int]:
        values = [0] * len(triangles)
        area = areas(units, np.array(triangles, dtype=np.int64).reshape(-1, 3))
        for place in np.flatnonzero((area <= 0).any(axis=0)).tolist():
            floor = slack if region_of(found, triangles[place]) >= 0 else 0.0
            deep = area[:, place][area[:, place] <= floor]
            values[place] = (len(deep) << 64) - sum(int(a) for a in deep)
        return values

    return penalty
