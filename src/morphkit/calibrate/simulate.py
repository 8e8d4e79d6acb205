"""Simulated observers: responses whose truth is known.

The tests' source of truth and a study's rehearsal.  May import `calibrate` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.calibrate.curves import SHAPES, FloatArray
from morphkit.calibrate.judgements import Judgements


@dataclass(frozen=True, slots=True)
class Population:
    """Whom observers are drawn from; lengths in level units.

    Parameters
    ----------
    pse : float
        Mean point of subjective equality.
    jnd : float
        Within-observer just-noticeable difference: half the distance between the levels at
        which the sigmoid is ¼ and ¾; its median over observers.
    observer_sd : float
        Standard deviation of the observers' PSEs.
    jnd_spread : float
        Standard deviation of the logarithm of the observers' JNDs.
    lapse : float
        Share of responses given without looking, half of them to each side.
    shape : str
        A key of `curves.SHAPES`.
    """

    pse: float = 0.0
    jnd: float = 0.13
    observer_sd: float = 0.16
    jnd_spread: float = 0.25
    lapse: float = 0.02
    shape: str = "logistic"


@dataclass(frozen=True, slots=True, eq=False)
class Observers:
    """Observers that were drawn: (n,) PSE, JND and lapse of each."""

    pse: FloatArray
    jnd: FloatArray
    lapse: FloatArray
    shape: str = "logistic"

    def p_happy(self, levels: FloatArray) -> FloatArray:
        """Return (n, k) the probability of each observer's answering "happy" at each level."""
        shape = SHAPES[self.shape]
        scale = self.jnd / shape.quartile
        rise = shape.rise((np.asarray(levels) - self.pse[:, None]) / scale[:, None])
        lapse = self.lapse[:, None]
        return lapse / 2 + (1 - lapse) * rise


def draw_observers(population: Population, count: int, random: np.random.Generator) -> Observers:
    """Draw observers of a population."""
    pse = random.normal(population.pse, population.observer_sd, count)
    jnd = population.jnd * np.exp(random.normal(0, population.jnd_spread, count))
    return Observers(pse, jnd, np.full(count, population.lapse), population.shape)


def answers(
    observers: Observers, levels: Sequence[float], repeats: int, random: np.random.Generator
) -> Judgements:
    """Return the responses of observers who see every level `repeats` times."""
    places = np.asarray(levels, dtype=np.float64)
    happy = random.binomial(repeats, observers.p_happy(places))
    width = len(str(len(observers.pse)))
    names = tuple(f"sim{i:0{width}d}" for i in range(1, len(observers.pse) + 1))
    return Judgements(names, places, happy, np.full(happy.shape, repeats))
