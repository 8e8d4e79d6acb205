"""Decoding: the bytes of a picture file to upright samples, at their full depth.

The only file that lets Pillow open pictures.  Knows formats and their traps, no colours.
May import `errors`, `files.headers`, Pillow and NumPy; the optional HEIC decoder on use.
"""

from __future__ import annotations

import io
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from PIL import Image

from morphkit.errors import EnvironmentFault, Finding, ImageError
from morphkit.files import headers

Samples = np.ndarray[tuple[int, ...], np.dtype[np.unsignedinteger[Any]]]
"""8- or 16-bit samples, (H, W, C)."""

SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "WebP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "AVIF": (".avif",),
    "HEIC": (".heic", ".heif", ".hif"),
}
"""The formats that are taken, and how their files are usually called."""

_Opener = Callable[[io.BytesIO], Image.Image]

# The classes themselves, not Image.open: the content has already been recognised, and
# Image.open would take a phone's JPEG for an MPO and warn about sizes below our own limit.
# By name: a photo waits for the decoder of its own format only.
_OPENERS = {
    "JPEG": "PIL.JpegImagePlugin:JpegImageFile",
    "PNG": "PIL.PngImagePlugin:PngImageFile",
    "TIFF": "PIL.TiffImagePlugin:TiffImageFile",
    "WebP": "PIL.WebPImagePlugin:WebPImageFile",
    "BMP": "PIL.BmpImagePlugin:BmpImageFile",
    "AVIF": "PIL.AvifImagePlugin:AvifImageFile",
    "HEIC": "morphkit.files.heic:open_heic",
}
_EXPANDED = {
    "1": "expanded black and white to grey",
    "P": "expanded a palette",
    "PA": "expanded a palette",
}
_MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "LAB")
_FILE_TYPE, _BITS, _PHOTOMETRIC, _PLANES, _SAMPLE_FORMAT = 254, 258, 262, 284, 339
_ORIENTATION, _DNG = 274, 50706

# Pillow warns about odd metadata; what matters of it is checked here.  Before Python 3.14
# catching warnings is not safe between threads, hence the lock.
_QUIET = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The samples of a picture as its file has them, upright.

    Parameters
    ----------
    samples : (H, W, C) uint8 or uint16 array
    mode : {"L", "LA", "RGB", "RGBA", "CMYK", "LAB"}
        What the C channels are.
    info : mapping
        What Pillow found beside the samples.
    camera : headers.Camera
    notes : tuple of str
        What was done to the samples.
    """

    samples: Samples
    mode: str
    info: Mapping[str | tuple[int, int], object]
    camera: headers.Camera
    notes: tuple[str, ...]


def refusal(
    code: str,
    message: str,
    suggestion: str = "Save it as PNG or JPEG and try again.",
    measured: float | None = None,
    limit: float | None = None,
) -> ImageError:
    """Return the error for a photo that cannot be used; the caller adds the file's name."""
    return ImageError(Finding(code, message, measured=measured, limit=limit, suggestion=suggestion))


def decode(data: bytes, max_megapixels: float) -> Decoded:
    """Decode a picture file that holds one picture.

    Raises
    ------
    ImageError
        MK102 damaged or cut off; MK103 format not taken; MK104 too many pixels; MK105 more
        than one picture; MK106 a colour marked as transparent; MK108 samples without a
        defined 8-bit value.
    EnvironmentFault
        MK109 a HEIC picture without the extra.
    """
    kind = headers.picture_format(data)
    if kind not in SUFFIXES:
        raise _not_taken(kind, data)
    opener = _opener(kind)
    with _QUIET, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.|pillow_heif\.")
        return _decode(data, kind, opener, max_megapixels)


@contextmanager
def _decoder(max_megapixels: float) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into MK102 (MK104 for a bomb)."""
    try:
        yield
    except Image.DecompressionBombError:
        raise _too_large(Image.MAX_IMAGE_PIXELS or 0, max_megapixels) from None
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise refusal(
            "MK102",
            f"the photo is damaged or cut off ({reason[:120]}).",
            "Copy it again from its source, or save it as PNG and try again.",
        ) from error


def _not_taken(kind: str, data: bytes) -> ImageError:
    if not data:
        return refusal("MK102", "the file is empty.", "Copy the photo again from its source.")
    if kind:
        return refusal("MK103", f"this is a {kind} file, which is not taken as a photo.")
    return refusal("MK103", "this is no picture file that morphkit knows.")


def _opener(kind: str) -> _Opener:
    module, _, name = _OPENERS[kind].partition(":")
    try:
        return getattr(import_module(module), name)  # type: ignore[no-any-return]
    except ImportError:
        if kind != "HEIC":
            raise
        raise EnvironmentFault(
            Finding(
                "MK109",
                "HEIC photos need the extra 'heic', which is not installed.",
                suggestion="Run pip install 'morphkit[heic]', or save the photo as JPEG.",
            )
        ) from None


def _decode(data: bytes, kind: str, opener: _Opener, max_megapixels: float) -> Decoded:
    _refuse_large(headers.claimed_size(data, kind), max_megapixels)
    with _decoder(max_megapixels):
        picture = opener(io.BytesIO(data))
        count = getattr(picture, "n_frames", 1)
    _refuse_large(picture.size, max_megapixels)
    _refuse_several(count, picture.info.get("mp", b""))
    tags = getattr(picture, "tag_v2", {}) if kind == "TIFF" else {}
    turn = tags.get(_ORIENTATION, 1)  # read now: loading deletes it
    if kind == "TIFF":
        _refuse_tiff(tags)
    if _raw_mode(picture) == "LA;16B":
        raise refusal("MK108", "it has 16-bit grey samples with transparency.")
    with _decoder(max_megapixels):
        again = opener(io.BytesIO(data)) if _is_wide(picture, kind) else None
        samples, mode = _wide(picture, again) if again else _samples(picture)
    if mode not in _MODES:
        raise refusal("MK108", f"its samples (mode {mode}) have no defined 8-bit value.")
    camera = headers.camera(data if kind == "TIFF" else picture.info.get("exif") or b"")
    if kind == "PNG":
        _refuse_key_colour(samples, data)
    if kind != "TIFF":  # Pillow turns a TIFF itself while loading it
        turn = camera.orientation
        samples = _turned(samples, turn)
    notes = [f"turned upright (orientation {turn})"] if turn in range(2, 9) else []
    notes += [_EXPANDED[picture.mode]] if picture.mode in _EXPANDED else []
    return Decoded(samples, mode, picture.info, camera, tuple(notes))


def _refuse_large(size: tuple[int, int] | None, limit: float) -> None:
    if size and size[0] * size[1] > limit * 1e6:
        raise _too_large(size[0] * size[1], limit)


def _too_large(pixels: int, limit: float) -> ImageError:
    return refusal(
        "MK104",
        f"the photo has {pixels / 1e6:.0f} megapixels or more, the limit is {limit:g}.",
        "Scale it down, or cut the face out, and save it again.",
        measured=pixels / 1e6,
        limit=limit,
    )


def _refuse_several(count: int, index: bytes) -> None:
    """Refuse animations, pages, and pictures of equal rank; previews of a phone are fine."""
    if count == 1 and not headers.pictures_of_equal_rank(index):
        return
    several = f"{count} pictures" if count > 1 else "several views of a scene"
    raise refusal(
        "MK105",
        f"the file holds {several}; a photo is one.",
        "Save the one you mean as PNG or JPEG and try again.",
    )


def _refuse_tiff(tags: Mapping[int, object]) -> None:
    """Refuse what Pillow would read wrongly, or what has no defined 8-bit value."""
    kind = tags.get(_FILE_TYPE, 0)
    if _DNG in tags or (isinstance(kind, int) and kind & 1):
        raise refusal(
            "MK103",
            "this is a camera raw file, of which only a preview could be read.",
            "Develop it, save it as PNG or TIFF, and try again.",
        )
    bits, formats = tags.get(_BITS, (1,)), tags.get(_SAMPLE_FORMAT, (1,))
    depth = max(bits, default=1) if isinstance(bits, tuple) else bits
    odd = set(formats) - {1} if isinstance(formats, tuple) else formats != 1
    deep = isinstance(depth, int) and depth > 8
    if odd or (deep and depth != 16):
        raise refusal(
            "MK108",
            "its samples are neither 8- nor 16-bit whole numbers, so black and white "
            "are not defined.",
        )
    if deep and (tags.get(_PLANES, 1) != 1 or tags.get(_PHOTOMETRIC) == 0):
        raise refusal("MK108", "it has 16-bit samples in separate planes, or with white as 0.")


def _samples(picture: Image.Image) -> tuple[Samples, str]:
    """Load the pixels: samples, and what their channels are."""
    picture.load()
    if picture.mode.startswith("I;16"):
        return np.asarray(picture).astype(np.uint16)[..., None], "L"
    if picture.mode in ("P", "PA"):
        clear = picture.mode == "PA" or "transparency" in picture.info
        picture = picture.convert("RGBA" if clear else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    samples = np.asarray(picture)
    return samples if samples.ndim == 3 else samples[..., None], picture.mode


def _raw_mode(picture: Image.Image) -> str:
    tile = getattr(picture, "tile", None)
    args = tile[0].args if tile else ""
    return str(args[0] if isinstance(args, tuple) and args else args)


def _is_wide(picture: Image.Image, kind: str) -> bool:
    """Say whether several channels have 16 bits, of which Pillow would keep the high 8."""
    wide = _raw_mode(picture).endswith((";16B", ";16L", ";16N"))
    return wide and kind in ("PNG", "TIFF") and not picture.mode.startswith("I")


def _wide(picture: Image.Image, again: Image.Image) -> tuple[Samples, str]:
    """Load 16-bit channels, with the same file opened twice.

    The second time the bytes of each sample are exchanged, so that the low ones come out in
    the place of the high ones.
    """
    name, _, end = _raw_mode(picture).rpartition(";")
    little = end == "16L" or (end == "16N" and sys.byteorder == "little")
    swapped = f"{name};16{'B' if little else 'L'}"
    tiles = again.tile  # type: ignore[attr-defined]
    again.tile = [  # type: ignore[attr-defined]
        tile._replace(args=(swapped, *tile.args[1:]) if isinstance(tile.args, tuple) else swapped)
        for tile in tiles
    ]
    words = np.asarray(picture).astype(np.uint16)
    words *= 256
    words |= np.asarray(again)
    return words, picture.mode


def _refuse_key_colour(samples: Samples, data: bytes) -> None:
    """Refuse a PNG in which a grey or a colour that occurs means "transparent"."""
    chunks = headers.png_chunks(data)
    key = chunks.get(b"tRNS", b"")
    depth, kind = chunks[b"IHDR"][8:10]
    if not key or kind not in (0, 2):  # a palette's transparency is an alpha channel by now
        return
    full = 2**depth - 1
    scale = 1 if depth == 16 else 255 // max(full, 1)
    words = [word & full for (word,) in struct.iter_unpack(">H", key[: len(key) // 2 * 2])]
    if (samples == np.array(words[: samples.shape[2]]) * scale).all(axis=2).any():
        raise transparent()


def transparent() -> ImageError:
    """Return the error for a photo with holes."""
    return refusal(
        "MK106",
        "the photo is transparent somewhere, so its colours there are not defined.",
        "Put it on an opaque background, save it as PNG or JPEG, and try again.",
    )


def _turned(samples: Samples, orientation: int) -> Samples:
    """Return the samples as an EXIF orientation means them to be seen."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples
