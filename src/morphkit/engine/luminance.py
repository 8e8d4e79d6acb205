"""Image statistics of a face inside the mask: luminance, contrast, colour, histogram.

Luminance is the linear-light sum of Rec. ITU-R BT.709, in whole numbers; contrast is RMS
contrast, SD / mean.  A pixel counts as much as the mask shows of it, so that pictures with
equal means here are equal in mean as a whole, soft edge and background included.  May
import `errors`, `engine.color`, `faces` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from morphkit.engine.color import WHITE, CodeArray, decode_table
from morphkit.errors import Finding
from morphkit.faces.face import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
WholeArray = np.ndarray[tuple[int, ...], np.dtype[np.signedinteger[Any]]]

WEIGHTS = (6966, 23436, 2366)
"""Of red, green and blue in luminance: 0.2126, 0.7152, 0.0722 (BT.709) in 2⁻¹⁵."""

RANKS = 256
"""A histogram is kept as this many quantiles, and the lowest and the highest value."""

TAIL = 0.001
"""Share of the pixels that may leave the range of light at either end."""

DARKEST = 0.001
FLATTEST = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """What is measured of one face inside the mask; light in 0…1.

    Parameters
    ----------
    luminance : float
        Mean.
    contrast : float
        RMS contrast: standard deviation of luminance / its mean.
    colour : (3,) float array
        Mean red, green and blue light.
    low : float
        Luminance that a share `TAIL` of the pixels lies below.
    bright : (float, float)
        Red, green or blue light that a share `TAIL` of the pixels exceeds, and the mean
        luminance of those pixels.
    quantiles : (RANKS + 2,) float array
        Luminance of the darkest pixel, at the ranks (j + ½) / RANKS, and of the brightest.
    """

    luminance: float
    contrast: float
    colour: FloatArray
    low: float
    bright: tuple[float, float]
    quantiles: FloatArray

    def times(self, contrast: float, light: float) -> Statistics:
        """Return the statistics of the face with contrast about its mean, and light, multiplied."""

        def changed(value: float) -> float:
            return light * (self.luminance + contrast * (value - self.luminance))

        channel, grey = self.bright
        return Statistics(
            light * self.luminance,
            contrast * self.contrast,
            light * self.colour,
            changed(self.low),
            (channel * changed(grey) / grey, changed(grey)),
            np.array([changed(float(value)) for value in self.quantiles]),
        )


def luminance(light: WholeArray) -> IntArray:
    """Return the luminance of linear light, (…, 3) → (…), in the same unit."""
    red, green, blue = (light[..., i].astype(np.int64) for i in range(3))
    total = WEIGHTS[0] * red + WEIGHTS[1] * green + WEIGHTS[2] * blue
    return np.asarray((total + (1 << 14)) >> 15)


def tails(light: IntArray, weight: IntArray) -> tuple[float, tuple[float, float]]:
    """Return `Statistics.low` and `Statistics.bright`.

    Parameters
    ----------
    light : (N, 3) int64 array
        15 bits; may lie out of range.
    weight : (N,) int64 array
        How much each pixel counts.
    """
    grey, most = luminance(light), light.max(axis=1)
    low = _at(grey, weight, TAIL)
    high = _at(most, weight, 1 - TAIL)
    beyond = most >= high
    mean = float((grey[beyond] * weight[beyond]).sum() / weight[beyond].sum())
    return low / WHITE, (high / WHITE, max(mean, 1.0) / WHITE)


def _at(values: IntArray, weight: IntArray, share: float) -> int:
    """Return the value that a share of the pixels lies at or below."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    return int(values[order][np.searchsorted(below, share * below[-1])])


def measured(
    codes: CodeArray, mask: IntArray, ends: tuple[float, tuple[float, float]] | None = None
) -> Statistics:
    """Measure a picture of the unmasked face.

    Parameters
    ----------
    codes : (H, W, 3) uint8 array
        Rendered in linear light, mask left off.
    mask : (H, W) int64 array
        0…2¹⁵: how much each pixel counts.  At least one pixel has to.
    ends : (float, (float, float)), optional
        `tails` of the light before it was kept in range.

    Returns
    -------
    Statistics
        Sums are whole numbers, so that they are equal on every machine.
    """
    inside = mask > 0
    light, weight = decode_table("linear")[codes[inside]].astype(np.int64), mask[inside]
    shown = luminance(light)
    mean, deviation = moments(shown, weight)
    ranks = (np.arange(RANKS) + 0.5) / RANKS
    low, bright = ends or tails(light, weight)
    return Statistics(
        mean / WHITE,
        deviation / mean if mean else 0.0,
        np.array([moments(light[:, i], weight)[0] for i in range(3)]) / WHITE,
        low,
        bright,
        _quantiles(shown, weight, ranks),
    )


def moments(values: IntArray, weight: IntArray) -> tuple[float, float]:
    """Return mean and standard deviation of weighted whole numbers (15 bits each)."""
    total, first = int(weight.sum()), int((weight * values).sum())
    # products of three 15-bit numbers: 2¹⁶ of them fit 64 bits
    parts = range(0, len(values), 1 << 16)
    square = weight * values * values
    second = sum(int(square[start : start + (1 << 16)].sum()) for start in parts)
    variance = (second * total - first * first) / (total * total)
    return first / total, float(np.sqrt(variance))


def _quantiles(values: IntArray, weight: IntArray, ranks: FloatArray) -> FloatArray:
    """Return the lowest value, 0…1, those that each share lies at or below, the highest."""
    below = np.cumsum(np.bincount(values, weights=weight, minlength=WHITE + 1))
    middle = np.searchsorted(below, ranks * below[-1])
    return np.concatenate([[values.min()], middle, [values.max()]]) / WHITE


def unfit(face: Statistics | None, label: str) -> list[Finding]:
    """Return why a face's statistics can't be equalised.

    Parameters
    ----------
    face : Statistics or None
        None where the mask shows nothing.
    label : str
        Whose face it is.
    """
    if face is None:
        return [
            Finding(
                "MK520",
                "the mask shows nothing of this face: it has no statistics to equalise.",
                file=label,
                pointer="equalise",
                measured=0.0,
                suggestion="Use a wider photo or a larger eye_distance, or delete equalise.",
            )
        ]
    if face.luminance < DARKEST:
        return [_lacking(label, "black", "mean luminance", face.luminance, DARKEST)]
    if face.contrast < FLATTEST:
        return [_lacking(label, "flat", "RMS contrast", face.contrast, FLATTEST)]
    return []


def _lacking(label: str, word: str, what: str, found: float, limit: float) -> Finding:
    return Finding(
        "MK521",
        f"this face is {word} inside the mask: its {what} is {100 * found:.3g} %.",
        file=label,
        pointer="equalise",
        measured=found,
        limit=limit,
        suggestion="Use another photo, or delete equalise.",
    )
