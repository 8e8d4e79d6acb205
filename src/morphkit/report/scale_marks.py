"""What diagrams of calibrated scales are made of: axes, bands, curves, dots, diamonds, bars.

Numbers in, SVG path data out.  May import `report.axes`, `report.plots`, `report.scale_words` and
`study.told`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

from morphkit.report.axes import Scale, drawn
from morphkit.report.plots import Shape, band
from morphkit.report.scale_words import Way
from morphkit.study.told import P_HAPPY, Point, Told

SMALL_DOT = 1.5
"""Radius of the smallest dot."""

MOST_MARKS = 41
"""Frames up to which each one has a mark on its curve."""


def level_axis(path: Way, all_told: Iterable[Told], start: float, end: float) -> Scale:
    """Return the axis of the whole path, however little of it was measured."""
    low = path.start
    if low is None:
        low = -1.0 if any(one.levels and one.levels[0] < 0 for one in all_told) else 0.0
    elif any(one.levels and one.levels[0] < low for one in all_told):
        low = -1.0
    return Scale(low, 1.0, start, end)


def intensity_axis(unit: str, all_told: Iterable[Told], start: float, end: float) -> Scale:
    """Return the axis of intensities: 0…1 for shares, what is there for others."""
    if unit == P_HAPPY:
        return Scale(0.0, 1.0, start, end)
    values = [
        value
        for told in all_told
        for value in (
            *told.intensities,
            *told.low,
            *told.high,
            *(point.value for point in told.points),
        )
    ]
    air = 0.04 * (max(values) - min(values))
    return Scale(min(values) - air, max(values) + air, start, end)


def ribbon(told: Told, color: int, x: Scale, y: Scale) -> list[Shape]:
    """Return the band and the line of a curve."""

    def places(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(x(a), height(y, b)) for a, b in zip(told.levels, values, strict=True)]

    shapes = []
    if told.low:
        shapes.append(band(f"band f{color}", places(told.high), places(told.low)))
    if told.levels:
        shapes.append(Shape(f"stroke s{color}", drawn(places(told.intensities))))
    return shapes


def height(y: Scale, value: float | None) -> float:
    """Return the place of an intensity; at the edge where it lies outside, or isn't known."""
    return y(y.low if value is None else min(max(value, y.low), y.high))


def balances(told: Told, color: int, x: Scale, y: Scale, thick: float) -> list[Shape]:
    """Return the balance point: a line down to the axis, and a bar over its interval."""
    if told.pse is None or not x.low <= told.pse.level <= x.high:
        return []
    at, middle = x(told.pse.level), height(y, told.at(told.pse.level))
    shapes = [Shape("drop", f"M{at:g} {middle:g}V{y.start:g}")]
    if told.pse.low is not None and told.pse.high is not None:
        low, high = x(max(told.pse.low, x.low)), x(min(told.pse.high, x.high))
        half, cap = thick / 2, 2.5 * thick
        bar = f"M{low:g} {middle - half:g}H{high:g}v{thick:g}H{low:g}Z"
        ends = "".join(
            f"M{end - half:g} {middle - cap:g}h{thick:g}v{2 * cap:g}h{-thick:g}Z"
            for end in (low, high)
        )
        shapes.append(Shape(f"f{color}", bar + ends))
    return shapes


def marks(told: Told, levels: Sequence[float], x: Scale, y: Scale, size: float) -> list[Shape]:
    """Return a diamond on the curve for each frame; none where there are too many."""
    known = [(level, told.at(level)) for level in dict.fromkeys(levels)]
    on = [(x(level), height(y, value)) for level, value in known if value is not None]
    if not 0 < len(on) <= MOST_MARKS:
        return []
    diamond = f"l{size:g} {size:g}l{-size:g} {size:g}l{-size:g} {-size:g}Z"
    return [Shape("mark", "".join(f"M{a:g} {round(b - size, 1):g}{diamond}" for a, b in on))]


def unobserved(told: Told, levels: Sequence[float]) -> list[float]:
    """Return the levels at which nothing was observed: there a dot doesn't show the frame."""
    seen = [point.level for point in told.points]
    return [level for level in levels if not any(abs(level - one) < 1e-6 for one in seen)]


def radius(trials: int, most: int, largest: float) -> float:
    """Return the radius of a dot whose area is that of its trials."""
    if most <= 0:
        return round(largest / 2, 1)
    return round(max(largest * sqrt(trials / most), SMALL_DOT), 1)


def discs(points: Sequence[Point], x: Scale, y: Scale, largest: float) -> str:
    """Return dots as path data."""
    most = max((point.trials for point in points), default=0)
    parts = []
    for point in points:
        r = radius(point.trials, most, largest)
        parts.append(
            f"M{round(x(point.level) - r, 1):g} {y(point.value):g}"
            f"a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0Z"
        )
    return "".join(parts)
