"""Evidence: what two pictures say of the motion from one to the other, cell by cell.

With a twin in the kernel.  May import `native`, `engine.cells` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit import native
from morphkit.engine.cells import reduced, resampled
from morphkit.faces.face import FloatArray

SingleArray = np.ndarray[tuple[int, ...], np.dtype[Any]]

DOUBT = 0.4
"""A difference this large, in units of local contrast, counts half."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the search needs of one anchor, at working size.

    Parameters
    ----------
    details : sequence of (h, w) float32 array
        One per pass: local detail, in units of the local contrast.
    x, y : (H, W) float32 array
        Where in them each working pixel of the mean shape lies.
    """

    details: Sequence[SingleArray]
    x: SingleArray
    y: SingleArray


def evidence(
    a: View, b: View, number: int, field: FloatArray, trust: SingleArray, cell: int
) -> SingleArray:
    """Return means over each cell, weighted by trust, of what the pictures say.

    Parameters
    ----------
    a, b : View
    number : int
        Which details are compared.
    field : (2, rows, columns) float array
        The motion so far, x and y, at the centres of cells: half of it is taken from each.
    trust : (H, W) float32 array
        0…1 at each pixel; where there is none, nothing is looked up.
    cell : int
        Pixels a side.

    Returns
    -------
    (5, rows, columns) float32 array
        With r and d the slopes to the right and down, and t how far the pictures are apart:
        rr, rd, dd, rt, dt.
    """
    half = (field / 2).astype(np.float32)
    one, other = a.details[number], b.details[number]
    if native.kernel and min(*one.shape, *other.shape) > 1:
        out = np.empty((5, *field.shape[1:]), np.float32)
        parts = (one, a.x, a.y, other, b.x, b.y, half, trust)
        one, ax, ay, other, bx, by, half, trust = map(np.ascontiguousarray, parts)
        native.kernel.evidence((one, ax, ay), (other, bx, by), half, trust, cell, 1 / DOUBT, out)
        return out
    u, v = resampled(half, cell, 1, trust.shape)
    seen_a, seen_b = _between(one, a.x - u, a.y - v), _between(other, b.x + u, b.y + v)
    return np.stack([reduced(product, cell) for product in _products(seen_a, seen_b, trust)])


def _products(seen_a: SingleArray, seen_b: SingleArray, trust: SingleArray) -> list[SingleArray]:
    """What each pixel adds to the evidence."""
    apart, middle = seen_a - seen_b, (seen_a + seen_b) / 2
    odd = apart * np.float32(1 / DOUBT)
    weight = trust / (1 + odd * odd)
    right, down = _slopes(middle)
    more_right, more_down = right * weight, down * weight
    return [
        right * more_right,
        down * more_right,
        down * more_down,
        apart * more_right,
        apart * more_down,
    ]


def _between(picture: SingleArray, x: SingleArray, y: SingleArray) -> SingleArray:
    """Linear between four pixels; beyond the edge the picture goes on as it ends."""
    height, width = picture.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left = np.minimum(x.astype(np.int32), max(width - 2, 0))
    top = np.minimum(y.astype(np.int32), max(height - 2, 0))
    across, down = x - left.astype(np.float32), y - top.astype(np.float32)
    flat = picture.reshape(-1)
    start = top * np.int32(width) + left
    after, below = min(width - 1, 1), width * min(height - 1, 1)
    upper = flat[start] * (1 - across) + flat[start + after] * across
    start += np.int32(below)
    lower = flat[start] * (1 - across) + flat[start + after] * across
    return np.asarray(upper * (1 - down) + lower * down)


def _slopes(picture: SingleArray) -> tuple[SingleArray, SingleArray]:
    """Central differences, to the right and down."""
    wide = np.pad(picture, 1, mode="edge")
    right = wide[1:-1, 2:] - wide[1:-1, :-2]
    return right / 2, (wide[2:, 1:-1] - wide[:-2, 1:-1]) / 2
