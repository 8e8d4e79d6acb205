"""Sources: photos made ready to be sampled at the scale of the canvas.

A photo larger than the canvas needs is band-limited first, so that nothing aliases; it
keeps twice the canvas's resolution, so that sampling it costs no sharpness.  All in
integers; with a twin in the kernel.  May import `native`, `faces`, `engine.align`,
`engine.color` and NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from morphkit import native
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

IndexArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
WholeArray = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A photo, or the part of it that the canvas shows, ready to be sampled.

    Parameters
    ----------
    pixels : (H + 2 PAD, W + 2 PAD, 4) int16 array
        Light in 15 bits, red, green, blue, and how much of an open eye a pixel shows
        (0…32767, 0 where nothing has been said of eyes); edges repeated.
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
    ratio = max(1.0, scale / KEPT)
    reduced = _reduced(from_canvas, ratio)
    height, width = (math.ceil(size / ratio) for size in image.shape[:2])
    left, top, right, bottom = _footprint(reduced, canvas, width, height)
    table = decode_table(light)
    if scale <= 1.0:
        pixels = table[image[top:bottom, left:right]]
    else:
        rows, columns = _taps(top, bottom, scale, ratio), _taps(left, right, scale, ratio)
        pixels = _band_limited(image, table, rows, columns)
    return Source(padded(pixels), _shifted(reduced, left, top))


def _footprint(
    from_canvas: Similarity, canvas: Canvas, width: int, height: int
) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the canvas in a picture; at least one pixel."""
    xs, ys = (-0.5, canvas.width - 0.5), (-0.5, canvas.height - 0.5)
    corners = from_canvas(np.array([(x, y) for x in xs for y in ys]))
    low = np.floor(corners.min(axis=0)).astype(int) - PAD
    high = np.ceil(corners.max(axis=0)).astype(int) + PAD + 1
    left, top = min(max(int(low[0]), 0), width - 1), min(max(int(low[1]), 0), height - 1)
    right, bottom = max(min(int(high[0]), width), left + 1), max(min(int(high[1]), height), top + 1)
    return left, top, right, bottom


def _shifted(transform: Similarity, left: int, top: int) -> Similarity:
    return Similarity(transform.a, transform.b, transform.tx - left, transform.ty - top)


def _reduced(transform: Similarity, ratio: float) -> Similarity:
    """Follow `transform` by a reduction whose pixel i covers (i … i + 1) · ratio − ½."""
    offset = 0.5 / ratio - 0.5
    return Similarity(
        transform.a / ratio,
        transform.b / ratio,
        transform.tx / ratio + offset,
        transform.ty / ratio + offset,
    )


def padded(pixels: LightArray) -> LightArray:
    """Return (H, W, 3) light as a source has it: a fourth, empty channel and edges repeated."""
    height, width = pixels.shape[:2]
    full = np.zeros((height + 2 * PAD, width + 2 * PAD, 4), dtype=np.int16)
    full[PAD:-PAD, PAD:-PAD, :3] = pixels
    full[:, :PAD], full[:, -PAD:] = full[:, PAD, None], full[:, -PAD - 1, None]
    full[:PAD], full[-PAD:] = full[PAD], full[-PAD - 1]
    full.flags.writeable = False
    return full


def _band_limited(image: ByteArray, table: LightArray, rows: Taps, columns: Taps) -> LightArray:
    """Filter (H, W, 3) codes to light at some rows and columns, a few rows at a time.

    Nothing leaves int32: the taps of a pixel, signs dropped, sum to less than 1.5.
    """
    out = np.empty((len(rows.first), len(columns.first), 3), dtype=np.int16)
    if native.kernel:
        native.kernel.band_limited(
            np.ascontiguousarray(image),
            table,
            rows.first,
            rows.taps,
            columns.first,
            columns.taps,
            out,
        )
        return out
    across = columns.places(image.shape[1])
    left, right = int(across.min()), int(across.max()) + 1
    for start in range(0, len(out), _ROWS):
        block = slice(start, start + _ROWS)
        down = rows.places(image.shape[0])[block]
        top, bottom = int(down.min()), int(down.max()) + 1
        strip = table[image[top:bottom, left:right]]
        tall = np.zeros((len(out[block]), right - left, 3), dtype=np.int32)
        for place, tap in zip(down.T - top, rows.taps[block].T, strict=True):
            tall += strip[place] * tap[:, None, None]
        lines = _rounded(tall)
        wide = np.zeros(out[block].shape, dtype=np.int32)
        for place, tap in zip(across.T - left, columns.taps.T, strict=True):
            wide += lines[:, place] * tap[:, None]
        # a photo holds no negative light and none above white
        out[block] = np.clip(_rounded(wide), 0, WHITE)
    return out


def _rounded(total: WholeArray) -> WholeArray:
    """Back to 15 bits."""
    return (total + (1 << (_TAP_BITS - 1))) >> _TAP_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """For each of P pixels along one side, N places in the photo and their integer taps.

    Parameters
    ----------
    first : (P,) int64 array
        The first place of each; it may lie beyond the photo.
    taps : (P, N) int32 array
    """

    first: IndexArray
    taps: WholeArray

    def places(self, length: int) -> IndexArray:
        """Return them all, (P, N); what lies beyond a photo of some length is its edge."""
        places = self.first[:, None] + np.arange(self.taps.shape[1])
        return np.asarray(np.clip(places, 0, length - 1))


def _taps(first: int, stop: int, scale: float, ratio: float) -> Taps:
    """Return the taps of pixels `first` … `stop`; each pixel's sum to one."""
    reach = math.ceil(_LOBES * scale)
    starts = np.empty(stop - first, dtype=np.int64)
    taps = np.empty((stop - first, 2 * reach + 1), dtype=np.int32)
    for i in range(stop - first):
        centre = (first + i + 0.5) * ratio - 0.5
        near = np.arange(round(centre) - reach, round(centre) + reach + 1)
        raw = [_lanczos((int(place) - centre) / scale) for place in near]
        total = math.fsum(raw)
        taps[i] = [round(value / total * (1 << _TAP_BITS)) for value in raw]
        taps[i, reach] += (1 << _TAP_BITS) - taps[i].sum()
        starts[i] = near[0]
    return Taps(starts, taps)


def _lanczos(x: float) -> float:
    if x == 0:
        return 1.0
    if abs(x) >= _LOBES:
        return 0.0
    angle = math.pi * x
    return _LOBES * math.sin(angle) * math.sin(angle / _LOBES) / (angle * angle)
