"""Apertures: the mouth and the eyes, which open and close.

Knows where an aperture lies on a face and what belongs to it; nothing of triangulations.
May import `faces`, `engine.align` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.engine.align import on_grid
from morphkit.faces.face import FloatArray
from morphkit.faces.scheme import Aperture, Scheme

MIN_OPENING = 0.02
"""To be triangulated, an aperture is opened at least this far, in eye distances."""

IRIS_MARGIN = 0.01
"""Iris points must lie this far inside the lids to carry the mesh, in eye distances."""


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
        The same on the landmark grid; no lower lip or lid lies above its upper one, but for
        the grid's rounding.
    crossed : dict
        Aperture name → largest crossing, in pixels.
    """
    points = points.copy()
    crossed: dict[str, float] = {}
    for aperture in scheme.apertures:
        for up, low, down in _facing(aperture, points):
            opening = _along(points[low] - points[up], down)
            if opening < 0:
                shift = on_grid(down * (opening / 2))
                points[up] += shift
                points[low] -= shift
                crossed[aperture.name] = max(crossed.get(aperture.name, 0.0), -opening)
    return on_grid(points), crossed


def opened(scheme: Scheme, points: FloatArray, eye_distance: float) -> FloatArray:
    """Return (N, 2) landmarks with every aperture open, so that it can be triangulated."""
    points = points.copy()
    least = MIN_OPENING * eye_distance
    for aperture in scheme.apertures:
        for up, low, down in _facing(aperture, points):
            lacking = least - _along(points[low] - points[up], down)
            if lacking > 0:
                points[up] -= down * (lacking / 2)
                points[low] += down * (lacking / 2)
    return on_grid(points)


def gap(aperture: Aperture, points: FloatArray) -> float:
    """Return the mean distance of lips or lids that face each other, in pixels."""
    gaps = [_along(points[low] - points[up], down) for up, low, down in _facing(aperture, points)]
    return sum(gaps) / len(gaps) if gaps else 0.0


def outline(aperture: Aperture, points: FloatArray) -> FloatArray:
    """Return the landmarks around an aperture, (M, 2), clockwise on screen."""
    return points[_ring(aperture)]


def narrowed(
    aperture: Aperture, points: FloatArray, share: float, towards: float = 0.5
) -> FloatArray:
    """Return landmarks with each facing pair brought together to a share of its gap.

    `towards` says where they meet: 0 at the upper edge, 1 at the lower one.
    """
    points = points.copy()
    for up, low in zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True):
        away = (points[low] - points[up]) * (1 - share)
        points[up] += towards * away
        points[low] -= (1 - towards) * away
    return points


def shows_iris(
    aperture: Aperture, shapes: FloatArray, eye_distance: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which inner points lie well inside the opening in all of (A, N, 2) shapes."""
    ring = _ring(aperture)
    margin = IRIS_MARGIN * eye_distance
    return np.array(
        [
            all(_clearance(shape[ring], shape[point]) > margin for shape in shapes)
            for point in aperture.inner
        ],
        dtype=bool,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """An aperture in a mesh: its outline, and the mesh points that belong to it."""

    ring: FloatArray
    members: frozenset[int]
    points: FloatArray


def regions(scheme: Scheme, points: FloatArray, place: Mapping[int, int]) -> list[Region | None]:
    """Return each aperture's region in (V, 2) mesh points; None where the outline has gaps."""
    found: list[Region | None] = []
    for aperture in scheme.apertures:
        ring = _ring(aperture)
        if not all(i in place for i in ring):
            found.append(None)
            continue
        outline = [place[i] for i in ring]
        inner = [place[i] for i in aperture.inner if i in place]
        found.append(Region(points[outline], frozenset([*outline, *inner]), points))
    return found


def region_of(found: Sequence[Region | None], triangle: tuple[int, int, int]) -> int:
    """Return the index of the aperture that a triangle lies in, or −1."""
    for index, region in enumerate(found):
        if region and region.members.issuperset(triangle):
            centre = region.points[list(triangle)].mean(axis=0)
            if _contains(region.ring, centre):
                return index
    return -1


def _facing(aperture: Aperture, points: FloatArray) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield the points that face each other, without the corners, and the way down."""
    across = points[aperture.upper[-1]] - points[aperture.upper[0]]
    length = np.sqrt(_along(across, across))
    if length > 0:
        down = np.array([-across[1], across[0]]) / length
        for up, low in zip(aperture.upper[1:-1], aperture.lower[1:-1], strict=True):
            yield up, low, down


def _along(vector: FloatArray, direction: FloatArray) -> float:
    return float(vector[0] * direction[0] + vector[1] * direction[1])


def _ring(aperture: Aperture) -> list[int]:
    """Return the outline, clockwise on screen."""
    return [*aperture.upper, *aperture.lower[-2:0:-1]]


def _clearance(ring: FloatArray, point: FloatArray) -> float:
    """Distance of a point from the edges of a clockwise convex ring; negative outside."""
    edge, to = np.roll(ring, -1, axis=0) - ring, point - ring
    length = np.sqrt(edge[:, 0] * edge[:, 0] + edge[:, 1] * edge[:, 1])
    keep = length > 0
    cross = edge[keep, 0] * to[keep, 1] - edge[keep, 1] * to[keep, 0]
    return float((cross / length[keep]).min()) if keep.any() else -1.0


def _contains(ring: FloatArray, point: FloatArray) -> bool:
    """Even-odd rule."""
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
