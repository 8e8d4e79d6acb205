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

SURE = 0.5
"""A face with this score is looked for no further.  Upright adults have 1 to 3, infants about 1."""

TILTS = (20.0, -20.0, 40.0, -40.0)
"""Degrees by which a doubtful photo is turned to look again: upright faces are found up to 30."""

LEANS = {3: -27.0, 4: 27.0}
"""Two of dlib's five filters are for faces turned in the picture; measured on photos turned by
10 degree steps, they win from 15 degrees on, to 40."""

NEAR = 12.0
"""Degrees; looks whose tilts differ by this support each other, by much more they don't."""


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
        turned = (_turned(picture, tilt) for tilt in TILTS)
        faces = _agreed([faces, _found(picture, 1), *turned])
    values = [{"box": face.box, "score": face.score, "tilt": face.tilt} for face in faces]
    return {"detector": f"dlib {dlib.__version__} HOG", "faces": values}, ()


@cache
def _detector() -> Any:
    return dlib.get_frontal_face_detector()


def _agreed(looks: Sequence[list[Face]]) -> list[Face]:
    """Return the faces of the look that the others support most, its best one first.

    A single score is off by as much as the next turn, and a face that is turned too far can have
    the highest one; where the tilts of several looks agree, they are right.
    """
    found = [faces for faces in looks if faces]
    if not found:
        return []
    best = max(found, key=lambda faces: sum(score for score, _ in _support(faces[0], found)))
    weights, tilts = np.array(_support(best[0], found)).T
    tilt = float(weights @ tilts / weights.sum()) if weights.any() else best[0].tilt
    return [replace(best[0], tilt=round(tilt, 2)), *best[1:]]


def _support(face: Face, looks: Sequence[list[Face]]) -> list[tuple[float, float]]:
    """Return scores and tilts of all looks at a face; scores shrink as tilts differ."""
    return [
        (one.score * float(np.exp(-0.5 * ((one.tilt - face.tilt) / NEAR) ** 2)), one.tilt)
        for faces in looks
        for one in faces
        if _overlap(one, face)
    ]


def _overlap(one: Face, other: Face) -> bool:
    """Whether two boxes are of one face: the centre of each lies well inside the other."""
    boxes = np.array([one.box, other.box])
    apart = np.abs(np.diff((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)).max()
    return bool(apart < 0.35 * (boxes[:, 2:] - boxes[:, :2]).min())


def _found(picture: ByteArray, enlarged: int) -> list[Face]:
    """Return the faces of a picture, best first; it is doubled so many times before."""
    boxes, scores, filters = _detector().run(picture, enlarged, 0.0)
    faces = [
        # dlib's rectangles name their last pixels
        Face(
            (box.left() - 0.5, box.top() - 0.5, box.right() + 0.5, box.bottom() + 0.5),
            float(score),
            LEANS.get(which, 0.0),
        )
        for box, score, which in zip(boxes, scores, filters, strict=True)
    ]
    return sorted(faces, key=lambda face: -face.score)


def _turned(picture: ByteArray, tilt: float) -> list[Face]:
    """Return the faces of a picture that is turned back by `tilt`, as they lie in the picture."""
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
    return Face((left, top, right, bottom), face.score, tilt + face.tilt)
