"""Levels whose steps are equal in some distance: solved, not assumed.

Distances of neighbours don't add up to the distance of their outer ones, so that no table of
distances from the first frame will do: the steps themselves are made equal.  Sees numbers; what a
distance is, it is told.  May import `errors` and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from morphkit.calibrate.judgements import FloatArray
from morphkit.errors import CalibrationError, Finding

Distances = Callable[[Sequence[float]], Sequence[float]]
"""From rising levels to the distance of each from the next."""

SURVEYED = 17
"""Levels at which a path is looked at first."""

ROUNDS = 12

SLOW = 0.75
"""Gain of a round from which on it may go further."""

SOLVED, UNSOLVED = 0.002, 0.02
"""Coefficient of variation of the steps at which a solution is good enough; and above which
there is none."""


@dataclass(frozen=True, slots=True)
class Equalised:
    """Levels, and how much their steps still vary.

    Parameters
    ----------
    levels : tuple of float
    cv : float
        Coefficient of variation of the steps over the wanted ones, the worst leg's.
    """

    levels: tuple[float, ...]
    cv: float


def equal_steps(
    distances: Distances, fractions: Sequence[float], anchors: Sequence[float]
) -> Equalised:
    """Return levels that make steps in stated proportions, equal ones as a rule.

    Parameters
    ----------
    distances : callable
        Rising levels → the distance of each from the next.
    fractions : sequence of float
        How far along the path each frame is wanted to lie, rising, 0…1.
    anchors : sequence of float
        Levels of the path's anchors, evenly apart, rising.  An anchor that a frame lies at keeps
        its frame: the legs on both sides of it are solved each by itself.

    Raises
    ------
    CalibrationError
        MK475 when the distance stands still somewhere, or no levels make the steps even.
    """
    ends = np.linspace(0, 1, len(anchors))
    fixed = [float(one) for one in ends if any(abs(one - f) < 1e-9 for f in fractions)]
    knots = sorted({0.0, 1.0, *fixed})
    levels, worst = np.empty(len(fractions)), 0.0
    for low, high in pairwise(knots):
        inside = [i for i, f in enumerate(fractions) if low - 1e-9 <= f <= high + 1e-9]
        first, last = np.interp([low, high], ends, anchors)
        share = [(fractions[i] - low) / (high - low) for i in inside]
        if inside:
            found = _leg(distances, np.clip(share, 0, 1), float(first), float(last))
            levels[inside], worst = found.levels, max(worst, found.cv)
    return Equalised(tuple(float(f"{level:.6g}") + 0.0 for level in levels), worst)


def _leg(distances: Distances, share: FloatArray, first: float, last: float) -> Equalised:
    """Solve one leg: shares of its length → levels."""
    grid = np.linspace(first, last, SURVEYED)
    along = _length(distances, grid)
    levels = np.interp(share * along[-1], along, grid)
    if len(share) < 3:
        return Equalised(tuple(levels), 0.0)
    wanted = (share - share[0]) / (share[-1] - share[0])
    best, whole = Equalised((), np.inf), 1.0
    for _ in range(ROUNDS):
        along = _length(distances, levels)
        ratios = np.diff(along) / np.diff(wanted)
        cv = float(ratios.std() / ratios.mean())
        # distances that don't grow in proportion to the level make it go too far, or not far enough
        whole *= 0.5 if cv >= best.cv else 1.5 if cv > SLOW * best.cv else 1.0
        if cv < best.cv:
            best = Equalised(tuple(levels), cv)
        if cv <= SOLVED:
            break
        change = np.interp(wanted * along[-1], along, levels) - levels
        while (np.diff(levels + whole * change) <= 0).any():
            whole /= 2
        levels = levels + whole * change
    if best.cv > UNSOLVED:
        message = f"steps can't be made even: they still vary by a CV of {best.cv:.3f}."
        raise CalibrationError(
            Finding(
                "MK475",
                message,
                measured=best.cv,
                limit=UNSOLVED,
                suggestion="Use another metric, or fewer levels.",
            )
        )
    return best


def _length(distances: Distances, levels: FloatArray) -> FloatArray:
    """Return how far along each level lies, by the steps between them."""
    steps = np.asarray(distances(levels.tolist()))
    if not (steps > 0).all():
        at = float(levels[int(np.argmin(steps))])
        message = f"nothing changes from level {at:.3f} on."
        advice = "Use another metric, or other photos."
        raise CalibrationError(Finding("MK475", message, measured=0.0, suggestion=advice))
    return np.concatenate([[0.0], np.cumsum(steps)])
