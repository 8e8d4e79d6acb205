"""Landmark schemes: names, curves, apertures and mirror maps, as data.

A scheme is read from `schemes/<name>.json`; adding one needs no code.  This file knows
nothing of coordinates.  May import `errors` only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from morphkit.errors import Finding, TemplateError


@dataclass(frozen=True, slots=True)
class Curve:
    """A chain of landmarks, by index; a closed one returns to its first."""

    points: tuple[int, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Aperture:
    """A region that opens and closes: the mouth interior or an eye.

    Parameters
    ----------
    name : {"mouth", "right_eye", "left_eye"}
    upper, lower : tuple of int
        Landmark indices from one corner to the other, corners included in both; entry
        `i` of `upper` lies opposite entry `i` of `lower`.
    inner : tuple of int
        Landmarks inside the opening: iris and pupil.
    """

    name: str
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    inner: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """The layout of a template.

    Parameters
    ----------
    name : str
        ``ibug68``, ``frl189``, …; ``<name>+ext`` with extra named points; ``free<N>``.
    points : tuple of str
        Point names in file order, unique.
    curves : tuple of Curve
        Chains that a mesh follows.
    groups : tuple of (str, tuple of int)
        Named regions: jaw, brows, eyes, nose, mouth, …
    apertures : tuple of Aperture
    mirror : tuple of int or None
        ``mirror[i]`` is the index of the point that `i` becomes in a mirror: an involution.
    right_pupil, left_pupil : tuple of int
        Points whose mean is the pupil of the infant's right (left) eye.
    outer_eye_corners : (int, int) or None
        Outer corners of the infant's right and left eye; their distance is one EOD.
    nose_tip : tuple of int
        Points whose mean is the tip of the nose.
    source : str
        Where the layout comes from.
    """

    name: str
    points: tuple[str, ...]
    curves: tuple[Curve, ...] = ()
    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()
    apertures: tuple[Aperture, ...] = ()
    mirror: tuple[int, ...] | None = None
    right_pupil: tuple[int, ...] = ()
    left_pupil: tuple[int, ...] = ()
    outer_eye_corners: tuple[int, int] | None = None
    nose_tip: tuple[int, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        fault = _fault(self)
        if fault:
            raise TemplateError(
                Finding("MK206", f"scheme {self.name}: {fault}.", pointer=self.name)
            )

    def group(self, name: str) -> tuple[int, ...]:
        """Return the landmark indices of a named region; empty when it has no such region."""
        return dict(self.groups).get(name, ())

    def extended(self, names: Sequence[str]) -> Scheme:
        """Return the scheme with extra named points at its end (``<name>+ext``).

        Points called ``iris_right…`` or ``pupil_right…`` (left likewise) are inside that eye.
        In the mirror an extra point becomes the one with the other side in its name; where one
        has no such partner, the extended scheme has no mirror map.
        """
        if not names:
            return self
        base = len(self.points)
        extra = {name: base + i for i, name in enumerate(names)}
        groups = dict(self.groups)
        groups["extra"] = (*groups.get("extra", ()), *extra.values())
        apertures = []
        for aperture in self.apertures:
            side = aperture.name.removesuffix("_eye")
            inside = [
                index
                for name, index in extra.items()
                if name.startswith((f"iris_{side}", f"pupil_{side}"))
            ]
            apertures.append(replace(aperture, inner=(*aperture.inner, *inside)))
        return replace(
            self,
            name=f"{self.name.removesuffix('+ext')}+ext",
            points=(*self.points, *names),
            groups=tuple(groups.items()),
            apertures=tuple(apertures),
            mirror=self._mirror(names),
        )

    def _mirror(self, extra: Sequence[str]) -> tuple[int, ...] | None:
        """Return the mirror map with extra points; None when one of them has no partner."""
        if self.mirror is None or len(paired(extra)) < len(extra):
            return None
        base = len(self.points)
        return (*self.mirror, *(base + list(extra).index(other_side(name)) for name in extra))


def other_side(name: str) -> str:
    """Return a point's name with right for left and left for right."""
    return re.sub("right|left", lambda side: {"right": "left", "left": "right"}[side[0]], name)


def paired(names: Sequence[str]) -> list[str]:
    """Return the names of points whose partner on the other side is among them."""
    return [name for name in names if other_side(name) != name and other_side(name) in names]


def _fault(scheme: Scheme) -> str:
    """Say what is wrong with a scheme, or return an empty text."""
    count = len(scheme.points)
    if len(set(scheme.points)) != count:
        twice = next(n for n in scheme.points if scheme.points.count(n) > 1)
        return f"the point name {twice!r} occurs twice"
    chains = [curve.points for curve in scheme.curves]
    chains += [indices for _, indices in scheme.groups]
    chains += [scheme.right_pupil, scheme.left_pupil, scheme.outer_eye_corners or ()]
    chains += [scheme.nose_tip]
    for aperture in scheme.apertures:
        chains += [aperture.upper, aperture.lower, aperture.inner]
        if len(aperture.upper) != len(aperture.lower):
            return f"aperture {aperture.name} has chains of different lengths"
        if len(aperture.upper) < 3:
            return f"aperture {aperture.name} has no points between its corners"
        ends = [(chain[0], chain[-1]) for chain in (aperture.upper, aperture.lower)]
        if ends[0] != ends[1]:
            return f"the chains of aperture {aperture.name} do not share their corners"
    for index in (i for chain in chains for i in chain):
        if not 0 <= index < count:
            return f"point index {index} is outside 0…{count - 1}"
    mirror = scheme.mirror
    if mirror is not None:
        if sorted(mirror) != list(range(count)):
            return "the mirror map is not a permutation of the points"
        odd = [i for i, j in enumerate(mirror) if mirror[j] != i]
        if odd:
            return f"the mirror map is not its own inverse at point {odd[0]}"
    return ""


_FOLDER = Path(__file__).parent / "schemes"


@cache
def scheme_names() -> tuple[str, ...]:
    """Return the names of the schemes that morphkit knows, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))


@cache
def scheme(name: str) -> Scheme:
    """Return a scheme by name.

    Raises
    ------
    TemplateError
        MK206 when there is no scheme of that name.
    """
    if name not in scheme_names():
        known = ", ".join(scheme_names())
        raise TemplateError(
            Finding(
                "MK206", f"there is no landmark scheme {name!r}.", suggestion=f"Known: {known}."
            )
        )
    return parse_scheme((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def parse_scheme(text: str) -> Scheme:
    """Return the scheme that a JSON text describes.

    Raises
    ------
    TemplateError
        MK206 when it describes none, or a faulty one.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _undescribed(error) from None
    return described(data)


def described(data: Any) -> Scheme:
    """Return the scheme that plain values describe; MK206 as for `parse_scheme`."""
    try:
        return _scheme_from(data)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _undescribed(error) from None


def _undescribed(error: Exception) -> TemplateError:
    text = f"this does not describe a landmark scheme ({repr(error)[:200]})."
    return TemplateError(Finding("MK206", text))


def _scheme_from(data: Any) -> Scheme:
    corners = data["outer_eye_corners"]
    return Scheme(
        name=_text(data["name"]),
        points=tuple(map(_text, data["points"])),
        curves=tuple(Curve(_numbers(c["points"]), c["closed"] is True) for c in data["curves"]),
        groups=tuple((name, _numbers(indices)) for name, indices in data["groups"].items()),
        apertures=tuple(
            Aperture(
                _text(a["name"]), _numbers(a["upper"]), _numbers(a["lower"]), _numbers(a["inner"])
            )
            for a in data["apertures"]
        ),
        mirror=None if data["mirror"] is None else _numbers(data["mirror"]),
        right_pupil=_numbers(data["right_pupil"]),
        left_pupil=_numbers(data["left_pupil"]),
        outer_eye_corners=(corners[0], corners[1]) if corners and _numbers(corners) else None,
        nose_tip=_numbers(data.get("nose_tip", ())),
        source=_text(data["source"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{repr(value)[:40]} is no text")
    return value


def _numbers(values: Any) -> tuple[int, ...]:
    odd = [value for value in values if type(value) is not int]  # nor bool
    if odd:
        raise TypeError(f"{repr(odd[0])[:40]} is no point number")
    return tuple(values)


def description(scheme: Scheme) -> dict[str, Any]:
    """Return what `parse_scheme` makes this scheme of, as plain values."""
    return {**asdict(scheme), "groups": dict(scheme.groups)}


def free_scheme(names: Sequence[str]) -> Scheme:
    """Return a scheme that knows nothing but its point names."""
    return Scheme(name=f"free{len(names)}", points=tuple(names), source="the template itself")
