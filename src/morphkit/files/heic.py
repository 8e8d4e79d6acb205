"""HEIC photos, as Apple's phones write them; needs the extra ``heic``, reads only.

The only file that knows pillow-heif, which is imported with it.
"""

from __future__ import annotations

import io

from PIL import Image
from pillow_heif import HeifImageFile


def open_heic(stream: io.BytesIO) -> Image.Image:
    """Return a HEIC picture, not decoded yet; its rotation is applied when it is."""
    picture: Image.Image = HeifImageFile(stream)
    return picture
