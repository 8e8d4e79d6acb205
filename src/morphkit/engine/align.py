"""The canvas and the similarity transforms that bring faces onto it.

Pure geometry on points: no images.  Everything here is plain ``+ − × ÷ √`` on float64 in
a fixed order, with sums over landmarks rounded once, so that every machine gets the same
numbers.  May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import FloatArray, Landmarks

GRID = 1024
"""Landmarks on the canvas are multiples of 1/1024 px."""

EYE_LINE = 0.45
"""Height of the pupils on the canvas, as a share of its height."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame that every stimulus of a set shares.

    Parameters
    ----------
    width, height : int
        In pixels.
    eye_distance : float
        Distance of the pupils in pixels.
    background : float
        Grey outside the mask, 0 (black) … 1 (white), sRGB-encoded.
    align : {"eyes", "procrustes"}
        What is made equal: the two pupils, or all landmarks in the least-squares sense.
    """

    width: int = 512
    height: int = 640
    eye_distance: float = 170.0
    background: float = 0.5
    align: Literal["eyes", "procrustes"] = "eyes"

    def pupils(self) -> FloatArray:
        """Return where the pupils lie, (2, 2): the infant's right eye, then the left."""
        x, y = (self.width - 1) / 2, EYE_LINE * (self.height - 1)
        half = self.eye_distance / 2
        return np.array([[x - half, y], [x + half, y]])


@dataclass(frozen=True, slots=True)
class Similarity:
    """Rotation, uniform scale and shift: (x, y) → (a·x − b·y + tx, b·x + a·y + ty)."""

    a: float
    b: float
    tx: float
    ty: float

    def __call__(self, points: FloatArray) -> FloatArray:
        """Map (N, 2) points."""
        x, y = points[:, 0], points[:, 1]
        return np.stack(
            [self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty], axis=1
        )

    @property
    def scale(self) -> float:
        """Length of a mapped unit vector."""
        return float(np.sqrt(self.a * self.a + self.b * self.b))

    def inverse(self) -> Similarity:
        """Return the transform that undoes this one."""
        square = self.a * self.a + self.b * self.b
        a, b = self.a / square, -self.b / square
        return Similarity(a, b, -(a * self.tx - b * self.ty), -(b * self.tx + a * self.ty))

    @classmethod
    def from_points(cls, source: FloatArray, target: FloatArray) -> Similarity:
        """Return the least-squares similarity from (N, 2) `source` to `target`, N ≥ 2.

        Raises
        ------
        GeometryError
            MK301 when all source points coincide.
        """
        start, goal = _centre(source), _centre(target)
        p, q = source - start, target - goal
        square = math.fsum((p * p).ravel())
        if square <= 0:
            raise GeometryError(
                Finding(
                    "MK301",
                    "the landmarks to align by all lie on one point.",
                    suggestion="Place the pupils again.",
                )
            )
        a = math.fsum((p * q).ravel()) / square
        b = math.fsum(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]) / square
        tx = float(goal[0] - (a * start[0] - b * start[1]))
        ty = float(goal[1] - (b * start[0] + a * start[1]))
        return cls(a, b, tx, ty)


def _centre(points: FloatArray) -> FloatArray:
    return np.array([math.fsum(points[:, 0]), math.fsum(points[:, 1])]) / len(points)


def align(faces: Sequence[Landmarks], canvas: Canvas) -> list[Similarity]:
    """Return the transform from photo to canvas for each face.

    ``eyes`` puts the pupils on fixed places, face by face.  ``procrustes`` fits every
    face to the mean shape of all of them (generalised Procrustes analysis, Gower 1975,
    doi 10.1007/BF02291478), whose pupils lie on the same places; so it needs the whole set.

    Raises
    ------
    GeometryError
        MK301 when the pupils of a face coincide.
    """
    target = canvas.pupils()
    transforms = [Similarity.from_points(face.pupils(), target) for face in faces]
    if canvas.align == "eyes":
        return transforms
    shapes = [t(f.points) for t, f in zip(transforms, faces, strict=True)]
    for _ in range(20):
        mean = np.mean(shapes, axis=0)
        shapes = [Similarity.from_points(face.points, mean)(face.points) for face in faces]
        # fitting shrinks; put the mean's pupils back on their places
        pupils = faces[0].replaced(np.mean(shapes, axis=0)).pupils()
        back = Similarity.from_points(pupils, target)
        shapes = [back(shape) for shape in shapes]
    return [Similarity.from_points(f.points, s) for f, s in zip(faces, shapes, strict=True)]


def on_grid(points: FloatArray) -> FloatArray:
    """Round coordinates to the landmark grid of 1/1024 px."""
    return np.rint(points * GRID) / GRID
