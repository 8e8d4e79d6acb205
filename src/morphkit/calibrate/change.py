"""How far a balance point moves from one occasion to another, as training moves it.

Observers who answered twice are each their own control: both fits resample the same observers.
May import `calibrate`, `errors`.
"""

from __future__ import annotations

from typing import Any

from morphkit.calibrate.interval import Interval, of_bootstrap
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.psychometric import fit
from morphkit.errors import CalibrationError, Finding


def pse_shift(before: Judgements, after: Judgements, *, seed: int = 0, **how: Any) -> Interval:
    """Return how far the mean PSE has moved, in level units; negative towards more "happy".

    Paired where the same observers answered both times, in whatever order they stand.

    Parameters
    ----------
    before, after : Judgements
    seed : int
    **how
        As for `psychometric.fit`, the same for both.

    Raises
    ------
    CalibrationError
        MK466 fewer than two observers on an occasion, or some of them answered both times and
        others once; else as `fit`.
    """
    both = set(before.observers) & set(after.observers)
    paired = both == set(before.observers) == set(after.observers)
    counts = len(before.observers), len(after.observers)
    if min(counts) < 2 or (both and not paired):
        message = (
            f"{counts[0]} observers before, {counts[1]} after, {len(both)} of them both times: a "
            "shift needs two or more, and all of them twice or none."
        )
        advice = "Leave out who answered only once, with `Judgements.only`."
        raise CalibrationError(Finding("MK466", message, suggestion=advice))
    if paired:
        after = after.only([after.observers.index(name) for name in before.observers])
    first = fit(before, seed=seed, **how)
    then = fit(after, seed=seed if paired else seed + 1, **how)
    moved = then.replicates - first.replicates
    return of_bootstrap(then.pse.value - first.pse.value, moved, min(counts))
