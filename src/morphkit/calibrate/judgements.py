"""Two-choice responses as counts: who said "happy" how often at which level.

May import `errors` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.errors import CalibrationError, Finding

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Counts of two-choice responses.

    Parameters
    ----------
    observers : tuple of str
        Names of n observers, unique.
    levels : (k,) float array
        Rising; what the counts are about.
    happy, shown : (n, k) int array
        How often an observer answered towards the upper end at a level, and how often it was
        shown to them; a level that an observer never saw has shown 0.

    Raises
    ------
    CalibrationError
        MK466 when the arrays don't fit together or no response is there.
    """

    observers: tuple[str, ...]
    levels: FloatArray
    happy: IntArray
    shown: IntArray

    def __post_init__(self) -> None:
        levels = np.array(self.levels, dtype=np.float64)
        happy, shown = (np.array(a, dtype=np.int64) for a in (self.happy, self.shown))
        fault = _fault(self.observers, levels, happy, shown)
        if fault:
            raise CalibrationError(Finding("MK466", f"these are no judgements: {fault}."))
        for name, value in (("levels", levels), ("happy", happy), ("shown", shown)):
            value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def trials(self) -> int:
        """How many responses there are."""
        return int(self.shown.sum())

    @property
    def span(self) -> float:
        """Distance of the outermost levels; 1 where there is one level only."""
        return float(self.levels[-1] - self.levels[0]) or 1.0

    def only(self, observers: Sequence[int]) -> Judgements:
        """Return the judgements of some observers, by index."""
        rows = list(observers)
        names = tuple(self.observers[i] for i in rows)
        return Judgements(names, self.levels, self.happy[rows], self.shown[rows])

    def pooled(self) -> Judgements:
        """Return all responses as if one observer had given them.

        Trials of one observer are alike, so an interval from them is far too narrow (it covers
        the truth in 51 to 72 of 100 studies instead of 95), and a pooled slope is too shallow.
        """
        return Judgements(
            ("all",),
            self.levels,
            self.happy.sum(axis=0, keepdims=True),
            self.shown.sum(axis=0, keepdims=True),
        )


def _fault(observers: tuple[str, ...], levels: FloatArray, happy: IntArray, shown: IntArray) -> str:
    if levels.ndim != 1 or not levels.size or not np.isfinite(levels).all():
        return "levels must be a list of finite numbers"
    if (np.diff(levels) <= 0).any():
        return "levels must rise"
    if happy.shape != (len(observers), levels.size) or shown.shape != happy.shape:
        return f"counts must be {len(observers)} × {levels.size}, observers × levels"
    if len(set(observers)) < len(observers):
        return "an observer stands there twice"
    if (happy < 0).any() or (happy > shown).any():
        return "there are more responses towards one end than pictures shown"
    return "" if shown.any() else "there is no response"


def counted(observers: Sequence[str], levels: Sequence[float], happy: Sequence[bool]) -> Judgements:
    """Return the counts of single trials, given as three columns of equal length."""
    who, row = np.unique(np.asarray(observers, dtype=object).astype(str), return_inverse=True)
    where, column = np.unique(np.asarray(levels, dtype=np.float64), return_inverse=True)
    size = (len(who), len(where))
    cell = row * size[1] + column
    shown = np.bincount(cell, minlength=size[0] * size[1]).reshape(size)
    yes = np.bincount(cell, np.asarray(happy, dtype=np.float64), size[0] * size[1])
    return Judgements(
        tuple(str(w) for w in who), where, np.rint(yes).astype(np.int64).reshape(size), shown
    )
