"""The pixel path: every output pixel sampled once from each source, in integers.

This is the reference.  A compiled twin takes the same `Job` and must give the same bits,
so nothing here depends on the machine: coordinates are fixed-point, taps and weights are
integers, and the only rounding rules are the shifts written below.

==============  =======================================================================
mesh points     1/1024 px
affine maps     2⁻²⁸ source px per canvas px, int64
sample place    1/1024 source px
taps            2⁻¹⁴, four by four; rows are summed to 14 bits, columns back to 15
weights, mask   2⁻¹⁵
light           0…32767; may leave the range until it is written
==============  =======================================================================

May import `engine.align`, `engine.color`, `engine.source` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from morphkit.engine.align import GRID, Similarity
from morphkit.engine.color import WHITE, CodeArray
from morphkit.engine.source import PAD, Source
from morphkit.faces.face import FloatArray

Sampler = Literal["catmull-rom", "bilinear"]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

MAP_BITS = 28
PHASE_BITS = 10
TAP_BITS = 14
ONE_BITS = 15
ONE = 1 << ONE_BITS
STEEPEST = 1 << 15
_ROWS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Everything that decides the pixels of one frame.

    Parameters
    ----------
    vertices : (V, 2) int64 array
        Mesh points of the frame in 1/1024 px; together the triangles cover the canvas.
    triangles : (T, 3) int64 array
        Positively oriented; where some overlap, the last one is seen.
    maps : (K, T, 6) int64 array
        For source k in triangle t: x' = m₀x + m₁y + m₂, y' = m₃x + m₄y + m₅ in 2⁻²⁸ px.
    sources : sequence of K Source
    weights : (K,) int64 array
        In 2⁻¹⁵; they sum to 2¹⁵.
    mask : (H, W) int64 array
        0 (background) … 2¹⁵ (face).
    background : int
        Light outside the mask.
    encode : (32768,) uint8 array
        Light → code.
    sampler : {"catmull-rom", "bilinear"}
    """

    vertices: IntArray
    triangles: IntArray
    maps: IntArray
    sources: Sequence[Source]
    weights: IntArray
    mask: IntArray
    background: int
    encode: CodeArray
    sampler: Sampler


def render(job: Job) -> CodeArray:
    """Return the frame of a job, (H, W, 3) uint8."""
    height, width = job.mask.shape
    owner = owners(job.vertices, job.triangles, width, height)
    out = np.full((height, width, 3), job.encode[job.background], dtype=np.uint8)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        y, x = np.nonzero(job.mask[rows])
        if len(x):
            light = _combined(job, owner[rows][y, x], x, y + top)
            alpha = job.mask[rows][y, x][:, None]
            light = (light * alpha + job.background * (ONE - alpha) + ONE // 2) >> ONE_BITS
            out[rows][y, x] = job.encode[np.clip(light, 0, WHITE)]
    return out


def quantised(weights: FloatArray) -> IntArray:
    """Return weights in 2⁻¹⁵ that sum to exactly 2¹⁵.

    Two weights never need correcting, so swapping a pair of faces swaps these too; for more,
    the largest takes the rest.
    """
    whole = np.rint(np.asarray(weights) * ONE).astype(np.int64)
    whole[int(np.argmax(whole))] += ONE - int(whole.sum())
    return np.asarray(whole, dtype=np.int64)


def affine_maps(
    frame: FloatArray, source: FloatArray, triangles: IntArray, to_source: Similarity
) -> IntArray:
    """Return the maps from canvas to source pixels, (T, 6) int64.

    Parameters
    ----------
    frame, source : (V, 2) float array
        Mesh points of the frame, and of the source on the canvas, both on the landmark grid.
    triangles : (T, 3) int array
    to_source : Similarity
        Canvas → source pixels; composed into each map, so that pixels are sampled once.

    Notes
    -----
    Where a triangle has not moved its map is the similarity itself, bit for bit.  One that
    is all but closed in the frame (over `STEEPEST` pixels of the source in one of the canvas)
    shows the middle of what it shows in the source; one that is closed is not drawn.
    """
    p0, p1, p2 = (frame[triangles[:, i]] for i in range(3))
    q0, q1, q2 = (source[triangles[:, i]] for i in range(3))
    u, v, s, t = p1 - p0, p2 - p0, q1 - q0, q2 - q0
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    drawn = area > 0
    area = np.where(drawn, area, 1.0)
    xx = (s[:, 0] * v[:, 1] - t[:, 0] * u[:, 1]) / area
    xy = (t[:, 0] * u[:, 0] - s[:, 0] * v[:, 0]) / area
    yx = (s[:, 1] * v[:, 1] - t[:, 1] * u[:, 1]) / area
    yy = (t[:, 1] * u[:, 0] - s[:, 1] * v[:, 0]) / area
    thin = np.abs([xx, xy, yx, yy]).max(axis=0) > STEEPEST
    xx, xy, yx, yy = (np.where(thin, 0.0, slope) for slope in (xx, xy, yx, yy))
    x0 = np.where(thin, (q0 + q1 + q2)[:, 0] / 3, q0[:, 0] - (xx * p0[:, 0] + xy * p0[:, 1]))
    y0 = np.where(thin, (q0 + q1 + q2)[:, 1] / 3, q0[:, 1] - (yx * p0[:, 0] + yy * p0[:, 1]))
    a, b = to_source.a, to_source.b
    rows = [
        a * xx - b * yx,
        a * xy - b * yy,
        (a * x0 - b * y0) + to_source.tx,
        b * xx + a * yx,
        b * xy + a * yy,
        (b * x0 + a * y0) + to_source.ty,
    ]
    maps = np.where(drawn, np.stack(rows), 0.0)
    return np.asarray(np.rint(maps.T * (1 << MAP_BITS)), dtype=np.int64)


def owners(vertices: IntArray, triangles: IntArray, width: int, height: int) -> IntArray:
    """Return which triangle each pixel centre lies in, (H, W); −1 for none.

    Exact: integer edge functions, and an edge's pixels belong to the triangle on one side of
    it, so that neighbours share no pixel and leave none out.  A triangle that is closed or
    turned over owns none; where others overlap there, the last one is seen.
    """
    owner = np.full((height, width), -1, dtype=np.int64)
    for index, corners in enumerate(vertices[triangles]):
        low = np.maximum(-(-corners.min(axis=0) // GRID), 0)
        high = np.minimum(corners.max(axis=0) // GRID + 1, (width, height))
        if (low >= high).any():
            continue
        x = np.arange(low[0], high[0])[None, :] * GRID
        y = np.arange(low[1], high[1])[:, None] * GRID
        inside = np.ones((high[1] - low[1], high[0] - low[0]), dtype=bool)
        for (ax, ay), (bx, by) in zip(corners, corners[[1, 2, 0]], strict=True):
            dx, dy = bx - ax, by - ay
            takes_its_edge = dy < 0 or (dy == 0 and dx > 0)
            side = dx * (y - ay) - dy * (x - ax)
            inside &= side >= 0 if takes_its_edge else side > 0
        owner[low[1] : high[1], low[0] : high[0]][inside] = index
    return owner


def _combined(job: Job, owner: IntArray, x: IntArray, y: IntArray) -> IntArray:
    """Weighted light of P pixels, (P, 3)."""
    total = np.zeros((len(x), 3), dtype=np.int64)
    for source, maps, weight in zip(job.sources, job.maps, job.weights, strict=True):
        if weight:
            m = maps[owner]
            u = _place(m[:, 0] * x + m[:, 1] * y + m[:, 2], source.pixels.shape[1])
            v = _place(m[:, 3] * x + m[:, 4] * y + m[:, 5], source.pixels.shape[0])
            total += weight * _sampled(source, u, v, job.sampler)
    return (total + ONE // 2) >> ONE_BITS


def _place(fixed: IntArray, padded: int) -> IntArray:
    """Round to 1/1024 px, stay within a pixel of the photo, and count from the padding."""
    shift = MAP_BITS - PHASE_BITS
    place = (fixed + (1 << (shift - 1))) >> shift
    one = 1 << PHASE_BITS
    return np.asarray(np.clip(place, -one, (padded - 2 * PAD) * one) + PAD * one)


def _sampled(source: Source, u: IntArray, v: IntArray, sampler: Sampler) -> IntArray:
    """Light at P places in 1/1024 px, (P, 3); four taps a row, four rows."""
    taps = tap_table(sampler)
    phase = (1 << PHASE_BITS) - 1
    across, down = taps[u & phase][:, None, None, :], taps[v & phase][:, None, :]
    width = source.pixels.shape[1]
    start = ((v >> PHASE_BITS) - 1) * width + (u >> PHASE_BITS) - 1
    flat = source.pixels.reshape(-1, 4)
    windows = np.lib.stride_tricks.as_strided(
        flat, (len(flat) - 3 * width - 3, 4, 4, 4), (8, 8 * width, 8, 2), writeable=False
    )
    rows = (across @ windows[start])[:, :, 0]  # whole numbers: no BLAS, no rounding
    light = (down @ ((rows + (1 << TAP_BITS)) >> (TAP_BITS + 1)))[:, 0, :3]
    return np.asarray((light + (1 << (TAP_BITS - 2))) >> (TAP_BITS - 1), dtype=np.int64)


@cache
def tap_table(sampler: Sampler) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Return the taps at −1, 0, 1, 2 for each of 1024 phases, (1024, 4), in 2⁻¹⁴.

    Catmull and Rom 1974, doi 10.1016/B978-0-12-079050-0.50020-5.
    """
    rows = []
    for phase in range(1 << PHASE_BITS):
        f = phase / (1 << PHASE_BITS)
        if sampler == "bilinear":
            exact = [0.0, 1 - f, f, 0.0]
        else:
            exact = [
                ((2 - f) * f - 1) * f / 2,
                ((3 * f - 5) * f * f + 2) / 2,
                ((4 - 3 * f) * f + 1) * f / 2,
                (f - 1) * f * f / 2,
            ]
        whole = [round(tap * (1 << TAP_BITS)) for tap in exact]
        whole[1 if f < 0.5 else 2] += (1 << TAP_BITS) - sum(whole)
        rows.append(whole)
    table = np.array(rows, dtype=np.int32)
    table.flags.writeable = False
    return table
