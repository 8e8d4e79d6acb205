"""The mesh: one triangulation for a whole set, that no anchor folds.

It starts from the Delaunay triangulation of the mean shape, follows the scheme's curves,
and is changed by edge flips until every triangle keeps its orientation in every anchor.
Triangles inside an aperture (mouth, eyes) may have no area: lips meet, lids close.
May import `errors`, `faces`, `engine.align`, NumPy and SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from morphkit.engine.align import Canvas, on_grid
from morphkit.engine.topology import Topology, Triangle
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Scheme

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

BORDER_PARTS = 4
"""Border points divide each canvas edge into this many parts."""

APERTURE_SLACK = 0.02
"""An aperture triangle may be turned over by landmark noise up to this area, in EOD²…"""

MIN_OPENING = 0.02
"""…and the mean shape's apertures are opened at least this far (EOD) to be triangulated."""


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
    """

    landmarks: IntArray
    border: FloatArray
    mean: FloatArray
    triangles: IntArray
    aperture: IntArray

    def vertices(self, points: FloatArray) -> FloatArray:
        """Return the mesh points, (L + B, 2), for (N, 2) canvas landmarks."""
        return np.concatenate([points[self.landmarks], self.border])


def areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Return twice the signed area of each triangle, ``(..., T)`` for ``(..., V, 2)``."""
    a, b, c = (vertices[..., triangles[:, i], :] for i in range(3))
    u, v = b - a, c - a
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]


def meet(scheme: Scheme, points: FloatArray) -> tuple[FloatArray, dict[str, float]]:
    """Let lips and lids that cross by landmark noise meet in the middle.

    Parameters
    ----------
    scheme : Scheme
    points : (N, 2) float array
        Landmarks on the canvas.

    Returns
    -------
    points : (N, 2) float array
        The same, but no lower lip or lid lies above its upper one.
    crossed : dict
        Aperture name → largest crossing, in pixels.
    """
    points = points.copy()
    crossed: dict[str, float] = {}
    for aperture in scheme.apertures:
        right, left = points[aperture.upper[0]], points[aperture.upper[-1]]
        along = left - right
        length = np.sqrt(along[0] * along[0] + along[1] * along[1])
        if length == 0:
            continue
        down = np.array([-along[1], along[0]]) / length
        for up, low in zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True):
            gap = points[low] - points[up]
            opening = float(gap[0] * down[0] + gap[1] * down[1])
            if opening < 0:
                shift = on_grid(np.array([down * (opening / 2)]))[0]
                points[up] += shift
                points[low] -= shift
                crossed[aperture.name] = max(crossed.get(aperture.name, 0.0), -opening)
    return on_grid(points), crossed


def build_mesh(scheme: Scheme, shapes: FloatArray, canvas: Canvas, labels: Sequence[str]) -> Mesh:
    """Return the mesh that all shapes of a set share.

    Parameters
    ----------
    scheme : Scheme
    shapes : (A, N, 2) float array
        Landmarks of every anchor on the canvas.
    canvas : Canvas
    labels : sequence of str
        What to call each anchor in an error.

    Raises
    ------
    GeometryError
        MK302 when a triangle is folded in an anchor and no choice of edges avoids it; one
        finding per anchor, naming the landmarks.
    """
    border = border_points(canvas)
    used = usable_landmarks(scheme, shapes, canvas)
    mean = np.concatenate([on_grid(shapes.mean(axis=0))[used], border])
    place = {int(landmark): i for i, landmark in enumerate(used)}
    topology = Topology(_opened(scheme, mean, place, canvas.eye_distance))
    for chain in _chains(scheme):
        for i, j in pairwise(chain):
            if i in place and j in place:
                topology.insert_edge(place[i], place[j])
    everyone = np.stack([np.concatenate([shape[used], border]) for shape in shapes])
    regions = _regions(scheme, topology.points, place)
    topology.flip_down(_fold_penalty(everyone, regions, canvas.eye_distance))
    triangles = topology.triangles()
    aperture = np.array([_region(regions, t) for t in triangles], dtype=np.int64)
    mesh = Mesh(used, border, mean, np.array(triangles, dtype=np.int64), aperture)
    faults = [
        finding
        for shape, label in zip(shapes, labels, strict=True)
        for finding in folds(mesh, scheme, shape, canvas, label)
    ]
    if faults:
        raise GeometryError(*faults)
    return mesh


def folds(
    mesh: Mesh, scheme: Scheme, points: FloatArray, canvas: Canvas, label: str
) -> list[Finding]:
    """Return a finding (MK302) when the mesh folds in a shape, naming the landmarks."""
    folded = folded_triangles(mesh, mesh.vertices(points), canvas.eye_distance)
    if not folded.any():
        return []
    corners = np.unique(mesh.triangles[folded])
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
            suggestion="Look at these landmarks in this photo: one of them is misplaced.",
        )
    ]


def folded_triangles(
    mesh: Mesh, vertices: FloatArray, eye_distance: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which triangles are folded, ``(..., T)`` for ``(..., V, 2)`` mesh points."""
    floor = -APERTURE_SLACK * eye_distance * eye_distance
    area = areas(vertices, mesh.triangles)
    return area <= np.where(mesh.aperture >= 0, floor, 0.0)


def border_points(canvas: Canvas) -> FloatArray:
    """Return the border points, clockwise from the top-left corner."""
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
    margin = 0.01 * canvas.eye_distance
    for aperture in scheme.apertures:
        ring = [*aperture.upper, *aperture.lower[-2:0:-1]]
        for point in aperture.inner:
            inside[point] &= all(_clearance(shape[ring], shape[point]) > margin for shape in shapes)
    return np.flatnonzero(inside)


def _clearance(ring: FloatArray, point: FloatArray) -> float:
    """Distance of a point from a clockwise ring's edges; negative outside (convex rings)."""
    a, b = ring, np.roll(ring, -1, axis=0)
    edge, to = b - a, point - a
    length = np.sqrt((edge * edge).sum(axis=1))
    keep = length > 0
    cross = edge[keep, 0] * to[keep, 1] - edge[keep, 1] * to[keep, 0]
    return float((cross / length[keep]).min()) if keep.any() else -1.0


def _chains(scheme: Scheme) -> list[tuple[int, ...]]:
    """Edges that the mesh must have, most important first."""
    chains = []
    for aperture in scheme.apertures:
        chains += [aperture.upper, aperture.lower]
        if not aperture.inner:
            chains += list(zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True))
    for curve in scheme.curves:
        chains.append((*curve.points, curve.points[0]) if curve.closed else curve.points)
    return chains


def _opened(
    scheme: Scheme, mean: FloatArray, place: dict[int, int], eye_distance: float
) -> FloatArray:
    """Open apertures that are shut in the mean shape, so that they can be triangulated."""
    points = mean.copy()
    least = MIN_OPENING * eye_distance
    for aperture in scheme.apertures:
        if not all(i in place for i in (*aperture.upper, *aperture.lower)):
            continue
        along = points[place[aperture.upper[-1]]] - points[place[aperture.upper[0]]]
        length = float(np.sqrt((along * along).sum()))
        if length == 0:
            continue
        down = np.array([-along[1], along[0]]) / length
        for up, low in zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True):
            i, j = place[up], place[low]
            lacking = least - float(((points[j] - points[i]) * down).sum())
            if lacking > 0:
                points[i] -= down * (lacking / 2)
                points[j] += down * (lacking / 2)
    return points


@dataclass(frozen=True, slots=True, eq=False)
class _Region:
    """An aperture in the mesh: its outline in the triangulated shape, and who belongs to it."""

    ring: FloatArray
    members: frozenset[int]
    points: FloatArray


def _regions(scheme: Scheme, points: FloatArray, place: dict[int, int]) -> list[_Region | None]:
    regions: list[_Region | None] = []
    for aperture in scheme.apertures:
        chain = [*aperture.upper, *aperture.lower[-2:0:-1]]
        if not all(i in place for i in chain):
            regions.append(None)
            continue
        ring = points[[place[i] for i in chain]]
        inner = [place[i] for i in aperture.inner if i in place]
        regions.append(_Region(ring, frozenset([*(place[i] for i in chain), *inner]), points))
    return regions


def _region(regions: Sequence[_Region | None], triangle: Triangle) -> int:
    """Return the index of the aperture that a triangle lies in, or −1."""
    for index, region in enumerate(regions):
        if region and region.members.issuperset(triangle):
            centre = region.points[list(triangle)].mean(axis=0)
            if _contains(region.ring, centre):
                return index
    return -1


def _contains(ring: FloatArray, point: FloatArray) -> bool:
    """Even-odd rule."""
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _fold_penalty(
    everyone: FloatArray, regions: Sequence[_Region | None], eye_distance: float
) -> Callable[[Triangle], float]:
    """Return how badly a triangle is folded over all anchors; 0 when it is folded in none."""
    unit = eye_distance * eye_distance

    def penalty(triangle: Triangle) -> float:
        area = areas(everyone, np.array([triangle]))[:, 0] / unit
        floor = -APERTURE_SLACK if _region(regions, triangle) >= 0 else 0.0
        deep = area[area <= floor]
        return float(len(deep) - deep.sum())

    return penalty
