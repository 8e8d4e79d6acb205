"""Statistics of a frame's shape, from its landmarks, as `statistic_names` lists them.

Where a scheme doesn't name the points, the statistic is left out.  May import `faces`,
`measure.facts` and NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Scheme
from morphkit.measure.facts import upright

TOP = ("head_top", "hairline", "forehead")
"""What is in the names of points on top of the head, the best first."""

EYES = ("right_eye", "left_eye")


def shape_statistics(landmarks: Landmarks) -> dict[str, float]:
    """Measure the landmarks of one frame.

    Parameters
    ----------
    landmarks : Landmarks

    Returns
    -------
    dict of str to float
        By name.  Lengths are in EOD and areas in its square, across and down along the line
        of the outer eye corners, so that size, place and tilt don't count.  Empty where the
        scheme doesn't name those corners, or they lie on one place.
    """
    layout = landmarks.scheme
    if layout.outer_eye_corners is None or landmarks.outer_eye_distance() <= 0:
        return {}
    places = upright(landmarks)
    found = {}
    for aperture in layout.apertures:
        rim = (*aperture.upper, *aperture.lower[-2:0:-1])
        found[f"{aperture.name}_area"] = _area(places[list(rim)])
    return found | _expression(places, layout) | _baby_schema(places, layout)


def _area(ring: FloatArray) -> float:
    """Return the area inside a polygon (the shoelace formula)."""
    (x, y), (right, below) = ring.T, np.roll(ring, -1, axis=0).T
    return abs(float((x * below - right * y).sum())) / 2


def _expression(places: FloatArray, layout: Scheme) -> dict[str, float]:
    """Return heights of mouth corners and brows, and the spread of the corners."""
    found = {}
    mouth = places[list(layout.group("mouth"))]
    if len(mouth):
        corners = mouth[[mouth[:, 0].argmin(), mouth[:, 0].argmax()]]
        dx, dy = corners[1] - corners[0]
        found["mouth_corner_height"] = -float(corners[:, 1].mean())
        found["mouth_corner_spread"] = float(np.sqrt(dx * dx + dy * dy))
    brows = [layout.group(f"{side}_brow") for side in ("right", "left")]
    eyes = _eye_corners(layout)
    if all(brows) and len(eyes) == 2:
        above = [
            places[list(eye), 1].mean() - places[list(brow), 1].mean()
            for eye, brow in zip(eyes, brows, strict=True)
        ]
        found["brow_height"] = float(np.mean(above))
    return found


def _eye_corners(layout: Scheme) -> list[tuple[int, int]]:
    """Return the two corners of each eye, the infant's right eye first."""
    by_name = {aperture.name: aperture for aperture in layout.apertures}
    return [(by_name[eye].upper[0], by_name[eye].upper[-1]) for eye in EYES if eye in by_name]


def _baby_schema(places: FloatArray, layout: Scheme) -> dict[str, float]:
    """Return the six measures of Glocker et al. 2009, as far as the scheme has the points."""
    jaw, nose, mouth = (places[list(layout.group(name))] for name in ("jaw", "nose", "mouth"))
    if not len(jaw):
        return {}
    width, chin = float(np.ptp(jaw[:, 0])), float(jaw[:, 1].max())
    found = {"face_width": width}
    if width <= 0:
        return found
    eyes = _eye_corners(layout)
    if len(eyes) == 2:
        apart = [np.abs(places[b, 0] - places[a, 0]) for a, b in eyes]
        found["eye_width"] = float(np.mean(apart)) / width
    for name, part in (("nose_width", nose), ("mouth_width", mouth)):
        if len(part):
            found[name] = float(np.ptp(part[:, 0])) / width
    top = _top(places, layout)
    if top is not None and top < 0 < chin:
        found["forehead_length"] = -top / chin
        if len(nose):
            found["nose_length"] = float(np.ptp(nose[:, 1])) / (chin - top)
    return found


def _top(places: FloatArray, layout: Scheme) -> float | None:
    """Return how far down the top of the head lies: negative, above the eyes."""
    for part in TOP:
        named = [i for i, name in enumerate(layout.points) if part in name]
        if named:
            return float(places[named, 1].min())
    return None
