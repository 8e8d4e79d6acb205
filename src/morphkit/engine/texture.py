"""Texture: the fine detail that adding takes away, given back.

Skin that is misaligned by a fraction of a pore cancels when it is added.  What is still
missing after the residual is removed is restored here band by band: where the frame has less
local amplitude than its sources have on average, its own detail is made stronger, and a
little weaker where it has more (after Tiddeman, Burt and Perrett 2001,
doi 10.1109/38.946630).  Nothing coarser than 16 cycles per face is touched: a real
half-expression has weaker folds than a whole one.  May import `engine.luminance`,
`engine.warp` and what is below it, and NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.engine import grid
from morphkit.engine.align import GRID, Similarity
from morphkit.engine.blur import blurred
from morphkit.engine.luminance import luminance
from morphkit.engine.raster import owners
from morphkit.engine.sample import MAP_BITS
from morphkit.engine.warp import affine_maps
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

CUTOFFS = (32.0, 16.0)
"""Lower ends of the bands, in cycles per face width, where half of the power is left."""

LEAST, MOST = (0.85, 0.9), (2.0, 1.07)
"""No band is made weaker or stronger than this."""

WINDOW = 0.045
"""Amplitude is judged in a Gaussian window of this size (SD), in face widths."""

GAIN_BITS = 12
_HALF_POWER = 0.1325  # sigma · frequency of a Gaussian whose power is halved there
_SOFT = np.array([1.1, 1.0])  # bands overlap: what is added to one is partly seen in it
_NEARLY = 0.01  # a percent is not worth a change
_FLOOR = 8.0  # light, of 32767: weaker detail is rounding


def bands(light: IntArray, face_width: float) -> list[IntArray]:
    """Return the fine bands of (H, W) luminance, the finest first."""
    rest = light.astype(np.float64)
    found = []
    for cutoff in CUTOFFS:
        smooth = blurred(light.astype(np.float64), _HALF_POWER * face_width / cutoff)
        found.append(np.rint(rest - smooth).astype(np.int64))
        rest = smooth
    return found


def amplitudes(parts: list[IntArray], face_width: float) -> FloatArray:
    """Return each band's root mean square around the nodes of `engine.grid`, (h, w, bands)."""
    out = []
    for part in parts:
        power = _at_nodes((part * part).astype(np.float64))
        out.append(np.sqrt(blurred(power, WINDOW * face_width / grid.SPACING)))
    return np.stack(out, axis=2)


def carried(
    amplitude: FloatArray, frame: FloatArray, anchor: FloatArray, triangles: IntArray
) -> FloatArray:
    """Return an anchor's amplitudes where its skin lies in a frame, (h, w, bands).

    Parameters
    ----------
    amplitude : (h, w, bands) float array
        At the nodes over the anchor.
    frame, anchor : (V, 2) float array
        Mesh points of both on the canvas.
    triangles : (T, 3) int array
    """
    rows, columns = amplitude.shape[:2]
    per_node = np.rint(frame * (GRID / grid.SPACING)).astype(np.int64)
    owner = owners(per_node, triangles, columns, rows)
    m = affine_maps(frame, anchor, triangles, Similarity(1.0, 0.0, 0.0, 0.0))[owner]
    x, y = np.arange(columns) * grid.SPACING, np.arange(rows)[:, None] * grid.SPACING
    shift = MAP_BITS - 10
    u = (m[..., 0] * x + m[..., 1] * y + m[..., 2]) >> shift
    v = (m[..., 3] * x + m[..., 4] * y + m[..., 5]) >> shift
    whole = np.rint(amplitude * 16).astype(np.int64)
    return grid.looked_up(whole, u.reshape(-1), v.reshape(-1)).reshape(amplitude.shape) / 16


def fine(light: IntArray, face_width: float) -> IntArray:
    """Return the fine detail of (H, W, 3) light: what is finer than 16 cycles per face."""
    return np.stack([sum(bands(light[..., i], face_width)) for i in range(3)], axis=2)


def restored(
    light: IntArray, target: FloatArray, spared: FloatArray, face_width: float
) -> tuple[IntArray, FloatArray]:
    """Return a frame's light with its fine bands brought towards target amplitudes.

    Parameters
    ----------
    light : (H, W, 3) int64 array
    target : (h, w, bands) float array
        Amplitudes at the nodes.
    spared : (H, W) float array
        0…1: where nothing is restored.
    face_width : float
        In pixels.

    Returns
    -------
    light : (H, W, 3) int64 array
        Hue is kept: a pixel's three channels change by one factor.
    gains : (h, w, bands) float array
        What each band should be multiplied by, `LEAST` … `MOST`.
    """
    tone = luminance(light)
    parts = bands(tone, face_width)
    own = amplitudes(parts, face_width)
    gains = np.clip((target + _FLOOR) / (own + _FLOOR), LEAST, MOST)
    gains = np.where(abs(gains - 1) < _NEARLY, 1.0, gains)
    more = np.rint((gains - 1) * _SOFT * (1 << GAIN_BITS)).astype(np.int64)
    height, width = tone.shape
    y, x = np.indices(tone.shape).reshape(2, -1) << 10
    extra = grid.looked_up(more, x, y).reshape(height, width, -1)
    added = sum(extra[..., i] * part for i, part in enumerate(parts))
    added = np.asarray(np.rint(added * (1 - spared)), dtype=np.int64) >> GAIN_BITS
    # a factor, in 2⁻¹⁴, between a half and two: dark pixels cannot explode
    whole = np.maximum(tone, 1)
    factor = np.clip(((whole + added) << 14) // whole, 1 << 13, 1 << 15)[..., None]
    return (light * factor + (1 << 13)) >> 14, gains


def _at_nodes(values: FloatArray) -> FloatArray:
    """Means of the blocks of pixels around nodes."""
    step, half = grid.SPACING, grid.SPACING // 2
    rows, columns = grid.size(values.shape[1], values.shape[0])
    after = (rows * step - half - values.shape[0], columns * step - half - values.shape[1])
    full = np.pad(values, ((half, max(after[0], 0)), (half, max(after[1], 0))), mode="edge")
    blocks = full[: rows * step, : columns * step].reshape(rows, step, columns, step)
    total = np.zeros((rows, columns))
    for i in range(step):
        for j in range(step):
            total += blocks[:, i, :, j]
    return total / (step * step)
