"""Texture: the fine detail that adding takes away, given back.

Skin that is misaligned by a fraction of a pore cancels when it is added.  What is still
missing after the residual is removed is restored here band by band: where the frame has less
local amplitude than its sources have on average, its own detail is made stronger, and a
little weaker where it has more (after Tiddeman, Burt and Perrett 2001,
doi 10.1109/38.946630).  Nothing coarser than 16 cycles per face is touched: a real
half-expression has weaker folds than a whole one.  With a twin in the kernel.  May import
`engine.luminance`, `engine.warp` and what is below it, `native` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit import native
from morphkit.engine import grid
from morphkit.engine.affine import affine_maps
from morphkit.engine.align import GRID, Similarity
from morphkit.engine.blur import blurred, singles, taps
from morphkit.engine.luminance import luminance
from morphkit.engine.raster import FINE, PartArray, owners
from morphkit.engine.sample import MAP_BITS
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
WholeArray = np.ndarray[tuple[int, ...], np.dtype[Any]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
BandArray = np.ndarray[tuple[int, ...], np.dtype[np.int32]]

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
_LEAST_SHARE = 0.01  # where less of the surroundings is shown, nothing is restored
_FLOOR = 8.0  # light, of 32767: weaker detail is rounding


def bands(tone: WholeArray, face_width: float) -> BandArray:
    """Return the fine bands of (H, W) luminance, the finest first: (bands, H, W) int32."""
    found = np.empty((len(CUTOFFS), *tone.shape), dtype=np.int32)
    rest = tone.astype(np.float32)
    for band, cutoff in zip(found, CUTOFFS, strict=True):
        smooth = blurred(tone.astype(np.float32), _sigma(cutoff, face_width))
        band[:] = np.rint(rest - smooth)
        rest = smooth
    return found


def _sigma(cutoff: float, face_width: float) -> float:
    return _HALF_POWER * face_width / cutoff


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a canvas whose texture is looked at; it starts at a node of `engine.grid`.

    Parameters
    ----------
    left, top, width, height : int
        In pixels.
    near : (H, W) bool array
        Pixels of the canvas that the fine bands of what is shown depend on.
    hidden : (H, W) uint8 array
        64 where the mask shows nothing, else 0.
    whole : (h, w) bool array
        Nodes around which all is shown: only there amplitude is measured.
    share : (h, w) float array
        How much of the surroundings of each node that is.
    """

    left: int
    top: int
    width: int
    height: int
    near: BoolArray
    hidden: PartArray
    whole: BoolArray
    share: FloatArray

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Rows and columns."""
        right, bottom = self.left + self.width, self.top + self.height
        return slice(self.top, bottom), slice(self.left, right)


def window(mask: WholeArray, face_width: float) -> Window:
    """Return the window around what a mask shows."""
    shown = mask > 0
    reach = len(taps(_sigma(CUTOFFS[-1], face_width)))
    near = shown
    bounds = []
    for axis in (1, 0):
        near = _widened(near, reach, axis)
        places = np.flatnonzero(near.any(axis=1 - axis))
        first, last = (int(places[0]), int(places[-1])) if len(places) else (0, 0)
        first -= first % grid.SPACING
        bounds.append((first, last + 1 - first))
    (left, width), (top, height) = bounds
    part = shown[top : top + height, left : left + width]
    whole = _at_nodes(part.astype(np.int32)) == grid.SPACING**2
    share = blurred(whole.astype(np.float64), WINDOW * face_width / grid.SPACING)
    hidden = np.where(shown, 0, FINE * FINE).astype(np.uint8)
    return Window(left, top, width, height, near, hidden, whole, share)


def _widened(shown: BoolArray, reach: int, axis: int) -> BoolArray:
    """Places that lie within a distance of one that is shown, along one side."""
    wide = np.pad(shown, [(reach + 1, reach) if i == axis else (0, 0) for i in (0, 1)])
    count = np.cumsum(wide, axis=axis, dtype=np.int32)
    ahead = np.take(count, range(2 * reach + 1, count.shape[axis]), axis)
    return np.asarray(ahead > np.take(count, range(shown.shape[axis]), axis))


def amplitudes(light: WholeArray, around: Window, face_width: float) -> FloatArray:
    """Return the root mean square of each band of (H, W, 3) light, (h, w, bands) at nodes."""
    return _amplitudes(_parts(light, around, face_width)[1], around, face_width)


def _amplitudes(powers: IntArray, around: Window, face_width: float) -> FloatArray:
    """From the bands' (bands, h, w) sums of squares around nodes."""
    size = WINDOW * face_width / grid.SPACING
    enough = np.where(around.share > _LEAST_SHARE, around.share, np.inf) * grid.SPACING**2
    return np.stack(
        [
            np.sqrt(blurred((power * around.whole).astype(np.float64), size) / enough)
            for power in powers
        ],
        axis=2,
    )


def carried(
    amplitude: FloatArray,
    frame: FloatArray,
    anchor: FloatArray,
    triangles: IntArray,
    around: Window,
) -> FloatArray:
    """Return an anchor's amplitudes where its skin lies in a frame, (h, w, bands).

    Parameters
    ----------
    amplitude : (h, w, bands) float array
        At the window's nodes, over the anchor.
    frame, anchor : (V, 2) float array
        Mesh points of both on the canvas.
    triangles : (T, 3) int array
    around : Window
    """
    rows, columns = amplitude.shape[:2]
    start = np.array([around.left, around.top])
    per_node = np.rint((frame - start) * (GRID / grid.SPACING)).astype(np.int64)
    owner = owners(per_node, triangles, columns, rows)
    maps = affine_maps(frame - start, anchor - start, triangles, Similarity(1.0, 0.0, 0.0, 0.0))
    values = amplitude.astype(np.float32)
    if native.kernel:
        out = np.empty_like(values)
        native.kernel.carry(values, maps, owner, out)
        return out.astype(np.float64)
    m = maps[owner]
    x, y = np.arange(columns) * grid.SPACING, np.arange(rows)[:, None] * grid.SPACING
    shift = MAP_BITS - 10
    u = (m[..., 0] * x + m[..., 1] * y + m[..., 2]) >> shift
    v = (m[..., 3] * x + m[..., 4] * y + m[..., 5]) >> shift
    found = grid.between(values, u.reshape(-1), v.reshape(-1))
    return found.reshape(amplitude.shape).astype(np.float64)


def fine(light: WholeArray, face_width: float) -> WholeArray:
    """Return the fine detail of (H, W, 3) light: what is finer than 16 cycles per face."""
    return np.stack([sum(bands(light[..., i], face_width)) for i in range(3)], axis=2)


def restore(
    light: WholeArray, around: Window, target: FloatArray, spared: PartArray, face_width: float
) -> FloatArray:
    """Bring the fine bands of a frame's light towards target amplitudes, in place.

    Parameters
    ----------
    light : (H, W, 3) int32 array
        Changed inside the window.  Hue is kept: a pixel's channels change by one factor.
    around : Window
    target : (h, w, bands) float array
        Amplitudes at the window's nodes.
    spared : (H, W) uint8 array
        0…64: where nothing is restored.
    face_width : float
        In pixels.

    Returns
    -------
    (h, w, bands) float array
        What each band should be multiplied by, `LEAST` … `MOST`.
    """
    parts, powers = _parts(light, around, face_width)
    own = _amplitudes(powers, around, face_width)
    gains = np.clip((target + _FLOOR) / (own + _FLOOR), LEAST, MOST)
    gains = np.where(abs(gains - 1) < _NEARLY, 1.0, gains)
    more = np.rint((gains - 1) * _SOFT * (1 << GAIN_BITS)).astype(np.int32)
    if native.kernel:
        native.kernel.add_bands(light, around.left, around.top, parts, more, spared)
        return gains
    shown = light[around.pixels]
    tone = luminance(shown)
    y, x = np.indices(tone.shape).reshape(2, -1) << 10
    extra = grid.looked_up(more.astype(np.int64), x, y).reshape(*tone.shape, -1)
    added = sum(extra[..., i] * part for i, part in enumerate(parts))
    kept = FINE * FINE - spared[around.pixels].astype(np.int64)
    added = np.asarray(added * kept) >> (GAIN_BITS + 6)
    # a factor, in 2⁻¹⁴, between a half and two: dark pixels cannot explode
    whole = np.maximum(tone, 1)
    factor = np.clip(((whole + added) << 14) // whole, 1 << 13, 1 << 15)[..., None]
    shown[:] = (shown * factor + (1 << 13)) >> 14
    return gains


def _parts(light: WholeArray, around: Window, face_width: float) -> tuple[BandArray, IntArray]:
    """The bands of a frame's luminance in a window, and their sums of squares around nodes."""
    if not native.kernel:
        parts = bands(luminance(light[around.pixels]), face_width)
        return parts, np.stack([_at_nodes(part) for part in parts])
    count = len(CUTOFFS)
    parts = np.empty((count, around.height, around.width), dtype=np.int32)
    powers = np.zeros((count, *grid.size(around.width, around.height)), dtype=np.int64)
    weights = [singles(_sigma(cutoff, face_width)) for cutoff in CUTOFFS]
    native.kernel.bands(light, around.left, around.top, *weights, parts, powers)
    return parts, powers


def _at_nodes(part: WholeArray) -> IntArray:
    """Sums of squares over the blocks of pixels around nodes; an edge goes on as it ends."""
    step, half = grid.SPACING, grid.SPACING // 2
    height, width = part.shape
    rows, columns = grid.size(width, height)
    after = (rows * step - half - height, columns * step - half - width)
    full = np.pad(part, ((half, max(after[0], 0)), (half, max(after[1], 0))), mode="edge")
    blocks = full[: rows * step, : columns * step].astype(np.int64)
    return np.asarray((blocks * blocks).reshape(rows, step, columns, step).sum(axis=(1, 3)))
