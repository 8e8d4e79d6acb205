"""Photos: a picture file to upright 8-bit sRGB pixels, or a clear refusal.

Everything that was changed on the way is said in the photo's notes; whatever has no defined
colours, more than one picture, or holes, is refused.  Whatever the bytes, nothing but a
MorphkitError comes out.  May import `errors`, `faces.face` and the rest of `files`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from morphkit.errors import EnvironmentFault, Finding, ImageError
from morphkit.faces.face import ByteArray
from morphkit.files import headers
from morphkit.files.decode import SUFFIXES, decode
from morphkit.files.disk import disk_faults, sha256, shown
from morphkit.files.srgb import eight_bit, profile_of, to_srgb
from morphkit.files.texts import nearest

MAX_MEGAPIXELS = 50.0

MAX_BYTES = 1_000_000_000
"""A larger file is no photo, whatever its header says."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photo as it was read.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        Upright, sRGB-encoded, read-only.
    sha256 : str
        Of the file's bytes.
    notes : tuple of str
        What was changed on the way: rotation, colour profile, bit depth, …
    """

    image: ByteArray
    sha256: str
    notes: tuple[str, ...] = ()


def read_photo(path: str | Path, *, max_megapixels: float = MAX_MEGAPIXELS) -> Photo:
    """Read a photo: JPEG, PNG, TIFF, WebP, BMP, AVIF, or HEIC with the extra ``heic``.

    The content decides the format, not the name.

    Parameters
    ----------
    path : path
    max_megapixels : float
        Larger pictures are refused from their header, before they are decoded.

    Raises
    ------
    ImageError
        MK101 no such file; MK104 a file larger than any photo; and as `parse_photo`.
    EnvironmentFault
        MK109 HEIC without the extra; MK613 or MK614 when it cannot be read.
    """
    path = Path(path)
    data = photo_bytes(path)
    photo = parse_photo(data, file=shown(path), max_megapixels=max_megapixels)
    kind = headers.picture_format(data)
    if path.suffix.lower() in SUFFIXES[kind]:
        return photo
    return replace(photo, notes=(f"is {kind} by its content", *photo.notes))


def photo_bytes(path: Path) -> bytes:
    """Return the bytes of a photo's file, for `parse_photo` to read here or elsewhere.

    Raises
    ------
    ImageError
        MK101 no such file; MK104 a file larger than any photo.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    file = shown(path)
    with disk_faults(path):
        if not path.is_file():
            text = "this is a folder, not a photo." if path.is_dir() else "the photo is not here."
            raise ImageError(Finding("MK101", text, file=file, suggestion=nearest(path)))
        size = path.stat().st_size
        if size > MAX_BYTES:
            text = f"the file has {size / 1e6:.0f} MB, which no photo has."
            raise ImageError(Finding("MK104", text, file=file, measured=size, limit=MAX_BYTES))
        return path.read_bytes()


def parse_photo(data: bytes, *, file: str = "", max_megapixels: float = MAX_MEGAPIXELS) -> Photo:
    """Return the photo that the bytes of a picture file hold.

    Parameters
    ----------
    data : bytes
    file : str
        Name to put into findings.
    max_megapixels : float

    Raises
    ------
    ImageError
        MK102 damaged or cut off; MK103 format not taken; MK104 too many pixels; MK105 more
        than one picture; MK106 transparent somewhere; MK107 colours that cannot be brought
        to sRGB; MK108 samples without a defined 8-bit value.
    EnvironmentFault
        MK109 HEIC without the extra.
    """
    try:
        decoded = decode(data, max_megapixels)
        icc = profile_of(decoded, data)
        samples, mode, dropped = eight_bit(decoded)
        image, converted = to_srgb(samples, mode, icc)
    except (ImageError, EnvironmentFault) as error:
        found = (replace(finding, file=file) for finding in error.findings)
        raise type(error)(*found) from error.__cause__
    image.flags.writeable = False
    return Photo(image, sha256(data), (*decoded.notes, *dropped, *converted))
