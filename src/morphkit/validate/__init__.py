"""Checks of a built set, from disk.

`validate` reads a set and judges it.  A quick validation reads metadata, hashes and headers
and imports no NumPy; a full one also decodes every picture.  May import `errors`, `files`,
`faces`, `engine` and `study`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, SetError
from morphkit.study.rights import Use
from morphkit.validate import (
    across,
    anchors,
    checks,
    declared,
    operations,
    papers,
    privacy,
    rights,
    scales,
    spacing,
    table,
)
from morphkit.validate.findings import Evidence, SetReport, gather, judge

__all__ = ["SetReport", "validate"]

Check = Callable[[Evidence], Iterator[Finding]]

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
    papers.check_seal,
    papers.check_resources,
    papers.check_answers,
    papers.check_licences,
    papers.check_engine,
    papers.check_unused,
    scales.check_scales,
    across.check_portable,
    across.check_parallel,
    across.check_photos,
    across.check_lists,
    rights.check_rights,
    privacy.check_identities,
    privacy.check_contents,
)
"""Checks that need no pixels."""

FULL = (
    ("morphkit.validate.pixels", "check_pictures"),
    ("morphkit.validate.geometry", "check_folds"),
)
"""Checks that need pixels or NumPy, by name, so that only a full validation loads them."""


def validate(
    folder: str | Path,
    *,
    quick: bool = False,
    use: Use | None = None,
    today: datetime.date | None = None,
) -> SetReport:
    """Check a set on disk.

    Parameters
    ----------
    folder : path
        The set: the folder that holds ``datapackage.json`` and ``stimuli.csv``.
    quick : bool
        Read no pixels: metadata, hashes, headers and landmark spacing only.
    use : {"lab", "online_experiment", "publication", "open_archive"}, optional
        What the set is to be used for, where that is wider than the recipe says.
    today : date, optional
        The day that consents are held against, by default this one.

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
        listing = files.list_files(Path(folder), depth=None, unseen=True)
    except SetError as fault:
        return judge(str(folder), fault.findings)
    evidence, findings = gather(stimulus_set, listing, use=use, today=today)
    found = [*findings, *(fault for check in QUICK for fault in check(evidence))]
    if not quick:
        found += [fault for check in _full() for fault in check(evidence)]
    return judge(str(folder), found)


def _full() -> list[Check]:
    return [getattr(import_module(module), name) for module, name in FULL]
