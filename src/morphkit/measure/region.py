"""The part of a picture that is compared: what lies outside it has no influence at all.

May import `engine.color`, `faces`, `measure.colour` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from morphkit.engine.color import as_encoded
from morphkit.faces.face import ByteArray
from morphkit.measure.colour import linear

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Plane = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue codes in luma (ITU-R BT.601): the grey that the authors of
SSIM and GMSD compute from colour pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of a picture.

    Parameters
    ----------
    light : (N, 3) float32 array
        Linear light of its pixels, white 1, row by row.
    where : (H, W) bool array
        Its shape within its bounding box.
    luma : (H, W) float32 array
        0…255 within the bounding box; outside the region `edge`.
    edge : float
        Mean luma of the pixels along the region's border: a filter that reaches over the
        border meets no contour there that the picture hasn't.
    """

    light: Plane
    where: BoolArray
    luma: Plane
    edge: float


def region(image: ByteArray, where: BoolArray) -> Region:
    """Cut the part of a picture out.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    where : (H, W) bool array
        At least one pixel of it.
    """
    box = bounds(where)
    codes, where = inside(image[box], where[box]), where[box]
    red, green, blue = _luma_tables()
    return _region(linear(codes), red[codes[:, 0]] + green[codes[:, 1]] + blue[codes[:, 2]], where)


def region_of_light(light: Plane, where: BoolArray) -> Region:
    """Cut the part of a picture out that was not rounded to codes.

    Parameters
    ----------
    light : (H, W, 3) float32 array
        Linear, white 1.
    where : (H, W) bool array
        At least one pixel of it.
    """
    box = bounds(where)
    light, where = light[box][where[box]], where[box]
    return _region(light, 255 * (as_encoded(light) @ np.array(LUMA, dtype=np.float32)), where)


def _region(light: Plane, inner: Plane, where: BoolArray) -> Region:
    luma = np.zeros(where.shape, dtype=np.float32)
    luma[where] = inner
    edge = float(luma[_border(where)].mean(dtype=np.float64))
    luma[~where] = edge
    return Region(light, where, luma, edge)


def bounds(where: BoolArray) -> tuple[slice, slice]:
    """Return the bounding box of what has at least one pixel."""
    rows, columns = (np.flatnonzero(where.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def inside(image: ByteArray, where: BoolArray) -> ByteArray:
    """Return the pixels of a part, (N, 3), row by row."""
    # several times as fast as image[where]
    return image.reshape(-1, 3).compress(where.ravel(), axis=0)


@cache
def _luma_tables() -> list[Plane]:
    return [(share * np.arange(256)).astype(np.float32) for share in LUMA]


def _border(where: BoolArray) -> BoolArray:
    """Pixels of the region with a neighbour that isn't in it."""
    around = np.pad(where, 1)
    inner = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    return where & ~inner
