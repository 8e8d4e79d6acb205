"""Small copies of photos, each pixel the exact mean of the area that it covers.

For a detector, which needs no detail, and for a sheet of thumbnails.  May import `faces`, and
NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from morphkit.faces.face import ByteArray, FloatArray

Samples = np.ndarray[Any, np.dtype[Any]]


def reduced(image: ByteArray, side: int) -> tuple[ByteArray, FloatArray]:
    """Return a photo made so small that no side is longer than `side`.

    Parameters
    ----------
    image : (H, W) or (H, W, C) uint8 array
    side : int
        Pixels.

    Returns
    -------
    copy : uint8 array
        The photo itself where it is small enough.
    scale : (2,) array
        Pixels of the photo, along x and y, that a pixel of the copy covers; a place ``p`` of the
        copy lies at ``(p + 0.5) * scale - 0.5`` in the photo.
    """
    height, width = image.shape[:2]
    longest = max(height, width)
    if longest <= side:
        return image, np.ones(2)
    rows, columns = (max(1, round(n * side / longest)) for n in (height, width))
    small = _means(_means(image, rows), columns, axis=1)
    return np.rint(small).astype(np.uint8), np.array([width / columns, height / rows])


def grey(image: ByteArray) -> ByteArray:
    """Return the luma of a photo (Rec. 601 weights in 256ths); what is grey stays as it is."""
    if image.ndim == 2:
        return image
    red, green, blue = (image[..., i].astype(np.uint16) for i in range(3))
    luma: ByteArray = ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)
    return luma


def _means(samples: Samples, count: int, axis: int = 0) -> Samples:
    """Return the means of `count` equal stretches along an axis; stretches may cut samples."""
    samples = np.moveaxis(samples, axis, 0)
    length = len(samples)
    sums = np.zeros((length + 1, *samples.shape[1:]))
    np.cumsum(samples, axis=0, out=sums[1:], dtype=np.float64)
    edges = np.arange(count + 1) * (length / count)
    below = np.minimum(edges.astype(np.intp), length - 1)
    part = (edges - below).reshape(-1, *(1,) * (samples.ndim - 1))
    totals = sums[below] + part * (sums[below + 1] - sums[below])
    return np.moveaxis(np.diff(totals, axis=0) * (count / length), 0, axis)
