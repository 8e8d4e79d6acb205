"""Psychomorph's and WebMorph's ``.tem``: count, points, count, lines; from 0, without names.

May import `errors` and `faces`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from morphkit.errors import TemplateError
from morphkit.faces.scheme import Curve
from morphkit.faces.template import Row, Template, count_faults, fault, numbered, pairs, unnamed

# A row that does not begin like a number is a comment.
_DATA = re.compile(r"[+-]?(\.?[0-9]|(nan|inf|infinity)\b)", re.I)
_WHOLE = re.compile(r"[0-9]{1,9}")


def parse_tem(text: str) -> Template:
    """Return the template of a text; MK201, MK203, MK215, MK216, MK218."""
    rows = [row for row in numbered(text) if _DATA.match(row[1])]
    (declared,) = _integers(iter(rows), 1, "the number of points")
    # Points stand two in a row, the number of lines that follows them stands alone.
    body = list(takewhile(lambda row: len(re.split(r"[\s,]+", row[1])) > 1, rows[1:]))
    points, faults = pairs(body)
    faults += count_faults(declared, len(body), rows[len(body)][0])
    if faults:
        raise TemplateError(*faults)
    return unnamed(".tem", points, _curves(iter(rows[1 + len(body) :]), len(points)))


def _curves(reader: Iterator[Row], count: int) -> tuple[Curve, ...]:
    """Return the lines as curves.

    A file may end after its points; what follows the last line is left unread.  Lines of
    one point are dropped; a ring that repeats its first point is closed.
    """
    first = next(reader, None)
    if first is None:
        return ()
    (lines,) = _integers(iter([first]), 1, "the number of lines")
    curves = []
    for number in range(1, lines + 1):
        (closed,) = _integers(reader, 1, f"the flag of line {number} (0 open, 1 closed)", most=1)
        (length,) = _integers(reader, 1, f"the number of points of line {number}")
        if not length:
            continue
        chain = _integers(reader, length, f"the points of line {number}", most=count - 1)
        ring = chain[0] == chain[-1]
        chain = chain[:-1] if ring else chain
        if len(set(chain)) > 1:
            curves.append(Curve(tuple(chain), ring or closed == 1))
    return tuple(curves)


def _integers(reader: Iterator[Row], count: int, what: str, most: int = 10**9) -> list[int]:
    """Return the next row as `count` whole numbers of at most `most`."""
    line, row = next(reader, (None, ""))
    if line is None:
        message = f"the file ends where {what} should follow."
        raise fault("MK215", message, suggestion="The file is cut off: export it again.")
    cells = row.split()
    if not all(_WHOLE.fullmatch(cell) for cell in cells):
        raise fault("MK201", f"{row[:40]!r} stands where {what} should.", line)
    if len(cells) != count:
        message = f"{what}: {count} number(s) announced, {len(cells)} found."
        raise fault("MK215", message, line)
    numbers = [int(cell) for cell in cells]
    if max(numbers) > most:
        message = f"{what}: {max(numbers)} is above the highest possible, {most}."
        raise fault("MK216", message, line)
    return numbers


def tem_text(template: Template) -> str:
    """Return the text of a file."""
    points, curves = template.landmarks.points, template.landmarks.scheme.curves
    rows = [str(len(points)), *(f"{x:z.4f}\t{y:z.4f}" for x, y in points), str(len(curves))]
    for curve in curves:
        rows += [str(int(curve.closed)), str(len(curve.points)), " ".join(map(str, curve.points))]
    return "\n".join(rows) + "\n"
