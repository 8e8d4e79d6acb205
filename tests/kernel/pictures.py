"""Pictures of every kind that an encoder treats in its own way, for the tests of the encoder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Kind = Callable[[np.random.Generator, int, int], np.ndarray]


def smooth(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Slopes with a little noise."""
    y, x = np.mgrid[:height, :width][..., None]
    slope = 90 + 3 * y * rng.random(3) + 2 * x * rng.random(3)
    return slope + rng.integers(-2, 3, (height, width, 3))


def flat(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3)) + rng.integers(0, 256, 3)


def noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    return rng.integers(0, 256, (height, width, 3))


def jpeg(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Light changes from pixel to pixel, colour hardly: the encoder looks back."""
    light = 128 + rng.integers(-3, 4, (height, width, 1)).cumsum(0) % 64
    return light + rng.integers(-9, 9, (height // 16 + 1, 1, 3)).repeat(16, 0)[:height]


def masked(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A smooth disc on a flat ground."""
    y, x = np.mgrid[:height, :width][..., None]
    inside = (2 * y / height - 1) ** 2 + (2 * x / width - 1) ** 2 < 0.8
    return np.where(inside, smooth(rng, height, width), 128)


def patches(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Everything, in pieces whose borders lie anywhere."""
    kinds = [smooth, flat, noise, jpeg]
    out = flat(rng, height, width)
    for _ in range(6):
        top, left = rng.integers(height), rng.integers(width)
        high, wide = rng.integers(1, height - top + 1), rng.integers(1, width - left + 1)
        kind = kinds[rng.integers(4)]
        out[top : top + high, left : left + wide] = kind(rng, high, wide)
    return out


KINDS: list[Kind] = [smooth, flat, noise, jpeg, masked, patches]


def made(kind: Kind, height: int, width: int, grey: bool = False, seed: int = 0) -> np.ndarray:
    """One as pixels."""
    image = (kind(np.random.default_rng(seed), height, width) % 256).astype(np.uint8)
    return image[..., 1].copy() if grey else image
