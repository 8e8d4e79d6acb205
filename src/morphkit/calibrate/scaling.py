"""Difference scaling and paired comparison: levels spaced as they are perceived.

Difference scaling (MLDS) asks which of two differences is larger, with triads (a < b < c: is
c nearer to b than a is?) or quadruples (a, b; c, d); the scale runs from 0 to 1 (Maloney & Yang
2003, doi 10.1167/3.8.5).  Paired comparison asks which of two pictures is happier (Bradley &
Terry 1952, doi 10.2307/2334029; Thurstone 1927, doi 10.1037/h0070288).  Observers are the
sampling unit of every interval.  May import `calibrate`, `errors`, NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from morphkit.calibrate.comparison import values
from morphkit.calibrate.curves import FloatArray
from morphkit.calibrate.interval import Interval, of_bootstrap
from morphkit.calibrate.tabled import judged, tabled
from morphkit.errors import CalibrationError, Finding

Task = Literal["triads", "quadruples", "pairs"]

SIZE = {"triads": 3, "quadruples": 4, "pairs": 2}

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Responses to triads, quadruples or pairs.

    Parameters
    ----------
    task : {"triads", "quadruples", "pairs"}
    levels : (k,) float array
        Rising.
    shown : (n, 3), (n, 4) or (n, 2) int array
        Indices of levels; rising in triads (a, b, c) and in both halves of quadruples
        (a, b, c, d): a < b, c < d.
    second : (n,) bool array
        Whether the second difference (b…c, c…d) looked larger, or the second picture happier.
    observer : (n,) int array
        Who answered, numbered from 0.
    """

    task: Task
    levels: FloatArray
    shown: IntArray
    second: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    observer: IntArray

    def __post_init__(self) -> None:
        fault = self._fault()
        if fault:
            raise CalibrationError(Finding("MK466", f"these are no {self.task}: {fault}."))

    def _fault(self) -> str:
        count = len(self.levels)
        if self.shown.ndim != 2 or self.shown.shape[1] != SIZE[self.task]:
            return f"each has {SIZE[self.task]} levels"
        if not len(self.shown) == len(self.second) == len(self.observer) > 0:
            return "columns of different lengths, or none"
        if count < 3 or (self.shown < 0).any() or (self.shown >= count).any():
            return f"an index is outside 0…{count - 1}"
        if self.task == "triads" and (np.diff(self.shown, axis=1) <= 0).any():
            return "a triad must rise"
        if self.task == "quadruples" and (np.diff(self.shown, axis=1)[:, ::2] <= 0).any():
            return "both halves of a quadruple must rise"
        if self.task == "pairs" and (self.shown[:, 0] == self.shown[:, 1]).any():
            return "a picture is compared with itself"
        missing = sorted(set(range(count)) - set(self.shown.ravel().tolist()))
        return f"level {self.levels[missing[0]]:g} was never shown" if missing else ""

    def design(self) -> FloatArray:
        """Return (n, k): what speaks for the second alternative, as sums of level values."""
        rows = np.zeros((len(self.shown), len(self.levels)))
        signs = {"triads": (1, -2, 1), "quadruples": (1, -1, -1, 1), "pairs": (-1, 1)}
        for column, sign in zip(self.shown.T, signs[self.task], strict=True):
            np.add.at(rows, (np.arange(len(rows)), column), sign)
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class PerceptualScale:
    """Perceived values of levels.

    Parameters
    ----------
    levels : (k,) float array
    values : tuple of Interval
        Difference scaling: 0 at the first level, 1 at the last.  Pairs: 0 at the first, in
        units of the noise (JND-like, √2 of Thurstone's case V).
    noise : float
        Standard deviation of a judged difference, in units of the values.
    misfit : float
        Share of simulated data sets of the model that fit it worse than the responses do: a
        small one says that the model is wrong.
    additive : float or None
        The same for the assumption that differences add up; None for pairs.
    observers, trials : int
    doubts : tuple of str
    """

    levels: FloatArray
    values: tuple[Interval, ...]
    noise: float
    misfit: float
    additive: float | None
    observers: int
    trials: int
    doubts: tuple[str, ...]


def scale(
    choices: Choices, *, replicates: int = 500, simulations: int = 199, seed: int = 0
) -> PerceptualScale:
    """Estimate perceived values of levels.

    Parameters
    ----------
    choices : Choices
    replicates : int
        Bootstrap samples of the observers (of the trials where there is one observer).
    simulations : int
        Data sets that goodness of fit and additivity are judged by.
    seed : int
    """
    random = np.random.default_rng(seed)
    table = tabled(choices.shown, choices.design()[:, 1:], choices.second)
    design, chosen = table.design, table.chosen
    counts = table.counted(np.ones(len(table.row)))
    beta = values(design, chosen, counts)
    ends = choices.task != "pairs"
    if ends and beta[-1] <= 0:
        message = "the responses say that the first level lies beyond the last."
        raise CalibrationError(
            Finding("MK467", message, suggestion="Which response means the second difference?")
        )
    observers = int(choices.observer.max()) + 1
    samples = np.array(
        [
            _scaled(values(design, chosen, table.counted(weights)), ends)
            for weights in _weights(choices.observer, observers, replicates, random)
        ]
    )
    point = _scaled(beta, ends)
    units = observers if observers > 1 else len(table.row)
    found = [Interval(0.0, 0.0, 0.0)]
    found += [of_bootstrap(float(v), s, units) for v, s in zip(point, samples.T, strict=True)]
    fits = judged(table, ends, counts, beta, simulations, random)
    noise = float(1 / beta[-1]) if ends else 1.0
    doubts = _doubts(choices, point, fits, observers)
    return PerceptualScale(
        choices.levels, tuple(found), noise, *fits, observers, len(table.row), doubts
    )


def _scaled(beta: FloatArray, ends: bool) -> FloatArray:
    return beta / max(beta[-1], 1e-9) if ends else beta


def _weights(
    observer: IntArray, observers: int, replicates: int, random: np.random.Generator
) -> Sequence[FloatArray]:
    if observers == 1:
        return [
            np.bincount(
                random.integers(0, len(observer), len(observer)), minlength=len(observer)
            ).astype(np.float64)
            for _ in range(replicates)
        ]
    drawn = random.multinomial(observers, np.full(observers, 1 / observers), replicates)
    return [row.astype(np.float64)[observer] for row in drawn]


def _doubts(
    choices: Choices, point: FloatArray, fits: tuple[float, float | None], observers: int
) -> tuple[str, ...]:
    doubts = []
    whole = np.concatenate([[0.0], point])
    if (np.diff(whole) <= 0).any():
        at = choices.levels[int(np.argmin(np.diff(whole))) + 1]
        doubts.append(f"Perceived values fall at level {at:g}: more trials, or fewer levels.")
    if fits[0] < 0.05:
        doubts.append(f"The model fits badly (p = {fits[0]:.3f}).")
    if fits[1] is not None and fits[1] < 0.05:
        doubts.append(f"Differences do not add up (p = {fits[1]:.3f}): they are no scale.")
    if observers == 1:
        doubts.append("One observer: the intervals are about them, not about any others.")
    return tuple(doubts)


def trial_list(task: Task, levels: int, count: int, seed: int) -> IntArray:
    """Return a balanced list of trials: indices of levels, in the order they are shown.

    Every combination comes as often as any other, or once more; which ones come once more is
    drawn, so that levels come about equally often.  In quadruples the two halves change places
    at random, in pairs the pictures.

    Raises
    ------
    CalibrationError
        MK468 fewer levels than one trial shows.
    """
    size = SIZE[task]
    if levels < size:
        message = f"{levels} levels are too few for {task}."
        raise CalibrationError(Finding("MK468", message, measured=levels, limit=size))
    random = np.random.default_rng(seed)
    every = np.array(list(combinations(range(levels), size)))
    whole, rest = divmod(count, len(every))
    chosen = [every] * whole
    if rest:
        chosen.append(_spread(every, levels, rest, random))
    trials = random.permutation(np.concatenate(chosen))
    if task != "triads":
        turned = random.random(len(trials)) < 0.5
        halves = [*range(size // 2, size), *range(size // 2)]
        trials[turned] = trials[turned][:, halves]
    return trials


def _spread(every: IntArray, levels: int, count: int, random: np.random.Generator) -> IntArray:
    """Return some combinations in which all levels come about equally often."""
    order, seen, picked = random.permutation(len(every)), np.zeros(levels), []
    left = every[order]
    for _ in range(count):
        best = int(np.argmin(seen[left].sum(axis=1)))
        picked.append(left[best])
        seen[left[best]] += 1
        left = np.delete(left, best, axis=0)
    return np.array(picked)
