"""Checks of a built set, from disk.

`validate` reads a set and judges it.  A quick validation reads metadata, hashes and headers
and imports no NumPy; a full one also decodes every picture.  May import `errors`, `files`,
`faces`, `engine` and `study`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, SetError
from morphkit.measure.series import Series
from morphkit.validate import (
    anchors,
    checks,
    confounds,
    declared,
    evenness,
    operations,
    placement,
    spacing,
    table,
)
from morphkit.validate.findings import Evidence, SetReport, gather, judge

__all__ = ["SetReport", "validate"]

Check = Callable[[Evidence], Iterator[Finding]]
Judge = Callable[[Evidence, Sequence[Series]], Iterator[Finding]]

QUICK: tuple[Check, ...] = (
    checks.check_paths,
    checks.check_files,
    checks.check_bytes,
    checks.check_canvas,
    checks.check_packages,
    checks.check_doubts,
    table.check_names,
    table.check_unique,
    table.check_order,
    table.check_declared,
    declared.check_recipe,
    table.check_levels,
    table.check_weights,
    operations.check_operations,
    table.check_calibration,
    anchors.check_anchors,
    anchors.check_endpoints,
    anchors.check_twins,
    anchors.check_mesh,
    spacing.check_rising,
    spacing.check_midpoints,
    spacing.check_spacing,
    placement.check_placement,
    placement.check_layers,
)
"""Checks that need no pixels."""

FULL: tuple[Judge, ...] = (evenness.check_evenness, confounds.check_confounds)
"""Checks of what was measured of the pictures."""


def validate(folder: str | Path, *, quick: bool = False) -> SetReport:
    """Check a set on disk.

    Parameters
    ----------
    folder : path
        The set: the folder that holds ``datapackage.json`` and ``stimuli.csv``.
    quick : bool
        Read no pixels: metadata, hashes, headers and landmark spacing only.

    Returns
    -------
    SetReport
        Whatever is wrong with a set is a finding, never an exception.

    Raises
    ------
    EnvironmentFault
        When the disk can't be read.
    """
    try:
        stimulus_set = files.read_set(Path(folder))
        listing = files.list_files(Path(folder), depth=None)
    except SetError as fault:
        return judge(str(folder), fault.findings, "nothing")
    evidence, findings = gather(stimulus_set, listing)
    found = [*findings, *(fault for check in QUICK for fault in check(evidence))]
    if quick:
        return judge(str(folder), found, "quick")
    # these need NumPy, which a quick validation does without
    look = import_module("morphkit.validate.survey").survey
    measured, seen = look(evidence)
    found += [*seen, *import_module("morphkit.validate.geometry").check_folds(evidence)]
    found += [fault for check in FULL for fault in check(evidence, measured)]
    return judge(str(folder), found, "all", measured)
