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
    edges = np.arange(count + 1) * (length / count)
    first = edges[:-1].astype(np.intp)
    means = np.zeros((count, *samples.shape[1:]), np.float32)
    for step in range(int(np.ceil(length / count)) + 1):
        place = first + step
        # how much of this sample lies in each stretch
        part = np.minimum(edges[1:], place + 1) - np.maximum(edges[:-1], place)
        weight = (np.maximum(part, 0) * (count / length)).astype(np.float32)
        taken = samples[np.minimum(place, length - 1)]
        means += weight.reshape(-1, *(1,) * (samples.ndim - 1)) * taken
    return np.moveaxis(means, 0, axis)
