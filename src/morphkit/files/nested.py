"""What lies inside an archive: its members, one by one, in memory.

Nothing is unpacked to the disk, and nothing beyond a limit that no honest archive reaches.
May import the standard library.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

DEPTH = 3
"""Archives inside archives that are opened: a package, a workbook in it, and one more."""

MOST_MEMBERS = 50_000
FREE, TIMES = 1 << 26, 10
"""Bytes that any archive may unpack to, and times its own size that it may besides."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES = (
    *(b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd"),
)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError),
    *(ValueError, LookupError, OverflowError),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or something inside one.

    Parameters
    ----------
    inside : str
        Its name in the archives that hold it; "" for the file itself.
    data : bytes
    fault : str
        Why an archive can't be looked into; "" when it can.
    """

    inside: str
    data: bytes
    fault: str = ""


def unpacked(data: bytes) -> Iterator[Item]:
    """Yield a file and, when it is an archive, every file in it, archives before their members."""
    yield from _opened(data, "", [FREE + TIMES * len(data)], DEPTH)


def _opened(data: bytes, inside: str, left: list[int], depth: int) -> Iterator[Item]:
    if not data.startswith(_ZIP):
        foreign = data.startswith(_ARCHIVES) or data[257:262] == b"ustar"
        yield Item(inside, data, "it is an archive of another kind than zip" if foreign else "")
        return
    yield Item(inside, data, "" if depth else "it lies too deep in other archives")
    try:
        yield from _members(data, inside, left, depth) if depth else ()
    except _BROKEN as error:
        yield Item(inside, b"", f"it is broken or locked ({type(error).__name__})")


def _members(data: bytes, inside: str, left: list[int], depth: int) -> Iterator[Item]:
    """Read members one by one; `left` is what all archives of a file may still unpack to."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) > MOST_MEMBERS:
            yield Item(inside, b"", f"it has {len(members)} files")
            return
        for member in members:
            with archive.open(member) as stream:  # its header may lie about its size
                content = stream.read(left[0] + 1)
            left[0] -= len(content)
            if left[0] < 0:
                left[0] = 0
                yield Item(inside, b"", "it unpacks to far more than an archive of its size")
                return
            name = f"{inside}/{member.filename}" if inside else member.filename
            yield from _opened(content, name, left, depth - 1)
