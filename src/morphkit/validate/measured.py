"""A set measured without being judged, whoever made it.

May import `errors`, `files`, `measure.series` and `validate`, and NumPy.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, SetError
from morphkit.measure.series import Series
from morphkit.validate import checks
from morphkit.validate.findings import gather, unlabelled
from morphkit.validate.foreign import check_foreign
from morphkit.validate.rules import finding
from morphkit.validate.survey import survey
from morphkit.validate.targets import Target, opened
from morphkit.validate.track import SMALLEST

READ = (checks.check_paths, checks.check_files, checks.check_bytes)
"""Checks that say why a picture can't be read, or isn't the one that its row tells of."""

HEARD = "126"
"""Families of findings on pictures, landmarks and files; others judge what was measured."""

NOTHING = "MK638"

TAKEN = (
    "Name a set (a folder or a zip), or a folder of graded pictures with a table of their levels."
)
_OTHERS = {
    "package": "a package",
    "recipe": "a recipe",
    "task": "a task",
    "faces": "photos to be morphed",
}


def measured(target: str | Path) -> tuple[list[Series], tuple[Finding, ...]]:
    """Measure every frame of a set, and the steps between them.

    Parameters
    ----------
    target : path
        A set (its folder, a file in it that says so, or a zip), or a folder of graded pictures
        that another program made.

    Returns
    -------
    list of Series
        As in the `SetReport` of a full validation.
    tuple of Finding
        What is wrong with pictures, landmarks and files; MK638 when no picture could be
        measured, so that there are no numbers but those of landmarks.

    Raises
    ------
    SetError
        MK626 for anything else; others when the papers of a set can't be read.
    EnvironmentFault
        When the disk can't be read.
    """
    try:
        with opened(Path(target)) as found:
            series, faults = _measured(found)
    except SetError as fault:
        if fault.code == "MK626":
            raise SetError(replace(fault.findings[0], suggestion=TAKEN)) from None
        raise
    heard = [fault for fault in faults if fault.code[2] in HEARD]
    # luminance is told of every picture that is measured
    if not any("luminance" in one.statistics for one in series):
        text = f"there is no picture that can be read and shows a face {SMALLEST} px wide or wider."
        heard.append(finding(NOTHING, text, file=files.shown(target)))
    return series, unlabelled(str(target), heard).findings


def _measured(target: Target) -> tuple[list[Series], list[Finding]]:
    tree = target.tree
    if target.kind == "set":
        evidence, _ = gather(files.parse_set(tree.read, tree.name), [*tree.listing, *tree.unseen])
        series, seen = survey(evidence)
        read = [fault for check in READ for fault in check(evidence)]
        return series, [*tree.findings, *read, *seen]
    if target.kind == "pictures":
        found, series = files.read_foreign(tree, target.table), []
        return series, [*tree.findings, *check_foreign(found, series, quick=False)]
    text = f"this is {_OTHERS[target.kind]}, which can't be measured."
    raise SetError(Finding("MK626", text, file=files.shown(target.place)))
