"""Choices between differences of latent values: one regression for all of them.

An observer compares Σ xᵢ·vᵢ with 0, where the vᵢ are values of stimuli and noise is normal or
logistic: a probit or logit model without intercept.  A small ridge keeps separable data finite.
May import NumPy and SciPy.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from morphkit.calibrate.curves import FloatArray

RIDGE = 1e-2
"""Pulls values towards 0, as a hundredth of one response does."""

STEPS = 60


def values(
    design: FloatArray, chosen: FloatArray, weights: FloatArray, *, link: str = "probit"
) -> FloatArray:
    """Return the (p,) values that make choices most likely.

    Parameters
    ----------
    design : (n, p) float array
        What was compared: row r is positive where a value speaks for choosing.
    chosen : (n,) array of 0 and 1
    weights : (n,) float array
        How often each choice counts.
    link : {"probit", "logit"}
    """
    beta = np.zeros(design.shape[1])
    sign = 2.0 * chosen - 1.0
    best = _loss(design, sign, weights, beta, link)
    for _ in range(STEPS):
        slope, bend = _derivatives(sign * (design @ beta), link)
        gradient = design.T @ (weights * sign * slope) - RIDGE * beta
        hessian = (design * (weights * bend)[:, None]).T @ design
        step = np.linalg.solve(hessian + RIDGE * np.eye(len(beta)), gradient)
        size = 1.0
        while size > 1e-6 and _loss(design, sign, weights, beta + size * step, link) > best:
            size /= 2
        beta = beta + size * step
        now = _loss(design, sign, weights, beta, link)
        if best - now < 1e-9 * (1 + abs(best)):
            break
        best = now
    return beta


def log_likelihood(
    design: FloatArray,
    chosen: FloatArray,
    weights: FloatArray,
    beta: FloatArray,
    *,
    link: str = "probit",
) -> float:
    """Return the logarithm of the likelihood of choices, each counted so often."""
    return float(weights @ _log_share((2.0 * chosen - 1.0) * (design @ beta), link))


def share(eta: FloatArray, link: str = "probit") -> FloatArray:
    """Return the probability of choosing where a comparison comes out at `eta`."""
    chance: FloatArray = special.ndtr(eta) if link == "probit" else special.expit(eta)
    return chance


def _log_share(eta: FloatArray, link: str) -> FloatArray:
    return special.log_ndtr(eta) if link == "probit" else -np.logaddexp(0.0, -eta)


def _loss(
    design: FloatArray, sign: FloatArray, weights: FloatArray, beta: FloatArray, link: str
) -> float:
    return float(-weights @ _log_share(sign * (design @ beta), link) + RIDGE / 2 * beta @ beta)


def _derivatives(eta: FloatArray, link: str) -> tuple[FloatArray, FloatArray]:
    """Return first derivative of the log share, and the negative of its second."""
    if link == "logit":
        rest = special.expit(-eta)
        return rest, rest * (1 - rest)
    ratio = np.exp(-0.5 * eta**2 - 0.5 * np.log(2 * np.pi) - special.log_ndtr(eta))
    return ratio, ratio * (ratio + eta)
