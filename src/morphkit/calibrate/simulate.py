"""Simulated observers: responses whose truth is known.

The tests' source of truth and a study's rehearsal.  May import `calibrate` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.calibrate.curves import SHAPES, FloatArray
from morphkit.calibrate.judgements import IntArray, Judgements


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


def drawn(population: Population, count: int, seed: int) -> tuple[Observers, np.random.Generator]:
    """Return observers, and what their answers are drawn from.

    The observers depend on the population, their number and the seed alone, whatever they are
    shown: the same ones can be asked again about other levels.
    """
    who, what = (np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(2))
    return draw_observers(population, count, who), what


def happy(
    observers: Observers, who: IntArray, levels: FloatArray, random: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return (n,) whether "happy" is answered in single trials.

    Parameters
    ----------
    who : (n,) int array
        Indices of observers.
    levels : (n,) float array
    """
    own = Observers(observers.pse[who], observers.jnd[who], observers.lapse[who], observers.shape)
    return np.asarray(random.random(len(who)) < own.p_happy(levels[:, None])[:, 0])


def rated(
    observers: Observers,
    who: IntArray,
    levels: FloatArray,
    random: np.random.Generator,
    *,
    low: float = 0.0,
    high: float = 100.0,
    bias: float = 0.0,
) -> FloatArray:
    """Return (n,) ratings in single trials, whole numbers.

    A rating is the middle of the scale at an observer's PSE and rises by half the scale per
    level unit; its noise is normal, so that ratings above the middle have the observer's JND.
    Whoever lapses rates anything.

    Parameters
    ----------
    who, levels : as in `happy`
    low, high : float
        Ends of the rating scale.
    bias : float
        Added to every rating, in % of the scale's length; moves the crossing of its middle by
        −bias / 50 level units.
    """
    size = high - low
    noise = observers.jnd[who] / SHAPES["normal"].quartile * random.standard_normal(len(who))
    rating = low + size / 2 * (1 + levels - observers.pse[who] + noise) + size * bias / 100
    anything = low + size * random.random(len(who))
    lapsed = random.random(len(who)) < observers.lapse[who]
    return np.asarray(np.clip(np.rint(np.where(lapsed, anything, rating)), low, high))


def times(
    observers: Observers, who: IntArray, levels: FloatArray, random: np.random.Generator
) -> FloatArray:
    """Return (n,) response times in seconds: lognormal, slower near the observer's PSE."""
    apart = np.abs(levels - observers.pse[who]) / observers.jnd[who]
    middle = 0.5 + 0.35 * np.exp(-apart / 3)
    return np.asarray(middle * np.exp(0.25 * random.standard_normal(len(who))))
