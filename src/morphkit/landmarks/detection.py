"""The faces of a photo, as the landmark process finds them on a small copy of it.

May import `faces`, `landmarks.process` and `landmarks.reduced`, and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.faces.face import ByteArray
from morphkit.landmarks.process import LandmarkProcess
from morphkit.landmarks.reduced import grey, reduced

SIDE = 640
"""Pixels along the longer side of the copy on which faces are looked for."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """The best face of a photo.

    Parameters
    ----------
    box : (float, float, float, float)
        Left, top, right, bottom in pixels of the photo; of a tilted face, its centre and side.
    score : float
        The detector's: 0 is its threshold, clear faces have 1 and more.
    tilt : float
        Degrees by which the line from the infant's right to its left eye runs down, to some 10;
        0 for faces that are about upright.
    faces : int
        How many were found.
    detector : str
        Its name and version.
    """

    box: Box
    score: float
    tilt: float
    faces: int
    detector: str


def detection(process: LandmarkProcess, image: ByteArray) -> Detection | None:
    """Find the face of a photo; None when there is none.

    Parameters
    ----------
    process : LandmarkProcess
    image : (H, W) or (H, W, 3) uint8 array

    Raises
    ------
    EnvironmentFault
        MK240, MK241 or MK242, as `LandmarkProcess.call`.
    """
    small, scale = reduced(grey(image), SIDE)
    answer, _ = process.call("detect", [small])
    faces = answer["faces"]
    if not faces:
        return None
    best = faces[0]
    corners = (np.array(best["box"]).reshape(2, 2) + 0.5) * scale - 0.5
    left, top, right, bottom = (float(side) for side in corners.ravel())
    box = (left, top, right, bottom)
    return Detection(box, best["score"], best["tilt"], len(faces), answer["detector"])
