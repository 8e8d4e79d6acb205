"""Light and texture against values computed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from portraits import INFANTS, blurred, infant, painted, relit, resized

from morphkit.faces.face import Face
from morphkit.measure.shading import BANDS, light, slopes, texture
from morphkit.measure.skin import MARGIN, Skin, skin

FACE = infant("infant01", "neutral")


def cut(face: Face) -> Skin:
    found = skin(face.image, face.landmarks)
    assert found is not None
    return found


def places() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A blank of the demo's size: places in eye distances, and the shape."""
    right, left = FACE.landmarks.points[[36, 45]]
    y, x = np.mgrid[:768, :768].astype(float)
    unit, middle = FACE.landmarks.outer_eye_distance(), (right + left) / 2
    return (x - middle[0]) / unit, (y - middle[1]) / unit, np.zeros((768, 768))


def spectrum_noise(power: float) -> Skin:
    """Noise whose amplitude falls as frequency ** power, where a skin would be."""
    face = cut(FACE)
    noise = np.random.default_rng(1).normal(size=face.stops.shape)
    high, wide = noise.shape
    radius = np.hypot(np.fft.fftfreq(high)[:, None], np.fft.rfftfreq(wide)[None])
    radius[0, 0] = 1
    return replace(face, stops=np.fft.irfft2(np.fft.rfft2(noise) * radius**power, s=noise.shape))


def test_a_plane_of_light_is_found() -> None:
    across, down, blank = places()
    found = light(cut(painted(blank - 2 + 0.4 * across - 0.7 * down, FACE.landmarks)))
    assert found.across == pytest.approx(0.4, abs=0.02)
    assert found.down == pytest.approx(-0.7, abs=0.02)


def test_an_even_face_has_its_level_and_no_slope() -> None:
    found = light(cut(painted(places()[2] - 2, FACE.landmarks)))
    # code 137 is the nearest to a quarter of white; 0.002 is added before the logarithm
    quarter = ((137 / 255 + 0.055) / 1.055) ** 2.4
    assert found.level == pytest.approx(math.log2(quarter + 0.002), abs=1e-3)
    assert (found.across, found.down) == pytest.approx((0, 0), abs=1e-6)


def test_tilted_photos_have_the_light_of_the_face() -> None:
    turned = np.rot90(FACE.image).copy()
    x, y = FACE.landmarks.points.T
    marks = FACE.landmarks.replaced(np.stack([y, 767 - x], axis=1))
    upright, tilted = light(cut(FACE)), light(cut(Face(turned, marks)))
    assert tilted.across == pytest.approx(upright.across, abs=1e-3)
    assert tilted.down == pytest.approx(upright.down, abs=1e-3)


@pytest.mark.parametrize("identity", INFANTS)
def test_relighting_is_measured(identity: str) -> None:
    face = infant(identity, "happy")
    before, after = light(cut(face)), light(cut(relit(face, 0.3, -0.4, -0.5)))
    assert after.across - before.across == pytest.approx(0.3, abs=0.06)
    assert after.down - before.down == pytest.approx(-0.4, abs=0.06)
    assert after.level - before.level == pytest.approx(-0.5, abs=0.3)  # −0.4 below the eyes


def test_a_mirror_turns_the_light_round() -> None:
    one, other = light(cut(FACE)), light(cut(FACE.mirrored()))
    assert other.across == pytest.approx(-one.across, abs=0.01)
    assert other.down == pytest.approx(one.down, abs=0.01)


def test_a_wave_is_found_in_its_band_with_its_amplitude() -> None:
    across, _, blank = places()
    wave = 0.2 * np.sin(2 * np.pi * BANDS[2] * across)
    found = texture(cut(painted(blank - 2 + wave, FACE.landmarks)))
    # the root mean square of a sine is its amplitude / √2
    assert found[2] == pytest.approx(math.log(0.2 / math.sqrt(2)), abs=0.05)
    # half an octave beside: a Gaussian's exp(−½ (0.5 / 0.35)²)
    assert found[1] - found[2] == pytest.approx(-((0.5 / 0.35) ** 2) / 2, abs=0.05)
    assert found[0] < found[1] and found[3] > found[4]


def test_averaging_pixels_costs_a_wave_nothing() -> None:
    """The same wave in a photo three times as large, whose pixels are averaged."""
    across, _, blank = places()
    large = FACE.landmarks.replaced((FACE.landmarks.points + 0.5) * 3 - 0.5)
    wave = 0.2 * np.sin(2 * np.pi * BANDS[4] * across)
    small = texture(cut(painted(blank - 2 + wave, FACE.landmarks)))
    fine = np.interp(np.arange(2304), np.arange(768) * 3 + 1, across[0])
    tall = np.tile(0.2 * np.sin(2 * np.pi * BANDS[4] * fine) - 2, (2304, 1))
    face = cut(painted(tall, large))
    assert face.factor == 4
    assert texture(face)[4] == pytest.approx(small[4], abs=0.03)


@pytest.mark.parametrize("power, slope", [(-1, 0), (0, 1), (-1.5, -0.5)])
def test_slopes_of_noise_are_those_of_its_spectrum(power: float, slope: float) -> None:
    """In bands of equal octaves, amplitude 1/f has slope 0 and white noise 1."""
    found = texture(spectrum_noise(power))
    assert slopes(found, found) == pytest.approx((slope, slope), abs=0.06)


@pytest.mark.parametrize("identity", INFANTS)
def test_blur_is_measured_in_pixels_of_the_canvas(identity: str) -> None:
    face = infant(identity, "neutral")
    sharp = texture(cut(face))
    lost = []
    for sigma in (0.5, 0.75, 1.0, 1.5):
        one, other = slopes(sharp, texture(cut(blurred(face, sigma)))) or (0, 0)
        lost.append(one - other)
    assert lost == sorted(lost)
    assert lost[0] < 0.1 and 0.15 < lost[1] < 0.22 and 0.28 < lost[2] < 0.36 and lost[3] > 0.55


@pytest.mark.parametrize("factor", [0.5, 0.35])
def test_a_smaller_copy_is_not_a_blurred_one(factor: float) -> None:
    """Only the bands count that both photos have."""
    for identity in INFANTS:
        face = infant(identity, "happy")
        one, other = texture(cut(face)), texture(cut(resized(face, factor)))
        assert len(other) < len(one)
        first, second = slopes(one, other) or (0, 1)
        assert first == pytest.approx(second, abs=0.05)


def test_a_tiny_face_has_no_slope() -> None:
    few = texture(cut(resized(FACE, 0.15)))
    assert len(few) < 3
    assert slopes(few, few) is None


def test_a_flat_face_has_a_slope_all_the_same() -> None:
    flat = texture(cut(painted(places()[2] - 2, FACE.landmarks)))
    assert slopes(flat, flat) == pytest.approx((0, 0))


def test_skin_is_away_from_eyes_brows_and_mouth() -> None:
    face = cut(FACE)
    places = np.stack([face.across, face.down], axis=-1)[face.plain]
    right, left = FACE.landmarks.points[[36, 45]]
    unit, middle = FACE.landmarks.outer_eye_distance(), (right + left) / 2
    marks = (FACE.landmarks.points[[*range(17, 27), *range(36, 60)]] - middle) / unit
    nearest = min(float(np.hypot(*(places - mark).T).min()) for mark in marks)
    assert nearest > MARGIN - 0.01
    assert 0.1 < face.plain.mean() < 0.6


def test_a_large_photo_is_reduced() -> None:
    assert cut(FACE).factor == 1
    large = cut(resized(FACE, 3))
    assert large.factor == 4
    assert large.unit == pytest.approx(3 * cut(FACE).unit / 4)
