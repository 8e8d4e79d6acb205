"""Affine maps between meshes: where each triangle of a frame lies in each source.

In 2⁻²⁸ px, so that equal meshes give equal pixels.  May import `engine.align`,
`engine.sample`, `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from morphkit.engine.align import Similarity
from morphkit.engine.sample import MAP_BITS
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

STEEPEST = 1 << 15
"""A triangle of the source that is this much larger than in the frame shows its middle."""


def affine_maps(
    frame: FloatArray, source: FloatArray, triangles: IntArray, to_source: Similarity
) -> IntArray:
    """Return the maps from canvas to the pixels of one source, (T, 6) int64; see `maps_to`."""
    (maps,) = maps_to(frame, [source], triangles, [to_source])
    return np.asarray(maps)


def maps_to(
    frame: FloatArray,
    sources: Sequence[FloatArray],
    triangles: IntArray,
    to_sources: Sequence[Similarity],
) -> IntArray:
    """Return the maps from canvas to source pixels, (K, T, 6) int64.

    Parameters
    ----------
    frame : (V, 2) float array
        Mesh points of the frame, on the landmark grid.
    sources : sequence of K (V, 2) float array
        Those of each source on the canvas, on the landmark grid, too.
    triangles : (T, 3) int array
    to_sources : sequence of K Similarity
        Canvas → source pixels; composed into each map, so that pixels are sampled once.

    Notes
    -----
    Where a triangle has not moved its map is the similarity itself, bit for bit.  One that
    is all but closed in the frame (over `STEEPEST` pixels of the source in one of the canvas)
    shows the middle of what it shows in the source; one that is closed is not drawn.
    """
    p0, p1, p2 = np.moveaxis(frame[triangles], 1, 0)
    q0, q1, q2 = np.moveaxis(np.stack(sources)[:, triangles], 2, 0)
    (ux, uy), (vx, vy), (px, py) = (p1 - p0).T, (p2 - p0).T, p0.T
    (sx, sy), (tx, ty) = np.moveaxis(q1 - q0, 2, 0), np.moveaxis(q2 - q0, 2, 0)
    area = ux * vy - uy * vx
    drawn = area > 0
    area = np.where(drawn, area, 1.0)
    slopes = np.stack(
        [
            (sx * vy - tx * uy) / area,
            (tx * ux - sx * vx) / area,
            (sy * vy - ty * uy) / area,
            (ty * ux - sy * vx) / area,
        ]
    )
    thin = np.abs(slopes).max(axis=0) > STEEPEST
    xx, xy, yx, yy = np.where(thin, 0.0, slopes)
    middle = (q0 + q1 + q2) / 3
    x0 = np.where(thin, middle[..., 0], q0[..., 0] - (xx * px + xy * py))
    y0 = np.where(thin, middle[..., 1], q0[..., 1] - (yx * px + yy * py))
    a, b, dx, dy = np.array([(m.a, m.b, m.tx, m.ty) for m in to_sources]).T[..., None]
    rows = [
        a * xx - b * yx,
        a * xy - b * yy,
        (a * x0 - b * y0) + dx,
        b * xx + a * yx,
        b * xy + a * yy,
        (b * x0 + a * y0) + dy,
    ]
    maps = np.where(drawn, np.stack(rows), 0.0) * (1 << MAP_BITS)
    return np.ascontiguousarray(np.moveaxis(np.rint(maps), 0, 2), dtype=np.int64)
