"""What lies inside an archive: its members, one by one, in memory.

Nothing is unpacked to the disk, and nothing beyond a limit that no honest archive reaches.
May import the standard library.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

DEPTH = 4
"""Archives inside archives that are opened: a package, an experiment in it that is a tar in a
gzip, and one more."""

MOST_MEMBERS = 50_000
FREE, TIMES = 1 << 26, 10
"""Bytes that any archive may unpack to, and times its own size that it may besides."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_TAR = slice(257, 262), b"ustar"
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd")
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError, NotImplementedError),
    *(EOFError, OSError),
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
    read = _reader(data)
    if read is None:
        foreign = data.startswith(_ARCHIVES)
        yield Item(inside, data, "it is an archive of another kind than zip or tar" * foreign)
        return
    yield Item(inside, data, "" if depth else "it lies too deep in other archives")
    try:
        yield from _members(read(data, left), inside, left, depth) if depth else ()
    except _BROKEN as error:
        yield Item(inside, b"", f"it is broken or locked ({type(error).__name__})")


Members = Iterator[tuple[str, bytes | None]]
"""Name and content; None where what has been read is more than `left` allows."""


def _reader(data: bytes) -> Callable[[bytes, list[int]], Members] | None:
    """Return what reads the members of an archive; None for what is none."""
    if data.startswith(_ZIP):
        return _of_zip
    if data.startswith(_GZIP):
        return _of_gzip
    place, sign = _TAR
    return _of_tar if data[place] == sign else None


def _members(read: Members, inside: str, left: list[int], depth: int) -> Iterator[Item]:
    """Pass members on one by one; `left` is what all archives of a file may still unpack to."""
    for count, (member, content) in enumerate(read, start=1):
        if count > MOST_MEMBERS:
            yield Item(inside, b"", f"it has more than {MOST_MEMBERS} files")
            return
        if content is None:
            yield Item(inside, b"", "it unpacks to far more than an archive of its size")
            return
        name = f"{inside}/{member}" if inside else member
        yield from _opened(content, name, left, depth - 1)


def _taken(stream: IO[bytes] | gzip.GzipFile, left: list[int]) -> bytes | None:
    content = stream.read(left[0] + 1)  # a header may lie about its size
    left[0] -= len(content)
    if left[0] < 0:
        left[0] = 0
        return None
    return content


def _of_zip(data: bytes, left: list[int]) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                with archive.open(member) as stream:
                    yield member.filename, _taken(stream, left)


def _of_gzip(data: bytes, left: list[int]) -> Members:
    """Give the one file in it; a tar in it is opened by what follows."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        yield "content", _taken(stream, left)


def _of_tar(data: bytes, left: list[int]) -> Members:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:  # links and devices hold nothing
                yield member.name, _taken(stream, left)
