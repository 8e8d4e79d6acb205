"""From screen codes to what is measured of them: luminance and CIELAB.

May import `engine.color` and NumPy.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from morphkit.engine.color import WHITE, CodeArray, decode_table

SingleArray = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue light in luminance (Rec. ITU-R BT.709)."""

_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], LUMINANCE, [0.0193, 0.1192, 0.9505]]
)  # of linear sRGB (IEC 61966-2-1)
_CUBE = np.float32(216 / 24389)  # where the cube root of CIELAB gives way to a line


@cache
def _tables(shares: tuple[float, ...]) -> SingleArray:
    """Return what each code of each channel adds, (channels, 256)."""
    return (np.array(shares)[:, None] * (decode_table("linear") / WHITE)).astype(np.float32)


def luminance(codes: CodeArray) -> SingleArray:
    """Return the linear luminance of (…, 3) sRGB codes, white = 1."""
    return _sum(codes, LUMINANCE)


def mean_lab(codes: CodeArray) -> tuple[float, float, float]:
    """Return the mean L*, a*, b* of (N, 3) sRGB codes: D65, white is 100, 0, 0.

    As ISO/CIE 11664-4 defines them; they are sums of roots, and so their means of mean roots.
    """
    x, y, z = (
        float(_root(_sum(codes, tuple(row / row.sum()))).mean(dtype=np.float64)) for row in _XYZ
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _sum(codes: CodeArray, shares: tuple[float, float, float]) -> SingleArray:
    red, green, blue = _tables(shares)
    return np.asarray(red[codes[..., 0]] + green[codes[..., 1]] + blue[codes[..., 2]])


def _root(relative: SingleArray) -> SingleArray:
    """Return cube roots, and near black the line that CIELAB has in their place."""
    bright = np.exp(np.log(np.maximum(relative, _CUBE)) / 3)  # quicker than cbrt, as exact
    line = (np.float32(24389 / 27) * np.minimum(relative, _CUBE) + 16) / 116
    return np.where(relative > _CUBE, bright, line)
