"""Two-choice studies whose truth is known: how near a fit comes, and whether its interval covers.

The pilot's values: observers' PSEs 53 % of the range with a standard deviation of 8 %, a logistic
function of scale 6 %, 2 % lapses; the range is two level units.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.calibration_runs import Cell, Outcome
from benchmarks.page import markdown
from morphkit.calibrate.interval import Interval
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.psychometric import fit
from morphkit.calibrate.simulate import Observers, Population, answers, draw_observers

RANGE = 2.0
PILOT = Population(
    pse=0.03 * RANGE,
    jnd=0.06 * RANGE * float(np.log(3.0)),
    observer_sd=0.08 * RANGE,
    jnd_spread=0.25,
    lapse=0.02,
)
REPLICATES = 400
"""Bootstrap samples of a fit: fewer than the default, since studies are many."""

SIZES = (20, 30, 60, 100)


@dataclass(frozen=True, slots=True)
class TwoChoice:
    """A two-choice study.

    Parameters
    ----------
    observers, levels, repeats : int
        Levels are evenly spaced over −1…1.
    population : Population
    moods : float
        Overdispersion: standard deviation of an observer's share at a level, from study to
        study, in units of its largest possible one.
    overdispersed : bool
        Whether that is fitted.
    replicates : int
    """

    observers: int
    levels: int
    repeats: int
    population: Population = PILOT
    moods: float = 0.0
    overdispersed: bool = False
    replicates: int = REPLICATES

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate and fit one, as it should be done and with all trials thrown together."""
        drawn = draw_observers(self.population, self.observers, random)
        data = answered(drawn, self.levels, self.repeats, self.moods, random)
        whole = fit(
            data,
            shape=self.population.shape,
            overdispersed=self.overdispersed,
            replicates=self.replicates,
            seed=int(random.integers(2**31)),
        )
        pooled = fit(data.pooled(), shape=self.population.shape, replicates=self.replicates)
        found = {"pse": whole.pse, "jnd": whole.jnd, "sd": whole.observer_sd}
        found |= {"pooled_pse": pooled.pse, "pooled_jnd": pooled.jnd}
        return {"lapse": 2 * whole.lapse, **flat(found)}


def answered(
    drawn: Observers, levels: int, repeats: int, moods: float, random: np.random.Generator
) -> Judgements:
    """Return responses, which scatter more than by chance where there are moods."""
    places = np.linspace(-1, 1, levels)
    plain = answers(drawn, places.tolist(), repeats, random)
    if not moods:
        return plain
    share, precision = drawn.p_happy(places), 1 / moods**2 - 1
    happy = random.binomial(repeats, random.beta(share * precision, (1 - share) * precision))
    return Judgements(plain.observers, places, happy, plain.shown)


def flat(intervals: dict[str, Interval]) -> dict[str, float]:
    """Return intervals as numbers by name."""
    ends = {"": "value", "_low": "low", "_high": "high"}
    return {
        f"{name}{end}": float(getattr(one, key))
        for name, one in intervals.items()
        for end, key in ends.items()
    }


def cells() -> list[Cell]:
    """Return the cells: first those that a coverage is required of."""
    out = [
        Cell(f"{n} × {k} × {8 if n == 20 else 5}", TwoChoice(n, k, 8 if n == 20 else 5))
        for n in SIZES
        for k in (9, 15)
    ]
    usual = TwoChoice(30, 15, 5)
    away = replace(PILOT, pse=-0.2, lapse=0.05)
    normal = replace(PILOT, shape="normal")
    moody = replace(usual, moods=0.2)
    return [
        *out,
        Cell("30 × 15 × 5, PSE −0.2 (40 %), lapses 5 %", replace(usual, population=away)),
        Cell("30 × 15 × 5, cumulative normal", replace(usual, population=normal)),
        Cell("30 × 15 × 5, overdispersed (0.2), not told", moody),
        Cell("the same, fitted so", replace(moody, overdispersed=True), 0.1),
    ]


def share_inside(found: dict[str, np.ndarray], name: str, truth: float) -> float:
    """Return how often an interval covers the truth."""
    return float(np.mean((found[f"{name}_low"] <= truth) & (truth <= found[f"{name}_high"])))


def table(cells: list[Cell], found: list[dict[str, np.ndarray]]) -> str:
    """Return the table of two-choice studies."""
    head = [
        "observers × levels × repeats",
        "studies",
        "PSE: bias ± SD, % of range",
        "interval covers PSE / JND / SD, %",
        "JND, SD: median of estimate / truth",
        "trials thrown together: covers PSE, %; JND / truth",
    ]
    return markdown(head, [_row(cell, one) for cell, one in zip(cells, found, strict=True)])


def _row(cell: Cell, found: dict[str, np.ndarray]) -> list[str]:
    assert isinstance(cell.study, TwoChoice)
    truth = cell.study.population
    values = {"pse": truth.pse, "jnd": truth.jnd, "sd": truth.observer_sd}
    off = (found["pse"] - truth.pse) / RANGE * 100
    covered = [f"{100 * share_inside(found, name, value):.1f}" for name, value in values.items()]
    ratios = [f"{np.median(found[name]) / values[name]:.3f}" for name in ("jnd", "sd")]
    pooled = 100 * share_inside(found, "pooled_pse", truth.pse)
    shallow = np.median(found["pooled_jnd"]) / truth.jnd
    return [
        cell.title,
        str(len(off)),
        f"{off.mean():+.3f} ± {off.std(ddof=1):.2f}",
        " / ".join(covered),
        ", ".join(ratios),
        f"{pooled:.0f}; {shallow:.2f}",
    ]
