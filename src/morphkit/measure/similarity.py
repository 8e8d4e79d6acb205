"""How alike two pictures look locally: SSIM and GMSD, on luma 0…255.

Each has a view, computed once per picture, and a distance between two views.  Both measure
on windows; only windows round pixels of the region that lie wholly in its bounding box
count, as in the authors' own code.  May import `measure.region` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.measure.region import BoolArray, Plane, Region

REACH, SIGMA = 5, 1.5
"""A window of SSIM: pixels to each side of its middle, and its Gaussian's deviation."""

LUMINANCE, CONTRAST = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""C₁ and C₂ of SSIM: (K L)², K₁ = 0.01, K₂ = 0.03, L = 255."""

SEEN = 256
"""Pictures are averaged until their shorter side has about this many pixels: the size at
which they would be looked at, as the authors advise."""

STEADY = 170.0
"""c of GMSD, for 0…255."""

MIDDLE = np.float32(128)
"""Taken from luma before it is squared, so that float32 keeps small variances."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What SSIM keeps of a picture.

    Parameters
    ----------
    luma : (H, W) float32 array
        Averaged to the size at which it is seen, minus `MIDDLE`.
    core : (H − 10, W − 10) bool array
        The windows that count.
    mean, variance : (H − 10, W − 10) float32 array
        Of luma in each window; the mean counts from black.
    """

    luma: Plane
    core: BoolArray
    mean: Plane
    variance: Plane


def windows(part: Region) -> Windows:
    """Return what SSIM keeps of a picture."""
    factor = max(1, int(min(part.luma.shape) / SEEN + 0.5))
    luma = _averaged(part.luma, factor)
    where = _averaged(part.where, factor) > 0
    luma, core = _framed(luma - MIDDLE, where, REACH)
    mean = _windowed(luma)
    return Windows(luma, core, mean + MIDDLE, _windowed(luma * luma) - mean * mean)


def ssim(one: Windows, other: Windows) -> float:
    """Return 1 − mean SSIM (Wang et al. 2004, doi 10.1109/TIP.2003.819861).

    With μ, σ² of a window and l, s the shares by which luminance and structure miss 1,
    l = (μ₁ − μ₂)² / (μ₁² + μ₂² + C₁) and s = σ²(difference) / (σ₁² + σ₂² + C₂), it is
    1 − (1 − l)(1 − s): the same as the authors' formula, without its loss of digits.
    """
    apart = one.luma - other.luma
    shift = one.mean - other.mean
    shift *= shift
    missed = shift / (one.mean * one.mean + other.mean * other.mean + np.float32(LUMINANCE))
    structure = _windowed(apart * apart) - shift
    structure /= one.variance + other.variance + np.float32(CONTRAST)
    return float((missed + structure - missed * structure)[one.core].mean(dtype=np.float64))


def gradients(part: Region) -> Plane:
    """Return what GMSD keeps of a picture: gradient magnitudes at half size, (N,) float32.

    Prewitt's filters divided by 3, so that a ramp of one code per pixel has 2.
    """
    luma, core = _framed(_averaged(part.luma, 2), _averaged(part.where, 2) > 0, 1)
    across = luma[:, 2:] - luma[:, :-2]
    down = luma[2:] - luma[:-2]
    across = (across[:-2] + across[1:-1] + across[2:]) / 3
    down = (down[:, :-2] + down[:, 1:-1] + down[:, 2:]) / 3
    size: Plane = np.sqrt(across * across + down * down)
    return size[core]


def gmsd(one: Plane, other: Plane) -> float:
    """Return the deviation of gradient similarity (Xue et al. 2014, 10.1109/TIP.2013.2293423).

    Of 1 − similarity, whose deviation is the same: (m₁ − m₂)² / (m₁² + m₂² + c).
    """
    apart = one - other
    unlike = apart * apart / (one * one + other * other + np.float32(STEADY))
    return float(unlike.std(dtype=np.float64))


def _averaged(plane: Plane | BoolArray, factor: int) -> Plane:
    """Return means over squares of `factor` pixels; the last ones repeat the edge."""
    height, width = plane.shape
    whole: Plane = plane.astype(np.float32, copy=False)
    if height % factor or width % factor:
        whole = np.pad(whole, ((0, -height % factor), (0, -width % factor)), "edge")
    parts = [whole[i::factor, j::factor] for i in range(factor) for j in range(factor)]
    return sum(parts[1:], parts[0]) / np.float32(factor * factor)


def _framed(plane: Plane, where: BoolArray, margin: int) -> tuple[Plane, BoolArray]:
    """Return a plane, and for each window that fits into it whether it counts.

    Where no window fits round any pixel of the region, its mirror image surrounds it.
    """
    core = where[margin:-margin, margin:-margin]
    if core.any():
        return plane, core
    return np.pad(plane, margin, "symmetric"), where


def _windowed(plane: Plane) -> Plane:
    """Return Gaussian-weighted means over the windows that fit into a plane."""
    return _swept(_swept(plane).T).T


def _swept(plane: Plane) -> Plane:
    """Weigh the rows of windows, from each side to the middle."""
    taps = np.exp(-(np.arange(-REACH, 1.0) ** 2) / (2 * SIGMA * SIGMA))
    taps = (taps / (2 * taps.sum() - taps[-1])).astype(np.float32)
    height, last = plane.shape[0] - 2 * REACH, 2 * REACH
    total: Plane = taps[REACH] * plane[REACH : REACH + height]
    for i in range(REACH):
        total += taps[i] * (plane[i : i + height] + plane[last - i : last - i + height])
    return total
