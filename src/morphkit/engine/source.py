"""Sources: photos made ready to be sampled at the scale of the canvas.

A photo larger than the canvas needs is band-limited first, so that nothing aliases; it
keeps twice the canvas's resolution, so that sampling it costs no sharpness.  All in
integers.  May import `faces`, `engine.align`, `engine.color` and NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from morphkit.engine.align import Canvas, Similarity
from morphkit.engine.color import WHITE, Light, LightArray, decode_table
from morphkit.faces.face import ByteArray

PAD = 3
"""Pixels of edge repeated around a source, so that no tap of the sampler falls outside."""

KEPT = 2.0
"""Source pixels kept per canvas pixel when a photo is larger than the canvas needs."""

_LOBES = 3
_TAP_BITS = 14
_ROWS = 32

TapArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A photo, or the part of it that the canvas shows, ready to be sampled.

    Parameters
    ----------
    pixels : (H + 2 PAD, W + 2 PAD, 4) int16 array
        Light in 15 bits, red, green, blue, 0; edges repeated.
    from_canvas : Similarity
        Canvas pixels → pixels of this source, without the padding.
    """

    pixels: LightArray
    from_canvas: Similarity


def prepare(image: ByteArray, to_canvas: Similarity, canvas: Canvas, light: Light) -> Source:
    """Crop a photo to what the canvas shows of it, and band-limit it.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    to_canvas : Similarity
        Photo pixels → canvas pixels.
    canvas : Canvas
    light : {"linear", "srgb"}

    Returns
    -------
    Source
        A photo of at most the canvas's scale is only cropped.  A larger one goes through a
        Lanczos-3 filter (Duchon 1979, doi 10.1175/1520-0450(1979)018<1016:LFIOAT>2.0.CO;2)
        that ends at the canvas's Nyquist frequency, in linear light.
    """
    from_canvas = to_canvas.inverse()
    scale = from_canvas.scale
    margin = 4 + math.ceil(_LOBES * max(scale, 1.0))
    left, top, right, bottom = _footprint(from_canvas, canvas, margin, image.shape)
    crop = image[top:bottom, left:right]
    moved = _shifted(from_canvas, left, top)
    if scale <= 1.0:
        return Source(_padded(decode_table(light)[crop]), moved)
    ratio = max(1.0, scale / KEPT)
    limited = _band_limited(crop, decode_table(light), scale, ratio)
    return Source(_padded(limited), _shrunk(moved, ratio))


def _footprint(
    from_canvas: Similarity, canvas: Canvas, margin: int, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the canvas in the photo; at least one pixel."""
    xs, ys = (-0.5, canvas.width - 0.5), (-0.5, canvas.height - 0.5)
    corners = from_canvas(np.array([(x, y) for x in xs for y in ys]))
    low = np.floor(corners.min(axis=0)).astype(int) - margin
    high = np.ceil(corners.max(axis=0)).astype(int) + margin + 1
    height, width = shape[:2]
    left, top = min(max(int(low[0]), 0), width - 1), min(max(int(low[1]), 0), height - 1)
    right, bottom = max(min(int(high[0]), width), left + 1), max(min(int(high[1]), height), top + 1)
    return left, top, right, bottom


def _shifted(transform: Similarity, left: int, top: int) -> Similarity:
    return Similarity(transform.a, transform.b, transform.tx - left, transform.ty - top)


def _shrunk(transform: Similarity, ratio: float) -> Similarity:
    """Follow `transform` by a reduction whose pixel i covers (i … i + 1) · ratio − ½."""
    offset = 0.5 / ratio - 0.5
    return Similarity(
        transform.a / ratio,
        transform.b / ratio,
        transform.tx / ratio + offset,
        transform.ty / ratio + offset,
    )


def _padded(pixels: LightArray) -> LightArray:
    full = np.zeros((*pixels.shape[:2], 4), dtype=np.int16)
    full[..., :3] = pixels
    padded = np.pad(full, ((PAD, PAD), (PAD, PAD), (0, 0)), mode="edge")
    padded.flags.writeable = False
    return padded


def _band_limited(crop: ByteArray, table: LightArray, scale: float, ratio: float) -> LightArray:
    """Filter and reduce (H, W, 3) codes to light, rows first, a few rows at a time."""
    rows, row_taps = _taps(crop.shape[0], scale, ratio)
    columns, column_taps = _taps(crop.shape[1], scale, ratio)
    out = np.empty((len(rows), len(columns), 3), dtype=np.int16)
    for start in range(0, len(rows), _ROWS):
        block = slice(start, start + _ROWS)
        tall = np.zeros((len(rows[block]), crop.shape[1], 3), dtype=np.int32)
        for t in range(rows.shape[1]):
            tall += table[crop[rows[block, t]]] * row_taps[block, t, None, None].astype(np.int32)
        lines = _rounded(tall)
        wide = np.zeros((len(lines), len(columns), 3), dtype=np.int32)
        for t in range(columns.shape[1]):
            wide += lines[:, columns[:, t]] * column_taps[:, t, None].astype(np.int32)
        out[block] = _rounded(wide)
    return out


def _rounded(
    total: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Back to 15 bits; a photo holds no negative light and none above white."""
    whole = (total + (1 << (_TAP_BITS - 1))) >> _TAP_BITS
    return np.asarray(np.clip(whole, 0, WHITE), dtype=np.int32)


def _taps(length: int, scale: float, ratio: float) -> tuple[TapArray, TapArray]:
    """Return, for each output pixel, its input indices and integer taps that sum to one."""
    count = max(1, math.floor(length / ratio))
    reach = math.ceil(_LOBES * scale)
    indices = np.empty((count, 2 * reach + 1), dtype=np.int64)
    taps = np.empty_like(indices)
    for i in range(count):
        centre = (i + 0.5) * ratio - 0.5
        first = round(centre) - reach
        raw = [_lanczos((first + t - centre) / scale) for t in range(2 * reach + 1)]
        whole = [round(value / sum(raw) * (1 << _TAP_BITS)) for value in raw]
        whole[reach] += (1 << _TAP_BITS) - sum(whole)
        indices[i] = np.clip(np.arange(first, first + 2 * reach + 1), 0, length - 1)
        taps[i] = whole
    return indices, taps


def _lanczos(x: float) -> float:
    if x == 0:
        return 1.0
    if abs(x) >= _LOBES:
        return 0.0
    angle = math.pi * x
    return _LOBES * math.sin(angle) * math.sin(angle / _LOBES) / (angle * angle)
