"""Colours as people tell them apart: CIELAB of sRGB codes, and CIEDE2000 between two.

May import `faces`, `measure.colour`, `measure.region` and NumPy.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from morphkit.faces.face import ByteArray
from morphkit.measure.colour import linear
from morphkit.measure.region import Plane

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.floating[Any]]]

XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
"""Shares of red, green and blue light in X, Y, Z (IEC 61966-2-1); their sums are D65 white."""

KNEE = 6 / 29

CHUNK = 1 << 14
"""Pixels that are worked on at once, so that they stay in the processor's cache."""


def lab(codes: ByteArray) -> Plane:
    """Return CIELAB (D65, 2° observer) of sRGB codes.

    Parameters
    ----------
    codes : (..., 3) uint8 array

    Returns
    -------
    (3, ...) float32 array
        L* 0…100, a*, b*; a* and b* of greys are 0.
    """
    return lab_of(linear(codes.reshape(-1, 3))).reshape(3, *codes.shape[:-1])


def lab_of(light: Plane) -> Plane:
    """Return CIELAB, (3, N), of (N, 3) linear light of white = 1."""
    found = np.empty((3, len(light)), dtype=np.float32)
    for start in range(0, len(light), CHUNK):
        part = slice(start, start + CHUNK)
        found[:, part] = _lab(light[part])
    return found


def _lab(light: Plane) -> Plane:
    x, y, z = _response(_shares() @ light.T)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@cache
def _shares() -> Plane:
    """Return the shares of red, green and blue light in X, Y, Z of white = 1."""
    shares = np.array(XYZ)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)


def _response(share: Plane) -> Plane:
    """The cube root, and a straight line below the knee."""
    line = share * np.float32(1 / (3 * KNEE * KNEE)) + np.float32(4 / 29)
    bright = share > KNEE**3
    # several times quicker than cbrt, and as exact as float32
    return np.where(bright, np.exp(np.log(np.where(bright, share, 1)) / 3), line)


def ciede2000(one: Numbers, other: Numbers) -> Numbers:
    """Return the colour difference ΔE00 of each pair (Sharma et al. 2005, doi 10.1002/col.20070).

    Parameters
    ----------
    one, other : (3, N) float array
        L*, a*, b*.

    Returns
    -------
    (N,) float array
    """
    starts = range(0, one.shape[1], CHUNK)
    parts = [_difference(one[:, i : i + CHUNK], other[:, i : i + CHUNK]) for i in starts]
    return np.concatenate(parts)


def _difference(one: Numbers, other: Numbers) -> Numbers:
    """CIEDE2000 of a chunk, all weights 1; angles in radians."""
    boost = 1.5 - 0.5 * _vivid((_length(*one[1:]) + _length(*other[1:])) / 2)
    (chroma1, hue1), (chroma2, hue2) = (_polar(boost * c[1], c[2]) for c in (one, other))
    turn = hue2 - hue1
    # the short way round; half a turn more puts the mean hue between the two on that way
    over = (np.abs(turn) > np.pi).astype(turn.dtype)
    hue = (hue1 + hue2) / 2 + over * np.pi
    turn -= np.copysign(over * (2 * np.pi), turn)
    chroma = (chroma1 + chroma2) / 2
    dark = (one[0] + other[0]) / 2 - 50
    dark *= dark
    lightness = (other[0] - one[0]) / (1 + 0.015 * dark / np.sqrt(20 + dark))
    colour = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    tint = 2 * np.sqrt(chroma1 * chroma2) * np.sin(turn / 2)
    tint /= 1 + 0.015 * chroma * _sensitivity(hue)
    turned = _rotation(chroma, hue) * colour * tint
    total = lightness * lightness + colour * colour + tint * tint + turned
    return np.asarray(np.sqrt(total))


def _polar(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    return _length(a, b), np.arctan2(b, a)


def _length(a: Numbers, b: Numbers) -> Numbers:
    """Several times as fast as hypot, which guards against lengths that no colour has."""
    return np.asarray(np.sqrt(a * a + b * b))


def _vivid(chroma: Numbers) -> Numbers:
    """√(C⁷ / (C⁷ + 25⁷)): 0 for greys, 1 for vivid colours."""
    ratio = chroma / 25
    cube = ratio * ratio * ratio
    seventh = cube * cube * ratio
    return np.asarray(np.sqrt(seventh / (seventh + 1)))


def _sensitivity(hue: Numbers) -> Numbers:
    """T: how unlike hues are told apart."""
    low = 1 - 0.17 * np.cos(hue - np.pi / 6) + 0.24 * np.cos(2 * hue)
    high = 0.32 * np.cos(3 * hue + np.pi / 30) - 0.20 * np.cos(4 * hue - 0.35 * np.pi)
    return np.asarray(low + high)


def _rotation(chroma: Numbers, hue: Numbers) -> Numbers:
    """R_T: chroma and hue are not told apart independently in blue."""
    degrees = np.degrees(hue) % 360
    offset = (degrees - 275) / 25
    return -2 * _vivid(chroma) * np.sin(np.pi / 3 * np.exp(-offset * offset))
