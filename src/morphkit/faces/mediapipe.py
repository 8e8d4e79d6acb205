"""MediaPipe's face mesh, 468 points or 478 with the irises, from JSON and CSV; read only.

Its programs give x and y in shares of the picture: 0 is the left (top) edge, 1 the right
(bottom) one.  Pixels are taken as they are.  May import `errors` and `faces`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import scheme
from morphkit.faces.template import SizeOf, Template, coordinate, fault, number

COUNTS = (468, 478)

MOST_SHARES = 3.0
"""No face in shares of its picture is wider; every face in pixels is."""

_NUMBERS = ("index", "id", "landmark", "landmark_index", "landmark_id", "point")
_DEPTH = 6
"""How deep in a JSON file the points are looked for."""


def meshes(data: object, depth: int = _DEPTH) -> Iterator[list[object]]:
    """Yield every list of a JSON value that has as many entries as a face mesh has points."""
    if isinstance(data, list) and len(data) in COUNTS:
        yield data
    elif depth and isinstance(data, list | dict):
        for value in data.values() if isinstance(data, dict) else data:
            yield from meshes(value, depth - 1)


def from_meshes(found: Sequence[list[object]], size_of: SizeOf) -> Template:
    """Return the template of the one mesh that was found; MK203, MK219, MK222, MK223."""
    if len(found) != 1:
        message = f"the file holds {len(found)} face meshes, not one."
        raise fault("MK223", message, suggestion="Write a file for each face.")
    points, faults = [], list[Finding]()
    for i, entry in enumerate(found[0]):
        try:
            points.append(_place(entry, f"[{i}]"))
        except TemplateError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    return _in_pixels(points, size_of)


def _place(entry: object, pointer: str) -> list[float]:
    if isinstance(entry, dict):
        values = [entry.get("x"), entry.get("y")]
    elif isinstance(entry, list) and 2 <= len(entry) <= 5:
        values = entry[:2]
    else:
        message = f"{repr(entry)[:40]} is no point with x and y."
        raise fault("MK219", message, pointer=pointer)
    return [coordinate(value, pointer) for value in values]


def is_mesh_csv(header: str) -> bool:
    """Say whether a CSV header is that of a face mesh: x, y and z, or a number, and no name."""
    cells = [cell.strip().lower() for cell in header.split(",")]
    return {"x", "y"} <= {*cells} and not {"z", *_NUMBERS}.isdisjoint(cells)


def from_mesh_csv(text: str, size_of: SizeOf) -> Template:
    """Return the template of a text, a row a point; MK201, MK203, MK215, MK217, MK218, MK222."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise fault("MK201", f"this is not CSV: {error}.", reader.line_num) from None
    header = [cell.strip().lower() for cell in rows[0][1]]
    if len(rows) - 1 not in COUNTS:
        message = f"{len(rows) - 1} points stand here; a face mesh has 468 or 478."
        raise fault("MK215", message, suggestion="Write one face to a file, a row a point.")
    columns = [header.index("x"), header.index("y")]
    counted = [header.index(name) for name in _NUMBERS if name in header][:1]
    points, faults = [], list[Finding]()
    for place, (line, row) in enumerate(rows[1:]):
        try:
            points.append(_row(row, line, header, columns))
            for column in counted:
                if row[column].strip() != str(place):
                    message = f"point {row[column][:20]!r} stands in place {place}, from 0."
                    raise fault("MK217", message, line, header[column])
        except TemplateError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    return _in_pixels(points, size_of)


def _row(row: Sequence[str], line: int, header: Sequence[str], columns: list[int]) -> list[float]:
    if len(row) != len(header):
        message = f"{len(row)} cells stand here, the header has {len(header)}."
        raise fault("MK201", message, line)
    return [number(row[column].strip(), line, header[column]) for column in columns]


def _in_pixels(points: Sequence[Sequence[float]], size_of: SizeOf) -> Template:
    """Return the template; shares of a picture become pixels, whose centres are whole."""
    layout, places = scheme(f"mediapipe{len(points)}"), np.array(points)
    if np.ptp(places, axis=0).max() > MOST_SHARES:
        return Template(Landmarks(layout, places))
    size = size_of("")
    if size is None:
        raise fault(
            "MK222",
            "the coordinates are shares of the photo, and its width and height are not known.",
            suggestion="Put the photo beside this file, under the same name.",
        )
    made = Template(Landmarks(layout, places * size - 0.5))
    return replace(made, width=size[0], height=size[1])
