"""The part of a photo that a predictor learns from, small enough to keep hundreds of them.

Pure NumPy; may import `faces`, and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from morphkit.faces.face import ByteArray, FloatArray, Landmarks

FINE = 130.0
"""Pixels between the pupils that a patch keeps at least, where the photo has them; a predictor's
crop has fewer."""

AROUND = 2.8
"""How far a patch reaches from the middle of its landmarks, in pupil distances."""

THUMB = 24
"""Pixels along a thumbnail."""

ALIKE = 0.93
"""Thumbnails that correlate by more show one picture: those of 90 adults, and of 15 infants in six
states, reach 0.88; copies of half the size, of low quality, with rounded landmarks, have 0.94."""


def patch(image: ByteArray, landmarks: Landmarks) -> tuple[ByteArray, Landmarks]:
    """Return a patch of a photo with all that is near the face, and the landmarks in it.

    It holds the green light, which is what a predictor sees (`crops.view`).  Where the photo is
    much finer than a predictor's crop, squares of its pixels are averaged.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    landmarks : Landmarks
        In pixels of the photo; the scheme names the pupils.
    """
    right, left = landmarks.pupils()
    apart = float(np.hypot(*(left - right)))
    step = max(1, int(apart / FINE))
    middle = (landmarks.points.min(axis=0) + landmarks.points.max(axis=0)) / 2
    low = np.floor(middle - AROUND * apart).astype(int)
    high = np.ceil(middle + AROUND * apart).astype(int)
    x, y = np.clip(low, 0, [n - 1 for n in image.shape[1::-1]])
    green = image[y : max(high[1], y + 1), x : max(high[0], x + 1), 1]
    grey = np.rint(_averaged(green.astype(np.float64), step)).astype(np.uint8)
    shift = (step - 1) / 2  # the middle of a square of pixels
    return grey, landmarks.replaced((landmarks.points - (x, y) - shift) / step)


def _averaged(grey: FloatArray, step: int) -> FloatArray:
    """Return the means of squares of pixels; at the end, rows that fill no square are left out."""
    rows, columns = (max(n // step, 1) for n in grey.shape)
    whole = grey[: rows * step, : columns * step]
    if step == 1 or min(grey.shape) < step:
        return grey
    found: FloatArray = whole.reshape(rows, step, columns, step).mean(axis=(1, 3))
    return found


def thumbnail(image: ByteArray, landmarks: Landmarks) -> FloatArray:
    """Return the face as (THUMB²,) values of mean 0 and length 1, placed by the pupils.

    A copy of a photo in another size or compression has nearly the same one.

    Parameters
    ----------
    image : (H, W) uint8 array
    landmarks : Landmarks
        In pixels of it.
    """
    right, left = landmarks.pupils()
    along = left - right
    down = np.array([-along[1], along[0]])
    steps = np.linspace(-1.0, 1.0, THUMB)
    xs, ys = np.meshgrid(steps, steps + 0.5)
    places = (right + left) / 2 + xs[..., None] * along + ys[..., None] * down
    columns, rows = (
        np.clip(np.rint(places[..., axis]).astype(int), 0, image.shape[1 - axis] - 1)
        for axis in (0, 1)
    )
    values: FloatArray = _smoothed(image)[rows, columns].ravel()
    values = values - float(values.mean())
    length = float(np.sqrt((values * values).sum()))
    return values / length if length else values


def _smoothed(image: ByteArray) -> FloatArray:
    """Return 5 × 5 means, so that a thumbnail does not hang on single pixels."""
    padded = np.pad(image.astype(np.float64), 2, mode="edge")
    rows, columns = image.shape
    parts = [padded[dy : dy + rows, dx : dx + columns] for dy in range(5) for dx in range(5)]
    means: FloatArray = np.mean(parts, axis=0)
    return means


def alike(thumbnails: Sequence[FloatArray]) -> list[tuple[int, int, float]]:
    """Return pairs of places whose thumbnails show the same picture, with their correlation."""
    found = []
    for later, one in enumerate(thumbnails):
        for earlier in range(later):
            match = float((one * thumbnails[earlier]).sum())
            if match > ALIKE:
                found.append((earlier, later, match))
    return found
