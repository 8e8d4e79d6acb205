"""What a picture file carries besides its pixels, by its bytes; no pixel is decoded.

Knows where JPEG (ITU-T T.81), WebP, TIFF 6.0 and PNG files keep camera data, texts and second
pictures; other formats are searched for their marks.  Whatever the bytes, it never raises.
May import `files.headers`, `validate.png` and the standard library.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from morphkit.files.headers import GPS_IFD, picture_format, tells_place
from morphkit.validate.png import NotPng, foreign, png_facts

_DOCUMENTS = {"", "PDF", "SVG", "XML"}
_EXIF, _XMP, _TEXT = "camera data (EXIF)", "text (XMP)", "text"
_PLACE = "a place (GPS)"
_SECOND, _OTHER = "a second picture", "other data"

MOST_DIRECTORIES = 50

_TIFF_TAGS = {
    **{270: _TEXT, 271: _EXIF, 272: _EXIF, 305: _TEXT, 306: "a time", 315: _TEXT, 316: _TEXT},
    **{700: _XMP, 33432: _TEXT, 33723: "text (IPTC)", 34377: "text (IPTC)", 330: _SECOND},
    **{34665: _EXIF, GPS_IFD: _PLACE},
}
_SEGMENT = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_MARKS = {
    b"Exif\0\0": _EXIF,
    b"<x:xmpmeta": _XMP,
    b"adobe:ns:meta": _XMP,
    b"XMP DataXMP": _XMP,
    b"8BIM": "text (IPTC)",
}


def picture_kind(data: bytes) -> str:
    """Return the format of a picture or film; "" for anything else, whatever its name."""
    if data[4:8] == b"ftyp":
        return picture_format(data) or "a film"
    if data.startswith(b"\x1aE\xdf\xa3") or (data[:4] == b"RIFF" and data[8:12] == b"AVI "):
        return "a film"
    kind = picture_format(data)
    # a text may begin with BM or P1
    if kind == "BMP" and data[6:10] != b"\0\0\0\0":
        return ""
    if kind == "PNM" and not re.match(rb"P[1-7]\s+(#|\d|WIDTH)", data):
        return ""
    return "" if kind in _DOCUMENTS else kind


def carried(data: bytes) -> list[str]:
    """Return what a picture carries besides pixels and how to show them, in words, each once.

    Colour profiles are let pass but in PNG files, whose law for stimuli is stricter.
    """
    kind = picture_kind(data)
    if kind == "PNG":
        return _of_png(data)
    found = {"JPEG": _of_jpeg, "WebP": _of_webp, "TIFF": _of_tiff}.get(kind, _marks)
    return list(dict.fromkeys(found(data)))


def _of_png(data: bytes) -> list[str]:
    try:
        return foreign(png_facts(data))
    except NotPng:
        return list(dict.fromkeys(_marks(data)))


def _of_jpeg(data: bytes) -> Iterator[str]:
    """Walk the segments; what is behind the last one is not part of the picture."""
    place = 2
    while True:
        mark = _SEGMENT.search(data, place)
        if mark is None:
            return  # it breaks off
        name, start = mark[1][0], mark.end()
        if name == 0xD9:
            if len(data) > start:
                yield f"{len(data) - start} bytes after the picture"
            return
        if name == 0x01 or start + 2 > len(data):
            place = start
            continue
        (length,) = struct.unpack_from(">H", data, start)
        place = start + max(length, 2)
        if name == 0xFE:
            yield _TEXT
        elif 0xE0 <= name <= 0xEF:
            yield from _segment(name - 0xE0, data[start + 2 : place])


def _segment(number: int, body: bytes) -> Iterator[str]:
    if body.startswith(b"JFIF\0"):
        if len(body) >= 14 and body[12] * body[13]:
            yield _SECOND
    elif body.startswith(b"JFXX\0") or body.startswith(b"MPF\0"):
        yield _SECOND
    elif body.startswith(b"Exif\0"):
        yield _EXIF
        yield from _place(body)
    elif body.startswith(b"http://ns.adobe.com/x"):
        yield _XMP
        yield from _place(body)
    elif body.startswith(b"Photoshop 3.0"):
        yield "text (IPTC)"
    elif not body.startswith((b"ICC_PROFILE\0", b"Adobe")):
        yield f"{_OTHER} in segment APP{number}"


def _of_webp(data: bytes) -> Iterator[str]:
    known = {b"EXIF": _EXIF, b"XMP ": _XMP}
    picture = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
    end = 8 + int.from_bytes(data[4:8], "little")
    place = 12
    while place + 8 <= min(end, len(data)):
        name, length = struct.unpack_from("<4sI", data, place)
        if name not in picture:
            yield known.get(name, _OTHER)
            if name in known:
                yield from _place(data[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    if len(data) > end + end % 2:
        yield f"{len(data) - end} bytes after the picture"


def _of_tiff(data: bytes) -> Iterator[str]:
    order = "<" if data.startswith(b"II") else ">"
    seen: set[int] = set()
    try:
        (place,) = struct.unpack_from(f"{order}I", data, 4)
        while place and place not in seen and len(seen) < MOST_DIRECTORIES:
            if seen:
                yield _SECOND
            seen.add(place)
            (count,) = struct.unpack_from(f"{order}H", data, place)
            for entry in range(place + 2, place + 2 + 12 * count, 12):
                (tag,) = struct.unpack_from(f"{order}H", data, entry)
                if tag in _TIFF_TAGS:
                    yield _TIFF_TAGS[tag]
            (place,) = struct.unpack_from(f"{order}I", data, place + 2 + 12 * count)
    except struct.error:
        yield from _marks(data)  # it breaks off, or is a BigTIFF


def _marks(data: bytes) -> Iterator[str]:
    for mark, words in _MARKS.items():
        if mark in data:
            yield words
            yield from _place(data[data.index(mark) :])


def _place(block: bytes) -> Iterator[str]:
    if tells_place(block):
        yield _PLACE
