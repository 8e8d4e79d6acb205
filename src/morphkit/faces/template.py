"""What all template formats share: the value they give, and points as text.

Knows what a coordinate is, what a point may be called, and which scheme points without
names have; no format as a whole.  May import `errors` and `faces`, and NumPy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from morphkit.errors import Finding, TemplateError
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import Curve, Scheme, free_scheme, scheme

MAX_POINTS = 2000
"""More points than any template has."""

MAX_COORDINATE = 1e6
"""Pixels; what lies further out is no place on a photo."""

_TEM = {
    28: "simple28",
    70: "dlib70",
    83: "fpp83",
    106: "fpp106",
    179: "pl179",
    189: "frl189",
    191: "baby191",
}
_ANY = {**_TEM, 68: "ibug68", 468: "mediapipe468", 478: "mediapipe478"}
BY_COUNT: Mapping[str, Mapping[int, str]] = {
    ".tem": _TEM,
    ".pts": {68: "ibug68"},
    ".ljson": {68: "ibug68"},
    ".tps": _ANY,
    ".xml": _ANY,
}
"""The scheme that so many points have, by suffix of a format without names."""

USE_POINTS = "Write decimals with a point, not a comma: 565.5, not 565,5."

SizeOf = Callable[[str], tuple[int, int] | None]
"""Width and height of the upright photo of that name, "" being the one beside the template's
file; None where it isn't known.  Some formats measure from the bottom, or in photo sizes."""


def no_size(_: str) -> None:
    """Say that no photo's size is known."""


Row = tuple[int, str]
"""Number of a line, from 1, and its text without blanks at the ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The landmarks of one image with what its file says about them.

    Parameters
    ----------
    landmarks : Landmarks
    width, height : int or None
        Pixels of the upright photo that it was made for, where the file says so.
    reviewed : bool or None
        Whether a person has looked at it; None when the file does not say.
    origin : mapping
        Who or what made it: detector, file hash, program.
    """

    landmarks: Landmarks
    width: int | None = None
    height: int | None = None
    reviewed: bool | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One face of a file that holds several.

    Parameters
    ----------
    image : str
        The photo as the file names it; "" where it doesn't.
    template : Template
    """

    image: str
    template: Template


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """The faces of a file that may hold several.

    Parameters
    ----------
    entries : tuple of Entry
        In the file's order.
    notes : tuple of str
        Sentences for the user: what of the file is not taken.
    """

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def fault(
    code: str, message: str, line: int | None = None, pointer: str = "", suggestion: str = ""
) -> TemplateError:
    """Return an error with this one finding."""
    return TemplateError(Finding(code, message, line=line, pointer=pointer, suggestion=suggestion))


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return the first `most` names and how many more there are."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def by_count(suffix: str, count: int) -> Scheme:
    """Return the scheme that so many points without names have; a free one if none."""
    name = BY_COUNT[suffix].get(count)
    return scheme(name) if name else free_scheme([f"point_{i:03d}" for i in range(count)])


def unnamed(
    suffix: str, points: Sequence[Sequence[float]], curves: tuple[Curve, ...] = ()
) -> Template:
    """Return the template of points without names; the curves are those of a free scheme."""
    layout = by_count(suffix, len(points))
    if layout.name.startswith("free"):
        layout = replace(layout, curves=curves)
    return Template(Landmarks(layout, np.array(points)))


def named(layout: Scheme, points: Mapping[str, Sequence[float]]) -> Landmarks:
    """Return the landmarks of named points; those that the scheme lacks follow its own."""
    layout = layout.extended([name for name in points if name not in layout.points])
    return Landmarks(layout, np.array([points[name] for name in layout.points]))


def numbered(text: str) -> list[Row]:
    """Return the rows of a text that are not blank."""
    rows = ((line, row.strip()) for line, row in enumerate(text.split("\n"), start=1))
    return [(line, row) for line, row in rows if row]


def pairs(rows: Sequence[Row]) -> tuple[list[list[float]], list[Finding]]:
    """Return the x and y of each row, and what is wrong with other rows."""
    points: list[list[float]] = []
    faults: list[Finding] = []
    for line, row in rows:
        try:
            points.append([number(cell, line) for cell in row.split()])
            if len(points[-1]) != 2:
                raise fault("MK201", f"{row[:40]!r} is not a pair of numbers, x and y.", line)
        except TemplateError as error:
            faults += error.findings
    return points, faults


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.I)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|[0-9.]*#\w+)", re.I)  # 1.#QNAN: old Windows


def number(text: str, line: int | None = None, pointer: str = "") -> float:
    """Return a coordinate that is written as text; MK201, MK203, MK218."""
    shown = text[:40]
    if "," in text:
        raise fault("MK218", f"{shown!r} has a comma.", line, pointer, USE_POINTS)
    not_finite = _NOT_FINITE.fullmatch(text)
    if not not_finite and not _NUMBER.fullmatch(text):
        raise fault("MK201", f"{shown!r} is not a number.", line, pointer)
    value = math.nan if not_finite else float(text)
    if not math.isfinite(value):
        message = f"the coordinate {shown} is not finite."
        raise fault("MK203", message, line, pointer, "Place this landmark again.")
    if abs(value) > MAX_COORDINATE:
        raise fault("MK201", f"{shown} is not a pixel coordinate.", line, pointer)
    return value


def coordinate(value: object, pointer: str) -> float:
    """Return a coordinate that is a JSON value; MK201, MK203, MK219."""
    if type(value) not in (int, float):  # nor bool, which is an int otherwise
        shown = "nothing" if value is None else repr(value)[:40]
        raise fault("MK219", f"{shown} stands where a number should.", pointer=pointer)
    return number(repr(value), pointer=pointer)


def count_faults(declared: int, found: int, line: int | None = None) -> list[Finding]:
    """Return what is wrong with the number of points of a file."""
    if found == declared and 1 <= found <= MAX_POINTS:
        return []
    message = f"the file announces {declared} points and has {found}."
    if found == declared:
        message = f"a template has 1 to {MAX_POINTS} points, this one {found}."
    return [Finding("MK215", message, line=line, suggestion="Export the template again.")]


def name_faults(
    name: object, known: Container[str], line: int | None = None, pointer: str = ""
) -> list[Finding]:
    """Return what is wrong with the name of a point that follows the `known` ones."""
    shown = str(name)[:40]
    message = f"the point {shown!r} stands there twice."
    # A letter, digit or _ in front also keeps out what a spreadsheet takes for a formula.
    if not (isinstance(name, str) and re.fullmatch(r"\w(.{,62}\S)?", name) and name.isprintable()):
        message = f"{shown!r} is not a point name: 1 to 64 letters or digits, no sign in front."
    elif name not in known:
        return []
    return [Finding("MK217", message, line=line, pointer=pointer)]
