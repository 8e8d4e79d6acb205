"""Calibrated scales as pages and texts tell of them; what isn't known is None or empty.

Knows values, rows and recipes; no drawing, no arithmetic but straight lines.  May import
`study.calibrated`, `study.table` and the standard library.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from morphkit.study.calibrated import OnScale
from morphkit.study.table import Stimulus

P_HAPPY = "p_happy"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate in level units with its 95 % interval; None where it has none."""

    level: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """What was observed at a level: share or mean rating, and from how many trials (0: unsaid)."""

    level: float
    value: float
    trials: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a scale tells of all infants, or of one.

    Parameters
    ----------
    levels, intensities : tuple of float
        Rising, of one length; empty where there is no curve.
    low, high : tuple of float
        The 95 % band; empty where there is none.
    pse, jnd, observer_sd : Estimate or None
    points : tuple of Point
    observers, trials : int or None
    """

    levels: tuple[float, ...] = ()
    intensities: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    pse: Estimate | None = None
    jnd: Estimate | None = None
    observer_sd: Estimate | None = None
    points: tuple[Point, ...] = ()
    observers: int | None = None
    trials: int | None = None

    def at(self, level: float) -> float | None:
        """Return the intensity of a level; None beyond the curve."""
        return _on_line(level, self.levels, self.intensities)

    def band_at(self, level: float) -> tuple[float, float] | None:
        """Return the ends of the band at a level; None beyond the curve, or without a band."""
        low, high = (_on_line(level, self.levels, side) for side in (self.low, self.high))
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True, slots=True)
class ToldScale:
    """A scale of a manifest.

    Parameters
    ----------
    name, unit, basis : str
    path : str
        The path that its levels lie on; "" where it doesn't say.
    expressions : tuple of str
        Anchors of that path.
    told : Told
        Of all infants together.
    identities : mapping of str to Told
    excluded, overrides : tuple of str
    context : tuple of (str, str)
    pixels : mapping of str to str
        Stimulus id → the pixels that were judged.
    reproduced : int
        How many of them this set's build rendered again, pixel for pixel.
    measured : tuple of float
        Rising levels that were judged, as far as the scale says.
    unread : tuple of str
        Keys whose values can't be read.
    """

    name: str
    unit: str
    basis: str
    path: str
    expressions: tuple[str, ...]
    told: Told
    identities: Mapping[str, Told]
    excluded: tuple[str, ...]
    overrides: tuple[str, ...]
    context: tuple[tuple[str, str], ...]
    pixels: Mapping[str, str]
    reproduced: int
    measured: tuple[float, ...]
    unread: tuple[str, ...]

    def here(self, rows: Sequence[Stimulus]) -> tuple[str, ...]:
        """Return the ids of the rows whose very pixels were judged."""
        return tuple(
            row.stimulus_id for row in rows if self.pixels.get(row.stimulus_id) == row.pixel_sha256
        )

    def fresh(self, rows: Sequence[Stimulus]) -> bool:
        """Whether all pixels that were judged are those of rows."""
        return len(self.here(rows)) == len(self.pixels) > 0


def chosen_by(recipe: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the continua whose levels a recipe takes from the scale of that name."""
    spacing = _mapping(recipe.get("spacing")).get("scale")
    continua = recipe.get("continua")
    found = []
    for one in continua if isinstance(continua, list) else ():
        entry = _mapping(one)
        wish = _mapping(entry.get("levels")).get("scale")
        if wish is None and isinstance(entry.get("levels"), int | str):
            wish = _mapping(spacing).get("perceived")
        if isinstance(wish, str) and OnScale(wish).name == name:
            found.append(str(entry.get("name", "")))
    return tuple(found)


def _on_line(level: float, levels: Sequence[float], values: Sequence[float]) -> float | None:
    if not values or not levels[0] - 1e-9 <= level <= levels[-1] + 1e-9:
        return None
    i = min(max(bisect_right(levels, level), 1), len(levels) - 1)
    share = (level - levels[i - 1]) / (levels[i] - levels[i - 1])
    return values[i - 1] + min(max(share, 0.0), 1.0) * (values[i] - values[i - 1])


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
