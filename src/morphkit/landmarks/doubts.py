"""What speaks against a draft: a weak detection, looks that disagree, a shape like no other.

Doubts order a lab's work; they prove nothing.  Every limit is chosen so that few good drafts
of infants and adults are doubted.  May import `engine`, `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from morphkit.engine.aperture import gap
from morphkit.errors import Finding
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.plausibility import SAME_PLACE
from morphkit.faces.scheme import Scheme
from morphkit.landmarks import crops
from morphkit.landmarks.detection import Detection

LEAST_SCORE = 0.5
"""Detections below it are often no face, or one that is turned away."""

MOST_SPREAD = 0.02
"""EOD; good drafts have less than half of it."""

LEAST_SHAPES = 8
"""With fewer shapes nothing is said of what is usual."""

MOST_DEVIATION = 3.0
"""Standard deviations of the other shapes of the set."""

KEPT = 0.9
"""Share of a set's variance that its main directions hold."""

PARTS = 50
"""Larger sets are left out in so many parts, not shape by shape."""

MOST_OPEN = {"mouth": 0.9, "right_eye": 0.3, "left_eye": 0.3}
"""EOD between lips or lids; screaming infants reach 0.6, wide eyes 0.2."""

MOST_CROSSED = 0.02
"""EOD by which an upper edge may lie below the lower one."""

MOST_UNLIKE = 0.12
"""EOD by which one eye may be wider open than the other."""


def detection_doubts(found: Detection, file: str = "") -> list[Finding]:
    """MK250 a low score, MK251 several faces."""
    doubts = []
    if found.score < LEAST_SCORE:
        text = f"the detector is not sure that this is a face: score {found.score:.2f}."
        advice = "Look at the points; place them by three clicks if they don't sit."
        doubts.append(_doubt("MK250", text, file, found.score, LEAST_SCORE, advice))
    if found.faces > 1:
        text = f"{found.faces} faces were found; the landmarks are those of the clearest."
        advice = "Is it the right one? Crop the photo to one face if not."
        doubts.append(_doubt("MK251", text, file, float(found.faces), 1.0, advice))
    return doubts


def spread_doubts(spread: float, file: str = "") -> list[Finding]:
    """MK252 looks of the predictor at one face that disagree."""
    if spread <= MOST_SPREAD:
        return []
    text = f"looks at this face disagree by {100 * spread:.1f} % of the eye distance."
    advice = "The predictor doesn't know such faces: correct the points, then train your own."
    return [_doubt("MK252", text, file, spread, MOST_SPREAD, advice)]


def aperture_doubts(landmarks: Landmarks, file: str = "") -> list[Finding]:
    """MK254 lips or lids that cross, gape, or eyes that are open very differently."""
    if landmarks.scheme.outer_eye_corners is None:
        return []
    eod = max(landmarks.outer_eye_distance(), 1e-9)
    gaps = {one.name: gap(one, landmarks.points) / eod for one in landmarks.scheme.apertures}
    doubts = []
    for name, wide in gaps.items():
        most = MOST_OPEN.get(name, np.inf)
        called = name.replace("_", " ")
        if wide > most:
            text = f"the {called} is open by {100 * wide:.0f} % of the eye distance."
            doubts.append(_doubt("MK254", text, file, wide, most))
        elif wide < -MOST_CROSSED:
            text = f"the edges of the {called} cross by {-100 * wide:.0f} % of the eye distance."
            doubts.append(_doubt("MK254", text, file, -wide, MOST_CROSSED))
    apart = abs(gaps.get("right_eye", 0.0) - gaps.get("left_eye", 0.0))
    if {"right_eye", "left_eye"} <= {*gaps} and apart > MOST_UNLIKE:
        text = f"one eye is wider open than the other by {100 * apart:.0f} % of the eye distance."
        doubts.append(_doubt("MK254", text, file, apart, MOST_UNLIKE))
    return doubts


def shape_doubts(deviation: float, count: int, file: str = "") -> list[Finding]:
    """MK253 a shape that is unlike the others of its set."""
    if not deviation > MOST_DEVIATION:
        return []
    text = f"the shape is {deviation:.1f} standard deviations from the {count - 1} others."
    advice = "A wrong shape or a rare expression: look at the points."
    return [_doubt("MK253", text, file, deviation, MOST_DEVIATION, advice)]


def deviations(shapes: Mapping[str, Landmarks]) -> dict[str, float]:
    """Return how far each shape is from the others, in their standard deviations.

    Shapes are shifted, turned and scaled onto their mean.  Each is judged by main directions
    that are found without it, so that it can't make itself usual: the largest of its deviations
    along them, and of what lies off them.

    Parameters
    ----------
    shapes : mapping
        Name → landmarks; each scheme is judged by itself.

    Returns
    -------
    dict
        Of the shapes of schemes that have `LEAST_SHAPES` of them and more.  Extra points make
        another scheme; landmarks that all lie on one place have no shape.
    """
    by_scheme: dict[Scheme, list[str]] = {}
    for name, landmarks in shapes.items():
        if np.ptp(landmarks.points, axis=0).max() > SAME_PLACE:
            by_scheme.setdefault(landmarks.scheme, []).append(name)
    found: dict[str, float] = {}
    for names in by_scheme.values():
        if len(names) >= LEAST_SHAPES:
            rows = _aligned([shapes[name].points for name in names])
            found |= zip(names, _unusual(rows), strict=True)
    return found


def _aligned(shapes: Sequence[FloatArray]) -> FloatArray:
    """Return (N, 2K): shapes on their mean, whose size is 1."""
    mean = shapes[0]
    for _ in range(4):
        mean = mean - mean.mean(axis=0)
        mean = mean / np.sqrt((mean * mean).sum(axis=1).mean())
        turned = np.stack([crops.apply(crops.similarity(one, mean), one) for one in shapes])
        mean = np.median(turned, axis=0)  # one wrong shape doesn't pull it
    return turned.reshape(len(shapes), -1)


def _unusual(rows: FloatArray) -> list[float]:
    count = len(rows)
    parts = np.arange(count) % min(count, PARTS)
    along, off = np.zeros(count), np.zeros(count)
    for part in range(parts.max() + 1):
        held = np.flatnonzero(parts == part)
        along[held], off[held] = _beyond(rows[held], rows[parts != part])
    usual = [np.sqrt(np.mean(np.delete(off, i) ** 2)) for i in range(count)]
    beyond = off / np.maximum(usual, 1e-9)
    return [float(value) for value in np.maximum(along, beyond)]


def _beyond(held: FloatArray, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return deviations along the others' main directions, and distances off them."""
    mean = others.mean(axis=0)
    _, sizes, directions = np.linalg.svd(others - mean, full_matrices=False)
    share = np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-30)
    kept = min(int(np.searchsorted(share, KEPT)) + 1, max(1, len(others) // 4))
    scores = (held - mean) @ directions[:kept].T
    spread = sizes[:kept] / np.sqrt(len(others) - 1)
    spread = np.maximum(spread, 1e-9) * np.sqrt(1 + 1 / len(others))
    rest = held - mean - scores @ directions[:kept]
    distances: FloatArray = np.sqrt((rest * rest).sum(axis=1))
    return np.abs(scores / spread).max(axis=1), distances


def _doubt(
    code: str,
    text: str,
    file: str,
    measured: float,
    limit: float,
    advice: str = "Look at these points.",
) -> Finding:
    return Finding(
        code, text, "warning", file, measured=round(measured, 4), limit=limit, suggestion=advice
    )
