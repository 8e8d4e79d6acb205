"""Octaves of spatial frequency: a picture taken apart, and put together with other gains.

The filter is the same in all directions and knows frequency in cycles per *canvas* pixel, so
that sources of any scale get the same one.  It is the one step with floating-point numbers
whose results are pixels: they are rounded to 15 bits, and agree between machines within one
code.  May import NumPy and SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
WaveArray = np.ndarray[tuple[int, ...], np.dtype[np.complex128]]

BAND_BITS = 12
HIGHEST = 0.5
"""Cycles per canvas pixel where the finest octave ends."""

CROSSING = 0.5
"""Octaves that it takes to go from one gain to the next: sharper would ring."""


def count(eye_distance: float) -> int:
    """Return how many octaves there are: down to waves about as long as the eye distance."""
    return max(1, math.floor(math.log2(eye_distance)) - 1)


def edges(octaves: int) -> list[float]:
    """Return the ends of the octaves, from the highest, in cycles per canvas pixel."""
    return [HIGHEST / 2**k for k in range(octaves + 1)]


@dataclass(frozen=True, slots=True, eq=False)
class _Waves:
    """A picture's transform, mirrored at its edges so that none of them makes a wave."""

    amplitudes: WaveArray
    radius: FloatArray  # cycles per canvas pixel
    size: tuple[int, int]  # of the mirrored picture
    shown: tuple[slice, slice]

    def picture(self, gain: FloatArray) -> FloatArray:
        whole = _fft().irfft2(self.amplitudes * gain, s=self.size)
        return np.asarray(whole[self.shown])


def _waves(plane: IntArray | FloatArray, octaves: int, scale: float) -> _Waves:
    """Transform one channel; `scale`: its pixels per canvas pixel."""
    fft = _fft()
    reach = math.ceil(scale / edges(octaves)[-1] / 2)
    sides = []
    for length in plane.shape:
        before = min(reach, length)
        sides.append((before, fft.next_fast_len(length + 2 * before, real=True) - length - before))
    wide = np.pad(plane.astype(np.float64), sides, mode="symmetric")
    down = fft.fftfreq(wide.shape[0])[:, None] * scale
    across = fft.rfftfreq(wide.shape[1])[None, :] * scale
    top, left = sides[0][0], sides[1][0]
    shown = (slice(top, top + plane.shape[0]), slice(left, left + plane.shape[1]))
    radius = np.sqrt(down * down + across * across)
    return _Waves(fft.rfft2(wide), radius, (wide.shape[0], wide.shape[1]), shown)


def _fft() -> ModuleType:
    """Import the transform where octaves are asked for: it takes longer than all of morphkit."""
    from scipy import fft  # noqa: PLC0415

    return fft  # type: ignore[no-any-return]


def _shares(radius: FloatArray, octaves: int) -> Iterator[FloatArray]:
    """Yield which share of each wave belongs to each octave, finest first, and to the rest."""
    octave = np.log2(np.maximum(radius, 1e-9))
    above = np.ones_like(radius)
    for edge in edges(octaves)[1:]:
        way = np.clip((math.log2(edge) - octave) / CROSSING + 0.5, 0, 1)
        low = np.sin(np.pi / 2 * way) ** 2
        yield above - low
        above = low
    yield above


def taken_apart(plane: IntArray | FloatArray, octaves: int) -> Iterator[FloatArray]:
    """Yield the octaves of a picture on the canvas, finest first, and the rest.

    Parameters
    ----------
    plane : (H, W) array
        They add up to it.  Beyond its edges the picture goes on mirrored.
    octaves : int
    """
    waves = _waves(plane, octaves, 1.0)
    for share in _shares(waves.radius, octaves):
        yield waves.picture(share)


def filtered(
    plane: IntArray, shown: IntArray, gains: Sequence[int], centre: int, scale: float
) -> IntArray:
    """Return a picture whose shown part has its octaves multiplied.

    Parameters
    ----------
    plane : (H, W) int64 array
        15 bits.
    shown : (H, W) int64 array
        0…2¹⁵: how much of each pixel is shown.  What is not shown has no part in the octaves,
        so that a bright wall throws no halo on a dark cheek.
    gains : sequence of int
        Of each octave, finest first, and of the rest, in 2⁻¹².
    centre : int
        What the rest varies about and stays as it is.
    scale : float
        Pixels of the picture per canvas pixel.
    """
    octaves = len(gains) - 1
    waves = _waves((plane - centre) * (shown / (1 << 15)), octaves, scale)
    more = np.zeros_like(waves.radius)
    for gain, share in zip(gains, _shares(waves.radius, octaves), strict=True):
        more += (gain / (1 << BAND_BITS) - 1) * share
    return np.asarray(plane + np.rint(waves.picture(more)).astype(np.int64))
