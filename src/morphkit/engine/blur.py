"""Gaussian blur, equal on every machine: plain sums in a fixed order, taps rounded.

With a twin in the kernel.  May import `native` and NumPy.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from morphkit import native

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]

_TAP_BITS = 14
_NARROW = 3.0


@cache
def taps(sigma: float) -> tuple[int, ...]:
    """Return the taps at 0, 1, 2, … of a Gaussian, in 2⁻¹⁴; both sides sum to one.

    A narrow one is Lindeberg's discrete Gaussian (1990, doi 10.1109/34.49051), whose width is
    right; samples of the curve would be too narrow.
    """
    count = math.ceil(3 * sigma) + 1
    if sigma < _NARROW:
        raw = [_bessel(i, sigma * sigma) for i in range(count + 1)]
    else:
        raw = [math.exp(-0.5 * (i / sigma) ** 2) for i in range(count)]
    total = raw[0] + 2 * math.fsum(raw[1:])
    side = [round(value / total * (1 << _TAP_BITS)) for value in raw[1:]]
    return ((1 << _TAP_BITS) - 2 * sum(side), *side)


def _bessel(order: int, x: float) -> float:
    """Modified Bessel function of the first kind, by its series."""
    return math.fsum(
        (x / 2) ** (2 * m + order) / (math.factorial(m) * math.factorial(m + order))
        for m in range(40)
    )


@cache
def singles(sigma: float) -> Array:
    """Return the taps as float32."""
    return np.array([tap / (1 << _TAP_BITS) for tap in taps(sigma)], dtype=np.float32)


def blurred(values: Array, sigma: float) -> Array:
    """Return (H, W) floats blurred by `sigma` pixels, in their own precision.

    Beyond the edge the picture goes on as it ends.
    """
    kind = values.dtype.type
    weights = [kind(tap / (1 << _TAP_BITS)) for tap in taps(sigma)]
    if native.kernel:
        out = np.empty(values.shape, kind)
        twin = native.kernel.blur32 if kind is np.float32 else native.kernel.blur64
        twin(np.ascontiguousarray(values), np.array(weights), out)
        return out
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
