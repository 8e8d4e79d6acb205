"""What can be told of one photo of a face: pose, size, openings, light, texture.

Measured once, when the photo is read, so that its pixels needn't be kept.  May import
`faces`, `measure` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.measure.shading import Light, light, texture
from morphkit.measure.skin import skin

APERTURES = ("mouth", "right_eye", "left_eye")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one photo; where its scheme lacks the points, None or nothing.

    Parameters
    ----------
    eye_distance : float or None
        Distance of the outer eye corners in photo pixels: one EOD.
    nose : (float, float) or None
        Tip of the nose from the middle of the outer eye corners, in EOD: along the eyes to
        the infant's left, and down.  A sign of the head's pose: yaw and pitch.
    openings : tuple of (str, float)
        How far mouth and eyes are open, in EOD: the largest distance of facing points, or
        the height of lips and lids where the scheme has no such aperture.
    parted : frozenset of str
        The apertures that the scheme has, so that an engine can tell inside from outside.
    light : Light or None
    texture : tuple of float
        As `measure.shading.texture` gives it.
    """

    eye_distance: float | None = None
    nose: tuple[float, float] | None = None
    openings: tuple[tuple[str, float], ...] = ()
    parted: frozenset[str] = frozenset()
    light: Light | None = None
    texture: tuple[float, ...] = ()


def facts(image: ByteArray, landmarks: Landmarks) -> Facts:
    """Measure a photo.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        Upright, sRGB-encoded.
    landmarks : Landmarks
        In pixels of this image.
    """
    layout = landmarks.scheme
    if layout.outer_eye_corners is None or landmarks.outer_eye_distance() <= 0:
        return Facts()
    places = upright(landmarks)
    tip = places[list(layout.nose_tip)].mean(axis=0) if layout.nose_tip else None
    face = skin(image, landmarks)
    return Facts(
        landmarks.outer_eye_distance(),
        None if tip is None else (float(tip[0]), float(tip[1])),
        _openings(landmarks, places),
        frozenset(aperture.name for aperture in layout.apertures),
        None if face is None else light(face),
        () if face is None else texture(face),
    )


def upright(landmarks: Landmarks) -> FloatArray:
    """Return the landmarks in EOD from the middle of the outer eye corners, eyes level.

    (N, 2): along the eyes to the infant's left, and down.
    """
    right, left = landmarks.points[list(landmarks.scheme.outer_eye_corners or ())]
    unit = landmarks.outer_eye_distance()
    ex, ey = (left - right) / (unit * unit)
    x, y = (landmarks.points - (left + right) / 2).T
    return np.stack([x * ex + y * ey, y * ex - x * ey], axis=1)


def _openings(landmarks: Landmarks, places: FloatArray) -> tuple[tuple[str, float], ...]:
    layout, found = landmarks.scheme, []
    apertures = {aperture.name: aperture for aperture in layout.apertures}
    for name in APERTURES:
        if name in apertures:
            upper, lower = apertures[name].upper[1:-1], apertures[name].lower[1:-1]
            apart = (places[list(lower)] - places[list(upper)])[:, 1]
            found.append((name, max(0.0, float(apart.max()))))
        elif layout.group(name):
            down = places[list(layout.group(name)), 1]
            found.append((name, float(down.max() - down.min())))
    return tuple(found)
