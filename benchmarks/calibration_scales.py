"""Ratings that shift, differences that are scaled, and steps that are made equal by a scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.calibration_cells import PILOT, RANGE, share_inside
from benchmarks.calibration_runs import Cell, Outcome
from benchmarks.page import markdown
from morphkit.calibrate.psychometric import fit
from morphkit.calibrate.ratings import Ratings, shift
from morphkit.calibrate.scale import IntensityScale, pick, space
from morphkit.calibrate.scaling import Choices, Task, scale, trial_list
from morphkit.calibrate.simulate import answers, draw_observers

STEEP = 8.0
"""Of the S-shaped truth, a logistic function of the level between 0 and 1."""

STEPS = 9
"""How many levels a scale is asked to space evenly."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """Ratings 0…100 of the same observers twice, which rise by 30 a level unit.

    Parameters
    ----------
    observers, repeats, levels : int
    moved : float
        Mean shift, in % of the scale.
    spread : float
        Its standard deviation between observers.
    """

    observers: int = 30
    repeats: int = 3
    levels: int = 11
    moved: float = 5.0
    spread: float = 0.0

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate one study, in whole numbers that end at 0 and 100."""
        own = random.normal(0, 8, self.observers)
        later = own + random.normal(self.moved, self.spread, self.observers)
        found = shift(self._rated(own, random), self._rated(later, random), replicates=400)
        one = found.percent
        return {"shift": one.value, "shift_low": one.low, "shift_high": one.high}

    def _rated(self, own: np.ndarray, random: np.random.Generator) -> Ratings:
        levels = np.linspace(-1, 1, self.levels)
        mean = 50 + 30 * levels + own[:, None]
        every = random.normal(mean[..., None], 10, (*mean.shape, self.repeats))
        every = np.clip(np.rint(every), 0, 100)
        names = tuple(f"o{i}" for i in range(self.observers))
        return Ratings(names, levels, every.mean(axis=2), every.size, 0, 100)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Choices between differences, noise 0.2 of the whole scale, of observers all alike.

    Parameters
    ----------
    task : {"triads", "quadruples", "pairs"}
    observers : int
    trials : int
        Of each observer.
    replicates : int
    """

    task: Task
    observers: int = 1
    trials: int = 330
    levels: int = 9
    replicates: int = 200

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate one study; values are compared as shares of the whole scale."""
        lists = [self._trials(int(random.integers(2**31))) for _ in range(self.observers)]
        shown = np.concatenate(lists)
        who = np.repeat(np.arange(self.observers), self.trials)
        signs = {"triads": [1, -2, 1], "quadruples": [1, -1, -1, 1], "pairs": [-1, 1]}
        levels = np.linspace(-1, 1, self.levels)
        true = perceived(levels)
        second = true[shown] @ signs[self.task] + random.normal(0, 0.2, len(shown)) > 0
        choices = Choices(self.task, levels, shown, second, who)
        found = scale(choices, replicates=self.replicates, simulations=1)
        values = np.array([one.value for one in found.values])
        unit = 1.0 if self.task != "pairs" else 0.2
        inside = [
            one.low <= value / unit <= one.high
            for one, value in zip(found.values[1:-1], true[1:-1], strict=True)
        ]
        values /= values[-1]
        off = values - true
        out = {"rms": np.sqrt(np.mean(off**2)), "worst": np.abs(off).max()}
        return out | {"inside": np.mean(inside)} | respaced(levels, values)

    def _trials(self, seed: int) -> np.ndarray:
        shown = trial_list(self.task, self.levels, self.trials, seed)
        if self.task == "quadruples":
            shown = np.sort(shown.reshape(-1, 2, 2), axis=2).reshape(-1, 4)
        return shown


def perceived(levels: np.ndarray) -> np.ndarray:
    """Return the true place of levels on the scale from 0 to 1."""
    curve = 1 / (1 + np.exp(-STEEP * np.append(levels, [-1.0, 1.0]) / RANGE))
    return np.asarray((curve[:-2] - curve[-2]) / (curve[-1] - curve[-2]))


def respaced(levels: np.ndarray, values: np.ndarray) -> dict[str, float]:
    """Return how even levels spaced by a scale are; NaN where it falls and is refused."""
    if (np.diff(values) <= 0).any():
        return dict.fromkeys(("inverse", "predicted", "steps"), np.nan)
    found = IntensityScale("perceived", "mlds", tuple(levels), tuple(values))
    at = np.array(space(found, STEPS))
    return round_trip(found) | {
        "predicted": _cv(found.intensity(at)),
        "steps": _cv(perceived(at)),
    }


def round_trip(found: IntensityScale) -> dict[str, float]:
    """Return how far levels come back from where they were, % of the range."""
    every = np.linspace(found.levels[0], found.levels[-1], 1001)
    back = found.level(found.intensity(every))
    return {"inverse": float(np.abs(back - every).max() / RANGE * 100)}


def _cv(places: np.ndarray) -> float:
    steps = np.diff(places)
    return float(steps.std() / steps.mean())


@dataclass(frozen=True, slots=True)
class Picked:
    """P(happy) = .1, .2 … .9, picked from a two-choice study on a grid of 1 %."""

    observers: int = 40
    levels: int = 15
    repeats: int = 5

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate one study, and look at the true P(happy) of what was picked."""
        places = np.linspace(-1, 1, self.levels).tolist()
        drawn = draw_observers(PILOT, self.observers, random)
        fitted = fit(answers(drawn, places, self.repeats, random), replicates=2)
        grid = np.linspace(-1, 1, 101)
        found = IntensityScale(
            "p_happy", "two-choice", tuple(grid), tuple(fitted.p_happy(grid)[:, 0])
        )
        wanted = np.arange(1, 10) / 10
        at = np.array([one.level.value for one in pick(found, wanted.tolist())[0]])
        true = np.interp(at, grid, truly(grid.size))
        return round_trip(found) | {
            "predicted": _cv(found.intensity(at)),
            "steps": _cv(true),
            "off": float(np.abs(true - wanted).max()),
        }


@cache
def truly(count: int) -> np.ndarray:
    """Return the share of "happy" that the pilot's population gives at levels."""
    everyone = draw_observers(PILOT, 20_000, np.random.default_rng(0))
    return np.asarray(everyone.p_happy(np.linspace(-1, 1, count)).mean(axis=0))


def shift_cells() -> list[Cell]:
    """Return the cells of ratings."""
    return [
        Cell("all observers shift by 5 %", Shifted()),
        Cell("by 5 ± 2 % (SD between observers)", Shifted(spread=2.0)),
    ]


def scale_cells() -> list[Cell]:
    """Return the cells of difference scaling and paired comparison."""
    one = [Cell(f"330 {task}, one observer", Scaled(task)) for task in _TASKS]
    return [
        *one,
        *(Cell(f"330 triads each, {n} observers", Scaled("triads", n), 0.2) for n in (20, 60)),
    ]


_TASKS: tuple[Task, ...] = ("triads", "quadruples", "pairs")


def pick_cells() -> list[Cell]:
    """Return the cell of levels picked for P(happy)."""
    return [Cell("P(happy) = .1 … .9, 40 observers × 15 levels × 5", Picked(), 0.2)]


def shift_table(cells: list[Cell], found: list[dict[str, np.ndarray]]) -> str:
    """Return what is found of a shift of ratings."""
    head = ["30 observers × 11 levels × 3, twice", "found: mean ± SD, %", "within 1 %", "covers"]
    rows = [
        [
            cell.title,
            f"{one['shift'].mean():.3f} ± {one['shift'].std(ddof=1):.2f}",
            f"{np.mean(np.abs(one['shift'] - 5) <= 1):.1%}",
            f"{share_inside(one, 'shift', 5.0):.1%}",
        ]
        for cell, one in zip(cells, found, strict=True)
    ]
    return markdown(head, rows)


def scale_table(cells: list[Cell], found: list[dict[str, np.ndarray]]) -> str:
    """Return how near scales come, and how even the steps are that they make."""
    head = [
        "9 levels, noise 0.2",
        "RMS error: mean, 95th percentile",
        "interval covers",
        "map∘inverse, % of range, worst",
        "9 equal steps, CV: as the scale says, worst / in truth, median",
        "scales that fall, refused",
    ]
    rows = []
    for cell, one in zip(cells, found, strict=True):
        good = np.isfinite(one["steps"])
        rows.append(
            [
                cell.title,
                f"{one['rms'].mean():.3f}, {np.quantile(one['rms'], 0.95):.3f}",
                f"{one['inside'].mean():.1%}",
                f"{one['inverse'][good].max():.1e}",
                f"{one['predicted'][good].max():.1e} / {np.median(one['steps'][good]):.3f}",
                f"{np.mean(~good):.0%}",
            ]
        )
    return markdown(head, rows)


def pick_table(cells: list[Cell], found: list[dict[str, np.ndarray]]) -> str:
    """Return how near levels picked for P(happy) come to it."""
    head = [
        "picked",
        "map∘inverse, % of range, worst",
        "steps of P(happy), CV: as the scale says, worst / in truth, median",
        "worst miss of P(happy), median / 95th percentile",
    ]
    rows = [
        [
            cell.title,
            f"{one['inverse'].max():.1e}",
            f"{one['predicted'].max():.1e} / {np.median(one['steps']):.3f}",
            f"{np.median(one['off']):.3f} / {np.quantile(one['off'], 0.95):.3f}",
        ]
        for cell, one in zip(cells, found, strict=True)
    ]
    return markdown(head, rows)
