"""What was measured of continua: numbers by frame and by step, as checks and pages read them.

Imports no NumPy.  May import the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    statistics : mapping of str to tuple of (float or None)
        Name of a statistic → its value in each frame; None where it can't be told.
    steps : mapping of str to tuple of (float or None)
        Name of a metric → distance of each frame to the next: one fewer than frames.
    positions : mapping of str to tuple of (float or None)
        Name of a metric → measured place of each frame, 0 at the first and 1 at the last:
        the steps summed up and divided by their sum.
    """

    identity: str
    continuum: str
    path: str
    ids: tuple[str, ...]
    levels: tuple[float, ...]
    statistics: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    steps: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    positions: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
