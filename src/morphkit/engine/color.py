"""Linear light in 15 bits: the tables between screen codes and what is added up.

Light adds linearly, screen codes do not (IEC 61966-2-1 for the curve).  Knows nothing of
faces.  May import NumPy.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

Light = Literal["linear", "srgb"]
LightArray = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
CodeArray = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

WHITE = 32767
"""Linear light of white; black is 0."""


def _linear(code: float) -> float:
    """sRGB-encoded 0…1 → linear 0…1."""
    return code / 12.92 if code <= 0.04045 else ((code + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    """Linear 0…1 → sRGB-encoded 0…1."""
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


@cache
def decode_table(light: Light) -> LightArray:
    """Return light (0…32767) for each 8-bit code, (256,) int16.

    ``srgb`` keeps codes as they are, only scaled: combination then happens in encoded values.
    """
    curve = _linear if light == "linear" else float
    table = np.array([round(WHITE * curve(code / 255)) for code in range(256)], dtype=np.int16)
    table.flags.writeable = False
    return table


@cache
def encode_table(light: Light) -> CodeArray:
    """Return the nearest 8-bit code for each light value, (32768,) uint8."""
    curve = _encoded if light == "linear" else float
    codes = [round(255 * curve(value / WHITE)) for value in range(WHITE + 1)]
    table = np.array(codes, dtype=np.uint8)
    table.flags.writeable = False
    return table


@cache
def linear_tables(light: Light) -> tuple[LightArray, LightArray]:
    """Return light → linear light, and back, two (32768,) int16; the same where it is linear."""
    curves = (float, float) if light == "linear" else (_linear, _encoded)
    tables = []
    for curve in curves:
        values = [round(WHITE * curve(value / WHITE)) for value in range(WHITE + 1)]
        tables.append(np.array(values, dtype=np.int16))
        tables[-1].flags.writeable = False
    return tables[0], tables[1]


def grey(level: float, light: Light) -> int:
    """Return the light of a grey given as sRGB-encoded 0…1, as its nearest 8-bit code has it."""
    return int(decode_table(light)[round(255 * level)])
