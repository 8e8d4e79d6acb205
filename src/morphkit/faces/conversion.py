"""From one landmark scheme to another: what can be carried over, and what is lost.

Drops and interpolates landmarks, never invents them.  May import `errors` and `faces`, and
NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import scheme, scheme_names
from morphkit.faces.template import listed


def convert(landmarks: Landmarks, to: str) -> tuple[Landmarks, tuple[str, ...]]:
    """Return the landmarks in another scheme, and what is lost on the way.

    Parameters
    ----------
    landmarks : Landmarks
    to : str
        Name of the target scheme.

    Returns
    -------
    landmarks : Landmarks
    notes : tuple of str
        Sentences for the user; empty when nothing changes.

    Raises
    ------
    TemplateError
        MK206 when there is no such scheme, MK221 when there is no way to it.
    """
    start = landmarks.scheme.name
    if start == to:
        return landmarks, ()
    target, base = scheme(to), start.removesuffix("+ext")
    notes: tuple[str, ...] = ()
    if base != start and base in scheme_names():
        plain = scheme(base)
        extra = landmarks.scheme.points[len(plain.points) :]
        landmarks = Landmarks(plain, landmarks.points[: len(plain.points)])
        notes = (f"{len(extra)} extra point(s) are left out: {listed(extra)}.",)
    if base == to:
        return landmarks, notes
    if base.startswith("free") and len(landmarks.points) == len(target.points):
        taken = (
            f"The {len(target.points)} points were taken to be in the order of {to}: look at them."
        )
        return Landmarks(target, landmarks.points), (*notes, taken)
    if (base, to) not in _CONVERSIONS:
        ways = ", ".join(f"{a} → {b}" for a, b in _CONVERSIONS)
        advice = f"Possible: {ways}; and from a scheme with extra points to the one without."
        message = f"there is no conversion from {start} to {to}."
        raise TemplateError(Finding("MK221", message, suggestion=advice))
    rule, lost = _CONVERSIONS[base, to]
    return Landmarks(target, rule(landmarks.points)), (*notes, *lost)


# First ibug68 landmark of a row: the frl189 landmarks whose mean it is (one that stands there
# more often weighs more), then those of the next ibug68 landmarks.
_IBUG_FROM_FRL: Mapping[int, Sequence[tuple[int, ...]]] = {
    0: ((109,), (110,), (111,), (125, 125, 111), (125, 125, 126), (126,), (127,), (128,)),
    8: ((129,),),
    9: ((130,), (131,), (132,), (133, 133, 132), (133, 133, 114), (114,), (113,), (112,)),
    17: ((71,), (72,), (73,), (74,), (75,)),
    22: ((78,), (79,), (80,), (81,), (82,)),
    27: ((51, 57), (52, 58), (53, 59), (54, 60)),
    31: ((64,), (180,), (55,), (181,), (69,)),
    36: ((18,),),
    39: ((22,),),
    42: ((23,),),
    45: ((27,),),
    48: ((87,), (88,), (89,), (90,), (91,), (92,), (93,)),
    55: ((108,), (107,), (106,), (105,), (104,)),
    60: ((87, 87, 87, 94), (95,), (96,), (97,)),
    64: ((93, 93, 93, 98), (102,), (101,), (100,)),
}

# ibug68 lid landmarks ← one and two thirds along these frl189 lids (not iris points, which
# are elsewhere in closed or squeezed eyes).
_LIDS: Mapping[tuple[int, int], tuple[int, ...]] = {
    (37, 38): (18, 19, 20, 21, 22),
    (41, 40): (18, 28, 29, 30, 22),
    (43, 44): (23, 24, 25, 26, 27),
    (47, 46): (23, 31, 32, 33, 27),
}


def _frl_to_ibug(points: FloatArray) -> FloatArray:
    out = np.empty((68, 2))
    for first, row in _IBUG_FROM_FRL.items():
        for index, sources in enumerate(row, start=first):
            out[index] = points[list(sources)].mean(axis=0)
    for pair, lid in _LIDS.items():
        chain = points[list(lid)]
        steps = np.sqrt((np.diff(chain, axis=0) ** 2).sum(axis=1))
        length = np.append(0.0, np.cumsum(steps))
        thirds = length[-1] * np.array([1 / 3, 2 / 3])
        out[list(pair)] = np.stack([np.interp(thirds, length, axis) for axis in chain.T], axis=1)
    return out


def _first_189(points: FloatArray) -> FloatArray:
    return points[:189]


_NOT_IN_IBUG = (
    "Pupils, irises, ears, hairline, neck, head outline, creases, cheekbones and the edges "
    "of the nostrils have no place in ibug68 and are left out.",
    "Jaw points lie elsewhere along the jaw than a 68-point detector puts them (about 8 % of "
    "the eye distance): do not mix converted and detected templates in one set.",
    "Lid points are taken at one and two thirds of each lid; nose bridge, some jaw points "
    "and the inner mouth corners are means of their neighbours.",
)
_NOT_IN_FRL = (
    "The two points where the ears meet the head, and the line over the head that joins "
    "them, are left out.",
)

_Rule = tuple[Callable[[FloatArray], FloatArray], tuple[str, ...]]
_CONVERSIONS: Mapping[tuple[str, str], _Rule] = {
    ("frl189", "ibug68"): (_frl_to_ibug, _NOT_IN_IBUG),
    ("baby191", "ibug68"): (_frl_to_ibug, _NOT_IN_IBUG),
    ("baby191", "frl189"): (_first_189, _NOT_IN_FRL),
}
