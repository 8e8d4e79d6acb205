"""menpo's LJSON: points as pairs with y first, labels as lists of points; read only.

May import `errors` and `faces`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from morphkit.errors import Finding, TemplateError
from morphkit.faces.template import Template, coordinate, count_faults, fault, unnamed


def is_ljson(data: object) -> bool:
    """Say whether a JSON value looks like a file of menpo's, of any version."""
    return isinstance(data, dict) and ("groups" in data or "landmarks" in data)


def from_ljson(data: Mapping[str, Any]) -> Template:
    """Return the template of a JSON object; MK201, MK203, MK215, MK219, MK223.

    Versions 1 and 2 hold one group of points, version 3 several by name; which of several is
    meant can't be known.
    """
    groups = data.get("groups")
    if isinstance(groups, dict):
        if len(groups) != 1:
            message = f"the file holds {len(groups)} groups of landmarks, not one."
            raise fault("MK223", message, pointer="groups")
        group = next(iter(groups.values()))
    else:
        group = data
    landmarks = group.get("landmarks") if isinstance(group, dict) else None
    points = landmarks.get("points") if isinstance(landmarks, dict) else None
    if not isinstance(points, list):
        raise fault("MK219", "landmarks.points is no list of points.", pointer="landmarks")
    faults = count_faults(len(points), len(points))
    places: list[list[float]] = []
    for i, pair in enumerate(points if not faults else ()):
        try:
            y, x = _pair(pair, f"points[{i}]")
            places.append([x, y])
        except TemplateError as error:
            faults += error.findings
    if faults:
        raise TemplateError(*faults)
    return unnamed(".ljson", places)


def _pair(pair: object, pointer: str) -> list[float]:
    if not isinstance(pair, list) or len(pair) != 2:
        wanted = "a pair y, x (a missing landmark is written null, null)"
        raise TemplateError(
            Finding("MK219", f"{repr(pair)[:40]} stands where {wanted} should.", pointer=pointer)
        )
    return [coordinate(value, pointer) for value in pair]
