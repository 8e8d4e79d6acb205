"""The mask that follows a face: noise as a PNG, the same bytes for the same size everywhere.

Knows the PNG format (ISO/IEC 15948) as far as one grey picture needs it.  May import the
standard library.
"""

from __future__ import annotations

import random
import struct
import zlib

MASK = "mask.png"
_CELL = 8
"""Side of a patch of noise in pixels: about the grain that a face's features have."""


def mask_png(width: int, height: int) -> bytes:
    """Return a PNG of random grey patches.

    Parameters
    ----------
    width, height : int
        Pixels, those of the faces.
    """
    rng = random.Random(f"morphkit mask {width} {height}")
    rows = []
    for _ in range(-(-height // _CELL)):
        cells = bytes(rng.randrange(256) for _ in range(-(-width // _CELL)))
        line = b"".join(bytes((cell,)) * _CELL for cell in cells)[:width]
        rows += [b"\0" + line] * _CELL
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows[:height]), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
