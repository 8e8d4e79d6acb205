"""Courses: a statistic along an identity's continuum, and what it may be in each frame.

Knows series, limits and the words that say what a limit means; no drawing.  May import
`measure.series` and `report.meanings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, log10

from morphkit.measure.series import Series, Values, expected
from morphkit.report.meanings import Statistic, limit_of, statistic

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Course:
    """One statistic along one identity's continuum.

    Parameters
    ----------
    series : Series
    values : tuple of (float or None)
        By frame; None where it can't be told.
    low, high : tuple of (float or None)
        What is allowed; None where that side is open, or isn't known.
    """

    series: Series
    values: Values
    low: Values
    high: Values

    @property
    def overshoots(self) -> Values:
        """How far each value is outside of what is allowed, negative inside, in widths of it."""
        rows = zip(self.values, self.low, self.high, strict=True)
        return tuple(_overshoot(value, low, high) for value, low, high in rows)

    @property
    def beyond(self) -> tuple[int, ...]:
        """Frames, from 1, that are not within what is allowed."""
        found = enumerate(self.overshoots, start=1)
        return tuple(frame for frame, much in found if much is not None and much > _TOLERANCE)

    @property
    def excess(self) -> float:
        """The largest of the overshoots; for ranking only."""
        return round(max((much for much in self.overshoots if much is not None), default=-1.0), 6)


def values_of(series: Series, name: str) -> Values:
    """Return a statistic frame by frame; what is no number isn't known."""
    found = series.statistics.get(name, ())
    known = [value if value is not None and isfinite(value) else None for value in found]
    return tuple([*known, *[None] * len(series.levels)][: len(series.levels)])


def course(
    series: Series, name: str, known: Mapping[str, float], limits: Mapping[str, float]
) -> Course:
    """Return the course of one statistic.

    Parameters
    ----------
    series : Series
    name : str
        Of the statistic.
    known : mapping of str to float
        Stimulus id → its value, of the whole set: an anchor may be in another continuum.
    limits : mapping of str to float
    """
    words = statistic(name)
    limit = limit_of(words, limits)
    straight = expected(series, known)
    allowed = [_allowed(words, value, limit) for value in straight]
    return Course(
        series,
        values_of(series, name),
        tuple(low for low, _ in allowed),
        tuple(high for _, high in allowed),
    )


def _allowed(
    words: Statistic, middle: float | None, limit: float | None
) -> tuple[float | None, float | None]:
    """Return the smallest and the largest value that a frame may have."""
    if limit is None:
        return None, None
    if words.allowed == "at most":
        return None, limit
    if words.allowed == "at least":
        return limit, None
    if words.allowed == "about zero":
        return -limit, limit
    if middle is None or not isfinite(middle):
        return None, None
    if words.allowed == "decibels":
        return middle - 10 * log10(1 + limit), middle - 10 * log10(max(1 - limit, 1e-3))
    room = limit * abs(middle) if words.allowed == "share" else limit
    return middle - room, middle + room


def _overshoot(value: float | None, low: float | None, high: float | None) -> float | None:
    if value is None or (low is None and high is None):
        return None
    width = high - low if high is not None and low is not None else abs(high or low or 1.0)
    above = value - high if high is not None else -width
    below = low - value if low is not None else -width
    return max(above, below) / (width or 1.0)
