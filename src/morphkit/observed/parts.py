"""How responses are fitted, and one part of what comes out: of all infants, or of one.

May import `calibrate` and `observed.values`.
"""

from __future__ import annotations

from dataclasses import dataclass

from morphkit.calibrate.interval import Interval
from morphkit.calibrate.likelihood import Asymptotes
from morphkit.calibrate.psychometric import REPLICATES
from morphkit.calibrate.scale import IntensityScale
from morphkit.observed.values import Floats

LEAST = 1e-7
"""By how much an intensity rises at least from one level of a scale to the next."""

ALL = "all infants"


@dataclass(frozen=True, slots=True)
class Fitting:
    """How responses are fitted; as in `calibrate.psychometric.fit`."""

    shape: str = "logistic"
    asymptotes: Asymptotes = "equal"
    lapse: float | None = None
    overdispersed: bool = False
    pooled: bool = False
    replicates: int = REPLICATES
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """One line of the table.

    Parameters
    ----------
    who : str
        `ALL`, or an infant.
    what : str
    value : Interval
    kind : {"place", "length", "slope", "value"}
        A level, a difference of levels, something per level unit, or in a unit of its own.
    """

    who: str
    what: str
    value: Interval
    kind: str = "value"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A scale of all infants or of one, with its estimates and doubts."""

    scale: IntensityScale
    estimates: tuple[Estimate, ...]
    doubts: tuple[str, ...] = ()


def floats(values: Floats) -> tuple[float, ...]:
    """Return an array as plain numbers."""
    return tuple(float(x) for x in values)


def held(estimate: Interval) -> Interval:
    """Return an interval that holds its estimate.

    Resampling can miss it where an estimate lies at the end of what is possible.
    """
    low, value, high = estimate.low, estimate.value, estimate.high
    return Interval(value, min(low, value), max(high, value))
