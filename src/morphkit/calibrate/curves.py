"""Sigmoids: the shapes that a psychometric function can have between its asymptotes.

A shape is a distribution function F of the standardised level z = (x − centre) / scale with
F(0) = ½, so that the centre is the point of subjective equality.  May import NumPy, SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A sigmoid.

    Parameters
    ----------
    name : str
    rise : callable
        F, from z to 0…1.
    inverse : callable
        z of F.
    quartile : float
        Half the distance between the z of F = ¼ and of F = ¾: one scale is so many JND⁻¹.
    steepest : float
        Derivative of F at z = 0.
    """

    name: str
    rise: Callable[[FloatArray], FloatArray]
    inverse: Callable[[FloatArray], FloatArray]
    quartile: float
    steepest: float


_LOG2 = math.log(2.0)


def _weibull(z: FloatArray) -> FloatArray:
    # of the logarithm of a level this is a Weibull function, of the level itself a Gumbel one
    return -np.expm1(-_LOG2 * np.exp(np.minimum(z, 700.0)))


def _weibull_inverse(share: FloatArray) -> FloatArray:
    return np.log(-np.log1p(-share) / _LOG2)


SHAPES: Mapping[str, Shape] = {
    "logistic": Shape("logistic", special.expit, special.logit, math.log(3.0), 0.25),
    "normal": Shape(
        "normal",
        special.ndtr,
        special.ndtri,
        float(special.ndtri(0.75)),
        1 / math.sqrt(2 * math.pi),
    ),
    "weibull": Shape(
        "weibull",
        _weibull,
        _weibull_inverse,
        (math.log(math.log(4.0)) - math.log(math.log(4.0 / 3.0))) / 2,
        _LOG2 / 2,
    ),
}
"""Shapes by name: the logistic, the cumulative normal and the Weibull function.

The Weibull function is taken of the level itself (a Gumbel function in the words of signal
processing), since levels begin below 0: it leaves the lower asymptote slowly and reaches the
upper one fast."""
