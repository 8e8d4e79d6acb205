"""What `plan` promises, beside what simulated studies come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from benchmarks.calibration_cells import PILOT, TwoChoice
from benchmarks.calibration_runs import Cell, Outcome
from benchmarks.page import markdown
from morphkit.calibrate.change import pse_shift
from morphkit.calibrate.plan import Design, Outlook, outlook
from morphkit.calibrate.simulate import answers, draw_observers

LIMIT = 0.15

Found = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Twice:
    """Observers who answer before and after something that moves their PSE.

    Parameters
    ----------
    observers, levels, repeats : int
    effect : float
        Mean shift of the PSE; level units.
    change_sd : float
        Its standard deviation between observers.
    """

    observers: int
    levels: int
    repeats: int
    effect: float
    change_sd: float = 0.0

    def once(self, random: np.random.Generator) -> Outcome:
        """Simulate and evaluate one study."""
        levels = np.linspace(-1, 1, self.levels).tolist()
        drawn = draw_observers(PILOT, self.observers, random)
        moved = random.normal(self.effect, self.change_sd, self.observers)
        later = replace(drawn, pse=drawn.pse + moved)
        before, after = (answers(o, levels, self.repeats, random) for o in (drawn, later))
        one = pse_shift(before, after, replicates=300, seed=int(random.integers(2**31)))
        return {"shift": one.value, "shift_low": one.low, "shift_high": one.high}

    def promised(self) -> Outlook:
        """Return what `plan` says of it."""
        design = Design(self.observers, tuple(np.linspace(-1, 1, self.levels)), self.repeats)
        return outlook(PILOT, design, change_sd=self.change_sd, effect=self.effect)


def cells() -> list[Cell]:
    """Return the cells of shifts, with effects that are not always found."""
    designs = [
        Twice(20, 9, 5, 0.06),
        Twice(30, 15, 5, 0.04),
        Twice(30, 9, 5, 0.08, 0.16),
        Twice(60, 7, 3, 0.06, 0.08),
    ]
    return [
        Cell(f"{d.observers} × {d.levels} × {d.repeats}, {d.effect:g} ± {d.change_sd:g}", d, 0.4)
        for d in designs
    ]


def table(single: Sequence[tuple[Cell, Found]], shifts: Sequence[tuple[Cell, Found]]) -> str:
    """Return promises over outcomes: 1 where the plan is right."""
    rows = []
    for cell, found in single:
        study = cell.study
        assert isinstance(study, TwoChoice)
        if study.moods:
            continue
        design = Design(study.observers, tuple(np.linspace(-1, 1, study.levels)), study.repeats)
        plan, far = outlook(study.population, design), _student(study.observers)
        halves = (
            ("half interval of the PSE", plan.pse_half, far * found["pse"].std(ddof=1)),
            ("of the JND, share of it", plan.jnd_half, far * np.log(found["jnd"]).std(ddof=1)),
        )
        rows += [_row(cell.title, *half) for half in halves]
    for cell, found in shifts:
        twice = cell.study
        assert isinstance(twice, Twice)
        plan, far = twice.promised(), _student(twice.observers)
        outside = (found["shift_low"] > 0) | (found["shift_high"] < 0)
        rows.append(
            _row(cell.title, "of a shift", plan.shift_half, far * found["shift"].std(ddof=1))
        )
        rows.append(_row(cell.title, "power", plan.power or 0.0, float(np.mean(outside))))
    return markdown(["design", "what", "`plan` says", "simulated", "ratio", "within 15 %"], rows)


def _student(observers: int) -> float:
    return float(stats.t.ppf(0.975, observers - 1))


def _row(title: str, what: str, promised: float, found: float) -> list[str]:
    ratio = promised / found
    good = "yes" if abs(ratio - 1) <= LIMIT else "**no**"
    return [title, what, f"{promised:.4f}", f"{found:.4f}", f"{ratio:.2f}", good]
