"""Pictures whose statistics a hand can compute."""

from __future__ import annotations

import numpy as np

from morphkit.engine.color import WHITE, encode_table

UNIT = 320
"""Side of the pictures, and pixels per face width."""

ALL = np.ones((UNIT, UNIT), dtype=bool)
Y, X = np.mgrid[:UNIT, :UNIT].astype(float)


def shown(light: np.ndarray) -> np.ndarray:
    """A grey picture of linear light 0…1, as 8-bit codes."""
    code = encode_table("linear")[np.clip(np.rint(light * WHITE), 0, WHITE).astype(int)]
    return np.repeat(code[..., None], 3, axis=2)


def grating(waves: float, contrast: float = 0.4, angle: float = 0.0) -> np.ndarray:
    """Light about 0.4 in waves per face width."""
    place = (X * np.cos(angle) + Y * np.sin(angle)) / UNIT
    return 0.4 * (1 + contrast * np.sin(2 * np.pi * waves * place))


def noise(power: float, seed: int = 1) -> np.ndarray:
    """Light about 0.4 with 10 % contrast, its amplitude falling as frequency ** power."""
    white = np.random.default_rng(seed).normal(size=(UNIT, UNIT))
    radius = np.hypot(np.fft.fftfreq(UNIT)[:, None], np.fft.rfftfreq(UNIT)[None])
    radius[0, 0] = 1
    rough = np.fft.irfft2(np.fft.rfft2(white) * radius**power, s=white.shape)
    return 0.4 * (1 + 0.1 * rough / rough.std())


def oval(height: int = UNIT, width: int = UNIT) -> np.ndarray:
    """A region that leaves the corners out."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return (y / 0.9) ** 2 + (x / 0.75) ** 2 < 1
