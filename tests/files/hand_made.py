"""Picture files written byte by byte, so that what morphkit reads can be checked against them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

SRGB_PRIMARIES = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
P3_PRIMARIES = np.array(
    [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
)
D50 = np.array([0.9642, 1.0, 0.8249])


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(samples: np.ndarray, *extra: tuple[bytes, bytes], depth: int = 0) -> bytes:
    """A PNG of (H, W, C) samples, each row with another of the five filters."""
    height, width, channels = samples.shape
    depth = depth or samples.dtype.itemsize * 8
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = samples.astype(samples.dtype.newbyteorder(">")).reshape(height, -1)
    raw = [np.frombuffer(row.tobytes(), np.uint8).astype(int) for row in rows]
    if depth < 8:
        raw = [_packed(row, depth) for row in rows]
    step = max(1, channels * depth // 8)
    lines = [_filtered(raw, line, line % 5, step) for line in range(height)]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *(chunk(name, data) for name, data in extra),
            chunk(b"IDAT", zlib.compress(b"".join(lines))),
            chunk(b"IEND", b""),
        ]
    )


def _packed(row: np.ndarray, depth: int) -> np.ndarray:
    bits = "".join(format(int(value), f"0{depth}b") for value in row.ravel())
    bits += "0" * (-len(bits) % 8)
    return np.array([int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)])


def _filtered(raw: Sequence[np.ndarray], line: int, kind: int, step: int) -> bytes:
    row = raw[line]
    up = raw[line - 1] if line else np.zeros_like(row)
    left, corner = (np.concatenate([np.zeros(step, int), part[:-step]]) for part in (row, up))
    guess = left + up - corner
    near = [abs(guess - part) for part in (left, up, corner)]
    paeth = np.where(
        (near[0] <= near[1]) & (near[0] <= near[2]), left, np.where(near[1] <= near[2], up, corner)
    )
    base = [np.zeros_like(row), left, up, (left + up) // 2, paeth][kind]
    return bytes([kind]) + ((row - base) % 256).astype(np.uint8).tobytes()


def tiff(
    samples: np.ndarray,
    order: str = "<",
    packed: bool = False,
    photometric: int = 0,
    tags: Sequence[tuple[int, int, Sequence[int] | bytes]] = (),
) -> bytes:
    """A TIFF of (H, W, C) samples in one strip; `tags` are added or take others' place."""
    height, width, channels = samples.shape
    strip = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    strip = zlib.compress(strip) if packed else strip
    bits = [samples.dtype.itemsize * 8] * channels
    entries: dict[int, tuple[int, Sequence[int] | bytes]] = {
        256: (3, [width]),
        257: (3, [height]),
        258: (3, bits),
        259: (3, [8 if packed else 1]),
        262: (3, [photometric or (2 if channels >= 3 else 1)]),
        273: (4, [8]),
        277: (3, [channels]),
        278: (3, [height]),
        279: (4, [len(strip)]),
    }
    if channels in (2, 4) and photometric != 5:
        entries[338] = (3, [2])
    entries |= {tag: (kind, value) for tag, kind, value in tags}
    body, directory = strip + bytes(len(strip) % 2), b""
    start = 8 + len(body)
    far, beyond = b"", start + 2 + 12 * len(entries) + 4
    for tag in sorted(entries):
        kind, value = entries[tag]
        data = (
            bytes(value)
            if isinstance(value, bytes)
            else b"".join(struct.pack(order + {3: "H", 4: "I"}[kind], v) for v in value)
        )
        count = len(value)
        if len(data) > 4:
            place = struct.pack(f"{order}I", beyond + len(far))
            far += data + bytes(len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        directory += struct.pack(f"{order}HHI", tag, kind, count) + place
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    count = struct.pack(f"{order}H", len(entries))
    return head + body + count + directory + bytes(4) + far


def exif(
    orientation: int | None = None,
    *,
    adobe_rgb: bool = False,
    interop: bytes = b"",
    order: str = "<",
) -> bytes:
    """An EXIF block: first directory, and if need be the camera's and the exchange one."""

    def directory(entries: Sequence[tuple[int, int, int, bytes]], then: int = 0) -> bytes:
        body = b"".join(
            struct.pack(f"{order}HHI", tag, kind, count) + value.ljust(4, b"\0")
            for tag, kind, count, value in entries
        )
        return struct.pack(f"{order}H", len(entries)) + body + struct.pack(f"{order}I", then)

    def word(value: int) -> bytes:
        return struct.pack(f"{order}H", value)

    def offset(value: int) -> bytes:
        return struct.pack(f"{order}I", value)

    first = [] if orientation is None else [(0x0112, 3, 1, word(orientation))]
    second = 8 + 2 + 12 * (len(first) + 1) + 4
    third = second + 2 + 12 * 2 + 4
    block = (b"II*\0" if order == "<" else b"MM\0*") + offset(8)
    block += directory([*first, (0x8769, 4, 1, offset(second))])
    block += directory([(0xA001, 3, 1, word(2 if adobe_rgb else 1)), (0xA005, 4, 1, offset(third))])
    return block + directory([(1, 2, 4, interop or b"R98\0")])


def stored(upright: np.ndarray, orientation: int) -> np.ndarray:
    """The rows and columns of a file whose EXIF orientation makes them `upright`.

    Follows the words of the standard: which side of the scene the first row and the first
    column are.
    """
    sides = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    height, width = upright.shape[:2]
    rows, columns = (width, height) if sides[0] in ("left", "right") else (height, width)
    out = np.zeros((rows, columns, *upright.shape[2:]), upright.dtype)
    for row in range(rows):
        for column in range(columns):
            at = {}
            for side, steps in ((sides[0], row), (sides[1], column)):
                axis = "y" if side in ("top", "bottom") else "x"
                size = height if axis == "y" else width
                at[axis] = steps if side in ("top", "left") else size - 1 - steps
            out[row, column] = upright[at["y"], at["x"]]
    return out


def s15(value: float) -> bytes:
    return struct.pack(">i", round(float(value) * 65536))


def _profile(
    space: bytes,
    pcs: bytes,
    tags: Sequence[tuple[bytes, bytes]],
    name: str,
    white: np.ndarray = D50,
) -> bytes:
    text = name.encode() + b"\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
    media = b"XYZ \0\0\0\0" + b"".join(map(s15, white))
    tags = [(b"desc", desc), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", media), *tags]
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for sign, data in tags:
        table += sign + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, kind, space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + b"".join(map(s15, D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _gamma(gamma: float | None) -> bytes:
    if gamma is None:  # sRGB's own curve
        numbers = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(s15, numbers))
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def rgb_profile(primaries: np.ndarray, gamma: float | None = None, name: str = "Test") -> bytes:
    """An ICC profile of three primaries (columns, XYZ under D50) and a curve."""
    columns = [
        (b"%cXYZ" % sign, b"XYZ \0\0\0\0" + b"".join(map(s15, column)))
        for sign, column in zip(b"rgb", primaries.T, strict=True)
    ]
    curves = [(b"%cTRC" % sign, _gamma(gamma)) for sign in b"rgb"]
    return _profile(b"RGB ", b"XYZ ", [*columns, *curves], name)


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", [(b"kTRC", _gamma(gamma))], "Test grey")


def cmyk_profile(corners: np.ndarray, paper: np.ndarray = D50) -> bytes:
    """An ICC profile of inks on paper: (2, 2, 2, 2, 3) L*a*b* of their full overprints."""
    scaled = np.rint(corners * [255 / 100, 1, 1] + [0, 128, 128]).astype(np.uint8)
    ramp = bytes(range(256))
    matrix = b"".join(map(s15, np.eye(3).ravel()))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix
    lut += ramp * 4 + scaled.tobytes() + ramp * 3
    return _profile(b"CMYK", b"Lab ", [(b"A2B0", lut), (b"A2B1", lut)], "Test inks", paper)


def srgb_light(codes: np.ndarray) -> np.ndarray:
    values = codes / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def srgb_codes(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def lab_codes(lab: np.ndarray) -> np.ndarray:
    """sRGB codes of CIE L*a*b* under D50, clipped to what sRGB can show."""
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    bend = 6 / 29
    xyz = D50 * np.where(roots > bend, roots**3, 3 * bend**2 * (roots - 4 / 29))
    return srgb_codes(xyz @ np.linalg.inv(SRGB_PRIMARIES).T)
