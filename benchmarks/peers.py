"""How morphs are made elsewhere, from the same aligned photos and landmarks.

Landmarks are those of our mesh plus eight points on the border; every peer works on 8-bit codes,
resamples the aligned photo a second time where it warps, and adds codes, not light: as published.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from scipy.spatial import Delaunay
from skimage.transform import PiecewiseAffineTransform, warp, warp_coords

from benchmarks.cases import aligned
from benchmarks.methods import Made, Maker, Method, Morph
from benchmarks.metrics import Floats, Picture
from morphkit import Canvas, Face

Warp = Callable[[Picture, Floats, Floats, Floats], Picture]
"""Picture, its points, the frame's points, the mean points → the picture in the frame's shape."""


def _mixed(a: Picture, b: Picture, level: float) -> Picture:
    return np.asarray(np.rint((1 - level) * a.astype(float) + level * b), dtype=np.uint8)


def _maker(bend: Warp | None) -> Maker:
    """Return the morph of a peer; one that bends nothing is a cross-dissolve."""

    def maker(a: Face, b: Face, canvas: Canvas) -> Morph:
        one, other = aligned(a, canvas), aligned(b, canvas)
        start, end = (_bordered(face.landmarks.points, canvas) for face in (one, other))
        mean = (start + end) / 2

        def at(level: float) -> Made:
            points = (1 - level) * one.landmarks.points + level * other.landmarks.points
            there = (1 - level) * start + level * end
            layers = (one.image, other.image)
            if bend:
                layers = (
                    bend(one.image, start, there, mean),
                    bend(other.image, end, there, mean),
                )
            return Made(_mixed(*layers, level), one.landmarks.replaced(points), lambda: layers)

        return at

    return maker


def _bordered(points: Floats, canvas: Canvas) -> Floats:
    """Landmarks, and the corners and middles of the picture's edges."""
    right, bottom = canvas.width - 1, canvas.height - 1
    xs, ys = (0, right / 2, right), (0, bottom / 2, bottom)
    border = [(x, y) for x in xs for y in ys if (x, y) != (xs[1], ys[1])]
    return np.vstack([points, border])


def _piecewise(picture: Picture, points: Floats, there: Floats, mean: Floats) -> Picture:
    """scikit-image's `PiecewiseAffineTransform` and `warp`: Delaunay anew in each frame."""
    places = _places(there.tobytes(), points.tobytes(), picture.shape)
    return np.asarray(warp(picture, places, mode="edge", preserve_range=True).round(), np.uint8)


@lru_cache(maxsize=4)
def _places(there: bytes, points: bytes, shape: tuple[int, int, int]) -> Floats:
    """What `warp` would compute for itself; kept, since it is slow and asked for twice."""
    to, start = (np.frombuffer(values).reshape(-1, 2) for values in (there, points))
    to_photo = PiecewiseAffineTransform.from_estimate(to, start)
    if not to_photo:
        raise ValueError(f"PiecewiseAffineTransform: {to_photo}")
    return np.asarray(warp_coords(to_photo, shape))


def _triangles(picture: Picture, points: Floats, there: Floats, mean: Floats) -> Picture:
    """The tutorial recipe of OpenCV: a bounding box, an affine warp and a mask per triangle.

    After S. Mallick, "Face morph using OpenCV" (2016): `getAffineTransform`, `warpAffine`
    (bilinear, BORDER_REFLECT_101), `fillConvexPoly`; Delaunay triangles of the mean shape.
    """
    cv2 = _cv2()
    height, width = picture.shape[:2]
    out = np.zeros(picture.shape, dtype=np.float32)
    for corners in Delaunay(mean).simplices:
        source, target = points[corners].astype(np.float32), there[corners].astype(np.float32)
        x, y, w, h = cv2.boundingRect(source)
        left, top, across, down = cv2.boundingRect(target)
        x, y, left, top = (max(0, value) for value in (x, y, left, top))
        across, down = min(across, width - left), min(down, height - top)
        patch = picture[y : y + h, x : x + w].astype(np.float32)
        if min(across, down) <= 0 or not patch.size:
            continue
        inside = target - np.array([left, top], dtype=np.float32)
        matrix = cv2.getAffineTransform(source - np.array([x, y], dtype=np.float32), inside)
        ways = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REFLECT_101}
        seen = cv2.warpAffine(patch, matrix, (across, down), **ways)
        mask = np.zeros((down, across, 3), dtype=np.float32)
        cv2.fillConvexPoly(mask, inside.astype(np.int32), (1.0, 1.0, 1.0), cv2.LINE_AA, 0)
        box = out[top : top + down, left : left + across]
        box[:] = box * (1 - mask) + seen * mask
    return np.asarray(np.clip(out, 0, 255), dtype=np.uint8)


def _cv2() -> ModuleType:
    import cv2  # noqa: PLC0415 (optional, for this peer only)

    return cv2


def peers() -> tuple[list[Method], list[str]]:
    """Return the peers that can run here, and a line for each that cannot."""
    found = {"cross-dissolve": None, "PiecewiseAffineTransform": _piecewise}
    missing = []
    if find_spec("cv2"):
        found["OpenCV triangles"] = _triangles
    else:
        missing.append(
            "OpenCV triangles: left out, cv2 is not installed (`pip install '.[bench]'`)."
        )
    methods = []
    for name, bend in found.items():
        maker = _maker(bend)
        methods.append(Method(name, maker, maker, linear=False))
    return methods, missing
