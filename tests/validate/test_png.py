"""What a PNG says about itself, against Pillow and against broken files."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import pytest
from bad_sets import chunk
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from tiny_set import png

from morphkit.validate.png import NotPng, foreign, png_facts

PICTURE = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)


def saved(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def test_a_plain_picture() -> None:
    facts = png_facts(png(PICTURE))
    assert (facts.width, facts.height, facts.mode, facts.trailing) == (7, 5, "RGB", 0)
    assert facts.chunks == ("IHDR", "IDAT", "IEND")
    assert foreign(facts) == []


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_modes_are_pillows(mode: str) -> None:
    assert png_facts(saved(Image.new(mode, (3, 4)))).mode == mode


@pytest.mark.parametrize("mode, told", [("1", "type 0, 1 bit"), ("I;16", "type 0, 16 bit")])
def test_other_depths_are_told(mode: str, told: str) -> None:
    assert png_facts(saved(Image.new(mode, (3, 4)))).mode == told


def test_a_transparent_colour_is_told() -> None:
    data = saved(Image.fromarray(PICTURE), transparency=(1, 2, 3))
    assert png_facts(data).mode == "RGB with transparency"


def test_everything_that_pillow_adds_is_seen() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    notes.add_itxt("XML:com.adobe.xmp", "<x/>")
    exif = Image.Exif()
    exif[0x010E] = "an infant"
    data = saved(
        Image.fromarray(PICTURE), pnginfo=notes, exif=exif, dpi=(96, 96), icc_profile=b"x" * 200
    )
    told = " ".join(foreign(png_facts(data)))
    assert "pHYs" in png_facts(data).chunks and "pHYs" not in told
    assert all(name in told for name in ("tEXt", "iTXt", "eXIf", "iCCP"))


def test_bytes_after_the_end_are_seen() -> None:
    assert foreign(png_facts(png(PICTURE) + b"abc")) == ["3 bytes after the picture"]


@pytest.mark.parametrize("keep", range(0, 60, 3))
def test_a_file_cut_short_is_none(keep: int) -> None:
    with pytest.raises(NotPng):
        png_facts(png(PICTURE)[:keep])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0 a JPEG",
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x" * 13) + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x") + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR" + b"x" * 40,
    ],
)
def test_other_files_are_none(data: bytes) -> None:
    with pytest.raises(NotPng):
        png_facts(data)


@settings(max_examples=200)
@given(st.binary(max_size=80), st.integers(0, 70))
def test_nothing_else_is_ever_raised(noise: bytes, place: int) -> None:
    data = png(PICTURE)
    for text in (data[:place] + noise + data[place + len(noise) :], data[:33] + noise, noise):
        with suppress(NotPng):
            png_facts(text)
