"""How likely an observer's responses are, for every PSE, scale and lapse rate on a grid.

Everything that is fitted is a sum over this grid: no optimiser can be caught in a corner of it,
and separable, flat or missing data have an answer as well.  May import `calibrate`, NumPy, SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from morphkit.calibrate.curves import FloatArray, Shape
from morphkit.calibrate.judgements import Judgements

Asymptotes = Literal["equal", "free"]

LAPSES = (0.0, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35)
"""Distances of an asymptote from 0 or 1 that are tried."""

ALONE_LAPSES = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
"""The same of one observer, whose own lapses matter more to their JND."""

FREE_LAPSES = (0.0, 0.02, 0.06, 0.15, 0.3)
"""The same where the two asymptotes are free of each other."""

LAPSE_PRIOR = (1.0, 10.0)
"""Beta prior of an asymptote's distance: small ones are likely, none is excluded."""

OVERDISPERSION = (0.0, 0.1, 0.2, 0.35, 0.5)
"""Standard deviations of the share itself, in units of its largest possible one, that are tried."""

PLACES, SCALES = 161, 33

BEYOND = 0.5
"""How far beyond the outermost levels a PSE is looked for, in units of their distance."""

NARROW, WIDE = 1 / 300, 2.0
"""Least and largest scale of the sigmoid, in units of the distance of the outermost levels."""


@dataclass(frozen=True, slots=True, eq=False)
class Nuisance:
    """One way to answer without looking, with its prior weight.

    Parameters
    ----------
    low, high : float
        Distance of the lower asymptote from 0, and of the upper one from 1.
    spread : float
        Overdispersion, 0…1.
    weight : float
    """

    low: float
    high: float
    spread: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where the likelihood is computed.

    Parameters
    ----------
    shape : Shape
    places : (A,) PSEs in level units; scales : (B,) natural logarithms of the sigmoid's scale.
    nuisances : tuple of Nuisance
    """

    shape: Shape
    places: FloatArray
    scales: FloatArray
    nuisances: tuple[Nuisance, ...]

    def rise(self, levels: FloatArray) -> FloatArray:
        """Return (k, A, B) the sigmoid between its asymptotes."""
        apart = np.asarray(levels)[:, None, None] - self.places[:, None]
        return self.shape.rise(apart / np.exp(self.scales))


def grid(
    judgements: Judgements,
    shape: Shape,
    asymptotes: Asymptotes = "equal",
    lapse: float | None = None,
    overdispersed: bool = False,
) -> Grid:
    """Return the grid for some judgements.

    Parameters
    ----------
    asymptotes : {"equal", "free"}
    lapse : float or None
        Distance of both asymptotes from 0 and 1 where it is known; None to fit it.
    overdispersed : bool
        Whether shares may scatter more than by chance.
    """
    low, high, span = judgements.levels[0], judgements.levels[-1], judgements.span
    places = np.linspace(low - BEYOND * span, high + BEYOND * span, PLACES)
    scales = np.linspace(np.log(NARROW * span), np.log(WIDE * span), SCALES)
    spreads = OVERDISPERSION if overdispersed else (0.0,)
    alone = len(judgements.observers) == 1
    pairs = _asymptotes(asymptotes, lapse, ALONE_LAPSES if alone else LAPSES)
    nuisances = [
        Nuisance(low, high, spread, weight / len(spreads))
        for low, high, weight in pairs
        for spread in spreads
    ]
    return Grid(shape, places, scales, tuple(nuisances))


def _asymptotes(
    kind: Asymptotes, lapse: float | None, equal: Sequence[float]
) -> list[tuple[float, float, float]]:
    if lapse is not None:
        return [(lapse, lapse, 1.0)]
    if kind == "equal":
        return [(x, x, w) for x, w in zip(equal, _prior(equal), strict=True)]
    weights = _prior(FREE_LAPSES)
    return [
        (x, y, v * w)
        for x, v in zip(FREE_LAPSES, weights, strict=True)
        for y, w in zip(FREE_LAPSES, weights, strict=True)
    ]


def _prior(nodes: Sequence[float]) -> FloatArray:
    """Return the prior's mass around each node."""
    middles = (np.array(nodes)[1:] + np.array(nodes)[:-1]) / 2
    below = special.betainc(*LAPSE_PRIOR, np.concatenate([middles, [1.0]]))
    return np.diff(below, prepend=0.0)


def likelihoods(judgements: Judgements, grid: Grid) -> FloatArray:
    """Return (n, m, A, B) the likelihood of each observer's responses, at most 1 for each.

    m counts the grid's nuisances.  Each observer's is scaled to have its largest value at 1.
    """
    rise = grid.rise(judgements.levels)
    out = np.empty((len(judgements.observers), len(grid.nuisances), *rise.shape[1:]))
    for i, one in enumerate(grid.nuisances):
        share = np.clip(one.low + (1 - one.low - one.high) * rise, 1e-9, 1 - 1e-9)
        out[:, i] = _logarithm(judgements, share, one.spread)
    out -= out.max(axis=(1, 2, 3), keepdims=True)
    return np.exp(out, out=out)


def _logarithm(judgements: Judgements, share: FloatArray, spread: float) -> FloatArray:
    happy, shown = judgements.happy, judgements.shown
    if not spread:
        flat = share.reshape(len(share), -1)
        log = happy @ np.log(flat) + (shown - happy) @ np.log1p(-flat)
        return log.reshape(len(happy), *share.shape[1:])
    precision = 1 / spread**2 - 1
    up, down = share * precision, (1 - share) * precision
    out = np.zeros((len(happy), *share.shape[1:]))
    for level in range(len(share)):
        base = special.betaln(up[level], down[level])
        counts = np.stack([happy[:, level], shown[:, level]], axis=1)
        for (yes, all_), where in _alike(counts):
            if all_:
                out[where] += special.betaln(up[level] + yes, down[level] + all_ - yes) - base
    return out


def _alike(counts: np.ndarray) -> list[tuple[tuple[int, int], np.ndarray]]:
    pairs, group = np.unique(counts, axis=0, return_inverse=True)
    return [
        ((int(yes), int(shown)), np.flatnonzero(group.ravel() == i))
        for i, (yes, shown) in enumerate(pairs)
    ]
