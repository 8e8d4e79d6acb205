"""Pictures to be compared: flat ones, random ones, shapes within them, mixtures in light."""

from __future__ import annotations

import numpy as np
from portraits import infant

from morphkit.engine.color import WHITE, decode_table, encode_table
from morphkit.measure.distance import compare, prepare

PICTURE_METRICS = ("rmse", "mae", "ssim", "gmsd", "ciede2000", "gabor_jet")


def flat(*colour: int, height: int = 20, width: int = 30) -> np.ndarray:
    """One colour, or one grey, all over."""
    return np.full((height, width, 3), colour, dtype=np.uint8)


def grey(plane: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(plane, dtype=np.uint8)[..., None], 3, axis=2)


def noise(seed: int, height: int, width: int) -> np.ndarray:
    """Codes within a random range, so that some pictures are nearly flat."""
    random = np.random.default_rng(seed)
    low, high = np.sort(random.integers(0, 257, 2))
    return random.integers(low, max(low + 1, high), (height, width, 3), dtype=np.uint8)


def oval(height: int, width: int, share: float = 0.9) -> np.ndarray:
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return x * x + y * y <= share * share


def face(expression: str, name: str = "infant01") -> np.ndarray:
    """A demo infant's face, 256 × 256 from the middle of the photo at half its size."""
    image = infant(name, expression).image.astype(float)
    half = (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4
    return np.ascontiguousarray(np.rint(half)[64:320, 64:320].astype(np.uint8))


def light(codes: np.ndarray) -> np.ndarray:
    return decode_table("linear")[codes] / WHITE


def mixed(one: np.ndarray, other: np.ndarray, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """A dissolve in linear light: its codes, and the light that they should stand for."""
    ideal = (1 - weight) * light(one) + weight * light(other)
    return encode_table("linear")[np.rint(WHITE * ideal).astype(int)], ideal


def apart(one: np.ndarray, other: np.ndarray, where: np.ndarray | None = None) -> dict[str, float]:
    return compare(prepare(one, where), prepare(other, where))
