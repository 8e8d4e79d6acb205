"""From one landmark scheme to another: what can be carried over, and what is lost.

Drops and interpolates landmarks, never invents them.  May import `errors` and `faces`, and
NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.as_ibug import as_ibug
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
        advice = f"Exact ones: {ways}; and from a scheme with extra points to the one without."
        message = f"there is no conversion from {start} to {to}."
        raise TemplateError(Finding("MK221", message, suggestion=advice))
    rule, lost = _CONVERSIONS[base, to]
    return Landmarks(target, rule(landmarks)), (*notes, *lost)


def _to_ibug(landmarks: Landmarks) -> FloatArray:
    found = as_ibug(landmarks)
    return np.stack([found[i] for i in range(68)])


def _to_dlib(landmarks: Landmarks) -> FloatArray:
    return np.concatenate([landmarks.pupils(), _to_ibug(landmarks)])


def _first(count: int) -> Callable[[Landmarks], FloatArray]:
    return lambda landmarks: landmarks.points[:count]


# Landmarks whose mean is each landmark of simple28.
_SIMPLE_FROM_FRL: Sequence[tuple[int, ...]] = (
    *((0,), (1,), (63,), (68,), (51, 57), (54, 60), (55,), (87,), (93,), (96, 101), (129,)),
    *((127,), (126,), (111,), (109,), (136,), (139,), (142,), (112,), (114,), (132,), (131,)),
    *((71,), (73,), (76,), (77,), (80,), (82,)),
)


def _frl_to_simple(landmarks: Landmarks) -> FloatArray:
    return np.stack([landmarks.points[list(sources)].mean(axis=0) for sources in _SIMPLE_FROM_FRL])


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
_NOT_IN_PL = ("The inner edges of the nostrils, the throat and four ear points are left out.",)
_FPP_TO_IBUG = (
    "Pupils, eye middles, lower edges of the brows and inner ends of the upper ones have no "
    "place in ibug68 and are left out.",
    "Every second jaw point is taken; lid points lie at one and two thirds of each lid.",
)
_MESH_TO_IBUG = (
    "What is not brow, lid, nose, lip or jaw has no place in ibug68 and is left out.",
    "Jaw points are the nearest of the mesh's face outline and slide along it; lid points lie at "
    "one and two thirds of each lid; some others are means of neighbours.",
)
_PUPILS_LOST = ("The pupils have no place in ibug68 and are left out.",)
_PUPILS_OF_LIDS = ("The pupils are the means of the lid points, not seen in the photo.",)
_IN_SIMPLE = ("Only 28 places are kept; lids, irises and lips are left out.",)

_Rule = tuple[Callable[[Landmarks], FloatArray], tuple[str, ...]]
_CONVERSIONS: Mapping[tuple[str, str], _Rule] = {
    **{(name, "ibug68"): (_to_ibug, _NOT_IN_IBUG) for name in ("frl189", "baby191", "pl179")},
    **{(name, "dlib70"): (_to_dlib, _NOT_IN_IBUG[1:]) for name in ("frl189", "baby191", "pl179")},
    **{(name, "simple28"): (_frl_to_simple, _IN_SIMPLE) for name in ("frl189", "baby191", "pl179")},
    ("baby191", "frl189"): (_first(189), _NOT_IN_FRL),
    ("baby191", "pl179"): (_first(179), (*_NOT_IN_FRL, *_NOT_IN_PL)),
    ("frl189", "pl179"): (_first(179), _NOT_IN_PL),
    ("fpp106", "ibug68"): (_to_ibug, _FPP_TO_IBUG),
    ("fpp106", "dlib70"): (_to_dlib, _FPP_TO_IBUG[1:]),
    **{(name, "ibug68"): (_to_ibug, _MESH_TO_IBUG) for name in ("mediapipe468", "mediapipe478")},
    ("mediapipe478", "dlib70"): (_to_dlib, _MESH_TO_IBUG[1:]),
    ("dlib70", "ibug68"): (_to_ibug, _PUPILS_LOST),
    ("ibug68", "dlib70"): (_to_dlib, _PUPILS_OF_LIDS),
}


def convertible(start: str, to: str) -> bool:
    """Tell whether `convert` knows a way from one scheme to another."""
    base = start.removesuffix("+ext")
    return to in (start, base) or (base, to) in _CONVERSIONS
