"""Every file of the shared pack of awkward images: read right, or refused with its own code."""

from __future__ import annotations

import zlib
from pathlib import Path

import hand_made as made
import numpy as np
import pytest
from PIL import Image, features

from morphkit import files
from morphkit.errors import MorphkitError

AWKWARD = Path(__file__).resolve().parents[3] / "shared" / "awkward_images"

# What each file gives: (height, width) of the upright photo, or the code of the refusal.
TABLE: dict[str, tuple[int, int] | str] = {
    **{f"exif_orientation/Portrait_{n}.jpg": (1800, 1200) for n in range(1, 9)},
    "pillow/16bit.cropped.tif": (64, 64),
    "pillow/1_trns.png": "MK106",
    "pillow/apng_delay.png": "MK105",
    "pillow/apng_mode_16bit.png": "MK105",
    "pillow/apng_mode_grayscale_alpha.png": "MK105",
    "pillow/apng_mode_palette_alpha.png": "MK105",
    "pillow/avif_hopper.avif": (128, 128),
    "pillow/avif_hopper.heif": "MK109",  # or read, with the extra
    "pillow/avif_icc_profile.avif": (57, 57),
    "pillow/avif_rot1mir0.avif": (427, 640),
    "pillow/avif_star.avifs": "MK105",
    "pillow/bmp_g_pal8rle.bmp": (64, 127),
    "pillow/bmp_g_rgb16-565.bmp": (64, 127),
    "pillow/broken.png": "MK102",
    "pillow/broken_data_stream.png": "MK102",
    "pillow/decompression_bomb.gif": "MK103",
    "pillow/decompression_bomb.ico": "MK103",
    "pillow/dispose_bgnd.gif": "MK103",
    "pillow/flower.webp": (360, 480),
    "pillow/g4_orientation_6.tif": (88, 590),
    "pillow/hopper-XYZ.png": (128, 128),
    "pillow/hopper.Lab.tif": (128, 128),
    "pillow/hopper.bmp": (128, 128),
    "pillow/hopper.gif": "MK103",
    "pillow/hopper.psd": "MK103",
    "pillow/hopper.webp": (128, 128),
    "pillow/hopper_16bit.pgm": "MK103",
    "pillow/hopper_16bit_qtables.jpg": (128, 128),
    "pillow/hopper_bad_exif.jpg": (500, 500),
    "pillow/hopper_draw.ico": "MK103",
    "pillow/hopper_gray.jpg": (128, 128),
    **{f"pillow/hopper_orientation_{n}.jpg": (128, 128) for n in range(2, 9)},
    "pillow/hopper_orientation_6.webp": (128, 128),
    "pillow/i_trns.png": "MK106",
    "pillow/icc_profile.png": (57, 57),
    "pillow/icc_profile_big.jpg": (250, 425),
    "pillow/invalid-exif.jpg": (200, 200),
    "pillow/l_trns.png": "MK106",
    "pillow/multipage-lastframe.tif": (20, 20),
    "pillow/multipage.tiff": "MK105",
    "pillow/orientation_rectangle.jpg": (2, 1),
    "pillow/p_trns_single.png": "MK106",
    "pillow/pil123rgba.png": "MK107",  # declares a gamma of 1
    "pillow/pil_sample_cmyk.jpg": "MK107",  # printing inks without a profile
    "pillow/rgb_trns.png": "MK106",
    "pillow/sugarshack.mpo": "MK105",  # a stereo pair
    "pillow/tiff_16bit_RGB.tiff": (40, 100),
    "pillow/transparent.png": "MK106",
    "pillow/transparent.webp": "MK106",
    "pillow/truncated_image.png": "MK102",
    "pillow/truncated_jpeg.jpg": "MK102",
}


@pytest.fixture(autouse=True)
def _pack() -> None:
    if not AWKWARD.is_dir():
        pytest.skip("../shared/awkward_images is not here")


def read(name: str) -> np.ndarray:
    return files.read_photo(AWKWARD / name).image.astype(np.int16)


def difference(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).mean())


def test_the_table_names_every_file_of_the_pack() -> None:
    there = {path.relative_to(AWKWARD).as_posix() for path in AWKWARD.rglob("*") if path.is_file()}
    assert set(TABLE) == there - {"SOURCES.md"}


@pytest.mark.parametrize("name", TABLE)
def test_read_or_refused(name: str) -> None:
    if "avif" in name and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    expected = TABLE[name]
    try:
        image = files.read_photo(AWKWARD / name).image
    except MorphkitError as error:
        assert error.code == expected, str(error)
        finding = error.findings[0]
        assert Path(finding.file).name == Path(name).name
        assert finding.suggestion
    else:
        if name.endswith(".heif"):  # with the extra
            expected = (128, 128)
        assert image.shape[:2] == expected
        assert image.dtype == np.uint8


@pytest.mark.parametrize("number", range(2, 9))
def test_the_eight_portraits_are_one_upright_picture(number: int) -> None:
    first = read("exif_orientation/Portrait_1.jpg")
    other = read(f"exif_orientation/Portrait_{number}.jpg")
    # each shows its own number somewhere, hence the median
    assert np.median(np.abs(first - other)) <= 2
    assert difference(first, other) < 4
    assert difference(first, other[:, ::-1]) > 20, "the picture is not its own mirror image"


@pytest.mark.parametrize("number", range(2, 9))
def test_the_hopper_series_is_one_upright_picture(number: int) -> None:
    upright = read("pillow/hopper.bmp")
    assert difference(upright, read(f"pillow/hopper_orientation_{number}.jpg")) < 8
    if number == 6:
        assert difference(upright, read("pillow/hopper_orientation_6.webp")) < 12


@pytest.mark.parametrize("name", ["hopper.webp", "hopper.Lab.tif", "avif_hopper.avif"])
def test_other_formats_show_the_same_hopper(name: str) -> None:
    if "avif" in name and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    assert difference(read("pillow/hopper.bmp"), read(f"pillow/{name}")) < 12


def test_lab_is_what_the_definition_gives() -> None:
    data = (AWKWARD / "pillow" / "hopper.Lab.tif").read_bytes()
    with Image.open(AWKWARD / "pillow" / "hopper.Lab.tif") as picture:
        offset = picture.tag_v2[273][0]
        assert picture.tag_v2[259] == 1, "not compressed"
    raw = np.frombuffer(data, np.uint8, 128 * 128 * 3, offset).reshape(128, 128, 3)
    lab = np.concatenate([raw[..., :1] * (100 / 255), raw[..., 1:].view(np.int8)], axis=-1)
    assert np.abs(read("pillow/hopper.Lab.tif") - made.lab_codes(lab)).max() < 1


def test_sixteen_bit_grey_is_rounded_to_the_nearest() -> None:
    data = (AWKWARD / "pillow" / "16bit.cropped.tif").read_bytes()
    words = np.frombuffer(data, "<u2", 64 * 64, 110).reshape(64, 64, 1)  # one strip, as it is
    rounded_equally(words, read("pillow/16bit.cropped.tif"))


def test_sixteen_bit_colours_are_rounded_to_the_nearest() -> None:
    data = (AWKWARD / "pillow" / "tiff_16bit_RGB.tiff").read_bytes()
    tile = zlib.decompress(data[293 : 293 + 23952])  # the one tile, deflated
    words = np.frombuffer(tile, "<u2").reshape(256, 256, 3)[:40, :100]
    rounded_equally(words, read("pillow/tiff_16bit_RGB.tiff"))


def rounded_equally(words: np.ndarray, image: np.ndarray) -> None:
    expected = np.rint(words / 257)
    assert np.array_equal(image, np.broadcast_to(expected, image.shape))
    assert (expected != words // 256).any(), "keeping the high byte would not be the same"


def test_an_avif_is_turned_by_its_own_transform() -> None:
    if not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    image = read("pillow/avif_rot1mir0.avif")
    sky, grass = image[:40].mean(axis=(0, 1)), image[-40:].mean(axis=(0, 1))
    assert sky[2] > sky[0] > grass[2]


def test_every_photo_of_the_real_faces_is_read() -> None:
    faces = AWKWARD.parent / "real_faces"
    if not faces.is_dir():
        pytest.skip("../shared/real_faces is not here")
    folders = ["canada", "darwin1872", "lisa", "synthetic_infant"]
    photos = [p for f in folders for p in (faces / f).glob("*") if p.suffix in (".jpg", ".png")]
    assert len(photos) > 9
    for path in photos:
        photo = files.read_photo(path)
        assert photo.notes in ((), ("expanded grey to RGB",))
