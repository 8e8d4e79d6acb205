"""Colour: samples in whatever colours a photo's file declares, to 8-bit sRGB.

A file says what its numbers mean by an ICC profile, by code points, by gamma and primaries,
or by camera data; what says nothing is sRGB.  Profiles are applied relative-colorimetrically.
Colours that are declared otherwise than by a profile, or that nothing defines, are refused.
May import `errors`, `files.headers`, `files.decode`, Pillow and NumPy.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from morphkit.errors import ImageError
from morphkit.faces.face import ByteArray
from morphkit.files import headers
from morphkit.files.decode import Decoded, Samples, refusal, transparent

if TYPE_CHECKING:
    from PIL import ImageCms

SAME = 1
"""A profile that moves no colour by more than this many codes is sRGB: pixels are kept."""

_ICC_TAG = 34675
_SPACES = {"L": ("GRAY", "RGB "), "RGB": ("RGB ",), "CMYK": ("CMYK",), "LAB": ("Lab ",)}
_SRGB_PRIMARIES = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_CONVERT = "Convert it to sRGB in an image editor, save it as PNG or JPEG, and try again."


def eight_bit(decoded: Decoded) -> tuple[ByteArray, str, tuple[str, ...]]:
    """Return 8-bit samples without transparency, their mode, and what was done.

    Raises
    ------
    ImageError
        MK106 when some pixel is not opaque.
    """
    mode, deep = decoded.mode, decoded.samples.dtype == np.uint16
    samples = rounded(decoded.samples) if deep else cast(ByteArray, decoded.samples)
    notes: tuple[str, ...] = ("rounded from 16 to 8 bits",) if deep else ()
    if mode in ("LA", "RGBA"):
        if (samples[..., -1] != 255).any():
            raise transparent()
        samples, mode = samples[..., :-1], mode[:-1]
        notes = (*notes, "dropped an opaque alpha channel")
    return samples, mode, notes


def rounded(samples: Samples) -> ByteArray:
    """Return 16-bit samples as the nearest 8-bit ones: 65535 becomes 255."""
    high, low = (samples >> 8).astype(np.uint8), (samples & 255).astype(np.uint8)
    # v = 257 high + (low − high), and the bracket is less than 257 in size
    up = (low > high) & (low - high > 128)
    down = (high > low) & (high - low > 128)
    return high + up - down


def profile_of(decoded: Decoded, data: bytes) -> bytes:
    """Return the ICC profile of a photo; empty when nothing but sRGB is declared.

    Raises
    ------
    ImageError
        MK107 a profile that cannot be read, or other colours declared without a profile.
    """
    kind = headers.picture_format(data)
    profile = decoded.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        return profile
    lost = kind == "TIFF" and _ICC_TAG in headers.directory(data)
    if "icc_profile" in decoded.info or lost:
        raise _broken("it breaks off")
    points = headers.coding_points(data, kind)
    if points and not (points[0] in (1, 2) and points[1] in (1, 2, 6, 13, 14, 15)):
        raise _declared(f"code points {points[0]} and {points[1]}")
    if decoded.camera.adobe_rgb:
        raise _declared("Adobe RGB, by the camera's setting")
    if kind == "PNG" and not points:
        _refuse_gamma(headers.png_chunks(data))
    return b""


def _refuse_gamma(chunks: dict[bytes, bytes]) -> None:
    if b"sRGB" in chunks:
        return
    gamma, primaries = chunks.get(b"gAMA", b""), chunks.get(b"cHRM", b"")
    if len(gamma) == 4:
        value = int.from_bytes(gamma, "big") / 100_000
        if value and abs(value * 2.2 - 1) > 0.05:
            raise _declared(f"gamma {value:g}")
    if len(primaries) == 32:
        found = [number / 100_000 for number in struct.unpack(">8I", primaries)]
        if any(abs(a - b) > 0.01 for a, b in zip(found, _SRGB_PRIMARIES, strict=True)):
            raise _declared("other primaries")


def _declared(what: str) -> ImageError:
    text = f"its colours are not sRGB ({what}), and no profile says how to convert them."
    return refusal("MK107", text, _CONVERT)


def _broken(reason: str) -> ImageError:
    return refusal("MK107", f"its colour profile cannot be used: {reason}.", _CONVERT)


def to_srgb(samples: ByteArray, mode: str, icc: bytes) -> tuple[ByteArray, tuple[str, ...]]:
    """Return samples as (H, W, 3) sRGB, and what was done.

    Parameters
    ----------
    samples : (H, W, C) uint8 array
    mode : {"L", "RGB", "CMYK", "LAB"}
    icc : bytes
        Profile; empty for sRGB (grey likewise) or the mode's own definition (LAB).

    Raises
    ------
    ImageError
        MK107 a profile that is broken or for other samples, or CMYK without one.
    """
    grey = ("expanded grey to RGB",) if mode == "L" else ()
    if not icc and mode in ("L", "RGB"):
        return _contiguous(samples), grey
    if not icc and mode == "CMYK":
        raise _declared("CMYK printing inks")
    return _converted(samples, mode, icc, grey)


def _converted(
    samples: ByteArray, mode: str, icc: bytes, notes: tuple[str, ...]
) -> tuple[ByteArray, tuple[str, ...]]:
    """Apply a profile."""
    from PIL import ImageCms  # noqa: PLC0415 (most photos have no profile)

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc) if icc else ImageCms.createProfile("LAB"))
        space = source.profile.xcolor_space
        if space not in _SPACES[mode]:
            raise _broken(f"it is for {space.strip()}, the photo has {mode}")
        if mode == "L" and space == "RGB ":
            samples, mode = _contiguous(samples), "RGB"
        name = _name(source) if icc else "CIE L*a*b*"
        transform = _transform(source, mode)
        if mode in ("L", "RGB") and _changes_nothing(transform, mode):
            return _contiguous(samples), notes
        return _applied(transform, samples, mode), (*notes, f"colours converted from {name}")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        raise _broken(" ".join(str(error).split())[:120] or type(error).__name__) from error


def _transform(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    from PIL import ImageCms  # noqa: PLC0415

    # A matrix profile is applied within one code either way, ten times faster when optimised;
    # tables would lose up to nine codes by LittleCMS's coarser stand-in for them.
    exact = ImageCms.Flags.NOOPTIMIZE
    return ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.NONE if source.profile.is_matrix_shaper else exact,
    )


def _applied(transform: ImageCms.ImageCmsTransform, samples: ByteArray, mode: str) -> ByteArray:
    from PIL import ImageCms  # noqa: PLC0415

    height, width = samples.shape[:2]
    picture = Image.frombytes(mode, (width, height), np.ascontiguousarray(samples).tobytes())
    converted = ImageCms.applyTransform(picture, transform)
    return np.array(converted, dtype=np.uint8)


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Say whether a transform to sRGB keeps every colour of a grid within `SAME` codes."""
    ramp = np.arange(0, 256, 1 if mode == "L" else 15, dtype=np.uint8)
    axes = [ramp] * (1 if mode == "L" else 3)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(1, -1, len(axes))
    moved = _applied(transform, grid, mode).astype(np.int16) - grid
    return int(np.abs(moved).max()) <= SAME


def _name(profile: ImageCms.ImageCmsProfile) -> str:
    name = profile.profile.profile_description or "an unnamed profile"
    plain = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(plain.split())[:60]


def _contiguous(samples: ByteArray) -> ByteArray:
    height, width = samples.shape[:2]
    return np.ascontiguousarray(np.broadcast_to(samples, (height, width, 3)))
