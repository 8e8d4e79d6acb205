"""The skin of a face on a photo: log luminance, reduced, with places in face units.

What is measured on photos is measured here, so that size, tilt, eyes and mouth don't count.
May import `engine`, `faces`, `measure.colour` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.engine.mask import hull_depth
from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.measure.colour import luminance

KEPT = 160.0
"""Pixels per eye distance (EOD) that are kept at least, where the photo has them: enough for
45 waves per eye distance, and a 12-megapixel photo is measured within a tenth of a second."""

MARGIN = 0.06
"""What lies nearer than this (EOD) to eyes, brows or mouth is no skin: lashes, lips, folds."""

DARK = 0.002
"""Added before the logarithm, of white: below some 6 codes of 255 there is noise, not light."""

OUTLINE = ("jaw", "right_brow", "left_brow", "right_eye", "left_eye", "nose", "mouth")
FEATURES = (("right_eye", "right_brow"), ("left_eye", "left_brow"), ("mouth",))

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """A face cut out of its photo.

    Parameters
    ----------
    stops : (H, W) float array
        Luminance as log₂ of its share of white: photographic stops below white.
    depth : (H, W) float array
        Distance inside the hull of jaw, brows, eyes, nose and mouth, in EOD; negative outside.
    plain : (H, W) bool array
        Inside that hull and away from eyes, brows and mouth.
    across, down : (H, W) float array
        Place in EOD: along the eyes to the infant's left, and from the eyes to the chin.
    unit : float
        Pixels of these arrays in one EOD.
    factor : int
        Photo pixels averaged into one, along each side.
    """

    stops: FloatArray
    depth: FloatArray
    plain: BoolArray
    across: FloatArray
    down: FloatArray
    unit: float
    factor: int


def skin(image: ByteArray, landmarks: Landmarks) -> Skin | None:
    """Cut the face out of a photo.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        Upright, sRGB-encoded.
    landmarks : Landmarks
        In pixels of this image.

    Returns
    -------
    Skin or None
        None where the scheme doesn't name jaw, eyes and mouth, or hardly any skin is there.
    """
    layout = landmarks.scheme
    needed = ("jaw", "right_eye", "left_eye", "mouth")
    if layout.outer_eye_corners is None or not all(map(layout.group, needed)):
        return None
    unit = landmarks.outer_eye_distance()
    factor = max(1, int(unit // KEPT))
    outline = _points(landmarks, OUTLINE)
    low = np.maximum(np.floor(outline.min(axis=0)), 0).astype(int)
    size = np.minimum(np.ceil(outline.max(axis=0)) + 1, image.shape[1::-1]).astype(int) - low
    width, height = (size // factor * factor).tolist()
    if min(width, height) < 8 * factor or unit <= 0:
        return None
    crop = image[low[1] : low[1] + height, low[0] : low[0] + width]
    small = landmarks.replaced((landmarks.points - low + 0.5) / factor - 0.5)
    return _skin(_stops(crop, factor), small, factor)


def bare(where: BoolArray, faces: Sequence[Landmarks]) -> BoolArray:
    """Return what of a region is skin in every one of some faces, such as a continuum's anchors.

    Parameters
    ----------
    where : (H, W) bool array
    faces : sequence of Landmarks
        In pixels of the region.  What lies `MARGIN` around eyes, brows and mouth is left out,
        as far as their schemes name them.
    """
    left = where.copy()
    for face in faces:
        if face.scheme.outer_eye_corners is None:
            continue
        margin = MARGIN * face.outer_eye_distance()
        for ring in (_points(face, groups) for groups in FEATURES):
            if not len(ring):
                continue
            low = np.maximum(np.floor(ring.min(axis=0) - margin), 0).astype(int)
            high = np.maximum(np.ceil(ring.max(axis=0) + margin) + 1, 0).astype(int)
            part = left[low[1] : high[1], low[0] : high[0]]
            y, x = np.ogrid[: part.shape[0], : part.shape[1]]
            part &= _depth(ring, x + float(low[0]), y + float(low[1])) < -margin
    return left


def _points(landmarks: Landmarks, groups: tuple[str, ...]) -> FloatArray:
    return landmarks.points[[i for name in groups for i in landmarks.scheme.group(name)]]


def _stops(crop: ByteArray, factor: int) -> FloatArray:
    """Return log₂ luminance, averaged as light over squares of `factor` pixels."""
    light = luminance(crop)
    if factor > 1:
        height, width = crop.shape[0] // factor, crop.shape[1] // factor
        rows = light.reshape(height, factor, -1).mean(axis=1)
        light = rows.reshape(height, width, factor).mean(axis=2)
    return np.log2(light.astype(np.float64) + DARK)


def _skin(stops: FloatArray, landmarks: Landmarks, factor: int) -> Skin | None:
    """Find the skin; `landmarks` are in pixels of `stops`."""
    unit = landmarks.outer_eye_distance()
    y, x = np.ogrid[0.0 : stops.shape[0], 0.0 : stops.shape[1]]
    depth = _depth(_points(landmarks, OUTLINE), x, y) / unit
    plain = depth > 0
    for groups in FEATURES:
        plain &= _depth(_points(landmarks, groups), x, y) / unit < -MARGIN
    if plain.sum() < 100:
        return None
    right, left = landmarks.points[list(landmarks.scheme.outer_eye_corners or ())]
    ex, ey = (left - right) / (unit * unit)
    middle = (left + right) / 2
    across = (x - middle[0]) * ex + (y - middle[1]) * ey
    down = (y - middle[1]) * ex - (x - middle[0]) * ey
    return Skin(stops, depth, plain, across, down, unit, factor)


def _depth(points: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Depth inside a hull; nothing is inside one that is only a point or a line."""
    if len(points) < 3 or np.linalg.matrix_rank(points - points[0]) < 2:
        return np.full(np.broadcast_shapes(x.shape, y.shape), -np.inf)
    return hull_depth(points, x, y)
