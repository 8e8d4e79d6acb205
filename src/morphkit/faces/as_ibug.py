"""Landmarks of any scheme seen as those of ibug68: the places that most schemes share.

Which landmarks of a scheme make up which landmark of ibug68 is data.  Drops and interpolates,
never invents: a place that a scheme does not determine is left out.  May import `errors` and
`faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import scheme_names

Row = Sequence[tuple[int, ...]]
"""Landmarks whose mean is an ibug68 landmark (one that stands there more often weighs more),
for one ibug68 landmark and those after it."""

_FRL: Mapping[int, Row] = {
    0: ((109,), (110,), (111,), (125, 125, 111), (125, 125, 126), (126,), (127,), (128,)),
    8: ((129,),),
    9: ((130,), (131,), (132,), (133, 133, 132), (133, 133, 114), (114,), (113,), (112,)),
    17: ((71,), (72,), (73,), (74,), (75,)),
    22: ((78,), (79,), (80,), (81,), (82,)),
    27: ((51, 57), (52, 58), (53, 59), (54, 60)),
    31: ((64,), (180,), (55,), (181,), (69,)),
    48: ((87,), (88,), (89,), (90,), (91,), (92,), (93,)),
    55: ((108,), (107,), (106,), (105,), (104,)),
    60: ((87, 87, 87, 94), (95,), (96,), (97,)),
    64: ((93, 93, 93, 98), (102,), (101,), (100,)),
}
_PL179: Mapping[int, Row] = {**_FRL, 31: ((64,), (64, 55), (55,), (55, 69), (69,))}
_FPP106: Mapping[int, Row] = {
    0: [(i,) for i in range(2, 35, 2)],
    17: ((53,), (54,), (55,), (56,), (57,)),
    22: ((63,), (64,), (65,), (66,), (67,)),
    27: ((71,), (72,), (73,), (74,), (78,), (79,), (80,), (81,), (82,)),
    48: [(i,) for i in range(86, 93)],
    55: ((105,), (104,), (103,), (102,), (101,)),
    60: ((93,), (94,), (95,), (96,), (97,), (100,), (99,), (98,)),
}
_FPP83: Mapping[int, Row] = {
    17: ((32,), (62,), (68,), (80,), (48,)),
    22: ((16,), (64,), (15,), (69,), (66,)),
    30: ((35,),),
    33: ((37,),),
    48: ((29,), (0,), (3,), (26,), (72,), (42,), (45,)),
    55: ((75,), (2,), (12,), (39,), (10,)),
    61: ((1,), (82,), (46,)),
    65: ((9,), (14,), (52,)),
}
# The jaw's are the outline points nearest to the 68-point jaw of a rendered infant.
_MEDIAPIPE: Mapping[int, Row] = {
    0: ((127,), (234,), (93,), (132,), (132, 58), (58,), (172,), (150,), (152,)),
    9: ((379,), (397,), (288,), (361, 288), (361,), (323,), (454,), (356,)),
    17: ((70,), (63,), (105,), (66,), (107,)),
    22: ((336,), (296,), (334,), (293,), (300,)),
    27: ((168,), (197,), (5,), (1, 4)),
    31: ((98,), (97,), (2,), (326,), (327,)),
    48: ((61,), (39, 40), (37,), (0,), (267,), (269, 270), (291,)),
    55: ((321, 405), (314,), (17,), (84,), (91, 181)),
    60: ((78,), (81,), (13,), (311,), (308,), (402,), (14,), (178,)),
}
_SIMPLE: Mapping[int, Row] = {
    8: ((10,),),
    17: ((22,),),
    19: ((23,),),
    21: ((24,), (25,)),
    24: ((26,),),
    26: ((27,),),
    48: ((7,),),
    54: ((8,),),
}

_MEANS: Mapping[str, Mapping[int, Row]] = {
    "frl189": _FRL,
    "baby191": _FRL,
    "pl179": _PL179,
    "fpp106": _FPP106,
    "fpp83": _FPP83,
    "mediapipe468": _MEDIAPIPE,
    "mediapipe478": _MEDIAPIPE,
    "simple28": _SIMPLE,
    "ibug68": {0: [(i,) for i in range(68)]},
    "dlib70": {0: [(i,) for i in range(2, 70)]},
}

_JAWS: Mapping[str, tuple[int, ...]] = {
    "fpp83": (24, 23, 22, 21, 20, 19, 18, 53, 13, 6, 60, 65, 31, 76, 36, 30, 27, 28, 73),
}
"""Jaws from the infant's right ear to the left one, where they have other points than ibug68:
eight equal parts of each side are its landmarks."""

_EYES: Mapping[str, tuple[int, tuple[int, int], tuple[int, int], int]] = {
    "right_eye": (36, (37, 38), (41, 40), 39),
    "left_eye": (42, (43, 44), (47, 46), 45),
}
"""First corner, upper lid, lower lid and last corner of each aperture.  Lid landmarks lie one
and two thirds along a lid (not on the iris, which is elsewhere in closed or squeezed eyes)."""

SLIDING = (*range(18, 26), 27, 28, 32, 34, 55, 59, 60, 64)
"""Landmarks of ibug68 beside the jaw that have no corner to hold to: where along a curve
they lie differs between schemes, detectors and raters by 2 to 7 % of the eye distance."""


def as_ibug(landmarks: Landmarks) -> dict[int, FloatArray]:
    """Return the ibug68 landmarks that these landmarks determine: index → (x, y) in pixels.

    All 68 for ibug68, dlib70, those of MediaPipe, fpp106 and the schemes of WebMorph with 179
    points or more; some for the others; none for a scheme that morphkit doesn't know.
    """
    name = landmarks.scheme.name.removesuffix("+ext")
    if name not in _MEANS or name not in scheme_names():
        return {}
    points = landmarks.points
    found: dict[int, FloatArray] = {
        index: points[list(sources)].mean(axis=0)
        for first, row in _MEANS[name].items()
        for index, sources in enumerate(row, start=first)
    }
    if name in _JAWS:
        chain = points[list(_JAWS[name])]
        middle = len(chain) // 2
        sides = parts(chain[: middle + 1], 8), parts(chain[middle:], 8)[1:]
        found |= dict(enumerate(np.concatenate(sides)))
    for aperture in landmarks.scheme.apertures:
        if aperture.name in _EYES and _EYES[aperture.name][0] not in found:
            found |= _eye(points[list(aperture.upper)], points[list(aperture.lower)], aperture.name)
    return found


def _eye(upper: FloatArray, lower: FloatArray, name: str) -> dict[int, FloatArray]:
    first, above, below, last = _EYES[name]
    lids = zip((*above, *below), (*parts(upper, 3)[1:3], *parts(lower, 3)[1:3]), strict=True)
    return {first: upper[0], last: upper[-1], **dict(lids)}


def parts(chain: FloatArray, count: int) -> FloatArray:
    """Return the (count + 1, 2) ends of equally long parts of a (N, 2) chain of points."""
    steps = np.sqrt((np.diff(chain, axis=0) ** 2).sum(axis=1))
    length = np.append(0.0, np.cumsum(steps))
    places = length[-1] * (np.arange(count + 1) / count)
    return np.stack([np.interp(places, length, axis) for axis in chain.T], axis=1)
