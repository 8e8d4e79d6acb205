"""What a predictor sees: square grey crops that show every face upright at one size.

A predictor learns and predicts in such crops, so it never meets a large tilt or another scale:
a first look, placed by a detector's box, gives points, and the second crop is placed by those.
Pure NumPy, no dlib.  May import `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit.faces.face import ByteArray, FloatArray, Landmarks

SIDE = 320
"""Pixels along a crop."""

EYES = (0.5, 0.375)
"""Where in a crop the middle between the pupils of the mean shape lies, in sides."""

REACH = 3.2
"""A crop is so many pupil distances of the mean shape wide."""

BOX = (40, 40, 280, 280)
"""The box that the predictor is given in a crop: left, top, right, bottom."""

DETECTED = (0.0, -0.175, 0.425)
"""Where a face lies in the detector's box: the middle between the pupils, right and down of the
box's centre, and the pupil distance; all in sides of the box, along the face."""

AROUND = 48
"""Tones are told from those of a square that reaches so many pixels of the crop each way."""

DULL = 4.0
"""Tones that vary less than this, in codes, are no structure."""

Matrix = FloatArray
"""(2, 3): where a place (x, y, 1) of a crop lies in the photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How crops of a predictor are placed.

    Parameters
    ----------
    scheme : str
        Name of the scheme.
    reference : (K, 2) array
        The mean shape in pixels of a crop.
    detected : (float, float, float)
        As `DETECTED`.
    """

    scheme: str
    reference: FloatArray
    detected: tuple[float, float, float] = DETECTED

    def values(self) -> dict[str, Any]:
        """Return the rule as it stands in a model's card, under ``box``."""
        return {
            "kind": "shape",
            "tones": "green, levelled",
            "reference": [[round(float(v), 3) for v in point] for point in self.reference],
            "detected": list(self.detected),
        }

    def by_box(self, box: Sequence[float], tilt: float) -> Matrix:
        """Return where the crop of a detected face lies.

        Parameters
        ----------
        box : (4,) left, top, right, bottom
            In pixels of the photo; where the face is tilted, only its centre and side count.
        tilt : float
            Degrees by which the line from the infant's right to its left eye runs down.
        """
        left, top, right, bottom = box
        side = (right - left + bottom - top) / 2
        turn = np.radians(tilt)
        along = np.array([np.cos(turn), np.sin(turn)])
        down = np.array([-along[1], along[0]])
        x, y, distance = self.detected
        eyes = np.array([left + right, top + bottom]) / 2 + side * (x * along + y * down)
        scale = side * distance * REACH / SIDE
        return _placed(np.stack([along, down], axis=1) * scale, np.multiply(EYES, SIDE), eyes)

    def box(self, pupils: FloatArray) -> tuple[tuple[float, float, float, float], float]:
        """Return the box and the tilt that a perfect detector would give: undoes `by_box`.

        Parameters
        ----------
        pupils : (2, 2) array
            The infant's right pupil, then the left one.
        """
        line = pupils[1] - pupils[0]
        distance = float(np.hypot(*line))
        along = line / distance
        x, y, share = self.detected
        side = distance / share
        middle = pupils.mean(axis=0) - side * (x * along + y * np.array([-along[1], along[0]]))
        left, top = (float(v) for v in middle - side / 2)
        return (left, top, left + side, top + side), float(np.degrees(np.arctan2(*line[::-1])))

    def by_points(self, points: FloatArray) -> Matrix:
        """Return where the crop of a face lies whose landmarks are known."""
        return similarity(self.reference, points)


def rule(shapes: Sequence[Landmarks]) -> Rule:
    """Return the rule for shapes of one scheme that names pupils: their mean, eyes level.

    Raises
    ------
    TemplateError
        MK207 when the scheme does not name the pupils.
    """
    mean = _upright(shapes[0])
    for _ in range(4):  # to the mean of the shapes as they lie on it best
        turned = [apply(similarity(shape.points, mean), shape.points) for shape in shapes]
        mean = _upright(shapes[0].replaced(np.mean(turned, axis=0)))
    return Rule(shapes[0].scheme.name, mean)


def _upright(shape: Landmarks) -> FloatArray:
    """Return a shape as it lies in a crop by its pupils alone."""
    right, left = shape.pupils()
    along = (left - right) / np.hypot(*(left - right))
    turn = np.stack([along, [-along[1], along[0]]])
    scale = SIDE / REACH / np.hypot(*(left - right))
    upright: FloatArray = (shape.points - (right + left) / 2) @ turn.T * scale
    return upright + np.multiply(EYES, SIDE)


def similarity(source: FloatArray, target: FloatArray) -> Matrix:
    """Return the similarity that brings (N, 2) points nearest to others, in least squares."""
    middle, aim = source.mean(axis=0), target.mean(axis=0)
    (x, y), (u, v) = (source - middle).T, (target - aim).T
    size = (x * x + y * y).sum()
    a, b = (x * u + y * v).sum() / size, (x * v - y * u).sum() / size
    return _placed(np.array([[a, -b], [b, a]]), middle, aim)


def _placed(turn: FloatArray, source: FloatArray, target: FloatArray) -> Matrix:
    return np.column_stack([turn, target - turn @ source])


def apply(matrix: Matrix, points: FloatArray) -> FloatArray:
    """Return where (N, 2) points go."""
    moved: FloatArray = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def inverse(matrix: Matrix) -> Matrix:
    """Return the way back."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])


def crop(image: ByteArray, matrix: Matrix, side: int = SIDE) -> ByteArray:
    """Return a (side, side) grey crop of a photo.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8 array
        Beyond its edge it goes on as it ends.
    matrix : (2, 3) array
        Where the crop lies.

    Notes
    -----
    Where the photo is finer than the crop, squares of its pixels are averaged first.
    """
    corners = apply(matrix, np.array([[0.0, 0], [side, 0], [0, side], [side, side]]))
    step = max(1, round(float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))))
    grey, start = _coarse(image, corners, step)
    place = np.arange(side, dtype=np.float64)
    xs = matrix[0, 0] * place + (matrix[0, 1] * place + matrix[0, 2])[:, None]
    ys = matrix[1, 0] * place + (matrix[1, 1] * place + matrix[1, 2])[:, None]
    shift = (step - 1) / 2  # the middle of a square of pixels
    return _sampled(grey, (xs - start[0] - shift) / step, (ys - start[1] - shift) / step)


def view(image: ByteArray, matrix: Matrix) -> ByteArray:
    """Return what a predictor of ours sees: a crop of the green light, its tones levelled.

    Lips and brows stand out most in green.  Each pixel is told from the mean of those around it,
    in standard deviations, so that dark skin and light from one side look like any other.
    """
    tones = crop(image[..., 1] if image.ndim == 3 else image, matrix).astype(np.float64)
    mean = _around(tones)
    spread = np.sqrt(np.maximum(_around(tones * tones) - mean * mean, 0) + DULL * DULL)
    levelled: ByteArray = np.rint(np.clip(128 + 48 * (tones - mean) / spread, 0, 255)).astype(
        np.uint8
    )
    return levelled


def _around(values: FloatArray) -> FloatArray:
    """Return the mean of the square around each pixel; beyond its edge a crop goes on."""
    width = 2 * AROUND + 1
    for _ in range(2):
        wide = np.pad(values, [(AROUND + 1, AROUND), (0, 0)], mode="edge")
        sums = np.cumsum(wide, axis=0)
        values = ((sums[width:] - sums[:-width]) / width).T
    return values


def _coarse(
    image: ByteArray, corners: FloatArray, step: int
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], tuple[int, int]]:
    """Return the grey of the part of a photo that a crop shows, and where the part begins."""
    height, width = image.shape[:2]
    spans = []
    for low, high, size in zip(*np.sort(corners, axis=0)[[0, -1]], (width, height), strict=True):
        first = int(np.clip(low - 2 * step, 0, size - 1))
        last = int(np.clip(high + 2 * step, first, size - 1)) + 1
        spans.append((first, max(last, first + 1)))
    (left, right), (top, bottom) = spans
    part = image[top:bottom, left:right].astype(np.float32)
    grey = part.mean(axis=2) if part.ndim == 3 else part
    if step > 1:
        short = [-n % step for n in grey.shape]
        grey = np.pad(grey, [(0, n) for n in short], mode="edge")
        down = np.add.reduce([grey[row::step] for row in range(step)])
        squares = np.add.reduce([down[:, column::step] for column in range(step)])
        grey = squares / np.float32(step * step)
    return grey, (left, top)


def _sampled(grey: Any, xs: FloatArray, ys: FloatArray) -> ByteArray:
    """Return a picture's values between its pixels."""
    height, width = grey.shape
    xs, ys = np.clip(xs, 0, width - 1), np.clip(ys, 0, height - 1)
    x0, y0 = xs.astype(np.intp), ys.astype(np.intp)
    fx, fy = (xs - x0).astype(np.float32), (ys - y0).astype(np.float32)
    right, below = np.minimum(x0 + 1, width - 1) - x0, (np.minimum(y0 + 1, height - 1) - y0) * width
    flat, at = grey.ravel(), y0 * width + x0
    upper = flat[at] * (1 - fx) + flat[at + right] * fx
    at += below
    lower = flat[at] * (1 - fx) + flat[at + right] * fx
    between: ByteArray = np.rint(upper * (1 - fy) + lower * fy).astype(np.uint8)
    return between


@dataclass(frozen=True, slots=True)
class Jitter:
    """How far crops for training lie from where they should: standard deviations.

    Parameters
    ----------
    shift : float, in pupil distances, along both axes
    size : float, of the logarithm of the scale
    turn : float, degrees
    """

    shift: float
    size: float
    turn: float


WIDE = Jitter(0.10, 0.08, 8.0)
"""What a detector's box leaves."""

NARROW = Jitter(0.02, 0.02, 1.5)
"""What a first look leaves."""


def lessons(
    photos: Iterable[tuple[ByteArray, Landmarks]],
    placing: Rule,
    jitters: Sequence[Jitter] = (WIDE, NARROW),
    seed: int = 0,
) -> tuple[ByteArray, FloatArray, FloatArray]:
    """Return what `trainer.train_model` is given: crops, their points and their boxes.

    Each photo is shown once for each of the jitters, and once more each time in the mirror.

    Parameters
    ----------
    photos : iterable of ((H, W) or (H, W, 3) uint8, Landmarks)
        Landmarks of the rule's scheme.
    placing : Rule
    jitters : sequence of Jitter
    seed : int

    Returns
    -------
    images : (N, SIDE, SIDE) uint8
    points : (N, K, 2) float64, in pixels of the crops
    boxes : (N, 4) float64
    """
    draw = np.random.default_rng(seed)
    images, points = [], []
    for image, landmarks in photos:
        for jitter in jitters:
            matrix = jittered(placing.by_points(landmarks.points), jitter, draw)
            shown = view(image, matrix)
            seen = landmarks.replaced(apply(inverse(matrix), landmarks.points))
            images += [shown, shown[:, ::-1]]
            points += [seen.points, seen.mirrored(SIDE).points]
    boxes = np.tile(np.array(BOX, np.float64), (len(images), 1))
    return np.stack(images), np.stack(points), boxes


def jittered(matrix: Matrix, jitter: Jitter, draw: np.random.Generator) -> Matrix:
    """Return a crop's place, moved, scaled and turned at random about the crop's middle."""
    shift = draw.normal(0, jitter.shift * SIDE / REACH, 2)
    scale = np.exp(draw.normal(0, jitter.size))
    turn = np.radians(draw.normal(0, jitter.turn))
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    middle = np.array([SIDE - 1, SIDE - 1]) / 2
    moved = _placed(np.array([[cos, -sin], [sin, cos]]), middle, middle + shift)
    return np.column_stack(
        [matrix[:, :2] @ moved[:, :2], matrix[:, :2] @ moved[:, 2] + matrix[:, 2]]
    )


def settings(photos: int, crops: int) -> Mapping[str, Any]:
    """Return dlib's options for so many photos that make so many crops.

    Shallow trees and much smoothing: what does best with few photos (measured on 10 to 80
    hand-delineated adults).
    """
    return {
        "tree_depth": 2,
        "nu": 0.05,
        "num_trees_per_cascade_level": 200,
        "cascade_depth": 10,
        "oversampling_amount": max(1, round(4800 / max(photos, crops))),
    }
