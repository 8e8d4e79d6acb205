"""Pictures small enough to live inside a page: stills, strips and previews as data URIs.

Knows bytes and sizes; no set, no disk.  May import NumPy, Pillow and imageio.
"""

from __future__ import annotations

import io
import struct
from base64 import b64encode
from collections.abc import Sequence

import imageio.v3 as iio
import numpy as np
from PIL import Image

BOX = (188, 240)
"""Largest width and height of a still, in pixels: twice what a screen shows it at."""

STILL_BYTES, STRIP_BYTES, PREVIEW_BYTES = 6_000, 12_000, 200_000
MOST_PIXELS = 50_000_000
FRAME_MS, END_MS = 90, 600
GAP = 4

_PNG = b"\x89PNG\r\n\x1a\n"


def reduced(data: bytes) -> Image.Image | None:
    """Return the picture of a PNG file, shrunk to fit the box; None when it can't be shown."""
    if data[:8] != _PNG or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    if not 0 < width * height <= MOST_PIXELS:
        return None
    try:
        pixels = iio.imread(data, extension=".png", plugin="pillow", index=0, mode="RGB")
    except (OSError, SyntaxError, ValueError):
        return None
    image = Image.fromarray(pixels)
    image.thumbnail(BOX, Image.Resampling.LANCZOS)
    return image


def still(image: Image.Image) -> str:
    """Return one picture as a data URI of at most 6 kB before base64, whatever it shows."""
    return within(image, STILL_BYTES)


def strip(images: Sequence[Image.Image]) -> str:
    """Return pictures side by side, at a third of their size, as one data URI."""
    width, height = (max(1, side // 3) for side in images[0].size)
    row = Image.new("RGB", (len(images) * (width + GAP) - GAP, height), "white")
    for place, image in enumerate(images):
        row.paste(
            image.resize((width, height), Image.Resampling.LANCZOS), (place * (width + GAP), 0)
        )
    return within(row, STRIP_BYTES)


def preview(images: Sequence[Image.Image]) -> str:
    """Return pictures played forth and back, without end, as a data URI of at most 200 kB.

    Parameters
    ----------
    images : sequence of Image
        At least two, of one size.
    """
    forth_and_back = [*images, *reversed(images[1:-1])]
    times = [FRAME_MS] * len(forth_and_back)
    times[0] = times[len(images) - 1] = END_MS
    data = b""
    for share, quality in ((1.0, 70), (1.0, 40), (0.6, 30), (0.3, 20)):
        data = iio.imwrite(
            "<bytes>",
            np.stack([np.asarray(_scaled(image, share)) for image in forth_and_back]),
            extension=".webp",
            plugin="pillow",
            is_batch=True,
            duration=times,
            loop=0,
            quality=quality,
            method=2,
        )
        if len(data) <= PREVIEW_BYTES:
            break
    return _uri(data)


def _scaled(image: Image.Image, share: float) -> Image.Image:
    if share == 1:
        return image
    width, height = (max(1, round(side * share)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def within(image: Image.Image, limit: int) -> str:
    """Encode as well as the limit allows."""
    data = b""
    for share, quality in ((1.0, 80), (1.0, 60), (1.0, 35), (0.7, 30), (0.4, 20)):
        file = io.BytesIO()
        _scaled(image, share).save(file, "WEBP", quality=quality, method=4)
        data = file.getvalue()
        if len(data) <= limit:
            break
    return _uri(data)


def _uri(data: bytes) -> str:
    return "data:image/webp;base64," + b64encode(data).decode("ascii")
