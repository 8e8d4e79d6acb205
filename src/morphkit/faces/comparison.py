"""How far two delineations of one photo are apart: by region, in pixels and in eye distances.

The first is the reference: what the other is held against, and whose outer eye corners give the
unit.  May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.conversion import convert
from morphkit.faces.face import FloatArray, Landmarks, shared
from morphkit.faces.scheme import Scheme, scheme, scheme_names

INNER = ("right_brow", "left_brow", "nose", "right_eye", "left_eye", "mouth")
"""Regions that hold the inner points: all but the outline, the irises and the creases."""

CURVE = "jaw, across"
"""The region whose error is measured to the curve: where along the jaw its points lie is each
rater's, and each scheme's, own affair."""


@dataclass(frozen=True, slots=True)
class RegionError:
    """The error of one region.

    Parameters
    ----------
    region : str
        ``all``, ``inner``, ``jaw, across``, or a region of the scheme.
    points : int
        Landmarks that it has.
    mean, worst : float
        Mean and largest distance over them, in pixels of the photo.
    worst_point : str
        The landmark that is farthest off.
    """

    region: str
    points: int
    mean: float
    worst: float
    worst_point: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two delineations compared.

    Parameters
    ----------
    scheme : str
        The scheme that both were compared in.
    eye_distance : float or None
        Between the outer eye corners of the reference, in pixels; None where its scheme does
        not name them.
    regions : tuple of RegionError
        ``all`` first, ``inner`` and ``jaw, across`` where the scheme has them, then its own.
    notes : tuple of str
        What was lost where one of them was converted.
    """

    scheme: str
    eye_distance: float | None
    regions: tuple[RegionError, ...]
    notes: tuple[str, ...] = ()

    def percent(self, pixels: float) -> float | None:
        """Return a length in percent of the eye distance; None when that is not known."""
        return None if self.eye_distance is None else 100 * pixels / self.eye_distance


def compare(reference: Landmarks, other: Landmarks) -> Comparison:
    """Return how far the landmarks of `other` are from those of `reference`.

    Landmarks of different schemes are compared in the one of fewer points, extra points where
    both have them.

    Raises
    ------
    TemplateError
        MK221 when there is no way from one scheme to the other; MK225 when free points have
        different names, or the outer eye corners of the reference lie on one place.
    """
    reference, other, notes = _alike(reference, other)
    layout = reference.scheme
    unit = None if layout.outer_eye_corners is None else reference.outer_eye_distance()
    if unit is not None and not unit > 0:
        message = "the outer eye corners of the reference lie on one place: there is no unit."
        raise TemplateError(Finding("MK225", message))
    apart = np.hypot(*(other.points - reference.points).T)
    regions = {"all": tuple(range(len(layout.points)))}
    regions["inner"] = tuple(i for name in INNER for i in layout.group(name))
    errors = [
        _region(name, layout, indices, apart[list(indices)])
        for name, indices in regions.items()
        if indices
    ]
    jaw = layout.group("jaw")
    if len(jaw) > 1:
        across = to_curve(other.points[list(jaw)], reference.points[list(jaw)])
        errors.append(_region(CURVE, layout, jaw, across))
    errors += [_region(name, layout, ids, apart[list(ids)]) for name, ids in layout.groups if ids]
    return Comparison(layout.name, unit, tuple(errors), notes)


def _region(
    name: str, layout: Scheme, indices: Sequence[int], distances: FloatArray
) -> RegionError:
    worst = int(np.argmax(distances))
    return RegionError(
        name,
        len(indices),
        float(distances.mean()),
        float(distances[worst]),
        layout.points[indices[worst]],
    )


def to_curve(points: FloatArray, chain: FloatArray) -> FloatArray:
    """Return the distance of each point from an open chain of straight pieces.

    Parameters
    ----------
    points : (N, 2) array
    chain : (M, 2) array, M ≥ 2
        Its points in order.  What lies beyond an end is measured to that end.

    Returns
    -------
    (N,) array
    """
    start, piece = chain[:-1], np.diff(chain, axis=0)
    square = np.maximum((piece * piece).sum(axis=1), np.finfo(float).tiny)
    along = ((points[:, None] - start) * piece).sum(axis=2) / square
    foot = start + np.clip(along, 0, 1)[..., None] * piece
    nearest: FloatArray = np.hypot(*np.moveaxis(points[:, None] - foot, 2, 0)).min(axis=1)
    return nearest


def _alike(a: Landmarks, b: Landmarks) -> tuple[Landmarks, Landmarks, tuple[str, ...]]:
    """Return two landmarks in one scheme, and what is lost on the way."""
    a, b = shared([a, b])
    if a.scheme.points == b.scheme.points:
        return a, b, ()
    names = [one.scheme.name.removesuffix("+ext") for one in (a, b)]
    known = [name for name in names if name in scheme_names()]
    if not known:
        message = f"landmarks of {names[0]} and of {names[1]} have different names."
        advice = "Convert both to one scheme, or give their points the same names."
        raise TemplateError(Finding("MK225", message, suggestion=advice))
    poorer = min(known, key=lambda name: len(scheme(name).points))
    (a, lost), (b, more) = convert(a, poorer), convert(b, poorer)
    return a, b, (*lost, *more)


@dataclass(frozen=True, slots=True)
class Summary:
    """A region over several faces.

    Parameters
    ----------
    region : str
    faces, points : int
        Faces that have it, and landmarks of it in each.
    mean : float
        Mean over faces of the mean error, in pixels.
    mean_percent : float or None
        The same in percent of each face's own eye distance.
    worst, worst_percent : float, float or None
        Largest distance of any landmark.
    worst_face, worst_point : str
        Where that is.
    """

    region: str
    faces: int
    points: int
    mean: float
    mean_percent: float | None
    worst: float
    worst_percent: float | None
    worst_face: str
    worst_point: str


def summarised(compared: Mapping[str, Comparison]) -> tuple[Summary, ...]:
    """Return each region over all faces, in the order of the first that has it.

    Worst is what is worst in percent where that is known for every face, else in pixels.
    """
    regions = dict.fromkeys(r.region for one in compared.values() for r in one.regions)
    return tuple(_summary(region, compared) for region in regions)


def _summary(region: str, compared: Mapping[str, Comparison]) -> Summary:
    found = [
        (face, one, error)
        for face, one in compared.items()
        for error in one.regions
        if error.region == region
    ]
    shares = [one.percent(error.mean) for _, one, error in found]
    known = [share for share in shares if share is not None]
    sized = len(known) == len(found)
    face, one, error = max(
        found, key=lambda row: (row[1].percent(row[2].worst) if sized else row[2].worst) or 0.0
    )
    return Summary(
        region,
        len(found),
        found[0][2].points,
        math.fsum(row[2].mean for row in found) / len(found),
        math.fsum(known) / len(found) if sized else None,
        error.worst,
        one.percent(error.worst) if sized else None,
        face,
        error.worst_point,
    )
