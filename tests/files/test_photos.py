"""Photos: every format, depth, colour and trap gives the same upright sRGB, or a refusal."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hand_made as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, features

from morphkit import files
from morphkit.errors import EnvironmentFault, ImageError, MorphkitError
from morphkit.files import decode, headers
from morphkit.files.photos import parse_photo
from morphkit.files.srgb import rounded

RNG = np.random.default_rng(20261124)
COLOURS = RNG.integers(0, 256, (7, 5, 3), dtype=np.uint8)
GREYS = COLOURS[..., :1]
WORDS = RNG.integers(0, 65536, (9, 6, 3), dtype=np.uint16)
WORDS[0] = [
    [0, 128, 129],
    [255, 256, 257],
    [385, 386, 65535],
    [65406, 65407, 1],
    [2, 3, 4],
    [5] * 3,
]


def refused(data: bytes, **options: float) -> str:
    with pytest.raises(MorphkitError) as caught:
        parse_photo(data, file="photo", **options)
    (finding,) = caught.value.findings
    assert finding.file == "photo"
    assert finding.severity == "error"
    assert finding.suggestion
    return finding.code


def nearest_code(words: np.ndarray) -> np.ndarray:
    """8 bits for 16, by the definition and in floats: the nearest multiple of 257."""
    return np.rint(words.astype(np.float64) / 257).astype(np.uint8)


# ---- formats


@pytest.mark.parametrize(
    "form, options",
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_lossless_formats_keep_every_pixel(form: str, options: dict[str, object]) -> None:
    data = made.saved(Image.fromarray(COLOURS), form, **options)
    photo = parse_photo(data)
    assert np.array_equal(photo.image, COLOURS)
    assert photo.notes == ()
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert not photo.image.flags.writeable


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_read_near_the_source(form: str) -> None:
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    ramp = np.linspace(30, 220, 64).astype(np.uint8)
    smooth = np.stack(
        [
            np.tile(ramp, (48, 1)),
            np.tile(ramp[::-1], (48, 1)),
            0 * ramp + 90 + np.zeros((48, 1), np.uint8),
        ],
        -1,
    )
    photo = parse_photo(made.saved(Image.fromarray(smooth), form, quality=95))
    assert np.abs(photo.image.astype(int) - smooth).mean() < 3


def test_heic_is_read_with_its_extra(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    smooth = np.full((64, 80, 3), (200, 120, 60), np.uint8)
    smooth[:32, :40] = (20, 90, 160)
    out = io.BytesIO()
    heif.from_pillow(Image.fromarray(smooth)).save(out, quality=95)
    photo = parse_photo(out.getvalue())
    assert photo.image.shape == (64, 80, 3)
    assert np.abs(photo.image.astype(int) - smooth).mean() < 4


def test_heic_without_its_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(decode, "import_module", missing)
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    with pytest.raises(EnvironmentFault) as caught:
        parse_photo(data, file="IMG_1.HEIC")
    assert caught.value.code == "MK109"
    assert "morphkit[heic]" in str(caught.value)
    assert caught.value.findings[0].file == "IMG_1.HEIC"


@pytest.mark.parametrize(
    "data, word",
    [
        (made.saved(Image.fromarray(COLOURS), "GIF"), "GIF"),
        (made.saved(Image.fromarray(COLOURS), "ICO"), "icon"),
        (made.saved(Image.fromarray(COLOURS), "PPM"), "PNM"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0", "raw"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"SIMPLE  =                    T", "no picture"),
        (b"identity,expression\n", "no picture"),
        (b"x", "no picture"),
    ],
)
def test_other_formats_are_named_and_refused(data: bytes, word: str) -> None:
    with pytest.raises(ImageError) as caught:
        parse_photo(data)
    assert caught.value.code == "MK103"
    assert word in str(caught.value)


def test_an_empty_file_is_damaged() -> None:
    assert refused(b"") == "MK102"


def test_the_content_decides_and_the_notes_say_so(tmp_path: Path) -> None:
    path = tmp_path / "infant01_happy.jpg"
    path.write_bytes(made.png(COLOURS))
    photo = files.read_photo(path)
    assert np.array_equal(photo.image, COLOURS)
    assert photo.notes == ("is PNG by its content",)


def test_a_missing_photo_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "infant01_happy.png").write_bytes(made.png(COLOURS))
    with pytest.raises(ImageError) as caught:
        files.read_photo(tmp_path / "infant01_hapy.png")
    assert caught.value.code == "MK101"
    assert "Did you mean infant01_happy.png?" in str(caught.value)
    with pytest.raises(ImageError) as caught:
        files.read_photo(tmp_path)
    assert caught.value.code == "MK101"


def test_a_file_larger_than_any_photo_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("morphkit.files.photos.MAX_BYTES", 100)
    path = tmp_path / "film.png"
    path.write_bytes(made.png(COLOURS))
    with pytest.raises(ImageError) as caught:
        files.read_photo(path)
    assert caught.value.code == "MK104"


# ---- orientation

UPRIGHT = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "TIFF-deflate"])
def test_orientation_is_applied_once(form: str, orientation: int) -> None:
    pixels = made.stored(UPRIGHT, orientation)
    if form == "PNG":
        data = made.png(pixels, (b"eXIf", made.exif(orientation, order=">")))
    elif form == "WEBP":
        block = made.exif(orientation)
        data = made.saved(Image.fromarray(pixels), form, lossless=True, exif=block)
    else:
        data = made.tiff(pixels, packed=form != "TIFF", tags=[(274, 3, [orientation])])
    photo = parse_photo(data)
    assert np.array_equal(photo.image, UPRIGHT)
    assert len(photo.notes) == (orientation != 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_a_jpeg(orientation: int) -> None:
    scene = np.full((48, 32, 3), 128, np.uint8)
    scene[:16, :16], scene[32:, 16:] = 0, 255
    pixels = made.stored(scene, orientation)
    data = made.saved(
        Image.fromarray(pixels), "JPEG", quality=95, exif=b"Exif\0\0" + made.exif(orientation)
    )
    assert np.abs(parse_photo(data).image.astype(int) - scene).max() < 12


def test_sixteen_bit_and_grey_are_turned_too() -> None:
    words = np.arange(24, dtype=np.uint16).reshape(6, 4, 1) * 2000
    data = made.tiff(made.stored(words, 6), tags=[(274, 3, [6])])
    assert np.array_equal(parse_photo(data).image[..., 0], nearest_code(words[..., 0]))
    data = made.png(made.stored(words, 8), (b"eXIf", made.exif(8)))
    assert np.array_equal(parse_photo(data).image[..., 0], nearest_code(words[..., 0]))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        made.exif(6)[:12],
        made.exif(0),
        made.exif(9),
        b"nothing of the kind",
    ],
)
def test_bad_camera_data_is_no_fault(block: bytes) -> None:
    data = made.png(COLOURS, (b"eXIf", block))
    assert np.array_equal(parse_photo(data).image, COLOURS)
    assert headers.camera(block) == headers.Camera()


@given(st.binary(max_size=200), st.sampled_from([b"", b"II*\0", b"MM\0*", b"Exif\0\0II*\0"]))
@settings(max_examples=200)
def test_camera_data_never_crashes(block: bytes, start: bytes) -> None:
    assert 1 <= headers.camera(start + block).orientation <= 8
    headers.pictures_of_equal_rank(start + block)


# ---- depth


def test_rounding_is_to_the_nearest_for_every_word() -> None:
    words = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(rounded(words), nearest_code(words))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bit_png(channels: int) -> None:
    words = np.concatenate([WORDS, np.full((9, 6, 1), 65535, np.uint16)], -1)[..., :channels]
    photo = parse_photo(made.png(words))
    assert np.array_equal(photo.image, np.broadcast_to(nearest_code(words[..., :3]), (9, 6, 3)))
    assert photo.notes[0] == "rounded from 16 to 8 bits"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bit_tiff(channels: int, packed: bool, order: str) -> None:
    words = np.concatenate([WORDS, np.full((9, 6, 1), 65535, np.uint16)], -1)[..., :channels]
    photo = parse_photo(made.tiff(words, order, packed))
    assert np.array_equal(photo.image, np.broadcast_to(nearest_code(words[..., :3]), (9, 6, 3)))


def test_sixteen_bit_alpha_just_below_full_is_transparent() -> None:
    words = np.full((4, 4, 4), 65535, np.uint16)
    words[2, 2, 3] = 65535 - 129
    assert refused(made.png(words)) == "MK106"
    assert refused(made.tiff(words)) == "MK106"


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_greys(depth: int) -> None:
    levels = np.arange(16, dtype=np.uint8).reshape(4, 4, 1) % 2**depth
    photo = parse_photo(made.png(levels, depth=depth))
    expected = levels * (255 // (2**depth - 1))
    assert np.array_equal(photo.image, np.broadcast_to(expected, (4, 4, 3)))


@pytest.mark.parametrize(
    "data",
    [
        made.png(np.full((3, 3, 2), 65535, np.uint16)),
        made.tiff(WORDS, tags=[(284, 3, [2])]),
        made.tiff(WORDS[..., :1], tags=[(262, 3, [0])]),
        made.tiff(GREYS, tags=[(339, 3, [2])]),
        made.saved(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"),
        made.saved(Image.fromarray(np.ones((4, 4), np.int32)), "TIFF"),
        made.tiff(np.zeros((4, 4, 1), np.uint16), tags=[(258, 3, [12])]),
        made.saved(Image.fromarray(COLOURS).convert("YCbCr"), "TIFF"),
    ],
    ids=[
        "grey-alpha-16",
        "planes",
        "white-is-zero",
        "signed",
        "float",
        "integer",
        "twelve",
        "YCbCr",
    ],
)
def test_samples_without_a_defined_value_are_refused(data: bytes) -> None:
    assert refused(data) == "MK108"


@pytest.mark.parametrize(
    "tags", [[(50706, 7, b"\1\4\0\0")], [(254, 4, [1])]], ids=["DNG", "reduced"]
)
def test_the_preview_of_a_raw_file_is_no_photo(tags: list[tuple[int, int, bytes]]) -> None:
    assert refused(made.tiff(COLOURS, tags=tags)) == "MK103"


# ---- grey, palette, transparency


def test_grey_is_expanded() -> None:
    photo = parse_photo(made.png(GREYS))
    assert np.array_equal(photo.image, np.repeat(GREYS, 3, -1))
    assert photo.notes == ("expanded grey to RGB",)


def test_palette_is_expanded() -> None:
    picture = Image.fromarray(COLOURS).quantize(16)
    photo = parse_photo(made.saved(picture, "PNG"))
    assert np.array_equal(photo.image, np.asarray(picture.convert("RGB")))
    assert photo.notes == ("expanded a palette",)


def with_alpha(value: int) -> np.ndarray:
    picture = np.concatenate([COLOURS, np.full((7, 5, 1), 255, np.uint8)], axis=-1)
    picture[3, 2, 3] = value
    return picture


@pytest.mark.parametrize("channels", [slice(None), slice(2, None)], ids=["RGBA", "LA"])
@pytest.mark.parametrize("form", [made.png, made.tiff])
def test_alpha_is_dropped_only_where_it_hides_nothing(
    form: Callable[[np.ndarray], bytes], channels: slice
) -> None:
    opaque = parse_photo(form(with_alpha(255)[..., channels]))
    colours = with_alpha(255)[..., channels][..., :-1]
    assert np.array_equal(opaque.image, np.broadcast_to(colours, (7, 5, 3)))
    assert "dropped an opaque alpha channel" in opaque.notes
    assert refused(form(with_alpha(254)[..., channels])) == "MK106"


@pytest.mark.parametrize(
    "samples, depth, key",
    [
        (COLOURS, 8, struct.pack(">3H", *COLOURS[6, 4])),
        (GREYS, 8, struct.pack(">H", GREYS[6, 4, 0])),
        (WORDS, 16, struct.pack(">3H", *WORDS[8, 5])),
        (WORDS[..., :1], 16, struct.pack(">H", WORDS[8, 5, 0])),
        (np.arange(16, dtype=np.uint8).reshape(4, 4, 1), 4, b"\0\x07"),
        (np.arange(16, dtype=np.uint8).reshape(4, 4, 1) % 2, 1, b"\0\1"),
    ],
    ids=["RGB", "grey", "RGB-16", "grey-16", "grey-4", "grey-1"],
)
def test_a_transparent_colour_counts_where_it_occurs(
    samples: np.ndarray, depth: int, key: bytes
) -> None:
    assert refused(made.png(samples, (b"tRNS", key), depth=depth)) == "MK106"
    unused = np.full_like(samples, 0)
    other = bytes(len(key) - 1) + b"\1"
    assert not parse_photo(made.png(unused, (b"tRNS", other), depth=depth)).image.any()


def test_a_transparent_palette_entry_counts_where_it_occurs() -> None:
    picture = Image.fromarray(np.array([[0, 1], [1, 2]], np.uint8), "P")
    picture.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert refused(made.saved(picture, "PNG", transparency=1)) == "MK106"
    assert refused(made.saved(picture, "PNG", transparency=bytes([255, 255, 254]))) == "MK106"
    opaque = parse_photo(made.saved(picture, "PNG", transparency=bytes([255] * 3)))
    assert opaque.image[1, 1].tolist() == [70, 80, 90]


# ---- several pictures


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "AVIF"])
def test_several_pictures_are_refused(form: str) -> None:
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    first, second = Image.fromarray(COLOURS), Image.fromarray(255 - COLOURS)
    data = made.saved(first, form, save_all=True, append_images=[second])
    assert refused(data) == "MK105"


def test_a_phone_s_jpeg_with_a_preview_behind_it_is_a_photo() -> None:
    scene = np.full((32, 32, 3), (200, 150, 100), np.uint8)
    preview = Image.fromarray(scene[:8, :8] // 2)
    data = made.saved(Image.fromarray(scene), "MPO", save_all=True, append_images=[preview])
    assert Image.open(io.BytesIO(data)).format == "MPO", "Pillow would take it for two pictures"
    photo = parse_photo(data)
    assert photo.image.shape == (32, 32, 3)
    assert np.abs(photo.image.astype(int) - scene).max() < 6


@pytest.mark.parametrize(
    "kinds, equal",
    [
        ((0x030000, 0), False),  # a photo and what belongs to it
        ((0x030000, 0x010001), False),  # and a large thumbnail
        ((0x020002, 0x020002), True),  # a stereo pair
        ((0x020001, 0x020001), True),  # a panorama
        ((0x020003, 0x020003), True),  # many angles
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_index_tells_previews_from_pictures_of_equal_rank(
    kinds: tuple[int, ...], equal: bool, order: str
) -> None:
    entries = b"".join(struct.pack(f"{order}IIIHH", kind | 1 << 29, 9, 0, 0, 0) for kind in kinds)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    tag = struct.pack(f"{order}HHHII", 1, 0xB002, 7, len(entries), 8 + 2 + 12 + 4)
    assert headers.pictures_of_equal_rank(head + tag + bytes(4) + entries) is equal


# ---- size


def bmp_header(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


def jpeg_header(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes([1, 17, 0, 2, 17, 0, 3, 17, 0])
    return b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0" + struct.pack(">H", 2 + len(frame)) + frame


def webp_header(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + made.chunk(b"IHDR", header)


def tiff_header(width: int, height: int) -> bytes:
    return made.tiff(COLOURS, tags=[(256, 4, [width]), (257, 4, [height]), (278, 4, [height])])


HEADERS = {
    "PNG": png_header,
    "PNG with pixels": lambda w, h: png_header(w, h) + made.chunk(b"IDAT", zlib.compress(b"")),
    "JPEG": jpeg_header,
    "BMP": bmp_header,
    "BMP upside down": lambda w, h: bmp_header(w, -h),
    "TIFF": tiff_header,
    "WebP": webp_header,
}


@pytest.mark.parametrize("form", HEADERS)
@pytest.mark.parametrize("sides", [(16000, 12500), (10000, 10000), (7072, 7072)])
def test_a_huge_header_is_refused(form: str, sides: tuple[int, int]) -> None:
    if form == "WebP" and sides[0] * sides[1] < 178e6:
        pytest.skip("a WebP of this size is opened, which needs more than a header")
    with pytest.raises(ImageError) as caught:
        parse_photo(HEADERS[form](*sides))
    assert caught.value.code == "MK104"
    assert caught.value.findings[0].limit == 50
    if form != "WebP":
        assert caught.value.findings[0].measured == pytest.approx(sides[0] * sides[1] / 1e6)


def test_a_huge_header_takes_no_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    for form, header in HEADERS.items():
        (tmp_path / form).write_bytes(header(16000, 12500))
    program = """
import resource, sys
from pathlib import Path
from morphkit import files
from morphkit.errors import ImageError
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = used()
for path in Path(sys.argv[1]).iterdir():
    try:
        files.read_photo(path)
    except ImageError as error:
        assert error.code == "MK104", error
    else:
        raise AssertionError(path)
print(used() - before)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    grown = int(done.stdout) / (1 if sys.platform != "darwin" else 1024)
    assert grown < 50_000, f"{grown} kB for {len(HEADERS)} headers of 200 megapixels"
    assert resource


def test_the_limit_can_be_chosen() -> None:
    data = made.png(COLOURS)
    assert refused(data, max_megapixels=34e-6) == "MK104"
    assert parse_photo(data, max_megapixels=35e-6).image.shape == (7, 5, 3)


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "TIFF", "JPEG", "BMP"])
def test_every_format_keeps_the_limit(form: str) -> None:
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    data = made.saved(Image.fromarray(COLOURS), form)
    assert refused(data, max_megapixels=34e-6) == "MK104"
    assert parse_photo(data, max_megapixels=35e-6).image.shape == (7, 5, 3)


# ---- damage

DAMAGED = {
    "JPEG": made.saved(Image.effect_noise((96, 96), 60).convert("RGB"), "JPEG"),
    "progressive": made.saved(
        Image.effect_noise((96, 96), 60).convert("RGB"), "JPEG", progressive=True
    ),
    "PNG": made.png(RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8)),
    "PNG-16": made.png(RNG.integers(0, 65536, (40, 40, 3), dtype=np.uint16)),
    "TIFF": made.tiff(RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8)),
    "TIFF-16": made.tiff(RNG.integers(0, 65536, (40, 40, 3), dtype=np.uint16), packed=True),
    "WebP": made.saved(Image.effect_noise((96, 96), 60).convert("RGB"), "WEBP"),
    "BMP": made.saved(Image.effect_noise((40, 40), 60).convert("RGB"), "BMP"),
}


@pytest.mark.parametrize("form", DAMAGED)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.95])
def test_a_file_that_breaks_off_is_refused(form: str, share: float) -> None:
    data = DAMAGED[form]
    assert parse_photo(data).image.shape[2] == 3
    assert refused(data[: int(len(data) * share)]) in ("MK102", "MK103")


def test_a_changed_byte_in_a_png_is_seen() -> None:
    data = bytearray(DAMAGED["PNG"])
    data[len(data) // 2] ^= 16
    assert refused(bytes(data)) == "MK102"


SEEDS = [
    *DAMAGED.values(),
    made.saved(Image.fromarray(COLOURS), "JPEG", exif=b"Exif\0\0" + made.exif(6, adobe_rgb=True)),
    made.saved(Image.fromarray(COLOURS), "JPEG", icc_profile=made.rgb_profile(made.P3_PRIMARIES)),
    made.png(
        WORDS,
        (b"iCCP", b"p\0\0" + zlib.compress(made.rgb_profile(made.P3_PRIMARIES))),
        (b"tRNS", bytes(6)),
        (b"eXIf", made.exif(5)),
    ),
    made.png(GREYS, (b"gAMA", struct.pack(">I", 45455)), (b"tRNS", b"\0\7")),
    made.tiff(COLOURS, ">", tags=[(274, 3, [7]), (34675, 7, made.rgb_profile(made.P3_PRIMARIES))]),
    made.saved(Image.fromarray(COLOURS).quantize(8), "PNG", transparency=3),
    made.saved(
        Image.fromarray(COLOURS), "MPO", save_all=True, append_images=[Image.fromarray(COLOURS)]
    ),
    made.saved(
        Image.fromarray(COLOURS),
        "WEBP",
        save_all=True,
        append_images=[Image.fromarray(255 - COLOURS)],
    ),
]


@given(
    st.sampled_from(range(len(SEEDS))),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
    st.floats(0.2, 1),
)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_changed_bytes_never_raise_anything_else(
    seed: int, changes: list[tuple[float, int]], kept: float
) -> None:
    data = bytearray(SEEDS[seed])
    for place, value in changes:
        # half of them into the first 300 bytes, where the structure is
        reach = len(data) if value % 2 else min(300, len(data))
        data[int(place * reach)] = value
    try:
        photo = parse_photo(bytes(data[: int(len(data) * kept)]), max_megapixels=1)
    except MorphkitError as error:
        assert error.code.startswith("MK10")
    else:
        assert photo.image.dtype == np.uint8
        assert photo.image.ndim == 3


def test_reading_is_quiet_and_leaves_the_warnings_alone() -> None:
    odd = made.saved(Image.fromarray(COLOURS), "JPEG", exif=b"Exif\0\0" + made.exif(6)[:20])
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert len({p.sha256 for p in pool.map(parse_photo, [odd] * 40)}) == 1
    assert list(warnings.filters) == before


# ---- colour


def close(found: np.ndarray, expected: np.ndarray, most: float) -> None:
    assert np.abs(found.astype(float) - expected).max() <= most


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_wide_profile_is_converted(form: str) -> None:
    icc = made.rgb_profile(made.P3_PRIMARIES, name="Wide")
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}
    colours = np.full((16, 16, 3), (200, 120, 60), np.uint8) if form == "JPEG" else COLOURS
    data = made.saved(Image.fromarray(colours), form, icc_profile=icc, **options.get(form, {}))
    photo = parse_photo(data)
    to_srgb = np.linalg.inv(made.SRGB_PRIMARIES) @ made.P3_PRIMARIES
    expected = made.srgb_codes(made.srgb_light(colours) @ to_srgb.T)
    close(photo.image, expected, 3 if form == "JPEG" else 1.2)
    assert photo.notes == ("colours converted from Wide",)
    assert np.abs(photo.image.astype(int) - colours).max() > 3
    assert not photo.image.flags.writeable


def test_a_curve_is_converted() -> None:
    data = made.saved(
        Image.fromarray(COLOURS), "PNG", icc_profile=made.rgb_profile(made.SRGB_PRIMARIES, 1.8)
    )
    close(parse_photo(data).image, made.srgb_codes((COLOURS / 255) ** 1.8), 1.2)


def test_srgb_s_own_profile_leaves_every_pixel() -> None:
    icc = made.rgb_profile(made.SRGB_PRIMARIES)
    photo = parse_photo(made.saved(Image.fromarray(COLOURS), "PNG", icc_profile=icc))
    assert np.array_equal(photo.image, COLOURS)
    assert photo.notes == ()


def test_grey_profiles() -> None:
    data = made.saved(Image.fromarray(GREYS[..., 0]), "PNG", icc_profile=made.grey_profile(1.75))
    photo = parse_photo(data)
    close(photo.image, made.srgb_codes(np.repeat((GREYS / 255) ** 1.75, 3, -1)), 1.2)
    # a camera's RGB profile on a grey photo: its curve, and still grey
    icc = made.rgb_profile(made.P3_PRIMARIES, 1.8)
    photo = parse_photo(made.saved(Image.fromarray(GREYS[..., 0]), "PNG", icc_profile=icc))
    close(photo.image, made.srgb_codes(np.repeat((GREYS / 255) ** 1.8, 3, -1)), 1.2)


def test_a_profile_on_sixteen_bits_and_alpha() -> None:
    icc = made.rgb_profile(made.SRGB_PRIMARIES, 1.8)
    words = np.concatenate([WORDS, np.full((9, 6, 1), 65535, np.uint16)], -1)
    data = made.png(words, (b"iCCP", b"p\0\0" + zlib.compress(icc)))
    close(parse_photo(data).image, made.srgb_codes((nearest_code(WORDS) / 255) ** 1.8), 1.2)


def test_lab() -> None:
    lab = np.zeros((6, 7, 3))
    lab[..., 0] = np.linspace(5, 95, 42).reshape(6, 7)
    lab[..., 1:] = RNG.integers(-15, 16, (6, 7, 2))
    codes = np.rint(lab * [255 / 100, 1, 1]).astype(np.int16)
    data = made.tiff((codes % 256).astype(np.uint8), photometric=8)
    photo = parse_photo(data)
    close(photo.image, made.lab_codes(codes * [100 / 255, 1, 1]), 1.5)
    assert photo.notes == ("colours converted from CIE L*a*b*",)


def inks() -> np.ndarray:
    """L*a*b* of the 16 full overprints of four made-up inks."""
    corners = np.zeros((2, 2, 2, 2, 3))
    for c, m, y, k in np.ndindex(2, 2, 2, 2):
        light = 100 * 0.7 ** (c + m) * 0.95**y * (0.25 if k else 1)
        corners[c, m, y, k] = [light, np.rint(12 * m - 8 * c), np.rint(10 * y - 9 * c)]
    corners[..., 0] = np.rint(corners[..., 0] * 2.55) / 2.55
    return corners


@pytest.mark.parametrize("form", ["JPEG", "TIFF", "TIFF-16"])
def test_cmyk_is_converted_by_its_profile(form: str) -> None:
    corners = inks()
    full = np.array(list(np.ndindex(2, 2, 2, 2)), np.uint8) * 255
    icc = made.cmyk_profile(corners, paper=0.8 * made.D50)  # its white becomes white
    expected = made.lab_codes(corners.reshape(16, 3))
    if form == "JPEG":
        blocks = np.repeat(np.repeat(full.reshape(4, 4, 4), 16, 0), 16, 1)
        picture = Image.frombytes("CMYK", (64, 64), blocks.tobytes())
        data = made.saved(picture, "JPEG", quality=100, subsampling=0, icc_profile=icc)
        found = parse_photo(data).image[8::16, 8::16].reshape(16, 3)
    else:
        samples = full.reshape(4, 4, 4)
        samples = samples.astype(np.uint16) * 257 if form == "TIFF-16" else samples
        data = made.tiff(samples, photometric=5, tags=[(34675, 7, icc)])
        found = parse_photo(data).image.reshape(16, 3)
    close(found, expected, 3 if form == "JPEG" else 1.5)


def test_cmyk_without_a_profile_is_refused() -> None:
    picture = Image.fromarray(COLOURS).convert("CMYK")
    for form in ("JPEG", "TIFF"):
        assert refused(made.saved(picture, form)) == "MK107"


def jpeg_with(segment: bytes) -> bytes:
    data = made.saved(Image.fromarray(COLOURS), "JPEG")
    marker = b"\xff\xe2" + struct.pack(">H", len(segment) + 2) + segment
    return data[:2] + marker + data[2:]


P3 = made.rgb_profile(made.P3_PRIMARIES)


@pytest.mark.parametrize(
    "data",
    [
        made.saved(Image.fromarray(COLOURS), "JPEG", icc_profile=b"not a profile"),
        made.saved(Image.fromarray(COLOURS), "JPEG", icc_profile=P3[:200]),
        made.saved(Image.fromarray(COLOURS), "PNG", icc_profile=made.grey_profile(2)),
        made.saved(Image.fromarray(COLOURS), "TIFF", icc_profile=made.cmyk_profile(inks())),
        jpeg_with(b"ICC_PROFILE\0\1\2" + P3),  # the first of two parts
        made.png(COLOURS, (b"iCCP", b"p\0\0" + zlib.compress(P3)[:-40])),
        made.tiff(COLOURS, tags=[(34675, 7, P3)])[:-100],
    ],
    ids=[
        "no-profile",
        "short",
        "grey-for-RGB",
        "inks-for-RGB",
        "half-JPEG",
        "half-PNG",
        "half-TIFF",
    ],
)
def test_a_broken_or_unfit_profile_is_refused(data: bytes) -> None:
    assert refused(data) in ("MK107", "MK102")


def test_a_profile_for_other_samples_is_named() -> None:
    data = made.saved(Image.fromarray(COLOURS), "PNG", icc_profile=made.grey_profile(2))
    with pytest.raises(ImageError, match="it is for GRAY, the photo has RGB") as caught:
        parse_photo(data)
    assert caught.value.code == "MK107"


def test_a_lost_profile_is_not_taken_for_none() -> None:
    assert refused(jpeg_with(b"ICC_PROFILE\0\1\2" + P3)) == "MK107"
    assert refused(made.tiff(COLOURS, tags=[(34675, 7, P3)])[:-100]) == "MK107"


@pytest.mark.parametrize(
    "chunks, fine",
    [
        ([(b"gAMA", 45455)], True),
        ([(b"gAMA", 45000)], True),
        ([(b"gAMA", 0)], True),
        ([(b"gAMA", 100000)], False),
        ([(b"gAMA", 55556)], False),
        ([(b"sRGB", b"\0"), (b"gAMA", 100000)], True),
        ([(b"cICP", bytes([1, 13, 0, 1]))], True),
        ([(b"cICP", bytes([9, 16, 0, 1]))], False),
        ([(b"cICP", bytes([12, 13, 0, 1]))], False),
        ([(b"cHRM", (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))], True),
        ([(b"cHRM", (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))], False),
    ],
)
def test_colours_that_a_png_declares(chunks: list[tuple[bytes, object]], fine: bool) -> None:
    def packed(value: object) -> bytes:
        if isinstance(value, bytes):
            return value
        numbers = value if isinstance(value, tuple) else (value,)
        return struct.pack(f">{len(numbers)}I", *numbers)

    data = made.png(COLOURS, *((name, packed(value)) for name, value in chunks))
    if fine:
        assert np.array_equal(parse_photo(data).image, COLOURS)
    else:
        assert refused(data) == "MK107"


def test_code_points_of_an_avif() -> None:
    box = b"\0\0\0\x13colrnclx"
    plain, wide = struct.pack(">HHHB", 1, 13, 6, 128), struct.pack(">HHHB", 9, 16, 9, 128)
    assert headers.coding_points(b"...." + box + plain, "AVIF") == (1, 13)
    assert headers.coding_points(b"...." + box + wide, "HEIC") == (9, 16)
    assert headers.coding_points(b"...." + box, "AVIF") is None
    if features.check("avif"):
        data = made.saved(Image.fromarray(COLOURS), "AVIF")
        found = data.find(b"colrnclx") + 8
        assert found > 8
        changed = data[:found] + struct.pack(">HH", 12, 13) + data[found + 4 :]
        assert refused(changed) == "MK107"


@pytest.mark.parametrize("block", [made.exif(adobe_rgb=True), made.exif(interop=b"R03\0")])
def test_adobe_rgb_by_the_camera_s_word(block: bytes) -> None:
    picture = Image.fromarray(COLOURS)
    assert refused(made.saved(picture, "JPEG", exif=b"Exif\0\0" + block)) == "MK107"
    both = made.saved(picture, "JPEG", exif=b"Exif\0\0" + block, icc_profile=P3)
    assert parse_photo(both).notes == ("colours converted from Test",), "a profile counts first"
    plain = made.saved(picture, "JPEG", exif=b"Exif\0\0" + made.exif(1))
    assert parse_photo(plain).notes == ()


# ---- stimuli


def test_pixel_hash_is_the_documented_one() -> None:
    text = b"RGB 5 7 " + bytes(COLOURS.ravel().tolist())
    assert files.pixel_sha256(COLOURS) == hashlib.sha256(text).hexdigest()
    text = b"L 5 7 " + bytes(GREYS.ravel().tolist())
    assert files.pixel_sha256(GREYS[..., 0]) == hashlib.sha256(text).hexdigest()
    wide = np.zeros((7, 10, 3), np.uint8)
    wide[:, ::2] = COLOURS
    assert files.pixel_sha256(wide[:, ::2]) == files.pixel_sha256(COLOURS)
    with pytest.raises(TypeError):
        files.pixel_sha256(WORDS)


@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_png_round_trip(height: int, width: int, grey: bool, seed: int) -> None:
    shape = (height, width) if grey else (height, width, 3)
    image = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    data = files.encode_png(image)
    assert np.array_equal(files.decode_png(data), image)
    assert data == files.encode_png(np.asfortranarray(image))
    assert np.array_equal(parse_photo(data).image, image if not grey else np.stack([image] * 3, -1))


def test_png_holds_pixels_and_srgb_only() -> None:
    data = files.encode_png(COLOURS)
    place, names = 8, []
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        names.append(name)
        place += 12 + length
    assert names == [b"IHDR", b"sRGB", b"IDAT", b"IEND"]
    assert Image.open(io.BytesIO(data)).info == {"srgb": 0}


def animated() -> bytes:
    return made.saved(
        Image.fromarray(COLOURS),
        "PNG",
        save_all=True,
        append_images=[Image.fromarray(255 - COLOURS)],
    )


@pytest.mark.parametrize(
    "data, code",
    [
        (made.saved(Image.fromarray(COLOURS), "JPEG"), "MK103"),
        (b"", "MK103"),
        (files.encode_png(COLOURS)[:-30], "MK102"),
        (made.png(with_alpha(255)), "MK108"),
        (made.png(WORDS), "MK108"),
        (made.png(WORDS[..., :1]), "MK108"),
        (made.saved(Image.fromarray(COLOURS).quantize(8), "PNG"), "MK108"),
        (made.png(COLOURS, (b"eXIf", made.exif(6))), "MK108"),
        (animated(), "MK105"),
        (png_header(16000, 12500), "MK104"),
    ],
)
def test_only_plain_stimuli_are_decoded(data: bytes, code: str) -> None:
    with pytest.raises(ImageError) as caught:
        files.decode_png(data)
    assert caught.value.code == code


def test_text_in_a_stimulus_is_not_pixels() -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "somebody")
    data = made.saved(Image.fromarray(COLOURS), "PNG", pnginfo=note)
    assert np.array_equal(files.decode_png(data), COLOURS)
