"""Light and fine texture of a face's skin, as a few numbers that two photos can be compared by.

May import `measure.skin` and NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from morphkit.faces.face import FloatArray
from morphkit.measure.skin import BoolArray, Skin

INSIDE = 0.08
"""Skin nearer to the outline than this (EOD) turns away from the camera and tells no slope."""

BANDS = tuple(8 * 2 ** (step / 2) for step in range(6))
"""Middles of the bands, in waves per eye distance: 8 to 45, half an octave apart.  Below, the
face's own shape decides; above, a stimulus of common size shows nothing."""

OCTAVES = 0.35
"""Standard deviation of a band, in octaves: neighbours overlap a little."""

FADE, CORE = 0.15, 0.12
"""The face fades out over this depth (EOD); its texture is measured deeper than this."""

FEWEST = 3
"""Bands that a slope needs."""

STILL = 1e-4
"""Stops; the rounding of 8-bit codes alone makes more texture."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light on a face.

    Parameters
    ----------
    level : float
        Mean log₂ luminance of the skin: stops below white.
    across, down : float
        How luminance rises towards the infant's left, and towards the chin, in stops per EOD.
    """

    level: float
    across: float
    down: float


def light(face: Skin) -> Light:
    """Measure the light: the plane that fits log luminance over the skin best.

    Log luminance, so that a skin's tone shifts the plane and doesn't tilt it.  A plane is
    the first order of what a distant light does to a face (Basri & Jacobs 2003,
    doi 10.1109/TPAMI.2003.1177153), as seen from the front.
    """
    level, across, down = _plane(face, face.plain & (face.depth > INSIDE))
    return Light(float(level), float(across), float(down))


def _plane(face: Skin, where: BoolArray) -> FloatArray:
    """Return mean level and slopes of the least-squares plane."""
    where = where if where.sum() >= 100 else face.plain
    values = face.stops[where]
    places = np.stack([face.across[where], face.down[where]])
    places -= places.mean(axis=1, keepdims=True)
    level = values.mean()
    products = (places * (values - level)).sum(axis=1)
    (aa, ab), (_, bb) = ((p * places).sum(axis=1) for p in places)
    rest = aa * bb - ab * ab
    if rest <= 0:
        return np.array([level, 0, 0])
    across = (bb * products[0] - ab * products[1]) / rest
    down = (aa * products[1] - ab * products[0]) / rest
    return np.array([level, across, down])


def texture(face: Skin) -> tuple[float, ...]:
    """Measure the skin's texture: ln of its amplitude in each of `BANDS` that the photo has.

    Returns
    -------
    tuple of float
        ln of the root mean square of log luminance in stops, coarse bands first; a photo
        with few pixels has fewer.  Light and outline are taken away first.
    """
    level, across, down = _plane(face, face.plain)
    ramp = np.clip(face.depth / FADE, 0, 1)
    flat = face.stops - (level + across * face.across + down * face.down)
    spectrum = np.fft.rfft2(flat * (ramp * ramp * (3 - 2 * ramp)))
    high, wide = face.stops.shape
    fy = np.asarray(np.fft.fftfreq(high)[:, None], dtype=np.float64)
    fx = np.asarray(np.fft.rfftfreq(wide)[None, :], dtype=np.float64)
    spectrum /= _kept(fy, face.factor) * _kept(fx, face.factor)
    radius = np.sqrt(fy * fy + fx * fx) * face.unit
    radius[0, 0] = 1e-9  # the mean is no texture
    where = face.plain & (face.depth > CORE)
    found = []
    for band in BANDS:
        if band * np.sqrt(2) > face.unit / 2 or not where.any():
            break
        gain = np.exp(-(np.log2(radius / band) ** 2) / (2 * OCTAVES * OCTAVES))
        part = np.fft.irfft2(spectrum * gain, s=(high, wide))[where]
        found.append(float(np.log(np.sqrt((part * part).mean()) + STILL)))
    return tuple(found)


def _kept(frequency: FloatArray, factor: int) -> FloatArray:
    """Share of a wave that is left after averaging `factor` pixels; frequency per mean."""
    if factor == 1:
        return np.ones_like(frequency)
    return np.asarray(np.sinc(frequency) / np.sinc(frequency / factor))


def slopes(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float] | None:
    """Return the spectral slopes of two textures over the bands that both have.

    Returns
    -------
    (float, float) or None
        ln amplitude per ln frequency, in bands of equal octaves: 0 for an image like natural
        scenes, whose amplitude falls as 1/frequency (Field 1987,
        doi 10.1364/JOSAA.4.002379), lower for a blurred one.  None when there are too few
        common bands.
    """
    count = min(len(one), len(other))
    if count < FEWEST:
        return None
    x = np.log(BANDS[:count])
    x -= x.mean()
    first, second = (float((x * np.array(t[:count])).sum() / (x * x).sum()) for t in (one, other))
    return first, second
