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

REACH = 0.02
"""How far from the draft an edge is looked for, in EOD."""

STEP = 0.001
OFFSETS = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1) * STEP
"""Distances from the draft at which there may be an edge, inwards, in EOD."""

WORKING_EOD = 200
"""Larger faces are looked at in pixels of their own, at least this many to an EOD."""

BLUR: Mapping[Layer, float] = {"redness": 0.004, "soft_redness": 0.012, "luminance": 0.004}
"""Sigma in EOD; half a pixel at least."""

CORNER = 0.01
"""A corner's edge is seen this far to both sides of its axis, in EOD."""

SHARPNESS = 8.0
"""Log likelihood of the steepest place of a clear edge over none."""

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
        """Return a layer at (…, 2) places of the photo, linear between pixels."""
        picture = self.layers[layer]
        height, width = picture.shape
        at = (places - self.origin) / self.scale
        x, y = np.clip(at[..., 0], 0, width - 1), np.clip(at[..., 1], 0, height - 1)
        i, j = x.astype(np.int64), y.astype(np.int64)
        right, below = np.minimum(i + 1, width - 1), np.minimum(j + 1, height - 1)
        u, v = x - i, y - j
        top = picture[j, i] * (1 - u) + picture[j, right] * u
        bottom = picture[below, i] * (1 - u) + picture[below, right] * u
        return np.asarray(top * (1 - v) + bottom * v)


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
    redness = 100 * (red - green) / (red + green + 16)  # dark pixels have no hue
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    raw: dict[Layer, FloatArray] = {
        "redness": redness,
        "soft_redness": redness,
        "luminance": luminance,
    }
    layers = {
        name: blurred(values, max(round(10 * BLUR[name] * eod / scale) / 10, 0.5))
        for name, values in raw.items()
    }
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
        ends = np.concatenate([[OFFSETS[0] - STEP], OFFSETS, [OFFSETS[-1] + STEP]])
        values = trait.rises * _profiles(view, line, trait.layer, ends + trait.inset)
        strength = (values[:, 2:] - values[:, :-2]) / (2 * STEP)
        wrong = np.minimum(strength, 0)
        noise, sharpness = float(np.sqrt((wrong * wrong).mean())), SHARPNESS
    strength = np.maximum(strength, 0)
    usual = float(np.quantile(strength.max(axis=1), 0.75))
    if usual <= 0:
        return np.zeros_like(strength), 0.0
    signal = usual * usual / ((DISTRUST * noise) ** 2 + trait.floor**2)
    clarity = signal / (1 + signal)
    return sharpness * clarity * (strength / usual) ** 2, clarity


def _profiles(view: Window, line: Line, layer: Layer, offsets: FloatArray) -> FloatArray:
    """Return a layer across a line, (S, K); a corner's is the mean over its width."""
    across = line.places[:, None] + view.eod * offsets[:, None] * line.inward[:, None]
    if len(line.places) > 1:
        return view.values(layer, across)
    aside = np.stack([-line.inward[:, 1], line.inward[:, 0]], axis=1)
    beside = view.eod * np.linspace(-CORNER, CORNER, 9)[:, None, None, None] * aside[:, None]
    return np.asarray(view.values(layer, across + beside).mean(axis=0))


def _stiffness(line: Line, eod: float) -> float:
    """Return the standard deviation of an offset's change from one place to the next."""
    if len(line.places) < 2:
        return 1.0
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
    before, after = local.copy(), np.ones_like(local)
    for i in range(1, len(local)):
        before[i] *= (step * before[i - 1]).sum(axis=1)
        before[i] /= before[i].sum()
    for i in range(len(local) - 2, -1, -1):
        after[i] = (step * (local[i + 1] * after[i + 1])).sum(axis=1)
        after[i] /= after[i].sum()
    belief = before * after
    belief /= belief.sum(axis=1, keepdims=True)
    mean = (belief * OFFSETS).sum(axis=1)
    variance = (belief * (OFFSETS - mean[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)
