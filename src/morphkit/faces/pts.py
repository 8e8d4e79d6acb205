"""iBUG's and menpo's ``.pts``: version, count, points in braces; from 1, without names.

May import `errors` and `faces`.
"""

from __future__ import annotations

from collections.abc import Sequence

from morphkit.errors import Finding, TemplateError
from morphkit.faces.template import Row, Template, count_faults, fault, numbered, pairs, unnamed


def parse_pts(text: str) -> Template:
    """Return the template of a text; MK201, MK203, MK215, MK218."""
    rows = numbered(text)
    braces = [row for _, row in rows if row in ("{", "}")]
    if braces != ["{", "}"]:
        message = "the points do not stand between one { and one }, each on its own line."
        raise fault("MK201", message, rows[-1 if "{" in braces else 0][0])
    start, end = (i for i, (_, row) in enumerate(rows) if row in braces)
    points, faults = pairs(rows[start + 1 : end])
    faults += _header_faults(rows[:start], end - start - 1)
    for line, row in rows[end + 1 :]:
        faults.append(Finding("MK201", f"{row[:40]!r} follows the closing brace.", line=line))
    if faults:
        raise TemplateError(*faults)
    return unnamed(".pts", [[x - 1, y - 1] for x, y in points])


def _header_faults(rows: Sequence[Row], points: int) -> list[Finding]:
    """Return what is wrong with the rows that stand before so many points."""
    given: dict[str, tuple[str, int]] = {}
    faults: list[Finding] = []
    for line, row in rows:
        key, _, value = (part.strip() for part in row.partition(":"))
        if key in given or key not in ("version", "n_points"):
            message = f"{row[:40]!r} is not 'version: 1' or 'n_points: …', or stands there twice."
            faults.append(Finding("MK201", message, line=line))
        given.setdefault(key, (value[:40], line))
    version, line = given.get("version", ("not given", 1))
    if version not in ("1", "1.0"):
        message = f"the version of the format is {version}, not 1."
        faults.append(Finding("MK201", message, line=line))
    count, line = given.get("n_points", ("not given", 1))
    if not (count.isascii() and count.isdigit()):
        message = f"n_points, the number of points, is {count}."
        return [*faults, Finding("MK201", message, line=line)]
    return [*faults, *count_faults(int(count), points, line)]


def pts_text(template: Template) -> str:
    """Return the text of a file."""
    rows = [f"{x:z.4f} {y:z.4f}" for x, y in template.landmarks.points + 1]
    return "\n".join(["version: 1", f"n_points: {len(rows)}", "{", *rows, "}"]) + "\n"
