"""The tone of a face: how its light is changed so that its statistics are what they should be.

A tone is applied to a source, before anything is warped: a frame is still a weighted sum of
its anchors, and each output pixel is still sampled once.  In whole numbers.  May import
`engine.color`, `engine.luminance`, `engine.octaves`, `engine.source`, `faces`, `native` and
NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from morphkit import native
from morphkit.engine.color import WHITE, Light, LightArray, linear_tables
from morphkit.engine.luminance import IntArray, luminance
from morphkit.engine.octaves import filtered
from morphkit.engine.source import PAD, Source, padded

GAIN_BITS = 14
SPARE = 1 << 14
"""Light below black that a lifted source keeps; the sampler's sums have room for it."""

BELOW, ABOVE = 10, 290
"""Steps of light to the first code above black, and from white to the code below it."""

SATURATED = 1.5
"""Colour is multiplied by at most this much more than luminance is at the face's mean: the
colour of what is almost black is noise."""

_RATIO_BITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """What is done to the light of one face, in this order.

    Parameters
    ----------
    greyscale : bool
        Red, green and blue become the luminance.
    bands : tuple of int
        Gain of each octave of spatial frequency, finest first, the rest last, in 2⁻¹²;
        empty: none.
    centre : int
        Luminance that the octaves vary about, 15 bits.
    gain, offset : int
        Of luminance, in 2⁻¹⁴ and 15 bits.
    table : (32768,) int16 array or None
        Luminance → luminance, rising, instead of gain and offset.
    brighter : float
        What the mean luminance is multiplied by.
    """

    greyscale: bool = False
    bands: tuple[int, ...] = ()
    centre: int = 0
    gain: int = 1 << GAIN_BITS
    offset: int = 0
    table: LightArray | None = None
    brighter: float = 1.0

    @property
    def recolours(self) -> bool:
        """Whether it changes luminance."""
        plain = self.gain == 1 << GAIN_BITS and self.offset == 0
        return bool(self.bands) or self.table is not None or not plain


def toned(source: Source, tone: Tone, light: Light, mask: IntArray) -> Source:
    """Return a source with its light changed, and kept within 0…32767."""
    neutral = not (tone.greyscale or tone.recolours)
    return source if neutral else kept(source, changed(source, tone, light, mask))


def kept(source: Source, light: IntArray) -> Source:
    """Return a source with other light, (H, W, 3) without the padding, kept within range.

    Luminance is clipped; where only red, green or blue has no room, saturation gives way.
    """
    out = ((light < 0) | (light > WHITE)).any(axis=2)
    if out.any():
        light = light.copy()
        grey = np.clip(luminance(light[out]), 0, WHITE)[:, None]
        colour = light[out] - luminance(light[out])[:, None]
        most = np.maximum(colour.max(axis=1), 1)[:, None]
        colour = np.where(most > WHITE - grey, colour * (WHITE - grey) // most, colour)
        least = np.maximum(-colour.min(axis=1), 1)[:, None]
        colour = np.where(least > grey, -(-colour * grey // least), colour)
        light[out] = np.clip(grey + colour, 0, WHITE)
    return _with(source, light)


def outside(light: IntArray, shown: IntArray) -> float:
    """Return the share of the shown pixels that lies beyond black or white by over a code."""
    out = ((light < -BELOW) | (light > WHITE + ABOVE)).any(axis=2)
    return float(shown[out].sum() / max(int(shown.sum()), 1))


def changed(source: Source, tone: Tone, light: Light, mask: IntArray) -> IntArray:
    """Return the changed light of a source, not clipped, (H, W, 3) without the padding.

    Parameters
    ----------
    source : Source
    tone : Tone
    light : {"linear", "srgb"}
    mask : (H, W) int64 array
        Of the canvas, 0…2¹⁵: octaves are those of what it shows.
    """
    now = source.pixels[PAD:-PAD, PAD:-PAD, :3].astype(np.int64)
    if tone.greyscale:
        now = np.repeat(_grey(now, light)[..., None], 3, axis=2)
    if not tone.recolours:
        return now
    old = new = luminance(now)
    if tone.bands:
        shown = within(source, mask)
        new = filtered(new, shown, tone.bands, tone.centre, source.from_canvas.scale)
    if tone.table is not None:
        new = tone.table[np.clip(new, 0, WHITE)].astype(np.int64)
    else:
        new = ((new * tone.gain + (1 << (GAIN_BITS - 1))) >> GAIN_BITS) + tone.offset
    return _coloured(now, old, new, SATURATED * tone.brighter)


def lifted(source: Source, centre: int, gain: int) -> Source:
    """Return a source with its contrast changed about a luminance.

    Parameters
    ----------
    source : Source
    centre : int
        Luminance that stays, 15 bits.
    gain : int
        In 2⁻¹⁴.

    Notes
    -----
    Light below black is kept down to −`SPARE`: what a frame adds up may well be above.
    """
    if native.kernel:
        pixels = np.empty_like(source.pixels)
        native.kernel.lift(source.pixels, centre, gain, pixels)
        pixels.flags.writeable = False
        return replace(source, pixels=pixels)
    now = source.pixels[..., :3].astype(np.int64)
    old = luminance(now)
    new = (((old - centre) * gain + (1 << (GAIN_BITS - 1))) >> GAIN_BITS) + centre
    pixels = source.pixels.copy()
    pixels[..., :3] = np.clip(_coloured(now, old, new, SATURATED), -SPARE, WHITE)
    pixels.flags.writeable = False
    return replace(source, pixels=pixels)


def within(source: Source, mask: IntArray) -> IntArray:
    """Return how much of each pixel of a source the mask shows, (H, W), 0…2¹⁵."""
    height, width = (size - 2 * PAD for size in source.pixels.shape[:2])
    to_canvas = source.from_canvas.inverse()
    y, x = np.mgrid[0:height, 0:width].reshape(2, -1)
    place = np.rint(to_canvas(np.stack([x, y], axis=1))).astype(np.int64)
    on = ((place >= 0) & (place < mask.shape[::-1])).all(axis=1)
    shown = np.zeros(len(place), dtype=np.int64)
    shown[on] = mask[place[on, 1], place[on, 0]]
    return shown.reshape(height, width)


def _with(source: Source, light: IntArray) -> Source:
    pixels = padded(light.astype(np.int16)).copy()
    pixels[..., 3] = source.pixels[..., 3]  # what of the photo is an open eye
    pixels.flags.writeable = False
    return replace(source, pixels=pixels)


def _grey(light: IntArray, kind: Light) -> IntArray:
    """Luminance; where display codes are added, as a code."""
    if kind == "linear":
        return luminance(light)
    to_linear, to_code = linear_tables(kind)
    return to_code[luminance(to_linear[light].astype(np.int64))].astype(np.int64)


def _coloured(light: IntArray, old: IntArray, new: IntArray, most: float) -> IntArray:
    """Return light with another luminance: red, green and blue are multiplied alike.

    So hue and saturation stay.  Luminance is `new` even where colour is multiplied by less:
    by `most`, or by none where luminance is below black.
    """
    ratio = (new << _RATIO_BITS) // np.maximum(old, 1)
    ratio = np.clip(ratio, 0, round(most * (1 << _RATIO_BITS)))
    colour = ((light - old[..., None]) * ratio[..., None]) >> _RATIO_BITS
    return np.asarray(new[..., None] + colour)
