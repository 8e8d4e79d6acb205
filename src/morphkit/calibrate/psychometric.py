"""Psychometric functions of two-choice responses, with observers as the sampling unit.

P(happy) = γ + (1 − γ − λ) · F(level): F rises from 0 to 1 around the point of subjective
equality (PSE), γ and λ are what an observer who doesn't look answers.  For "happy or distressed?"
no answer is correct, so the asymptotes are equal unless said otherwise, and never fixed at ½.
May import `calibrate`, `errors`, NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from morphkit.calibrate.curves import SHAPES, FloatArray
from morphkit.calibrate.interval import Interval, at_least, of_bootstrap, of_density, of_spread
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.likelihood import Asymptotes, Grid, grid, likelihoods
from morphkit.calibrate.population import Fitted, Mixed
from morphkit.errors import CalibrationError, Finding

REPLICATES = 2000

ENOUGH_OBSERVERS, ENOUGH_LEVELS, ENOUGH_AMBIGUOUS = 20, 7, 3
"""Fewer observers, levels, or levels with P(happy) in 0.2…0.8 are no calibration."""

AMBIGUOUS = (0.2, 0.8)


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
        Standard deviation of PSEs between observers.
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
    _refuse_reversed(judgements, nodes)
    model = Mixed(nodes, likelihoods(judgements, nodes), judgements.span)
    population = model.fit()
    count = len(judgements.observers)
    if count > 1:
        weights = np.random.default_rng(seed).multinomial(
            count, np.full(count, 1 / count), replicates
        )
        others = model.refit(population, weights.astype(np.float64))
    else:
        others = _alone(model, population, replicates, seed)
    return _described(judgements, model, population, others)


def _alone(model: Mixed, population: Fitted, replicates: int, seed: int) -> Fitted:
    """Return draws from one observer's own posterior: there is no sample of observers."""
    places, scales, _ = model.posterior(model.start())
    random = np.random.default_rng(seed)
    theta = np.repeat(population.theta, replicates, axis=0)
    for column, nodes, density in (
        (0, model.grid.places, places[0]),
        (2, model.grid.scales, scales[0]),
    ):
        step = nodes[1] - nodes[0]
        drawn = random.choice(nodes, replicates, p=density / density.sum())
        theta[:, column] = drawn + random.uniform(-step / 2, step / 2, replicates)
    return Fitted(theta, population.lapses)


def _refuse_reversed(judgements: Judgements, nodes: Grid) -> None:
    """Refuse responses that fall with the level, clearly."""
    shown = judgements.shown.sum(axis=0)
    happy = judgements.happy.sum(axis=0)
    x = judgements.levels - np.average(judgements.levels, weights=shown)
    mean = happy.sum() / shown.sum()
    spread = np.sqrt(max(mean * (1 - mean), 1e-12) * (shown * x**2).sum())
    slope = (x * (happy - shown * mean)).sum() / spread if spread else 0.0
    if slope < -3:
        raise CalibrationError(
            Finding(
                "MK467",
                f"responses fall as the level rises (z = {slope:.1f}).",
                measured=float(slope),
                limit=-3.0,
                suggestion="Which response means happy? Give the two words in the column map.",
            )
        )


def _described(
    judgements: Judgements, model: Mixed, population: Fitted, others: Fitted
) -> PsychometricFit:
    shape, count = model.grid.shape, len(judgements.observers)
    low, high = (
        float(population.lapses @ [getattr(one, side) for one in model.grid.nuisances])
        for side in ("low", "high")
    )
    steepest = (1 - low - high) * shape.steepest

    errors = model.errors(population)

    def interval(value: FloatArray, replicates: FloatArray, error: float) -> Interval:
        """Return the bootstrap's interval, not narrower than single observers are known."""
        found = of_bootstrap(float(value[0]), replicates, count)
        return at_least(found, error, count) if count > 1 else found

    log_jnd = interval(np.log(population.scale), np.log(others.scale), errors[1])
    jnd = Interval(
        *(shape.quartile * float(np.exp(x)) for x in (log_jnd.value, log_jnd.low, log_jnd.high))
    )
    fitted = PsychometricFit(
        shape.name,
        interval(population.place, others.place, errors[0]),
        jnd,
        Interval(*(steepest * shape.quartile / x for x in (jnd.value, jnd.high, jnd.low))),
        of_spread(float(population.sd[0]), others.sd, count),
        (low + high) / 2,
        _each(judgements, model, population),
        judgements,
        (),
        model.grid,
        population,
        others,
    )
    return _with_doubts(fitted)


def _each(judgements: Judgements, model: Mixed, population: Fitted) -> tuple[ObserverFit, ...]:
    places, scales, shares = model.posterior(population)
    lapses = np.array([(one.low + one.high) / 2 for one in model.grid.nuisances])
    quartile = model.grid.shape.quartile
    found = []
    for i, name in enumerate(judgements.observers):
        log = of_density(model.grid.scales, scales[i])
        jnd = Interval(*(quartile * float(np.exp(x)) for x in (log.value, log.low, log.high)))
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
    low = population.lapses @ [one.low for one in nodes.nuisances]
    high = population.lapses @ [one.high for one in nodes.nuisances]
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
