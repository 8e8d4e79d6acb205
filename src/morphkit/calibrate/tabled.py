"""Choices counted: trials that showed the same are one row, however many observers answered.

A scale and its goodness of fit cost the same for a hundred observers as for one.  May import
`calibrate`, NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from morphkit.calibrate.comparison import log_likelihood, share, values
from morphkit.calibrate.curves import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Trials that showed the same, counted: the first half of its rows were answered "second".

    Parameters
    ----------
    shown : (c, 2, 3 or 4) int array
    design : (2c, k − 1) float array
    chosen : (2c,) array of 1 and 0
    row : (n,) int array
        The row of each trial.
    """

    shown: IntArray
    design: FloatArray
    chosen: FloatArray
    row: IntArray

    def counted(self, weights: FloatArray) -> FloatArray:
        """Return (2c,) how often each row counts, of (n,) how often each trial does."""
        return np.bincount(self.row, weights, len(self.chosen)).astype(np.float64)


def tabled(shown: IntArray, design: FloatArray, second: BoolArray) -> Table:
    """Return the table of trials: (n, 2…4) levels, (n, p) what was compared, (n,) the answers."""
    cells, first, cell = np.unique(shown, axis=0, return_index=True, return_inverse=True)
    chosen = np.repeat([1.0, 0.0], len(first))
    row = cell.ravel() + len(first) * ~second
    return Table(cells, np.concatenate([design[first], design[first]]), chosen, row)


def judged(
    table: Table,
    ends: bool,
    counts: FloatArray,
    beta: FloatArray,
    simulations: int,
    random: np.random.Generator,
) -> tuple[float, float | None]:
    """Return how unusual the misfit is, and the gain of giving each pair its own difference.

    Both as shares of simulated answers that are as far off; the latter only where differences
    were compared (`ends`), not pictures.
    """
    free = _pairwise(table.shown) if ends else None
    half = len(table.shown)
    times = counts[:half] + counts[half:]

    def looked(answers: FloatArray, fitted: FloatArray) -> tuple[float, float]:
        like = log_likelihood(table.design, table.chosen, answers, fitted)
        chance = share(table.design[:half] @ fitted)
        misfit = _chi_square(answers[:half], times, chance)
        if free is None:
            return misfit, 0.0
        best = values(free, table.chosen, answers)
        return misfit, log_likelihood(free, table.chosen, answers, best) - like

    seen = looked(counts, beta)
    chance = share(table.design[:half] @ beta)
    worse = np.zeros(2)
    for _ in range(simulations):
        yes = random.binomial(times.astype(np.int64), chance)
        answers = np.concatenate([yes, times - yes])
        worse += np.array(looked(answers, values(table.design, table.chosen, answers))) >= seen
    p = (worse + 1) / (simulations + 1)
    return float(p[0]), None if free is None else float(p[1])


def _chi_square(got: FloatArray, times: FloatArray, chance: FloatArray) -> float:
    spread = np.maximum(times * chance * (1 - chance), 1e-9)
    return float(((got - times * chance) ** 2 / spread).sum())


def _pairwise(shown: IntArray) -> FloatArray:
    """Return the design in which every pair of levels has a difference of its own."""
    pairs = {pair: i for i, pair in enumerate(combinations(range(int(shown.max()) + 1), 2))}
    rows = np.zeros((len(shown), len(pairs)))
    halves = ((1, 2), (0, 1)) if shown.shape[1] == 3 else ((2, 3), (0, 1))
    for (left, right), sign in zip(halves, (1, -1), strict=True):
        for row, indices in enumerate(shown.tolist()):
            rows[row, pairs[indices[left], indices[right]]] += sign
    return np.concatenate([rows, rows])
