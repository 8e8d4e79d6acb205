"""Double images: how strongly a picture shows the same thing twice, a few pixels apart.

Two equal layers that lie d apart multiply the power of a wave f by cos²(π f·d).  In a small
tile that ripple is looked for in the logarithm of the spectrum, where it is a sum, after
removing what any face has there: a curve over frequency and a smooth one over direction.
May import `engine.blur`, `measure.colour` and NumPy.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from morphkit.engine.blur import blurred
from morphkit.faces.face import FloatArray
from morphkit.measure.colour import SingleArray
from morphkit.measure.skin import BoolArray

KEPT = 320.0
"""Pixels per face width that are kept at least, where the picture has them."""

TILE, STEP, POOL = 32, 16, 5
"""Tiles overlap by half; the spectra of a square of 5 × 5 are averaged: 96 pixels."""

FEWEST = 15
"""Of those 25 tiles so many lie inside the region, or the place is not judged."""

NEAREST, FARTHEST = 3.0, 6.5
"""Pixels between the layers.  Nearer ones only blur, since their first dark stripe lies where
pictures have hardly any power; farther ones don't fit the tiles."""

SLOWEST, FASTEST = 0.05, 0.40
"""Waves per pixel that are looked at."""

_DIRECTIONS, _DISTANCES, _RINGS = 12, 5, 8
_DARK = 0.01  # light added before the logarithm
_FINE, _NEAR = 3.0, 4.0  # pixels: detail finer than this, in units of its level around
_NOISE = 0.003  # detail weaker than this is not made stronger
_LEAST = 0.05  # power left in a dark stripe: layers are never quite equal
_STILL = 1e-2  # added to the power of a tile


def ghost(light: SingleArray, inside: BoolArray, unit: float) -> float | None:
    """Return the strength of a double image where it is strongest.

    Parameters
    ----------
    light : (H, W) float array
        Luminance.
    inside : (H, W) bool array
        The region.
    unit : float
        Pixels per face width; where it is 640 or more, squares of pixels are averaged first.

    Returns
    -------
    float or None
        About 1 for two equal layers 3 or 4 pixels apart, half of it at 6, and 0.1 to 0.3 for
        none.  None where the region has no room for the tiles.
    """
    factor = max(1, int(unit // KEPT))
    if factor > 1:
        light, inside = _reduced(light, factor), _reduced(inside, factor) == 1
    if min(light.shape) < TILE:
        return None
    tiles = sliding_window_view(inside, (TILE, TILE))[::STEP, ::STEP]
    whole = np.asarray(tiles.all(axis=(-2, -1)))
    count = _pooled(whole.astype(np.float32)[..., None])
    places = count[..., 0] >= FEWEST
    if not places.any():
        return None
    waves, ripples = _ripples()
    found = np.zeros((*whole.shape, ripples.shape[1]), dtype=np.float32)
    found[whole] = _log_power(_even(light), whole, waves) @ ripples
    return float((_pooled(found)[places] / count[places]).max())


def _reduced(values: SingleArray | BoolArray, factor: int) -> SingleArray:
    rows, columns = (length // factor for length in values.shape)
    cut = values[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    return np.asarray(cut.mean(axis=(1, 3), dtype=np.float32))


def _even(light: SingleArray) -> SingleArray:
    """Return fine detail in units of its level around: a lip counts as much as skin."""
    tone = np.log(light + np.float32(_DARK))
    fine = tone - blurred(tone, _FINE)
    return np.asarray(fine / np.sqrt(blurred(fine * fine, _NEAR) + np.float32(_NOISE**2)))


def _log_power(detail: SingleArray, whole: BoolArray, seen: BoolArray) -> SingleArray:
    """Return the log power of each tile's waves that are looked at, (tiles, waves)."""
    fade = np.hanning(TILE + 1)[:-1].astype(np.float32)  # a tile's mean stays below SLOWEST
    tiles = sliding_window_view(detail, (TILE, TILE))[::STEP, ::STEP][whole]
    waves = np.fft.rfft2(tiles * (fade[:, None] * fade)).reshape(len(tiles), -1)[:, seen]
    return np.log(waves.real**2 + waves.imag**2 + np.float32(_STILL))


def _pooled(values: SingleArray) -> SingleArray:
    """Return sums over squares of `POOL` tiles."""
    for axis in (0, 1):
        wide = np.pad(values, [(POOL // 2,) * 2 if i == axis else (0, 0) for i in range(3)])
        values = np.asarray(sliding_window_view(wide, POOL, axis=axis).sum(axis=-1))
    return values


@cache
def _ripples() -> tuple[BoolArray, SingleArray]:
    """Return which waves are looked at, and how much each says of each shift of a layer.

    Log power times these weights is the regression coefficient on the ripple of that shift,
    with rings of frequency and harmonics of direction as the other regressors.
    """
    down, across = np.broadcast_arrays(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE))
    radius = np.sqrt(down * down + across * across)
    seen = (radius > SLOWEST) & (radius < FASTEST) & ((across > 0) | (down > 0))
    down, across, radius = down[seen], across[seen], radius[seen]
    common, _ = np.linalg.qr(_common(np.arctan2(down, across), radius))
    columns = []
    for distance in np.linspace(NEAREST, FARTHEST, _DISTANCES):
        for angle in np.arange(_DIRECTIONS) * (np.pi / _DIRECTIONS):
            shift = distance * (down * np.sin(angle) + across * np.cos(angle))
            columns.append(np.log(np.cos(np.pi * shift) ** 2 * (1 - _LEAST) + _LEAST))
    ripples = np.stack(columns, axis=1)
    ripples -= common @ (common.T @ ripples)
    ripples /= (ripples * ripples).sum(axis=0)
    return seen.ravel(), ripples.astype(np.float32)


def _common(angle: FloatArray, radius: FloatArray) -> FloatArray:
    """Return what any picture's log power is made of, (waves, regressors)."""
    edges = np.linspace(SLOWEST, FASTEST, _RINGS + 1)
    columns = [(radius >= a) & (radius < b) for a, b in pairwise(edges)]
    octave = np.log(radius)
    for turn in (2, 4, 6):
        for bend in (np.ones_like(octave), octave, octave * octave):
            columns += [np.cos(turn * angle) * bend, np.sin(turn * angle) * bend]
    return np.stack(columns, axis=1).astype(np.float64)
