"""Amplitude by octave of spatial frequency, inside the mask, and the gains that match it.

The rotational average of the amplitude spectrum, by octave, as sfMatch of SHINE equalises
it (Willenbockel et al. 2010, doi 10.3758/BRM.42.3.671).  Only numbers come out of the
floating-point transform; the picture itself is filtered in whole numbers (`octaves`).  May
import `engine.color`, `engine.luminance`, `engine.octaves`, `faces` and NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morphkit.engine import octaves
from morphkit.engine.color import CodeArray, decode_table
from morphkit.engine.luminance import IntArray, luminance
from morphkit.faces.face import FloatArray

LEAST, LARGEST = 0.25, 2.5
"""An octave is not multiplied by less or more: what isn't in a photo can't be given."""

_ROUNDS = 200
_STEP = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The octaves of one face inside the mask.

    Parameters
    ----------
    powers : (K + 1, K + 2, K + 2) float array
        For each band of frequency, the powers (on the diagonal) and the cross powers that
        the face's K octaves, the rest, and what no gain changes at the edge of the mask have
        in it, relative to the squared luminance.
    """

    powers: FloatArray

    def times(self, ratio: float) -> Spectrum:
        """Return the spectrum of the same face with more or less contrast."""
        return Spectrum(self.powers * ratio * ratio)

    def own(self) -> FloatArray:
        """Return the RMS contrast of each band as it is."""
        return self.contrasts(np.ones(len(self.powers)))

    def contrasts(self, gains: FloatArray) -> FloatArray:
        """Return the RMS contrast of each band when the octaves are multiplied."""
        parts = np.append(gains, 1.0)
        total = np.einsum("i,kij,j->k", parts, self.powers, parts)
        return np.asarray(np.sqrt(np.maximum(total, 0.0)))


def spectrum(codes: CodeArray, mask: IntArray, count: int) -> Spectrum:
    """Measure the octaves of a picture of the unmasked face.

    Parameters
    ----------
    codes : (H, W, 3) uint8 array
        Rendered in linear light, mask left off.
    mask : (H, W) int64 array
        0…2¹⁵.
    count : int
        Number of octaves.

    Notes
    -----
    The face about its mean, as far as the mask shows it, is taken apart as `octaves.filtered`
    does it; each part is transformed as far as the mask shows it.  By Parseval's theorem the
    squared contrasts of all bands add up to the squared RMS contrast, pixels weighted by the
    square of the mask.
    """
    shown = luminance(decode_table("linear")[codes].astype(np.int64))
    window = mask / (1 << 15)
    mean = float((window * shown).sum() / window.sum())
    face = window * (shown - mean)
    parts = [window * part for part in octaves.taken_apart(face, count)]
    parts.append(face - sum(parts))
    middles = [part.sum() / window.sum() * window for part in parts]
    waves = [np.fft.rfft2(a - b) / mean for a, b in zip(parts, middles, strict=True)]
    band, twice = _bands(shown.shape[0], shown.shape[1], count)
    share = twice / (shown.size * float((window * window).sum()))
    powers = np.zeros((count + 1, count + 2, count + 2))
    for i, a in enumerate(waves):
        for j, b in enumerate(waves[: i + 1]):
            cross = ((a * b.conj()).real * share).ravel()
            powers[:, i, j] = powers[:, j, i] = np.bincount(band, cross, count + 1)
    return Spectrum(powers)


def _bands(height: int, width: int, count: int) -> tuple[IntArray, FloatArray]:
    """Which band each number of a real transform belongs to, and how often it counts."""
    down = np.fft.fftfreq(height)[:, None]
    across = np.fft.rfftfreq(width)[None, :]
    radius = np.sqrt(down * down + across * across)
    low = np.array(octaves.edges(count)[1:])
    # the corners beyond the highest octave count to it
    band = (radius[..., None] < low).sum(axis=2).ravel()
    twice = np.full(radius.shape, 2.0)
    twice[:, 0] = 1.0
    if width % 2 == 0:
        twice[:, -1] = 1.0
    return band, twice


def gains(face: Spectrum, wanted: FloatArray, before: FloatArray) -> FloatArray:
    """Return the gains of a face's octaves that give it other contrasts by band.

    Parameters
    ----------
    face : Spectrum
        As it is with the gains that it has already.
    wanted : (K + 1,) float array
        RMS contrast of each band.
    before : (K + 1,) float array
        The gains that it has already.

    Returns
    -------
    (K + 1,) float array
        Together with those before; each from `LEAST` to `LARGEST`.
    """
    found = np.ones(len(wanted))
    for _ in range(_ROUNDS):
        now = np.maximum(face.contrasts(found), 1e-9)
        total = np.clip(before * found * (wanted / now) ** _STEP, LEAST, LARGEST)
        found = total / before
    return before * found


def whole(found: FloatArray) -> tuple[int, ...]:
    """Return gains in 2⁻¹², as a tone has them."""
    return tuple(int(value) for value in np.rint(found * (1 << octaves.BAND_BITS)))


def mean_contrasts(faces: Sequence[Spectrum]) -> FloatArray:
    """Return the mean RMS contrast of each band."""
    return np.asarray(np.mean([face.own() for face in faces], axis=0))
