"""The mesh: one triangulation for a whole set, that no anchor folds.

It starts from the Delaunay triangulation of the mean shape, follows the scheme's curves,
and is changed by edge flips until every triangle keeps its orientation in every anchor.
Triangles inside an aperture (mouth, eyes) may have no area: lips meet, lids close.
May import `errors`, `faces`, `engine.align`, `engine.aperture`, `engine.topology` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from morphkit.engine.align import GRID, Canvas, on_grid
from morphkit.engine.aperture import Region, opened, region_of, regions, shows_iris
from morphkit.engine.topology import Topology, Triangle
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Scheme

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

BORDER_PARTS = 8
"""Border points divide each canvas edge into this many parts."""

APERTURE_SLACK = 0.01
"""Aperture triangles may be turned over up to this (double) area, in squared eye distances."""

FEATURES = ("jaw", "right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth")
"""Groups whose landmarks always carry the mesh; the others help where they fold nothing."""

NOISE = 0.2
"""Folds deeper than this, in eye distances, are misplaced landmarks, whichever they are."""


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
        MK308 for each landmark that was left out because it would have folded the mesh.
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


def build_mesh(scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]) -> Mesh:
    """Return the mesh that all shapes of a set share.

    Parameters
    ----------
    scheme : Scheme
    shapes : (A, N, 2) float array
        Landmarks of every anchor on the canvas, on the landmark grid.
    canvas : Canvas
    labels : sequence of str
        What to call each anchor in an error.

    Raises
    ------
    GeometryError
        MK302 when a triangle is folded in an anchor and no choice avoids it; one finding
        per anchor, naming the landmarks.

    Notes
    -----
    Where a fold remains, edges of the scheme's curves may be flipped too, except around
    apertures; then landmarks of no feature (lid creases, hairline, ears, …) are left out,
    one by one, the most helpful first.  Features are never left out.
    """
    mesh, badness = _triangulated(scheme, shapes, canvas, usable_landmarks(scheme, shapes, canvas))
    doubts: list[Finding] = []
    while badness:
        best: tuple[int, int, Mesh] | None = None
        for landmark in _spare(mesh, scheme, shapes, canvas):
            rest = mesh.landmarks[mesh.landmarks != landmark]
            tried, left = _triangulated(scheme, shapes, canvas, rest)
            if left < (best[0] if best else badness):
                best = left, landmark, tried
        if best is None:
            raise GeometryError(*_blamed(mesh, scheme, shapes, canvas, labels))
        doubts.append(_left_out(mesh, scheme, shapes, canvas, best[1], labels))
        badness, _, mesh = best
    return replace(mesh, doubts=tuple(doubts))


def folds(
    mesh: Mesh, scheme: Scheme, points: FloatArray, canvas: Canvas, label: str
) -> list[Finding]:
    """Return a finding (MK302) when the mesh folds in a shape, naming the landmarks."""
    folded = folded_triangles(mesh, mesh.vertices(points), canvas.eye_distance)
    if not folded.any():
        return []
    corners, times = np.unique(mesh.triangles[folded], return_counts=True)
    corners = corners[np.argsort(-times, kind="stable")]
    count = len(mesh.landmarks)
    names = [scheme.points[int(mesh.landmarks[i])] for i in corners if i < count]
    return [
        Finding(
            "MK302",
            f"the face folds over itself between the landmarks {', '.join(names[:8])}.",
            file=label,
            pointer=names[0] if names else "canvas edge",
            measured=float(folded.sum()),
            limit=0.0,
            suggestion="Look at these landmarks: one is misplaced, or a weight is too far from 0…1.",
        )
    ]


def folded_triangles(mesh: Mesh, vertices: FloatArray, eye_distance: float) -> BoolArray:
    """Return which triangles are folded, ``(..., T)`` for ``(..., V, 2)`` mesh points."""
    floor = -APERTURE_SLACK * eye_distance * eye_distance
    area = areas(vertices, mesh.triangles)
    return area <= np.where(mesh.aperture >= 0, floor, 0.0)


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


def usable_landmarks(scheme: Scheme, shapes: FloatArray, canvas: Canvas) -> IntArray:
    """Return the landmarks that can carry the mesh.

    Left out are points that lie off the canvas in some anchor, and iris or pupil points of
    an eye that are not well inside its opening in every anchor (squeezed lids hide them).
    """
    size = np.array([canvas.width - 1.0, canvas.height - 1.0])
    inside = np.asarray(((shapes >= 0.5) & (shapes <= size - 0.5)).all(axis=(0, 2)))
    for aperture in scheme.apertures:
        inside[list(aperture.inner)] &= shows_iris(aperture, shapes, canvas.eye_distance)
    return np.flatnonzero(inside)


def _blamed(
    mesh: Mesh, scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]
) -> list[Finding]:
    """Return the folds of every anchor.

    A landmark that is far off draws the mean with it and makes the mesh fold in good photos
    too; the median stays where most of them are.
    """
    median = np.median(shapes, axis=0)
    robust, _ = _triangulated(scheme, shapes, canvas, mesh.landmarks, median)
    named = list(zip(shapes, labels, strict=True))
    found = [f for shape, label in named for f in folds(robust, scheme, shape, canvas, label)]
    return found or [f for s, label in named for f in folds(mesh, scheme, s, canvas, label)]


def _triangulated(
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


def _penalty(
    everyone: FloatArray, found: Sequence[Region | None], eye_distance: float
) -> Callable[[Triangle], int]:
    """Return how badly a triangle is folded over all anchors; 0 when it is folded in none.

    First counts how many anchors it is folded in, then how much.  In whole units of the
    landmark grid, so that the order of the anchors cannot matter.
    """
    units = np.rint(everyone * GRID)
    slack = -APERTURE_SLACK * eye_distance * eye_distance * GRID * GRID

    def penalty(triangle: Triangle) -> int:
        area = areas(units, np.array([triangle]))[:, 0]
        deep = area[area <= (slack if region_of(found, triangle) >= 0 else 0.0)]
        return (len(deep) << 64) - sum(int(a) for a in deep)

    return penalty


def _spare(mesh: Mesh, scheme: Scheme, shapes: FloatArray, canvas: Canvas) -> list[int]:
    """Return the landmarks at folds that may be left out; none when that could not help."""
    features = {i for name in FEATURES for i in scheme.group(name)}
    extra = np.array([bool(features) and int(i) not in features for i in mesh.landmarks])
    extra = np.concatenate([extra, np.zeros(len(mesh.border), dtype=bool)])
    depth = np.stack([_depths(mesh, shape, canvas) for shape in shapes]).max(axis=0)
    corners = mesh.triangles[depth >= 0]
    if depth.max() > NOISE * canvas.eye_distance or not extra[corners].any(axis=1).all():
        return []
    return [int(mesh.landmarks[i]) for i in np.unique(corners[extra[corners]])]


def _depths(mesh: Mesh, points: FloatArray, canvas: Canvas) -> FloatArray:
    """Return how deep each triangle is folded, in pixels; −1 when it is not."""
    vertices = mesh.vertices(points)
    sides = vertices[mesh.triangles] - vertices[np.roll(mesh.triangles, 1, axis=1)]
    longest = np.sqrt((sides * sides).sum(axis=2)).max(axis=1)
    depth = -areas(vertices, mesh.triangles) / np.maximum(longest, 1 / GRID)
    return np.where(folded_triangles(mesh, vertices, canvas.eye_distance), depth, -1.0)


def _left_out(
    mesh: Mesh,
    scheme: Scheme,
    shapes: FloatArray,
    canvas: Canvas,
    landmark: int,
    labels: Sequence[str],
) -> Finding:
    """Say that a landmark will not carry the mesh, and in which anchor it folds it most."""
    at = (mesh.triangles == np.flatnonzero(mesh.landmarks == landmark)[0]).any(axis=1)
    depths = [float(_depths(mesh, shape, canvas)[at].max()) for shape in shapes]
    worst = int(np.argmax(depths))
    return Finding(
        "MK308",
        f"the landmark {scheme.points[landmark]} would fold the face over itself by "
        f"{depths[worst]:.1f} px here; it was left out of the mesh, for the whole set.",
        severity="warning",
        file=labels[worst],
        pointer=scheme.points[landmark],
        measured=round(depths[worst] / canvas.eye_distance, 4),
        limit=0.0,
        suggestion="Correct it if it is misplaced; other landmarks guide this place as well.",
    )
