"""Contrast by octave: of waves, by hand; and the gains that match it."""

from __future__ import annotations

import numpy as np
import pytest

from morphkit.engine.color import decode_table
from morphkit.engine.octaves import filtered
from morphkit.engine.spectrum import LARGEST, LEAST, gains, mean_contrasts, spectrum, whole

MASK = np.full((128, 128), 1 << 15, dtype=np.int64)


def picture(*waves: tuple[float, float], noise: float = 0.0) -> np.ndarray:
    """A grey picture of mean 0.3: waves of (cycles per pixel, amplitude), and noise."""
    y, x = np.mgrid[0:128, 0:128]
    light = 0.3 + sum(
        a * np.cos(2 * np.pi * f * (x if i % 2 else y)) for i, (f, a) in enumerate(waves)
    )
    light = light + np.random.default_rng(2).normal(0, noise, light.shape)
    table = decode_table("linear").astype(np.float64) / 32767
    codes = np.abs(light[..., None] - table).argmin(axis=2).astype(np.uint8)
    return np.repeat(codes[..., None], 3, axis=2)


def test_a_wave_has_its_contrast_in_its_octave() -> None:
    """Amplitude a about a mean m is RMS contrast a / (m √2)."""
    found = spectrum(picture((24 / 128, 0.1)), MASK, 4).own()
    assert found[1] == pytest.approx(0.1 / 0.3 / 2**0.5, rel=0.01)
    assert found[[0, 2, 3, 4]].max() < 0.01


def test_squares_add_up_to_the_whole_contrast() -> None:
    image = picture((24 / 128, 0.06), (5 / 128, 0.08), noise=0.02)
    light = decode_table("linear")[image[..., 0]].astype(float)
    total = (spectrum(image, MASK, 4).own() ** 2).sum()
    assert total == pytest.approx((light.std() / light.mean()) ** 2, rel=1e-3)


def test_gains_match_what_is_wanted() -> None:
    a = spectrum(picture((24 / 128, 0.06), (5 / 128, 0.08), noise=0.03), MASK, 4)
    b = spectrum(picture((24 / 128, 0.09), (5 / 128, 0.05), noise=0.02), MASK, 4)
    wanted = mean_contrasts([a, b])
    for face in (a, b):
        found = gains(face, wanted, np.ones(5))
        assert np.abs(face.contrasts(found) / wanted - 1).max() < 1e-3
        assert np.allclose(np.array(whole(found)) / 4096, found, atol=2e-4)


def test_gains_have_limits_together_with_those_before() -> None:
    face = spectrum(picture((24 / 128, 0.06), noise=0.01), MASK, 4)
    own = face.own()
    assert gains(face, 9 * own, np.ones(5)).max() <= LARGEST
    assert gains(face, 9 * own, np.full(5, 2.0)).max() <= LARGEST
    assert gains(face, own / 9, np.ones(5)).min() >= LEAST


def test_what_lies_outside_the_mask_has_no_part() -> None:
    mask = np.zeros_like(MASK)
    mask[32:96, 32:96] = 1 << 15
    image = picture((24 / 128, 0.05), noise=0.01)
    other = image.copy()
    other[:32] = 255
    a, b = (spectrum(x, mask, 3) for x in (image, other))
    assert np.allclose(a.powers, b.powers, rtol=1e-9, atol=1e-12)


def test_times_is_more_contrast() -> None:
    face = spectrum(picture((24 / 128, 0.05)), MASK, 3)
    assert np.allclose(face.times(1.5).own(), 1.5 * face.own())


def test_what_is_foretold_is_what_the_filter_does() -> None:
    rng = np.random.default_rng(8)
    image = picture((20 / 128, 0.04), (3 / 128, 0.06), noise=0.02)
    mask = np.zeros_like(MASK)
    mask[24:100, 30:100] = 1 << 15
    mask[27:97, 33:97] = 1 << 14
    mask[30:94, 36:94] = 1 << 15
    face = spectrum(image, mask, 4)
    gain = rng.uniform(0.5, 1.5, 5)
    light = decode_table("linear")[image[..., 0]].astype(np.int64)
    centre = round(float((light * mask).sum() / mask.sum()))
    new = filtered(light, mask, whole(gain), centre, 1.0)
    table = decode_table("linear").astype(np.int64)
    codes = np.abs(new[..., None] - table).argmin(axis=2).astype(np.uint8)
    found = spectrum(np.repeat(codes[..., None], 3, axis=2), mask, 4).own()
    assert np.abs(found / face.contrasts(gain) - 1).max() < 0.01
