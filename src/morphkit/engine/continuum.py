"""A continuum: anchors at levels, and the rule from level to face.

May import `errors`, `faces`, `engine` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from morphkit.engine.align import Canvas
from morphkit.engine.morph import frame, pinned
from morphkit.engine.stage import Look
from morphkit.errors import Finding, GeometryError
from morphkit.faces.face import Face


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One rendered point of a continuum: its level, the anchors' weights, the face."""

    level: float
    weights: tuple[float, ...]
    face: Face


def weights_at(positions: Sequence[float], level: float) -> tuple[float, ...]:
    """Return the weight of each anchor at a level: linear between neighbouring anchors.

    Parameters
    ----------
    positions : sequence of float
        The anchors' levels, rising.
    level : float
        Between the first and the last of them.

    Raises
    ------
    GeometryError
        MK305 when the level lies outside, or the positions do not rise.
    """
    rising = all(a < b for a, b in pairwise(positions))
    if len(positions) < 2 or not rising or not positions[0] <= level <= positions[-1]:
        raise GeometryError(
            Finding(
                "MK305",
                f"level {level:g} is not on a continuum with anchors at {list(positions)}.",
                measured=float(level),
                suggestion="Use rising anchor levels, and a level between them.",
            )
        )
    weights = [0.0] * len(positions)
    right = next(i for i, p in enumerate(positions) if level <= p) or 1
    low, high = positions[right - 1], positions[right]
    weights[right - 1] = (high - level) / (high - low)
    weights[right] = (level - low) / (high - low)
    return tuple(weights)


class Continuum:
    """Graded faces between anchors of one infant.

    Parameters
    ----------
    anchors : sequence of Face
        In rising order: distressed, happy; or distressed, neutral, happy; …
    levels : sequence of float, optional
        The anchors' levels; by default evenly from −1 to 1.
    canvas : Canvas, optional
    look : Look, optional

    Raises
    ------
    GeometryError
        MK301…MK303 when the faces cannot be aligned or meshed, MK305 for wrong levels.
    """

    def __init__(
        self,
        anchors: Sequence[Face],
        levels: Sequence[float] | None = None,
        *,
        canvas: Canvas | None = None,
        look: Look | None = None,
    ) -> None:
        count = len(anchors)
        even = [(2 * i - (count - 1)) / max(count - 1, 1) for i in range(count)]
        self.levels: tuple[float, ...] = tuple(even if levels is None else levels)
        if len(self.levels) != count:
            raise GeometryError(
                Finding(
                    "MK305",
                    f"{len(self.levels)} anchor levels were given for {count} anchors.",
                    measured=float(len(self.levels)),
                    limit=float(count),
                    suggestion="Give each anchor one level.",
                )
            )
        weights_at(self.levels, self.levels[0] if self.levels else 0.0)
        self._pinned = pinned(anchors, canvas or Canvas(), look or Look())

    def at(self, level: float) -> Frame:
        """Return the frame at a level.

        Raises
        ------
        GeometryError
            MK305 when the level lies outside the anchors', MK302 when the mesh folds there.
        """
        weights = weights_at(self.levels, level)
        anchors, stage = self._pinned
        return Frame(level, weights, frame(anchors, weights, stage))

    def frames(self, levels: Iterable[float]) -> Iterator[Frame]:
        """Yield the frame at each level."""
        return (self.at(level) for level in levels)
