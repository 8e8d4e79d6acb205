"""Where a picture shows something: all but a plain background; and frames that differ in it.

May import `faces`, `measure.skin` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from morphkit.faces.face import ByteArray
from morphkit.measure.skin import BoolArray


def shown(image: ByteArray) -> BoolArray:
    """Return where a picture shows something.

    Parameters
    ----------
    image : (H, W, 3) uint8 array

    Returns
    -------
    (H, W) bool array
        In each row all from the first to the last pixel that isn't of the background's colour;
        everything where the picture has no plain border to tell that colour from.
    """
    ground = np.asarray(image[0, 0])
    border = (image[0], image[-1], image[:, 0], image[:, -1])
    if not all((edge == ground).all() for edge in border):
        return np.ones(image.shape[:2], dtype=bool)
    other = np.zeros(image.shape[:2], dtype=bool)
    for channel, code in enumerate(
        ground.tolist()
    ):  # one at a time: four times as fast as all at once
        other |= image[..., channel] != code
    rows = np.asarray(other.any(axis=1))
    if not rows.any():
        return np.ones(image.shape[:2], dtype=bool)
    first, last = other.argmax(axis=1), other.shape[1] - other[:, ::-1].argmax(axis=1)
    x = np.arange(other.shape[1])
    return np.asarray((x >= first[:, None]) & (x < last[:, None]) & rows[:, None])


def width(region: BoolArray) -> float:
    """Return how many columns a region reaches over."""
    return float(region.any(axis=0).sum())


def outline_errors(outlines: Sequence[BoolArray | None]) -> list[float | None]:
    """Return how far the outline of each picture departs from that of all others.

    Parameters
    ----------
    outlines : sequence of (H, W) bool array
        What `shown` says of each, all of one size, or None.

    Returns
    -------
    list of (float or None)
        Pixels that are shown in this picture alone, or in all but this one, by the length of
        the outline: about half the shift of a mask that has been shifted.  None where there
        are fewer than three pictures to compare.
    """
    known = [one for one in outlines if one is not None]
    if len(known) < 3:
        return [None] * len(outlines)
    count = np.zeros(known[0].shape, dtype=np.int32)
    for one in known:
        count += one
    alone, missing = count == 1, count == len(known) - 1
    return [
        None
        if one is None
        else float(((alone & one) | (missing & ~one)).sum()) / max(_length(one), 1)
        for one in outlines
    ]


def _length(region: BoolArray) -> int:
    """Count the pixels of a region whose neighbour to the right or below isn't in it."""
    across = int((region[:, 1:] != region[:, :-1]).sum())
    return across + int((region[1:] != region[:-1]).sum())
