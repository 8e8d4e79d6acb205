"""Templates: the bytes of a template file to landmarks and back.

Knows which suffix is which format, and text as bytes; each format is a file of its own.
Knows no disk and no pixels.  Whatever the bytes, nothing but a MorphkitError comes out.
May import `errors` and `faces`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from morphkit.errors import Finding, TemplateError
from morphkit.faces.pts import parse_pts, pts_text
from morphkit.faces.tem import parse_tem, tem_text
from morphkit.faces.template import BY_COUNT, Template, fault
from morphkit.faces.template_csv import csv_text, parse_csv
from morphkit.faces.template_json import json_text, parse_json

__all__ = ["TEMPLATE_SUFFIXES", "Template", "parse_template", "template_text"]

MAX_BYTES = 1_000_000
"""A larger file is no template."""

MOST_ALIKE = 5
"""Findings of one code that are shown for one file."""

_Format = tuple[Callable[[str], Template], Callable[[Template], str]]

_FORMATS: Mapping[str, _Format] = {
    ".json": (parse_json, json_text),
    ".tem": (parse_tem, tem_text),
    ".pts": (parse_pts, pts_text),
    ".csv": (parse_csv, csv_text),
}

TEMPLATE_SUFFIXES = tuple(_FORMATS)
"""Suffixes of template files; of several beside a photo the first one counts."""


def parse_template(data: bytes, suffix: str, *, file: str = "") -> Template:
    """Return the template that the bytes of a file hold.

    Parameters
    ----------
    data : bytes
        UTF-8 (or ASCII) with or without byte-order mark; any line ends.
    suffix : str
        One of `TEMPLATE_SUFFIXES`, in upper or lower case; it decides the format.
    file : str
        Name to put into findings.

    Returns
    -------
    Template
        Coordinates count from 0 at the centre of the top-left pixel, whatever the format.

    Raises
    ------
    TemplateError
        MK201 text that is no such template; MK203 a coordinate that is not finite; MK206 a
        scheme that does not exist; MK215 counts that do not agree; MK216 a line through a
        point that is not there; MK217 point names that are missing, double or unusable;
        MK218 another encoding, decimal commas, other separators; MK219 a wrong value
        beside the points; MK220 another suffix.
    """
    try:
        parse, _ = _format(suffix)
        return parse(_decoded(data))
    except TemplateError as error:
        raise TemplateError(*_capped(error.findings, file)) from None


def template_text(template: Template, suffix: str) -> str:
    """Return the text of a template file (to be written as UTF-8).

    Coordinates are rounded to 0.0001 px.  JSON keeps all but the curves of a free scheme;
    CSV keeps names and coordinates, ``.tem`` coordinates and curves, ``.pts`` coordinates.

    Raises
    ------
    TemplateError
        MK220 for another suffix, or when the file would be read back as another scheme.
    """
    _, text = _format(suffix)
    layout = template.landmarks.scheme
    claimed = BY_COUNT.get(suffix.lower(), {}).get(len(layout.points), layout.name)
    if claimed != layout.name:
        raise fault(
            "MK220",
            f"a {suffix} file of {len(layout.points)} points would be read as {claimed}, "
            f"but these landmarks are {layout.name}.",
            suggestion="Write it as .json, which keeps the names of the points.",
        )
    return text(template)


def _format(suffix: str) -> _Format:
    known = _FORMATS.get(suffix.lower())
    if known is None:
        advice = f"Known: {', '.join(TEMPLATE_SUFFIXES)}."
        raise fault("MK220", f"there is no template format {suffix!r}.", suggestion=advice)
    return known


_SAVE_UTF8 = "Open it in a text editor and save it as 'UTF-8'."


def _decoded(data: bytes) -> str:
    """Return the text with LF line ends and without byte-order mark."""
    if len(data) > MAX_BYTES:
        raise fault("MK201", f"{len(data)} bytes are too many for a template.")
    if b"\0" in data:
        raise fault("MK218", "the file is saved as UTF-16 or is not text.", suggestion=_SAVE_UTF8)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\r|\n", data[: error.start]))
        raise fault("MK218", "the file is not UTF-8.", line, suggestion=_SAVE_UTF8) from None
    if not text.strip():
        raise fault("MK201", "the file is empty.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _capped(findings: Sequence[Finding], file: str) -> list[Finding]:
    """Name the file in each finding, and keep a few of those that only repeat themselves."""
    total = Counter(finding.code for finding in findings)
    shown: Counter[str] = Counter()
    kept = []
    for finding in findings:
        shown[finding.code] += 1
        more = total[finding.code] - MOST_ALIKE
        if shown[finding.code] == MOST_ALIKE and more > 0:
            finding = replace(finding, message=f"{finding.message} ({more} more like this.)")
        if shown[finding.code] <= MOST_ALIKE:
            kept.append(replace(finding, file=file))
    return kept
