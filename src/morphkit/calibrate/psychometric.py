"""Psychometric functions of two-choice responses, with observers as the sampling unit.

P(happy) = γ + (1 − γ − λ) · F(level): F rises from 0 to 1 around the point of subjective
equality (PSE), γ and λ are what an observer who doesn't look answers.  For "happy or distressed?"
no answer is correct, so the asymptotes are equal unless said otherwise, and never fixed at ½.
May import `calibrate`, `errors`, NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from morphkit.calibrate.alone import Alone, alone
from morphkit.calibrate.curves import SHAPES, FloatArray, Shape
from morphkit.calibrate.enough import (
    AMBIGUOUS,
    ENOUGH_AMBIGUOUS,
    ENOUGH_LEVELS,
    ENOUGH_OBSERVERS,
)
from morphkit.calibrate.interval import Interval, at_least, of_bootstrap, of_density, of_spread
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.likelihood import Asymptotes, Grid, grid, likelihoods
from morphkit.calibrate.order import refuse_reversed
from morphkit.calibrate.population import PRIOR_SD, Fitted, Mixed
from morphkit.errors import CalibrationError, Finding

REPLICATES = 2000


@dataclass(frozen=True, slots=True)
class ObserverFit:
    """One observer, shrunk towards the population as far as their responses leave it open.

    Parameters
    ----------
    name : str
    pse, jnd : Interval
        In level units.
    lapse : float
        Distance of the asymptotes from 0 and 1, their mean.
    trials : int
    """

    name: str
    pse: Interval
    jnd: Interval
    lapse: float
    trials: int


@dataclass(frozen=True, slots=True, eq=False)
class PsychometricFit:
    """A psychometric function of a population, fitted to the responses of a sample of it.

    Parameters
    ----------
    shape : str
        A key of `curves.SHAPES`.
    pse : Interval
        Mean over the population; level units.
    jnd : Interval
        Median over observers of half the distance between the levels where F is ¼ and ¾.
    slope : Interval
        Derivative of P(happy) at the PSE of the median observer, per level unit.
    observer_sd : Interval
        Standard deviation of PSEs between observers; of one observer only what the model's
        prior says.
    lapse : float
        Mean distance of the asymptotes from 0 and 1.
    observers : tuple of ObserverFit
    judgements : Judgements
        What was fitted.
    doubts : tuple of str
        What speaks against using it; sentences.
    """

    shape: str
    pse: Interval
    jnd: Interval
    slope: Interval
    observer_sd: Interval
    lapse: float
    observers: tuple[ObserverFit, ...]
    judgements: Judgements
    doubts: tuple[str, ...]
    _grid: Grid = field(repr=False)
    _population: Fitted = field(repr=False)
    _replicates: Fitted = field(repr=False)

    @property
    def replicates(self) -> FloatArray:
        """(r,) the mean PSE of each bootstrap sample; of one observer, draws of theirs."""
        return self._replicates.place

    def p_happy(self, levels: FloatArray) -> FloatArray:
        """Return (k, 3): share of "happy" that the population gives at levels, and its interval.

        Averaged over observers, so flatter than any one observer's function.
        """
        levels = np.atleast_1d(np.asarray(levels, dtype=np.float64))
        curve = _curve(self._grid, self._population, levels)[0]
        others = _curve(self._grid, self._replicates, levels)
        count = len(self.observers)
        ranges = [
            of_bootstrap(float(value), column, count)
            for value, column in zip(curve, others.T, strict=True)
        ]
        return np.array([[one.value, one.low, one.high] for one in ranges])

    def level_of(self, p_happy: float) -> Interval:
        """Return the level at which the population says "happy" in so many of its answers.

        Raises
        ------
        CalibrationError
            MK469 when that lies outside the levels that were shown.
        """
        shown = self.judgements.levels
        levels = np.linspace(shown[0], shown[-1], 401)
        curve = _curve(self._grid, self._population, levels)[0]
        if not curve[0] <= p_happy <= curve[-1]:
            message = (
                f"P(happy) = {p_happy:g} lies outside what was shown: {curve[0]:.3f} at level "
                f"{levels[0]:g} to {curve[-1]:.3f} at {levels[-1]:g}."
            )
            advice = "Ask for a target in between, or measure further out; nothing is extrapolated."
            raise CalibrationError(Finding("MK469", message, measured=p_happy, suggestion=advice))
        others = _curve(self._grid, self._replicates, levels)
        found = np.array([np.interp(p_happy, row, levels) for row in others])
        value = float(np.interp(p_happy, curve, levels))
        return of_bootstrap(value, found, len(self.observers))


def fit(
    judgements: Judgements,
    *,
    shape: str = "logistic",
    asymptotes: Asymptotes = "equal",
    lapse: float | None = None,
    overdispersed: bool = False,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> PsychometricFit:
    """Fit a psychometric function to the responses of observers.

    Parameters
    ----------
    judgements : Judgements
    shape : {"logistic", "normal", "weibull"}
    asymptotes : {"equal", "free"}
        Whether γ and λ are one number.
    lapse : float or None
        γ = λ where it is known, 0…0.4; None to fit it under a weak prior.
    overdispersed : bool
        Whether an observer's shares may scatter more than by chance (learning, moods):
        beta-binomial instead of binomial.
    replicates : int
        Bootstrap samples of the observers.
    seed : int

    Returns
    -------
    PsychometricFit

    Raises
    ------
    CalibrationError
        MK467 responses that fall as the level rises; MK468 fewer than two levels.
    """
    if len(judgements.levels) < 2:
        message = "all responses are to one level, a function needs two or more."
        raise CalibrationError(Finding("MK468", message, measured=1.0, limit=2.0))
    nodes = grid(judgements, SHAPES[shape], asymptotes, lapse, overdispersed)
    refuse_reversed(judgements)
    if len(judgements.observers) == 1:
        return _of_one(judgements, alone(judgements, nodes, replicates, seed))
    model = Mixed(nodes, likelihoods(judgements, nodes), judgements.span)
    population = model.fit()
    count = len(judgements.observers)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), replicates)
    others = model.refit(population, weights.astype(np.float64))
    return _described(judgements, model, population, others)


def _described(
    judgements: Judgements, model: Mixed, population: Fitted, others: Fitted
) -> PsychometricFit:
    """Describe a population: intervals are not narrower than single observers are known."""
    count = len(judgements.observers)
    errors = model.errors(population)
    place = at_least(
        of_bootstrap(float(population.place[0]), others.place, count), errors[0], count
    )
    scale = of_bootstrap(float(np.log(population.scale[0])), np.log(others.scale), count)
    spread = of_spread(float(population.sd[0]), others.sd, count)
    jnd = _jnd(model.grid.shape, at_least(scale, errors[1], count))
    each = _each(judgements, model, population)
    return _with_doubts(
        _assembled(judgements, model.grid, (population, others), (place, jnd, spread), each)
    )


def _of_one(judgements: Judgements, one: Alone) -> PsychometricFit:
    """Describe one observer; of a spread between observers nothing is known."""
    place = of_bootstrap(float(one.fitted.place[0]), one.draws.place, 1)
    scale = of_bootstrap(float(np.log(one.fitted.scale[0])), np.log(one.draws.scale), 1)
    jnd = _jnd(one.grid.shape, scale)
    spread = Interval(PRIOR_SD * judgements.span, 0.0, judgements.span)
    low, high = _asymptotes(one.grid, one.fitted)
    each = ObserverFit(judgements.observers[0], place, jnd, (low + high) / 2, judgements.trials)
    return _with_doubts(
        _assembled(judgements, one.grid, (one.fitted, one.draws), (place, jnd, spread), (each,))
    )


def _assembled(
    judgements: Judgements,
    nodes: Grid,
    fitted: tuple[Fitted, Fitted],
    found: tuple[Interval, Interval, Interval],
    each: tuple[ObserverFit, ...],
) -> PsychometricFit:
    place, jnd, spread = found
    low, high = _asymptotes(nodes, fitted[0])
    rise = (1 - low - high) * nodes.shape.steepest * nodes.shape.quartile
    slope = Interval(*(rise / x for x in (jnd.value, jnd.high, jnd.low)))
    lapse = (low + high) / 2
    return PsychometricFit(
        nodes.shape.name, place, jnd, slope, spread, lapse, each, judgements, (), nodes, *fitted
    )


def _jnd(shape: Shape, log_scale: Interval) -> Interval:
    ends = (log_scale.value, log_scale.low, log_scale.high)
    return Interval(*(shape.quartile * float(np.exp(x)) for x in ends))


def _asymptotes(nodes: Grid, population: Fitted) -> tuple[float, float]:
    """Return the mean distances of the asymptotes from 0 and 1."""
    low, high = (
        float(population.lapses @ [getattr(one, side) for one in nodes.nuisances])
        for side in ("low", "high")
    )
    return low, high


def _each(judgements: Judgements, model: Mixed, population: Fitted) -> tuple[ObserverFit, ...]:
    places, scales, shares = model.posterior(population)
    lapses = np.array([(one.low + one.high) / 2 for one in model.grid.nuisances])
    found = []
    for i, name in enumerate(judgements.observers):
        jnd = _jnd(model.grid.shape, of_density(model.grid.scales, scales[i]))
        place = of_density(model.grid.places, places[i])
        trials = int(judgements.shown[i].sum())
        found.append(ObserverFit(name, place, jnd, float(shares[i] @ lapses), trials))
    return tuple(found)


def _curve(nodes: Grid, population: Fitted, levels: FloatArray) -> FloatArray:
    """Return (r, k) the share of "happy" averaged over each population."""
    model = Mixed(nodes, np.empty((0, 0, 0, 0)), 1.0)
    p, q = model.priors(population.theta)
    rise = nodes.rise(levels)
    out: FloatArray = np.stack([((p @ one) * q).sum(axis=1) for one in rise], axis=1)
    low, high = _asymptotes(nodes, population)
    out *= 1 - low - high
    out += low
    return out


def _with_doubts(fitted: PsychometricFit) -> PsychometricFit:
    data = fitted.judgements
    count, levels = len(data.observers), len(data.levels)
    share = data.happy.sum(axis=0) / np.maximum(data.shown.sum(axis=0), 1)
    ambiguous = int(((share >= AMBIGUOUS[0]) & (share <= AMBIGUOUS[1])).sum())
    doubts = []
    if count == 1:
        doubts.append("One observer: the intervals are about them, not about any others.")
    elif count < ENOUGH_OBSERVERS:
        doubts.append(f"{count} observers: intervals of fewer than {ENOUGH_OBSERVERS} are unsure.")
    if levels < ENOUGH_LEVELS:
        doubts.append(f"{levels} levels: a calibration needs {ENOUGH_LEVELS}.")
    if ambiguous < ENOUGH_AMBIGUOUS:
        doubts.append(
            f"{ambiguous} level(s) with P(happy) in {AMBIGUOUS[0]:g} to {AMBIGUOUS[1]:g}: JND and "
            f"slope rest on the model's shape, not on responses; show levels near the PSE."
        )
    if fitted.pse.low < data.levels[0] or fitted.pse.high > data.levels[-1]:
        doubts.append("The interval of the PSE leaves the levels that were shown.")
    if fitted.jnd.value > data.span / 2:
        doubts.append("Responses hardly depend on the level: PSE and JND mean little.")
    return replace(fitted, doubts=tuple(doubts))
