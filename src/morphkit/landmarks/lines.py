"""The lines of a face that a photo shows: lids, borders of the lips, the line of the mouth.

Finds them in any scheme by its apertures and its region "mouth", and knows what a photo shows
at each; sees no pixels.  May import `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Aperture, Scheme

Layer = Literal["redness", "soft_redness", "luminance"]

SAMPLES = 4
"""Places on a line for each of its segments."""

SHUT = 0.02
"""Lips nearer than this, on average and in EOD, show one dark line between them."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What a photo shows at a line: a value that rises or falls from the outside in.

    Parameters
    ----------
    layer : {"redness", "soft_redness", "luminance"}
        Of what.
    rises : {1, -1, 0}
        Whether it rises or falls inwards; 0 for a line that is darker than both its sides.
    inset : float
        How far inside the line that people draw the change is steepest, in EOD.
    floor : float
        A change this steep is half clear, in units of the layer per EOD; for a dark line, its
        depth in codes.
    """

    layer: Layer
    rises: int
    inset: float
    floor: float


LID_FLOOR, LIP_FLOOR, DARK_FLOOR = 30.0, 250.0, 200.0

TRAITS = {
    "upper_lid": Trait("redness", -1, 0.0035, LID_FLOOR),
    "lower_lid": Trait("redness", -1, 0.002, LID_FLOOR),
    "upper_lip": Trait("soft_redness", 1, 0.0045, LIP_FLOOR),
    "lower_lip": Trait("soft_redness", 1, 0.003, LIP_FLOOR),
    "open_mouth": Trait("luminance", -1, 0.001, DARK_FLOOR),
    "shut_mouth": Trait("luminance", 0, 0.0, 4.0),
}
"""By name of the line.  Skin is redder than what lies between lids, whatever its tone, lashes
are not; lips are redder than skin.  Insets are between those of rendered infants and of
hand-made templates of adults.  The inner edge of an open mouth's lower lip and the corners of
eyes and mouth show nothing reliable, and have no trait."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a face in a draft.

    Parameters
    ----------
    name : str
        A key of `TRAITS`.
    chains : tuple of tuple of int
        Landmarks on it, in order; two chains where the line lies in the middle between them.
    places : (S, 2) float array
        In pixels: `SAMPLES` for each segment of the draft, the last landmark included.
    inward : (S, 2) float array
        Unit vectors across the line, into the eye, the lip or the mouth; zero where the draft
        has no direction.
    """

    name: str
    chains: tuple[tuple[int, ...], ...]
    places: FloatArray
    inward: FloatArray


def regions(scheme: Scheme) -> dict[str, tuple[int, ...]]:
    """Return the landmarks of each aperture's region: its chains, its group, what is inside."""
    return {
        aperture.name: tuple(
            dict.fromkeys(
                (*aperture.upper, *aperture.lower, *scheme.group(aperture.name), *aperture.inner)
            )
        )
        for aperture in scheme.apertures
    }


def upward(landmarks: Landmarks) -> FloatArray:
    """Return the face's direction from mouth to eyes, or (0, 0) where it can't be told."""
    scheme = landmarks.scheme
    rims = {a.name: [*a.upper, *a.lower] for a in scheme.apertures}
    eyes = [i for name, rim in rims.items() if name != "mouth" for i in rim]
    corners = scheme.outer_eye_corners
    if "mouth" in rims and eyes:
        way = landmarks.points[eyes].mean(axis=0) - landmarks.points[rims["mouth"]].mean(axis=0)
    elif corners:
        right, left = landmarks.points[list(corners)]
        way = np.array([left[1] - right[1], right[0] - left[0]])
    else:
        way = np.zeros(2)
    return np.asarray(unit(way[None])[0])


def unit(ways: FloatArray) -> FloatArray:
    """Return (S, 2) vectors of length one; those without a length stay zero."""
    lengths = np.sqrt((ways * ways).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(ways, lengths, out=np.zeros_like(ways), where=lengths > 0))


def lines_of(aperture: Aperture, landmarks: Landmarks, up: FloatArray, eod: float) -> list[Line]:
    """Return the lines of one eye or of the mouth, where the points of a draft say they are."""
    points = landmarks.points
    if aperture.name != "mouth":
        return [
            _line("upper_lid", [aperture.upper], points, up),
            _line("lower_lid", [aperture.lower], points, -up),
        ]
    upper, lower = points[list(aperture.upper)], points[list(aperture.lower)]
    apart = np.sqrt(((upper - lower)[1:-1] ** 2).sum(axis=1)).mean() / eod
    if apart < SHUT:
        found = [_line("shut_mouth", [aperture.upper, aperture.lower], points, up)]
    else:
        found = [_line("open_mouth", [aperture.upper], points, up)]
    axis = upper[-1] - upper[0]
    for chain in _borders(landmarks.scheme, aperture, points @ axis):
        middle = points[[*aperture.upper, *aperture.lower]].mean(axis=0)
        above = float(((points[list(chain)].mean(axis=0) - middle) * up).sum()) > 0
        name, outward = ("upper_lip", up) if above else ("lower_lip", -up)
        found.append(_line(name, [chain], points, outward))
    return found


def _line(
    name: str, chains: Sequence[tuple[int, ...]], points: FloatArray, outward: FloatArray
) -> Line:
    middle = np.mean([points[list(chain)] for chain in chains], axis=0)
    places, along = _sampled(middle)
    across = unit(np.stack([-along[:, 1], along[:, 0]], axis=1))
    inward = across if float((across * outward).sum()) <= 0 else -across
    return Line(name, tuple(chains), places, inward)


def _sampled(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return places on the Catmull-Rom curve through points, and its direction there."""
    ends = 2 * points[[0, -1]] - points[[1, -2]]
    around = np.concatenate([ends[:1], points, ends[1:]])
    a, b, c, d = (around[i : len(around) - 3 + i, None] for i in range(4))
    f = (np.arange(SAMPLES) / SAMPLES)[:, None]
    square, cube = 2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d
    places = (2 * b + (c - a) * f + square * f * f + cube * f**3) / 2
    along = (c - a + 2 * square * f + 3 * cube * f * f) / 2
    last = around[-1:] - around[-3:-2]
    return np.concatenate([places.reshape(-1, 2), points[-1:]]), np.concatenate(
        [along.reshape(-1, 2), last]
    )


def _borders(scheme: Scheme, aperture: Aperture, along: FloatArray) -> Iterator[tuple[int, ...]]:
    """Return the chains of the lips' outer borders, corner to corner.

    They are the curves of the mouth that no landmark inside its corners' chains lies on.
    """
    mouth, inside = {*scheme.group("mouth")}, {*aperture.upper[1:-1], *aperture.lower[1:-1]}
    for curve in scheme.curves:
        chain = curve.points
        if len(chain) < 3 or not mouth >= {*chain} or inside & {*chain}:
            continue
        if not curve.closed:
            yield chain
            continue
        start, end = sorted((int(along[list(chain)].argmin()), int(along[list(chain)].argmax())))
        for part in (chain[start : end + 1], (*chain[end:], *chain[: start + 1])):
            if len(part) > 2:
                yield part
