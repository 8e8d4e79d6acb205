"""Ratings: where they cross the middle of their scale, how steeply, and how far they have shifted.

A curve over levels is the mean of observers' means, made monotone (isotonic regression);
observers are the sampling unit of every interval.  May import `calibrate`, `errors`, NumPy, SciPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from morphkit.calibrate.curves import FloatArray
from morphkit.calibrate.interval import Interval, of_bootstrap
from morphkit.errors import CalibrationError, Finding

REPLICATES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Mean ratings of observers.

    Parameters
    ----------
    observers : tuple of str
    levels : (k,) float array
        Rising.
    means : (n, k) float array
        Mean rating of an observer at a level; NaN where they rated none.
    trials : int
        How many ratings there are.
    low, high : float
        Ends of the rating scale; its middle is neither happy nor distressed.
    """

    observers: tuple[str, ...]
    levels: FloatArray
    means: FloatArray
    trials: int
    low: float
    high: float

    def __post_init__(self) -> None:
        fault = self._fault()
        if fault:
            raise CalibrationError(Finding("MK466", f"these are no ratings: {fault}."))

    def _fault(self) -> str:
        if self.means.shape != (len(self.observers), len(self.levels)):
            return "means must be observers × levels"
        if len(self.levels) < 2 or (np.diff(self.levels) <= 0).any():
            return "two or more rising levels are needed"
        if not self.low < self.high:
            return f"the scale runs from {self.low:g} to {self.high:g}"
        rated = np.isfinite(self.means)
        if not rated.any(axis=0).all():
            return f"nobody rated level {self.levels[int(np.argmin(rated.any(axis=0)))]:g}"
        outside = rated & ((self.means < self.low) | (self.means > self.high))
        if outside.any():
            wrong = float(self.means[outside][0])
            return f"{wrong:g} is outside the scale of {self.low:g} to {self.high:g}"
        return ""

    @property
    def middle(self) -> float:
        """The rating that is neither."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True, eq=False)
class RatingFit:
    """A monotone curve of ratings.

    Parameters
    ----------
    crossing : Interval
        Level at which the curve crosses the middle of the scale; NaN where it doesn't.
    slope : Interval
        Rating units per level unit, by least squares over the levels.
    curve : (k, 3) float array
        Monotone mean rating at each level and its interval.
    doubts : tuple of str
    """

    ratings: Ratings
    crossing: Interval
    slope: Interval
    curve: FloatArray
    doubts: tuple[str, ...]


def rate(ratings: Ratings, *, replicates: int = REPLICATES, seed: int = 0) -> RatingFit:
    """Fit a monotone curve to ratings."""
    count = len(ratings.observers)
    curve = _monotone(_mean(ratings.means))
    samples = [_monotone(_mean(ratings.means[rows])) for rows in _rows(count, replicates, seed)]

    def interval(measure: Callable[[FloatArray], float]) -> Interval:
        return _interval(measure(curve), [measure(sample) for sample in samples], count)

    crossing = interval(lambda c: _crossing(ratings.levels, c, ratings.middle))
    slope = interval(lambda c: float(np.polyfit(ratings.levels, c, 1)[0]))
    band = [
        _interval(float(value), [s[i] for s in samples], count) for i, value in enumerate(curve)
    ]
    doubts = []
    if count == 1:
        doubts.append("One observer: there is no interval for any others.")
    if not np.isfinite(crossing.value):
        doubts.append("The ratings don't cross the middle of their scale within these levels.")
    if slope.low <= 0:
        doubts.append("The ratings hardly rise with the level.")
    table = np.array([[one.value, one.low, one.high] for one in band])
    return RatingFit(ratings, crossing, slope, table, tuple(doubts))


@dataclass(frozen=True, slots=True)
class RatingShift:
    """How far ratings have moved from one condition to another; positive towards happy.

    Parameters
    ----------
    rating : Interval
        In units of the rating scale, over all levels.
    percent : Interval
        The same in % of the rating scale's length.
    level : Interval
        How far the crossing of the scale's middle has moved, in level units: the negative of
        the shift of ratings where those rise (a shift towards happy moves it to lower levels).
    frames : Interval
        The same in frames of the levels that were rated.
    paired : bool
        Whether the same observers rated twice; then each is their own control.
    """

    rating: Interval
    percent: Interval
    level: Interval
    frames: Interval
    paired: bool


def shift(
    before: Ratings, after: Ratings, *, replicates: int = REPLICATES, seed: int = 0
) -> RatingShift:
    """Return how far ratings have moved.

    Raises
    ------
    CalibrationError
        MK466 when the two are not about the same levels and scale.
    """
    same = np.array_equal(before.levels, after.levels)
    if not same or (before.low, before.high) != (after.low, after.high):
        message = "the two sets of ratings are about other levels, or on other scales."
        raise CalibrationError(Finding("MK466", message))
    paired = before.observers == after.observers
    first = _rows(len(before.observers), replicates, seed)
    then = first if paired else _rows(len(after.observers), replicates, seed + 1)

    def moved(one: FloatArray, other: FloatArray) -> tuple[float, float]:
        old, new = _mean(one), _mean(other)
        places = [_crossing(before.levels, _monotone(curve), before.middle) for curve in (old, new)]
        return float((new - old).mean()), places[1] - places[0]

    rating, level = moved(before.means, after.means)
    drawn = np.array(
        [moved(before.means[a], after.means[b]) for a, b in zip(first, then, strict=True)]
    )
    count = min(len(before.observers), len(after.observers))
    size = before.high - before.low
    step = (before.levels[-1] - before.levels[0]) / (len(before.levels) - 1)
    return RatingShift(
        _interval(rating, drawn[:, 0], count),
        _interval(rating / size * 100, drawn[:, 0] / size * 100, count),
        _interval(level, drawn[:, 1], count),
        _interval(level / step, drawn[:, 1] / step, count),
        paired,
    )


def _rows(count: int, replicates: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, count, (replicates, count))


def _mean(means: FloatArray) -> FloatArray:
    """Return the mean over observers; a level that none of these rated is interpolated."""
    rated = np.isfinite(means)
    total = np.where(rated, means, 0.0).sum(axis=0)
    count = rated.sum(axis=0)
    there = np.flatnonzero(count)
    return np.asarray(np.interp(np.arange(means.shape[1]), there, total[there] / count[there]))


def _monotone(curve: FloatArray) -> FloatArray:
    return np.asarray(isotonic_regression(curve).x)


def _crossing(levels: FloatArray, curve: FloatArray, middle: float) -> float:
    """Return where a rising curve crosses a value: the middle of where it equals it, or NaN."""
    if curve[0] > middle or curve[-1] < middle:
        return float("nan")
    last_below = int(np.searchsorted(curve, middle, side="left"))
    first_above = int(np.searchsorted(curve, middle, side="right"))
    if last_below < first_above:
        return float((levels[last_below] + levels[first_above - 1]) / 2)
    low, high = curve[last_below - 1], curve[last_below]
    share = (middle - low) / (high - low)
    return float(levels[last_below - 1] + share * (levels[last_below] - levels[last_below - 1]))


def _interval(value: float, samples: object, count: int) -> Interval:
    drawn = np.asarray(samples, dtype=np.float64)
    drawn = drawn[np.isfinite(drawn)]
    if count < 2 or not np.isfinite(value) or drawn.size < 2:
        return Interval(value, float("nan"), float("nan"))
    return of_bootstrap(value, drawn, count)
