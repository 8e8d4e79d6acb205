"""What a PNG file says about itself, read without decoding it.

Knows the chunk layout of PNG (ISO/IEC 15948) and nothing of stimuli or pixels.  May import
`files.headers` and the standard library.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from morphkit.files.headers import tells_place

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = frozenset({"IHDR", "PLTE", "tRNS", "IDAT", "IEND"})
"""Chunks that the picture itself is made of."""

DISPLAY = frozenset({"sRGB", "gAMA", "cHRM", "sBIT", "pHYs"})
"""Chunks that only say how to show the picture."""

SPOKEN = frozenset({"eXIf", "iTXt"})
"""Chunks in which cameras and programs say where a photo was taken."""

_MODES = {(0, 8): "L", (2, 8): "RGB", (4, 8): "LA", (6, 8): "RGBA"}
_PALETTE = 3


class NotPng(ValueError):
    """The bytes are not a whole PNG file; the text says where it breaks off."""


@dataclass(frozen=True, slots=True)
class PngFacts:
    """A PNG's header and the names of its chunks.

    Parameters
    ----------
    width, height : int
    mode : str
        ``RGB`` for 8-bit RGB; others as Pillow calls them, or ``type <t>, <d> bit``.
    chunks : tuple of str
        Chunk names, each once, in file order.
    trailing : int
        Bytes after the end of the picture.
    place : str
        Name of a chunk that says by GPS where a photo was taken; "" when none does.
    """

    width: int
    height: int
    mode: str
    chunks: tuple[str, ...]
    trailing: int
    place: str = ""


def png_facts(data: bytes) -> PngFacts:
    """Return what a PNG file says about itself.

    Raises
    ------
    NotPng
        When the file does not begin as a PNG, or breaks off.
    """
    if not data.startswith(SIGNATURE):
        raise NotPng("it does not begin as a PNG file does")
    chunks: dict[str, None] = {}
    header, located = b"", ""
    place = len(SIGNATURE)
    while "IEND" not in chunks:
        if place + 12 > len(data):
            raise NotPng(f"it breaks off after {len(data)} bytes")
        (length,) = struct.unpack_from(">I", data, place)
        name = data[place + 4 : place + 8].decode("latin-1")
        if place + 12 + length > len(data):
            raise NotPng(f"its chunk {name!r} breaks off")
        if not chunks:
            header = data[place + 8 : place + 8 + length]
            if name != "IHDR" or length != 13:
                raise NotPng("it has no header")
        chunks[name] = None
        if name in SPOKEN and tells_place(data[place + 8 : place + 8 + length]):
            located = name
        place += 12 + length
    width, height, depth, kind = struct.unpack_from(">IIBB", header)
    mode = "P" if kind == _PALETTE else _MODES.get((kind, depth), f"type {kind}, {depth} bit")
    if "tRNS" in chunks:
        mode += " with transparency"
    return PngFacts(width, height, mode, tuple(chunks), len(data) - place, located)


def foreign(facts: PngFacts) -> list[str]:
    """Return what the file carries besides pixels and how to show them, in words."""
    kinds = {
        "eXIf": "camera data (EXIF)",
        "tEXt": "text",
        "zTXt": "text",
        "iTXt": "text (XMP)",
        "tIME": "a time",
        "iCCP": "a colour profile",
    }
    found = [
        f"{kinds.get(name, 'other data')} in chunk {name!r}"
        for name in facts.chunks
        if name not in PIXELS | DISPLAY
    ]
    found += [f"a place (GPS) in chunk {facts.place!r}"] if facts.place else []
    return [*found, f"{facts.trailing} bytes after the picture"] if facts.trailing else found
