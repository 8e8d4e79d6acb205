"""What speaks against landmarks being those of the face on a photo.

Knows where faces have their eyes and mouth, and how symmetric they are; sees no pixels.
May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from morphkit.errors import Finding
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Scheme, scheme, scheme_names
from morphkit.faces.template import listed

OUTSIDE = 0.5
"""Pixels beyond the outermost pixel centres that a landmark may lie: the pixel's edge."""

SAME_PLACE = 0.01
"""Pixels; two landmarks that are nearer to each other coincide."""

MIN_PUPILS = 4.0
"""Pixels between the pupils below which the coordinates are no pixels of a face."""

MOUTH_DISTANCE = (0.4, 2.2)
"""Eyes to mouth in pupil distances; real faces have 0.8 (infants) to 1.3."""

MAX_ASYMMETRY = 1.0
"""Outer-eye-corner distances between a landmark and its mirrored partner; hand-made
templates reach 0.37, a head turned by some 30 degrees 0.72."""


def plausibility(
    landmarks: Landmarks,
    width: int,
    height: int,
    file: str = "",
    *,
    declared: tuple[int | None, int | None] = (None, None),
) -> list[Finding]:
    """Return what speaks against these landmarks being those of the face on a photo.

    Parameters
    ----------
    landmarks : Landmarks
    width, height : int
        Pixels of the upright photo.
    file : str
        Name to put into findings.
    declared : (int or None, int or None)
        Width and height that the template says it was made for.

    Returns
    -------
    list of Finding
        MK204 left and right exchanged; MK205 mouth above the eyes; MK209 landmarks outside
        the photo; MK210 (warning) landmarks that coincide; MK211 made for another image
        size; MK212 face on its side, or x and y exchanged; MK213 proportions of no face;
        MK214 landmarks far from where their mirror partners say.
    """
    findings = _other_size(declared, (width, height)) or _outside(landmarks, width, height)
    findings += _coincident(landmarks) + _posture(landmarks)
    return [replace(finding, file=file) for finding in findings]


def _doubt(
    code: str,
    message: str,
    advice: str,
    pointer: str = "",
    measured: float | None = None,
    limit: float | None = None,
) -> list[Finding]:
    return [Finding(code, message, "error", "", pointer, None, measured, limit, suggestion=advice)]


def _other_size(declared: tuple[int | None, int | None], actual: tuple[int, int]) -> list[Finding]:
    if all(said in (None, is_) for said, is_ in zip(declared, actual, strict=True)):
        return []
    said = " × ".join("?" if side is None else str(side) for side in declared)
    message = (
        f"the template was made for an image of {said} pixels, "
        f"the photo has {actual[0]} × {actual[1]}."
    )
    return _doubt("MK211", message, "Use the photo it was made on, or a new template.")


def _outside(landmarks: Landmarks, width: int, height: int) -> list[Finding]:
    points = landmarks.points
    beyond = np.maximum(-points, points - [width - 1, height - 1]).max(axis=1)
    names = [landmarks.scheme.points[i] for i in np.flatnonzero(beyond > OUTSIDE)]
    if not names:
        return []
    furthest = float(beyond.max())
    message = (
        f"{len(names)} landmark(s) lie outside the photo of {width} × {height} pixels, by up "
        f"to {furthest:.1f}: {listed(names)}."
    )
    advice = "Is this the template of this photo, and of this size of it?"
    return _doubt("MK209", message, advice, names[0], furthest, OUTSIDE)


def _coincident(landmarks: Landmarks) -> list[Finding]:
    """Find landmarks on one place, other than closed lips and lids and what they touch."""
    points, layout = landmarks.points, landmarks.scheme
    apart = np.abs(points[:, None] - points[None, :]).max(axis=2)
    near = np.argwhere(np.triu(apart < SAME_PLACE, k=1)).tolist()
    same = [(i, j) for i, j in near if not _may_meet(layout, i, j)]
    if not same:
        return []
    pairs = listed([f"{layout.points[i]} and {layout.points[j]}" for i, j in same], 5)
    message = f"{len(same)} pair(s) of landmarks lie on the same place: {pairs}."
    advice, first = "Check that each landmark was placed.", layout.points[same[0][0]]
    (doubt,) = _doubt("MK210", message, advice, first, float(len(same)), 0.0)
    return [replace(doubt, severity="warning")]


def _may_meet(layout: Scheme, i: int, j: int) -> bool:
    for aperture in layout.apertures:
        if {i, j} in [set(pair) for pair in zip(aperture.upper, aperture.lower, strict=True)]:
            return True
        rim = {*aperture.upper, *aperture.lower, *aperture.inner}
        if {i, j} <= rim and {i, j} & set(aperture.inner):
            return True
    return False


def _posture(landmarks: Landmarks) -> list[Finding]:
    """Find faces that are mirrored, turned or of impossible proportions."""
    layout, points = landmarks.scheme, landmarks.points
    mouth, corners = layout.group("mouth"), layout.outer_eye_corners
    if not (layout.right_pupil and layout.left_pupil and mouth):
        return []
    right, left = landmarks.pupils()
    outer = points[list(corners)] if corners else landmarks.pupils()
    across = left - right
    down = points[list(mouth)].mean(axis=0) - (left + right) / 2
    eyes = layout.points[layout.right_pupil[0]]
    apart = math.hypot(*across)
    if min(apart, math.hypot(*(outer[1] - outer[0]))) < MIN_PUPILS:
        message = f"the eyes lie only {apart:.2f} pixels apart."
        advice = "Coordinates are needed in pixels of the photo, not as shares of its size."
        return _doubt("MK213", message, advice, eyes, apart, MIN_PUPILS)
    if abs(across[1]) > math.sqrt(3) * abs(across[0]):  # tilted by more than 60 degrees
        exchanged = across[0] * down[1] < across[1] * down[0]
        advice = "Are x and y exchanged?" if exchanged else "Turn the photo upright first."
        message = "one eye lies above the other: the face is on its side."
        return _doubt("MK212", message, advice, eyes)
    if down[1] <= 0:
        advice = "Does y count from the bottom of the photo? It must count from the top."
        return _doubt("MK205", "the mouth lies above the eyes.", advice, eyes)
    if across[0] < 0 or outer[1][0] < outer[0][0]:
        message = "the infant's right eye lies on the right side of the photo."
        advice = (
            "Left and right are the infant's own: right landmarks belong on the photo's left. "
            "Are the eyes exchanged, or is the photo mirrored?"
        )
        return _doubt("MK204", message, advice, eyes)
    return _proportions(math.hypot(*down) / apart) + _misplaced(landmarks)


def _proportions(mouth_distance: float) -> list[Finding]:
    low, high = MOUTH_DISTANCE
    if low <= mouth_distance <= high:
        return []
    message = (
        f"eyes and mouth lie {mouth_distance:.2f} pupil distances apart, "
        f"a face has {low} to {high}."
    )
    advice = "Is this the scheme that the template was made with?"
    limit = low if mouth_distance < low else high
    return _doubt("MK213", message, advice, "mouth", mouth_distance, limit)


def _misplaced(landmarks: Landmarks) -> list[Finding]:
    """Find landmarks that lie far from the mirror image of their partner."""
    base = landmarks.scheme.name.removesuffix("+ext")
    mirror = scheme(base).mirror if base in scheme_names() else None
    if mirror is None or landmarks.scheme.outer_eye_corners is None:
        return []
    right, left = landmarks.pupils()
    across = (left - right) / math.hypot(*(left - right))
    place = landmarks.points[: len(mirror)] - (left + right) / 2
    image = place - 2 * (place @ across)[:, None] * across
    error = np.hypot(*(image[list(mirror)] - place).T) / landmarks.outer_eye_distance()
    names = [landmarks.scheme.points[i] for i in np.flatnonzero(error > MAX_ASYMMETRY)]
    if not names:
        return []
    worst = float(error.max())
    message = (
        f"{len(names)} landmark(s) lie up to {worst:.1f} eye distances from where their "
        f"mirror partners say: {listed(names)}."
    )
    advice = "One of each pair is misplaced, or the points are in the order of another scheme."
    return _doubt("MK214", message, advice, names[0], worst, MAX_ASYMMETRY)
