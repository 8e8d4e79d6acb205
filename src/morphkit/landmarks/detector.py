"""Finding faces: runs in the landmark process only.

dlib's detector finds upright faces; where it is in doubt, it is shown the photo turned, and
enlarged.  May import dlib, `faces` and `landmarks.crops`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import dlib
import numpy as np

from morphkit.faces.face import ByteArray, FloatArray
from morphkit.landmarks import crops
from morphkit.landmarks.crops import Matrix
from morphkit.landmarks.message import Array

SURE = 1.0
"""A face with this score is looked for no further.  A crying face that is tilted by 25 degrees
scores 0.5 as it is and 2 when turned; upright adults 1 to 3."""

TILTS = (20.0, -20.0, 40.0, -40.0)
"""Degrees by which a doubtful photo is turned to look again: upright faces are found up to 30."""

SHARP = 4
"""Power of the scores by which turns are averaged; one score alone is off by as much as the
next turn."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face that was found: its box as sides in pixels, its score, and its tilt in degrees."""

    box: tuple[float, float, float, float]
    score: float
    tilt: float


def detect(arrays: Sequence[Array]) -> tuple[dict[str, Any], tuple[()]]:
    """Find the faces of a picture.

    Parameters
    ----------
    arrays : one (H, W) uint8 array
        About as large as dlib's detector needs: faces of 80 pixels and more are found.

    Returns
    -------
    values : dict
        ``faces``, best first: ``box`` (left, top, right, bottom in pixels of the picture; its
        centre and side are the detector's, also where the face is tilted), ``score``, and
        ``tilt``, degrees by which the line from the infant's right to its left eye runs down.
        ``detector`` says which it was.
    """
    picture = np.ascontiguousarray(arrays[0])
    faces = _found(picture, 0)
    if not faces or faces[0].score < SURE:
        faces = _agreed([faces, _found(picture, 1), *(_turned(picture, t) for t in TILTS)])
    values = [{"box": face.box, "score": face.score, "tilt": face.tilt} for face in faces]
    return {"detector": f"dlib {dlib.__version__} HOG", "faces": values}, ()


@cache
def _detector() -> Any:
    return dlib.get_frontal_face_detector()


def _agreed(looks: Sequence[list[Face]]) -> list[Face]:
    """Return the faces of the best look; the best of them with the tilt that all looks give it."""
    best = max(looks, key=lambda faces: faces[0].score if faces else -np.inf)
    if not best:
        return []
    same = [face for faces in looks for face in faces if _overlap(face, best[0])]
    weights = np.array([face.score for face in same]) ** SHARP
    tilt = float(weights @ [face.tilt for face in same] / weights.sum()) if weights.any() else 0.0
    return [replace(best[0], tilt=round(tilt, 2)), *best[1:]]


def _overlap(one: Face, other: Face) -> bool:
    """Whether two boxes are of one face: the centre of each lies well inside the other."""
    boxes = np.array([one.box, other.box])
    apart = np.abs(np.diff((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)).max()
    return bool(apart < 0.35 * (boxes[:, 2:] - boxes[:, :2]).min())


def _found(picture: ByteArray, enlarged: int) -> list[Face]:
    """Return the upright faces of a picture, best first; it is doubled so many times before."""
    boxes, scores, _ = _detector().run(picture, enlarged, 0.0)
    faces = [
        # dlib's rectangles name their last pixels
        Face(
            (box.left() - 0.5, box.top() - 0.5, box.right() + 0.5, box.bottom() + 0.5),
            float(score),
            0.0,
        )
        for box, score in zip(boxes, scores, strict=True)
    ]
    return sorted(faces, key=lambda face: -face.score)


def _turned(picture: ByteArray, tilt: float) -> list[Face]:
    """Return the faces that are upright when a picture is turned back by `tilt`."""
    side = int(np.ceil(np.hypot(picture.shape[0], picture.shape[1])))
    matrix = _turn(picture.shape, side, tilt)
    shown = crops.crop(picture, matrix, side)
    return [_back(face, matrix, tilt) for face in _found(shown, 0)]


def _turn(shape: Sequence[int], side: int, tilt: float) -> Matrix:
    """Return where a square that shows a whole picture turned lies in the picture."""
    height, width = shape[:2]
    angle = np.radians(tilt)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width - 1, height - 1]) / 2
    return np.column_stack([turn, middle - turn @ np.full(2, (side - 1) / 2)])


def _back(face: Face, matrix: Matrix, tilt: float) -> Face:
    """Return a face of the turned picture in the picture: centre turned, side as it was."""
    box = np.array(face.box)
    middle: FloatArray = crops.apply(matrix, (box[:2] + box[2:])[None] / 2)[0]
    half = (box[2:] - box[:2]) / 2
    left, top = (float(v) for v in middle - half)
    right, bottom = (float(v) for v in middle + half)
    return Face((left, top, right, bottom), face.score, tilt)
