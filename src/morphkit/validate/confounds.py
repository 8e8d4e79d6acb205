"""Confounds: what changes along a continuum besides the expression.

Judges what a survey measured.  A statistic should lie on the straight line between the anchors.
Where photos and their mixture make it leave that line smoothly, that is a doubt, and an error
when it is gross; one frame that leaves the line through its neighbours was not made like them,
which is an error.  Imports no NumPy.  May import `errors`, `measure.series` and `validate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

from morphkit.errors import Finding
from morphkit.measure.series import Series, Values, expected, lookup
from morphkit.validate.evenness import FEW, graded, in_frame, in_short

Judgement = Callable[[float, float], float]
"""From the measured and the expected value: how far apart they are, in the limit's unit."""


def _share(value: float, line: float) -> float:
    return value / line - 1 if line else 0.0


def _apart(value: float, line: float) -> float:
    return value - line


def _detail(value: float, line: float) -> float:
    """Share of power that is gained or lost; smoothness is in decibels, and more means less."""
    return float(10 ** ((line - value) / 10) - 1)


@dataclass(frozen=True, slots=True)
class Drift:
    """How one statistic is judged.

    Parameters
    ----------
    code : str
    statistic : str
    words : str
        What a message calls it.
    apart : callable
    limit : str
        Name of the limit of how far a frame may lie off the line between the anchors.
    pop : float
        By which share of that limit one frame may leave its neighbours.
    """

    code: str
    statistic: str
    words: str
    apart: Judgement
    limit: str
    pop: float


DRIFTS = (
    Drift("MK526", "luminance", "mean luminance", _share, "luminance_drift", 0.5),
    Drift("MK527", "contrast", "RMS contrast", _share, "contrast_drift", 1.0),
    Drift("MK529", "smoothness", "power of fine skin detail", _detail, "blur_dip", 1.0),
    Drift("MK530", "ghost", "ghost index", _apart, "ghost_rise", 1.0),
)


OPENINGS = {
    "mouth_area": "mouth",
    "right_eye_area": "right eye",
    "left_eye_area": "left eye",
}
"""Statistics of landmarks: how large an opening is."""


def check_confounds(measured: Sequence[Series], limits: Mapping[str, float]) -> Iterator[Finding]:
    """MK526 light, MK527 contrast, MK528 colour, MK529 blur, MK530 ghosts, MK532 a frame off
    the path, MK533 an opening that pops, MK534 another outline."""
    values = {
        name: lookup(measured, name)
        for name in {*(drift.statistic for drift in DRIFTS), "lightness", "a_star", "b_star"}
    }
    for series in measured:
        if not series.anchors:
            continue
        for drift in DRIFTS:
            yield from _drifting(series, drift, values[drift.statistic], limits)
        yield from _coloured(series, values, limits["colour_drift"])
        yield from _off_path(series, limits["off_path"])
        yield from _outlined(series, limits["outline_shift"])
        yield from _popping(series, limits["aperture_pop"])


def _drifting(
    series: Series, drift: Drift, values: Mapping[str, float], limits: Mapping[str, float]
) -> Iterator[Finding]:
    """The worst frame off the line between the anchors, and every frame off its neighbours."""
    own = series.statistics.get(drift.statistic, ())
    limit = limits[drift.limit]
    off = _differences(own, expected(series, values), drift.apart)
    worst = max(off, key=lambda k: abs(off[k]), default=None)
    if worst is not None and abs(off[worst]) > limit:
        yield graded(
            in_frame(
                drift.code,
                series,
                worst,
                f"its {drift.words} lies {_told(off[worst], drift)} the line between the "
                f"anchors (limit {_size(limit, drift)}).",
                abs(off[worst]),
                limit,
            )
        )
    limit *= drift.pop
    for k, value in _differences(own, beside(series, own), drift.apart).items():
        if abs(value) > limit:
            found = in_frame(
                drift.code,
                series,
                k,
                f"its {drift.words} lies {_told(value, drift)} its neighbours' "
                f"(limit {_size(limit, drift)}): this frame alone differs.",
                abs(value),
                limit,
            )
            yield replace(found, severity="error")


def _told(value: float, drift: Drift) -> str:
    return f"{_size(abs(value), drift)} {'above' if value > 0 else 'below'}"


def _size(value: float, drift: Drift) -> str:
    return f"{value:.3g}" if drift.apart is _apart else f"{float(f'{100 * value:.2g}'):g} %"


def _differences(own: Sequence[float | None], line: Values, apart: Judgement) -> dict[int, float]:
    pairs = zip(own, line, strict=False)
    return {k: apart(a, b) for k, (a, b) in enumerate(pairs) if a is not None and b is not None}


def beside(series: Series, own: Sequence[float | None]) -> Values:
    """Return what each frame should have by its neighbours; None at the ends of a leg.

    Also None in a leg of few frames.  A neighbour of a frame that differs lies off its own
    neighbours too, by half as much and the other way; it is the frame that lies off most that
    is at fault.
    """
    found: list[float | None] = [None] * len(own)
    for leg in series.legs() if own else ():
        if len(leg) < FEW:
            continue
        line: dict[int, float] = {}
        if not all(a < b for a, b in pairwise(series.levels[leg.start : leg.stop])):
            continue  # what is a neighbour is anybody's guess
        for k in leg[1:-1]:
            a, b = own[k - 1], own[k + 1]
            low, high = series.levels[k - 1], series.levels[k + 1]
            if a is not None and b is not None and high > low:
                line[k] = a + (b - a) * (series.levels[k] - low) / (high - low)
        off = {k: abs(value - line[k]) for k in line if (value := own[k]) is not None}
        for k in off:
            if off[k] >= max(off.get(k - 1, 0.0), off.get(k + 1, 0.0)):
                found[k] = line[k]
    return tuple(found)


def _coloured(
    series: Series, values: Mapping[str, Mapping[str, float]], limit: float
) -> Iterator[Finding]:
    """MK528: the mean colour leaves the line between the anchors."""
    columns = [
        _differences(series.statistics.get(name, ()), expected(series, values[name]), _apart)
        for name in ("lightness", "a_star", "b_star")
    ]
    off = {
        k: hypot(*(one[k] for one in columns))
        for k in columns[0]
        if all(k in one for one in columns)
    }
    worst = max(off, key=lambda k: off[k], default=None)
    if worst is not None and off[worst] > limit:
        yield graded(
            in_frame(
                "MK528",
                series,
                worst,
                f"its mean colour lies {off[worst]:.2f} ΔE off the line between the anchors "
                f"(limit {limit:g}).",
                off[worst],
                limit,
            )
        )


def _off_path(series: Series, limit: float) -> Iterator[Finding]:
    """MK532: a frame shows what its neighbours don't lead to."""
    for k, value in enumerate(series.statistics.get("off_path", ())):
        if value is not None and value > limit:
            found = in_frame(
                "MK532",
                series,
                k,
                f"it shows something that the frames on both sides don't lead to: {value:.1f} "
                f"times what is usual there (limit {limit:g}).",
                value,
                limit,
            )
            yield in_short(found, series, k)


def _outlined(series: Series, limit: float) -> Iterator[Finding]:
    """MK534: a frame is cut out otherwise than the others."""
    for k, value in enumerate(series.statistics.get("outline", ())):
        if value is not None and value > limit:
            yield in_frame(
                "MK534",
                series,
                k,
                f"its outline departs from the other frames' by {value:.2f} px on average "
                f"(limit {limit:g}).",
                value,
                limit,
            )


def _popping(series: Series, limit: float) -> Iterator[Finding]:
    """MK533: an opening of one frame is larger or smaller than its neighbours lead to."""
    for name, words in OPENINGS.items():
        own = series.statistics.get(name, ())
        for k, value in _differences(own, beside(series, own), _apart).items():
            if abs(value) > limit:
                yield in_frame(
                    "MK533",
                    series,
                    k,
                    f"the opening of the {words} is {value:+.4f} squared eye distances off its "
                    f"neighbours' (limit {limit:g}).",
                    abs(value),
                    limit,
                )
