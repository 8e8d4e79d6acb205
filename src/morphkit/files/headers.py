"""What the first bytes of a picture file say: format, camera data, declared colours.

Reads file structures and no pixels; whatever the bytes, it never raises.  May import the
standard library only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0\x10\0\0\0CR", "camera raw"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"GIF8", "GIF"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\1\0", "Windows icon"),
    (b"\0\0\0\x0cjP  \r\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    *((b"P%d" % kind, "PNM") for kind in range(1, 8)),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"crx ": "camera raw"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

EXIF_IFD, INTEROP_IFD, GPS_IFD = 0x8769, 0xA005, 0x8825
_ORIENTATION, _COLOUR_SPACE, _INTEROP_INDEX, _MP_ENTRIES = 0x0112, 0xA001, 0x0001, 0xB002


def picture_format(data: bytes) -> str:
    """Return the format that the content shows: ``JPEG``, ``PNG``, …; "" when unknown."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        brands = [data[8:12], *(data[i : i + 4] for i in range(16, min(data[3], 64), 4))]
        known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
        return known[0] if known else "HEIC" if _HEIC & set(brands) else ""
    return next((name for start, name in _SIGNATURES if data.startswith(start)), "")


def claimed_size(data: bytes, kind: str) -> tuple[int, int] | None:
    """Return the width and height that a header claims, where they stand at a plain place.

    For PNG, JPEG, TIFF and BMP; read before any decoder is asked, also from the header of a
    file that breaks off.
    """
    if kind == "PNG" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    if kind == "BMP" and len(data) >= 26:
        width, height = struct.unpack_from("<ii", data, 18)
        return abs(width), abs(height)
    if kind == "TIFF":
        tags = directory(data)
        wide, high = tags.get(256), tags.get(257)
        return (wide, high) if isinstance(wide, int) and isinstance(high, int) else None
    return _jpeg_size(data) if kind == "JPEG" else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = struct.unpack_from(">xBH", data, place)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + length
    return None


@dataclass(frozen=True, slots=True)
class Camera:
    """What camera data (EXIF) says that changes how a photo looks.

    Parameters
    ----------
    orientation : int
        1…8; 1 is upright, also where nothing or nonsense is said.
    adobe_rgb : bool
        The camera was set to Adobe RGB, which it says here instead of by a profile.
    """

    orientation: int = 1
    adobe_rgb: bool = False


def camera(exif: bytes) -> Camera:
    """Return what an EXIF block says, as it stands in a JPEG, PNG, WebP or TIFF file."""
    block = exif.removeprefix(b"Exif\0\0")
    first = directory(block)
    shot = directory(block, first.get(EXIF_IFD))
    exchange = directory(block, shot.get(INTEROP_IFD))
    orientation = first.get(_ORIENTATION, 1)
    index = exchange.get(_INTEROP_INDEX, b"")
    return Camera(
        orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
        shot.get(_COLOUR_SPACE) == 2 or (isinstance(index, bytes) and index.startswith(b"R03")),
    )


def tells_place(block: bytes) -> bool:
    """Whether an EXIF block, or an XMP text, says by GPS where a photo was taken."""
    return GPS_IFD in directory(block.removeprefix(b"Exif\0\0")) or b"exif:GPS" in block


def directory(block: bytes, place: int | bytes | None = -1) -> dict[int, int | bytes]:
    """Return a tag directory of a TIFF-structured block, as far as it can be read.

    Parameters
    ----------
    block : bytes
        Starts with ``II*`` or ``MM*``.
    place : int
        Offset of the directory; by default that of the first one.

    Returns
    -------
    dict
        Tag → a whole number, or the bytes of a text or an undefined value.  Others are left
        out.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    found: dict[int, int | bytes] = {}
    if order is None or not isinstance(place, int):
        return found
    try:
        start: int = struct.unpack_from(f"{order}I", block, 4)[0] if place < 0 else place
        count: int = struct.unpack_from(f"{order}H", block, start)[0]
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, number = struct.unpack_from(f"{order}HHI", block, entry)
            if kind in (3, 4) and number == 1:
                (found[tag],) = struct.unpack_from(
                    order + ("H" if kind == 3 else "I"), block, entry + 8
                )
            elif kind in (1, 2, 7):
                (far,) = struct.unpack_from(f"{order}I", block, entry + 8)
                first = far if number > 4 else entry + 8
                found[tag] = block[first : first + number]
    except struct.error:
        pass  # the block breaks off; what came before it stands
    return found


def pictures_of_equal_rank(index: bytes) -> bool:
    """Say whether a multi-picture index (MPF) lists views or frames beside each other.

    Phones put a gain map, a depth map or a preview behind the photo: those belong to it.  A
    stereo camera or a panorama has several photos, and none of them is *the* photo.
    """
    entries = directory(index).get(_MP_ENTRIES, b"")
    if not isinstance(entries, bytes):
        return False
    order = "<" if index[:2] == b"II" else ">"
    kinds = [
        struct.unpack_from(f"{order}I", entries, i)[0] for i in range(0, len(entries) - 15, 16)
    ]
    return any(kind >> 16 & 0xFF == 2 for kind in kinds)


def png_chunks(data: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a PNG file that stand before its pixels, by name."""
    return dict(_png_chunks(data))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"IDAT":
            return
        yield name, data[place + 8 : place + 8 + length]
        place += 12 + length


def coding_points(data: bytes, kind: str) -> tuple[int, int] | None:
    """Return the code points of primaries and transfer curve (ITU-T H.273) that a file names.

    Parameters
    ----------
    data : bytes
    kind : str
        As `picture_format` gives it; PNG, AVIF and HEIC can name them.
    """
    if kind == "PNG":
        chunk = png_chunks(data).get(b"cICP", b"")
        return (chunk[0], chunk[1]) if len(chunk) == 4 else None
    place = data.find(b"colrnclx") if kind in ("AVIF", "HEIC") else -1
    if place < 0 or place + 12 > len(data):
        return None
    primaries, curve = struct.unpack_from(">HH", data, place + 8)
    return primaries, curve
