"""Pictures of the page: small enough, and nothing that a file holds can stop it."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from gradient_set import png
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from morphkit.report import pictures


def decoded(uri: str) -> Image.Image:
    head, _, data = uri.partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def size(uri: str) -> int:
    return len(base64.b64decode(uri.partition(",")[2]))


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """The picture that compresses worst."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def test_a_large_picture_is_reduced_and_keeps_its_shape() -> None:
    image = pictures.reduced(png(0.5, 512, 640))
    assert image is not None
    assert image.size == (188, 235)


def test_a_small_picture_is_left_alone() -> None:
    image = pictures.reduced(png(0.5, 40, 50))
    assert image is not None
    assert image.tobytes() == Image.open(io.BytesIO(png(0.5, 40, 50))).tobytes()


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "I;16"])
def test_pictures_of_other_modes_are_shown(mode: str) -> None:
    source = Image.new("RGB", (9, 9), "red").convert("L" if mode == "I;16" else mode)
    image = pictures.reduced(encoded(source.convert(mode) if mode == "I;16" else source))
    assert image is not None
    assert image.mode == "RGB"


def test_of_a_moving_png_the_first_picture_is_shown() -> None:
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    image = pictures.reduced(encoded(first, save_all=True, append_images=[second]))
    assert image is not None
    assert image.getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        png(0.5)[:-30],
        png(0.5)[:40],
        b"GIF89a" + png(0.5)[6:],
        png(0.5)[:16] + b"\0\0\0\0" + png(0.5)[20:],
    ],
    ids=["empty", "signature", "cut", "header", "gif", "no width"],
)
def test_what_cannot_be_shown_is_none(data: bytes) -> None:
    assert pictures.reduced(data) is None


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 40 * 50)
    assert pictures.reduced(png(0.5, 40, 50)) is not None
    assert pictures.reduced(png(0.5, 40, 51)) is None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(png(0.5)) - 1), st.integers(0, 255))
def test_no_changed_byte_stops_the_page(place: int, value: int) -> None:
    data = bytearray(png(0.5))
    data[place] = value
    pictures.reduced(bytes(data))


def test_a_still_keeps_to_its_budget_and_size() -> None:
    image = pictures.reduced(png(0.3, 512, 640))
    assert image is not None
    assert decoded(pictures.still(image)).size == image.size
    assert size(pictures.still(noise(*pictures.BOX))) <= pictures.STILL_BYTES


def test_a_preview_goes_forth_and_back_for_ever() -> None:
    colors = ["red", "lime", "blue"]
    images = [Image.new("RGB", (40, 50), color) for color in colors]
    moving = decoded(pictures.preview(images))
    assert getattr(moving, "n_frames", 1) == 4
    assert moving.info["loop"] == 0
    seen, times = [], []
    for frame in range(4):
        moving.seek(frame)
        seen.append(int(np.argmax(np.asarray(moving.convert("RGB"))[25, 20])))
        moving.load()
        times.append(moving.info["duration"])
    assert seen == [0, 1, 2, 1]
    assert times == [600, 90, 600, 90]


def test_a_preview_of_noise_keeps_to_its_budget() -> None:
    images = [noise(*pictures.BOX, seed) for seed in range(24)]
    assert size(pictures.preview(images)) <= pictures.PREVIEW_BYTES


def test_a_strip_puts_pictures_in_order() -> None:
    row = decoded(pictures.strip([Image.new("RGB", (90, 60), c) for c in ("red", "blue")]))
    assert row.size == (30 + pictures.GAP + 30, 20)
    pixels = np.asarray(row.convert("RGB")).astype(int)
    assert pixels[10, 10, 0] > 200 > 50 > pixels[10, 10, 2]
    assert pixels[10, 50, 2] > 200 > 50 > pixels[10, 50, 0]
    assert size(pictures.strip([noise(*pictures.BOX, s) for s in range(5)])) <= 12_000
