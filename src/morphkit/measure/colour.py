"""From screen codes to what is measured of them: luminance and CIELAB.

May import `engine.color` and NumPy.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from morphkit.engine.color import WHITE, CodeArray, decode_table
from morphkit.faces.face import FloatArray

SingleArray = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue light in luminance (Rec. ITU-R BT.709)."""

_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], LUMINANCE, [0.0193, 0.1192, 0.9505]]
)  # of linear sRGB (IEC 61966-2-1)
_CUBE = 216 / 24389  # where the cube root of CIELAB gives way to a line


@cache
def _tables(shares: tuple[float, ...]) -> SingleArray:
    """Return what each code of each channel adds, (channels, 256)."""
    return (np.array(shares)[:, None] * (decode_table("linear") / WHITE)).astype(np.float32)


def luminance(codes: CodeArray) -> SingleArray:
    """Return the linear luminance of (…, 3) sRGB codes, white = 1."""
    return _sum(codes, LUMINANCE)


def lab(codes: CodeArray) -> SingleArray:
    """Return L*, a*, b* of (…, 3) sRGB codes: D65, white is 100, 0, 0.

    As ISO/CIE 11664-4 defines them.
    """
    x, y, z = (_root(_sum(codes, tuple(row / row.sum()))) for row in _XYZ)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _sum(codes: CodeArray, shares: tuple[float, float, float]) -> SingleArray:
    red, green, blue = _tables(shares)
    return np.asarray(red[codes[..., 0]] + green[codes[..., 1]] + blue[codes[..., 2]])


def _root(relative: SingleArray) -> SingleArray:
    line = (np.float32(24389 / 27) * relative + 16) / 116
    bright = relative > _CUBE
    # several times quicker than cbrt, and as exact as float32
    return np.where(bright, np.exp(np.log(np.where(bright, relative, 1)) / 3), line)


def mean_lab(codes: CodeArray) -> FloatArray:
    """Return the mean L*, a*, b* of (N, 3) sRGB codes."""
    return np.asarray(lab(codes).mean(axis=0, dtype=np.float64))
