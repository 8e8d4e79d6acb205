"""Sheets: tables as front ends take them, and the bytes of a text that any of them can read.

Knows cells; no front end.  May import `study` and the rest of `package`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from morphkit.package.session import Session
from morphkit.study.table import cells, columns

IMAGE_FILE, IMAGE_NAME = "image_file", "image_name"


def image_name(path: str) -> str:
    """Return the bare name of an image: front ends keep what is uploaded without folders."""
    return path.rpartition("/")[2]


def facts(session: Session) -> list[dict[str, str]]:
    """Return what the table says of each face, as text; `image_name` in place of the path."""
    names = columns(session.stimuli)
    rows = []
    for stimulus in session.stimuli:
        row = dict(zip(names, cells(stimulus, names), strict=True))
        row[IMAGE_FILE] = image_name(row[IMAGE_FILE])
        rows.append({IMAGE_NAME if name == IMAGE_FILE else name: row[name] for name in names})
    return rows


def sheet(header: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows as CSV: UTF-8, commas, LF; a cell that a row doesn't have is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def plain_or(encoding: str, text: str) -> bytes:
    """Return a text in ASCII, which every program reads alike, or else with a byte-order mark."""
    return text.encode() if text.isascii() else f"\ufeff{text}".encode(encoding)


def list_file(number: int) -> str:
    """Return the stem of a list's file: `list_01`."""
    return f"list_{number:02d}"
