"""dlib's imglab XML: pictures with boxes, boxes with parts; whole pixels, from 0.

Parts are numbered, or named in a way of their own.  dlib takes them in the order of their
names as text, so they are written with leading zeros.  May import `errors` and `faces`, and
defusedxml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from morphkit.errors import Finding, TemplateError
from morphkit.faces.scheme import free_scheme, scheme, scheme_names
from morphkit.faces.template import (
    MAX_COORDINATE,
    MAX_POINTS,
    Collection,
    Entry,
    Template,
    count_faults,
    fault,
    listed,
    name_faults,
    named,
    number,
    unnamed,
)

Element = Any
"""An element of `xml.etree.ElementTree`, which is imported nowhere: it resolves entities."""


def parse_imglab(data: bytes) -> Collection:
    """Return the faces of a file; MK201, MK203, MK215, MK217, MK218, MK219.

    Boxes marked ``ignore`` and boxes without parts are left out, and counted in a note.
    """
    root = _root(data)
    faults: list[Finding] = []
    entries: list[Entry] = []
    left_out = 0
    for number_, picture in enumerate(root.iterfind("./images/image")):
        file = picture.get("file", "")
        for place, box in enumerate(picture.iterfind("box")):
            pointer = f"image[{number_}] {file[-80:]} box[{place}]"
            if box.get("ignore", "0").strip() not in ("0", "") or box.find("part") is None:
                left_out += 1
                continue
            try:
                entries.append(Entry(file, _template(picture, box, pointer)))
            except TemplateError as error:
                faults += error.findings
    if faults:
        raise TemplateError(*faults)
    note = f"{left_out} box(es) are left out: they are marked 'ignore', or have no parts."
    return Collection(tuple(entries), (note,) if left_out else ())


def _root(data: bytes) -> Element:
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except ElementTree.ParseError as error:
        raise fault("MK201", f"this is not XML: {error}.", error.position[0]) from None
    except DefusedXmlException:
        message = "the file declares a document type or entities, which no imglab file has."
        raise fault("MK201", message) from None
    except (ValueError, LookupError, UnicodeError, RecursionError) as error:
        raise fault("MK218", f"the text can't be decoded: {str(error)[:80]}.") from None
    if root.tag != "dataset":
        message = f"the file holds <{str(root.tag)[:40]}>, not the <dataset> of imglab."
        raise fault("MK201", message)
    return root


def _template(picture: Element, box: Element, pointer: str) -> Template:
    points: dict[str, list[float]] = {}
    faults: list[Finding] = []
    parts = box.findall("part")
    for part in parts[: MAX_POINTS + 1]:
        name = part.get("name", "")
        faults += name_faults(name, points, pointer=pointer)
        points[name] = []
        try:
            points[name] = [number(part.get(axis, "").strip(), pointer=pointer) for axis in "xy"]
        except TemplateError as error:
            faults += error.findings
    faults += [replace(f, pointer=pointer) for f in count_faults(len(parts), len(parts))]
    width, height = (_size(picture.get(key), key, pointer, faults) for key in ("width", "height"))
    if faults:
        raise TemplateError(*faults)
    if all(name.isascii() and name.isdigit() for name in points):
        made = unnamed(".xml", _in_order(points, pointer))
    else:
        fitting = [s for s in map(scheme, scheme_names()) if points.keys() >= set(s.points)]
        free = free_scheme(list(points))
        made = Template(named(max(fitting, key=lambda s: len(s.points), default=free), points))
    return replace(made, width=width, height=height)


def _in_order(points: dict[str, list[float]], pointer: str) -> list[list[float]]:
    """Return numbered parts in the order of their numbers, which begin with 0 or 1."""
    numbers = {int(name): point for name, point in points.items()}
    first = min(numbers)
    wanted = range(first, first + len(points))
    missing = [str(n) for n in wanted if n not in numbers]
    if first > 1 or missing:
        shown = listed(missing) if missing else f"those before {first}"
        message = f"parts are missing between the first and the last: {shown}."
        advice = "Which landmark a part is, its number says: add them, or drop this box."
        raise fault("MK217", message, pointer=pointer, suggestion=advice)
    return [numbers[n] for n in wanted]


def _size(text: str | None, key: str, pointer: str, faults: list[Finding]) -> int | None:
    if text is None:
        return None
    if re.fullmatch("[0-9]{1,7}", text.strip()) and 1 <= int(text) <= MAX_COORDINATE:
        return int(text)
    faults.append(
        Finding("MK219", f"{key} is {text[:40]!r}, no number of pixels.", pointer=pointer)
    )
    return None


def imglab_text(entries: Sequence[Entry]) -> str:
    """Return the text of a file; faces of one photo stand under one picture.

    The box is the smallest one around the landmarks.
    """
    by_image: dict[str, list[Template]] = {}
    for entry in entries:
        by_image.setdefault(entry.image, []).append(entry.template)
    rows = ["<?xml version='1.0' encoding='UTF-8'?>", "<dataset>", "<images>"]
    for image, templates in by_image.items():
        first = templates[0]
        sizes = [("width", first.width), ("height", first.height)]
        shown = "".join(f" {key}='{value}'" for key, value in sizes if value)
        rows.append(f"  <image file={quoteattr(image)}{shown}>")
        for template in templates:
            rows += _box_rows(template)
        rows.append("  </image>")
    return "\n".join([*rows, "</images>", "</dataset>"]) + "\n"


def _box_rows(template: Template) -> list[str]:
    points = np.rint(template.landmarks.points).astype(int)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    digits = len(str(len(points) - 1))
    return [
        f"    <box top='{top}' left='{left}' width='{right - left + 1}'"
        f" height='{bottom - top + 1}'>",
        *(
            f"      <part name='{i:0{max(digits, 2)}d}' x='{x}' y='{y}'/>"
            for i, (x, y) in enumerate(points)
        ),
        "    </box>",
    ]
