"""What was measured of continua: numbers by frame and by step, as checks and pages read them.

Imports no NumPy.  May import the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one identity's continuum, frame by frame.

    Parameters
    ----------
    identity, continuum, path : str
    ids : tuple of str
        Stimulus ids, in the order of the frames.
    levels : tuple of float
        Declared level of each frame.
    anchors : tuple of (float, str)
        Level of each anchor and a stimulus that shows it alone, of this continuum or another,
        rising; what a frame between two of them should have lies between theirs.  Frames
        stand for an anchor that no stimulus shows, on both sides of it where they can.
    statistics : mapping of str to tuple of (float or None)
        Name of a statistic → its value in each frame; None where it can't be told.
    steps : mapping of str to tuple of (float or None)
        Name of a metric → distance of each frame to the next: one fewer than frames.
    positions : mapping of str to tuple of (float or None)
        Name of a metric → measured place of each frame, as `places` gives it.
    rounding : mapping of str to tuple of float
        Name of a metric → how much longer than in proportion to its level each step is made by
        the rounding of codes, where that differs between the steps of a leg.
    """

    identity: str
    continuum: str
    path: str
    ids: tuple[str, ...]
    levels: tuple[float, ...]
    anchors: tuple[tuple[float, str], ...] = ()
    statistics: Mapping[str, Values] = field(default_factory=dict)
    steps: Mapping[str, Values] = field(default_factory=dict)
    positions: Mapping[str, Values] = field(default_factory=dict)
    rounding: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """How a message names it."""
        return f"{self.identity} {self.continuum}".strip()

    def legs(self) -> list[range]:
        """Return the frames of each way from one anchor to the next that has at least two."""
        inner = [level for level, _ in self.anchors[1:-1]]
        bounds = [float("-inf"), *inner, float("inf")]
        found = []
        for low, high in pairwise(bounds):
            here = [k for k, level in enumerate(self.levels) if low <= level <= high]
            if len(here) > 1:
                found.append(range(here[0], here[-1] + 1))
        return found


def places(steps: Sequence[float | None]) -> Values:
    """Return the place of each frame, 0 at the first and 1 at the last: the steps summed up.

    All None where a step is unknown or nothing changes.
    """
    known = [step for step in steps if step is not None]
    whole = sum(known)
    if len(known) < len(steps) or not whole > 0:
        return (None,) * (len(steps) + 1)
    return tuple(place / whole for place in accumulate(known, initial=0.0))


def lookup(measured: Iterable[Series], statistic: str) -> dict[str, float]:
    """Return a statistic of every stimulus in which it could be told."""
    return {
        name: value
        for series in measured
        for name, value in zip(series.ids, series.statistics.get(statistic, ()), strict=False)
        if value is not None
    }


def expected(series: Series, values: Mapping[str, float]) -> Values:
    """Return what each frame should have: straight lines from anchor to anchor.

    Parameters
    ----------
    series : Series
    values : mapping of str to float
        Stimulus id → a statistic, of the anchors at least.

    Returns
    -------
    tuple of (float or None)
        None where an anchor isn't known; at an anchor its own value.
    """
    found: list[float | None] = []
    for level in series.levels:
        below = [one for one in series.anchors if one[0] <= level]
        above = [one for one in series.anchors if one[0] >= level]
        ends = (below[-1], above[0]) if below and above else None
        if ends is None or any(name not in values for _, name in ends):
            found.append(None)
            continue
        (low, first), (high, last) = ends
        share = (level - low) / (high - low) if high > low else 0.0
        found.append((1 - share) * values[first] + share * values[last])
    return tuple(found)
