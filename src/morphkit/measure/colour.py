"""From screen codes to sums of light: luminance, and what CIELAB is made of.

May import `engine.color` and NumPy.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from morphkit.engine.color import WHITE, CodeArray, SingleArray, decode_table

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue light in luminance (Rec. ITU-R BT.709)."""


@cache
def _tables(shares: tuple[float, ...]) -> SingleArray:
    """Return what each code of each channel adds, (channels, 256)."""
    return (np.array(shares)[:, None] * (decode_table("linear") / WHITE)).astype(np.float32)


def linear(codes: CodeArray) -> SingleArray:
    """Return the linear light of sRGB codes, of white = 1."""
    return np.asarray(_tables((1.0,))[0].take(codes))


def luminance(codes: CodeArray) -> SingleArray:
    """Return the linear luminance of (…, 3) sRGB codes, white = 1."""
    return weighted(codes, LUMINANCE)


def weighted(codes: CodeArray, shares: tuple[float, float, float]) -> SingleArray:
    """Return a weighted sum of the linear light of (…, 3) sRGB codes, of white = 1."""
    red, green, blue = _tables(shares)
    return np.asarray(red[codes[..., 0]] + green[codes[..., 1]] + blue[codes[..., 2]])
