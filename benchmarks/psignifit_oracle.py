"""Fits of single observers by psignifit 4, for `tests/calibrate/test_oracle.py` to hold ours to.

Run by hand, in an environment of its own that has psignifit (GPL, no dependency of morphkit):
`python benchmarks/psignifit_oracle.py > tests/calibrate/psignifit.json`.  Knows nothing of
morphkit; data sets are drawn here, by seed.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import numpy as np
from psignifit import psignifit

SETS = 20
CENTRAL = 0.05
"""Its width is the distance between the levels where the sigmoid is this and 1 minus this."""


def drawn(number: int) -> np.ndarray:
    """Return (k, 3): level, how often happy, how often shown."""
    random = np.random.default_rng([4, number])
    levels = np.linspace(-1, 1, (9, 11, 15)[number % 3])
    repeats = (20, 40)[number % 2]
    place, scale = random.uniform(-0.3, 0.3), random.uniform(0.08, 0.25)
    lapse = random.uniform(0, 0.06)
    share = lapse / 2 + (1 - lapse) / (1 + np.exp(-(levels - place) / scale))
    happy = random.binomial(repeats, share)
    return np.column_stack([levels, happy, np.full(len(levels), repeats)])


def fitted(data: np.ndarray) -> dict[str, object]:
    """Return a data set and what psignifit finds: maximum and mean of its posterior.

    `binomial` is the mean of the posterior without overdispersion, which our default lacks too.
    """
    how = {
        "experiment_type": "equal asymptote",
        "sigmoid": "logistic",
        "width_alpha": CENTRAL,
        "verbose": False,
    }
    found = psignifit(data, **how)
    plain = psignifit(data, fixed_parameters={"eta": 0.0}, **how).parameter_estimate_mean
    best, mean = found.parameter_estimate_MAP, found.parameter_estimate_mean
    low, high = found.confidence_intervals["threshold"]["0.95"]
    names = ("threshold", "width", "lambda", "eta")
    return {
        "levels": data[:, 0].tolist(),
        "happy": data[:, 1].astype(int).tolist(),
        "shown": int(data[0, 2]),
        "map": {name: round(float(best[name]), 6) for name in names},
        "mean": {name: round(float(mean[name]), 6) for name in names},
        "binomial": {name: round(float(plain[name]), 6) for name in names[:3]},
        "threshold_95": [round(float(low), 6), round(float(high), 6)],
    }


if __name__ == "__main__":
    sets = [fitted(drawn(number)) for number in range(SETS)]
    made = {"psignifit": version("psignifit"), "width_alpha": CENTRAL, "sets": sets}
    json.dump(made, sys.stdout, indent=1)
    sys.stdout.write("\n")
