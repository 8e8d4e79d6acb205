"""Stimuli as files: 8-bit pixels to PNG and back, and the hash that stands for them.

A PNG made here holds nothing but the pixels and the word "sRGB".  May import `errors`,
`native`, `files.decode`, Pillow and NumPy.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import cast

import numpy as np
from PIL import Image, PngImagePlugin

from morphkit import native
from morphkit.faces.face import ByteArray
from morphkit.files import headers
from morphkit.files.decode import decode, refusal

LARGEST = 8192 * 8192 / 1e6
"""Megapixels of the largest canvas that a recipe may have."""

_DAMAGED = "Build the set again; don't save stimuli from other programs."


def pixel_sha256(image: ByteArray) -> str:
    """Return the SHA-256 that stands for pixels, whatever file they are in.

    It is taken over ``"<mode> <width> <height> "`` in ASCII, then the rows from the top.

    Parameters
    ----------
    image : (H, W, 3) or (H, W) uint8 array
        The mode is ``RGB`` or ``L``.
    """
    height, width = image.shape[:2]
    digest = hashlib.sha256(f"{_mode(image)} {width} {height} ".encode("ascii"))
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


def encode_png(image: ByteArray) -> bytes:
    """Return pixels as a PNG file.

    Equal pixels give equal bytes, with the kernel on every machine.  Without it Pillow writes
    the same pixels in other bytes; `pixel_sha256` is what stands for them everywhere.

    Parameters
    ----------
    image : (H, W, 3) or (H, W) uint8 array
        sRGB-encoded; the file says so in its ``sRGB`` chunk and says nothing else.
    """
    mode = _mode(image)
    if not image.size:
        raise ValueError(f"a PNG has at least one pixel, got {image.shape}")
    pixels = np.ascontiguousarray(image)
    if native.kernel is not None:
        return cast(bytes, native.kernel.png(pixels.reshape(*image.shape[:2], -1)))
    return _by_pillow(pixels, mode)


def decode_png(data: bytes) -> ByteArray:
    """Return the pixels of a stimulus: (H, W, 3), or (H, W) for a grey one.

    Raises
    ------
    ImageError
        MK102 damaged; MK103 not a PNG; MK104 larger than any canvas; MK105 an animation;
        MK108 not an opaque 8-bit RGB or grey picture.
    """
    if headers.picture_format(data) != "PNG":
        raise refusal("MK103", "the stimulus is not a PNG file.", _DAMAGED)
    decoded = decode(data, LARGEST)
    if decoded.mode not in ("RGB", "L") or decoded.samples.dtype != np.uint8 or decoded.notes:
        raise refusal("MK108", "the stimulus is not 8-bit RGB or grey.", _DAMAGED)
    samples = cast(ByteArray, decoded.samples)
    return np.ascontiguousarray(samples[..., 0] if decoded.mode == "L" else samples)


def _by_pillow(pixels: ByteArray, mode: str) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"sRGB", b"\0")
    height, width = pixels.shape[:2]
    picture = Image.frombytes(mode, (width, height), pixels.tobytes())
    out = io.BytesIO()
    # Run lengths only: a face on a flat ground comes out smaller than by the default search
    # for repeats, in a third of the time.
    picture.save(out, "PNG", pnginfo=chunks, compress_level=6, compress_type=zlib.Z_RLE)
    return out.getvalue()


def _mode(image: ByteArray) -> str:
    if image.dtype != np.uint8 or image.shape[2:] not in ((), (3,)):
        raise TypeError(
            f"pixels must be (H, W, 3) or (H, W) uint8, got {image.shape} {image.dtype}"
        )
    return "RGB" if image.ndim == 3 else "L"
