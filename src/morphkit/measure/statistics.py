"""Statistics of a frame's picture inside its mask, as `statistic_names` lists them.

A `Field` holds what all pictures of one mask have in common, computed once.  May import
`engine.color`, `measure` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.engine.color import CodeArray, SingleArray
from morphkit.measure.colour import LUMINANCE, linear
from morphkit.measure.double import Tiles, ghost, tiles
from morphkit.measure.lab import lab
from morphkit.measure.region import bounds, inside
from morphkit.measure.skin import BoolArray
from morphkit.measure.waves import bands, smoothness, window


def picture_statistics(
    image: CodeArray,
    where: BoolArray,
    unit_px: float | None = None,
    *,
    skin: BoolArray | None = None,
    midline: float | None = None,
) -> dict[str, float]:
    """Measure a picture.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        sRGB-encoded.
    where : (H, W) bool array
        The region that is measured.
    unit_px : float, optional
        Pixels per face width; by default the width of the region.
    skin : (H, W) bool array, optional
        Where bands and smoothness are measured: by default the region.  Eyes and mouths have
        more of every band than skin, and change it as they open; `measure.skin.bare` leaves
        them out.
    midline : float, optional
        Column that the face is mirrored about; by default the mean column of the region.

    Returns
    -------
    dict of str to float
        By name.  What a picture or a region can't tell is left out: all of it where the
        region is empty, contrast where it is black, bands finer than the pixels.

    Raises
    ------
    ValueError
        When picture and regions are not of one size.
    """
    if image.shape != (*where.shape, 3) or (skin is not None and skin.shape != where.shape):
        raise ValueError(f"a picture {image.shape} and a region {where.shape} don't fit")
    if not where.any():
        return {}
    field = Field.of(where, unit_px, skin)
    codes = inside(image, where)
    return field.statistics(field.light(linear(codes)), lab(codes), midline)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A region that pictures are measured in.

    Parameters
    ----------
    box : (slice, slice)
        Its bounding box; all else is about that part of a picture.
    inside : (H, W) bool array
    unit : float
        Pixels per face width.
    shown : (H, W) float array
        As `waves.window` gives it.
    tiles : Tiles or None
    """

    box: tuple[slice, slice]
    inside: BoolArray
    unit: float
    shown: SingleArray
    tiles: Tiles | None

    @classmethod
    def of(cls, where: BoolArray, unit_px: float | None, skin: BoolArray | None) -> Field:
        """Return the field of a region that isn't empty; as in `picture_statistics`."""
        box = bounds(where)
        within = where[box]
        unit = float(within.shape[1]) if unit_px is None else unit_px
        shown = window(within if skin is None else within & skin[box], unit)
        return cls(box, within, unit, shown, tiles(within, unit))

    def light(self, linear: SingleArray) -> SingleArray:
        """Return luminance, (H, W), from the (N, 3) linear light of the region's pixels.

        What lies outside has no say: there it is the mean.
        """
        values = linear @ np.array(LUMINANCE, dtype=np.float32)
        found = np.full(self.inside.shape, values.mean(dtype=np.float64), dtype=np.float32)
        found[self.inside] = values
        return found

    def statistics(
        self, light: SingleArray, colours: SingleArray, midline: float | None = None
    ) -> dict[str, float]:
        """Measure a picture by its luminance and the (3, N) CIELAB of the region's pixels."""
        found = _tone(light[self.inside])
        means = colours.mean(axis=1, dtype=np.float64).tolist()
        found |= dict(zip(("lightness", "a_star", "b_star"), means, strict=True))
        found |= bands(light, self.shown, self.unit)
        if self.tiles is not None:
            found["ghost"] = ghost(light, self.tiles)
        left = float(self.box[1].start)
        found |= _symmetry(light, self.inside, None if midline is None else midline - left)
        return found | smoothness(light, self.shown, self.unit)


def _tone(light: SingleArray) -> dict[str, float]:
    mean = float(light.mean(dtype=np.float64))
    if mean <= 0:
        return {"luminance": 0.0}
    return {"luminance": mean, "contrast": float(light.std(dtype=np.float64)) / mean}


def _symmetry(light: SingleArray, inside: BoolArray, midline: float | None) -> dict[str, float]:
    """Correlate what has a mirror partner inside the region; left out where that is flat."""
    last = light.shape[1] - 1
    if midline is None:
        midline = float(np.average(np.arange(last + 1), weights=inside.sum(axis=0)))
    twice = round(2 * midline)
    across = slice(max(0, twice - last), max(0, min(last, twice) + 1))
    both = inside[:, across] & inside[:, across][:, ::-1]
    one, other = light[:, across][both], light[:, across][:, ::-1][both]
    if not one.size:
        return {}
    one, other = one - one.mean(dtype=np.float64), other - other.mean(dtype=np.float64)
    power = float((one * one).sum())
    return {"symmetry": float((one * other).sum()) / power} if power > 0 else {}
