"""The mask: where the face is shown; the same for every frame of a set.

May import `faces`, `engine.align` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np

from morphkit.engine.align import Canvas, Similarity
from morphkit.engine.warp import ONE, BoolArray, WholeArray
from morphkit.faces.face import FloatArray, Landmarks

Shape = Literal["oval", "hull", "none"]

FOREHEAD = 0.8
"""The oval reaches at least this share of the eyes-to-chin height above the eyes…"""

TALL = 1.15
"""…and is at least this much taller than wide: an infant's jaw is wide, its chin near the eyes."""


def mask(
    shape: Shape,
    feather: float,
    mean: Landmarks,
    canvas: Canvas,
    photos: Sequence[tuple[Similarity, int, int]],
) -> tuple[WholeArray, FloatArray]:
    """Return the mask of a set, and what each photo leaves uncovered.

    Parameters
    ----------
    shape : {"oval", "hull", "none"}
        An ellipse around jaw and forehead, the convex hull of the landmarks, or the canvas.
    feather : float
        Width of the soft edge in pixels, inside the shape; below 1 it is one pixel.
    mean : Landmarks
        The set's mean shape on the canvas.
    canvas : Canvas
    photos : sequence of (Similarity, int, int)
        Each photo's way to the canvas, and its width and height.

    Returns
    -------
    mask : (H, W) int32 array
        0…2¹⁵.  Where some photo of the set has no pixels the background is shown, in every
        frame alike.
    lost : (len(photos),) float array
        Share of the shape that each photo does not cover.
    """
    # a row and a column: what is computed of one of them alone is computed once
    y, x = np.ogrid[0.0 : canvas.height, 0.0 : canvas.width]
    depth = _shape_depth(shape, mean, canvas, x, y)
    inside = depth > 0
    lost = np.zeros(len(photos))
    for i, (to_canvas, width, height) in enumerate(photos):
        cutting = _cutting(to_canvas(_outline(width, height)), inside, x, y)
        if cutting:
            covered = _least(cutting)
            lost[i] = float((covered[inside] < 0).mean())
            depth = np.minimum(depth, covered)
    return _ramp(depth, feather), lost


def _ramp(depth: FloatArray, feather: float) -> WholeArray:
    """Return the mask of a depth; its soft edge alone is computed, the rest is known."""
    low, width = (0.0, feather) if feather >= 1 else (-0.5, 1.0)
    found = np.where(depth > low, ONE, 0).astype(np.int32)
    soft = (depth > low) & (depth < low + width)
    ramp = np.clip((depth[soft] - low) / width, 0, 1)
    found[soft] = np.rint(ramp * ramp * (3 - 2 * ramp) * ONE).astype(np.int32)
    return found


def _shape_depth(
    shape: Shape, mean: Landmarks, canvas: Canvas, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Distance inside the shape, in pixels; negative outside."""
    if shape == "none":
        return np.full((canvas.height, canvas.width), np.inf)
    if shape == "hull":
        return hull_depth(mean.points, x, y)
    cx, cy, a, b = oval(mean)
    dx, dy = x - cx, y - cy
    radius = np.sqrt(dx * dx / (a * a) + dy * dy / (b * b))
    slope = np.sqrt(dx * dx / (a * a * a * a) + dy * dy / (b * b * b * b))
    # first-order distance to the ellipse: exact on it, which is where the edge is soft
    return np.where(slope > 0, (1 - radius) * radius / np.where(slope > 0, slope, 1), min(a, b))


def oval(mean: Landmarks) -> tuple[float, float, float, float]:
    """Return centre x, centre y and the half axes of the oval around a face."""
    jaw = mean.points[list(mean.scheme.group("jaw")) or slice(None)]
    eyes = float(mean.pupils()[:, 1].mean())
    left, right, chin = float(jaw[:, 0].min()), float(jaw[:, 0].max()), float(jaw[:, 1].max())
    height = max((1 + FOREHEAD) * (chin - eyes), TALL * (right - left))
    return (left + right) / 2, chin - height / 2, (right - left) / 2, height / 2


def convex_hull(points: FloatArray) -> FloatArray:
    """Return the convex hull of (N, 2) points, clockwise on screen (Andrew 1979)."""
    order = sorted((float(x), float(y)) for x, y in points)

    def half(sequence: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for p in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return np.array(half(order) + half(order[::-1]))


def _cutting(ring: FloatArray, inside: BoolArray, x: FloatArray, y: FloatArray) -> list[FloatArray]:
    """Return how deep each place lies inside those edges of a photo that cut something off."""
    found = []
    for edge in _edges(ring):
        # a depth is least in a corner of the canvas, rounded or not
        if (_edge_depth(*edge, x[:, [0, -1]], y[[0, -1]]) < 0).any():
            depth = _edge_depth(*edge, x, y)
            if (depth[inside] < 0).any():
                found.append(depth)
    return found


def hull_depth(points: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return how deep each place lies inside the hull of (N, 2) points; negative outside."""
    return _least(_edge_depth(*edge, x, y) for edge in _edges(convex_hull(points)))


def _turn(o: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def _edges(ring: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield the two ends of each edge of a ring."""
    return zip(ring, np.roll(ring, -1, axis=0), strict=True)


def _edge_depth(a: FloatArray, b: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the distance inside an edge of a convex ring that is clockwise on screen."""
    (ax, ay), (bx, by) = a, b
    dx, dy = bx - ax, by - ay
    return np.asarray((dx * (y - ay) - dy * (x - ax)) / np.sqrt(dx * dx + dy * dy))


def _least(distances: Iterable[FloatArray]) -> FloatArray:
    return np.asarray(np.minimum.reduce(list(distances)))


def _outline(width: int, height: int) -> FloatArray:
    """Corners of a photo: the outer corners of its outer pixels."""
    right, bottom = width - 0.5, height - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])
