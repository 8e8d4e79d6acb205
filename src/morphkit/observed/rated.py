"""Ratings and comparisons: monotone means and perceived values as intensity scales.

May import `calibrate`, `errors`, `observed`, NumPy.
"""

from __future__ import annotations

from math import isfinite

import numpy as np

from morphkit.calibrate import ratings as of_ratings
from morphkit.calibrate import scaling
from morphkit.calibrate.scale import IntensityScale, Point
from morphkit.errors import CalibrationError, Finding
from morphkit.observed.data import compared, ratings
from morphkit.observed.parts import ALL, LEAST, Estimate, Fitting, Part, floats, held
from morphkit.observed.values import Floats, Observed

MOST_REPLICATES = 500
"""Of comparisons, whose fits take longer."""


def rated(observed: Observed, identity: str, fitting: Fitting) -> Part:
    """Fit ratings of all infants, or of one; MK470 where they don't rise."""
    data = ratings(observed, identity)
    found = of_ratings.rate(data, replicates=fitting.replicates, seed=fitting.seed)
    who = identity or ALL
    lines = [Estimate(who, "slope", found.slope, "slope")]
    crossing = found.crossing if isfinite(found.crossing.value) else None
    if crossing:
        lines.insert(0, Estimate(who, "crossing of the middle", crossing, "place"))
    kept = _apart(found.curve[:, 0])
    if len(kept) < 3:
        message = (
            f"the ratings of {who} hardly rise: {len(kept)} of {len(data.levels)} levels differ."
        )
        raise CalibrationError(Finding("MK470", message, measured=float(len(kept)), limit=3.0))
    band = found.curve[kept, 1:].T if np.isfinite(found.curve).all() else np.empty((2, 0))
    counts = _trials(observed, identity, data.levels)
    means = np.nanmean(data.means, axis=0)
    scale = IntensityScale(
        "rating",
        "ratings",
        floats(data.levels[kept]),
        floats(found.curve[kept, 0]),
        floats(band[0]),
        floats(band[1]),
        pse=held(crossing) if crossing and isfinite(crossing.low) else None,
        points=tuple(
            Point(float(at), float(mean), int(count))
            for at, mean, count in zip(data.levels, means, counts, strict=True)
        ),
        observers=len(data.observers),
        trials=data.trials,
    )
    return Part(scale, tuple(lines), found.doubts)


def _trials(observed: Observed, identity: str, levels: Floats) -> Floats:
    own = np.array([not identity or row.identity == identity for row in observed.stimuli])
    there = observed.levels()[own[observed.shown[:, 0]], 0]
    return np.array([(there == level).sum() for level in levels])


def _apart(curve: Floats) -> list[int]:
    """Return one index of each run of equal values of a monotone curve.

    The middle of a run, but the outermost level of the first and the last one.
    """
    starts = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(curve) > LEAST))]
    runs = [(start, end - 1) for start, end in zip(starts, [*starts[1:], len(curve)], strict=True)]
    if len(runs) < 2:
        return [0]
    middles = [(first + last) // 2 for first, last in runs[1:-1]]
    return [0, *middles, len(curve) - 1]


def perceived(observed: Observed, fitting: Fitting) -> Part:
    """Fit comparisons of levels."""
    data = compared(observed)
    replicates = min(fitting.replicates, MOST_REPLICATES)
    found = scaling.scale(data, replicates=replicates, seed=fitting.seed)
    values = found.values
    scale = IntensityScale(
        "perceived",
        "pairs" if data.task == "pairs" else "mlds",
        floats(found.levels),
        tuple(one.value for one in values),
        tuple(one.low for one in values),
        tuple(one.high for one in values),
        observers=found.observers,
        trials=found.trials,
    )
    lines = [
        Estimate(ALL, f"perceived at {at:g}", value)
        for at, value in zip(found.levels, values, strict=True)
    ]
    return Part(scale, tuple(lines), found.doubts)


def refuse_without_middle(scale: IntensityScale) -> None:
    """Refuse a scale of ratings that has no balance point, or none with an interval.

    Raises
    ------
    CalibrationError
        MK468 one observer; MK469 ratings that don't cross the middle of their scale.
    """
    if scale.basis != "ratings" or scale.pse is not None:
        return
    if scale.observers == 1:
        message = "the ratings of one observer have no interval."
        raise CalibrationError(Finding("MK468", message, measured=1.0, limit=2.0))
    message = "the ratings don't cross the middle of their scale at the levels that were shown."
    advice = "Show levels further out; nothing is extrapolated."
    raise CalibrationError(Finding("MK469", message, suggestion=advice))
