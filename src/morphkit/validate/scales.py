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
from morphkit.study.scale import scale_fault
from morphkit.study.table import Stimulus
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.table import SAME, in_row

Scale = Mapping[str, Any]

P_HAPPY = "p_happy"
"""Unit of scales that say how often observers answer "happy"; and a column of the table."""


def elsewhere(scale: Scale, rows: Sequence[Stimulus]) -> list[str]:
    """Return the stimuli that a scale names and that a set doesn't show with those pixels."""
    shown = {row.stimulus_id: row.pixel_sha256 for row in rows}
    named: Mapping[str, object] = scale["pixel_sha256"]
    return [name for name, digest in named.items() if shown.get(name) != digest]


def stale(scale: Scale, rows: Sequence[Stimulus]) -> list[str]:
    """Return the stimuli whose pixels have changed since a scale was measured on them.

    What a scale that chose levels was measured on need not be in the set: the build has rendered
    it again, and kept the hashes.
    """
    known = scale.get("reproduced")
    again = known if isinstance(known, Mapping) else {}
    named = scale["pixel_sha256"]
    return [name for name in elsewhere(scale, rows) if again.get(name) != named[name]]


def fresh(scales: Iterable[object], rows: Sequence[Stimulus], measured: Iterable[Series]) -> bool:
    """Whether scales are about every frame of every continuum.

    Only those count that are whole, rest on nothing that had to be overridden, and are about
    pixels that the set still shows, all of them.
    """
    named = {
        name
        for scale in scales
        if isinstance(scale, Mapping)
        and not scale_fault(scale)
        and not scale.get("overrides")
        and not elsewhere(scale, rows)
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
            found = finding("MK678", text, file=MANIFEST, pointer=pointer)
            reason = scale.get("accepted")
            if isinstance(reason, str) and reason.strip():
                message = f"{text} Used all the same: {reason}"
                found = replace(found, severity="warning", message=message)
            yield found
    calibrated = [r for r in evidence.set.stimuli if (r.intensity, r.p_happy) != (None, None)]
    if calibrated and not scales:
        text = f"{len(calibrated)} rows have calibrated values, but the manifest has no scale."
        found = in_row(evidence, "MK680", text, calibrated[0], "intensity")
        yield replace(found, severity="warning")
    for row in calibrated if whole else ():
        yield from _unlike_scales(evidence, row, whole)


def _unlike_scales(evidence: Evidence, row: Stimulus, scales: Sequence[Scale]) -> Iterator[Finding]:
    if row.morph_level is None:
        return
    cells = {"intensity": (row.intensity_unit, row.intensity), "p_happy": (P_HAPPY, row.p_happy)}
    for column, (unit, value) in cells.items():
        if value is None:
            continue
        mine = [scale for scale in scales if scale["unit"] == unit]
        if not mine and column == "intensity":
            text = f"no scale has the unit {unit!r}."
            yield in_row(evidence, "MK680", text, row, "intensity_unit")
        elif mine and not any(_between(scale, row, value) for scale in mine):
            text = f"{column} {value:.6g} is not between those that the scale gives around "
            text += f"level {row.morph_level:.6g}."
            yield in_row(evidence, "MK680", text, row, column, measured=value)


def _between(scale: Scale, row: Stimulus, value: float) -> bool:
    """Whether a value lies between those of a scale's levels around a row's level.

    By the curve of all infants, or by the infant's own.
    """
    own = scale.get("identities", {}).get(row.identity, {})
    level = row.morph_level or 0.0
    return any(
        a - SAME <= level <= b + SAME and low - SAME <= value <= high + SAME
        for curve in (scale, own)
        for (a, low), (b, high) in pairwise(
            zip(curve.get("levels", []), curve.get("intensities", []), strict=True)
        )
    )
