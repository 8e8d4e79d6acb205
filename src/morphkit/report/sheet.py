"""The sheet of drafts: every photo of a folder with its landmarks, the most doubtful first.

One self-contained page for the lab that has the photos: it shows them, so it stays where they
are, and goes into no set and no package.  Asks nothing of any network and runs no script.
May import `errors`, `faces`, `report.pictures` and `report.words`, jinja2, NumPy and Pillow.
"""

from __future__ import annotations

import hashlib
import string
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from morphkit.errors import Finding
from morphkit.faces.face import ByteArray, FloatArray, Landmarks
from morphkit.report import words
from morphkit.report.pictures import within

SIDE = 300
"""Pixels along the longer side of a thumbnail."""

MARGIN = 0.25
"""What is shown around the landmarks, in sizes of the face."""

STILL_BYTES = 14_000

_PLAIN = frozenset((string.ascii_letters + string.digits + "/._-").encode())

MOST = 600
"""Photos that are shown; the table has them all."""

_ENVIRONMENT = Environment(
    loader=PackageLoader("morphkit.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a thumbnail, in its pixels: points, curves, the names of the sides."""

    points: tuple[tuple[float, float], ...]
    curves: tuple[str, ...]
    sides: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A photo, or the part of it that the landmarks fill, made small."""

    uri: str
    width: int
    height: int
    overlay: Overlay | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One photo of the sheet.

    Parameters
    ----------
    image : str
        Relative to the sheet, with forward slashes.
    state : str
        What became of it, in words.
    thumbnail : Thumbnail or None
        None where the photo could not be read.
    facts : tuple of str
        Score, tilt, spread, …
    findings : tuple of Finding
    """

    image: str
    state: str
    thumbnail: Thumbnail | None
    facts: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def link(self) -> str:
        """The photo's address as seen from the page."""
        return "./" + "".join(
            chr(byte) if byte in _PLAIN else f"%{byte:02X}"
            for byte in self.image.encode(errors="surrogateescape")
        )


def thumbnail(image: ByteArray, landmarks: Landmarks | None) -> Thumbnail:
    """Return a photo made small for the sheet.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    landmarks : Landmarks or None
        They choose the part that is shown, and are drawn over it.
    """
    height, width = image.shape[:2]
    left, top, right, bottom = _part(landmarks, width, height)
    part = Image.fromarray(image[top:bottom, left:right])
    scale = SIDE / max(part.size)  # small faces are enlarged: the points must be told apart
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    if size != part.size:
        part = part.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    overlay = None
    if landmarks is not None:
        factor = np.array(size) / [right - left, bottom - top]
        overlay = _overlay(landmarks, (landmarks.points - [left, top] + 0.5) * factor)
    return Thumbnail(within(part, STILL_BYTES), *size, overlay)


def _part(landmarks: Landmarks | None, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what is shown."""
    if landmarks is None:
        return 0, 0, width, height
    low, high = landmarks.points.min(axis=0), landmarks.points.max(axis=0)
    around = MARGIN * float((high - low).max()) + 2
    left, top = np.clip(np.floor(low - around), 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(np.ceil(high + around), [left + 1, top + 1], [width, height]).astype(
        int
    )
    return int(left), int(top), int(right), int(bottom)


def _overlay(landmarks: Landmarks, places: FloatArray) -> Overlay:
    layout = landmarks.scheme
    points = tuple((round(float(x), 1), round(float(y), 1)) for x, y in places)
    curves = tuple(
        " ".join(f"{points[i][0]},{points[i][1]}" for i in _ring(curve.points, curve.closed))
        for curve in layout.curves
    )
    sides: tuple[tuple[str, float, float], ...] = ()
    if layout.outer_eye_corners:
        right, left = (points[i] for i in layout.outer_eye_corners)
        sides = (("R", *right), ("L", *left))
    return Overlay(points, curves, sides)


def _ring(indices: Sequence[int], closed: bool) -> list[int]:
    return [*indices, indices[0]] if closed else [*indices]


def sheet(name: str, tiles: Sequence[Tile], summary: Sequence[str], version: str) -> str:
    """Return the page.

    Parameters
    ----------
    name : str
        Of the folder.
    tiles : sequence of Tile
        In the order in which they are shown.
    summary : sequence of str
        Sentences: what was drafted, what was left alone.
    version : str
        Of morphkit.
    """
    style = _ENVIRONMENT.get_template("page.css").render()
    style += _ENVIRONMENT.get_template("sheet.css").render()
    doubtful = [tile for tile in tiles if tile.findings]
    return _ENVIRONMENT.get_template("sheet.html.j2").render(
        style=style,
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii"),
        name=name,
        count=words.count_text(len(tiles), "photo", "photos"),
        doubtful=len(doubtful),
        tiles=tiles[:MOST],
        hidden=len(tiles) - MOST,
        summary=summary,
        version=version,
    )
