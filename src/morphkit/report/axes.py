"""Axes: from values to places on a drawing, and round numbers to read them by.

Knows numbers and SVG path data; nothing of sets.  May import `report.words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from morphkit.report.words import fixed


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from values low…high to places start…end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a unit."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1) + 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick: its place on the axis and its label."""

    at: float
    text: str


def ticks(scale: Scale, about: int = 5) -> tuple[Tick, ...]:
    """Return ticks at round values, as many as asked for or one less or more."""
    raw = (scale.high - scale.low) / about
    power = 10.0 ** floor(log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= 0.999 * raw)
    digits = max(0, -floor(log10(step) + 1e-9) + (round(step / power, 6) == 2.5))
    first, last = ceil(scale.low / step - 1e-9), floor(scale.high / step + 1e-9)
    return tuple(Tick(scale(i * step), fixed(i * step, digits)) for i in range(first, last + 1))


def level_scale(levels: Sequence[float], start: float, end: float) -> Scale:
    """Return an axis of levels; all of one value still give one."""
    low, high = min(levels), max(levels)
    return Scale(low, high if high > low else low + 1, start, end)


def drawn(places: Sequence[tuple[float, float]]) -> str:
    """Return a line through places as SVG path data."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
