"""Calibrated scales in a manifest: whole, about these very pixels, and what the rows say of them.

A scale is the content of a ``*.scale.json``; ``scales`` of the manifest holds them by name.
Imports no NumPy.  May import `errors`, `measure.series`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.table import SAME, in_row

Scale = Mapping[str, Any]
NAMES = ("level", "low", "high")


def scale_fault(scale: object) -> str:
    """Say what a scale lacks: unit, levels, PSE with its interval, observers, pixels; "" if none.

    An interval holds its estimate; levels and intensities are rising and equally many.
    """
    if not isinstance(scale, Mapping):
        return "it is no mapping"
    if not isinstance(scale.get("unit"), str) or not scale["unit"].strip():
        return "it has no unit"
    levels, intensities = scale.get("levels"), scale.get("intensities")
    if not _rising(levels) or not _rising(intensities) or len(levels) != len(intensities):  # type: ignore[arg-type]
        return "its levels and intensities are not two rising lists of one length"
    pse = scale.get("pse")
    if not isinstance(pse, Mapping) or not all(_is_number(pse.get(name)) for name in NAMES):
        return "its PSE has no level with an interval, low to high"
    if not pse["low"] <= pse["level"] <= pse["high"]:
        return "the interval of its PSE doesn't hold the PSE"
    observers = scale.get("observers")
    if isinstance(observers, bool) or not isinstance(observers, int) or observers < 1:
        return "it doesn't say how many observers it is from"
    pixels = scale.get("pixel_sha256")
    if not isinstance(pixels, Mapping) or not pixels:
        return "it doesn't name the stimuli it is about"
    return ""


def stale(scale: Scale, rows: Sequence[Stimulus]) -> list[str]:
    """Return the stimuli that a scale names and that a set doesn't show with those pixels."""
    shown = {row.stimulus_id: row.pixel_sha256 for row in rows}
    named: Mapping[str, object] = scale["pixel_sha256"]
    return [name for name, digest in named.items() if shown.get(name) != digest]


def fresh(scales: Iterable[object], rows: Sequence[Stimulus], measured: Iterable[Series]) -> bool:
    """Whether scales are about every frame of every continuum.

    Only those count that are whole and about pixels that the set still shows, all of them.
    """
    named = {
        name
        for scale in scales
        if isinstance(scale, Mapping) and not scale_fault(scale) and not stale(scale, rows)
        for name in scale["pixel_sha256"]
    }
    paths = [series for series in measured if series.anchors]
    return bool(paths) and all(named.issuperset(series.ids) for series in paths)


def check_scales(evidence: Evidence) -> Iterator[Finding]:
    """MK678 a scale is about other pixels, MK679 it is not whole, MK680 rows against scales."""
    scales = evidence.block.scales
    whole: list[Scale] = []
    for name, scale in scales.items():
        place, called = f"morphkit.scales.{name}", f"the scale {name[:60]!r}"
        fault = scale_fault(scale)
        if fault:
            yield finding("MK679", f"{called}: {fault}.", file=MANIFEST, pointer=place)
            continue
        whole.append(scale)
        others = stale(scale, evidence.set.stimuli)
        if others:
            text = f"{called} is about other pixels of {len(others)} stimuli, such as "
            text += f"{others[0][:60]!r}."
            pointer = f"{place}.pixel_sha256"
            yield finding("MK678", text, file=MANIFEST, pointer=pointer)
    calibrated = [r for r in evidence.set.stimuli if (r.intensity, r.p_happy) != (None, None)]
    if calibrated and not scales:
        text = f"{len(calibrated)} rows have calibrated values, but the manifest has no scale."
        found = in_row(evidence, "MK680", text, calibrated[0], "intensity")
        yield replace(found, severity="warning")
    for row in calibrated if whole else ():
        yield from _unlike_scales(evidence, row, whole)


def _unlike_scales(evidence: Evidence, row: Stimulus, scales: Sequence[Scale]) -> Iterator[Finding]:
    if row.intensity is None or row.morph_level is None:
        return
    mine = [scale for scale in scales if scale["unit"] == row.intensity_unit]
    if not mine:
        text = f"no scale has the unit {row.intensity_unit!r}."
        yield in_row(evidence, "MK680", text, row, "intensity_unit")
    elif not any(_between(scale, row.morph_level, row.intensity) for scale in mine):
        text = f"intensity {row.intensity:.6g} is not between those that the scale gives around "
        text += f"level {row.morph_level:.6g}."
        measured = row.intensity
        yield in_row(evidence, "MK680", text, row, "intensity", measured=measured)


def _between(scale: Scale, level: float, intensity: float) -> bool:
    """Whether an intensity lies between those of the scale's levels around a level."""
    points = list(zip(scale["levels"], scale["intensities"], strict=True))
    return any(
        a - SAME <= level <= b + SAME and low - SAME <= intensity <= high + SAME
        for (a, low), (b, high) in pairwise(points)
    )


def _rising(values: object) -> bool:
    return (
        isinstance(values, list)
        and len(values) > 1
        and all(_is_number(value) for value in values)
        and all(a < b for a, b in pairwise(values))
    )


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    )
