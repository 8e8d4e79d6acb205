"""Detail of a face by spatial frequency, in waves per face width: power, slope, smoothness.

Measured inside a window that fades out within the region, so that its edge makes no wave.
May import `engine.blur`, `measure.colour` and NumPy.
"""

from __future__ import annotations

import math

import numpy as np

from morphkit.engine.blur import blurred, taps
from morphkit.engine.color import SingleArray
from morphkit.faces.face import FloatArray
from morphkit.measure.skin import BoolArray

BANDS = ((8, 16), (16, 32), (32, 64))
"""Octaves, in waves per face width: what faces are told by, and the two finer ones that a
mixture of misaligned skin loses."""

SOFT = 1 / 40
"""Standard deviation of the window's edge, in face widths."""

FEWEST_WAVES = 2
"""A band is measured where the window is as wide as this many of its longest waves."""

FLOOR = -100.0
"""dB; what is less than this is none."""

PATCHES = 48
"""Smoothness is judged in patches, this many to a face width…"""

FEWEST_PATCHES = 9
"""…and not from fewer than this."""

_HALF_POWER = math.sqrt(math.log(2)) / (2 * math.pi)
"""Size · frequency of a Gaussian that leaves half the power of a wave."""


def window(inside: BoolArray, unit: float) -> SingleArray:
    """Return how much each pixel of a region counts: 0 at its edge and outside, 1 within.

    Parameters
    ----------
    inside : (H, W) bool array
        Beyond the array nothing is inside.
    unit : float
        Pixels per face width.
    """
    sigma = SOFT * unit
    reach = len(taps(sigma)) - 1
    kept = (slice(reach, -reach),) * 2
    wide = np.pad(inside.astype(np.float32), reach)
    core = blurred(wide, sigma) > 1 - 1e-3
    return np.asarray(blurred(core.astype(np.float32), sigma)[kept] * inside)


def bands(light: SingleArray, shown: SingleArray, unit: float) -> dict[str, float]:
    """Measure the power of each band.

    Parameters
    ----------
    light : (H, W) float array
        Luminance.
    shown : (H, W) float array
        Of `window`.
    unit : float
        Pixels per face width.

    Returns
    -------
    dict of str to float
        ``band_8_16`` and so on: squared RMS contrast in dB, pixels weighted by the square of
        the window; and ``band_slope``.  Bands above half a wave per pixel, and those with
        waves too long for the region, are left out.
    """
    weight = float((shown * shown).sum())
    side = math.sqrt(weight)
    found = {}
    low, high = FEWEST_WAVES * unit / max(side, 1e-9), unit / 2
    measured = [band for band in BANDS if low <= band[0] and band[1] <= high]
    if measured:
        power, radius = _spectrum(light, shown)
        for start, end in measured:
            part = power[(radius * unit >= start) & (radius * unit < end)].sum()
            found[f"band_{start}_{end}"] = _decibel(float(part) / weight)
    return found | _slope([found[f"band_{a}_{b}"] for a, b in measured])


def _spectrum(light: SingleArray, shown: SingleArray) -> tuple[FloatArray, FloatArray]:
    """Return power by wave, which sums to that of the window, and waves per pixel."""
    mean = float((shown * light).sum()) / float(shown.sum())
    size = tuple(-(-length // 16) * 16 for length in light.shape)  # quick to transform
    waves = np.fft.rfft2(shown * (light - np.float32(mean)), s=size) / (mean or 1)
    power = (waves.real**2 + waves.imag**2) * (2 / (size[0] * size[1]))
    power[:, 0] /= 2
    power[:, -1] /= 2
    down, across = np.fft.fftfreq(size[0])[:, None], np.fft.rfftfreq(size[1])[None, :]
    return power, np.sqrt(down * down + across * across)


def _slope(levels: list[float]) -> dict[str, float]:
    """Return the least-squares slope of log power on log frequency over octaves."""
    if len(levels) < 2 or min(levels) <= FLOOR:
        return {}
    octaves = np.arange(len(levels)) - (len(levels) - 1) / 2
    rise = float((octaves * levels).sum() / (octaves * octaves).sum())
    return {"band_slope": rise / (10 * math.log10(2))}


def smoothness(light: SingleArray, shown: SingleArray, unit: float) -> dict[str, float]:
    """Measure how far skin detail lies below luminance: ``smoothness``, dB.

    The median over patches of their RMS contrast, finer than 16 waves per face width, turned
    round: most of a face is skin, so that eyes, brows and mouth don't count.  Left out where
    the region has few patches.
    """
    patch = round(unit / PATCHES)
    if patch < 2:
        return {}
    rows, columns = (length // patch for length in light.shape)
    fine = light - blurred(light, _HALF_POWER * unit / 16)

    def averaged(values: SingleArray) -> SingleArray:
        cut = values[: rows * patch, : columns * patch].reshape(rows, patch, columns, patch)
        return np.asarray(cut.mean(axis=(1, 3)))

    skin = averaged((shown > 0.5).astype(np.float32)) == 1
    level = averaged(light)
    skin &= level > 0
    if skin.sum() < FEWEST_PATCHES:
        return {}
    contrast = averaged(fine * fine)[skin] / level[skin] ** 2
    return {"smoothness": -_decibel(float(np.median(contrast)))}


def _decibel(power: float) -> float:
    return max(FLOOR, 10 * math.log10(power)) if power > 0 else FLOOR
