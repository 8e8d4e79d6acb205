"""Our own CSV: a header ``name,x,y`` and a row per point, from 0; names tell the scheme.

May import `errors` and `faces`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from morphkit.errors import TemplateError
from morphkit.faces.scheme import free_scheme, scheme, scheme_names
from morphkit.faces.template import (
    USE_POINTS,
    Template,
    count_faults,
    fault,
    name_faults,
    named,
    number,
)


def parse_csv(text: str) -> Template:
    """Return the template of a text; MK201, MK203, MK215, MK217, MK218."""
    rows = _rows(text)
    faults = count_faults(len(rows), len(rows))
    points: dict[str, list[float]] = {}
    for line, row in rows:
        name = row[0]
        faults += name_faults(name, points, line, "name")
        points[name] = []
        try:
            points[name] = _pair(row, line)
        except TemplateError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    fitting = [s for s in map(scheme, scheme_names()) if points.keys() >= set(s.points)]
    free = free_scheme(list(points))
    largest = max(fitting, key=lambda s: len(s.points), default=free)
    return Template(named(largest, points))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows below the header, each with its line."""
    header = text.lstrip().split("\n")[0]
    if "," not in header and (";" in header or "\t" in header):
        advice = "Save it as 'CSV UTF-8' with commas between and points inside numbers."
        message = "the cells are separated by semicolons or tabs."
        raise fault("MK218", message, 1, suggestion=advice)
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise fault("MK201", f"this is not CSV: {error}.", reader.line_num) from None
    names = ",".join(cell.strip() for cell in rows[0][1]) if rows else ""
    if names != "name,x,y":
        raise fault("MK201", f"the header is {names[:40]!r}, not 'name,x,y'.", 1)
    return rows[1:]


def _pair(row: Sequence[str], line: int) -> list[float]:
    if len(row) != 3:
        # Five cells are what decimal commas make of three.
        code, advice = ("MK218", USE_POINTS) if len(row) == 5 else ("MK201", "")
        message = f"{len(row)} cells stand here, name, x and y are three."
        raise fault(code, message, line, suggestion=advice)
    return [number(row[1].strip(), line, "x"), number(row[2].strip(), line, "y")]


def csv_text(template: Template) -> str:
    """Return the text of a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "x", "y"])
    landmarks = template.landmarks
    for name, (x, y) in zip(landmarks.scheme.points, landmarks.points, strict=True):
        writer.writerow([name, f"{x:z.4f}", f"{y:z.4f}"])
    return out.getvalue()
