"""CIELAB of codes, and CIEDE2000 against its authors' pairs and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import color

from morphkit.measure import lab as module
from morphkit.measure.lab import ciede2000, lab

SHARMA = [
    # Sharma, Wu & Dalal 2005, table 1: L*, a*, b* twice, and ΔE00
    (50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425),
    (50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000),
    (50, 0, 0, 50, -1, 2, 2.3669),
    (50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792),
    (50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195),
    (50, -0.001, 2.49, 50, 0.0009, -2.49, 4.8045),
    (50, 2.5, 0, 50, 0, -2.5, 4.3065),
    (50, 2.5, 0, 73, 25, -18, 27.1492),
    (50, 2.5, 0, 61, -5, 29, 22.8977),
    (50, 2.5, 0, 56, -27, -3, 31.9030),
    (50, 2.5, 0, 58, 24, 15, 19.4535),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
]


@pytest.mark.parametrize("row", SHARMA, ids=lambda row: f"{row[-1]}")
def test_pairs_of_the_authors(row: tuple[float, ...]) -> None:
    one, other = (np.array(row[i : i + 3], dtype=float)[:, None] for i in (0, 3))
    assert ciede2000(one, other) == pytest.approx(row[-1], abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(row[-1], abs=5e-5)


def test_any_pairs_as_another_implementation_has_them() -> None:
    random = np.random.default_rng(7)
    count = 2 * module.CHUNK + 5  # more than one chunk, the last one short
    span, start = np.array([[100], [200], [200]]), np.array([[0], [100], [100]])
    one, other = (random.random((3, count)) * span - start for _ in range(2))
    other[:, ::2] = one[:, ::2] + random.normal(size=other[:, ::2].shape)
    one[1:, ::50] = 0
    expected = color.deltaE_ciede2000(one.T, other.T)
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-9)
    single = ciede2000(one.astype(np.float32), other.astype(np.float32))
    assert single.dtype == np.float32 and single == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    "codes, expected",
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        # Y = 0.2126, so 116 ∛Y − 16; a* and b* by the same cube roots of X / Xn and Z / Zn
        ((255, 0, 0), (53.2371, 80.0882, 67.2003)),
        ((0, 0, 255), (32.2957, 79.1871, -107.8619)),
    ],
)
def test_colours_by_hand(codes: tuple[int, ...], expected: tuple[float, ...]) -> None:
    found = lab(np.array(codes, dtype=np.uint8))
    assert found == pytest.approx(np.array(expected), abs=0.05)


def test_the_straight_line_below_the_knee() -> None:
    # code 5: light 5 / 255 / 12.92 = .0015177 (50 of 32767: .0015259); L* = 903.3 · light
    assert lab(np.full((1, 3), 5, dtype=np.uint8))[0, 0] == pytest.approx(903.3 * 50 / 32767, 1e-4)


def test_greys_have_no_colour_and_others_the_colour_that_another_implementation_gives() -> None:
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert np.abs(lab(greys)[1:]).max() < 1e-4
    codes = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    expected = np.moveaxis(color.rgb2lab(codes), -1, 0)
    assert lab(codes) == pytest.approx(expected, abs=0.05)
