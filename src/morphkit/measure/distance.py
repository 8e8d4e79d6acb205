"""How far two pictures, or two sets of landmarks, are apart, by each of `METRICS`.

`prepare` computes once per picture what comparing needs, `compare` does the rest for a pair;
`distance` does both for one metric.  May import `errors`, `faces`, `measure` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit.errors import Finding, UsageError
from morphkit.faces.face import ByteArray, Landmarks
from morphkit.measure.gabor import amplitudes, gabor_jet
from morphkit.measure.lab import ciede2000, lab_of
from morphkit.measure.metrics import metric as metric_of
from morphkit.measure.region import (
    BoolArray,
    Plane,
    Region,
    bounds,
    inside,
    region,
    region_of_light,
)
from morphkit.measure.similarity import gmsd, gradients, ssim, windows

View = Callable[[Region], Any]
Difference = Callable[[Any, Any], float]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is kept of a picture to compare it.

    Parameters
    ----------
    where : (H, W) bool array
        Which part of the picture is compared.
    codes : (N, 3) uint8 array
        Its pixels, row by row.
    views : mapping
        What each metric needs of that part.
    """

    where: BoolArray
    codes: ByteArray
    views: Mapping[View, Any]

    @property
    def light(self) -> Plane:
        """Linear light of its pixels, white 1: (N, 3)."""
        return np.asarray(self.views[_light])

    @property
    def colours(self) -> Plane:
        """CIELAB of its pixels, (3, N)."""
        return np.asarray(self.views[_lab])


def prepare(image: ByteArray, where: BoolArray | None = None) -> Prepared:
    """Return what comparing a picture with others needs, by any metric for pictures.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        sRGB-encoded.
    where : (H, W) bool array, optional
        The part that is compared, by default all of it.  Nothing else has any influence.

    Raises
    ------
    UsageError
        MK951 when `where` has another size, MK952 when it is empty, MK953 when one of the
        two is no such array.
    """
    image, where = _checked(image, where)
    part = region(image, where)
    views = {view: view(part) for view in {view for view, _ in _PICTURES.values()}}
    box = bounds(where)
    return Prepared(where, inside(image[box], where[box]), views)


def compare(a: Prepared, b: Prepared) -> dict[str, float]:
    """Return the distances of two pictures by every metric for pictures.

    Raises
    ------
    UsageError
        MK951 when they were not prepared with the same size and part.
    """
    if a.where.shape != b.where.shape:
        raise _unequal("pictures", a.where, b.where)
    if not np.array_equal(a.where, b.where):
        raise _unequal("parts", a.where, b.where)
    return {
        name: differ(a.views[view], b.views[view]) for name, (view, differ) in _PICTURES.items()
    }


def distance(
    metric: str,
    a: ByteArray | Landmarks,
    b: ByteArray | Landmarks,
    where: BoolArray | None = None,
) -> float:
    """Return how far two pictures, or two faces' landmarks, are apart.

    Parameters
    ----------
    metric : str
        One of `METRICS`.
    a, b : (H, W, 3) uint8 arrays, or Landmarks for ``landmark_path``
        Pictures are sRGB-encoded.
    where : (H, W) bool array, optional
        The part of the pictures that is compared, by default all of it.

    Returns
    -------
    float
        0 for equal ones, in the metric's unit.  ``landmark_path`` is the *mean* (not the
        root mean square) distance of corresponding landmarks, as in the steps of a
        continuum, in units of the mean outer-eye-corner distance of the two.

    Raises
    ------
    UsageError
        MK950 for an unknown metric, MK951 when sizes differ, MK952 when `where` is empty,
        MK953 when the metric doesn't compare what it was given.
    TemplateError
        MK207 when the scheme doesn't name the outer eye corners.
    """
    if metric_of(metric).name not in _PICTURES:
        return _landmark_path(a, b, where)
    view, differ = _PICTURES[metric]
    one, other = _checked(a, where), _checked(b, where)
    if one[1].shape != other[1].shape:
        raise _unequal("pictures", one[1], other[1])
    return differ(view(region(*one)), view(region(*other)))


def comparison(
    metric: str, where: BoolArray
) -> tuple[Callable[[Plane, Landmarks], Any], Difference]:
    """Return what a metric makes of a picture that isn't rounded to codes, and how it compares two.

    Parameters
    ----------
    metric : str
        One of `METRICS`.
    where : (H, W) bool array
        The part that is compared.

    Returns
    -------
    view : callable
        (H, W, 3) float32 linear light, white 1, and its landmarks → what is compared.
    differ : callable
        Two such → their distance.

    Raises
    ------
    UsageError
        MK950 for an unknown metric.
    """
    if metric_of(metric).name not in _PICTURES:
        return (lambda light, marks: marks), (lambda a, b: _landmark_path(a, b, None))
    view, differ = _PICTURES[metric]
    return (lambda light, marks: view(region_of_light(light, where))), differ


def _light(part: Region) -> Plane:
    """Linear light, white 1: (N, 3)."""
    return part.light


def _rmse(one: Plane, other: Plane) -> float:
    apart = one - other
    return float(np.sqrt((apart * apart).mean(dtype=np.float64)))


def _mae(one: Plane, other: Plane) -> float:
    return float(np.abs(one - other).mean(dtype=np.float64))


def _lab(part: Region) -> Plane:
    return lab_of(part.light)


def _ciede2000(one: Plane, other: Plane) -> float:
    return float(ciede2000(one, other).mean(dtype=np.float64))


_PICTURES: Mapping[str, tuple[View, Difference]] = {
    "rmse": (_light, _rmse),
    "mae": (_light, _mae),
    "ssim": (windows, ssim),
    "gmsd": (gradients, gmsd),
    "ciede2000": (_lab, _ciede2000),
    "gabor_jet": (amplitudes, gabor_jet),
}


BY_PIXEL: Mapping[str, tuple[Callable[[Plane], Plane], Difference]] = {
    "rmse": (np.asarray, _rmse),
    "mae": (np.asarray, _mae),
    "ciede2000": (lab_of, _ciede2000),
}
"""Metrics that compare pixel by pixel: what each makes of (N, 3) linear light, and how it
compares that."""


def _landmark_path(a: object, b: object, where: BoolArray | None) -> float:
    if not isinstance(a, Landmarks) or not isinstance(b, Landmarks):
        raise _unfit("landmark_path compares Landmarks.")
    if where is not None:
        raise _unfit("landmark_path compares all landmarks: it takes no part of a picture.")
    if a.scheme != b.scheme:
        raise _unfit(
            f"landmarks of different schemes ({a.scheme.name}, {b.scheme.name}) don't correspond."
        )
    moved = np.hypot(*(a.points - b.points).T).mean()
    return float(2 * moved / (a.outer_eye_distance() + b.outer_eye_distance()))


def _checked(image: object, where: object) -> tuple[ByteArray, BoolArray]:
    """Return a picture and the part that is compared, or refuse."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.shape[2:] != (3,):
        raise _unfit(f"a picture is an (H, W, 3) array of uint8, this is {_kind(image)}.")
    if where is None:
        where = np.ones(image.shape[:2], dtype=np.bool_)
    if not isinstance(where, np.ndarray) or where.dtype != np.bool_:
        raise _unfit(f"the part to compare is an (H, W) array of bool, this is {_kind(where)}.")
    if where.shape != image.shape[:2]:
        raise _unequal("picture and part", image, where)
    if not where.any():
        raise UsageError(
            Finding(
                "MK952",
                "there is no pixel to compare.",
                measured=0.0,
                limit=1.0,
                suggestion="Give a part with at least one pixel, or none for the whole picture.",
            )
        )
    return image, where


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.shape} of {value.dtype}"
    return f"a {type(value).__name__}"


def _unequal(what: str, one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> UsageError:
    sizes = " and ".join(f"{image.shape[1]}×{image.shape[0]} px" for image in (one, other))
    told = "are not the same" if one.shape == other.shape else f"are not of one size: {sizes}"
    return UsageError(
        Finding(
            "MK951",
            f"{what} to compare {told}.",
            suggestion="Compare pictures of one canvas, with one part for both.",
        )
    )


def _unfit(message: str) -> UsageError:
    return UsageError(
        Finding(
            "MK953",
            message,
            suggestion="Give pictures as read_face(…).image is, or landmarks of one scheme.",
        )
    )
