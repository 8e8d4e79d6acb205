"""Intensity scales: level ↔ intensity, with what they rest on.

A scale is measured on pictures; it holds their `pixel_sha256` and is stale for any others.
Between its levels it is a straight line, so that going there and back is exact; beyond them it is
nothing.  Knows no file.  May import `calibrate`, `errors`, NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from morphkit.calibrate.interval import Interval
from morphkit.calibrate.judgements import FloatArray
from morphkit.errors import CalibrationError, Finding

METRIC = "metric"
"""The basis of scales that no observer has a part in."""

P_HAPPY = "p_happy"
"""The unit of scales that say how often observers answer "happy"."""


class Point(NamedTuple):
    """What was observed at a level: share of "happy" or mean rating, from how many trials."""

    level: float
    value: float
    trials: int


class Shown(NamedTuple):
    """A stimulus that a scale was measured on: whose face, at which level."""

    identity: str
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class IntensityScale:
    """A calibrated scale.

    Parameters
    ----------
    unit : str
        What an intensity is: ``p_happy``, ``rating``, ``perceived``, or a metric's name.
    basis : str
        How it was measured: ``two-choice``, ``ratings``, ``mlds``, ``pairs``, ``metric``.
    levels, intensities : tuple of float
        Rising levels −1…1 (0…1 from neutral), and strictly rising intensities.
    low, high : tuple of float
        Ends of the 95 % interval of each intensity; empty where it has none.
    pse, jnd, observer_sd : Interval or None
        In level units.
    points : tuple of Point
        What was observed, level by level.
    path : str
        The path that the levels lie on; "" where it isn't known.
    expressions : tuple of str
        Its anchors, in path order.
    identities : mapping
        The PSE of each infant, where it was fitted.
    own : mapping
        The scale of each infant by itself, where it was fitted.
    observers, trials : int
    excluded : tuple of str
        Who was left out and why.
    context : mapping
        Population, task, exposure_ms, display: what the scale is true for.
    pixel_sha256 : mapping
        Stimulus id → the pixels that it was measured on.
    stimuli : mapping
        Stimulus id → the face and the level that it shows.
    overrides : tuple of str
        What would have been refused, and the reason given for going on.
    """

    unit: str
    basis: str
    levels: tuple[float, ...]
    intensities: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    pse: Interval | None = None
    jnd: Interval | None = None
    observer_sd: Interval | None = None
    points: tuple[Point, ...] = ()
    path: str = ""
    expressions: tuple[str, ...] = ()
    identities: Mapping[str, Interval] = field(default_factory=dict)
    own: Mapping[str, IntensityScale] = field(default_factory=dict)
    observers: int = 0
    trials: int = 0
    excluded: tuple[str, ...] = ()
    context: Mapping[str, object] = field(default_factory=dict)
    pixel_sha256: Mapping[str, str] = field(default_factory=dict)
    stimuli: Mapping[str, Shown] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.levels)
        if count < 2 or len(self.intensities) != count:
            raise _refused("MK466", "a scale has two or more levels, and an intensity for each.")
        if (np.diff(self.levels) <= 0).any():
            raise _refused("MK466", "the levels of a scale rise.")
        steps = np.diff(self.intensities)
        if (steps <= 0).any():
            at = self.levels[int(np.argmin(steps)) + 1]
            message = f"intensities must rise with the level, and don't at level {at:g}."
            raise _refused("MK470", message, "Measure with more trials, or at fewer levels.")

    def intensity(self, levels: FloatArray | Sequence[float]) -> FloatArray:
        """Return the intensities of levels; MK469 beyond the scale's own levels."""
        return _between(levels, self.levels, self.intensities, "level")

    def level(self, intensities: FloatArray | Sequence[float]) -> FloatArray:
        """Return the levels of intensities; MK469 beyond the scale's own intensities."""
        return _between(intensities, self.intensities, self.levels, self.unit)

    def level_interval(self, intensity: float) -> Interval:
        """Return the level of an intensity with its interval, where the scale has one.

        The interval is where the curve's band takes that intensity; it ends where the scale does.
        """
        value = float(self.level([intensity])[0])
        if not self.low:
            return Interval(value, float("nan"), float("nan"))
        ends = [
            float(np.interp(intensity, np.maximum.accumulate(edge), self.levels))
            for edge in (self.high, self.low)
        ]
        return Interval(value, *ends)


def _refused(code: str, message: str, advice: str = "") -> CalibrationError:
    return CalibrationError(Finding(code, message, suggestion=advice))


def _between(
    wanted: FloatArray | Sequence[float], own: Sequence[float], other: Sequence[float], unit: str
) -> FloatArray:
    wanted = np.asarray(wanted, dtype=np.float64)
    slack = 1e-9 * (own[-1] - own[0])
    outside = ~((wanted >= own[0] - slack) & (wanted <= own[-1] + slack))
    if outside.any():
        first = float(wanted[outside][0])
        message = f"{unit} {first:g} lies outside the scale, {own[0]:g} to {own[-1]:g}."
        advice = "Measure further out; nothing is extrapolated."
        raise CalibrationError(Finding("MK469", message, measured=first, suggestion=advice))
    return np.interp(wanted, own, other)


def space(scale: IntensityScale, count: int) -> tuple[float, ...]:
    """Return levels whose intensities are `count` equal steps apart, ends of the scale included.

    Raises
    ------
    CalibrationError
        MK468 fewer than two.
    """
    if count < 2:
        message = f"{count} level(s) have no steps."
        raise CalibrationError(Finding("MK468", message, measured=count, limit=2.0))
    wanted = np.linspace(scale.intensities[0], scale.intensities[-1], count)
    found = scale.level(wanted)
    found[0], found[-1] = scale.levels[0], scale.levels[-1]
    return tuple(float(x) for x in found)


@dataclass(frozen=True, slots=True)
class Pick:
    """A level that was picked for a wanted intensity, and its interval; level units."""

    wanted: float
    level: Interval


def pick(
    scale: IntensityScale, wanted: Sequence[float]
) -> tuple[tuple[Pick, ...], tuple[str, ...]]:
    """Return the level of each wanted intensity, and doubts.

    An interval that is wider than half the gap to the next picked level says that the two may
    well change places in another sample.
    """
    picks = tuple(Pick(float(w), scale.level_interval(float(w))) for w in wanted)
    ordered = sorted(picks, key=lambda one: one.wanted)
    doubts = []
    for i, one in enumerate(ordered):
        others = [o.level.value for o in (*ordered[max(i - 1, 0) : i], *ordered[i + 1 : i + 2])]
        gap = min((abs(one.level.value - other) for other in others), default=np.inf)
        width = one.level.high - one.level.low
        if width > gap / 2:
            doubts.append(
                f"{scale.unit} {one.wanted:g}: its level {one.level.value:.3f} has an interval of "
                f"{width:.3f}, more than half the gap of {gap:.3f} to the next one."
            )
    return picks, tuple(doubts)


def metric_scale(
    metric: str, levels: Sequence[float], steps: Sequence[float], **known: Any
) -> IntensityScale:
    """Return the scale of a physical distance: how far along each level lies.

    Parameters
    ----------
    metric : str
        Its name, which becomes the unit.
    levels : sequence of float
        Rising.
    steps : sequence of float
        Distance of each level from the next: one fewer than levels.
    **known
        Other parameters of `IntensityScale`, such as `path`, `expressions`, `pixel_sha256`.

    Raises
    ------
    CalibrationError
        MK466 lengths that don't fit together, MK470 a step of 0.
    """
    along = (0.0, *(float(one) for one in np.cumsum(steps)))
    return IntensityScale(metric, METRIC, tuple(levels), along, **known)


def scale_json(scale: IntensityScale) -> dict[str, Any]:
    """Return a scale as its file holds it."""
    data: dict[str, Any] = {"morphkit_scale": 1, "unit": scale.unit, "basis": scale.basis}
    if scale.path:
        data |= {"path": scale.path, "expressions": list(scale.expressions)}
    data |= _measured(scale)
    data["identities"] = {
        name: (_measured(scale.own[name]) if name in scale.own else {})
        | {"pse": _estimate(scale.identities[name])}
        if name in scale.identities
        else _measured(scale.own[name])
        for name in dict.fromkeys((*scale.identities, *scale.own))
    }
    data |= {"excluded": list(scale.excluded), "context": dict(scale.context)}
    data |= {"pixel_sha256": dict(scale.pixel_sha256), "overrides": list(scale.overrides)}
    data["stimuli"] = {name: one._asdict() for name, one in scale.stimuli.items()}
    return data


def _measured(scale: IntensityScale) -> dict[str, Any]:
    """Return what was measured, of all infants or of one."""
    data: dict[str, Any] = {}
    for key in ("levels", "intensities", "low", "high"):
        values = getattr(scale, key)
        if values:
            data[key] = [_short(v) for v in values]
    for key in ("pse", "jnd", "observer_sd"):
        estimate: Interval | None = getattr(scale, key)
        if estimate:
            data[key] = _estimate(estimate)
    if scale.points:
        data["points"] = [
            {"level": _short(one.level), "value": _short(one.value), "trials": one.trials}
            for one in scale.points
        ]
    return data | {"observers": scale.observers, "trials": scale.trials}


def _estimate(estimate: Interval) -> dict[str, float]:
    keys = {"level": estimate.value, "low": estimate.low, "high": estimate.high}
    return {key: _short(value) for key, value in keys.items()}


def _short(value: float) -> float:
    return float(f"{value:.9g}")
