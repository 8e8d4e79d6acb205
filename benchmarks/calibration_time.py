"""How long a whole fit takes, beside a plain one of the same responses in the same run."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
from scipy import optimize, special

from benchmarks.calibration_cells import PILOT
from benchmarks.page import markdown
from morphkit.calibrate.judgements import Judgements
from morphkit.calibrate.psychometric import fit
from morphkit.calibrate.simulate import answers, draw_observers

ROUNDS = 5


def table(quick: bool) -> str:
    """Return times, one after the other in turn; psignifit only where it is installed."""
    random = np.random.default_rng(0)
    data = answers(draw_observers(PILOT, 30, random), np.linspace(-1, 1, 15).tolist(), 5, random)
    jobs: dict[str, Callable[[], object]] = {
        "fit, 2,000 bootstrap samples": lambda: fit(data),
        "SciPy, Nelder–Mead, each of 30 observers alone, no interval": lambda: _plain(data),
    }
    peer = _psignifit(data)
    if peer:
        jobs["psignifit 4, all trials thrown together"] = peer
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(1 if quick else ROUNDS):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            times[name].append(perf_counter() - start)
    found = {name: median(values) for name, values in times.items()}
    ours = next(iter(found.values()))
    rows = [[name, f"{value:.2f} s", f"{value / ours:.2f}"] for name, value in found.items()]
    return markdown(["30 observers × 15 levels × 5", "median", "of ours"], rows)


def _plain(data: Judgements) -> list[np.ndarray]:
    """Fit each observer's PSE, scale and lapses by a general search for the maximum."""

    def loss(theta: np.ndarray, happy: np.ndarray, shown: np.ndarray) -> float:
        lapse = special.expit(theta[2]) / 2
        rise = special.expit((data.levels - theta[0]) / np.exp(theta[1]))
        share = np.clip(lapse + (1 - 2 * lapse) * rise, 1e-9, 1 - 1e-9)
        return float(-(happy @ np.log(share) + (shown - happy) @ np.log1p(-share)))

    start = np.array([0.0, np.log(0.15), -3.0])
    return [
        optimize.minimize(loss, start, (happy, shown), "Nelder-Mead").x
        for happy, shown in zip(data.happy, data.shown, strict=True)
    ]


def _psignifit(data: Judgements) -> Callable[[], object] | None:
    try:
        from psignifit import psignifit  # noqa: PLC0415
    except ImportError:
        return None
    one = data.pooled()
    counts = np.column_stack([one.levels, one.happy[0], one.shown[0]])
    return lambda: psignifit(
        counts, experiment_type="equal asymptote", sigmoid="logistic", verbose=False
    )
