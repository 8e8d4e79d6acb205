"""The places that landmark schemes share, and how a spline is to treat each of them.

May import `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from morphkit.faces.as_ibug import SLIDING, as_ibug
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Scheme, scheme

FIRM, SLIDES, JAW = 0.2, 2.0, 0.3
"""Smoothing of the spline in squared pupil distances: for corners and edges, for places that
slide along a curve, for the jaw.  Chosen on automatic and hand-made points of adults."""

CUT = 0.3
"""Pupil distances that the middles of the lips' inner edges are held apart for the spline."""


def places(landmarks: Landmarks) -> dict[str, FloatArray]:
    """Return the places that schemes may share: those of ibug68, then others by their name."""
    names = scheme("ibug68").points
    found = {names[index]: place for index, place in sorted(as_ibug(landmarks).items())}
    for name, place in zip(landmarks.scheme.points, landmarks.points, strict=True):
        if not name[-1].isdigit():  # numbers count along curves, differently in each scheme
            found.setdefault(name, place)
    return found


def lips(layout: Scheme, points: FloatArray) -> FloatArray:
    """Return a third coordinate for every point: the lips' inner edges are apart, as a cut is.

    A mean mouth may be shut and this one open; in the plane both edges would have to move alike.
    """
    lifted = np.zeros(len(points))
    for aperture in layout.apertures:
        if aperture.name == "mouth":
            for chain, side in ((aperture.upper, CUT), (aperture.lower, -CUT)):
                steps = np.hypot(*np.diff(points[list(chain)], axis=0).T)
                along = np.cumsum(steps)[:-1] / steps.sum()
                lifted[list(chain[1:-1])] = side * np.sin(np.pi * along)
    return lifted


def lips_of(shared: Sequence[str], controls: FloatArray) -> FloatArray:
    """Return that coordinate for shared places; zeros where they leave out a part of the lips."""
    layout = scheme("ibug68")
    edges = layout.apertures[0].upper + layout.apertures[0].lower
    place = dict(zip(shared, controls, strict=True))
    if not all(layout.points[i] in place for i in edges):
        return np.zeros(len(shared))
    points = np.stack([place.get(name, np.zeros(2)) for name in layout.points])
    lifted = dict(zip(layout.points, lips(layout, points), strict=True))
    return np.array([lifted.get(name, 0.0) for name in shared])


@cache
def mobile() -> frozenset[str]:
    """Return the places whose distance from a mean is expression: lids and lips."""
    layout = scheme("ibug68")
    groups = ("right_eye", "left_eye", "mouth")
    return frozenset(layout.points[i] for name in groups for i in layout.group(name))


def smoothing(name: str) -> float:
    """Return how far a spline may miss a shared place, in squared pupil distances."""
    index = dict(zip(scheme("ibug68").points, range(68), strict=True)).get(name, -1)
    if index in SLIDING:
        return SLIDES
    return JAW if index in scheme("ibug68").group("jaw") else FIRM
