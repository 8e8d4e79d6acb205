"""Pictures along each leg: their order and their distances to both of its ends.

A leg runs from one anchor to the next: one on a direct path and from neutral, two through
neutral.  Pictures are compared by their root mean square difference in linear light (black
0, white 1).  May import `errors`, `engine`, `study` and `validate`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median

import numpy as np

from morphkit.engine.color import WHITE, LightArray
from morphkit.errors import Finding
from morphkit.study.entries import ContinuumEntry
from morphkit.study.table import Stimulus
from morphkit.validate.rules import finding
from morphkit.validate.table import level

SHARE = 0.25
"""A step below this share of what is typical on its leg is too small."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The frames between two anchors, by level, and the stimuli that show its two ends."""

    frames: tuple[Stimulus, ...]
    start: Stimulus
    end: Stimulus


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies on its leg: distances to both ends and to the frame before."""

    row: Stimulus
    to_start: float
    to_end: float
    step: float

    @property
    def share(self) -> float:
        """0 at the start, 1 at the end."""
        whole = self.to_start + self.to_end
        return self.to_start / whole if whole > 0 else 0.0


def rms_difference(a: LightArray, b: LightArray) -> float:
    """Return the root mean square difference of two pictures in linear light, 0…1.

    Parameters
    ----------
    a, b : (H, W, 3) int16 array
        Linear light, 0…32767.  Summed in whole numbers, so that it is exact.
    """
    change = np.subtract(a, b, dtype=np.int32)
    total = int(np.multiply(change, change, out=change).sum(dtype=np.int64))
    return sqrt(total / a.size) / WHITE


def legs(
    series: Sequence[Stimulus],
    entry: ContinuumEntry,
    ends: Mapping[tuple[str, str], Stimulus],
) -> list[Leg]:
    """Return the legs of a continuum that have at least two frames.

    Parameters
    ----------
    series : sequence of Stimulus
        Its frames, of one identity.
    entry : ContinuumEntry
    ends : mapping of (str, str) to Stimulus
        Identity and expression → a stimulus that shows it alone.  Where there is none, the
        leg's own first or last frame stands for its end.
    """
    bounds = [(-1.0, 0.0), (0.0, 1.0)] if entry.path == "through-neutral" else [(-1.0, 1.0)]
    found = []
    for (low, high), names in zip(bounds, pairwise(entry.expressions), strict=True):
        frames = tuple(row for row in series if low <= level(row) <= high)
        if len(frames) > 1:
            start, end = (ends.get((frames[0].identity, name)) for name in names)
            found.append(Leg(frames, start or frames[0], end or frames[-1]))
    return found


class Route:
    """A leg whose pictures are looked at one by one; those that can't be read are left out."""

    def __init__(self, leg: Leg, light: Callable[[Stimulus], LightArray | None]) -> None:
        self._ends = light(leg.start), light(leg.end)
        self._frames = {id(row) for row in leg.frames}
        self._before: LightArray | None = None
        self._places: list[Place] = []

    def add(self, row: Stimulus, now: LightArray | None) -> None:
        """Take the picture of the continuum's next frame, which may lie on another leg."""
        start, end = self._ends
        if id(row) not in self._frames or start is None or end is None or now is None:
            return
        if not start.shape == end.shape == now.shape:
            return
        step = 0.0 if self._before is None else rms_difference(self._before, now)
        place = Place(row, rms_difference(start, now), rms_difference(end, now), step)
        self._places.append(place)
        self._before = now

    def faults(self, duplicate: float) -> Iterator[Finding]:
        """MK454 out of the levels' order, MK455 and MK456 a step too small."""
        yield from _order_faults(self._places)
        yield from _small_steps(self._places, duplicate)


def _order_faults(places: Sequence[Place]) -> Iterator[Finding]:
    for a, b in pairwise(places):
        if b.share < a.share:
            yield finding(
                "MK454",
                f"frame {b.row.frame} of {b.row.identity} {b.row.continuum} lies at "
                f"{100 * b.share:.1f} % of its leg, frame {a.row.frame} before it at "
                f"{100 * a.share:.1f} %: the pictures are out of order.",
                file=b.row.image_file,
                measured=b.share,
                limit=a.share,
            )


def _small_steps(places: Sequence[Place], duplicate: float) -> Iterator[Finding]:
    steps = [
        (a.row, b.row, b.step, level(b.row) - level(a.row))
        for a, b in pairwise(places)
        if level(b.row) > level(a.row)
    ]
    typical = median(step / rise for _, _, step, rise in steps) if len(steps) > 1 else 0.0
    for a, b, step, rise in steps:
        if a.pixel_sha256 == b.pixel_sha256:
            continue  # the table itself says so, and has its finding
        called = f"frame {b.frame} of {b.identity} {b.continuum} differs from frame {a.frame} by "
        if step <= duplicate:
            yield finding(
                "MK455",
                f"{called}{step:.3g} (root mean square, white is 1).",
                file=b.image_file,
                measured=step,
                limit=duplicate,
            )
        elif step < SHARE * typical * rise:
            part = step / (typical * rise)
            yield finding(
                "MK456",
                f"{called}{100 * part:.0f} % of a typical step.",
                file=b.image_file,
                measured=part,
                limit=SHARE,
            )
