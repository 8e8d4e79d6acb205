"""The pixel path: every output pixel sampled once from each source, in integers.

This is the reference.  The kernel takes the same `Job` and must give the same bits, so
nothing here depends on the machine: coordinates are fixed-point, taps and weights are
integers, and the only rounding rules are the shifts written below.

==============  =======================================================================
mesh points     1/1024 px
affine maps     2⁻²⁸ source px per canvas px, int64
drift           2⁻¹⁴ source px; between nodes float32, then rounded
sample place    1/1024 source px
taps            2⁻¹⁴, four by four; columns are summed to 14 bits, rows back to 15
weights, mask   2⁻¹⁵
light           0…32767, int32; may leave the range until it is written
==============  =======================================================================

May import `engine.color`, `engine.grid`, `engine.raster`, `engine.sample`,
`engine.source`, `native` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit import native
from morphkit.engine.color import WHITE, CodeArray
from morphkit.engine.grid import SingleArray, between
from morphkit.engine.raster import FINE, Cover, owners
from morphkit.engine.sample import MAP_BITS, PHASE_BITS, Sampler, place, sampled, tap_table
from morphkit.engine.source import Source
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
LightFrame = np.ndarray[tuple[int, ...], np.dtype[np.int32]]
WholeArray = np.ndarray[tuple[int, ...], np.dtype[np.signedinteger[Any]]]
"""Whole numbers of any size."""

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

ONE_BITS = 15
ONE = 1 << ONE_BITS
DRIFT_BITS = 14
LONGEST_DRIFT = (1 << 22) - 1
"""Drift is at most 256 px, in 2⁻¹⁴."""

_ROWS = 64
_LEAST_SEEN = ONE >> 3
"""Where sources show less of an eye than this, together, the mesh fills in."""


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """What is added to the sampling places of each source: smooth, and small.

    Parameters
    ----------
    maps : (T, 6) int64 array
        Canvas of the frame → canvas of the mean shape, in 2⁻²⁸ px, as `Job.maps`.
    grid : (h, w, 2 K) float32 array
        At the nodes of `engine.grid` in the mean shape: x and y for each source, whole
        numbers of 2⁻¹⁴ source pixels, at most `LONGEST_DRIFT`.
    """

    maps: IntArray
    grid: SingleArray


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """An open mouth or eye of a frame: what is seen in it.

    Parameters
    ----------
    cover : Cover
        Where it is open.
    weights : (K,) int64 array
        In 2⁻¹⁵; a source that is shut has none.  They sum to 2¹⁵, or to less where little
        light falls in.
    maps : (K, T, 6) int64 array
        As `Job.maps`, for what lies inside.
    balls : (K, 6) int64 array or None
        For an eye, where each source shows its ball, as far as it does: canvas → source.
    """

    cover: Cover
    weights: IntArray
    maps: IntArray
    balls: IntArray | None


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
    mask : (H, W) int32 array
        0 (background) … 2¹⁵ (face).
    background : int
        Light outside the mask.
    encode : (32768,) uint8 array
        Light → code.
    sampler : {"catmull-rom", "bilinear"}
    drift : Drift or None
    openings : sequence of Opening
        Drawn over the rest, in this order.
    """

    vertices: IntArray
    triangles: IntArray
    maps: IntArray
    sources: Sequence[Source]
    weights: IntArray
    mask: WholeArray
    background: int
    encode: CodeArray
    sampler: Sampler
    drift: Drift | None = None
    openings: Sequence[Opening] = ()


def render(job: Job) -> CodeArray:
    """Return the frame of a job, (H, W, 3) uint8."""
    if native.kernel:
        out = np.empty((*job.mask.shape, 3), dtype=np.uint8)
        native.kernel.render(_packed(job), *_page(job), out)
        return out
    return written(job, light(job, job.mask > 0))


def light(job: Job, where: BoolArray) -> LightFrame:
    """Return the combined light, (H, W, 3), at the pixels that are asked for; 0 elsewhere."""
    height, width = job.mask.shape
    frame = np.zeros((height, width, 3), dtype=np.int32)
    if native.kernel:
        native.kernel.light(_packed(job), where, frame)
        return frame
    owner = owners(job.vertices, job.triangles, width, height)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        y, x = np.nonzero(where[rows])
        if len(x):
            frame[rows][y, x] = _combined(job, job.maps, job.weights, owner[rows][y, x], x, y + top)
    for opening in job.openings:
        box = opening.cover
        y, x = np.nonzero(box.parts)
        parts = box.parts[y, x][:, None].astype(np.int64)
        y, x = y + box.top, x + box.left
        shown = where[y, x]
        y, x, parts = y[shown], x[shown], parts[shown]
        inside = _inside(job, opening, owner[y, x], x, y)
        whole = FINE * FINE
        frame[y, x] = (inside * parts + frame[y, x] * (whole - parts) + whole // 2) // whole
    return frame


def written(job: Job, frame: LightFrame) -> CodeArray:
    """Return (H, W, 3) codes of a frame's light: masked, clipped, encoded, once."""
    out = np.full(frame.shape, job.encode[job.background], dtype=np.uint8)
    if native.kernel:
        native.kernel.written(frame, *_page(job), out)
        return out
    shown = job.mask > 0
    alpha = job.mask[shown][:, None].astype(np.int64)
    mixed = (frame[shown] * alpha + job.background * (ONE - alpha) + ONE // 2) >> ONE_BITS
    out[shown] = job.encode[np.clip(mixed, 0, WHITE)]
    return out


def _packed(job: Job) -> tuple[object, ...]:
    """A job as the kernel takes it."""
    drift = job.drift and (job.drift.maps, job.drift.grid)
    openings = tuple(
        (one.cover.left, one.cover.top, one.cover.parts, one.weights, one.maps, one.balls)
        for one in job.openings
    )
    return (
        job.vertices,
        job.triangles,
        job.maps,
        tuple(source.pixels for source in job.sources),
        job.weights,
        tap_table(job.sampler),
        job.sampler == "bilinear",
        drift,
        openings,
    )


def _page(job: Job) -> tuple[object, ...]:
    """What a job is written with, as the kernel takes it."""
    return np.ascontiguousarray(job.mask, dtype=np.int32), job.background, job.encode


def quantised(weights: FloatArray) -> IntArray:
    """Return weights in 2⁻¹⁵ that sum to exactly 2¹⁵.

    Two weights never need correcting, so swapping a pair of faces swaps these too; for more,
    the largest takes the rest.
    """
    whole = np.rint(np.asarray(weights) * ONE).astype(np.int64)
    whole[int(np.argmax(whole))] += ONE - int(whole.sum())
    return np.asarray(whole, dtype=np.int64)


def _combined(
    job: Job, maps: IntArray, weights: IntArray, owner: WholeArray, x: IntArray, y: IntArray
) -> IntArray:
    """Weighted light of P pixels, (P, 3)."""
    total = np.zeros((len(x), 3), dtype=np.int64)
    away = None if job.drift is None else _drifted(job.drift, owner, x, y)
    for k, (source, weight) in enumerate(zip(job.sources, weights, strict=True)):
        if weight:
            u, v = _mapped(maps[k][owner], x, y)
            if away is not None:
                u, v = u + away[:, 2 * k], v + away[:, 2 * k + 1]
            total += weight * _seen(source, u, v, job.sampler)[:, :3]
    return (total + ONE // 2) >> ONE_BITS


def _mapped(m: IntArray, x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
    return (
        m[..., 0] * x + m[..., 1] * y + m[..., 2],
        m[..., 3] * x + m[..., 4] * y + m[..., 5],
    )


def _drifted(drift: Drift, owner: WholeArray, x: IntArray, y: IntArray) -> IntArray:
    """What is added to the places of P pixels in each source, (P, 2 K), in 2⁻²⁸ px."""
    shift = MAP_BITS - PHASE_BITS
    u, v = _mapped(drift.maps[owner], x, y)
    mean = (u + (1 << (shift - 1))) >> shift, (v + (1 << (shift - 1))) >> shift
    return np.rint(between(drift.grid, *mean)).astype(np.int64) << (MAP_BITS - DRIFT_BITS)


def _seen(source: Source, u: IntArray, v: IntArray, sampler: Sampler) -> IntArray:
    height, width = source.pixels.shape[:2]
    return sampled(source, place(u, width), place(v, height), sampler)


def _inside(job: Job, opening: Opening, owner: WholeArray, x: IntArray, y: IntArray) -> IntArray:
    """Light inside an opening, (P, 3): only of sources that show their inside."""
    meshed = _combined(job, opening.maps, opening.weights, owner, x, y)
    if opening.balls is None:
        return meshed
    total = np.zeros_like(meshed)
    seen = np.zeros((len(x), 1), dtype=np.int64)
    for source, maps, weight in zip(job.sources, opening.balls, opening.weights, strict=True):
        if weight:
            ball = _seen(source, *_mapped(maps, x, y), job.sampler)
            share = (weight * np.clip(ball[:, 3:], 0, WHITE)) >> ONE_BITS
            total += share * ball[:, :3]
            seen += share
    lacking = np.maximum(_LEAST_SEEN - seen, 0)
    seen += lacking
    return np.asarray((total + lacking * meshed + seen // 2) // seen, dtype=np.int64)
