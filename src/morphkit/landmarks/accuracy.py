"""How far predicted landmarks are from those that a person placed, by region and expression.

All errors are in per cent of the distance between that face's outer eye corners (EOD), the mean
over landmarks first, then over photos.  Pure; may import `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit.faces.face import FloatArray, Landmarks
from morphkit.faces.scheme import Scheme

INNER = ("brow", "nose", "eye", "mouth")
"""Regions that make up the inner face, but for the side in front of their names."""


def regions(layout: Scheme) -> dict[str, tuple[int, ...]]:
    """Return which landmarks belong to what errors are told for.

    Returns
    -------
    dict
        ``all``, ``inner`` (brows, nose, eyes and mouth), ``jaw``, and then every other region of
        the scheme, both sides together (``eye``, ``brow``, …).  None of them is empty.
    """
    parts: dict[str, tuple[int, ...]] = {}
    for name, indices in layout.groups:
        side = name.removeprefix("right_").removeprefix("left_")
        parts[side] = (*parts.get(side, ()), *indices)
    inner = {index for name in INNER for index in parts.get(name, ())}
    found = {"all": tuple(range(len(layout.points))), "inner": tuple(sorted(inner))}
    found["jaw"] = parts.pop("jaw", ())
    return {name: indices for name, indices in (found | parts).items() if indices}


def distances(truth: Landmarks, points: FloatArray) -> FloatArray:
    """Return how far (K, 2) predicted points are from the truth: (K,), in % EOD.

    Raises
    ------
    TemplateError
        MK207 when the scheme does not name the outer eye corners.
    """
    away = points - truth.points
    found: FloatArray = 100 * np.sqrt((away * away).sum(axis=1)) / truth.outer_eye_distance()
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What a predictor said of a photo of an infant that it had not learned from.

    Parameters
    ----------
    identity, expression : str
    error : (K,) array or None
        As `distances`; None where no face was found on the photo.
    """

    identity: str
    expression: str
    error: FloatArray | None


def summary(layout: Scheme, trials: Sequence[Trial]) -> dict[str, Any]:
    """Return the errors of trials, as they stand in a card.

    Returns
    -------
    dict
        ``unit``; ``images``, the photos that were predicted, and ``not_found``, those on which
        there was no face for the detector; ``regions``: name → ``mean`` and ``worst`` photo;
        ``expressions``: name → ``images`` and the means of ``all``, ``inner`` and ``jaw``.
        Numbers are rounded to 0.001 % EOD.
    """
    seen = [trial for trial in trials if trial.error is not None]
    parts = regions(layout)
    whole = ("all", "inner", "jaw")
    expressions = {}
    for name in sorted({trial.expression for trial in trials}):
        means = _means([trial for trial in seen if trial.expression == name], parts)
        expressions[name] = {"images": len(means["all"])} | {
            part: _rounded(np.mean(means[part])) for part in whole if means.get(part)
        }
    return {
        "unit": "percent of the distance between the outer eye corners",
        "images": len(seen),
        "not_found": len(trials) - len(seen),
        "regions": {
            name: {"mean": _rounded(np.mean(values)), "worst": _rounded(max(values))}
            for name, values in _means(seen, parts).items()
            if values
        },
        "expressions": expressions,
    }


def _means(
    trials: Sequence[Trial], parts: Mapping[str, tuple[int, ...]]
) -> dict[str, list[float]]:
    """Return the mean error of each region on each photo."""
    errors = [trial.error for trial in trials if trial.error is not None]
    return {
        name: [float(error[list(indices)].mean()) for error in errors]
        for name, indices in parts.items()
    }


def worst(layout: Scheme, trials: Sequence[Trial]) -> tuple[int, float] | None:
    """Return the place of the photo with the largest error of the inner face, and that error."""
    parts = regions(layout)
    indices = list(parts.get("inner", parts["all"]))
    found = [
        (float(trial.error[indices].mean()), place)
        for place, trial in enumerate(trials)
        if trial.error is not None
    ]
    if not found:
        return None
    error, place = max(found)
    return place, error


def _rounded(value: Any) -> float:
    return round(float(value), 3)
