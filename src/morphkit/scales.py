"""Calibrated scales as files, and the levels that a recipe has from them.

May import `calibrate`, `errors`, `files` and `study`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np

from morphkit import files
from morphkit.calibrate.enough import sure
from morphkit.calibrate.interval import Interval
from morphkit.calibrate.scale import (
    P_HAPPY,
    IntensityScale,
    Point,
    Shown,
    scale_json,
)
from morphkit.errors import CalibrationError, Finding
from morphkit.study.calibrated import OnScale, Placed
from morphkit.study.continuum import Continuum, chooser
from morphkit.study.entries import ContinuumEntry
from morphkit.study.levels import fractions
from morphkit.study.recipe import Recipe
from morphkit.study.scale import Estimate, Measured, ScaleFile, parse_scale
from morphkit.study.table import is_ambiguous

STEP = 0.001
"""Levels that a scale chooses are rounded to this: a twentieth of a percent of the way."""


def read_scale(path: str | Path) -> IntensityScale:
    """Read a scale file.

    Raises
    ------
    CalibrationError
        MK473 for every fault of it, MK470 when intensities don't rise.
    """
    path = Path(path)
    return as_scale(parse_scale(files.read_text(path, "scale"), file=files.shown(path)))


def scale_text(scale: IntensityScale) -> str:
    """Return the text of a scale's file: JSON, each list of numbers on one line."""
    text = json.dumps(scale_json(scale), ensure_ascii=False, indent=1, allow_nan=False)
    lists = r"\[\n\s+([-+.,\deE\s]+?)\n\s+\]"
    return re.sub(lists, lambda found: "[" + " ".join(found[1].split()) + "]", text) + "\n"


def as_scale(said: ScaleFile) -> IntensityScale:
    """Return the scale that a file, or a manifest, speaks of."""
    common: dict[str, Any] = {"unit": said.unit, "basis": said.basis, "path": said.path}
    common["expressions"] = tuple(said.expressions)
    return IntensityScale(
        **common,
        **_measured(said),
        identities={
            name: _interval(one.pse) for name, one in said.identities.items() if one.pse is not None
        },
        own={
            name: IntensityScale(**common, **_measured(one))
            for name, one in said.identities.items()
            if one.levels
        },
        excluded=tuple(str(one) for one in said.excluded),
        context=said.context,
        pixel_sha256=said.pixel_sha256,
        stimuli={name: Shown(one.identity, one.level) for name, one in said.stimuli.items()},
        overrides=tuple(said.overrides),
    )


def _measured(said: Measured) -> dict[str, Any]:
    known = {
        key: _interval(value)
        for key in ("pse", "jnd", "observer_sd")
        if (value := getattr(said, key)) is not None
    }
    return known | {
        "levels": tuple(said.levels),
        "intensities": tuple(said.intensities),
        "low": tuple(said.low),
        "high": tuple(said.high),
        "points": tuple(Point(one.level, one.value, one.trials) for one in said.points),
        "observers": said.observers or 0,
        "trials": said.trials or 0,
    }


def _interval(said: Estimate) -> Interval:
    return Interval(said.level, said.low, said.high)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recipe asks of scales, and what they say.

    Parameters
    ----------
    scales : mapping of str to IntensityScale
        By their name in the manifest.
    placed : mapping of str to Placed
        Continuum → where its frames lie.
    users : mapping of str to tuple of str
        Name of each scale that chooses levels → the continua whose levels it chooses.
    reasons : mapping of str to str
        Name of a scale → why it may be used though it is thin or stale.
    """

    scales: Mapping[str, IntensityScale]
    placed: Mapping[str, Placed]
    users: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]

    def cells(self, entry: ContinuumEntry, identity: str, level: float) -> dict[str, Any]:
        """Return what the table says of a frame: intensity, its unit, p_happy, ambiguous.

        By the first scale of each unit that was measured on this path; by an infant's own curve
        where its levels were chosen by that.  Nothing where the level lies beyond the scale.
        """
        found: dict[str, float] = {}
        for name, scale in self.scales.items():
            known = (scale.path, list(scale.expressions)) == (entry.path, entry.expressions)
            if known or (not scale.path and entry.name in self.users.get(name, ())):
                one = scale.own[identity] if identity in entry.own_levels else scale
                if one.levels[0] <= level <= one.levels[-1]:
                    found.setdefault(one.unit, float(f"{one.intensity([level])[0]:.9g}"))
        if not found:
            return {}
        unit = next((unit for unit in found if unit != P_HAPPY), P_HAPPY)
        told: dict[str, Any] = {"intensity": found[unit], "intensity_unit": unit}
        if P_HAPPY in found:
            p = found[P_HAPPY]
            told |= {"p_happy": p, "ambiguous": is_ambiguous(p)}
        return told


def asked(recipe: Recipe, recipe_file: Path, identities: Mapping[str, Sequence[str]]) -> Asked:
    """Read the scales of a recipe, and choose the levels that it asks of them.

    Parameters
    ----------
    recipe : Recipe
    recipe_file : Path
        Scale files are relative to it.
    identities : mapping
        Name of a continuum → who has it.

    Raises
    ------
    CalibrationError
        Every fault of the scales and their use: MK469 outside what was measured, MK471 thin,
        MK473 unreadable, MK474 of another path or unit, or without a curve for an infant.
    """
    scales: dict[str, IntensityScale] = {}
    placed: dict[str, Placed] = {}
    users: dict[str, tuple[str, ...]] = {}
    reasons: dict[str, str] = {}
    faults: dict[Finding, None] = {}
    for file in recipe.scales:
        try:
            scales[OnScale(file).name] = sure(read_scale(recipe_file.parent / file))
        except CalibrationError as error:
            faults |= dict.fromkeys(_at(one, recipe_file, "scales") for one in error.findings)
    for number, entry in enumerate(recipe.continua):
        wish = chooser(entry, recipe.spacing.scale)
        if wish is None:
            continue
        place = f"continua[{number}].levels" if wish.p_happy else "spacing.scale"
        try:
            who = identities[entry.name] if wish.scope == "identity" else ()
            scale = sure(read_scale(recipe_file.parent / wish.scale), wish.override, who)
            _refuse_unlike(scale, entry, wish)
            placed[entry.name] = chosen(scale, entry, wish, identities[entry.name])
        except CalibrationError as error:
            told = (_at(one, recipe_file, place) for one in error.findings)
            faults |= dict.fromkeys(told)
            continue
        before = scales.get(wish.name)
        if before is not None and not _same(before, scale):
            message = f"two scales are called {wish.name}."
            faults[_at(Finding("MK473", message), recipe_file, place)] = None
        scales[wish.name], users[wish.name] = scale, (*users.get(wish.name, ()), entry.name)
        if wish.override:
            reasons[wish.name] = wish.override
    if faults:
        raise CalibrationError(*faults)
    return Asked(scales, placed, users, reasons)


def _same(one: IntensityScale, other: IntensityScale) -> bool:
    """Whether two scales are one, but for the reasons given for using it."""
    return scale_json(replace(one, overrides=())) == scale_json(replace(other, overrides=()))


def _at(found: Finding, recipe_file: Path, place: str) -> Finding:
    if found.file:
        return found
    return replace(found, file=files.shown(recipe_file), pointer=place)


def _refuse_unlike(scale: IntensityScale, entry: Continuum, wish: OnScale) -> None:
    """Refuse, with MK474, a scale that was measured on another path or is of another unit."""
    if wish.p_happy and scale.unit != P_HAPPY:
        message = f"{wish.name} is a scale of {scale.unit}, not of P(happy)."
        raise _unlike(message, "Use a scale of two-choice responses.")
    if scale.path and (scale.path, scale.expressions) != (entry.path, entry.expressions):
        shown = " → ".join(scale.expressions)
        message = f"{wish.name} was measured on the {scale.path} path, {shown}; "
        message += f"{entry.name} is {entry.path}, {' → '.join(entry.expressions)}."
        raise _unlike(message, "Use a scale that was measured on this path.")


def _unlike(message: str, advice: str) -> CalibrationError:
    return CalibrationError(Finding("MK474", message, suggestion=advice))


def chosen(
    scale: IntensityScale, entry: Continuum, wish: OnScale, identities: Sequence[str]
) -> Placed:
    """Return the levels that a scale chooses for a continuum.

    Raises
    ------
    CalibrationError
        MK469 outside what was measured, MK474 no curve for an infant, MK475 two frames at one
        level.
    """

    def levels(one: IntensityScale) -> tuple[float, ...]:
        where = wish.p_happy
        if not where:
            assert isinstance(entry.levels, int | str)
            low, high = one.intensities[0], one.intensities[-1]
            where = tuple(low * (1 - part) + high * part for part in fractions(entry.levels))
        # not beyond the scale, where that ends between two steps
        first, last = ceil(one.levels[0] / STEP - 1e-6), floor(one.levels[-1] / STEP + 1e-6)
        found = tuple(min(max(round(at / STEP), first), last) * STEP for at in one.level(where))
        return tuple(float(f"{at:.6g}") + 0.0 for at in found)

    if wish.scope == "set":
        return _rising(Placed(levels(scale)), entry, wish)
    missing = [who for who in identities if who not in scale.own]
    if missing:
        message = f"{wish.name} has no curve of its own for {', '.join(missing)}."
        raise _unlike(message, "Write scope: set, or measure these infants as well.")
    own = {who: levels(scale.own[who]) for who in identities}
    means = np.mean(list(own.values()), axis=0) if own else np.array(levels(scale))
    return _rising(Placed(tuple(float(x) for x in means), own), entry, wish)


def _rising(placed: Placed, entry: Continuum, wish: OnScale) -> Placed:
    for levels in (placed.levels, *placed.own.values()):
        if any(a >= b for a, b in pairwise(levels)):
            message = f"two frames of {entry.name} would lie at the same level on {wish.name}."
            advice = "Ask for fewer, or for shares that lie further apart."
            raise CalibrationError(Finding("MK475", message, suggestion=advice))
    return placed
