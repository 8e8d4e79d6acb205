"""Statistics of pictures against values computed by hand."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from gratings import ALL, UNIT, X, grating, noise, oval, shown
from portraits import INFANTS, infant
from scipy import ndimage

from morphkit.engine.color import WHITE, decode_table
from morphkit.measure.double import ghost, tiles
from morphkit.measure.skin import bare
from morphkit.measure.statistic_names import PICTURE, SEQUENCE, SHAPE, STATISTICS
from morphkit.measure.statistics import picture_statistics
from morphkit.measure.waves import FLOOR

BANDS = ("band_8_16", "band_16_32", "band_32_64")


def flat(code: int) -> np.ndarray:
    return np.full((UNIT, UNIT, 3), code, np.uint8)


def light_of(image: np.ndarray) -> np.ndarray:
    return decode_table("linear")[image[..., 1]] / WHITE


def test_a_flat_picture_has_light_and_nothing_else() -> None:
    found = picture_statistics(flat(137), ALL)
    linear = ((137 / 255 + 0.055) / 1.055) ** 2.4
    assert found["luminance"] == pytest.approx(linear, abs=1e-4)
    assert found["lightness"] == pytest.approx(116 * linear ** (1 / 3) - 16, abs=0.01)
    assert found["contrast"] == pytest.approx(0, abs=1e-6)
    assert [found["a_star"], found["b_star"]] == pytest.approx([0, 0], abs=0.01)
    assert [found[band] for band in BANDS] == [FLOOR] * 3
    assert found["smoothness"] == -FLOOR
    assert found["ghost"] == pytest.approx(0, abs=1e-3)
    assert found.keys().isdisjoint({"band_slope", "symmetry"})  # flat: neither is told


def test_black_has_no_contrast_to_tell() -> None:
    found = picture_statistics(flat(0), ALL)
    assert (found["luminance"], found["lightness"]) == pytest.approx((0, 0), abs=1e-4)
    assert found.keys().isdisjoint({"contrast", "smoothness", "symmetry", "band_slope"})


def test_contrast_of_two_halves() -> None:
    halves = np.where(X < UNIT / 2, 0.2, 0.6)
    found = picture_statistics(shown(halves), ALL)
    assert found["luminance"] == pytest.approx(0.4, abs=0.002)
    assert found["contrast"] == pytest.approx(0.5, abs=0.005)  # ±0.2 about 0.4


def test_colour_is_a_mean_over_the_region() -> None:
    image = flat(0)
    image[:, : UNIT // 4] = 255, 0, 0
    image[:, UNIT // 4 : UNIT // 2] = 0, 255, 0
    found = picture_statistics(image, X < UNIT / 2)
    mean = (53.24 + 87.73) / 2, (80.09 - 86.18) / 2, (67.20 + 83.18) / 2
    names = ("lightness", "a_star", "b_star")
    assert [found[name] for name in names] == pytest.approx(mean, abs=0.03)


@pytest.mark.parametrize("waves, band", [(11, 0), (23, 1), (45, 2)])
@pytest.mark.parametrize("angle", [0.0, 0.6, math.pi / 2])
@pytest.mark.parametrize("where", [ALL, oval()], ids=["all", "oval"])
def test_a_grating_lands_in_its_band_alone(
    waves: float, band: int, angle: float, where: np.ndarray
) -> None:
    found = picture_statistics(shown(grating(waves, 0.4, angle)), where, UNIT)
    levels = [found[name] for name in BANDS]
    assert levels[band] == pytest.approx(10 * math.log10(0.4**2 / 2), abs=0.15)
    assert max(levels[:band] + levels[band + 1 :]) < levels[band] - 20  # a hundredth


def test_a_quarter_of_the_contrast_is_twelve_decibels_less() -> None:
    full, less = (picture_statistics(shown(grating(23, c)), ALL) for c in (0.8, 0.2))
    assert full["band_16_32"] - less["band_16_32"] == pytest.approx(20 * math.log10(4), abs=0.1)


@pytest.mark.parametrize("waves, band", [(23, "band_16_32"), (45, "band_32_64")])
def test_a_blur_takes_what_its_transfer_says(waves: float, band: str) -> None:
    light = grating(waves)
    sharp, soft = (
        picture_statistics(shown(one), ALL)
        for one in (light, ndimage.uniform_filter(light, 3, mode="nearest"))
    )
    kept = (1 + 2 * math.cos(2 * math.pi * waves / UNIT)) / 3
    assert soft[band] - sharp[band] == pytest.approx(20 * math.log10(kept), abs=0.1)


def test_more_light_changes_luminance_alone() -> None:
    before, after = (picture_statistics(shown(k * noise(-1)), ALL) for k in (1, 1.5))
    assert after["luminance"] / before["luminance"] == pytest.approx(1.5, abs=0.005)
    for name in ("contrast", "symmetry"):
        assert after[name] == pytest.approx(before[name], abs=0.002)
    for name in (*BANDS, "smoothness"):
        assert after[name] == pytest.approx(before[name], abs=0.1)


@pytest.mark.parametrize("power, slope", [(-1, 0), (0, 2), (-2, -2)])
def test_slope_of_noise(power: float, slope: float) -> None:
    found = picture_statistics(shown(noise(power)), ALL)
    assert found["band_slope"] == pytest.approx(slope, abs=0.15)


def test_smoothness_is_the_contrast_of_fine_detail() -> None:
    found = picture_statistics(shown(grating(45, 0.2)), ALL)
    # 45 waves: a Gaussian of half power at 16 leaves 2^(−(45/16)²/2) of them
    contrast = 0.2 / math.sqrt(2) * (1 - 2 ** (-((45 / 16) ** 2) / 2))
    assert found["smoothness"] == pytest.approx(-20 * math.log10(contrast), abs=0.3)


def test_smoothness_is_that_of_skin() -> None:
    light = noise(-1)
    features = light.copy()
    features[100:140, 60:120] = features[100:140, 200:260] = 0.02  # a fifteenth of the face
    plain, with_eyes = (picture_statistics(shown(one), ALL) for one in (light, features))
    assert with_eyes["smoothness"] == pytest.approx(plain["smoothness"], abs=0.3)
    assert with_eyes["band_8_16"] > plain["band_8_16"] + 3


def test_symmetry_of_a_mirror_and_of_its_opposite() -> None:
    light = noise(-1)
    even, odd = light + light[:, ::-1], light - light[:, ::-1]
    assert picture_statistics(shown(even / 2), ALL)["symmetry"] == pytest.approx(1, abs=1e-6)
    assert picture_statistics(shown(0.4 + odd), ALL)["symmetry"] == pytest.approx(-1, abs=0.005)


def test_symmetry_is_about_the_midline() -> None:
    light = noise(-1)
    half = light[:, :100]
    light[:, 20:220] = np.hstack([half, half[:, ::-1]])
    where = ALL & (X >= 20) & (X < 220)
    image = shown(light)
    assert picture_statistics(image, where)["symmetry"] == pytest.approx(1, abs=1e-6)
    assert picture_statistics(image, ALL, midline=119.5)["symmetry"] < 1
    assert picture_statistics(image, where, midline=119.5)["symmetry"] == pytest.approx(1, abs=1e-6)
    assert picture_statistics(image, where, midline=112.0)["symmetry"] < 0.99
    assert "symmetry" not in picture_statistics(image, where, midline=-300.0)


def test_noise_laid_over_itself_is_a_double_image() -> None:
    light = noise(-0.5)
    for down, across in ((0, 3), (4, 0), (3, 3)):
        double = (light + np.roll(light, (down, across), axis=(0, 1))) / 2
        assert picture_statistics(shown(double), ALL)["ghost"] == pytest.approx(1, abs=0.3)
    assert picture_statistics(shown(light), ALL)["ghost"] < 0.35


@pytest.mark.parametrize("identity", INFANTS)
def test_a_double_image_is_told_from_a_clean_one(identity: str) -> None:
    """Limits between the two: 0.35 was never reached by a clean picture."""
    image = infant(identity, "happy").image[::2, ::2]
    where = tiles(oval(384, 384), 340.0)
    assert where is not None
    light = decode_table("linear")[image] / WHITE
    double = (light + np.roll(light, 3, axis=1)) / 2
    patch = light.copy()
    patch[230:310, 150:230] = double[230:310, 150:230]  # 80 pixels around the mouth
    clean, all_over, here = (
        ghost((one @ [0.2126, 0.7152, 0.0722]).astype(np.float32), where)
        for one in (light, double, patch)
    )
    assert clean < 0.3
    assert all_over > 0.7
    assert here > 0.35


def test_a_blur_is_no_double_image() -> None:
    light = noise(-1)
    for size in (0.5, 1, 2):
        soft = ndimage.gaussian_filter(light, size)
        assert picture_statistics(shown(soft), ALL)["ghost"] < 0.35


def test_a_large_picture_is_reduced_for_double_images() -> None:
    light = np.kron(noise(-0.5), np.ones((2, 2)))
    double = (light + np.roll(light, 6, axis=1)) / 2  # 3 pixels of the reduced one
    whole = np.ones(light.shape, dtype=bool)
    found = picture_statistics(shown(double), whole)
    assert found["ghost"] == pytest.approx(1, abs=0.3)


def test_what_lies_outside_the_region_has_no_say() -> None:
    where = oval()
    one = shown(noise(-1))
    other = one.copy()
    other[~where] = np.random.default_rng(2).integers(0, 256, (int((~where).sum()), 3))
    assert picture_statistics(one, where, UNIT) == picture_statistics(other, where, UNIT)


def test_the_place_on_the_canvas_has_no_say() -> None:
    image, where = shown(noise(-1)), oval()
    canvas, region = np.zeros((500, 450, 3), np.uint8), np.zeros((500, 450), bool)
    canvas[70:390, 33:353], region[70:390, 33:353] = image, where
    here, there = picture_statistics(image, where), picture_statistics(canvas, region)
    assert there == pytest.approx(here, abs=1e-6)


@pytest.mark.parametrize("unit, there", [(128, BANDS), (127, BANDS[:2]), (63, BANDS[:1]), (31, ())])
def test_bands_above_the_pixels_are_left_out(unit: float, there: tuple[str, ...]) -> None:
    found = picture_statistics(shown(noise(-1)), ALL, unit)
    assert tuple(name for name in BANDS if name in found) == there
    assert ("band_slope" in found) == (len(there) > 1)


def test_bands_too_coarse_for_the_region_are_left_out() -> None:
    small = ALL & (np.abs(X - 100) < 40) & (np.abs(X.T - 100) < 40)
    found = picture_statistics(shown(noise(-1)), small, UNIT)
    assert "band_32_64" in found and "band_8_16" not in found
    assert found.keys().isdisjoint({"ghost"})


@pytest.mark.parametrize("rows, columns", [(1, 1), (1, 9), (3, 3), (40, 2)])
def test_a_region_of_few_pixels(rows: int, columns: int) -> None:
    where = np.zeros((UNIT, UNIT), bool)
    where[5 : 5 + rows, 7 : 7 + columns] = True
    for unit in (None, float(UNIT)):
        found = picture_statistics(shown(noise(0)), where, unit)
        assert {"luminance", "contrast", "lightness"} <= found.keys() <= STATISTICS.keys()
        assert all(map(math.isfinite, found.values()))
        assert found.keys().isdisjoint({*BANDS, "ghost", "smoothness"})


def test_an_empty_region_tells_nothing() -> None:
    assert picture_statistics(flat(9), ~ALL) == {}


def test_picture_and_region_must_fit() -> None:
    with pytest.raises(ValueError, match="don't fit"):
        picture_statistics(flat(9), ALL[:, :-1])


def test_every_statistic_of_a_picture_is_described() -> None:
    found = picture_statistics(shown(noise(-1)), ALL)
    assert sorted(found) == sorted(one.name for one in PICTURE)
    assert len(STATISTICS) == len(PICTURE) + len(SHAPE) + len(SEQUENCE)
    assert all(one.description and one.source for one in STATISTICS.values())


def test_names_are_read_without_numpy() -> None:
    job = "import sys, morphkit.measure.statistic_names; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", job], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_bands_are_measured_on_skin_alone() -> None:
    light = noise(-1)
    eyes = (np.abs(X.T - 120) < 20) & (np.abs(np.abs(X - 160) - 60) < 30)
    features = np.where(eyes, shown(grating(23, 0.9))[..., 0] / 255, light)
    plain = picture_statistics(shown(light), ALL, skin=~eyes)
    found = picture_statistics(shown(features), ALL, skin=~eyes)
    names = (*BANDS, "band_slope")
    assert [found[n] for n in names] == pytest.approx([plain[n] for n in names], abs=0.3)
    assert picture_statistics(shown(features), ALL)["band_16_32"] > plain["band_16_32"] + 3
    assert found["contrast"] > plain["contrast"]


def test_bare_skin_is_that_of_all_faces() -> None:
    one, other = (infant("infant01", name).landmarks for name in ("happy", "distressed"))
    where = np.ones((768, 768), bool)
    both = bare(where, [one, other])
    assert np.array_equal(both, bare(where, [one]) & bare(where, [other]))
    assert not both.all() and both.mean() > 0.8
    for face in (one, other):
        for name in ("right_eye", "left_brow", "mouth"):
            x, y = face.points[list(face.scheme.group(name))].T.round().astype(int)
            assert not both[y, x].any()
        mouth = face.points[list(face.scheme.group("mouth"))]
        x, y = mouth[mouth[:, 1].argmax()]
        reach = 0.06 * face.outer_eye_distance()
        assert not bare(where, [face])[round(y + 0.7 * reach), round(x)]
        assert bare(where, [face])[round(y + 1.3 * reach), round(x)]
    beyond = one.replaced(one.points + np.array([700, -300]))  # partly off the picture
    assert bare(where, [beyond]).shape == where.shape
    assert bare(where, []).all() and bare(~where, [one]).sum() == 0
