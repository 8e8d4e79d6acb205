"""Which tone each face of a set needs, so that all have the same luminance and contrast.

Targets are means over the anchors of the whole set, or of one infant; they are decided once
and from numbers alone.  Mean and RMS contrast are made equal as in SHINE (Willenbockel et
al. 2010, doi 10.3758/BRM.42.3.671), but in linear light, and of anchors instead of frames.
May import `engine.color`, `engine.luminance`, `engine.tone`, `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from morphkit.engine.color import WHITE, LightArray
from morphkit.engine.luminance import Statistics
from morphkit.engine.tone import GAIN_BITS, Tone
from morphkit.faces.face import FloatArray

Scope = Literal["set", "identity", False]
Key = tuple[str, str]
"""Identity and expression."""

DIMMEST = 0.8
"""To keep highlights, a target of luminance may fall to this share of the mean."""

FAINTEST = 0.7
"""To keep both where octaves are matched, contrast may fall to this share of the least."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Over which faces each statistic is made equal: the set's, one infant's, or not at all."""

    luminance: Scope = False
    contrast: Scope = False
    histogram: Scope = False
    spectrum: Scope = False

    @property
    def anything(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.luminance or self.contrast or self.histogram or self.spectrum)


def groups(keys: Iterable[Key], scope: Scope) -> list[list[Key]]:
    """Return the faces that are made equal: all, each infant's, or each one alone."""
    found: dict[object, list[Key]] = {}
    for key in keys:
        name: object = key if not scope else (key[0] if scope == "identity" else "")
        found.setdefault(name, []).append(key)
    return list(found.values())


def targets(
    faces: Mapping[Key, Statistics], wish: Wish, least: Mapping[Key, float]
) -> dict[Key, tuple[float, float]]:
    """Return the luminance and the contrast that each face shall have.

    Parameters
    ----------
    faces : mapping of (str, str) to Statistics
        After their octaves were matched, if they are.
    wish : Wish
    least : mapping of (str, str) to float
        The contrasts before that.

    Returns
    -------
    dict
        (mean luminance, SD / mean) by face.  Each is the mean over a group, or less where
        more than a share `luminance.TAIL` of a face's pixels would turn black or white: first
        contrast for the shadows, then luminance (to `DIMMEST` at least) and contrast again
        for the highlights.  Contrast never falls below the least of its group,
        or, where octaves are matched, `FAINTEST` of it.
    """
    light = {key: face.luminance for key, face in faces.items()}
    contrast = {key: face.contrast for key, face in faces.items()}
    # other octaves reach farther into shadows and highlights at the same contrast
    share = FAINTEST if wish.spectrum else 1.0
    floor = {key: share * value for key, value in least.items()}
    together = groups(faces, wish.contrast or wish.spectrum)
    if wish.contrast:
        for group in together:
            contrast.update(dict.fromkeys(group, float(np.mean([contrast[k] for k in group]))))
    if wish.contrast or wish.spectrum:
        for group in together:
            most = {key: faces[key].contrast * _before_black(faces[key]) for key in group}
            contrast.update(_eased(contrast, most, floor))
    if wish.luminance:
        for group in groups(faces, wish.luminance):
            mean = float(np.mean([light[key] for key in group]))
            brightest = min(_brightest(faces[key], contrast[key]) for key in group)
            light.update(dict.fromkeys(group, max(DIMMEST * mean, min(mean, brightest))))
    if wish.contrast or wish.spectrum:
        for group in together:
            most = {k: faces[k].contrast * _before_white(faces[k], light[k]) for k in group}
            contrast.update(_eased(contrast, most, floor))
    return {key: (light[key], contrast[key]) for key in faces}


def _eased(
    contrast: Mapping[Key, float], most: Mapping[Key, float], least: Mapping[Key, float]
) -> dict[Key, float]:
    """Lower the contrasts of a group by one factor, so that none is above its most."""
    floor = min(least[key] for key in most) / max(contrast[key] for key in most)
    factor = min(most[key] / contrast[key] for key in most)
    factor = min(1.0, max(floor, factor))
    return {key: factor * contrast[key] for key in most}


def _before_black(face: Statistics) -> float:
    """How much contrast may be multiplied by before shadows turn black."""
    return 1 / max(1 - face.low / face.luminance, 1 / WHITE)


def _brightest(face: Statistics, contrast: float) -> float:
    """The highest luminance before highlights turn white, at a given contrast."""
    ratio = contrast / face.contrast
    channel, grey = face.bright
    return face.luminance / channel / max(ratio + (1 - ratio) * face.luminance / grey, 1 / WHITE)


def _before_white(face: Statistics, luminance: float) -> float:
    """How much contrast may be multiplied by before highlights turn white."""
    channel, grey = face.bright
    part = face.luminance / grey
    if part >= 1:
        return float("inf")  # they are not bright, only colourful
    return (face.luminance / (luminance * channel) - part) / max(1 - part, 1 / WHITE)


def toned_to(face: Statistics, tone: Tone, luminance: float, contrast: float) -> Tone:
    """Return a tone that also gives a face a mean luminance and an RMS contrast.

    Parameters
    ----------
    face : Statistics
        As it is before.
    tone : Tone
        Whatever else is done, earlier.
    luminance, contrast : float
        Wanted; luminance in 0…1, contrast as SD / mean.
    """
    brighter = luminance / face.luminance
    ratio = contrast / face.contrast
    gain = round(ratio * brighter * (1 << GAIN_BITS))
    offset = round(face.luminance * WHITE * brighter * (1 - ratio))
    return replace(tone, gain=gain, offset=offset, brighter=brighter)


def matched(faces: Mapping[Key, Statistics], scope: Scope) -> dict[Key, FloatArray]:
    """Return the quantiles that each face shall have: the means over its group.

    Means of quantiles, not of counts: two faces with one peak each give one peak between.
    """
    wanted: dict[Key, FloatArray] = {}
    for group in groups(faces, scope):
        mean = np.asarray(np.mean([faces[key].quantiles for key in group], axis=0))
        wanted.update(dict.fromkeys(group, mean))
    return wanted


def table(face: Statistics, wanted: FloatArray) -> LightArray:
    """Return the rising table, luminance → luminance, that gives a face other quantiles.

    Beyond a face's darkest and brightest pixel it goes straight to black and to white.
    """
    old, start = np.unique(face.quantiles, return_index=True)
    ends = [*start[1:], len(wanted)]
    new = np.array([wanted[a:b].mean() for a, b in zip(start, ends, strict=True)])
    if old[0] > 0:
        old, new = np.append(0.0, old), np.append(0.0, new)
    if old[-1] < 1:
        old, new = np.append(old, 1.0), np.append(new, 1.0)
    values = np.interp(np.arange(WHITE + 1) / WHITE, old, new)
    whole = np.maximum.accumulate(np.rint(values * WHITE)).astype(np.int16)
    whole.flags.writeable = False
    return np.asarray(whole)
