"""Scales of a manifest, read tolerantly: for pages and texts, not for use.

What is missing or can't be read is left out, and named; a scale without a unit and a rising curve
is not read at all.  Knows values only.  May import `study.told` and the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from morphkit.study.told import P_HAPPY, Estimate, Point, Told, ToldScale

MOST_POINTS = 401
"""Of longer curves evenly chosen places are kept."""

LARGEST, NARROWEST = 1e9, 1e-6
"""Intensities beyond it, or all within so little, can't be drawn."""

ESTIMATES = ("pse", "jnd", "observer_sd")

LONGEST = 400
"""Longer texts are cut."""


def told_scales(scales: Mapping[str, Any]) -> tuple[list[ToldScale], list[tuple[str, str]]]:
    """Return the scales that can be read, and name and fault of those that can't."""
    read, faulty = [], []
    for name, scale in scales.items():
        fault = _fault(scale)
        if fault:
            faulty.append((name[:LONGEST], fault))
        else:
            read.append(_scale(name[:LONGEST], scale))
    return read, faulty


def _fault(scale: object) -> str:
    if not isinstance(scale, Mapping):
        return "it is no mapping"
    if not isinstance(scale.get("unit"), str) or not scale["unit"].strip():
        return "it has no unit"
    levels, values = (_numbers(scale.get(key)) for key in ("levels", "intensities"))
    if not _curve(levels, values):
        return "its levels and intensities are not two rising lists of one length"
    if levels[0] < -1 or levels[-1] > 1:
        return "its levels leave −1 to 1"
    if max(-values[0], values[-1]) > LARGEST or values[-1] - values[0] < NARROWEST:
        return "its intensities are too large, or too near to each other, to be drawn"
    if scale["unit"].strip() == P_HAPPY and not 0 <= values[0] < values[-1] <= 1:
        return "its shares of “happy” leave 0 to 1"
    return ""


def _scale(name: str, scale: Mapping[str, Any]) -> ToldScale:
    unread: list[str] = []
    people = {
        str(who)[:LONGEST]: _told(_mapping(one), f"identities.{str(who)[:40]}.", unread)
        for who, one in _mapping(scale.get("identities")).items()
    }
    told = _told(scale, "", unread)
    shown = [_number(_mapping(one).get("level")) for one in _mapping(scale.get("stimuli")).values()]
    where = [level for level in shown if level is not None] or [p.level for p in told.points]
    judged = _mapping(scale.get("pixel_sha256"))
    pixels = {str(name): digest for name, digest in judged.items() if isinstance(digest, str)}
    expressions = scale.get("expressions")
    named = expressions if isinstance(expressions, list) else []
    return ToldScale(
        name,
        scale["unit"].strip()[:LONGEST],
        _text(scale.get("basis")),
        _text(scale.get("path")),
        tuple(_text(one) for one in named),
        told,
        people,
        _texts(scale.get("excluded")),
        _overrides(scale),
        tuple((str(k)[:LONGEST], _text(v)) for k, v in _mapping(scale.get("context")).items()),
        pixels,
        sum(pixels.get(str(k)) == v for k, v in _mapping(scale.get("reproduced")).items()),
        tuple(sorted({level for level in where if -1 <= level <= 1})),
        tuple(unread),
    )


def _overrides(scale: Mapping[str, Any]) -> tuple[str, ...]:
    accepted = _text(scale.get("accepted"))
    changed = "The pictures that were judged have other pixels now. Used all the same: "
    return (*_texts(scale.get("overrides")), *([changed + accepted] if accepted else []))


def _told(data: Mapping[str, Any], place: str, unread: list[str]) -> Told:
    levels, values = (_numbers(data.get(key)) for key in ("levels", "intensities"))
    if not _curve(levels, values) or levels[0] < -1 or levels[-1] > 1:
        if "levels" in data:
            unread.append(f"{place}levels")
        levels = values = ()
    sides = [_numbers(data.get(key)) for key in ("low", "high")]
    drawn = all(len(side) == len(levels) and _drawable(side) for side in sides)
    if not drawn or any(a > b for a, b in zip(*sides, strict=True)):
        unread += [f"{place}{key}" for key in ("low", "high") if data.get(key)]
        sides = [(), ()]
    pse, jnd, observer_sd = (_estimate(data.get(key)) for key in ESTIMATES)
    for key, one in zip(ESTIMATES, (pse, jnd, observer_sd), strict=True):
        if data.get(key) is not None and one is None:
            unread.append(place + key)
    points = _points(data.get("points"))
    counts = (_count(data.get("observers")), _count(data.get("trials")))
    low, high = (_thinned(side) for side in sides)
    return Told(
        _thinned(levels), _thinned(values), low, high, pse, jnd, observer_sd, points, *counts
    )


def _curve(levels: Sequence[float], values: Sequence[float]) -> bool:
    rise = all(a < b for side in (levels, values) for a, b in pairwise(side))
    return rise and len(levels) == len(values) > 1 and _drawable(values)


def _drawable(values: Sequence[float]) -> bool:
    return all(abs(value) <= LARGEST for value in values)


def _thinned(values: Sequence[float]) -> tuple[float, ...]:
    last, most = len(values) - 1, MOST_POINTS - 1
    if last <= most:
        return tuple(values)
    return tuple(values[round(i * last / most)] for i in range(MOST_POINTS))


def _points(data: object) -> tuple[Point, ...]:
    found = []
    for one in data if isinstance(data, list) else ():
        entry = _mapping(one)
        level, value = (_number(entry.get(key)) for key in ("level", "value"))
        if level is not None and value is not None and abs(level) <= 1 and abs(value) <= LARGEST:
            found.append(Point(level, value, _count(entry.get("trials")) or 0))
    return tuple(sorted(found, key=lambda one: one.level)[:MOST_POINTS])


def _estimate(data: object) -> Estimate | None:
    entry = _mapping(data)
    level, low, high = (_number(entry.get(key)) for key in ("level", "low", "high"))
    if level is None or abs(level) > LARGEST:
        return None
    if low is None or high is None or not -LARGEST <= low <= level <= high <= LARGEST:
        return Estimate(level, None, None)
    return Estimate(level, low, high)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _numbers(value: object) -> tuple[float, ...]:
    """Return a list of numbers; empty when it is none, or holds something else."""
    found = [_number(one) for one in value] if isinstance(value, list) else []
    return tuple(one for one in found if one is not None) if None not in found else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= 1e300 else None


def _count(value: object) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if good else None  # type: ignore[return-value]


def _text(value: object) -> str:
    return " ".join(str(value).split())[:LONGEST] if value is not None else ""


def _texts(value: object) -> tuple[str, ...]:
    many = value if isinstance(value, list) else [value] if value else []
    return tuple(text for one in many if (text := _text(one)))
