"""Evenness of the pictures: do they change as the declared levels promise?

Judges what a survey measured.  Imports no NumPy.  May import `errors`, `measure.evenness`,
`measure.series`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Literal

from morphkit.errors import Finding
from morphkit.measure.evenness import FEWEST, evenness
from morphkit.measure.series import Series
from morphkit.study.levels import fractions
from morphkit.study.recipe import Recipe
from morphkit.validate.rules import finding

JUDGED = ("rmse", "mae", "ciede2000")
"""Metrics whose steps are even along an even continuum, by their own law.  The others bend where
edges move, by up to 14 % of the range in clean continua; they are shown, not judged."""

GROSS = 2.0
"""Times its limit: what photos can do to a continuum is a warning up to there, then an error."""

FEW = 8
"""Frames of a leg from which on one frame can be told from its neighbours: in fewer, steps are so
large that a photo's own peculiarities look like a frame that was put in."""


def check_evenness(measured: Sequence[Series], limits: Mapping[str, float]) -> Iterator[Finding]:
    """MK459 a frame off its place, MK460 uneven and MK461 drifting pictures, MK462 look-alikes."""
    for series in measured:
        if series.anchors:
            yield from _displaced(series, limits)
            yield from _uneven(series, limits)
            yield from _confusable(series)


def check_asked(
    measured: Sequence[Series], recipe: Recipe | None, limits: Mapping[str, float]
) -> Iterator[Finding]:
    """MK464: steps are equal in the metric that the recipe asks for, leg by leg."""
    metric = "level" if recipe is None else recipe.spacing.scale
    if recipe is None or not isinstance(metric, str) or metric == "level":
        return
    even = {entry.name: entry.levels for entry in recipe.continua}
    limit = limits["spacing_step_cv"]
    for series in measured:
        spec = even.get(series.continuum)
        steps = series.steps.get(metric, ())
        if isinstance(spec, int | str) and len(fractions(spec)) == len(series.ids):
            for leg in series.legs():
                cv = _unevenness(steps, fractions(spec), leg)
                if cv is None or not cv <= limit:
                    known = "can't be told" if cv is None else f"vary by a CV of {cv:.3f}"
                    text = f"the steps by {metric} {known} (limit {limit:g})."
                    yield in_series("MK464", series, text, 0.0 if cv is None else cv, limit)


def _unevenness(steps: Sequence[float | None], share: Sequence[float], leg: range) -> float | None:
    """Return the coefficient of variation of a leg's steps over the wanted ones."""
    known = [step for step in steps[leg.start : leg.stop - 1] if step is not None]
    if len(known) < len(leg) - 1:
        return None
    ratios = [step / (share[k + 1] - share[k]) for k, step in zip(leg, known, strict=False)]
    mean = sum(ratios) / len(ratios)
    return sqrt(sum((one - mean) ** 2 for one in ratios) / len(ratios)) / mean if mean else None


def _displaced(series: Series, limits: Mapping[str, float]) -> Iterator[Finding]:
    limit = limits["frame_displacement"]
    for k, value in enumerate(series.statistics.get("displaced", ())):
        if value is not None and abs(value) > limit:
            found = in_frame(
                "MK459",
                series,
                k,
                f"the picture lies too {'far' if value > 0 else 'early'} between its neighbours "
                f"for its level: {100 * abs(value):.0f} % of their distance, the neighbours' own "
                f"displacement taken off (limit {100 * limit:g} %).",
                round(abs(value), 6),
                limit,
            )
            yield in_short(found, series, k)


def _uneven(series: Series, limits: Mapping[str, float]) -> Iterator[Finding]:
    if len(series.ids) < FEWEST:
        return
    for name in JUDGED:
        found = evenness(series, name)
        if found is None:
            continue
        limit = limits["image_step_cv"]
        if found.cv > limit:
            worst = max(range(len(found.ratios)), key=lambda i: abs(found.ratios[i] - 1))
            yield graded(
                in_series(
                    "MK460",
                    series,
                    f"by {name.upper()} the steps of the pictures vary by a CV of {found.cv:.3f} "
                    f"(limit {limit:g}); the worst, before frame {worst + 2}, is "
                    f"{found.ratios[worst]:.2f} times the declared one.",
                    found.cv,
                    limit,
                )
            )
        limit = limits["image_cumulative"]
        if abs(found.offset) > limit:
            worst = found.offsets.index(found.offset)
            frames = abs(found.offset) * (len(series.ids) - 1)
            yield graded(
                in_series(
                    "MK461",
                    series,
                    f"by {name.upper()} frame {worst + 1} lies {frames:.2f} frames "
                    f"({100 * abs(found.offset):.1f} % of the range) too "
                    f"{'far' if found.offset > 0 else 'early'} (limit {100 * limit:g} %).",
                    abs(found.offset),
                    limit,
                )
            )


def _confusable(series: Series) -> Iterator[Finding]:
    for k, value in enumerate(series.statistics.get("nearest", ())):
        if value is not None and value < 1:
            yield in_frame(
                "MK462",
                series,
                k,
                "a frame that isn't its neighbour is nearer to it than any two neighbours are: "
                f"{100 * value:.0f} % of the smallest step.",
                round(value, 6),
                1.0,
            )


def in_series(code: str, series: Series, message: str, measured: float, limit: float) -> Finding:
    """Return a finding about a whole continuum of one identity."""
    return finding(
        code,
        f"{series.called}: {message}",
        pointer=series.called,
        measured=round(measured, 6),
        limit=limit,
    )


def in_frame(
    code: str, series: Series, k: int, message: str, measured: float, limit: float
) -> Finding:
    """Return a finding about the picture of one frame."""
    found = in_series(code, series, f"frame {k + 1}: {message}", measured, limit)
    return replace(found, pointer=series.ids[k])


def in_short(found: Finding, series: Series, k: int) -> Finding:
    """Return a finding about one frame as a warning where its leg has few frames."""
    short = all(len(leg) < FEW for leg in series.legs() if k in leg)
    return replace(found, severity="warning") if short else found


def graded(found: Finding) -> Finding:
    """Return a finding as an error when it is gross, as a warning when it isn't."""
    severity: Literal["error", "warning"] = "warning"
    if found.measured is not None and found.limit is not None:
        severity = "error" if found.measured > GROSS * found.limit else "warning"
    return replace(found, severity=severity)
