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
from morphkit.engine.align import GRID, Similarity
from morphkit.engine.blur import blurred, singles
from morphkit.engine.luminance import luminance
from morphkit.engine.raster import FINE, PartArray, owners
from morphkit.engine.sample import MAP_BITS
from morphkit.engine.warp import affine_maps
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
WholeArray = np.ndarray[tuple[int, ...], np.dtype[Any]]
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


def amplitudes(parts: BandArray, face_width: float) -> FloatArray:
    """Return each band's root mean square around the nodes of `engine.grid`, (h, w, bands)."""
    return _amplitudes(np.stack([_at_nodes(part) for part in parts]), face_width)


def _amplitudes(powers: IntArray, face_width: float) -> FloatArray:
    """From the bands' (bands, h, w) sums of squares around nodes."""
    size = grid.SPACING * grid.SPACING
    window = WINDOW * face_width / grid.SPACING
    return np.stack([np.sqrt(blurred(power / size, window)) for power in powers], axis=2)


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


def fine(light: WholeArray, face_width: float) -> WholeArray:
    """Return the fine detail of (H, W, 3) light: what is finer than 16 cycles per face."""
    return np.stack([sum(bands(light[..., i], face_width)) for i in range(3)], axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a frame whose texture is looked at; it starts at a node.

    Parameters
    ----------
    left, top, width, height : int
        In pixels.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Rows and columns."""
        right, bottom = self.left + self.width, self.top + self.height
        return slice(self.top, bottom), slice(self.left, right)

    @property
    def nodes(self) -> tuple[slice, slice]:
        """Rows and columns of the nodes of `engine.grid`."""
        rows, columns = grid.size(self.width, self.height)
        first, start = self.top // grid.SPACING, self.left // grid.SPACING
        return slice(first, first + rows), slice(start, start + columns)


def restore(
    light: WholeArray, window: Window, target: FloatArray, spared: PartArray, face_width: float
) -> FloatArray:
    """Bring the fine bands of a frame's light towards target amplitudes, in place.

    Parameters
    ----------
    light : (H, W, 3) int32 array
        Changed inside the window.  Hue is kept: a pixel's channels change by one factor.
    window : Window
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
    parts, powers = _parts(light, window, face_width)
    own = _amplitudes(powers, face_width)
    gains = np.clip((target + _FLOOR) / (own + _FLOOR), LEAST, MOST)
    gains = np.where(abs(gains - 1) < _NEARLY, 1.0, gains)
    more = np.rint((gains - 1) * _SOFT * (1 << GAIN_BITS)).astype(np.int32)
    if native.kernel:
        native.kernel.add_bands(light, window.left, window.top, parts, more, spared)
        return gains
    shown = light[window.pixels]
    tone = luminance(shown)
    y, x = np.indices(tone.shape).reshape(2, -1) << 10
    extra = grid.looked_up(more.astype(np.int64), x, y).reshape(*tone.shape, -1)
    added = sum(extra[..., i] * part for i, part in enumerate(parts))
    kept = FINE * FINE - spared[window.pixels].astype(np.int64)
    added = np.asarray(added * kept) >> (GAIN_BITS + 6)
    # a factor, in 2⁻¹⁴, between a half and two: dark pixels cannot explode
    whole = np.maximum(tone, 1)
    factor = np.clip(((whole + added) << 14) // whole, 1 << 13, 1 << 15)[..., None]
    shown[:] = (shown * factor + (1 << 13)) >> 14
    return gains


def _parts(light: WholeArray, window: Window, face_width: float) -> tuple[BandArray, IntArray]:
    """The bands of a frame's luminance in a window, and their sums of squares around nodes."""
    if not native.kernel:
        parts = bands(luminance(light[window.pixels]), face_width)
        return parts, np.stack([_at_nodes(part) for part in parts])
    count = len(CUTOFFS)
    parts = np.empty((count, window.height, window.width), dtype=np.int32)
    powers = np.zeros((count, *grid.size(window.width, window.height)), dtype=np.int64)
    weights = [singles(_sigma(cutoff, face_width)) for cutoff in CUTOFFS]
    native.kernel.bands(light, window.left, window.top, *weights, parts, powers)
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
