"""Evenness: how a metric's steps along a continuum compare with what its levels promise.

One law for checks and pages.  Knows no limits.  Imports no NumPy.  May import
`measure.metrics`, `measure.series` and `study.spacing`.
"""

from __future__ import annotations

from math import isfinite

from morphkit.measure.metrics import METRICS
from morphkit.measure.series import Series
from morphkit.study.spacing import Spacing

FEWEST = 4
"""Frames from which on pictures tell of spacing."""


def evenness(series: Series, metric: str) -> Spacing | None:
    """Return a metric's steps as measured, and as the declared levels promise them.

    A step should be as long as its difference of level to the metric's power, times what the
    rounding of codes makes of it.  Each leg has a scale of its own: from the distressed face
    to the neutral one pictures may change more than from there to the happy one.

    Returns
    -------
    Spacing or None
        None when a step is unknown, when nothing changes, and when a step has no declared
        length: between frames of one level, or from one leg into the next.
    """
    known = [step for step in series.steps.get(metric, ()) if step is not None and isfinite(step)]
    if not known or len(known) < len(series.ids) - 1:
        return None
    power = METRICS[metric].power if metric in METRICS else 1.0
    longer = series.rounding.get(metric)
    declared = [0.0] * len(known)
    for leg in series.legs():
        here = range(leg.start, leg.stop - 1)
        rises = [abs(series.levels[k + 1] - series.levels[k]) ** power for k in here]
        if longer:
            rises = [rise * longer[k] for k, rise in zip(here, rises, strict=True)]
        whole = sum(known[k] for k in here)
        for k, rise in zip(here, rises, strict=True):
            declared[k] = whole * rise / (sum(rises) or 1.0)
    return Spacing(tuple(known), tuple(declared)) if all(declared) else None
