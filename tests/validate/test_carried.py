"""What pictures carry besides pixels, of files that Pillow wrote and of files made by hand."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from bad_sets import chunk
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from morphkit.validate.carried import carried, picture_kind

PICTURE = Image.fromarray(
    np.arange(48 * 64 * 3, dtype=np.uint32).astype(np.uint8).reshape(48, 64, 3)
)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def saved(form: str, **options: object) -> bytes:
    out = io.BytesIO()
    PICTURE.save(out, form, **options)
    return out.getvalue()


def camera() -> Image.Exif:
    exif = Image.Exif()
    exif[271] = "a camera"
    return exif


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_with(marker: int, body: bytes) -> bytes:
    data = saved("JPEG")
    return data[:2] + segment(marker, body) + data[2:]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_a_plain_picture_carries_nothing(form: str) -> None:
    assert picture_kind(saved(form)) == {"WEBP": "WebP"}.get(form, form)
    assert carried(saved(form)) == []


def test_other_plain_pictures() -> None:
    assert carried(saved("JPEG", progressive=True, quality=30)) == []
    assert carried(saved("WEBP", lossless=True)) == []
    assert carried(saved("JPEG", icc_profile=b"\0" * 128)) == [], "a profile tells of no person"


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_camera_data(form: str) -> None:
    (found,) = carried(saved(form, exif=camera()))
    assert "camera data (EXIF)" in found


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_xmp(form: str) -> None:
    assert carried(saved(form, xmp=XMP)) == ["text (XMP)"]


def test_gps_in_a_tiff() -> None:
    data = saved("TIFF")
    order = "<" if data.startswith(b"II") else ">"
    (place,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, place)
    end = place + 2 + 12 * count
    more = struct.pack(f"{order}HHII", 34853, 4, 1, 8)
    entries = data[place + 2 : end] + more
    directory = struct.pack(f"{order}H", count + 1) + entries + bytes(4)
    moved = data[:4] + struct.pack(f"{order}I", len(data)) + data[8:]
    assert carried(moved + directory) == ["a place (GPS)"]


def gps() -> Image.Exif:
    exif = camera()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 5.0, 7.0)
    return exif


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_gps_in_camera_data(form: str) -> None:
    found = carried(saved(form, exif=gps()))
    assert [one.split(" in chunk")[0] for one in found] == ["camera data (EXIF)", "a place (GPS)"]


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_gps_in_xmp(form: str) -> None:
    text = XMP.replace(b"/>", b'><a exif:GPSLatitude="52,5N"/></x:xmpmeta>')
    assert carried(saved(form, xmp=text)) == ["text (XMP)", "a place (GPS)"]


def test_gps_in_a_format_that_is_not_walked() -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"....Exif\0\0" + gps().tobytes()[6:]
    assert carried(heic) == ["camera data (EXIF)", "a place (GPS)"]


def test_words_and_second_pages_of_a_tiff() -> None:
    assert carried(saved("TIFF", software="a program")) == ["text"]
    assert carried(saved("TIFF", save_all=True, append_images=[PICTURE])) == ["a second picture"]


@pytest.mark.parametrize(
    "marker, body, words",
    [
        (0xFE, b"taken by Grace", "text"),
        (0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04", "text (IPTC)"),
        (0xE2, b"MPF\0" + bytes(8), "a second picture"),
        (0xE0, b"JFXX\0\x10", "a second picture"),
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\2\2" + bytes(12), "a second picture"),
        (0xE7, b"maker", "other data in segment APP7"),
    ],
)
def test_segments_of_a_jpeg(marker: int, body: bytes, words: str) -> None:
    assert carried(jpeg_with(marker, body)) == [words]


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_bytes_behind_a_picture(form: str) -> None:
    (found,) = carried(saved(form) + saved("JPEG"))
    assert found.endswith("bytes after the picture")
    assert found.startswith(str(len(saved("JPEG"))))


def test_marks_in_a_format_that_is_not_walked() -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"....Exif\0\0MM\0*"
    assert picture_kind(heic) == "HEIC"
    assert carried(heic) == ["camera data (EXIF)"]


def test_a_broken_png_is_searched() -> None:
    data = saved("PNG")[:60] + b"Exif\0\0"
    assert carried(data) == ["camera data (EXIF)"]
    assert "text in chunk 'tEXt'" in carried(
        saved("PNG")[:33] + chunk(b"tEXt", b"Author\0x") + saved("PNG")[33:]
    )


@pytest.mark.parametrize(
    "data",
    [
        b"P1,happy,0.5\n",
        b"BMI of the mothers\n",
        b"%PDF-1.7",
        b"<svg></svg>",
        b"stimulus_id,image_file\n",
        b"",
    ],
)
def test_texts_are_no_pictures(data: bytes) -> None:
    assert picture_kind(data) == ""


def test_films_are_pictures_too() -> None:
    assert picture_kind(b"\0\0\0\x18ftypisom....") == "a film"
    assert picture_kind(b"RIFF....AVI LIST") == "a film"
    assert picture_kind(b"P6 3 2 255 ......") == "PNM"


@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF", "GIF"]).map(saved),
    st.integers(0),
    st.binary(max_size=40),
    st.integers(0, 30),
)
def test_whatever_the_bytes(data: bytes, place: int, noise: bytes, cut: int) -> None:
    place %= len(data)
    assert isinstance(carried(data[:place] + noise + data[place + cut :]), list)


def test_a_long_run_of_fill_bytes_is_no_long_work() -> None:
    data = saved("JPEG")[:2] + b"\xff" * 3_000_000 + b"\0"
    assert carried(data) == []
