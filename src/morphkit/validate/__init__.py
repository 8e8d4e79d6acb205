"""Checks of a built set, from disk, and of what a set is made from.

`validate` reads what it is pointed at and judges it; `targets` says what that is, `others`
judges what is no set.  A quick validation reads metadata, hashes and headers and imports no
NumPy; a full one also decodes every picture.  May import `errors`, `files`,
`faces`, `engine` and `study`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from morphkit import files
from morphkit.errors import EnvironmentFault, Finding, LockedError, MorphkitError
from morphkit.study.rights import Use
from morphkit.validate import (
    across,
    anchors,
    checks,
    declared,
    operations,
    others,
    papers,
    placement,
    privacy,
    rights,
    scales,
    spacing,
    table,
    targets,
)
from morphkit.validate.findings import Evidence, SetReport, gather, judge, unlabelled
from morphkit.validate.labels import earned
from morphkit.validate.scales import fresh

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
    declared.check_limits,
    table.check_levels,
    table.check_weights,
    operations.check_operations,
    table.check_calibration,
    anchors.check_anchors,
    anchors.check_reviewed,
    anchors.check_endpoints,
    anchors.check_twins,
    anchors.check_mesh,
    spacing.check_rising,
    spacing.check_midpoints,
    spacing.check_spacing,
    placement.check_placement,
    placement.check_layers,
    papers.check_seal,
    papers.check_resources,
    papers.check_answers,
    papers.check_licences,
    papers.check_engine,
    papers.check_unused,
    scales.check_scales,
    across.check_parallel,
    across.check_photos,
    across.check_lists,
    rights.check_rights,
    privacy.check_identities,
    privacy.check_declared,
    privacy.check_contents,
)
"""Checks that need no pixels."""


def validate(
    target: str | Path,
    *,
    quick: bool = False,
    use: Use | None = None,
    today: datetime.date | None = None,
) -> SetReport:
    """Check a set on disk, or what a set is made from.

    Parameters
    ----------
    target : path
        A set or a package (its folder, a file in it that says so, or a zip), a recipe, a task, a
        ``faces.csv`` or its folder, or a folder of graded pictures that another program made.
    quick : bool
        Read no pixels: metadata, hashes, headers and landmark spacing only.
    use : {"lab", "online_experiment", "publication", "open_archive"}, optional
        What the set is to be used for, where that is wider than the recipe says.
    today : date, optional
        The day that consents are held against, by default this one.

    Returns
    -------
    SetReport
        Whatever is wrong with a target is a finding, never an exception.  Only a set earns a
        label.

    Raises
    ------
    EnvironmentFault
        When the disk can't be read.
    """
    name = str(target)
    try:
        with targets.opened(Path(target)) as found:
            if found.kind == "set":
                return _of_set(name, found.tree, quick=quick, use=use, today=today)
            return others.judged(name, found, quick=quick)
    except (EnvironmentFault, LockedError):
        raise
    except MorphkitError as fault:
        return unlabelled(name, fault.findings, "nothing")


def _of_set(
    name: str, tree: files.Tree, *, quick: bool, use: Use | None, today: datetime.date | None
) -> SetReport:
    stimulus_set = files.parse_set(tree.read, tree.name)
    listing = [*tree.listing, *tree.unseen]
    evidence, findings = gather(stimulus_set, listing, use=use, today=today)
    found = [*tree.findings, *findings, *(fault for check in QUICK for fault in check(evidence))]
    if quick:
        return judge(name, found, "quick")
    # these need NumPy, which a quick validation does without
    look = import_module("morphkit.validate.survey").survey
    measured, seen = look(evidence)
    found += [*seen, *import_module("morphkit.validate.geometry").check_folds(evidence)]
    found += [fault for check in others.MEASURED for fault in check(measured, evidence.limits)]
    asked = import_module("morphkit.validate.evenness").check_asked
    found += asked(measured, evidence.recipe, evidence.limits)
    current = fresh(stimulus_set.manifest.morphkit.scales.values(), stimulus_set.stimuli, measured)
    label = earned(found, measured, fresh=current)
    found += checks.check_label(evidence, label)
    return judge(name, found, "all", measured, fresh=current)
