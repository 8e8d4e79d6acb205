"""Our own JSON: points by name, from 0, with image size, review and origin.

Keeps everything but the curves of a free scheme; a scheme of a lab's own is described in it.
Unknown keys are ignored.
May import `errors` and `faces`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from morphkit.errors import Finding, TemplateError
from morphkit.faces.scheme import Scheme, described, description, free_scheme, scheme, scheme_names
from morphkit.faces.template import (
    MAX_COORDINATE,
    Template,
    coordinate,
    count_faults,
    fault,
    listed,
    name_faults,
    named,
)


def load(text: str) -> Any:
    """Return the value of a JSON text without double keys; MK201."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise fault("MK201", f"this is not JSON: {error.msg}.", error.lineno) from None
    except (ValueError, RecursionError):
        raise fault("MK201", "this JSON cannot be read: too deep or too long a number.") from None


def from_json(data: object) -> Template:
    """Return the template of a JSON value; MK201, MK203, MK206, MK215, MK217, MK219."""
    if not isinstance(data, dict):
        raise fault("MK201", "the file does not hold one JSON object.")
    faults: list[Finding] = []
    points = _points(data.get("points"), faults)
    layout = _layout(data.get("scheme"), data.get("layout"), list(points), faults)
    width, height, reviewed, origin = map(data.get, ("width", "height", "reviewed", "origin"))
    for key, size in (("width", width), ("height", height)):
        if size is not None and not (type(size) is int and 1 <= size <= MAX_COORDINATE):
            faults.append(_wrong(key, size, "a whole number of pixels above 0"))
    if not isinstance(reviewed, bool | None):
        faults.append(_wrong("reviewed", reviewed, "true, false or null"))
    if not isinstance(origin, dict | None) or not _writable(origin):
        faults.append(_wrong("origin", origin, "an object of plain values"))
    if faults or layout is None:
        raise TemplateError(*faults)
    return Template(named(layout, points), width, height, reviewed, origin or {})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if twice:
        raise fault("MK201", f"a key stands twice in one object: {listed(twice)!r}.")
    return dict(pairs)


def _points(entries: object, faults: list[Finding]) -> dict[str, list[float]]:
    """Return the points by name; what is wrong goes to `faults`."""
    points: dict[str, list[float]] = {}
    if not isinstance(entries, list):
        faults.append(_wrong("points", entries, "a list of points"))
        return points
    faults += count_faults(len(entries), len(entries))
    for i, entry in enumerate(entries):
        pointer = f"points[{i}]"
        if not isinstance(entry, dict):
            faults.append(_wrong(pointer, entry, "an object with name, x and y"))
            continue
        name = entry.get("name")
        faults += name_faults(name, points, pointer=pointer)
        place = points[str(name)] = []
        for key in ("x", "y"):
            try:
                place.append(coordinate(entry.get(key), f"{pointer}.{key}"))
            except TemplateError as error:
                called = str(name)[:40]
                faults += [replace(f, message=f"{called}: {f.message}") for f in error.findings]
    return points


def _layout(
    name: object, own: object, names: Sequence[str], faults: list[Finding]
) -> Scheme | None:
    """Return the scheme called `name`; what is wrong with it, or missing, goes to `faults`.

    A scheme of a lab's `own` is described in the file.
    """
    if not isinstance(name, str) or len(name) > 64:
        faults.append(_wrong("scheme", name, "the name of a scheme", "MK206"))
        return None
    free = re.fullmatch(r"free([0-9]{0,9})(\+ext)?", name)
    if free:
        if free[1] and not free[2] and not faults:
            faults += count_faults(int(free[1]), len(names))
        return None if faults else free_scheme(names)
    try:
        layout = scheme(name.removesuffix("+ext")) if own is None else _own(own, name)
    except TemplateError as error:
        faults += [replace(finding, pointer="scheme") for finding in error.findings]
        return None
    missing = [point for point in layout.points if point not in names]
    if missing:
        count = len(layout.points)
        message = (
            f"{len(missing)} of the {count} points of {layout.name} are missing: {listed(missing)}."
        )
        advice = "Add them, or name another scheme ('free' takes any points)."
        finding = Finding("MK217", message, pointer="points", suggestion=advice)
        there = float(count - len(missing))
        faults.append(replace(finding, measured=there, limit=float(count)))
    return layout


def _own(description: object, name: str) -> Scheme:
    """Return the scheme that is described in the file itself; MK206."""
    layout = described(description)
    given = [f for i, n in enumerate(layout.points) for f in name_faults(n, layout.points[:i])]
    if layout.name != name or name.removesuffix("+ext") in scheme_names() or given:
        message = f"the scheme {name!r} is described under another name, or under one of ours."
        raise fault("MK206", given[0].message if given else message)
    return layout


def _wrong(pointer: str, value: object, wanted: str, code: str = "MK219") -> Finding:
    shown = "nothing" if value is None else repr(value)[:40]
    return Finding(code, f"{shown} stands where {wanted} should.", pointer=pointer)


def _writable(value: object) -> bool:
    try:
        return bool(_compact(value).encode())
    except (ValueError, RecursionError):
        return False


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def json_text(template: Template) -> str:
    """Return the text of a file."""
    layout, points = template.landmarks.scheme, template.landmarks.points
    head = {
        "scheme": layout.name,
        "width": template.width,
        "height": template.height,
        "reviewed": template.reviewed,
        "origin": dict(template.origin),
    }
    if (
        not layout.name.startswith("free")
        and layout.name.removesuffix("+ext") not in scheme_names()
    ):
        head["layout"] = description(layout)
    rows = [f' "{key}": {_compact(value)},\n' for key, value in head.items()]
    places = [
        "  " + _compact({"name": name, "x": float(f"{x:z.4f}"), "y": float(f"{y:z.4f}")})
        for name, (x, y) in zip(layout.points, points, strict=True)
    ]
    return "{\n" + "".join(rows) + ' "points": [\n' + ",\n".join(places) + "\n ]\n}\n"
