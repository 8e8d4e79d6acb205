"""Rohlf's ``.tps``: specimens as ``LM=``, points, ``IMAGE=``, ``ID=``, ``SCALE=``; y upwards.

tpsDig counts y from the bottom of the picture; its readers take y from the top to be the
picture's height minus it, and so does this.  Of curves and outlines nothing is taken.
May import `errors` and `faces`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.template import (
    MAX_POINTS,
    Collection,
    Entry,
    Row,
    SizeOf,
    count_faults,
    fault,
    numbered,
    pairs,
    unnamed,
)

_ENTRY = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.*)", re.S)
_KEPT = ("ID", "SCALE", "COMMENT")
_BLOCKS = ("CURVES", "OUTLINES", "RADII")
_MISSING = "Programs write negative numbers for a landmark that was never placed."


@dataclass(slots=True)
class _Specimen:
    """What the file says of one face, as text."""

    line: int
    declared: str
    rows: list[Row] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)


def parse_tps(text: str, size_of: SizeOf) -> Collection:
    """Return the faces of a text; MK201, MK203, MK215, MK218, MK222."""
    specimens = _specimens(numbered(text))
    faults: list[Finding] = []
    entries = []
    for specimen in specimens:
        try:
            entries.append(_entry(specimen, size_of))
        except TemplateError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    blocks = sorted({key for s in specimens for key in s.entries if key in _BLOCKS})
    note = f"What stands under {' and '.join(blocks)} is not taken: landmarks only (LM)."
    return Collection(tuple(entries), (note,) if blocks else ())


def _specimens(rows: Sequence[Row]) -> list[_Specimen]:
    """Return what stands under each ``LM=``; rows under other keys are left out."""
    found: list[_Specimen] = []
    reading = False
    for line, row in rows:
        entry = _ENTRY.fullmatch(row)
        key = entry[1].upper() if entry else ""
        if key == "LM3":
            raise fault("MK201", "LM3 announces points in space; a photo has two axes.", line)
        if entry and key == "LM":
            found.append(_Specimen(line, entry[2].strip()))
            reading = True
        elif not found:
            raise fault("MK201", f"{row[:40]!r} stands where LM= should: no .tps begins so.", line)
        elif entry:
            found[-1].entries.setdefault(key, entry[2].strip()[:400])
            reading = False
        elif reading:
            found[-1].rows.append((line, row))
    return found


def _entry(specimen: _Specimen, size_of: SizeOf) -> Entry:
    line, declared = specimen.line, specimen.declared
    if not re.fullmatch("[0-9]{1,9}", declared):
        raise fault("MK201", f"LM, the number of points, is {declared[:40]!r}.", line)
    points, faults = pairs(specimen.rows[: MAX_POINTS + 1])
    faults += count_faults(int(declared), len(specimen.rows), line)
    for (at, row), point in zip(specimen.rows, points, strict=False):
        if not faults and max(point) < 0:
            faults.append(Finding("MK203", f"{row!r} is no place on a photo. {_MISSING}", line=at))
    image = specimen.entries.get("IMAGE", "")
    size = None if faults else size_of(image)
    if not (faults or size):
        faults.append(_unsized(image, line))
    if faults or size is None:
        raise TemplateError(*faults)
    width, height = size
    made = unnamed(".tps", [[x, height - y] for x, y in points])
    origin = {
        "tps": {key.lower(): specimen.entries[key] for key in _KEPT if key in specimen.entries}
    }
    return Entry(image, replace(made, width=width, height=height, origin=origin))


def _unsized(image: str, line: int) -> Finding:
    return Finding(
        "MK222",
        f"y counts from the bottom here, and the height of the photo {image[:80]!r} is not known."
        if image
        else "y counts from the bottom here, and no IMAGE= says of which photo.",
        line=line,
        suggestion="Put the photo beside the .tps file, under the name that IMAGE= has.",
    )


def tps_text(entries: Sequence[Entry]) -> str:
    """Return the text of a file.

    Raises
    ------
    TemplateError
        MK222 for a template without the photo's height; MK220 for a landmark left of the photo
        and below it, which the format takes for one that is missing.
    """
    faults: list[Finding] = []
    rows: list[str] = []
    for number, entry in enumerate(entries):
        template, height = entry.template, entry.template.height
        if height is None:
            message = ".tps counts y from the bottom, and the height of the photo is not known."
            advice = "Put the photo beside the template, or name its height in the .json."
            faults.append(Finding("MK222", message, pointer=entry.image, suggestion=advice))
            continue
        points = template.landmarks.points * [1, -1] + [0, height]
        if (points < 0).all(axis=1).any():
            message = "a landmark lies left of the photo and below it, which .tps calls missing."
            faults.append(Finding("MK220", message, pointer=entry.image))
        rows += [f"LM={len(points)}", *(f"{x:z.4f} {y:z.4f}" for x, y in np.asarray(points))]
        given = template.origin.get("tps")
        said = given if isinstance(given, dict) else {}
        rows.append(f"IMAGE={entry.image}")
        rows.append(f"ID={_line(said.get('id', number))}")
        rows += [f"{key.upper()}={_line(said[key])}" for key in ("scale", "comment") if key in said]
    if faults:
        raise TemplateError(*faults)
    return "\n".join(rows) + "\n"


def _line(value: object) -> str:
    """Return a value as one line; what would end it is a blank."""
    return " ".join(str(value)[:400].split())
