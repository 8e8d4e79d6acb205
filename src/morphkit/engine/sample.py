"""Light between the pixels of a source, in whole numbers.

May import `engine.source` and NumPy.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from morphkit.engine.source import PAD, Source

Sampler = Literal["catmull-rom", "bilinear"]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
TapArray = np.ndarray[tuple[int, ...], np.dtype[np.int16]]

MAP_BITS = 28
PHASE_BITS = 10
TAP_BITS = 14
RANGE = (-(1 << 14), (1 << 15) + (1 << 14) - 1)
"""Light of a sample: from half of white below black to half of white above white."""


def place(fixed: IntArray, padded: int) -> IntArray:
    """Round to 1/1024 px, stay within a pixel of the photo, and count from the padding."""
    shift = MAP_BITS - PHASE_BITS
    rounded = (fixed + (1 << (shift - 1))) >> shift
    one = 1 << PHASE_BITS
    return np.asarray(np.clip(rounded, -one, (padded - 2 * PAD) * one) + PAD * one)


def sampled(source: Source, u: IntArray, v: IntArray, sampler: Sampler) -> IntArray:
    """A source's four channels at P places in 1/1024 px, (P, 4): four columns, then a row.

    What overshoots stays, within `RANGE`: the sum over sources may bring it back.
    """
    taps = tap_table(sampler)
    phase = (1 << PHASE_BITS) - 1
    across, down = taps[u & phase].astype(np.int32), taps[v & phase].astype(np.int32)
    width = source.pixels.shape[1]
    start = ((v >> PHASE_BITS) - 1) * width + (u >> PHASE_BITS) - 1
    flat = source.pixels.reshape(-1, 4)
    windows = np.lib.stride_tricks.as_strided(
        flat, (len(flat) - 3 * width - 3, 4, 4, 4), (8, 8 * width, 8, 2), writeable=False
    )
    window = windows[start]
    columns = sum(down[:, i, None, None] * window[:, i] for i in range(4))
    columns = (columns + (1 << TAP_BITS)) >> (TAP_BITS + 1)
    light = sum(across[:, i, None] * columns[:, i] for i in range(4))
    light = (light + (1 << (TAP_BITS - 2))) >> (TAP_BITS - 1)
    return np.asarray(np.clip(light, *RANGE), dtype=np.int64)


@cache
def tap_table(sampler: Sampler) -> TapArray:
    """Return the taps at −1, 0, 1, 2 for each of 1024 phases, (1024, 4), in 2⁻¹⁴.

    Catmull and Rom 1974, doi 10.1016/B978-0-12-079050-0.50020-5.
    """
    rows = []
    for phase in range(1 << PHASE_BITS):
        f = phase / (1 << PHASE_BITS)
        if sampler == "bilinear":
            exact = [0.0, 1 - f, f, 0.0]
        else:
            exact = [
                ((2 - f) * f - 1) * f / 2,
                ((3 * f - 5) * f * f + 2) / 2,
                ((4 - 3 * f) * f + 1) * f / 2,
                (f - 1) * f * f / 2,
            ]
        whole = [round(tap * (1 << TAP_BITS)) for tap in exact]
        whole[1 if f < 0.5 else 2] += (1 << TAP_BITS) - sum(whole)
        rows.append(whole)
    table = np.array(rows, dtype=np.int16)
    table.flags.writeable = False
    return table
