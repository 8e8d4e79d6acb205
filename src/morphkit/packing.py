"""Packages as they leave: gates before one is made.

`package` makes files and knows no rights; here is held what was declared for the photos against
what the package is for, and whether the set is valid; `outgoing` looks at every file.  May import
`accounts`, `consents`, `errors`, `outgoing`, `package`, `study` and `validate`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from morphkit.accounts import home_folder
from morphkit.consents import Present, filled, objections
from morphkit.errors import Finding, PackageError, UsageError
from morphkit.outgoing import looked_at, told_names
from morphkit.package.documents import OVERRIDE
from morphkit.package.limits import task_limits
from morphkit.package.matching import task_faults
from morphkit.package.registry import least_use, package, runs_a_task, target_use
from morphkit.study.entries import ContinuumEntry
from morphkit.study.manifest import MANIFEST, Source, StimulusSet
from morphkit.study.rights import SCOPES, Use, covers, widest
from morphkit.study.task import Task, parse_task
from morphkit.validate import SetReport, validate

FEWEST_LETTERS = 8
"""Of a reason that is one."""


@dataclass(frozen=True, slots=True)
class Packing:
    """A package on its way out.

    Parameters
    ----------
    files : iterator of (str, bytes)
        Made, looked at and passed on one by one.
    doubts : tuple of Finding
        What was not declared, and what was overridden: warnings.
    use : {"lab", "online_experiment", "publication", "open_archive"}
        What it is for.
    """

    files: Iterator[tuple[str, bytes]]
    doubts: tuple[Finding, ...]
    use: Use


def pack(
    stimulus_set: StimulusSet,
    name: str,
    *,
    use: Use | None = None,
    override: str = "",
    task: Task | None = None,
    faults: Sequence[Finding] = (),
    present: Present | None = None,
    today: datetime.date | None = None,
    **options: Any,
) -> Packing:
    """Make the package of a set for one front end, if it may leave.

    Parameters
    ----------
    stimulus_set : StimulusSet
    name : str
        The front end.
    use : {"lab", "online_experiment", "publication", "open_archive"}, optional
        What the package is for; by default the recipe's ``use``, else what the front end is for.
        A service or an archive is never for less than that.
    override : str
        The reason for making it although something forbids it; it is written into the package.
    task : Task, optional
        By default the recipe's.
    faults : sequence of Finding
        Errors that a validation of the set found.
    present : Present, optional
        What the study declares by now for the photos of the set.
    today : date, optional
        The day that consents are held against.
    **options
        Of the exporter.

    Raises
    ------
    PackageError
        MK701…MK706 when a photo's rights exclude it, MK753 when a stimulus is a photo itself,
        MK754 when what is declared names a place on a disk, MK817 when the set is not valid;
        as `morphkit.package.registry.package`; while producing, MK751, MK753, MK754 or MK756
        when a file holds more than it may.
    UsageError
        MK818 for an override without a reason; as `morphkit.package.registry.package`.
    """
    block = stimulus_set.manifest.morphkit
    day, usual = today or datetime.date.today(), target_use(name)
    asked = _use(name, use) if use else own_use(block.recipe, name)
    against, doubts = gate(block.sources, asked, day, present)
    if not use and not covers(asked, usual):
        said = f" The recipe says use: {asked}, so the package is made."
        wider, _ = gate(block.sources, usual, day, present)
        others = [one for one in wider if one.code not in {known.code for known in against}]
        doubts += [replace(one, severity="warning", message=one.message + said) for one in others]
    whole = filled(stimulus_set, present)
    against += raw_photos(whole) + invalid(faults)
    also: list[tuple[str, bytes]] = []
    if override:
        also = [(OVERRIDE, _override_text(override, asked, against).encode())]
        doubts += [replace(one, severity="warning") for one in against]
    elif against:
        raise PackageError(*against)
    if task is None and runs_a_task(name):
        task = recipe_task(block.recipe)
    made = package(whole, name, task=task, use=asked, also=also, **options)
    places = [home_folder(), str(block.recipe.get("faces", ""))]
    library = tuple(dict(options.get("library") or {}).values())
    said = "\n".join([override, *(one for one in options.values() if isinstance(one, str))])
    out = looked_at(whole, made, places, said=said, others=library)
    return Packing(out, tuple(doubts + told_names(whole)), asked)


def examined(folder: Path, whole: StimulusSet, use: Use | None) -> SetReport:
    """Validate a set that is to be packed.

    One whose label was earned is looked at quickly: its hashes say that its pixels are those
    which earned it.
    """
    return validate(folder, quick=whole.manifest.morphkit.label is not None, use=use)


def errors(report: SetReport) -> list[Finding]:
    """Return what keeps a validated set from being packed; its earlier packages don't matter."""
    return [
        one
        for one in report.findings
        if one.severity == "error" and not one.ignored and not one.file.startswith("packages/")
    ]


def gate(
    sources: Sequence[Source], use: Use, today: datetime.date, present: Present | None = None
) -> tuple[list[Finding], list[Finding]]:
    """Return what excludes a use of photos, and what nobody declared about it: one a code.

    What is undeclared is a warning: it excludes nothing, and the package says so.  A scope that
    was declared in words of its own, such as "thesis", is for the lab at most.
    """
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for one, unsaid in objections(sources, present, use, today):
        severity = "warning" if unsaid else str(one.severity)
        found.setdefault((one.code, severity, one.file), []).append(one)
    against, doubts = [], []
    for (_, severity, _), those in found.items():
        more = f" And so for {len(those) - 1} more." if len(those) > 1 else ""
        message = those[0].message + more
        if severity == "warning":
            doubts.append(replace(those[0], severity="warning", message=message))
        else:
            against.append(replace(those[0], severity="error", message=message))
    return against, doubts


def own_use(recipe: dict[str, object], name: str) -> Use:
    """Return what a package is for where nobody says it: what the recipe, or the front end does."""
    return _use(name, _asked(recipe))


def _use(name: str, asked: Use | None) -> Use:
    """Return what a package is for: what is asked, but a service or an archive is never less."""
    return target_use(name) if asked is None else widest(asked, least_use(name)) or asked


def excluded(
    names: Iterable[str], sources: Sequence[Source], use: Use | None
) -> dict[str, list[Finding]]:
    """Return, of the packages that a recipe asks for, those that rights exclude, and why."""
    today = datetime.date.today()
    found = {name: gate(sources, _use(name, use), today)[0] for name in names}
    return {
        name: [
            replace(_remedied(one), message=f"no package for {name}: {one.message}")
            for one in faults
        ]
        for name, faults in found.items()
        if faults
    }


def _remedied(fault: Finding) -> Finding:
    """Return a finding about rights with what a build can do about it.

    What forbids every use (MK701, MK703) forbids a lesser one, too: its own remedy stays.
    """
    if fault.code in ("MK701", "MK703"):
        return fault
    return replace(
        fault,
        suggestion="Leave it out of packages; or, if the set is for less than that, write so in "
        "the recipe (use: lab).",
    )


def refuse_task(
    task: Task | None,
    continua: Sequence[ContinuumEntry],
    infants: Sequence[str],
    packages: Sequence[str],
) -> None:
    """Refuse, before a build begins, a task that does not fit what is built or its packages.

    Raises
    ------
    PackageError
        MK821, or MK822 or MK832 for what a front end can't run.
    """
    faults = task_faults(task, continua, infants) if task else []
    faults += [one for name in packages if task for one in task_limits(task, name)]
    if faults:
        raise PackageError(*faults)


def recipe_task(recipe: dict[str, object]) -> Task | None:
    """Return the task of a manifest's recipe; None when it has none.

    Raises
    ------
    RecipeError
        When it can't be read.
    """
    section = recipe.get("task")
    return parse_task(json.dumps(section), file=MANIFEST) if isinstance(section, dict) else None


def raw_photos(stimulus_set: StimulusSet) -> list[Finding]:
    """Return MK753 for stimuli that are photos which may not be published, pixel for pixel.

    So are the ends of a set without a mask whose photos lie on its canvas already.
    """
    block = stimulus_set.manifest.morphkit
    free = {(one.identity, one.expression) for one in block.sources if one.publish_allowed == "yes"}
    raw = {
        one.pixel_sha256: f"{one.identity} {one.expression}"
        for one in block.anchors
        if one.raw and (one.identity, one.expression) not in free
    }
    return [
        Finding(
            "MK753",
            f"this is the photo {raw[row.pixel_sha256]}, pixel for pixel.",
            file=row.image_file,
            suggestion="Give the recipe a mask; or, if the photo itself may be shown, declare "
            "publish_allowed: yes in faces.csv.",
        )
        for row in stimulus_set.stimuli
        if row.pixel_sha256 in raw
    ]


def _asked(recipe: dict[str, object]) -> Use | None:
    return next((use for use in SCOPES if recipe.get("use") == use), None)


def invalid(faults: Sequence[Finding]) -> list[Finding]:
    """Return MK817 when validation found errors besides rights, which have their own gate."""
    others = [one for one in faults if not one.code.startswith("MK70")]
    if not others:
        return []
    first = others[0]
    more = f", and {len(others) - 1} more" if len(others) > 1 else ""
    return [
        Finding(
            "MK817",
            f"the set is not valid: {first.code} {first.message.rstrip('.')}{more}.",
            file=first.file or MANIFEST,
            pointer=first.pointer,
            suggestion="Run morphkit validate on the set, mend it, and build it again.",
        )
    ]


def _override_text(reason: str, use: Use, against: Sequence[Finding]) -> str:
    # what isn't text in the terminal's encoding
    words = " ".join(reason.encode("utf-8", "replace").decode().split())
    if len(words) < FEWEST_LETTERS:
        raise UsageError(
            Finding(
                "MK818",
                f"{words!r} is no reason.",
                pointer="override",
                suggestion="Say in a sentence why the package may be made; it is written into it.",
            )
        )
    lines = [
        f"This package was made for {use.replace('_', ' ')} against the checks of morphkit.",
        "",
    ]
    lines += ["Reason given:", "", f"  {words}", "", "What was overridden:", ""]
    lines += [f"  {one.code} {one.message}" for one in against] or ["  Nothing stood against it."]
    return "\n".join(lines) + "\n"
