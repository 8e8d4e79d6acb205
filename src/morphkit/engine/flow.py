"""Flow: how two faces still disagree when a mesh has warped them to one shape.

A mesh moves skin by a few landmarks; between them the skin of two expressions lies up to
some percent of the face's width apart, and cancels when it is added.  `search` finds that
residual: one smooth field in the mean shape, u(p), such that

    a's canvas at A(p) − u(p)/2  looks like  b's canvas at B(p) + u(p)/2

with A, B the mesh's maps from the mean shape.

Floats in a fixed order, no BLAS: every machine finds the same field.  With a twin in the
kernel.  Pictures are reduced to working pixels, a whole number of canvas pixels wide.  Knows
arrays, no faces.  May import `native`, `engine.blur`, `engine.cells`, `engine.evidence`,
`engine.grid` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit import native
from morphkit.engine import grid
from morphkit.engine.blur import blurred
from morphkit.engine.cells import interpolated, reduced, resampled
from morphkit.engine.evidence import SingleArray, View, evidence
from morphkit.faces.face import FloatArray

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
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
_USUAL = 0.6  # the share of trusted cells with less evidence than is called usual
_SWEEPS = 24


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
    grounds = {cell: _ground(a, b, trust, cell, width) for cell in {one.cell for one in PASSES}}
    cell = PASSES[0].cell
    field: FloatArray = np.zeros_like(grounds[cell].creases)
    for number, one in enumerate(PASSES):
        field = resampled(field, cell, one.cell, trust.shape)
        cell = one.cell
        ground = grounds[cell]
        spread = 2 * one.detail * width / cell
        bend = one.stiffness * 0.1 * (0.03 * width / cell) ** 2
        creases = bend * one.straight * ground.creases
        for _ in range(one.rounds):
            found = evidence(a, b, number, field, trust, cell)
            found = np.stack([blurred(part, spread) for part in found])
            strength = _usual(found, ground.sure)
            scale = 1 / strength if strength > 0 else 0.0
            field = _relaxed(field, found, scale, bend, creases, FARTHEST * width)
    return np.stack(list(field * k), axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What a search knows of its cells from the start.

    Parameters
    ----------
    creases : (2, rows, columns) float array
        Where the mesh bends the motion from one face to the other, and skin would not; not
        near lips and lids, where skin ends.
    sure : (rows, columns) bool array
        Which cells are trusted, by more than half.
    """

    creases: FloatArray
    sure: BoolArray


def _ground(a: View, b: View, trust: SingleArray, cell: int, width: float) -> _Ground:
    trusted = reduced(trust, cell)
    near = blurred(1 - trusted.astype(np.float64), NEAR * width / cell)
    skin = np.clip(1 - 4 * near, 0, 1)
    motion = [reduced(b.x - a.x, cell), reduced(b.y - a.y, cell)]
    creases = [(_around(part) - 4 * part) * skin for part in np.array(motion, np.float64)]
    return _Ground(np.stack(creases), trusted > 0.5)


def _usual(found: SingleArray, sure: BoolArray) -> float:
    """How strong evidence usually is, by the mean of its two slopes' squares; 0 for none."""
    slopes = (found[0] + found[2])[sure]
    if not slopes.size:
        return 0.0
    place = int(_USUAL * (slopes.size - 1))
    return float(np.partition(slopes, place)[place]) / 2


def at_nodes(field: FloatArray, width: int, height: int, face_width: float) -> FloatArray:
    """Bring what `search` found to the nodes of `engine.grid` over a canvas."""
    k, cell = step(face_width), PASSES[-1].cell
    rows, columns = (
        ((np.arange(count) * grid.SPACING - (k - 1) / 2) / k + 0.5) / cell - 0.5
        for count in grid.size(width, height)
    )
    u, v = interpolated(np.moveaxis(field, 2, 0), rows, columns)
    return np.stack([u, v], axis=2)


def _relaxed(
    field: FloatArray,
    found: SingleArray,
    scale: float,
    bend: float,
    creases: FloatArray,
    farthest: float,
) -> FloatArray:
    """Let each cell meet the evidence and its four neighbours, again and again (Jacobi).

    Parameters
    ----------
    field : (2, rows, columns) float array
    found : (5, rows, columns) float32 array
        As `evidence` returns it.
    scale : float
        By which evidence is multiplied.
    bend : float
        How much a neighbour counts.
    creases : (2, rows, columns) float array
        What is added to `bend` times the neighbours.
    farthest : float
        No motion becomes longer.
    """
    if native.kernel:
        out = np.empty(field.shape)
        field, found, creases = map(np.ascontiguousarray, (field, found, creases))
        native.kernel.relaxed(field, found, scale, bend, creases, farthest, _SWEEPS, out)
        return out
    own, (a, b, c) = _rules(field, found, scale, bend, creases)
    x, y = field.astype(np.float32)
    for _ in range(_SWEEPS):
        near_x, near_y = _around(x), _around(y)
        x = own[0] + (a * near_x + b * near_y)
        y = own[1] + (b * near_x + c * near_y)
    field = np.array([x, y], np.float64)
    square = field[0] * field[0] + field[1] * field[1]
    far = square > farthest * farthest
    field[:, far] *= farthest / np.sqrt(square[far])
    return field


def _rules(
    field: FloatArray, found: SingleArray, scale: float, bend: float, creases: FloatArray
) -> tuple[SingleArray, SingleArray]:
    """What a cell has of its own, and what it takes of its neighbours' motion (xx, xy, yy)."""
    xx, xy, yy, xt, yt = found.astype(np.float64) * scale
    x, y = field
    px, py = xx * x + xy * y + xt + creases[0], xy * x + yy * y + yt + creases[1]
    xx, yy = xx + 4 * bend, yy + 4 * bend
    part = 1 / (xx * yy - xy * xy)
    own = np.array([(yy * px - xy * py) * part, (xx * py - xy * px) * part], np.float32)
    part = bend * part
    return own, np.array([yy * part, -xy * part, xx * part], np.float32)


def _around(part: SingleArray) -> SingleArray:
    """Sum of each cell's four neighbours; beyond the edge a field goes on as it ends."""
    wide = np.pad(part, 1, mode="edge")
    return np.asarray((wide[:-2, 1:-1] + wide[2:, 1:-1]) + (wide[1:-1, :-2] + wide[1:-1, 2:]))
