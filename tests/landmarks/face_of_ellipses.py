"""A face of ellipses whose lids and lips are known by hand: what refinement is tested on."""

from __future__ import annotations

import numpy as np

from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme

EOD = 160.0
SKIN, EYE, LIP, DARK = (200, 150, 130), (160, 170, 175), (180, 80, 90), (60, 20, 20)
CENTRES = {"right": (90.0, 100.0), "left": (210.0, 100.0)}
MOUTH = (150.0, 200.0)
HALF_EYE, LID = 20.0, 9.0
HALF_MOUTH, LIPS = 36.0, 14.0


def _inside(away: np.ndarray, across: float, above: float, below: float) -> np.ndarray:
    """How much of each pixel lies in an ellipse with an upper and a lower half-axis of its own."""
    down = np.where(away[..., 1] < 0, above, below)
    level = np.sqrt((away[..., 0] / across) ** 2 + (away[..., 1] / down) ** 2)
    slope = np.sqrt((away[..., 0] / across**2) ** 2 + (away[..., 1] / down**2) ** 2)
    distance = (level - 1) * level / np.maximum(slope, 1e-9)
    return np.clip(0.5 - distance, 0, 1)[..., None]


def picture(turned_grey: bool = False) -> np.ndarray:
    """300 × 300 pixels: skin, two eyes, shut lips with a dark line between them.

    People draw the upper lid 0.0035 EOD outside the steepest change, the lower 0.002 EOD, the
    lips 0.0045 and 0.003: the ellipses are smaller than the landmarks by so much.
    """
    y, x = np.mgrid[:300, :300].astype(float)
    places = np.stack([x, y], axis=-1)
    image = np.tile(np.array(SKIN, dtype=float), (300, 300, 1))
    for centre in CENTRES.values():
        part = _inside(
            places - centre, HALF_EYE - 0.01 * EOD, LID - 0.0035 * EOD, LID - 0.002 * EOD
        )
        image = image * (1 - part) + np.array(EYE) * part
    part = _inside(places - MOUTH, HALF_MOUTH, LIPS - 0.0045 * EOD, LIPS - 0.003 * EOD)
    image = image * (1 - part) + np.array(LIP) * part
    line = np.clip(1.5 - np.abs(y - MOUTH[1]), 0, 1) * (np.abs(x - MOUTH[0]) < HALF_MOUTH - 2)
    image = image * (1 - line[..., None]) + np.array(DARK) * line[..., None]
    if turned_grey:
        image = np.repeat(image.mean(axis=-1, keepdims=True), 3, axis=-1)
    return np.rint(image).astype(np.uint8)


def truth() -> Landmarks:
    """The landmarks of the picture in ibug68; jaw, brows and nose are just somewhere."""
    points = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([150 + 120 * np.cos(turn), 120 + 140 * np.sin(turn)], axis=1)
    points[17:27] = [(70 + 18 * i, 75 - i % 5) for i in range(10)]
    points[27:31] = [(150, 110 + 15 * i) for i in range(4)]
    points[31:36] = [(134 + 8 * i, 165) for i in range(5)]
    turn = np.radians([180, 120, 60, 0, -60, -120])
    for first, (x, y) in ((36, CENTRES["right"]), (42, CENTRES["left"])):
        points[first : first + 6] = np.stack(
            [x + HALF_EYE * np.cos(turn), y - LID * np.sin(turn)], axis=1
        )
    turn = np.radians(np.arange(180, -180, -30))
    points[48:60] = np.stack(
        [MOUTH[0] + HALF_MOUTH * np.cos(turn), MOUTH[1] - LIPS * np.sin(turn)], axis=1
    )
    points[60:65] = [(MOUTH[0] + 15 * i, MOUTH[1]) for i in (-2, -1, 0, 1, 2)]
    points[65:68] = [(MOUTH[0] + 15 * i, MOUTH[1]) for i in (1, 0, -1)]
    return Landmarks(scheme("ibug68"), points)


LIDS = [37, 38, 40, 41, 43, 44, 46, 47]
LINE = [61, 62, 63, 65, 66, 67]
LIPS_ACROSS = [50, 51, 52, 56, 57, 58]
EYES_AND_MOUTH = list(range(36, 68))
