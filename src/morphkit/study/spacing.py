"""Spacing: the steps that landmarks make along a continuum, against the declared ones.

A frame's landmarks are the weighted sum of its anchors'.  A step is the mean displacement
of the landmarks between neighbouring frames; what it should be is the same between the
declared levels.  So a path through neutral may have legs of different length, and levels
that are declared uneven are right when they are met.  Knows numbers; no limits, no table.
Plain Python, no NumPy, so that a quick validation judges spacing too.  May import the
standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import hypot, inf, isfinite, sqrt

Shape = Sequence[tuple[float, float]]
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a continuum's steps compare with the declared ones.

    Parameters
    ----------
    measured, declared : tuple of float
        Step lengths, in the anchors' unit (canvas pixels): mean landmark displacement.
    """

    measured: tuple[float, ...]
    declared: tuple[float, ...]

    @property
    def length(self) -> float:
        """Declared length of the whole path; where it is 0 there is no spacing to judge."""
        return sum(self.declared)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Actual over declared step, 1 when right."""
        pairs = zip(self.measured, self.declared, strict=True)
        return tuple(m / d if d > 0 else (inf if m > 0 else 1.0) for m, d in pairs)

    @property
    def cv(self) -> float:
        """Coefficient of variation of the ratios: standard deviation (of all steps) over mean."""
        ratios = self.ratios
        mean = sum(ratios) / len(ratios)
        if not mean > 0 or not isfinite(mean):
            return inf
        return sqrt(sum((r - mean) * (r - mean) for r in ratios) / len(ratios)) / mean

    @property
    def offsets(self) -> tuple[float, ...]:
        """How far each frame lies beyond its declared place, as a share of the whole path."""
        path = self.length
        pairs = zip(accumulate(self.measured), accumulate(self.declared), strict=True)
        return (0.0, *((m - d) / path for m, d in pairs))

    @property
    def offset(self) -> float:
        """The largest of the offsets, with its sign."""
        return max(self.offsets, key=abs)


def spacing(
    shown: Sequence[Weights], declared: Sequence[Weights], anchors: Mapping[str, Shape]
) -> Spacing:
    """Return the steps between frames of given weights, and between those declared.

    Parameters
    ----------
    shown, declared : sequence of mapping
        Weights of each frame, as the table has them and as the declared levels give them.
    anchors : mapping of str to (N, 2) points
        Expression → landmarks; every expression with a weight, all of one length.
    """
    promised = _steps(declared, anchors)
    right = [_shares(one) for one in shown] == [_shares(one) for one in declared]
    return Spacing(promised if right else _steps(shown, anchors), promised)


def _shares(frame: Weights) -> Weights:
    return {name: weight for name, weight in frame.items() if weight}


def _steps(frames: Sequence[Weights], anchors: Mapping[str, Shape]) -> tuple[float, ...]:
    return tuple(_displacement(a, b, anchors) for a, b in pairwise(frames))


def _displacement(a: Weights, b: Weights, anchors: Mapping[str, Shape]) -> float:
    """Mean distance between the landmarks of two frames."""
    change = {name: b.get(name, 0.0) - a.get(name, 0.0) for name in a.keys() | b.keys()}
    moving = [(delta, anchors[name]) for name, delta in sorted(change.items()) if delta]
    across = [0.0] * len(moving[0][1]) if moving else []
    down = across
    for delta, shape in moving:
        across = [so_far + delta * x for so_far, (x, _) in zip(across, shape, strict=True)]
        down = [so_far + delta * y for so_far, (_, y) in zip(down, shape, strict=True)]
    return sum(map(hypot, across, down)) / max(len(across), 1)
