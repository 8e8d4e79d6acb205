"""The pixel path a second time, in floating point and from the definitions.

Every pixel: which triangle it lies in by barycentric coordinates, where that is in each
photo, the curve of IEC 61966-2-1 for light, Catmull and Rom's cubic for the place between
pixels.  Shares no code with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Array = np.ndarray
ToPhoto = Callable[[float, float], tuple[float, float]]


def light_of(codes: Array) -> Array:
    value = codes / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def codes_of(light: Array) -> Array:
    """Codes, not rounded."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def cubic(distance: float) -> float:
    t = abs(distance)
    if t < 1:
        return 1.5 * t**3 - 2.5 * t**2 + 1
    return -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0.0


def tent(distance: float) -> float:
    return max(0.0, 1 - abs(distance))


def sampled(light: Array, x: float, y: float, kernel: Callable[[float], float]) -> Array:
    """Light between the pixels; beyond the last ones it stays as they are."""
    height, width = light.shape[:2]
    total = np.zeros(light.shape[2])
    for row in range(int(np.floor(y)) - 1, int(np.floor(y)) + 3):
        for column in range(int(np.floor(x)) - 1, int(np.floor(x)) + 3):
            weight = kernel(x - column) * kernel(y - row)
            total += weight * light[min(max(row, 0), height - 1), min(max(column, 0), width - 1)]
    return total


def barycentric(corners: Array, x: float, y: float) -> Array | None:
    matrix = np.vstack([corners.T, np.ones(3)])
    if abs(np.linalg.det(matrix)) < 1e-9:
        return None
    return np.linalg.solve(matrix, [x, y, 1.0])


def rendered(
    frame: Array,
    triangles: Array,
    sources: Sequence[tuple[Array, Array, ToPhoto]],
    weights: Sequence[float],
    pixels: Sequence[tuple[int, int]],
    kernel: Callable[[float], float] = cubic,
) -> Array:
    """Codes (not rounded) at some pixels (x, y) of the canvas.

    Each source is its mesh points on the canvas, its light, and the way to the photo.
    """
    out = []
    for x, y in pixels:
        for corners in triangles:
            share = barycentric(frame[corners], x, y)
            if share is not None and share.min() >= -1e-9:
                break
        else:
            raise AssertionError(f"no triangle at {x}, {y}")
        total = np.zeros(3)
        for (points, light, to_photo), weight in zip(sources, weights, strict=True):
            place = to_photo(*(share @ points[corners]))
            total += weight * sampled(light, *place, kernel)
        out.append(codes_of(total))
    return np.array(out)
