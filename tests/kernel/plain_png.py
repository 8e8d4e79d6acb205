"""A PNG reader after the specifications and nothing else, which takes nothing for granted.

Shares no code with the encoder, with zlib or with Pillow: its own check sums (RFC 1950, PNG
annex D), its own inflate (RFC 1951), its own filters.  Refuses codes that are incomplete or
have too many, bytes that are left over, and every chunk that morphkit doesn't write.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

LENGTHS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99)
LENGTHS = (*LENGTHS, 115, 131, 163, 195, 227, 258)
LENGTH_BITS = (*[0] * 8, *[n for n in range(1, 6) for _ in range(4)], 0)
DISTANCE_BITS = (0, 0, *[n for n in range(14) for _ in range(2)])
DISTANCES = [1 + sum(1 << bits for bits in DISTANCE_BITS[:i]) for i in range(30)]
FIXED = ([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, [5] * 32)
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


class Damaged(Exception):
    """The file is not what the specifications say."""


@dataclass
class Block:
    """How a block was compressed.

    Parameters
    ----------
    kind : int
        0 stored, 1 with the fixed codes, 2 with codes of its own.
    symbols, told : Counter
        How often each symbol was used: bytes, end and lengths; and those that tell lengths.
    lengths, told_lengths : list of int
        Bits of their codes.
    matches : Counter
        Of (length, distance).
    """

    kind: int
    symbols: Counter[int] = field(default_factory=Counter)
    told: Counter[int] = field(default_factory=Counter)
    lengths: list[int] = field(default_factory=list)
    told_lengths: list[int] = field(default_factory=list)
    matches: Counter[tuple[int, int]] = field(default_factory=Counter)


def read(data: bytes) -> np.ndarray:
    """Return the pixels of a file, (H, W) or (H, W, 3)."""
    names, header, stream = chunks(data)
    need(names[:2] == ["IHDR", "sRGB"] and names[-1] == "IEND" and len(names) > 3, "chunks")
    need(set(names[2:-1]) == {"IDAT"}, "chunks between")
    width, height, depth, kind, *methods = struct.unpack(">IIBBBBB", header)
    need(depth == 8 and kind in (0, 2) and methods == [0, 0, 0], "header")
    need(0 < width < 2**31 and 0 < height < 2**31, "sides")
    pixel = 3 if kind == 2 else 1
    lines, _ = inflated(stream)
    need(len(lines) == height * (1 + width * pixel), "amount of pixels")
    rows = unfiltered(lines, width * pixel, pixel)
    return np.array(rows, np.uint8).reshape((height, width, 3)[: 3 if kind == 2 else 2])


def blocks(data: bytes) -> list[Block]:
    """Return how a file was compressed."""
    return inflated(chunks(data)[2])[1]


def chunks(data: bytes) -> tuple[list[str], bytes, bytes]:
    """Return the names of all chunks, the header, and what is in IDAT."""
    need(data[:8] == b"\x89PNG\r\n\x1a\n", "signature")
    place, names, parts = 8, [], {"IHDR": b"", "sRGB": b"", "IDAT": b"", "IEND": b""}
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        need(len(body) == length and length < 2**31, "length of a chunk")
        (sum_,) = struct.unpack_from(">I", data, place + 8 + length)
        need(sum_ == crc32(name + body), "CRC")
        names.append(name.decode())
        parts[names[-1]] += body
        place += 12 + length
    need(parts["sRGB"] == b"\0" and parts["IEND"] == b"", "sRGB or IEND")
    return names, parts["IHDR"], parts["IDAT"]


def unfiltered(lines: bytes, width: int, pixel: int) -> list[list[int]]:
    """Return rows of bytes."""
    above, rows = [0] * width, []
    for start in range(0, len(lines), width + 1):
        row: list[int] = []
        for i, byte in enumerate(lines[start + 1 : start + 1 + width]):
            a = row[i - pixel] if i >= pixel else 0
            b = above[i]
            c = above[i - pixel] if i >= pixel else 0
            row.append(byte + predicted(lines[start], a, b, c) & 255)
        rows.append(row)
        above = row
    return rows


def predicted(kind: int, a: int, b: int, c: int) -> int:
    """Return what a filter expects, from left, above and above left."""
    need(kind <= 4, "filter")
    if kind == 4:
        p = a + b - c
        return min((a, b, c), key=lambda value: abs(p - value))  # the first of equal ones
    return (0, a, b, (a + b) // 2)[kind]


class Bits:
    """Bits of a stream, the lowest of each byte first."""

    def __init__(self, data: bytes):
        self.data, self.place, self.held, self.count = data, 0, 0, 0

    def peek(self, count: int) -> int:
        while self.count < count:
            byte = self.data[self.place] if self.place < len(self.data) else 0
            self.held |= byte << self.count
            self.place += 1
            self.count += 8
        return self.held & ((1 << count) - 1)

    def take(self, count: int) -> int:
        value = self.peek(count)
        self.held >>= count
        self.count -= count
        need(self.place - self.count // 8 <= len(self.data), "the stream ends early")
        return value

    def take_symbol(self, code: dict[int, tuple[int, int]], longest: int) -> int:
        found = code.get(self.peek(longest))
        need(found is not None, "bits that are no code")
        self.take(found[1])
        return found[0]


def inflated(stream: bytes) -> tuple[bytes, list[Block]]:
    """Return what a zlib stream holds, and how its blocks were compressed."""
    need(stream[0] & 15 == 8 and stream[0] >> 4 <= 7 and not stream[1] & 32, "zlib header")
    need((stream[0] << 8 | stream[1]) % 31 == 0, "check bits")
    window = 1 << (stream[0] >> 4) + 8
    bits, out, found, last = Bits(stream[2:-4]), bytearray(), [], 0
    while not last:
        last = bits.take(1)
        found.append(Block(bits.take(2)))
        need(found[-1].kind < 3, "kind of block")
        (_coded if found[-1].kind else _stored)(bits, out, found[-1], window)
    bits.take(bits.count % 8)
    need(bits.place - bits.count // 8 == len(bits.data), "bytes behind the last block")
    need(struct.unpack(">I", stream[-4:])[0] == adler32(out), "Adler-32")
    return bytes(out), found


def _stored(bits: Bits, out: bytearray, _: Block, __: int) -> None:
    bits.take(bits.count % 8)
    length, complement = bits.take(16), bits.take(16)
    need(length ^ complement == 0xFFFF, "length of a stored block")
    start = bits.place - bits.count // 8
    need(start + length <= len(bits.data), "the stream ends early")
    out += bits.data[start : start + length]
    bits.place, bits.held, bits.count = start + length, 0, 0


def _coded(bits: Bits, out: bytearray, block: Block, window: int) -> None:
    lengths, distances = FIXED if block.kind == 1 else _told(bits, block)
    need(lengths[256] > 0, "no code for the end")
    code, longest = decoder(lengths)
    far, farthest = distance_decoder(distances)
    block.lengths = lengths
    while True:
        symbol = bits.take_symbol(code, longest)
        block.symbols[symbol] += 1
        if symbol < 256:
            out.append(symbol)
        elif symbol == 256:
            return
        else:
            need(symbol < 286, "a length that there is not")
            length = LENGTHS[symbol - 257] + bits.take(LENGTH_BITS[symbol - 257])
            need(symbol == 285 or length < 258, "258 told the wrong way")
            where = bits.take_symbol(far, farthest)
            need(where < 30, "a distance that there is not")
            distance = DISTANCES[where] + bits.take(DISTANCE_BITS[where])
            need(distance <= min(len(out), window), "distance before the start")
            block.matches[length, distance] += 1
            for _ in range(length):
                out.append(out[-distance])


def _told(bits: Bits, block: Block) -> tuple[list[int], list[int]]:
    """Return the lengths of both codes."""
    symbols, distances, kinds = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    need(symbols <= 286 and distances <= 30, "too many symbols")
    told = [0] * 19
    for kind in ORDER[:kinds]:
        told[kind] = bits.take(3)
    code, longest = decoder(told)
    lengths: list[int] = []
    while len(lengths) < symbols + distances:
        kind = bits.take_symbol(code, longest)
        block.told[kind] += 1
        need(kind != 16 or lengths != [], "a repeat of nothing")
        if kind < 16:
            lengths.append(kind)
        elif kind == 16:
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if kind == 17 else 11 + bits.take(7))
    need(len(lengths) == symbols + distances, "a repeat beyond the end")
    block.told_lengths = told
    return lengths[:symbols], lengths[symbols:]


def decoder(lengths: list[int]) -> tuple[dict[int, tuple[int, int]], int]:
    """Return symbol and length by the next so many bits; the code must be complete."""
    longest = max(lengths)
    need(sum(1 << longest - length for length in lengths if length) == 1 << longest, "code")
    table, code = {}, 0
    for length in range(1, longest + 1):
        for symbol in (i for i, own in enumerate(lengths) if own == length):
            turned = int(f"{code:0{length}b}"[::-1], 2)
            for above in range(1 << longest - length):
                table[above << length | turned] = (symbol, length)
            code += 1
        code <<= 1
    return table, longest


def distance_decoder(lengths: list[int]) -> tuple[dict[int, tuple[int, int]], int]:
    """The same for distances, where there may be none, or one code of one bit."""
    used = [length for length in lengths if length]
    if used == [1]:
        return {0: (lengths.index(1), 1)}, 1
    return decoder(lengths) if used else ({}, 1)


def need(true: object, what: str) -> None:
    if not true:
        raise Damaged(what)


def adler32(data: bytes | bytearray) -> int:
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xEDB88320 if byte & 1 else 0)
    return byte


_CRC = [_crc_of_byte(byte) for byte in range(256)]


def crc32(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF
