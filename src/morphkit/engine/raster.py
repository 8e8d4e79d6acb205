"""Which pixels a shape covers, in whole numbers: triangles by centre, outlines by area.

Corners are in 1/1024 px of the landmark grid, so that every machine finds the same pixels.
With a twin in the kernel.  May import `engine.align` (for the grid), `native` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit import native
from morphkit.engine.align import GRID

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
OwnerArray = np.ndarray[tuple[int, ...], np.dtype[np.int32]]
PartArray = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

FINE = 8
"""A pixel is divided into FINE × FINE places to find how much of it an outline covers."""


def owners(vertices: IntArray, triangles: IntArray, width: int, height: int) -> OwnerArray:
    """Return which triangle each pixel centre lies in, (H, W); −1 for none.

    Exact: integer edge functions, and an edge's pixels belong to the triangle on one side of
    it, so that neighbours share no pixel and leave none out.  A triangle that is closed or
    turned over owns none; where others overlap there, the last one is seen.
    """
    owner = np.full((height, width), -1, dtype=np.int32)
    if native.kernel:
        native.kernel.owners(vertices, np.ascontiguousarray(triangles), owner)
        return owner
    for index, corners in enumerate(vertices[triangles]):
        low = np.maximum(-(-corners.min(axis=0) // GRID), 0)
        high = np.minimum(corners.max(axis=0) // GRID + 1, (width, height))
        if (low >= high).any():
            continue
        x = np.arange(low[0], high[0])[None, :] * GRID
        y = np.arange(low[1], high[1])[:, None] * GRID
        inside = np.ones((high[1] - low[1], high[0] - low[0]), dtype=bool)
        for (ax, ay), (bx, by) in zip(corners, corners[[1, 2, 0]], strict=True):
            dx, dy = bx - ax, by - ay
            takes_its_edge = dy < 0 or (dy == 0 and dx > 0)
            side = dx * (y - ay) - dy * (x - ax)
            inside &= side >= 0 if takes_its_edge else side > 0
        owner[low[1] : high[1], low[0] : high[0]][inside] = index
    return owner


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """How much of each pixel an outline covers, in the box around it.

    Parameters
    ----------
    left, top : int
        First column and row of the box.
    parts : (h, w) uint8 array
        0 … 64: places covered, of FINE × FINE.
    """

    left: int
    top: int
    parts: PartArray


def cover(ring: IntArray, width: int, height: int) -> Cover:
    """Return what a closed outline covers of a picture (even-odd rule).

    Parameters
    ----------
    ring : (N, 2) int64 array
        Corners in 1/1024 px; whole pixels are centres.
    width, height : int
        Of the picture; what lies outside is left out.
    """
    low = np.maximum((ring.min(axis=0) + GRID // 2) // GRID, 0)
    high = np.minimum((ring.max(axis=0) + GRID // 2) // GRID + 1, (width, height))
    (left, top), (across, down) = low.tolist(), np.maximum(high - low, 0).tolist()
    if native.kernel:
        parts = np.zeros((down, across), dtype=np.uint8)
        native.kernel.cover(np.ascontiguousarray(ring), left, top, parts)
        return Cover(left, top, parts)
    step = GRID // FINE
    first = left * GRID - GRID // 2 + step // 2
    rows = top * GRID - GRID // 2 + step // 2 + step * np.arange(down * FINE)
    crossed = np.zeros((down * FINE, across * FINE + 1), dtype=np.int64)
    for (ax, ay), (bx, by) in zip(ring.tolist(), np.roll(ring, -1, axis=0).tolist(), strict=True):
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        hit = np.flatnonzero((ay <= rows) & (rows < by))
        place = ((bx - ax) * (rows[hit] - ay) + (ax - first) * (by - ay)) // (step * (by - ay))
        crossed[hit, np.clip(place + 1, 0, across * FINE)] += 1
    inside = np.cumsum(crossed[:, :-1], axis=1) & 1
    parts = inside.reshape(down, FINE, across, FINE).sum(axis=(1, 3), dtype=np.uint8)
    return Cover(left, top, parts)
