"""Planning: how many observers, levels and repetitions give a wanted interval or power.

Observers are drawn from a pilot's population; what a design tells about each of them is their
Fisher information.  Between-observer spread adds to it, so that repetitions soon stop helping.
May import `calibrate`, `errors`, NumPy, SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from morphkit.calibrate.curves import SHAPES, FloatArray
from morphkit.calibrate.interval import CONFIDENCE
from morphkit.calibrate.likelihood import LAPSE_PRIOR
from morphkit.calibrate.simulate import Observers, Population, draw_observers
from morphkit.errors import CalibrationError, Finding

DRAWN = 2000
"""Simulated observers that a design is judged with."""

LAPSE_SD = 2 * float(stats.beta.std(*LAPSE_PRIOR))
"""What a fit knows of an observer's lapses before they answer; half of them go to each side."""


@dataclass(frozen=True, slots=True)
class Design:
    """A study.

    Parameters
    ----------
    observers : int
    levels : tuple of float
        What is shown.
    repeats : int
        How often each level is shown to each observer.
    """

    observers: int
    levels: tuple[float, ...]
    repeats: int

    @property
    def trials(self) -> int:
        """Trials of one observer."""
        return len(self.levels) * self.repeats


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a design will tell.

    Parameters
    ----------
    design : Design
    pse_half : float
        Half the width of the 95 % interval of the mean PSE; level units.
    jnd_half : float
        The same of the JND, as a share of it.
    shift_half : float
        Half the width of the interval of a shift of the PSE in the same observers, measured
        twice.
    power : float or None
        Chance that a shift of the wanted size is found (two-sided, 5 %); None without one.
    """

    design: Design
    pse_half: float
    jnd_half: float
    shift_half: float
    power: float | None


def outlook(
    pilot: Population,
    design: Design,
    *,
    change_sd: float = 0.0,
    effect: float | None = None,
    seed: int = 0,
) -> Outlook:
    """Return what a design will tell about a population like the pilot's.

    Parameters
    ----------
    pilot : Population
    design : Design
    change_sd : float
        Standard deviation, between observers, of how much their PSE shifts; level units.
    effect : float or None
        Mean shift of the PSE that is to be found; level units.
    seed : int

    Raises
    ------
    CalibrationError
        MK468 fewer than two observers or levels, or no repetition.
    """
    count = design.observers
    if count < 2 or len(design.levels) < 2 or design.repeats < 1:
        message = (
            f"{count} observers, {len(design.levels)} levels, {design.repeats} repetitions are no "
            "design."
        )
        raise CalibrationError(
            Finding("MK468", message, suggestion="Plan two observers and two levels or more.")
        )
    drawn = draw_observers(pilot, DRAWN, np.random.default_rng(seed))
    place, scale = _errors(drawn, np.asarray(design.levels), design.repeats)
    student = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1))
    pse = _combined(pilot.observer_sd, place, count)
    jnd = _combined(pilot.jnd_spread, scale, count)
    change = _combined(change_sd, 2 * place, count)
    power = None if effect is None else _power(effect / change, count)
    return Outlook(design, student * pse, student * jnd, student * change, power)


def _combined(spread: float, errors: FloatArray, count: int) -> float:
    """Return the standard error of a mean of `count` observers with such error variances.

    An observer counts by what is known of them; where nothing spreads, by their error alone.
    """
    return float(1 / np.sqrt(count * np.mean(1 / (spread**2 + errors))))


def _errors(
    observers: Observers, levels: FloatArray, repeats: int
) -> tuple[FloatArray, FloatArray]:
    """Return (n,) error variances of each observer's PSE and of the logarithm of their scale.

    From the expected information about PSE, log scale and lapse; about the lapse the fit's
    weak prior knows a little already.
    """
    shape = SHAPES[observers.shape]
    scale = (observers.jnd / shape.quartile)[:, None]
    z = (levels - observers.pse[:, None]) / scale
    small = 1e-4
    rise = shape.rise(z)
    steep = (shape.rise(z + small) - shape.rise(z - small)) / (2 * small)
    lapse = observers.lapse[:, None]
    share = np.clip(lapse / 2 + (1 - lapse) * rise, 1e-6, 1 - 1e-6)
    slopes = np.stack([-(1 - lapse) * steep / scale, -(1 - lapse) * steep * z, 0.5 - rise], axis=-1)
    weight = repeats / (share * (1 - share))
    information = np.einsum("nki,nkj,nk->nij", slopes, slopes, weight)
    information[:, [0, 1, 2], [0, 1, 2]] += [1e-6, 1 / 1.5**2, 1 / LAPSE_SD**2]
    variance = np.linalg.inv(information)
    return variance[:, 0, 0], variance[:, 1, 1]


def _power(size: float, count: int) -> float:
    """Return the chance that a two-sided t test at 5 % finds an effect of so many SE."""
    limit = stats.t.ppf(0.975, count - 1)
    above = stats.nct.sf(limit, count - 1, abs(size))
    below = stats.nct.cdf(-limit, count - 1, abs(size))
    # SciPy gives NaN where an effect is so large that nothing lies below and all above
    return float(min(np.nan_to_num(above, nan=1.0) + np.nan_to_num(below, nan=0.0), 1.0))


def table(
    pilot: Population,
    observers: Sequence[int],
    designs: Sequence[tuple[tuple[float, ...], int]],
    *,
    change_sd: float = 0.0,
    effect: float | None = None,
) -> list[Outlook]:
    """Return the outlook of every number of observers with every choice of levels and repeats."""
    return [
        outlook(pilot, Design(count, levels, repeats), change_sd=change_sd, effect=effect)
        for levels, repeats in designs
        for count in observers
    ]
