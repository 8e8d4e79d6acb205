"""What a whole row of pictures tells: a frame off the path, off its place, or like a far one.

Each picture is looked at through a small map of its luminance, so that the rounding of 8-bit
codes averages out and memory doesn't grow with the canvas.  May import `faces`,
`measure.colour`, `measure.skin` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from morphkit.engine.color import SingleArray
from morphkit.faces.face import FloatArray
from morphkit.measure.skin import BoolArray

ACROSS = 75
"""Pixels of a map over the width of a face: waves of up to 37 cycles per face are kept."""

PATCH = 6
"""Side of the patches that are judged, in pixels of a map: a twelfth of a face."""

DARK = 0.01
"""Added to luminance before its logarithm, of white."""

STILL = 0.02
"""Stops: what changes by less in a patch is rounding, or nobody sees it."""

MOVED = 0.15
"""Share of the way between a frame's neighbours by which a path may bend where much changes."""

SOME = 3
"""A frame is as far off the path as in its so many-th worst patch: one patch may be a lash."""

BLOCK = 256
"""Frames that are compared with all others at once."""


def luminance_map(light: SingleArray, inside: BoolArray, across: float) -> FloatArray:
    """Return a small map of linear luminance inside a region.

    Parameters
    ----------
    light : (H, W) float array
        Luminance.
    inside : (H, W) bool array
        The region, which touches all four sides.
    across : float
        Width of the face in pixels.

    Returns
    -------
    (h, w) float32 array
        Mean luminance of squares of pixels, 0…1; 0 where a square leaves the region.
    """
    side = min(max(1, round(across / ACROSS)), light.shape[0])
    rows, columns = (length // side for length in light.shape)
    cut, shape = (slice(rows * side), slice(columns * side)), (rows, side, columns, side)
    whole = inside[cut].reshape(shape).all(axis=(1, 3))
    return np.where(whole, light[cut].reshape(shape).mean(axis=(1, 3)), 0).astype(np.float32)


def off_path(maps: Sequence[FloatArray], levels: Sequence[float]) -> list[float | None]:
    """Return how far each picture lies off the way from its neighbour to its neighbour.

    What a frame shows between two frames, and they don't lead to, is a residual.  One frame
    that is blurred, ghosted, dissolved or touched up leaves it in itself, and half of it with
    the opposite sign in both neighbours; a turn of the path, as where an eye begins to open,
    does not.  The agreement of the three is compared, patch by patch, with the residuals of
    frames two and three steps away, which a single fault doesn't reach, and with what changes
    there.

    Parameters
    ----------
    maps : sequence of (h, w) float array
        Luminance maps of one leg, at least 5 for anything to be told.
    levels : sequence of float
        Rising.

    Returns
    -------
    list of (float or None)
        About 1 on a smooth path; None at the ends and where the leg is too short.
    """
    count = len(maps)
    if count < 5:
        return [None] * count
    stops = [np.log2(one + DARK) for one in maps]
    bends = [np.zeros_like(stops[0])] * count
    for k in range(1, count - 1):
        share = (levels[k] - levels[k - 1]) / (levels[k + 1] - levels[k - 1])
        bends[k] = stops[k] - (1 - share) * stops[k - 1] - share * stops[k + 1]
    inner = range(1, count - 1)
    energy = {k: _patches(bends[k] * bends[k]) for k in inner}
    found: list[float | None] = [None] * count
    for k in inner:
        far = [energy[j] for j in (k - 3, k - 2, k + 2, k + 3) if j in inner]
        if not far:
            continue  # the middle of five: nothing tells what is usual there
        near = [bends[j] for j in (k - 1, k + 1) if j in inner]
        agreed = _patches(-2 / len(near) * bends[k] * sum(near))
        change = MOVED * (stops[k + 1] - stops[k - 1])
        usual = np.maximum.reduce(far) + _patches(change * change) + STILL * STILL
        worst = np.sort((np.maximum(agreed, 0) / usual).ravel())
        found[k] = float(np.sqrt(worst[-min(SOME, len(worst))]))
    return found


def _patches(values: FloatArray) -> FloatArray:
    """Return means over patches; what is left over at the right and below is left out."""
    height, width = (max(size // PATCH, 1) for size in values.shape)
    cut = values[: height * PATCH, : width * PATCH]
    return np.asarray(cut.reshape(height, -1, width, cut.shape[1] // width).mean(axis=(1, 3)))


def displaced(maps: Sequence[FloatArray], levels: Sequence[float]) -> list[float | None]:
    """Return how far each picture lies from its declared place between its neighbours.

    The place of a picture is its projection on the straight way from neighbour to neighbour.
    A path that bends, or steps that grow, move all frames alike, so the mean of both
    neighbours' displacements is taken away: a frame that shows another level by half a step
    gives 0.38.

    Parameters
    ----------
    maps : sequence of (h, w) float array
        Luminance maps of one leg.
    levels : sequence of float
        Rising.

    Returns
    -------
    list of (float or None)
        In shares of the way between the neighbours, positive when the picture is too far on;
        None at the ends, in legs of fewer than 5 frames, and where neighbours don't differ.
    """
    count = len(maps)
    if count < 5:
        return [None] * count
    places: list[float | None] = [None] * count
    for k in range(1, count - 1):
        way = maps[k + 1] - maps[k - 1]
        length = float((way * way).sum())
        share = (levels[k] - levels[k - 1]) / (levels[k + 1] - levels[k - 1])
        if length > 0:
            places[k] = float(((maps[k] - maps[k - 1]) * way).sum() / length - share)
    return [_beside(places, k) for k in range(count)]


def _beside(places: Sequence[float | None], k: int) -> float | None:
    own = places[k]
    near = [places[j] for j in (k - 1, k + 1) if 0 <= j < len(places)]
    known = [place for place in near if place is not None]
    if own is None or not known:
        return None
    return own - sum(known) / len(known)


def nearest(maps: Sequence[FloatArray]) -> list[float | None]:
    """Return how near each picture comes to one that is not its neighbour.

    Parameters
    ----------
    maps : sequence of (h, w) float array
        Luminance maps of a whole continuum, in the order of its frames.

    Returns
    -------
    list of (float or None)
        Distance (RMS) to the nearest frame that is no neighbour, over the smallest distance
        between any two neighbours: above 1 in a continuum whose frames can't be confused.
        None where there are fewer than 3 frames or two neighbours are equal.
    """
    count = len(maps)
    if count < 3:
        return [None] * count
    flat = np.stack([one.ravel() for one in maps]).astype(np.float64)
    flat -= flat.mean(axis=0)
    squares = (flat * flat).sum(axis=1)
    smallest, largest = np.inf, 0.0
    found: list[float] = []
    for start in range(0, count, BLOCK):
        rows = np.arange(start, min(start + BLOCK, count))
        # all of it would be count² numbers: gigabytes for 10,000 frames
        apart = squares[rows, None] + squares[None, :] - 2 * (flat[rows] @ flat.T)
        apart = np.maximum(apart, 0)
        largest = max(largest, float(apart.max()))
        follows = rows[rows + 1 < count]
        smallest = min(smallest, float(apart[follows - start, follows + 1].min(initial=np.inf)))
        apart[np.abs(rows[:, None] - np.arange(count)[None, :]) < 2] = np.inf
        found += apart.min(axis=1).tolist()
    if not smallest > 1e-12 * largest:
        return [None] * count
    return [float(np.sqrt(value / smallest)) for value in found]
