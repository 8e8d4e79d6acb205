"""A set that another program made: order, levels, sizes, and pictures that stand in twice.

What names, headers and hashes tell is judged here; what its frames look like is measured on
the way, and judged as that of a set of ours is.  Imports no NumPy, unless pictures are to be
decoded.  May import `errors`, `files`, `measure.series` and `validate`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

from morphkit import files
from morphkit.errors import Finding, MorphkitError, SetError
from morphkit.files import headers
from morphkit.measure.series import Series
from morphkit.validate.rules import finding

if TYPE_CHECKING:
    from morphkit.faces.face import ByteArray

FORMATS = ("PNG", "JPEG", "TIFF", "WebP", "BMP")
LOSSY = "JPEG"


def check_foreign(
    found: files.ForeignSet, measured: list[Series], *, quick: bool
) -> Iterator[Finding]:
    """MK453, MK455, MK151, MK154, MK635, and what its reading found.

    Parameters
    ----------
    found : ForeignSet
    measured : list of Series
        What is measured of the pictures is added to it.
    quick : bool
        Decode no picture, measure nothing.
    """
    yield from found.findings
    for series in found.series:
        yield from _not_rising(series)
    formats: Counter[str] = Counter()
    sizes: Counter[tuple[int, int]] = Counter()
    owners: dict[str, tuple[files.ForeignSeries, files.ForeignFrame]] = {}
    for series in found.series:
        # it needs NumPy, which a quick validation does without
        track = None if quick else import_module("morphkit.validate.survey").Frames(series)
        for frame in series.frames:
            image = None
            try:
                data = frame.read()
            except SetError as fault:
                yield from fault.findings
            else:
                formats[headers.picture_format(data)] += 1
                image = yield from _picture(frame, data, sizes, quick=quick)
                yield from _twin(series, frame, hashlib.sha256(data).hexdigest(), owners)
            if track:
                track.add(image)
        if track:
            measured.append(track.series())
    if formats[LOSSY]:
        text = f"{formats[LOSSY]} of {formats.total()} frames are {LOSSY} files."
        yield finding("MK635", text)
    if len(sizes) > 1:
        told = ", ".join(f"{wide} × {high} ({n})" for (wide, high), n in sizes.most_common(5))
        yield finding("MK154", f"the frames have {len(sizes)} sizes: {told} px.")


def _not_rising(series: files.ForeignSeries) -> Iterator[Finding]:
    for a, b in pairwise(series.frames):
        if not b.level > a.level:
            text = f"{_called(series)}: {b.id} has level {b.level:.4g}, the frame before it "
            text += f"({a.id}) {a.level:.4g}."
            yield finding("MK453", text, file=b.image_file, measured=b.level)


def _called(series: files.ForeignSeries) -> str:
    return " ".join(part for part in (series.identity, series.continuum) if part) or "the series"


def _picture(
    frame: files.ForeignFrame, data: bytes, sizes: Counter[tuple[int, int]], *, quick: bool
) -> Generator[Finding, None, ByteArray | None]:
    """Count a picture's size, say what is wrong with it, and return it, unless quick."""
    kind = headers.picture_format(data)
    if kind not in FORMATS:
        text = f"this is {kind or 'no picture'}, not one of {', '.join(FORMATS)}."
        yield finding("MK151", text if data else "the file is empty.", file=frame.image_file)
        return None
    size, image = headers.claimed_size(data, kind), None
    if not quick:
        try:
            image = files.parse_photo(data, file=frame.image_file).image
        except MorphkitError as error:
            yield from error.findings
            return None
        size = image.shape[1], image.shape[0]
    if size:
        sizes[size] += 1
    return image


def _twin(
    series: files.ForeignSeries,
    frame: files.ForeignFrame,
    sha256: str,
    owners: dict[str, tuple[files.ForeignSeries, files.ForeignFrame]],
) -> Iterator[Finding]:
    """MK455: one picture at two levels, or for two infants.

    An infant's continua may share their ends.
    """
    home, other = owners.setdefault(sha256, (series, frame))
    if other is not frame and (home is series or home.identity != series.identity):
        text = f"this is the same file as {other.image_file}, but should be another face."
        yield finding("MK455", text, file=frame.image_file)
