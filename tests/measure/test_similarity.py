"""SSIM and GMSD against numbers by hand and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from compared import face, flat, grey, noise
from skimage.metrics import structural_similarity

from morphkit import distance

LUMA = np.array([0.299, 0.587, 0.114])
ORACLE = {
    "gaussian_weights": True,
    "sigma": 1.5,
    "use_sample_covariance": False,
    "data_range": 255,
}


def oracle(one: np.ndarray, other: np.ndarray) -> float:
    return 1 - structural_similarity(one @ LUMA, other @ LUMA, **ORACLE)


def test_ssim_of_two_greys_is_what_their_luminance_term_misses() -> None:
    # 1 − (2 · 100 · 110 + 6.5025) / (100² + 110² + 6.5025) = 100 / 22106.5025
    assert distance("ssim", flat(100), flat(110)) == pytest.approx(100 / 22106.5025, rel=1e-5)
    # black and white: 1 − 6.5025 / (65025 + 6.5025)
    assert distance("ssim", flat(0), flat(255)) == pytest.approx(1 - 0.0001 / 1.0001, rel=1e-6)


def test_ssim_of_a_pattern_and_its_negative() -> None:
    """Equal means, variances v and covariance −v: 1 − (C₂ − 2v) / (C₂ + 2v)."""
    sign = np.indices((40, 40)).sum(axis=0) % 2 * 2 - 1
    weights = np.exp(-(np.arange(-5, 6) ** 2) / 4.5)
    mean = 20 * (weights @ (-1.0) ** np.arange(11) / weights.sum()) ** 2  # hardly off the middle
    v = 400 - mean * mean
    found = distance("ssim", grey(120 + 20 * sign), grey(120 - 20 * sign))
    assert found == pytest.approx(1 - (58.5225 - 2 * v) / (58.5225 + 2 * v), rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_ssim_as_another_implementation_has_it(seed: int) -> None:
    one, other = noise(seed, 60, 75), noise(seed + 9, 60, 75)
    assert distance("ssim", one, other) == pytest.approx(oracle(one, other), abs=1e-6)
    happy, sad = face("happy"), face("distressed")
    assert distance("ssim", happy, sad) == pytest.approx(oracle(happy, sad), abs=1e-6)
    # one code in a hundred pixels: small distances keep their digits
    near = happy.copy()
    near[::10, ::10] ^= 1
    assert distance("ssim", happy, near) == pytest.approx(oracle(happy, near), rel=1e-3)


def test_large_pictures_are_averaged_to_the_size_they_are_seen_at() -> None:
    """428 / 256 = 1.7 rounds to 2, 642 / 256 = 2.5 to 3; the longer side doesn't count."""
    one, other = noise(1, 214, 280), noise(2, 214, 280)
    small = distance("ssim", one, other)
    for factor in (2, 3):
        large = (np.repeat(np.repeat(p, factor, axis=0), factor, axis=1) for p in (one, other))
        assert distance("ssim", *large) == pytest.approx(small, abs=1e-6)
    four = [np.repeat(np.repeat(p[:160], 4, axis=0), 4, axis=1) for p in (one, other)]
    assert abs(distance("ssim", *four) - distance("ssim", one[:160], other[:160])) > 0.01


def test_gmsd_by_hand() -> None:
    """Halved, the picture is 3 × 5: three gradients, 0, 0 and 30, against none."""
    step = np.zeros((6, 10))
    step[:, 8:] = 30
    found = distance("gmsd", grey(step), flat(0, height=6, width=10))
    # unlike by 0, 0 and u = 900 / (900 + 170): mean u/3, variance u²/3 − u²/9
    assert found == pytest.approx(900 / 1070 * np.sqrt(2) / 3, rel=1e-5)
    turned = distance("gmsd", grey(step.T), flat(0, height=10, width=6))
    assert turned == pytest.approx(found, rel=1e-6)


def test_gmsd_adds_gradients_across_and_down_squared() -> None:
    """At half size: 12 across and 48 / 3 down, together 20; then 48 / 3 − 48 / 3 and 48 − 48."""
    half = np.array([[0, 0, 12, 48], [0, 0, 12, 0], [0, 48, 12, 0]])
    picture = grey(np.repeat(np.repeat(half, 2, axis=0), 2, axis=1))
    found = distance("gmsd", picture, flat(0, height=6, width=8))
    assert found == pytest.approx(400 / 570 / 2, rel=1e-5)


def test_both_see_blur_and_gmsd_no_shift_of_light() -> None:
    picture = face("happy")
    brighter = np.clip(picture.astype(int) + 4, 0, 255).astype(np.uint8)
    blurred = picture.astype(float)
    blurred[1:-1, 1:-1] = sum(
        picture[1 + i : 255 + i, 1 + j : 255 + j].astype(float) / 9
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    )
    soft = np.rint(blurred).astype(np.uint8)
    assert distance("gmsd", picture, soft) > 20 * distance("gmsd", picture, brighter)
    assert distance("ssim", picture, soft) > 5 * distance("ssim", picture, brighter)


@pytest.mark.parametrize("height, width", [(1, 1), (1, 30), (2, 3), (10, 10), (11, 5), (3, 40)])
def test_tiny_pictures_are_compared_all_the_same(height: int, width: int) -> None:
    one, other = (flat(c, height=height, width=width) for c in (100, 110))
    assert distance("ssim", one, other) == pytest.approx(100 / 22106.5025, rel=1e-5)
    assert distance("gmsd", one, other) == 0
