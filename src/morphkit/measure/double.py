"""Double images: how strongly a picture shows the same thing twice, a few pixels apart.

Two equal layers that lie d apart multiply the power of a wave f by cos²(π f·d).  In a small
tile that ripple is looked for in the logarithm of the spectrum, where it is a sum, after
removing what any face has there: a curve over frequency and a smooth one over direction.
May import `engine.blur`, `measure.colour` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from morphkit.engine.blur import blurred
from morphkit.engine.color import SingleArray
from morphkit.faces.face import FloatArray
from morphkit.measure.skin import BoolArray

Kind = TypeVar("Kind", bound=np.dtype[np.generic])
ComplexArray = np.ndarray[tuple[int, ...], np.dtype[np.complex64]]

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


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Where in a region a double image is looked for; the same for all pictures of one size.

    Parameters
    ----------
    factor : int
        Pixels averaged into one, along each side.
    whole : (m, n) bool array
        The tiles that lie inside.
    count : (m, n, 1) float32 array
        How many of the tiles around each do.
    """

    factor: int
    whole: BoolArray
    count: SingleArray


def tiles(inside: BoolArray, unit: float) -> Tiles | None:
    """Return the tiles of a region; None where it has no room for them.

    Parameters
    ----------
    inside : (H, W) bool array
        The region.
    unit : float
        Pixels per face width; where it is 640 or more, squares of pixels are averaged first.
    """
    factor = max(1, int(unit // KEPT))
    if factor > 1:
        inside = _reduced(inside, factor) == 1
    if min(inside.shape) < TILE:
        return None
    whole = np.asarray(_tiled(inside).all(axis=(-2, -1)))
    count = _pooled(whole.astype(np.float32)[..., None])
    return Tiles(factor, whole, count) if (count >= FEWEST).any() else None


def ghost(light: SingleArray, where: Tiles) -> float:
    """Return the strength of a double image where it is strongest.

    Parameters
    ----------
    light : (H, W) float array
        Luminance.
    where : Tiles
        Of a region of this size.

    Returns
    -------
    float
        About 1 for two equal layers 3 or 4 pixels apart, half of it at 6, and 0.1 to 0.3 for
        none.
    """
    if where.factor > 1:
        light = _reduced(light, where.factor)
    ripples = _ripples()
    found = np.zeros((*where.whole.shape, ripples.shape[1]), dtype=np.float32)
    found[where.whole] = _log_power(_even(light), where.whole) @ ripples
    places = where.count[..., 0] >= FEWEST
    return float((_pooled(found)[places] / where.count[places]).max())


def _tiled(values: np.ndarray[tuple[int, ...], Kind]) -> np.ndarray[tuple[int, ...], Kind]:
    """Return a view of the tiles, (m, n, 32, 32)."""
    return sliding_window_view(values, (TILE, TILE))[::STEP, ::STEP]


def _reduced(values: SingleArray | BoolArray, factor: int) -> SingleArray:
    rows, columns = (length // factor for length in values.shape)
    cut = values[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    return np.asarray(cut.mean(axis=(1, 3), dtype=np.float32))


def _even(light: SingleArray) -> SingleArray:
    """Return fine detail in units of its level around: a lip counts as much as skin."""
    tone = np.log(light + np.float32(_DARK))
    fine = tone - blurred(tone, _FINE)
    return np.asarray(fine / np.sqrt(blurred(fine * fine, _NEAR) + np.float32(_NOISE**2)))


def _log_power(detail: SingleArray, whole: BoolArray) -> SingleArray:
    """Return the log power of each tile's waves that are looked at, (tiles, waves).

    Fourier transforms as two products of small matrices: hardly more than half of the waves
    are looked at, which is four times as fast as all of them.
    """
    across, down = _transforms()
    _, _, seen = _waves()
    rows = _tiled(detail)[whole].swapaxes(0, 1).reshape(-1, TILE)  # all first rows, …
    met = (rows @ across).view(np.complex64).reshape(TILE, -1)
    waves = (down @ met).reshape(len(down), -1, seen.shape[1]).swapaxes(0, 1)[:, seen]
    return np.log(waves.real**2 + waves.imag**2 + np.float32(_STILL))


def _pooled(values: SingleArray) -> SingleArray:
    """Return sums over squares of `POOL` tiles."""
    for axis in (0, 1):
        wide = np.pad(values, [(POOL // 2,) * 2 if i == axis else (0, 0) for i in range(3)])
        values = np.asarray(sliding_window_view(wide, POOL, axis=axis).sum(axis=-1))
    return values


@cache
def _waves() -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return waves per pixel down (m, 1) and across (1, n), and which of them are looked at."""
    whole = np.asarray(np.fft.fftfreq(TILE), dtype=np.float64)
    down = whole[np.abs(whole) < FASTEST][:, None]
    across = whole[(whole >= 0) & (whole < FASTEST)][None, :]
    radius = np.sqrt(down * down + across * across)
    seen = (radius > SLOWEST) & (radius < FASTEST) & ((across > 0) | (down > 0))
    return down, across, seen


@cache
def _transforms() -> tuple[SingleArray, ComplexArray]:
    """Return the Fourier transforms of a tile that fades out at its sides.

    Returns
    -------
    across : (32, 2 n) float32 array
        From a row to the real and imaginary part of each wave across.
    down : (m, 32) complex64 array
    """
    fade = np.hanning(TILE + 1)[:-1]  # a tile's mean stays below SLOWEST
    place = np.arange(TILE)
    down, across, _ = _waves()
    rows = np.exp(-2j * np.pi * place[:, None] * across) * fade[:, None]
    columns = np.exp(-2j * np.pi * down * place) * fade
    return rows.astype(np.complex64).view(np.float32), columns.astype(np.complex64)


@cache
def _ripples() -> SingleArray:
    """Return how much each wave that is looked at says of each shift of a layer.

    Log power times these weights is the regression coefficient on the ripple of that shift,
    with rings of frequency and harmonics of direction as the other regressors.
    """
    down, across, seen = _waves()
    down, across = (axis[seen] for axis in np.broadcast_arrays(down, across))
    radius = np.sqrt(down * down + across * across)
    common, _ = np.linalg.qr(_common(np.arctan2(down, across), radius))
    columns = []
    for distance in np.linspace(NEAREST, FARTHEST, _DISTANCES):
        for angle in np.arange(_DIRECTIONS) * (np.pi / _DIRECTIONS):
            shift = distance * (down * np.sin(angle) + across * np.cos(angle))
            columns.append(np.log(np.cos(np.pi * shift) ** 2 * (1 - _LEAST) + _LEAST))
    ripples = np.stack(columns, axis=1)
    ripples -= common @ (common.T @ ripples)
    ripples /= (ripples * ripples).sum(axis=0)
    return ripples.astype(np.float32)


def _common(angle: FloatArray, radius: FloatArray) -> FloatArray:
    """Return what any picture's log power is made of, (waves, regressors)."""
    edges = np.linspace(SLOWEST, FASTEST, _RINGS + 1)
    columns = [(radius >= a) & (radius < b) for a, b in pairwise(edges)]
    octave = np.log(radius)
    for turn in (2, 4, 6):
        for bend in (np.ones_like(octave), octave, octave * octave):
            columns += [np.cos(turn * angle) * bend, np.sin(turn * angle) * bend]
    return np.stack(columns, axis=1).astype(np.float64)
