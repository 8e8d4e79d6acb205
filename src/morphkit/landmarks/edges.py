"""Where an edge lies across a line: profiles of a photo, evidence in them, the likeliest place.

Knows nothing of faces but one length, the EOD.  May import `engine.blur`, `engine.cells`,
`faces`, `landmarks.lines` and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from morphkit.engine.blur import blurred
from morphkit.engine.cells import reduced
from morphkit.faces.face import ByteArray, FloatArray
from morphkit.landmarks.lines import Layer, Line, Trait

STEP = 0.001
OFFSETS: FloatArray = np.arange(-20.0, 21.0) * STEP
"""Distances from the draft at which there may be an edge, inwards, in EOD: to 0.02."""

WORKING_EOD = 200
"""Larger faces are looked at in pixels of their own, at least this many to an EOD."""

BLUR: Mapping[Layer, float] = {"redness": 0.006, "soft_redness": 0.012, "luminance": 0.006}
"""Sigma in EOD."""

LEAST_BLUR = 0.9
"""Sigma in pixels below which an edge would be steepest at pixels, wherever it is."""

SHARPNESS = 8.0
"""Log likelihood of the steepest place of a clear edge over none."""

FLAT = 1e-9
"""Less than this is rounding, in units of a layer."""

TWICE = 2.0
"""A dark line's bottom counts this many times as much as an edge."""

DISTRUST = 2.0
"""Changes the wrong way, times this, count as noise against those the right way."""

STIFFNESS = 0.0012
"""Standard deviation of an offset's change along 0.01 EOD of a line, in EOD."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A part of a photo, prepared to be looked at.

    Parameters
    ----------
    layers : mapping of str to (h, w) float array
        Redness: 100 · (red − green) / (red + green); luminance: codes.
    origin : (2,) float array
        The photo's pixel at which the centre of the layers' first pixel lies.
    scale : int
        Pixels of the photo to one of the layers.
    eod : float
        In pixels of the photo.
    """

    layers: Mapping[Layer, FloatArray]
    origin: FloatArray
    scale: int
    eod: float

    def values(self, layer: Layer, places: FloatArray) -> FloatArray:
        """Return a layer at (…, 2) places of the photo, a cubic B-spline of its pixels.

        It smooths a little and has a smooth slope: one between straight lines would be steepest
        at pixels, wherever the edge is.
        """
        picture = self.layers[layer]
        sides = np.array(picture.shape[::-1]) - 1
        at = np.clip((places - self.origin) / self.scale, 0, sides)
        first = np.floor(at).astype(np.int64)
        x, y = np.moveaxis(at - first, -1, 0)
        across, down = _spline(x), _spline(y)
        columns = [np.clip(first[..., 0] + i, 0, sides[0]) for i in (-1, 0, 1, 2)]
        total = np.zeros(x.shape)
        for j, weight in zip((-1, 0, 1, 2), down, strict=True):
            row = np.clip(first[..., 1] + j, 0, sides[1])
            total += weight * sum(
                part * picture[row, column] for part, column in zip(across, columns, strict=True)
            )
        return total


def _spline(f: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the weights of the cubic B-spline for the pixels at −1, 0, 1 and 2."""
    g = 1 - f
    before, after = g * g * g / 6, f * f * f / 6
    return before, 2 / 3 - f * f + 3 * after, 2 / 3 - g * g + 3 * before, after


def window(image: ByteArray, points: FloatArray, eod: float) -> Window:
    """Return what is to be looked at of a photo around some points.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    points : (N, 2) float array
        Any; where they lie off the photo, its edge is seen.
    eod : float
        In pixels.
    """
    scale = max(1, int(eod // WORKING_EOD))
    margin = eod * 0.1
    sides = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(points.min(axis=0) - margin), 0, sides - 1).astype(int)
    high = np.clip(np.ceil(points.max(axis=0) + margin) + 1, low + 1, sides).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]].astype(np.float64)
    red, green, blue = (reduced(part[..., i], scale) for i in range(3))

    def soft(values: FloatArray, layer: Layer) -> FloatArray:
        return blurred(values, max(round(10 * BLUR[layer] * eod / scale) / 10, LEAST_BLUR))

    layers: dict[Layer, FloatArray] = {
        "luminance": soft(0.299 * red + 0.587 * green + 0.114 * blue, "luminance")
    }
    for layer in ("redness", "soft_redness"):
        # light mixes before its colour is asked for, else an edge would be drawn to pixels;
        # dark pixels have no hue
        layers[layer] = 100 * soft(red - green, layer) / (soft(red + green, layer) + 16)
    return Window(layers, low + (scale - 1) / 2, scale, eod)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Where the photo has a line's edge.

    Parameters
    ----------
    offset : (S,) float array
        The expected distance inwards from each of the line's places, in EOD.
    gain : (S,) float array
        0 where the photo says nothing, to 1 where nothing else counts.
    clarity : float
        0…1: how far the edge stands out from noise and from nothing.
    """

    offset: FloatArray
    gain: FloatArray
    clarity: float


def sighted(view: Window, line: Line, trait: Trait, prior: float) -> Sighting:
    """Look for a line's edge near the draft.

    Parameters
    ----------
    view : Window
    line : Line
    trait : Trait
    prior : float
        Standard deviation of the draft's error across the line, in EOD.
    """
    likelihood, clarity = _evidence(view, line, trait)
    mean, deviation = _expected(likelihood, prior, _stiffness(line, view.eod))
    return Sighting(mean, np.clip(1 - (deviation / prior) ** 2, 0, 1), clarity)


def _evidence(view: Window, line: Line, trait: Trait) -> tuple[FloatArray, float]:
    """Return the log likelihood of an edge at each place and offset, (S, K), and its clarity."""
    if trait.rises == 0:
        values = _profiles(view, line, trait.layer, OFFSETS)
        strength = values.mean(axis=1, keepdims=True) - values
        noise, sharpness = 0.0, TWICE * SHARPNESS
    else:
        ends: FloatArray = np.arange(-21.0, 22.0) * STEP
        values = trait.rises * _profiles(view, line, trait.layer, ends + trait.inset)
        strength = (values[:, 2:] - values[:, :-2]) / (2 * STEP)
        wrong = np.minimum(strength, 0)
        noise, sharpness = float(np.sqrt((wrong * wrong).mean())), SHARPNESS
    strength = np.maximum(strength, 0)
    most = np.sort(strength.max(axis=1))
    usual = float(most[round(0.75 * (len(most) - 1))])
    if usual <= FLAT:
        return np.zeros_like(strength), 0.0
    signal = usual * usual / ((DISTRUST * noise) ** 2 + trait.floor**2)
    clarity = signal / (1 + signal)
    return sharpness * clarity * (strength / usual) ** 2, clarity


def _profiles(view: Window, line: Line, layer: Layer, offsets: FloatArray) -> FloatArray:
    """Return a layer across a line, (S, K)."""
    across = line.places[:, None] + view.eod * offsets[:, None] * line.inward[:, None]
    return view.values(layer, across)


def _stiffness(line: Line, eod: float) -> float:
    """Return the standard deviation of an offset's change from one place to the next."""
    ways = np.diff(line.places, axis=0)
    spacing = float(np.sqrt((ways * ways).sum(axis=1)).mean()) / eod
    return max(STIFFNESS * math.sqrt(spacing / 0.01), STEP / 4)


def _expected(likelihood: FloatArray, prior: float, stiffness: float) -> tuple[FloatArray, ...]:
    """Return mean and standard deviation of the offset at each place of a line.

    The offsets are a Markov chain along the line, near zero by the prior (Rabiner 1989,
    doi 10.1109/5.18626: forward and backward).
    """
    local = likelihood - (OFFSETS / prior) ** 2 / 2
    local = np.exp(local - local.max(axis=1, keepdims=True))
    apart = OFFSETS[:, None] - OFFSETS
    step = np.exp(-((apart / stiffness) ** 2) / 2)
    both = np.ones((2, *local.shape))  # what is known from before a place, and from after it
    for i in range(1, len(local)):
        known = both[:, i - 1] * np.stack([local[i - 1], local[-i]])
        both[:, i] = (step * (known / known.sum(axis=1, keepdims=True))[:, None]).sum(axis=2)
    belief = both[0] * local * both[1, ::-1]
    belief /= belief.sum(axis=1, keepdims=True)
    mean = (belief * OFFSETS).sum(axis=1)
    variance = (belief * (OFFSETS - mean[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)
