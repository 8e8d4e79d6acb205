"""How far a predictor's landmarks are from those that a person placed, by region and expression.

All errors are in per cent of the distance between that face's outer eye corners (EOD): the mean
over the landmarks of a region, then over photos.  Pure; may import `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from morphkit.faces.comparison import Comparison

WHOLE = ("all", "inner", "jaw")
"""Regions that are told for each expression."""

RANKED = "inner"
"""The region by which photos are called the worst."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a predictor said of a photo of an infant that it had not learned from.

    Parameters
    ----------
    identity, expression : str
    error : Comparison or None
        Of the person's landmarks with the predicted ones; None where no face was found.
    """

    identity: str
    expression: str
    error: Comparison | None


def summary(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return the errors of trials, as they stand in a card.

    Returns
    -------
    dict
        ``unit``; ``images``, the photos that were predicted, and ``not_found``, those on which
        there was no face for the detector; ``regions``: name → ``mean`` and ``worst`` photo;
        ``expressions``: name → ``images``, ``not_found`` and the means of ``all``, ``inner``
        and ``jaw``.  In % EOD, rounded to 0.001.
    """
    whole = _means(trials)
    expressions = {}
    for name in sorted({trial.expression for trial in trials}):
        some = [trial for trial in trials if trial.expression == name]
        means = _means(some)
        expressions[name] = _count(some) | {
            region: _mean(means[region]) for region in WHOLE if region in means
        }
    return {
        "unit": "percent of the distance between the outer eye corners",
        **_count(trials),
        "regions": {
            region: {"mean": _mean(values), "worst": round(max(values), 3)}
            for region, values in whole.items()
        },
        "expressions": expressions,
    }


def worst(trials: Sequence[Trial]) -> tuple[int, float] | None:
    """Return the place of the photo with the largest error, and that error; None without any.

    The error of the inner face counts, of all landmarks where the scheme has no such region.
    """
    found = []
    for place, trial in enumerate(trials):
        means = {name: values[0] for name, values in _means([trial]).items()}
        if means:
            found.append((means.get(RANKED, means["all"]), place))
    if not found:
        return None
    error, place = max(found)
    return place, error


def _count(trials: Sequence[Trial]) -> dict[str, Any]:
    seen = sum(trial.error is not None for trial in trials)
    return {"images": seen, "not_found": len(trials) - seen}


def _means(trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Return the mean error of each region on each photo that was predicted, in % EOD."""
    means: dict[str, list[float]] = {}
    for trial in trials:
        for region in trial.error.regions if trial.error else ():
            share = trial.error.percent(region.mean) if trial.error else None
            if share is not None:
                means.setdefault(region.region, []).append(share)
    return means


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3)


def table(error: Mapping[str, Any] | None) -> list[str]:
    """Return what a card says of the error as lines to read."""
    if error is None:
        return ["The error for other infants is not known: all photos are of one infant."]
    lines = ["% of eye distance        mean   worst photo"]
    for region, values in error["regions"].items():
        lines.append(f"{region:<20} {values['mean']:>8.2f}  {values['worst']:>12.2f}")
    lines += ["", "expression           photos  not found     all   inner     jaw"]
    for name, row in error["expressions"].items():
        shares = [f"{row[part]:>8.2f}" if part in row else f"{'–':>8}" for part in WHOLE]
        lines.append(f"{name:<20} {row['images']:>6}  {row['not_found']:>9}{''.join(shares)}")
    return lines
