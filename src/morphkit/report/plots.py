"""Plots: small diagrams of one size, many to a page, as few bytes as can be.

Knows the frame of a plot and what lies in it; the template writes it as SVG.  May import
`report.axes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, log10

from morphkit.report.axes import Scale, Tick, drawn

LEFT, RIGHT, TOP, BOTTOM = 52, 294, 8, 160
INSET = 6
"""Between the frame and the first level."""

MOST_LINES = 6
MOST_MARKED = 31
"""Frames up to which each one has a mark."""

_DIGITS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn with one stroke: CSS classes and SVG path data."""

    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A small diagram.

    Parameters
    ----------
    title, unit : str
    description : str
        What it shows, in numbers, for those who don't see it.
    shapes : tuple of Shape
        From back to front.
    note, warning : str
        Under the plot; the warning only where something passes a limit.
    """

    title: str
    unit: str
    description: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    shapes: tuple[Shape, ...]
    note: str = ""
    warning: str = ""

    @property
    def grid(self) -> str:
        """Lines across at the ticks of the upright axis."""
        return "".join(f"M{LEFT} {tick.at:g}H{RIGHT}" for tick in self.y_ticks)

    @property
    def frame(self) -> str:
        """Both axes, with small marks at the ticks of the level one."""
        marks = "".join(f"M{tick.at:g} {BOTTOM}v4" for tick in self.x_ticks)
        return f"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}{marks}"


def rising(low: float, high: float) -> Scale:
    """Return an upright axis that holds values from low to high with some air."""
    air = max(0.06 * (high - low), 0.005 * max(abs(low), abs(high)), 1e-12)
    return Scale(low - air, high + air, BOTTOM, TOP)


_LEAST = -307
"""Ten to a smaller power is no ordinary float, or 0."""


def factor(values: Sequence[float]) -> tuple[float, str]:
    """Return a power of ten that makes very small or large values short, and its words."""
    most = max((abs(value) for value in values), default=0.0)
    power = max(floor(log10(most)), _LEAST) if most > 0 else 0
    if -3 <= power <= 3:
        return 1.0, ""
    return 10.0**power, f"× 10{str(power).translate(_DIGITS)}"


def line(kind: str, places: Sequence[tuple[float, float] | None]) -> Shape:
    """Return a line with a gap wherever a place isn't known; single points are dots."""
    runs = [list(run) for known, run in groupby(places, bool) if known]
    data = "".join(
        drawn([place for place in run if place] * (2 if len(run) == 1 else 1)) for run in runs
    )
    return Shape(f"line {kind}" + (" marked" if len(places) <= MOST_MARKED else ""), data)


def band(
    kind: str, upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]
) -> Shape:
    """Return the area between two lines."""
    return Shape(kind, drawn([*upper, *reversed(lower)]) + "Z")
