"""Linear light in 15 bits: the tables between screen codes and what is added up.

Light adds linearly, screen codes do not (IEC 61966-2-1 for the curve).  Knows nothing of
faces.  May import NumPy.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeVar

import numpy as np

Light = Literal["linear", "srgb"]
LightArray = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
CodeArray = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SingleArray = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

_Kind = TypeVar("_Kind", np.int16, np.uint8)
_Share = TypeVar("_Share", FloatArray, SingleArray)

WHITE = 32767
"""Linear light of white; black is 0."""


def _linear(code: _Share) -> _Share:
    """sRGB-encoded 0…1 → linear 0…1."""
    light: _Share = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return light


def _encoded(light: _Share) -> _Share:
    """Linear 0…1 → sRGB-encoded 0…1."""
    code: _Share = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return code


def _kept(value: FloatArray) -> FloatArray:
    return value


@cache
def decode_table(light: Light) -> LightArray:
    """Return light (0…32767) for each 8-bit code, (256,) int16.

    ``srgb`` keeps codes as they are, only scaled: combination then happens in encoded values.
    """
    curve = _linear if light == "linear" else _kept
    return _fixed(WHITE * curve(np.arange(256) / 255), np.int16)


@cache
def encode_table(light: Light) -> CodeArray:
    """Return the nearest 8-bit code for each light value, (32768,) uint8."""
    curve = _encoded if light == "linear" else _kept
    return _fixed(255 * curve(np.arange(WHITE + 1) / WHITE), np.uint8)


@cache
def linear_tables(light: Light) -> tuple[LightArray, LightArray]:
    """Return light → linear light, and back, two (32768,) int16; the same where it is linear."""
    there, back = (_kept, _kept) if light == "linear" else (_linear, _encoded)
    values = np.arange(WHITE + 1) / WHITE
    return _fixed(WHITE * there(values), np.int16), _fixed(WHITE * back(values), np.int16)


def _fixed(values: FloatArray, kind: type[_Kind]) -> np.ndarray[tuple[int, ...], np.dtype[_Kind]]:
    """Return a table of the nearest whole numbers that nobody can change."""
    table = np.rint(values).astype(kind)
    table.flags.writeable = False
    return table


def as_linear(share: _Share) -> _Share:
    """Return the linear light of shares of white that are encoded as sRGB, 0…1."""
    return np.asarray(_linear(share), dtype=share.dtype)


def as_encoded(share: _Share) -> _Share:
    """Return linear light, as shares of white, encoded as sRGB, 0…1."""
    return np.asarray(_encoded(share), dtype=share.dtype)


def grey(level: float, light: Light) -> int:
    """Return the light of a grey given as sRGB-encoded 0…1, as its nearest 8-bit code has it."""
    return int(decode_table(light)[round(255 * level)])
