"""A rehearsal: what simulated observers would answer to a set, as a file of responses.

May import `calibrate`, `observed`, `study` and NumPy.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from morphkit.calibrate.simulate import Population, drawn, happy, rated, times
from morphkit.observed.places import entry_of, refuse_falling
from morphkit.observed.values import level_of
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import ends_of

COLUMNS = ("observer", "stimulus_id", "response", "rt", "block")
SOMEBODY = "sim"
BEGINS = f"{','.join(COLUMNS)}\n{SOMEBODY}"
"""What every rehearsal begins with."""


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
        MK483 no such continuum, several, or one along which answers fall.
    """
    entry = entry_of(stimulus_set, continuum)
    shown = [row for row in stimulus_set.stimuli if row.continuum == entry.name]
    ends = ends_of(stimulus_set.manifest.morphkit.response_map)
    refuse_falling(entry, ends)
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
    writer.writerow(COLUMNS)
    for person, one, answer, time, part in zip(who, stimulus, answers, spent, block, strict=True):
        name = f"{SOMEBODY}{person + 1:0{width}d}"
        writer.writerow([name, shown[one].stimulus_id, answer, f"{time:.4f}", part])
    return out.getvalue()
