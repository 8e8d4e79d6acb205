"""Lists of trials for difference scaling and paired comparison: balanced, seeded, ready to show.

May import `calibrate`, `errors`, `observed`, `study` and NumPy.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from morphkit.calibrate.scaling import SIZE, Task, trial_list
from morphkit.observed.places import entry_of
from morphkit.study.manifest import StimulusSet


def trials(
    stimulus_set: StimulusSet, task: Task, *, count: int, seed: int, continuum: str = ""
) -> str:
    """Return trials as CSV: ``trial,identity,stimulus_a,stimulus_b`` and ``_c``, ``_d`` as needed.

    Every combination of an infant's levels comes as often as any other, or once more, and all
    levels about equally often.  Infants are mixed; a trial shows one of them.

    Parameters
    ----------
    stimulus_set : StimulusSet
    task : {"triads", "quadruples", "pairs"}
    count : int
        Trials of each infant.
    seed : int
        The same one gives the same list.
    continuum : str
        "" for the only one of the set.

    Raises
    ------
    CalibrationError
        MK468 fewer levels than a trial shows; MK483 no such continuum, or several.
    """
    entry = entry_of(stimulus_set, continuum)
    shown = [row for row in stimulus_set.stimuli if row.continuum == entry.name]
    made = []
    for number, who in enumerate(sorted({row.identity for row in shown})):
        own = [row.stimulus_id for row in shown if row.identity == who]
        for places in trial_list(task, len(own), count, seed + number).tolist():
            made.append([who, *(own[place] for place in places)])
    order = np.random.default_rng(seed).permutation(len(made))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    letters = "abcd"[: SIZE[task]]
    writer.writerow(["trial", "identity", *(f"stimulus_{letter}" for letter in letters)])
    writer.writerows([n, *made[place]] for n, place in enumerate(order, start=1))
    return out.getvalue()
