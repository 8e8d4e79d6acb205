"""Residuals of a set's anchors: found for a pair, shared in a frame.

`engine.flow` says how two faces still disagree when the mesh has warped them to the mean
shape; here that is asked of anchors on a stage, made free of folds, and turned into what a
frame adds to the sampling places of its sources.  May import `engine` below the frame, and
NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from morphkit.engine import grid
from morphkit.engine.affine import affine_maps
from morphkit.engine.align import GRID, Similarity
from morphkit.engine.blur import blurred
from morphkit.engine.cells import interpolated, reduced
from morphkit.engine.evidence import SingleArray, View
from morphkit.engine.flow import at_nodes, details, search, step
from morphkit.engine.ghost import Ghost, ghost
from morphkit.engine.raster import OwnerArray, owners
from morphkit.engine.sample import MAP_BITS
from morphkit.engine.source import Source
from morphkit.engine.stage import Anchor, Stage
from morphkit.engine.warp import DRIFT_BITS, LONGEST_DRIFT, IntArray
from morphkit.faces.face import FloatArray

LEAST_AREA = 0.1
"""A residual may shrink no place below this share of its area."""

IDENTITY = Similarity(1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """The residual u of a pair of anchors.

    Parameters
    ----------
    field : (h, w, 2) int64 array
        At the nodes of `engine.grid` in the mean shape, in 1/1024 px of the canvas: where
        the first shows what it has at A(p) − u/2, the second has it at B(p) + u/2.
    before, after : Ghost
        How far the two disagree as the mesh warps them, and with the residual removed.  The
        same in every frame of the pair: layers that disagree do so whatever their weights.
    """

    field: IntArray
    before: Ghost
    after: Ghost

    def turned(self) -> Residual:
        """Return the residual of the same two, the other way round."""
        return replace(self, field=-self.field)


Residuals = Mapping[tuple[int, int], Residual]
"""By the two anchors' places among their like, the lower first."""


def residuals(
    anchors: Sequence[Anchor],
    tones: Sequence[IntArray],
    on: Stage,
    pairs: Iterable[tuple[int, int]] | None = None,
) -> Residuals:
    """Find the residuals of some pairs of anchors; of all by default.

    Parameters
    ----------
    anchors : sequence of Anchor
        Of one infant.
    tones : sequence of (H, W) int array
        Luminance of each one's photo on the canvas, 0…32767.
    on : Stage
    pairs : iterable of (int, int), optional
        Places in `anchors`, the lower first.
    """
    count = len(anchors)
    wanted = [(i, j) for i in range(count) for j in range(i + 1, count)] if pairs is None else pairs
    width = on.face_width
    owner = _owner(on)
    trust = _trust(on, owner)
    views: dict[int, View] = {}
    found = {}
    for i, j in wanted:
        for place in {i, j} - views.keys():
            views[place] = _view(anchors[place], tones[place], on, owner)
        one, other, scheme = views[i], views[j], anchors[i].landmarks.scheme
        first = search(one, other, trust, width)
        nodes = at_nodes(first, on.canvas.width, on.canvas.height, width)
        nodes = _unfolded(nodes, [_nodes(anchors[place], on, owner) for place in (i, j)])
        field = np.rint(nodes * GRID).astype(np.int64)
        left = search(*_moved(one, other, field, width), trust, width)
        sizes = (ghost(each, trust, on, scheme) for each in (first, left))
        found[i, j] = Residual(field, *sizes)
    return found


def _moved(a: View, b: View, field: IntArray, face_width: float) -> tuple[View, View]:
    """Return the views with the residual removed, half of it from each."""
    k = step(face_width)
    rows, columns = ((_every(k, side) + (k - 1) / 2) / grid.SPACING for side in a.x.shape)
    half = (np.moveaxis(field, 2, 0) / (2 * GRID * k)).astype(np.float32)
    dx, dy = interpolated(half, rows, columns)
    return replace(a, x=a.x - dx, y=a.y - dy), replace(b, x=b.x + dx, y=b.y + dy)


def shares(
    shape: Sequence[float], sources: Sequence[Source], pairs: Residuals
) -> SingleArray | None:
    """Return what is added to the places of each source in a frame, as `warp.Drift.grid`.

    None when nothing is: without residuals, and where one anchor has all the weight.
    """
    if not pairs:
        return None
    like = next(iter(pairs.values())).field.shape
    total = np.zeros((len(sources), *like))
    for (i, j), one in pairs.items():
        total[i] -= shape[j] * one.field
        total[j] += shape[i] * one.field
    if not total.any():
        return None
    grids = []
    for away, source in zip(total / GRID, sources, strict=True):
        a, b = source.from_canvas.a, source.from_canvas.b
        x, y = away[..., 0], away[..., 1]
        there = np.stack([a * x - b * y, b * x + a * y], axis=2)
        grids.append(np.clip(np.rint(there * (1 << DRIFT_BITS)), -LONGEST_DRIFT, LONGEST_DRIFT))
    return np.concatenate(grids, axis=2).astype(np.float32)


def to_mean(vertices: FloatArray, on: Stage) -> IntArray:
    """Return the maps from a frame to the mean shape, as `warp.Drift.maps`."""
    return affine_maps(vertices, on.mesh.mean, on.mesh.triangles, IDENTITY)


def _owner(on: Stage) -> OwnerArray:
    """Which triangle each pixel of the mean shape lies in."""
    vertices = np.rint(on.mesh.mean * GRID).astype(np.int64)
    return owners(vertices, on.mesh.triangles, on.canvas.width, on.canvas.height)


def _trust(on: Stage, owner: OwnerArray) -> SingleArray:
    """Where in the mean shape two faces are comparable: in the mask, not inside apertures."""
    width = on.face_width
    k = step(width)
    inside = reduced((on.mesh.aperture[owner] >= 0).astype(np.float32), k)
    clear = np.clip(1 - 2 * blurred(inside, 0.01 * width / k), 0, 1)
    return np.asarray(clear * (reduced((on.mask > 0).astype(np.float32), k) > 0))


def _view(anchor: Anchor, tone: IntArray, on: Stage, owner: OwnerArray) -> View:
    width = on.face_width
    k = step(width)
    middle = (k - 1) / 2
    rows, columns = (_every(k, -(-side // k)) + middle for side in owner.shape)
    x, y = (
        ((part - middle) / k).astype(np.float32)
        for part in _mapped(anchor, on, owner, rows, columns)
    )
    return View(details(tone, width), x, y)


def _nodes(anchor: Anchor, on: Stage, owner: OwnerArray) -> FloatArray:
    """Where the nodes of the grid lie in an anchor, (h, w, 2)."""
    sides = grid.size(on.canvas.width, on.canvas.height)
    rows, columns = (_every(grid.SPACING, count) for count in sides)
    return np.stack(_mapped(anchor, on, owner, rows, columns), axis=2)


def _every(distance: int, count: int) -> FloatArray:
    return np.arange(0.0, distance * count, distance)


def _mapped(
    anchor: Anchor, on: Stage, owner: OwnerArray, rows: FloatArray, columns: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Where some rows and columns of the mean shape lie in an anchor's canvas, x and y."""
    vertices = on.mesh.vertices(anchor.landmarks.points)
    maps = affine_maps(on.mesh.mean, vertices, on.mesh.triangles, IDENTITY) / (1 << MAP_BITS)
    near = [
        np.clip(np.rint(places).astype(int), 0, side - 1)
        for places, side in zip((rows, columns), owner.shape, strict=True)
    ]
    here = owner[np.ix_(*near)].astype(np.intp)
    x, y = columns, rows[:, None]
    m = np.ascontiguousarray(maps.T)
    u, v = (m[i][here] * x + m[i + 1][here] * y + m[i + 2][here] for i in (0, 3))
    return u, v


def _unfolded(field: FloatArray, faces: Sequence[FloatArray]) -> FloatArray:
    """Smooth a field until it folds neither face at any level.

    Checked where one face has half the residual, and all of it: area is quadratic between.
    """
    for _ in range(30):
        bad = np.zeros(field.shape[:2])
        for at, sign in zip(faces, (-1.0, 1.0), strict=True):
            for share in (0.5, 1.0):
                bad += _shrunk(at, at + sign * share * field)
        if not bad.any():
            return field
        near = np.minimum(4 * blurred(bad, 1.0), 1)[..., None]
        smooth = np.stack([blurred(field[..., i], 1.0) for i in (0, 1)], axis=2)
        field = field * (1 - near) + smooth * near
    return np.zeros_like(field)


def _shrunk(before: FloatArray, after: FloatArray) -> FloatArray:
    """Which nodes touch a cell with a corner that turned over or all but closed; 1 or 0.

    Cells that the mesh itself has closed (inside shut lips) have none to lose.
    """
    lost = np.zeros((before.shape[0] - 1, before.shape[1] - 1), dtype=bool)
    for was, now in zip(_corners(before), _corners(after), strict=True):
        lost |= (now < LEAST_AREA * was) & (was > LEAST_AREA * grid.SPACING**2)
    cells = np.pad(lost.astype(float), 1)
    touched = np.maximum.reduce([cells[:-1, :-1], cells[1:, :-1], cells[:-1, 1:], cells[1:, 1:]])
    return np.asarray(touched)


def _corners(nodes: FloatArray) -> list[FloatArray]:
    """Twice the signed area of the triangle at each corner of each cell."""
    a, b = nodes[:-1, :-1], nodes[:-1, 1:]
    d, c = nodes[1:, :-1], nodes[1:, 1:]
    found = []
    for here, after, before in ((a, b, d), (b, c, a), (c, d, b), (d, a, c)):
        one, other = after - here, before - here
        found.append(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
    return found
