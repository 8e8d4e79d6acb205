"""Tables that people and other programs wrote, as lines of text, however large.

Knows in which ways text is encoded, and what is no text; not what stands in it.  May import
`errors` and the rest of `files`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from morphkit.errors import CalibrationError, Finding, UsageError
from morphkit.files.disk import disk_faults, shown
from morphkit.files.texts import nearest

_LOOKED_AT = 4096

_OTHERS = {
    b"PK\x03\x04": "a zip or a workbook (xlsx, ods)",
    b"\xd0\xcf\x11\xe0": "an old workbook (xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed (gz)",
    b"\x89HDF": "an HDF5 file",
    b"SQLite": "a database",
}
"""First bytes → what people give in place of a text."""


@contextmanager
def table_lines(path: Path) -> Iterator[IO[str]]:
    """Open a table as lines of text, line ends as they are.

    UTF-8 with or without byte-order mark, and UTF-16.  Lines are read when they are asked for.

    Raises
    ------
    CalibrationError
        MK476 for what is no text.
    UsageError
        MK616 no such file, MK617 neither UTF-8 nor UTF-16; this one also while lines are read.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(path):
        if not path.is_file():
            text = "there is no such file." if not path.exists() else "this is a folder, no file."
            advice = nearest(path) if not path.exists() else "Name the files in it."
            raise UsageError(Finding("MK616", text, file=shown(path), suggestion=advice))
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    encoding = _encoding(start, path)
    with disk_faults(path), path.open(encoding=encoding, newline="") as lines:
        try:
            yield lines
        except UnicodeError:
            raise UsageError(_undecodable(path, encoding)) from None


def _encoding(start: bytes, path: Path) -> str:
    """Return how a file is encoded, by how it begins."""
    for sign, what in _OTHERS.items():
        if start.startswith(sign):
            advice = 'Export it as CSV; in Excel save it as "CSV UTF-8".'
            raise CalibrationError(
                Finding("MK476", f"this is {what}, no text.", file=shown(path), suggestion=advice)
            )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # without a mark: every other byte of a Latin text is 0
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8-sig"


def _undecodable(path: Path, encoding: str) -> Finding:
    """Return MK617 with the first line that isn't in the encoding of the beginning."""
    line = None
    if encoding == "utf-8-sig":
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                try:
                    raw.decode("utf-8")
                except UnicodeDecodeError:
                    line = number
                    break
    return Finding(
        "MK617",
        "here stand letters that are not UTF-8, the rest of the file may be.",
        file=shown(path),
        line=line,
        suggestion='Save it as UTF-8; in Excel as "CSV UTF-8".',
    )
