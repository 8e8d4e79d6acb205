"""Coarse grids: values every 8 pixels of the canvas, smooth between them.

A node lies on every eighth pixel centre, from the first to beyond the last.  May import NumPy.
"""

from __future__ import annotations

import numpy as np

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
SingleArray = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SPACING_BITS = 3
SPACING = 1 << SPACING_BITS
"""Canvas pixels between neighbouring nodes."""

_PLACE_BITS = SPACING_BITS + 10


def size(width: int, height: int) -> tuple[int, int]:
    """Return rows and columns of the grid over a canvas."""
    return (height - 1) // SPACING + 2, (width - 1) // SPACING + 2


def looked_up(grid: IntArray, x: IntArray, y: IntArray) -> IntArray:
    """Return the values at P places, (P, C): linear between the four nodes around, rounded.

    Parameters
    ----------
    grid : (h, w, C) int64 array
        Values below 2³⁶.
    x, y : (P,) int64 array
        In 1/1024 px of the canvas; beyond the grid it goes on as it ends.
    """
    (column, across), (row, down) = _cell(x, grid.shape[1]), _cell(y, grid.shape[0])
    flat = grid.reshape(-1, grid.shape[2])
    start = row * grid.shape[1] + column
    one = 1 << _PLACE_BITS
    across, down = across[:, None], down[:, None]
    upper = flat[start] * (one - across) + flat[start + 1] * across
    below = start + grid.shape[1]
    lower = flat[below] * (one - across) + flat[below + 1] * across
    total = upper * (one - down) + lower * down
    return np.asarray((total + (1 << (2 * _PLACE_BITS - 1))) >> (2 * _PLACE_BITS), dtype=np.int64)


def between(grid: SingleArray, x: IntArray, y: IntArray) -> SingleArray:
    """Return the values at P places, (P, C): as `looked_up`, of floats and not rounded.

    Three times linear, in single precision and in this order: the kernel does the same.
    """
    (column, across), (row, down) = _cell(x, grid.shape[1]), _cell(y, grid.shape[0])
    flat = grid.reshape(-1, grid.shape[2])
    start = row * grid.shape[1] + column
    one = np.float32(1 << _PLACE_BITS)
    right, lower = (part[:, None].astype(np.float32) / one for part in (across, down))
    a, c = flat[start], flat[start + grid.shape[1]]
    above = a + (flat[start + 1] - a) * right
    below = c + (flat[start + grid.shape[1] + 1] - c) * right
    return np.asarray(above + (below - above) * lower)


def _cell(place: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """The node before, and how far beyond it in 2⁻¹³ of the spacing."""
    inside = np.clip(place, 0, ((count - 1) << _PLACE_BITS) - 1)
    return inside >> _PLACE_BITS, inside & ((1 << _PLACE_BITS) - 1)
