"""A rehearsal: what simulated observers would answer to a set, as a file of responses.

May import `calibrate`, `errors`, `study`, NumPy.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from morphkit.calibrate.simulate import Population, drawn, happy, rated, times
from morphkit.errors import CalibrationError, Finding
from morphkit.observed.values import level_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import ends_of
from morphkit.study.table import Stimulus


def simulated(
    stimulus_set: StimulusSet,
    population: Population,
    *,
    observers: int,
    repeats: int,
    seed: int,
    continuum: str = "",
    ratings: bool = False,
    bias: float = 0.0,
) -> str:
    """Return the responses as CSV: ``observer,stimulus_id,response,rt,block``.

    Each observer sees every stimulus once a block, in an order of their own.

    Parameters
    ----------
    stimulus_set : StimulusSet
    population : Population
    observers, repeats : int
        How many observers, and blocks of each.
    seed : int
        The same one gives the same observers, on any set.
    continuum : str
        "" for the only one of the set.
    ratings : bool
        Whole numbers 0…100 in place of the words of the response map.
    bias : float
        Of ratings, in % of the scale.

    Raises
    ------
    CalibrationError
        MK483 no such continuum, or several.
    """
    shown = _shown(stimulus_set, continuum)
    ends = ends_of(stimulus_set.manifest.morphkit.response_map)
    people, random = drawn(population, observers, seed)
    order = np.stack([random.permutation(len(shown)) for _ in range(observers * repeats)])
    stimulus = order.ravel()
    who = np.repeat(np.arange(observers), repeats * len(shown))
    levels = np.array([level_of(row) for row in shown])[stimulus]
    if ratings:
        answers = [f"{x:g}" for x in rated(people, who, levels, random, bias=bias)]
    else:
        answers = [ends[int(one)] for one in happy(people, who, levels, random)]
    spent = times(people, who, levels, random)
    width = len(str(observers))
    block = np.tile(np.repeat(np.arange(1, repeats + 1), len(shown)), observers)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["observer", "stimulus_id", "response", "rt", "block"])
    for person, one, answer, time, part in zip(who, stimulus, answers, spent, block, strict=True):
        name = f"sim{person + 1:0{width}d}"
        writer.writerow([name, shown[one].stimulus_id, answer, f"{time:.4f}", part])
    return out.getvalue()


def _shown(stimulus_set: StimulusSet, continuum: str) -> list[Stimulus]:
    names = [entry.name for entry in stimulus_set.manifest.morphkit.continua]
    if continuum not in names and (continuum or len(names) != 1):
        there = ", ".join(names) or "none"
        message = f"the set has several continua: {there}."
        if continuum or not names:
            message = f"the set has no continuum {continuum!r}; there are: {there}."
        advice = "Say which one: --continuum NAME." if names else ""
        raise CalibrationError(Finding("MK483", message, suggestion=advice))
    name = continuum or names[0]
    return [row for row in stimulus_set.stimuli if row.continuum == name]
