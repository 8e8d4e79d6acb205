"""What mixing takes from contrast in the middle of two anchors, given back.

Two pictures of equal variance σ² and correlation ρ, mixed in shares w and 1 − w, have the
variance σ²·(1 − 2w(1 − w)(1 − ρ)).  So one number, the loss at the middle, tells the gain at
every share; it is measured once for each pair of anchors and never fitted to a frame.  May
import NumPy.
"""

from __future__ import annotations

import math

LARGEST = 1.5
"""A gain beyond this is not given: two faces that differ so much shouldn't be mixed."""

LEAST = 0.01
"""A contrast that the middle of a pair misses by no more than this share is left alone."""


def loss(found: float, wanted: float) -> float:
    """Return the share of the variance that is missing at the middle of a pair of anchors.

    Parameters
    ----------
    found, wanted : float
        RMS contrasts.

    Returns
    -------
    float
        0 where the miss is at most `LEAST`; negative where there is too much contrast; no
        more than a gain of `LARGEST` makes good.
    """
    if abs(found / wanted - 1) <= LEAST:
        return 0.0
    missing = 1 - (found / wanted) ** 2
    return min(missing, 1 - 1 / LARGEST**2)


def gain(missing: float, a: float, b: float) -> float:
    """Return the gain of contrast for a frame of a pair: 1 at both anchors.

    Parameters
    ----------
    missing : float
        `loss` of the pair.
    a, b : float
        Weights of the two anchors.
    """
    return 1 / math.sqrt(1 - missing * 4 * a * b)
