"""Gabor jets: how strongly waves of 5 lengths and 8 directions stand at 100 places of a face.

The model of early vision of Lades et al. 1993 (doi 10.1109/12.210173) with the kernels, the
grid and the size of Yue et al. 2012 (doi 10.1016/j.visres.2011.12.012) and Margalit et al.
2016 (doi 10.3758/s13414-016-1191-7).  A kernel is a Gaussian in the Fourier plane, so it is
a function of x times one of y; with only 10 × 10 places wanted, two products of small
matrices replace 40 Fourier transforms and give the same numbers.  May import `faces`,
`measure.region` and NumPy.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from morphkit.faces.face import FloatArray
from morphkit.measure.region import Plane, Region

ComplexArray = np.ndarray[tuple[int, ...], np.dtype[np.complex128]]

SIZE = 256
"""Side of the picture that kernels meet."""

PLACES = np.arange(39, 220, 20)
"""Rows and columns of the grid: 40, 60 … 220 where pixels count from 1."""

SCALES, DIRECTIONS = 5, 8

SHORTEST = 4.0
"""Shortest wave in pixels; the next ones are √2 times as long: 4 … 16."""

SIGMA = 2 * np.pi
"""Width of the Gaussian in radians of the wave: its deviation is one wavelength."""

UNIQUE = np.array([0, 1, 2, 3, 4, 3, 2, 1])
"""sin of a direction, as its place in sin 0, π/8, … π/2."""


def jets(grey: FloatArray | Plane) -> FloatArray:
    """Return the amplitude of each kind of wave at each place.

    Parameters
    ----------
    grey : (256, 256) array

    Returns
    -------
    (4000,) float array
        By scale (short waves first), direction (of the wave's normal, anticlockwise from
        the x axis, in steps of π/8), row and column; in the unit of `grey`, so that a
        grating of amplitude 1 has 1 in its own scale and direction.  The published kernels
        give π times as much.  The picture is taken to repeat beyond its borders.
    """
    rows, columns, level = _kernels()
    flat = rows.reshape(-1, SIZE)
    met = (flat.real @ grey + 1j * (flat.imag @ grey)).reshape(rows.shape)
    waves = met[:, UNIQUE] @ columns
    # what a kernel would make of an even grey
    waves -= np.exp(-SIGMA * SIGMA / 2) * (met[:, :1] @ level)
    return 2 * np.abs(waves).ravel()


@cache
def _kernels() -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Return the kernels' functions of y and of x at the grid, and those of an even grey.

    Returns
    -------
    rows : (5, 5, 10, 256) complex array
        By scale and sin of the direction.
    columns : (5, 8, 256, 10) complex array
        By scale and direction.
    level : (5, 1, 256, 10) complex array
    """
    waves = 2 * np.pi / SHORTEST / np.sqrt(2) ** np.arange(SCALES)
    angles = np.arange(DIRECTIONS) * np.pi / DIRECTIONS
    # y points down in a picture, angles are counted with y up
    rows = [[_profile(-k * np.sin(t), k) for t in angles[:5]] for k in waves]
    columns = [[_profile(k * np.cos(t), k).T for t in angles] for k in waves]
    level = [[_profile(0.0, k).T] for k in waves]
    return np.array(rows), np.array(columns), np.array(level)


def _profile(centre: float, wave: float) -> ComplexArray:
    """Return the inverse Fourier transform, at the grid, of a Gaussian: (10, 256)."""
    frequency = 2 * np.pi * np.fft.fftfreq(SIZE)
    gain = np.exp(-((SIGMA / wave * (frequency - centre)) ** 2) / 2)
    apart = PLACES[:, None] - np.arange(SIZE)
    return np.asarray(np.fft.ifft(gain)[apart % SIZE])


def amplitudes(part: Region) -> FloatArray:
    """Return the jets of a part of a picture, (4000,).

    Its bounding box is centred in a square of `edge` and resized to 256 × 256: aspect is
    kept, so that a move to the side counts as much as one upwards.
    """
    height, width = part.luma.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    scaled = _resizing(side)
    luma = part.luma - np.float32(part.edge)
    return jets(scaled[:, top : top + height] @ luma @ scaled[:, left : left + width].T)


@lru_cache(maxsize=4)
def _resizing(side: int) -> Plane:
    """Return the (256, side) weights of linear interpolation, widened where it shrinks."""
    step = side / SIZE
    middles = (np.arange(SIZE) + 0.5) * step - 0.5
    away = np.abs(middles[:, None] - np.arange(side)) / max(1.0, step)
    weights = np.maximum(0, 1 - away)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def gabor_jet(one: FloatArray, other: FloatArray) -> float:
    """Return the root mean square difference of two vectors of amplitudes.

    That is their Euclidean distance over √4000: a number that doesn't grow with the grid,
    in codes.  Not the cosine of the vectors, which is no metric and sees no contrast.
    """
    apart = one - other
    return float(np.sqrt((apart * apart).mean()))
