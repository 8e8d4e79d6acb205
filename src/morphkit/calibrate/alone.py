"""One observer, or responses thrown together: a posterior, since there is no sample of observers.

Its priors are those of Schütt et al. (2016, doi 10.1016/j.visres.2016.02.002):
every PSE among the levels is alike, and every width of the sigmoid from the levels' spacing to
their whole distance.  May import `calibrate`, NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from morphkit.calibrate.curves import FloatArray
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.likelihood import BEYOND, Grid, likelihoods
from morphkit.calibrate.population import LEAST_SD, LEAST_SPREAD, Fitted

PLACES, SCALES = 161, 65
"""Nodes of the grid, which covers only what the responses leave possible."""

POSSIBLE = 1e-5
"""What is less likely than this, in units of the most likely, is left out of the grid."""

EDGE = 0.05
"""The width of a sigmoid is from where it is this to where it is 1 minus this."""


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """What is known of one observer.

    Parameters
    ----------
    grid : Grid
    fitted : Fitted
        Their own function, as a population of people all like them.
    draws : Fitted
        Draws from the posterior, the same way.
    """

    grid: Grid
    fitted: Fitted
    draws: Fitted


def alone(judgements: Judgements, nodes: Grid, replicates: int, seed: int) -> Alone:
    """Return the posterior of one observer, by its means and by draws."""
    nodes = _narrowed(nodes, _posterior(judgements, nodes))
    every = _posterior(judgements, nodes)
    joint = every.sum(axis=0)
    scale = float(joint.sum(axis=0) @ np.exp(nodes.scales))
    places, scales = _drawn(nodes, joint, replicates, np.random.default_rng(seed))
    lapses = every.sum(axis=(1, 2))
    mean = (np.array([joint.sum(axis=1) @ nodes.places]), np.log([scale]))
    span = judgements.span
    return Alone(nodes, _alike(*mean, span, lapses), _alike(places, scales, span, lapses))


def _posterior(judgements: Judgements, nodes: Grid) -> FloatArray:
    """Return (m, A, B) the share of each nuisance, PSE and scale."""
    weights = np.array([one.weight for one in nodes.nuisances])[:, None, None]
    joint: FloatArray = likelihoods(judgements, nodes)[0] * weights * _prior(judgements, nodes)
    joint /= joint.sum()
    return joint


def _prior(judgements: Judgements, nodes: Grid) -> FloatArray:
    """Return (A, B): even, but for cosines that end it.

    The PSE's go half the levels' distance beyond them.  The width's go down from twice the
    levels' spacing to once, where two levels tell it no more, and up to three times their
    distance.  Nodes of the scale are even in its logarithm, hence its factor.
    """
    levels, span = judgements.levels, judgements.span
    shape = nodes.shape
    beyond = np.maximum(levels[0] - nodes.places, nodes.places - levels[-1])
    tails = float(np.ptp(shape.inverse(np.array([EDGE, 1 - EDGE]))))
    scales = np.exp(nodes.scales)
    spacing = float(np.diff(levels).min())
    wide = tails * scales
    even = _rise((wide - spacing) / spacing) * (1 - _rise((wide - span) / (2 * span)))
    place: FloatArray = 1 - _rise(beyond / (BEYOND * span))
    # never quite 0: steps are answered too
    return np.maximum(place, 1e-6)[:, None] * np.maximum(even, 1e-6) * scales


def _rise(share: FloatArray) -> FloatArray:
    return np.asarray((1 - np.cos(np.pi * np.clip(share, 0, 1))) / 2)


def _narrowed(nodes: Grid, joint: FloatArray) -> Grid:
    """Return a grid of what is possible, so that it resolves responses however many there are."""
    ends = []
    for x, axes in ((nodes.places, (0, 2)), (nodes.scales, (0, 1))):
        density = joint.sum(axis=axes)
        there = np.flatnonzero(density > POSSIBLE * density.max())
        ends.append((x[max(there[0] - 1, 0)], x[min(there[-1] + 1, len(x) - 1)]))
    places, scales = (
        np.linspace(low, high, count)
        for (low, high), count in zip(ends, (PLACES, SCALES), strict=True)
    )
    return replace(nodes, places=places, scales=scales)


def _drawn(
    nodes: Grid, joint: FloatArray, count: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return (count,) PSEs and logarithms of scales, anywhere in their nodes' cells."""
    cells = random.choice(joint.size, count, p=joint.ravel())
    rows, columns = np.unravel_index(cells, joint.shape)
    out = []
    for x, index in ((nodes.places, rows), (nodes.scales, columns)):
        step = x[1] - x[0]
        out.append(x[index] + random.uniform(-step / 2, step / 2, count))
    return out[0], out[1]


def _alike(places: FloatArray, scales: FloatArray, span: float, lapses: FloatArray) -> Fitted:
    """Return populations of people who are all as alike as the model knows."""
    same = np.ones_like(places)
    spreads = [np.log(LEAST_SD * span), np.log(LEAST_SPREAD)]
    theta = np.stack([places, spreads[0] * same, scales, spreads[1] * same], axis=1)
    return Fitted(theta, lapses)
