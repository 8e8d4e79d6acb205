"""Flow: how two faces still disagree when a mesh has warped them to one shape.

A mesh moves skin by a few landmarks; between them the skin of two expressions lies up to
some percent of the face's width apart, and cancels when it is added.  `search` finds that
residual: one smooth field in the mean shape, u(p), such that

    a's canvas at A(p) − u(p)/2  looks like  b's canvas at B(p) + u(p)/2

with A, B the mesh's maps from the mean shape.

Plain NumPy on floats in a fixed order, no BLAS: every machine finds the same field.
Pictures are reduced to working pixels, a whole number of canvas pixels wide.  Knows arrays,
no faces.  May import `engine.blur`, `engine.grid` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit.engine import grid
from morphkit.engine.blur import blurred
from morphkit.faces.face import FloatArray

SingleArray = np.ndarray[tuple[int, ...], np.dtype[Any]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

WORKING_WIDTH = 240
"""Residuals are looked for where a face is about this many pixels wide."""

FARTHEST = 0.05
"""No residual is longer than this, in face widths: more is a misplaced landmark."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass from coarse to fine; lengths in face widths.

    Parameters
    ----------
    detail : float
        Size of the details that are compared.
    cell : int
        Working pixels per node of the field.
    stiffness : float
        How much the field resists bending, against what the pictures say.
    straight : float
        Which share of the mesh's own creases the field is to straighten out.
    rounds : int
    """

    detail: float
    cell: int
    stiffness: float
    straight: float
    rounds: int


PASSES = (
    _Pass(0.012, 16, 3.0, 1.0, 6),
    _Pass(0.008, 8, 3.0, 1.0, 6),
    _Pass(0.005, 8, 1.5, 0.5, 6),
    _Pass(0.003, 4, 0.7, 0.5, 6),
    _Pass(0.002, 4, 0.4, 0.5, 4),
)
NEAR = 0.06
"""Lips and lids are felt this far away, in face widths."""

_SURROUND = 2.0  # details are judged against this many times their size around them
_FLAT = 0.005  # contrast (of 1) below which there is nothing to compare
_DOUBT = 0.4  # a difference this large, in units of local contrast, counts half
_SWEEPS = 24


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the search needs of one anchor, at working size.

    Parameters
    ----------
    details : sequence of (h, w) float32 array
        One per pass: local detail, in units of the local contrast.
    x, y : (H, W) float32 array
        Where in them each working pixel of the mean shape lies.
    """

    details: Sequence[SingleArray]
    x: SingleArray
    y: SingleArray


def step(face_width: float) -> int:
    """Return the canvas pixels per working pixel."""
    return max(1, round(face_width / WORKING_WIDTH))


def details(luminance: IntArray, face_width: float) -> list[SingleArray]:
    """Return an anchor's local details, one picture for each pass.

    Parameters
    ----------
    luminance : (H, W) int array
        Linear light of the aligned photo, 0…32767.
    face_width : float
        In canvas pixels.
    """
    k = step(face_width)
    tone = np.sqrt(np.maximum(reduced(luminance, k), 0) / 32767).astype(np.float32)
    out = []
    for one in PASSES:
        size = one.detail * face_width / k
        smooth = blurred(tone, size)
        detail = smooth - blurred(smooth, _SURROUND * size)
        contrast = blurred(detail * detail, _SURROUND * size)
        out.append(detail / np.sqrt(contrast + np.float32(_FLAT * _FLAT)))
    return out


def search(a: View, b: View, trust: SingleArray, face_width: float) -> FloatArray:
    """Return the field u, in canvas pixels, at the centres of the last pass's cells.

    Parameters
    ----------
    a, b : View
    trust : (H, W) float32 array
        0…1 at each working pixel of the mean shape: 0 where the two have nothing in common
        (inside apertures, outside the mask).
    face_width : float
        In canvas pixels.

    Returns
    -------
    (rows, columns, 2) float array
        Columns x, y.

    Notes
    -----
    Combined local-global flow (Bruhn, Weickert and Schnörr 2005,
    doi 10.1023/B:VISI.0000045324.43199.43) from coarse to fine, symmetric in the two
    pictures; locally normalised, since skin is darker in a fold and redder in a cry.
    """
    k = step(face_width)
    width = face_width / k
    shape, cell = trust.shape, PASSES[0].cell
    field: FloatArray = np.zeros((-(-shape[0] // cell), -(-shape[1] // cell), 2))
    for number, one in enumerate(PASSES):
        field = _resampled(field, cell, one.cell, shape)
        cell = one.cell
        creases = one.straight * _creases(a, b, trust, cell, width)
        bend = one.stiffness * 0.1 * (0.03 * width / cell) ** 2
        for _ in range(one.rounds):
            push, pull = _evidence(a, b, number, field, trust, one, width)
            field = _relaxed(field, push, pull, bend, creases)
            length = np.sqrt(field[..., 0] * field[..., 0] + field[..., 1] * field[..., 1])
            field = field / np.maximum(1, length / (FARTHEST * width))[..., None]
    return field * k


def _creases(a: View, b: View, trust: SingleArray, cell: int, width: float) -> FloatArray:
    """Where the mesh bends the motion from one face to the other, and skin would not.

    Not near lips and lids, where skin ends.
    """
    motion = np.stack([reduced(b.x - a.x, cell), reduced(b.y - a.y, cell)], axis=2)
    near = blurred(reduced(1 - trust, cell).astype(np.float64), NEAR * width / cell)
    skin: FloatArray = np.clip(1 - 4 * near, 0, 1)
    return _bend(motion.astype(np.float64)) * skin[..., None]


def at_nodes(field: FloatArray, width: int, height: int, face_width: float) -> FloatArray:
    """Bring what `search` found to the nodes of `engine.grid` over a canvas."""
    k, cell = step(face_width), PASSES[-1].cell
    rows, columns = (
        ((np.arange(count) * grid.SPACING - (k - 1) / 2) / k + 0.5) / cell - 0.5
        for count in grid.size(width, height)
    )
    return _at(field, rows, columns)


def _evidence(
    a: View, b: View, number: int, field: FloatArray, trust: SingleArray, one: _Pass, width: float
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """What the pictures say of the field at each node: a quadratic form and its linear part."""
    along = _resampled(field, one.cell, 1, trust.shape).astype(np.float32)
    dx, dy = along[..., 0] / 2, along[..., 1] / 2
    seen_a = _between(a.details[number], a.x - dx, a.y - dy)
    seen_b = _between(b.details[number], b.x + dx, b.y + dy)
    apart = seen_a - seen_b
    middle = (seen_a + seen_b) / 2
    down, right = _slopes(middle, 0), _slopes(middle, 1)
    weight = trust / (1 + (apart / np.float32(_DOUBT)) ** 2)
    spread = 2 * one.detail * width / one.cell

    def gathered(product: SingleArray) -> FloatArray:
        return blurred(reduced(product * weight, one.cell).astype(np.float64), spread)

    xx, xy, yy = gathered(right * right), gathered(right * down), gathered(down * down)
    xt, yt = gathered(right * apart), gathered(down * apart)
    sure = reduced(trust, one.cell) > 0.5
    strength = float(np.percentile((xx + yy)[sure], 60)) / 2 if sure.any() else 0.0
    if not strength > 0:
        none = np.zeros_like(xx)
        return (none, none, none), (none, none)
    xx, xy, yy, xt, yt = (part / strength for part in (xx, xy, yy, xt, yt))
    u, v = field[..., 0], field[..., 1]
    return (xx, xy, yy), (xx * u + xy * v + xt, xy * u + yy * v + yt)


def _relaxed(
    field: FloatArray,
    push: tuple[FloatArray, FloatArray, FloatArray],
    pull: tuple[FloatArray, FloatArray],
    bend: float,
    creases: FloatArray,
) -> FloatArray:
    """Let each node meet the evidence and its four neighbours, again and again (Jacobi)."""
    xx, xy, yy = push[0] + 4 * bend, push[1], push[2] + 4 * bend
    scale = 1 / (xx * yy - xy * xy)
    for _ in range(_SWEEPS):
        near = _bend(field) + 4 * field + creases
        px, py = pull[0] + bend * near[..., 0], pull[1] + bend * near[..., 1]
        field = np.stack([(yy * px - xy * py) * scale, (xx * py - xy * px) * scale], axis=2)
    return field


def reduced(values: SingleArray, k: int) -> SingleArray:
    """Means of k × k pixels; a part of a block at the edge counts as far as it goes."""
    if k == 1:
        return values
    height, width = values.shape
    full = np.pad(values, ((0, -height % k), (0, -width % k)), mode="edge")
    blocks = full.reshape(full.shape[0] // k, k, full.shape[1] // k, k)
    total: SingleArray = blocks[:, 0, :, 0].copy()
    for i in range(k):
        for j in range(k):
            if i or j:
                total = total + blocks[:, i, :, j]
    return total / k / k


def _resampled(field: FloatArray, cell: int, to: int, shape: tuple[int, ...]) -> FloatArray:
    """Bring a field from the centres of cells of one size to those of another."""
    rows = (np.arange(-(-shape[0] // to)) + 0.5) * to / cell - 0.5
    columns = (np.arange(-(-shape[1] // to)) + 0.5) * to / cell - 0.5
    return _at(field, rows, columns)


def _at(field: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Linear between nodes, at each of some rows and columns."""
    for axis, places in enumerate((rows, columns)):
        last = field.shape[axis] - 1
        inside = np.clip(places, 0, last)
        first = np.minimum(np.floor(inside).astype(int), max(last - 1, 0))
        part = (inside - first).reshape([-1 if i == axis else 1 for i in range(3)])
        ahead = np.minimum(first + 1, last)
        field = np.take(field, first, axis) * (1 - part) + np.take(field, ahead, axis) * part
    return field


def _between(picture: SingleArray, x: SingleArray, y: SingleArray) -> SingleArray:
    """Linear between four pixels; beyond the edge the picture goes on as it ends."""
    height, width = picture.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left = np.minimum(x.astype(np.int32), width - 2)
    top = np.minimum(y.astype(np.int32), height - 2)
    across, down = x - left.astype(np.float32), y - top.astype(np.float32)
    flat = picture.reshape(-1)
    start = top * np.int32(width) + left
    upper = flat[start] * (1 - across) + flat[start + 1] * across
    start += np.int32(width)
    lower = flat[start] * (1 - across) + flat[start + 1] * across
    return np.asarray(upper * (1 - down) + lower * down)


def _slopes(picture: SingleArray, axis: int) -> SingleArray:
    """Central differences."""
    wide = np.pad(picture, [(1, 1) if i == axis else (0, 0) for i in (0, 1)], mode="edge")
    length = picture.shape[axis]
    before = np.take(wide, range(length), axis)
    return np.asarray((np.take(wide, range(2, length + 2), axis) - before) / 2)


def _bend(field: FloatArray) -> FloatArray:
    """How far each node lies from its four neighbours, four times over."""
    wide = np.pad(field, ((1, 1), (1, 1), (0, 0)), mode="edge")
    return wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:] - 4 * field
