"""Targets that are no set: packages, pictures of other programs, photos, recipes, tasks.

Each check is imported when it is needed.  May import `errors`, `files`, `measure.series`, `plan`,
`reading`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from morphkit import files
from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.study.recipe import LIMITS
from morphkit.study.task import parse_task
from morphkit.validate.confounds import check_confounds
from morphkit.validate.evenness import check_evenness
from morphkit.validate.findings import SetReport, judge, unlabelled
from morphkit.validate.targets import Target

MEASURED = (check_evenness, check_confounds)
"""Checks of what was measured of pictures, whoever made them."""


def judged(name: str, target: Target, *, quick: bool) -> SetReport:
    """Return the report on a target that is no set.

    Raises
    ------
    MorphkitError
        Where it can't be read at all.
    """
    if target.kind == "pictures":
        return _pictures(name, target, quick=quick)
    check = {"package": _package, "faces": _faces, "recipe": _recipe, "task": _task}[target.kind]
    return unlabelled(name, check(target, quick), "quick" if quick else "all")


def _package(target: Target, quick: bool) -> Iterator[Finding]:
    from morphkit.validate.packages import check_package  # noqa: PLC0415 (a set doesn't need it)

    return check_package(target.tree, quick=quick)


def _pictures(name: str, target: Target, *, quick: bool) -> SetReport:
    """Judge pictures of another program; nobody knows how they were built, so none is nominal."""
    from morphkit.validate.foreign import check_foreign  # noqa: PLC0415 (as above)

    found = files.read_foreign(target.tree, target.table, templates=not quick)
    measured: list[Series] = []
    findings = [*target.tree.findings, *check_foreign(found, measured, quick=quick)]
    findings += [fault for check in MEASURED for fault in check(measured, LIMITS)]
    report = judge(name, findings, "quick" if quick else "all", measured)
    return replace(report, label=None) if report.label == "nominal" else report


def _faces(target: Target, quick: bool) -> Iterator[Finding]:
    from morphkit.validate.faces import check_faces  # noqa: PLC0415 (as above)

    return check_faces(target.place, quick=quick)


def _task(target: Target, quick: bool) -> Iterator[Finding]:
    parse_task(files.read_text(target.place, "task"), file=str(target.place))
    return iter(())


def _recipe(target: Target, quick: bool) -> Iterator[Finding]:
    """Read a recipe; unless quick, plan what it asks for, as a dry run does."""
    if quick:
        from morphkit.reading import read_recipe  # noqa: PLC0415 (as above)

        read_recipe(target.place)
        return
    from morphkit.plan import plan  # noqa: PLC0415 (it imports NumPy)

    yield from plan(target.place).findings
