"""Cells: square blocks of pixels, and what lies linear between their centres.

May import NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from morphkit.faces.face import FloatArray

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]


def reduced(values: Array, k: int) -> Array:
    """Means of k × k pixels; a part of a block at the edge counts as far as it goes.

    Added up down each column of pixels first, then across.
    """
    if k == 1:
        return values
    height, width = values.shape
    down, across = -height % k, -width % k
    if down or across:
        values = np.pad(values, ((0, down), (0, across)), mode="edge")
    columns = np.zeros((values.shape[0] // k, values.shape[1]), values.dtype)
    for i in range(k):
        columns += values[i::k]
    total = np.zeros((columns.shape[0], columns.shape[1] // k), values.dtype)
    for i in range(k):
        total += columns[:, i::k]
    return np.asarray(total / k / k)


def resampled(field: Array, cell: int, to: int, shape: tuple[int, ...]) -> Array:
    """Bring a field from the centres of cells of one size to those of another.

    Parameters
    ----------
    field : (..., rows, columns) float array
    cell, to : int
        Sizes, in pixels.
    shape : (int, int)
        Rows and columns of pixels under the cells.
    """
    rows, columns = ((np.arange(-(-side // to)) + 0.5) * to / cell - 0.5 for side in shape)
    return interpolated(field, rows, columns)


def interpolated(field: Array, rows: FloatArray, columns: FloatArray) -> Array:
    """Linear between nodes, at each of some rows and columns; beyond them as it ends.

    Along the rows first, then between them, in the field's own precision.
    """
    for axis, places in ((-1, columns), (-2, rows)):
        last = field.shape[axis] - 1
        inside = np.clip(places, 0, last)
        first = np.minimum(inside.astype(int), max(last - 1, 0))
        part = (inside - first).astype(field.dtype)
        if axis == -2:
            part = part[:, None]
        ahead = np.minimum(first + 1, last)
        field = np.take(field, first, axis) * (1 - part) + np.take(field, ahead, axis) * part
    return field
