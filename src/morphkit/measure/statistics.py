"""Statistics of a frame's picture inside its mask, as `statistic_names` lists them.

May import `measure` and NumPy.
"""

from __future__ import annotations

import numpy as np

from morphkit.engine.color import CodeArray
from morphkit.measure.colour import SingleArray, luminance
from morphkit.measure.double import ghost
from morphkit.measure.lab import lab
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
    rows, columns = (np.flatnonzero(where.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return {}
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    codes, inside = image[box], where[box]
    unit = float(inside.shape[1]) if unit_px is None else unit_px
    light = luminance(codes)
    found = _tone(light[inside])
    light[~inside] = found["luminance"]  # what lies outside has no say
    lightness, a_star, b_star = lab(codes[inside]).mean(axis=1, dtype=np.float64).tolist()
    found |= {"lightness": lightness, "a_star": a_star, "b_star": b_star}
    shown = window(inside if skin is None else inside & skin[box], unit)
    found |= bands(light, shown, unit)
    double = ghost(light, inside, unit)
    if double is not None:
        found["ghost"] = double
    found |= _symmetry(light, inside, None if midline is None else midline - float(columns[0]))
    return found | smoothness(light, shown, unit)


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
