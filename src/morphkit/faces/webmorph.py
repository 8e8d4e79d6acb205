"""WebMorph's and webmorphR's template definitions: a scheme of a lab's own, read from JSON.

There, left is the left of the picture; here, the person's: names and sides are exchanged.
The mirror map is verified, and dropped where it is none.  Conversions to other schemes are not
read.  May import `errors` and `faces`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from morphkit.errors import Finding, TemplateError
from morphkit.faces.scheme import Aperture, Curve, Scheme, scheme, scheme_names
from morphkit.faces.template import MAX_POINTS, coordinate, count_faults, name_faults
from morphkit.faces.template_json import load

SAME_LINES = 0.9
"""Share of the lines that a definition and a built-in scheme of so many points have in common
from which on they are one scheme: some definitions draw a line more, or one askew."""

_OPENINGS = {"left_eye": "right_eye", "right_eye": "left_eye", "teeth": "mouth"}
"""Masks of two lines that share their corners → the aperture between them."""


@dataclass(frozen=True, slots=True)
class _Point:
    name: str
    x: float
    y: float
    partner: int | None


def parse_definition(text: str) -> tuple[Scheme, tuple[str, ...]]:
    """Return the scheme that a definition describes, and what of it is not taken.

    Where it is one of the built-in schemes, that one is returned.

    Raises
    ------
    TemplateError
        MK201 no JSON; MK206 no template definition, or one that contradicts itself.
    """
    data = load(text)
    if not isinstance(data, dict):
        raise _none("it holds no JSON object")
    points = _points(data.get("points"))
    lines = _chains(data.get("lines") or [], len(points), "lines")
    own = Scheme(
        name=_slug(_scalar(data.get("name"))),
        points=_names([point.name for point in points]),
        curves=_curves(lines, data.get("closed")),
        source=f"template definition: {str(_scalar(data.get('notes')) or '')[:200]}".strip(": "),
    )
    for name in scheme_names():
        known = scheme(name)
        if len(known.points) == len(points) and _alike(own, known):
            return known, (f"The definition is that of {name}, which is taken as it is here.",)
    return _completed(own, points, data)


def _completed(
    own: Scheme, points: Sequence[_Point], data: Mapping[str, Any]
) -> tuple[Scheme, tuple[str, ...]]:
    """Return the scheme with what can be told from the definition's mirror map and masks."""
    mirror, dropped = _mirror(points)
    masks = data.get("masks")
    chains = {
        str(name): _chains(value, len(points), f"masks.{name}")
        for name, value in (masks.items() if isinstance(masks, dict) else ())
    }
    groups = {
        _exchanged(name): tuple(dict.fromkeys(i for chain in mask for i in chain))
        for name, mask in chains.items()
    }
    made = replace(own, mirror=mirror, groups=tuple(groups.items()))
    eyes = _chains([data.get("align_pts") or data.get("fit3") or []], len(points), "align_pts")
    pair = sorted((eyes[0] if eyes else ())[:2], key=lambda i: points[i].x)
    if mirror and len(pair) == 2 and mirror[pair[0]] == pair[1]:
        made = replace(made, right_pupil=(pair[0],), left_pupil=(pair[1],))
    apertures = [
        found
        for mask, name in _OPENINGS.items()
        if (found := _aperture(name, chains.get(mask, []), points, made))
    ]
    corners = {one.name: (one.upper[0], one.upper[-1]) for one in apertures}
    if {"right_eye", "left_eye"} <= corners.keys():
        outer = (corners["right_eye"][0], corners["left_eye"][1])
        made = replace(made, outer_eye_corners=outer)
    return replace(made, apertures=tuple(apertures)), dropped


def _points(entries: object) -> list[_Point]:
    if not isinstance(entries, list) or count_faults(len(entries), len(entries)):
        raise _none(f"its points are no list of 1 to {MAX_POINTS}")
    found = []
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict) or _scalar(entry.get("n", i)) != i:
            raise _none(f"points[{i}] is no object with n {i}: points stand in order, from 0")
        x, y = (coordinate(_scalar(entry.get(axis)), f"points[{i}].{axis}") for axis in "xy")
        partner = _scalar(entry.get("sym"))
        found.append(
            _Point(
                str(_scalar(entry.get("name")) or ""),
                x,
                y,
                partner if type(partner) is int else None,
            )
        )
    return found


def _mirror(points: Sequence[_Point]) -> tuple[tuple[int, ...] | None, tuple[str, ...]]:
    """Return the mirror map where it is its own inverse, else what is wrong with it."""
    mirror = [point.partner for point in points]
    advice = "The template can be used, but not mirrored. Correct sym in the definition."
    known = [i for i in mirror if i is not None and 0 <= i < len(points)]
    if len(known) < len(points):
        message = f"{len(points) - len(known)} of {len(points)} points have no partner (sym)"
    else:
        slips = [f"{i} → {j} → {known[j]}" for i, j in enumerate(known) if known[j] != i]
        if not slips:
            return tuple(known), ()
        message = f"sym is not its own inverse: {', '.join(slips[:4])}"
    text = f"{message}; the mirror map is dropped."
    return None, (str(Finding("MK224", text, "warning", suggestion=advice)),)


def _aperture(
    name: str, mask: Sequence[tuple[int, ...]], points: Sequence[_Point], layout: Scheme
) -> Aperture | None:
    """Return the aperture between the two lines of a mask; None where there are no two such."""
    if len(mask) != 2 or any(len(chain) < 3 for chain in mask):
        return None
    sides = [chain if points[chain[0]].x < points[chain[-1]].x else chain[::-1] for chain in mask]
    heights = [sum(points[i].y for i in chain) / len(chain) for chain in sides]
    upper, lower = sides if heights[0] < heights[1] else sides[::-1]
    if len(upper) != len(lower) or (upper[0], upper[-1]) != (lower[0], lower[-1]):
        return None
    inner = {"right_eye": layout.right_pupil, "left_eye": layout.left_pupil}.get(name, ())
    return Aperture(name, upper, lower, inner)


def _curves(lines: Sequence[tuple[int, ...]], closed: object) -> tuple[Curve, ...]:
    flags = closed if isinstance(closed, list) else []
    curves = []
    for number, chain in enumerate(lines):
        said = number < len(flags) and flags[number] in (True, "closed")
        ring = chain[0] == chain[-1]
        chain = chain[:-1] if ring else chain
        if len(set(chain)) > 1:
            curves.append(Curve(chain, bool(ring or said)))
    return tuple(curves)


def _chains(value: object, count: int, where: str) -> list[tuple[int, ...]]:
    """Return lists of point numbers; one number stands for a list of it, as R writes it."""
    if not isinstance(value, list):
        raise _none(f"{where} is no list")
    chains = []
    for chain in value:
        numbers = chain if isinstance(chain, list) else [chain]
        odd = [n for n in numbers if type(n) is not int or not 0 <= n < count]
        if odd:
            raise _none(f"{where} names {repr(odd[0])[:40]}, which is no point of 0…{count - 1}")
        if numbers:
            chains.append(tuple(numbers))
    return chains


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names with the person's sides; a number where one can't be used or comes twice."""
    found: dict[str, None] = {}
    for i, name in enumerate(names):
        turned = _exchanged(name.strip())
        free = names.count(name) == 1 and not name_faults(turned, found)
        found[turned if free else f"point_{i:03d}"] = None
    if len(found) < len(names):
        return tuple(f"point_{i:03d}" for i in range(len(names)))
    return tuple(found)


def _exchanged(name: str) -> str:
    """Return a name with left for right and right for left, in the letters it has."""
    sides = {"left": "right", "Left": "Right", "LEFT": "RIGHT"}
    sides |= {b: a for a, b in sides.items()}
    return re.sub("|".join(sides), lambda found: sides[found[0]], name)


def _slug(name: object) -> str:
    """Return the name of a scheme that is none of ours."""
    text = re.sub("[^a-z0-9]+", "_", str(name or "").lower()).strip("_")[:40] or "unnamed"
    return f"own_{text}"


def _alike(a: Scheme, b: Scheme) -> bool:
    edges = [
        {
            frozenset(pair)
            for curve in one.curves
            for pair in pairwise([*curve.points, *(curve.points[:1] if curve.closed else ())])
        }
        for one in (a, b)
    ]
    together = edges[0] | edges[1]
    return bool(together) and len(edges[0] & edges[1]) >= SAME_LINES * len(together)


def _scalar(value: object) -> object:
    """Return what a list of one holds: R writes a number as such a list."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _none(why: str) -> TemplateError:
    advice = "Wanted is a template definition as WebMorph exports it: points, lines, sym."
    return TemplateError(Finding("MK206", f"{why}; this describes no scheme.", suggestion=advice))
