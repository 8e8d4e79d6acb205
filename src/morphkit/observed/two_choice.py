"""Two-choice responses: a psychometric function, and P(happy) as an intensity scale.

May import `calibrate`, `observed`, NumPy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from morphkit.calibrate.psychometric import PsychometricFit, fit
from morphkit.calibrate.scale import P_HAPPY, IntensityScale, Point
from morphkit.observed.data import judgements
from morphkit.observed.parts import ALL, LEAST, Estimate, Fitting, Part, floats, held
from morphkit.observed.values import Floats, Observed

STEP = 0.01
"""Of the levels that a scale is written for; never more than 1 % of what was shown."""

POOLED = (
    "All responses were thrown together as if one observer had given them: such intervals cover "
    "the truth in 51 to 72 of 100 studies instead of 95, and the slope is too shallow."
)


def two_choice(observed: Observed, identity: str, fitting: Fitting) -> Part:
    """Fit two-choice responses to all infants, or to one."""
    data = judgements(observed, identity)
    found = fit(
        data.pooled() if fitting.pooled else data,
        shape=fitting.shape,
        asymptotes=fitting.asymptotes,
        lapse=fitting.lapse,
        overdispersed=fitting.overdispersed,
        replicates=fitting.replicates,
        seed=fitting.seed,
    )
    levels = data.levels
    shown, happy = data.shown.sum(axis=0), data.happy.sum(axis=0)
    points = [
        Point(float(at), float(yes / count), int(count))
        for at, yes, count in zip(levels, happy, shown, strict=True)
    ]
    scale = replace(
        _curve(found),
        pse=held(found.pse),
        jnd=held(found.jnd),
        observer_sd=None if fitting.pooled else held(found.observer_sd),
        points=tuple(points),
        observers=len(data.observers),
        trials=data.trials,
    )
    return Part(scale, _lines(found, identity or ALL, fitting), _doubts(found, fitting))


def _lines(found: PsychometricFit, who: str, fitting: Fitting) -> tuple[Estimate, ...]:
    lines = [
        Estimate(who, "PSE", found.pse, "place"),
        Estimate(who, "JND", found.jnd, "length"),
        Estimate(who, "slope", found.slope, "slope"),
    ]
    if not fitting.pooled:
        lines.append(Estimate(who, "observer SD", found.observer_sd, "length"))
    return tuple(lines)


def _doubts(found: PsychometricFit, fitting: Fitting) -> tuple[str, ...]:
    if not fitting.pooled:
        return found.doubts
    return (POOLED, *(doubt for doubt in found.doubts if not doubt.startswith("One observer")))


def _curve(found: PsychometricFit) -> IntensityScale:
    """Return P(happy) over the levels that were shown, on a fine grid."""
    first, last = found.judgements.levels[0], found.judgements.levels[-1]
    steps = int(np.ceil(round((last - first) / min(STEP, found.judgements.span / 100), 6)))
    levels = np.asarray(np.round(np.linspace(first, last, steps + 1), 6), dtype=np.float64)
    values = found.p_happy(levels)
    kept = _rising(values[:, 0])
    return IntensityScale(
        P_HAPPY,
        "two-choice",
        floats(levels[kept]),
        floats(values[kept, 0]),
        floats(values[kept, 1]),
        floats(values[kept, 2]),
    )


def _rising(values: Floats) -> list[int]:
    """Return indices at which values rise by more than rounding; both ends where they do at all."""
    kept = [0]
    for i, value in enumerate(values[1:], start=1):
        if value >= values[kept[-1]] + LEAST:
            kept.append(i)
    if len(kept) > 1:
        kept[-1] = len(values) - 1
    return kept if len(kept) > 1 else [0, len(values) - 1]
