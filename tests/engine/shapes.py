"""Drawn faces: a few numbers give a smooth picture and its exact 68 landmarks.

In face units the pupils lie at (±½, 0), x to the right of the picture and y down; a
similarity brings them into a photo.  Also what hypothesis draws such faces from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from morphkit.engine.align import Canvas, Similarity
from morphkit.faces.face import Face, FloatArray, Landmarks
from morphkit.faces.scheme import Scheme, scheme

IBUG = scheme("ibug68")
CANVAS = Canvas(width=96, height=120, eye_distance=30.0)


@dataclass(frozen=True)
class Drawn:
    """A drawn face; lengths in pupil distances."""

    mouth: float = 0.0  # opening between the lips
    smile: float = 0.0  # how far the mouth corners rise
    eyes: float = 0.09  # half the opening of the lids
    brows: float = 0.0  # how far the brows rise
    width: float = 1.25  # half the width of the head
    chin: float = 1.3  # from below the eyes to the chin
    hue: float = 0.0  # of the skin
    angle: float = 0.0  # of the head in the photo, in radians
    size: float = 30.0  # pupil distance in the photo, in pixels
    x: float = 47.5  # middle of the pupils in the photo
    y: float = 53.0

    def to_photo(self) -> Similarity:
        a, b = self.size * np.cos(self.angle), self.size * np.sin(self.angle)
        return Similarity(float(a), float(b), self.x, self.y)

    def units(self) -> FloatArray:
        """Landmarks in face units, (68, 2)."""
        theta = np.pi - np.pi * np.arange(17) / 16
        jaw = np.stack([self.width * np.cos(theta), 0.3 + self.chin * np.sin(theta)], axis=1)
        span = np.linspace(-0.85, -0.2, 5)
        brow = np.stack([span, -0.45 - self.brows - 0.3 * (span + 0.85) * (-0.2 - span)], axis=1)
        bridge = [(0.0, 0.0), (0.0, 0.18), (0.0, 0.36), (0.0, 0.5)]
        nostrils = [(-0.2, 0.62), (-0.1, 0.66), (0.0, 0.68), (0.1, 0.66), (0.2, 0.62)]
        e, third = self.eyes, 0.25 / 3
        half = [(-0.25, 0), (-third, -e), (third, -e), (0.25, 0), (third, e), (-third, e)]
        lids, aside = np.array(half), np.array([0.5, 0.0])
        m, rise = self.mouth / 2, -self.smile
        outer = [(-0.42, rise), (-0.25, -0.1 - m), (-0.1, -0.13 - m), (0, -0.11 - m)]
        outer += [(0.1, -0.13 - m), (0.25, -0.1 - m), (0.42, rise), (0.25, 0.12 + m)]
        outer += [(0.1, 0.15 + m), (0, 0.16 + m), (-0.1, 0.15 + m), (-0.25, 0.12 + m)]
        inner = [(-0.34, rise), (-0.15, -m), (0, -m), (0.15, -m), (0.34, rise)]
        inner += [(0.15, m), (0, m), (-0.15, m)]
        mouth = np.array([*outer, *inner])
        mouth[:, 1] += 1.0
        mirrored = brow[::-1] * (-1, 1)
        eyes = [lids - aside, lids + aside]
        return np.concatenate([jaw, brow, mirrored, bridge, nostrils, *eyes, mouth])

    def landmarks(self) -> Landmarks:
        return Landmarks(IBUG, self.to_photo()(self.units()))

    def face(self, width: int = 96, height: int = 120, expression: str = "") -> Face:
        return Face(self.picture(width, height), self.landmarks(), "drawn", expression)

    def picture(self, width: int, height: int) -> np.ndarray:
        """A smooth sRGB picture, (height, width, 3) uint8."""
        grid = np.mgrid[0:height, 0:width][::-1].reshape(2, -1).T.astype(float)
        x, y = self.to_photo().inverse()(grid).T
        head = _soft(1 - (x / self.width) ** 2 - ((y - 0.3) / (self.chin + 0.1)) ** 2)
        skin = np.stack([0.8 + self.hue - 0.1 * y, 0.6 - 0.05 * x, 0.5 - self.hue + 0.05 * y])
        rgb = 0.45 + (skin - 0.45) * head
        for side in (-0.5, 0.5):
            lids = _soft(1 - ((x - side) / 0.25) ** 2 - (y / max(self.eyes, 0.02)) ** 2)
            rgb += (0.9 - rgb) * lids
            rgb += (0.15 - rgb) * lids * _soft(1 - ((x - side) ** 2 + y**2) / 0.01)
            brow = _soft(1 - ((x - side) / 0.33) ** 2 - ((y + 0.48 + self.brows) / 0.06) ** 2)
            rgb += (0.25 - rgb) * brow
        lips = _soft(1 - (x / 0.42) ** 2 - ((y - 1) / (0.14 + self.mouth / 2)) ** 2)
        rgb += (np.array([[0.7], [0.3], [0.35]]) - rgb) * lips
        inside = _soft(1 - (x / 0.3) ** 2 - ((y - 1) / max(self.mouth / 2, 0.02)) ** 2)
        rgb += (0.1 - rgb) * inside
        return np.rint(255 * np.clip(rgb, 0, 1).T).astype(np.uint8).reshape(height, width, 3)


def _soft(inside: FloatArray) -> FloatArray:
    return 1 / (1 + np.exp(-6 * np.maximum(inside, -50)))


def drawn(photo: bool = True) -> st.SearchStrategy[Drawn]:
    """Faces whose meshes don't fold; with `photo`, also anywhere in the picture."""
    place = {
        "angle": st.floats(-0.2, 0.2),
        "size": st.floats(26, 34),
        "x": st.floats(44, 52),
        "y": st.floats(49, 57),
    }
    return st.builds(
        Drawn,
        mouth=st.floats(0, 0.25),
        smile=st.floats(-0.05, 0.1),
        eyes=st.floats(0, 0.12),
        brows=st.floats(-0.05, 0.1),
        width=st.floats(1.1, 1.3),
        chin=st.floats(1.25, 1.45),
        hue=st.floats(-0.1, 0.1),
        **(place if photo else {}),
    )


def moved(marks: Landmarks, name: str, dx: float, dy: float) -> Landmarks:
    """The same landmarks, one of them displaced."""
    points = marks.points.copy()
    points[marks.scheme.points.index(name)] += (dx, dy)
    return marks.replaced(points)


def with_extra(marks: Landmarks, extra: Sequence[tuple[str, float, float]]) -> Landmarks:
    """The same landmarks and some extra ones, (name, x, y)."""
    wider: Scheme = marks.scheme.extended([name for name, _, _ in extra])
    more = np.array([(x, y) for _, x, y in extra])
    return Landmarks(wider, np.concatenate([marks.points, more]))


def vertices_of(canvas: Canvas, points: FloatArray) -> FloatArray:
    """Free mesh points and the canvas corners, on the landmark grid."""
    right, bottom = canvas.width - 0.5, canvas.height - 0.5
    corners = [(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)]
    return np.concatenate([np.rint(points * 1024) / 1024, corners])
