"""Gabor jets against their plain definition, and against waves and warps that are known."""

from __future__ import annotations

import numpy as np
import pytest
from compared import face, flat, grey
from scipy import ndimage

from morphkit import distance
from morphkit.measure.gabor import jets

PLACES = np.array([39, 59, 79, 99, 119, 139, 159, 179, 199, 219])
SIGMA = 2 * np.pi
Y, X = np.indices((256, 256))


def plainly(picture: np.ndarray) -> np.ndarray:
    """40 kernels, DC-free, in the Fourier plane; 40 inverse transforms, read at the grid."""
    wx = 2 * np.pi * np.fft.fftfreq(256)[None, :]
    wy = -2 * np.pi * np.fft.fftfreq(256)[:, None]
    spectrum, found = np.fft.fft2(picture), []
    for scale in range(5):
        k = np.pi / 2 / np.sqrt(2) ** scale
        for direction in range(8):
            kx, ky = k * np.cos(direction * np.pi / 8), k * np.sin(direction * np.pi / 8)
            s = (SIGMA / k) ** 2 / 2
            kernel = np.exp(-s * ((kx - wx) ** 2 + (ky - wy) ** 2))
            kernel = kernel - np.exp(-s * (k * k + wx**2 + wy**2))
            found.append(2 * np.abs(np.fft.ifft2(spectrum * kernel))[np.ix_(PLACES, PLACES)])
    return np.array(found).ravel()


def test_they_are_what_the_plain_definition_gives() -> None:
    noise = np.random.default_rng(5).random((256, 256)) * 255
    for picture in (noise, face("happy")[..., 0].astype(float), np.full((256, 256), 255.0)):
        found = jets(picture)
        assert found.shape == (4000,) and found.dtype == np.float64
        assert found == pytest.approx(plainly(picture), abs=1e-9)


def test_single_precision_changes_nothing_that_counts() -> None:
    picture = face("happy")[..., 0]
    apart = jets(picture.astype(np.float32)) - jets(picture.astype(float))
    assert np.abs(apart).max() < 1e-3


def test_a_single_bright_pixel_shows_the_kernel() -> None:
    """At distance r a kernel has 2 exp(−r²/2s²) / 2πs², s its wavelength."""
    picture = np.zeros((256, 256))
    picture[PLACES[4] + 3, PLACES[6] - 4] = 1000
    found = jets(picture).reshape(5, 8, 10, 10)[:, :, 4, 6]
    for scale, s in enumerate(4 * np.sqrt(2) ** np.arange(5)):
        expected = 1000 * np.exp(-25 / (2 * s * s)) / (np.pi * s * s)
        assert found[scale] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scale", range(5))
@pytest.mark.parametrize("direction", range(8))
def test_a_grating_is_strongest_in_its_own_scale_and_direction(scale: int, direction: int) -> None:
    k, angle = np.pi / 2 / np.sqrt(2) ** scale, direction * np.pi / 8
    picture = 100 + 9 * np.cos(k * (X * np.cos(angle) - Y * np.sin(angle)) + 0.3)
    found = jets(picture).reshape(5, 8, 10, 10)[:, :, 3:7, 3:7].mean(axis=(2, 3))
    assert np.unravel_index(found.argmax(), found.shape) == (scale, direction)
    assert found[scale, direction] == pytest.approx(9, rel=0.01)


def test_the_distance_of_two_gratings_by_hand() -> None:
    """Only amplitudes count: 30 and 50 of one wave, shifted, are 20 apart in its kernel.

    In others as far as they see a wave of four pixels: by a Gaussian in the Fourier plane.
    """
    wave = np.pi / 2 * X
    one, other = (grey(np.rint(128 + a * np.cos(wave + p))) for a, p in ((30, 0), (50, np.pi)))
    k = (np.pi / 2 / np.sqrt(2) ** np.arange(5))[:, None]
    angle = np.arange(8) * np.pi / 8
    off = (k * np.cos(angle) - np.pi / 2) ** 2 + (k * np.sin(angle)) ** 2
    gains = np.exp(-((SIGMA / k) ** 2) / 2 * off)
    expected = 20 * np.sqrt((gains * gains).mean())
    assert distance("gabor_jet", one, other) == pytest.approx(expected, rel=2e-3)


def warped(picture: np.ndarray, pixels: float) -> np.ndarray:
    """The middle of a face moved up, more gently towards its outline."""
    bump = pixels * np.exp(-((X - 128) ** 2 + (Y - 150) ** 2) / (2 * 25**2))
    light = picture.astype(float)
    moved = [ndimage.map_coordinates(light[..., i], [Y + bump, X], mode="mirror") for i in range(3)]
    return np.clip(np.rint(np.stack(moved, axis=-1)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["infant01", "infant03"])
def test_warps_of_1_to_5_pixels_are_ranked(name: str) -> None:
    picture = face("neutral", name)
    found = [distance("gabor_jet", picture, warped(picture, n)) for n in range(6)]
    assert found[0] == 0 and np.all(np.diff(found) > 0)


def test_what_is_finer_than_the_kernels_see_does_not_come_back_as_a_wave() -> None:
    """Stripes of 3.5 px, shrunk to a third, would be waves of 7 px."""
    stripes = np.rint(128 + 100 * np.cos(np.indices((768, 768))[1] * 2 * np.pi / 3.5))
    assert distance("gabor_jet", grey(stripes), flat(128, height=768, width=768)) < 0.5


def test_a_flat_picture_has_no_waves_whatever_its_shape() -> None:
    for size in ((30, 70), (256, 256), (300, 420)):
        one, other = (flat(c, height=size[0], width=size[1]) for c in (0, 200))
        assert distance("gabor_jet", one, other) < 1e-4


def test_aspect_is_kept_and_size_does_not_count() -> None:
    """A pattern turned by a right angle in an upright picture is as far from the turned one."""
    x = np.indices((256, 160))[1]
    one = grey(128 + 60 * np.cos(x * np.pi / 6))
    other = grey(128 + 60 * np.cos(x * np.pi / 5))
    upright = distance("gabor_jet", one, other)
    lying = distance("gabor_jet", one.swapaxes(0, 1), other.swapaxes(0, 1))
    assert lying == pytest.approx(upright, rel=0.05)
    doubled = [np.repeat(np.repeat(p, 2, axis=0), 2, axis=1) for p in (one, other)]
    assert distance("gabor_jet", *doubled) == pytest.approx(upright, rel=0.1)
