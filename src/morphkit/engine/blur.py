"""Gaussian blur, equal on every machine: plain sums in a fixed order, taps rounded.

May import NumPy.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]

_TAP_BITS = 14


@cache
def taps(sigma: float) -> tuple[int, ...]:
    """Return the taps at 0, 1, 2, … of a Gaussian, in 2⁻¹⁴; both sides sum to one."""
    raw = [math.exp(-0.5 * (i / sigma) ** 2) for i in range(math.ceil(3 * sigma) + 1)]
    total = raw[0] + 2 * math.fsum(raw[1:])
    side = [round(value / total * (1 << _TAP_BITS)) for value in raw[1:]]
    return ((1 << _TAP_BITS) - 2 * sum(side), *side)


def blurred(values: Array, sigma: float) -> Array:
    """Return (H, W) floats blurred by `sigma` pixels, in their own precision.

    Beyond the edge the picture goes on as it ends.
    """
    kind = values.dtype.type
    weights = [kind(tap / (1 << _TAP_BITS)) for tap in taps(sigma)]
    for axis in (0, 1):
        values = _along(values, weights, axis)
    return values


def _along(values: Array, weights: list[Any], axis: int) -> Array:
    reach, length = len(weights) - 1, values.shape[axis]
    ends = [(reach, reach) if i == axis else (0, 0) for i in (0, 1)]
    wide = np.pad(values, ends, mode="edge")
    part = [slice(None), slice(None)]

    def shifted(by: int) -> Array:
        part[axis] = slice(reach + by, reach + by + length)
        return wide[tuple(part)]

    total: Array = values * weights[0]
    for i, weight in enumerate(weights[1:], start=1):
        total += (shifted(-i) + shifted(i)) * weight
    return total
