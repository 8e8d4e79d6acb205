"""The set that stands in a folder when a build comes, and its packages: what may be replaced.

A package is a build's own when a build would make the very same, byte for byte.  Any other was
made with a task, options or a reason of its own: what goes to participants is never exchanged
without a word.  May import `consents`, `differences`, `errors`, `files`, `package`, `packing`,
`plan` and `study`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.consents import filled, present
from morphkit.differences import differences
from morphkit.errors import Finding, MorphkitError, RecipeError, SetError, UsageError
from morphkit.files.ours import CHECKSUMS, PACKAGES
from morphkit.package.papers import TASK
from morphkit.package.registry import package, runs_a_task
from morphkit.packing import own_use, recipe_task
from morphkit.plan import Plan
from morphkit.study import manifest as papers
from morphkit.study.task import Task

_TELLING = (CHECKSUMS, TASK)
"""Files of a package that say whether it is the same."""

MOST_TOLD = 3
"""Keys of a task that a sentence names."""


def standing(folder: Path) -> papers.StimulusSet | None:
    """Return the set that is already there; None, too, when its manifest is damaged.

    Such a manifest cannot vouch for any file, so everything is made anew.
    """
    if not (folder / papers.MANIFEST).exists():
        return None
    try:
        return files.read_set(folder)
    except SetError:
        return None


def refuse_another(folder: Path, there: papers.StimulusSet, planned: Plan) -> None:
    """Refuse a set whose pixels are not the ones that are wanted: MK609.

    Rights, limits or packages may differ: papers are written anew.
    """
    block = there.manifest.morphkit
    if block.pixel_key != planned.pixel_key:
        raise UsageError(
            Finding(
                "MK609",
                "this folder holds a set that was made from something else. What differs: "
                f"{differences(block, planned)}.",
                file=files.shown(folder),
                suggestion="Add --force to replace it, or --out DIR to build elsewhere.",
            )
        )


def packages_of(
    folder: Path, there: papers.StimulusSet | None, task: Task | None
) -> dict[str, str]:
    """Return the packages in a set's folder, and how each came about; "" as a build makes it.

    Parameters
    ----------
    folder : Path
    there : StimulusSet, optional
        The set in it, if it can be read.
    task : Task, optional
        That of the recipe as it is now.
    """
    home = folder / PACKAGES
    listing = files.list_files(home, depth=None) if home.is_dir() else []
    names = dict.fromkeys(path.split("/")[0] for path in listing)
    if not (names and there):
        return dict.fromkeys(names, "made from a set that can't be read")
    sets, was = _declared(folder, there), _recorded(there)
    tasks = was if task in was else [*was, task]
    return {name: _origin(home / name, sets, tasks) for name in names}


def files_of(folder: Path, names: Iterable[str]) -> list[str]:
    """Return the files of some packages, relative to the set's folder."""
    home = folder / PACKAGES
    chosen = {*names}
    listing = files.list_files(home, depth=None) if chosen else []
    return [f"{PACKAGES}/{path}" for path in listing if path.split("/")[0] in chosen]


def own_packages(before: Mapping[str, str]) -> list[str]:
    """Return the packages that a build makes just so: it makes them anew for a set that changes."""
    return [name for name, how in before.items() if not how]


def refuse_stale(folder: Path, before: Mapping[str, str]) -> None:
    """Refuse to replace packages that a build can't make again: MK619.

    Their rights, rows or words would no longer be the set's.
    """
    lost = [_told(name, how) for name, how in before.items() if how]
    if lost:
        ways = ["move them away"]
        if any("task" in how for how in before.values()):
            ways.insert(0, "write their task into the recipe (task:)")
        advice = ", ".join(ways) + ", or add --force to replace or drop them."
        raise UsageError(
            Finding(
                "MK619",
                "packages that were made later would no longer agree with the set: "
                f"{'; '.join(lost)}.",
                file=files.shown(folder / PACKAGES),
                suggestion=advice[0].upper() + advice[1:],
            )
        )


def fates(before: Mapping[str, str], kept: Iterable[str], made: Sequence[str]) -> dict[str, str]:
    """Return what becomes of every package: of those that stood there, and of those made."""
    found = dict.fromkeys(made, "made")
    for name, how in before.items():
        if name in kept:
            found[name] = _told("kept", how)
        elif name not in made:
            found[name] = f"{_told('dropped', how)}: package it again"
        elif how:
            found[name] = f"made in place of one {how}"
    return found


def refuse_others(
    folder: Path, there: papers.StimulusSet, places: Mapping[Path, Iterable[tuple[str, bytes]]]
) -> None:
    """Refuse to put packages in the place of others: MK610.

    The same may be made again, and what a build would make anew is nobody's loss.

    Parameters
    ----------
    folder : Path
    there : StimulusSet
        The set in it.
    places : mapping of Path to iterable of (str, bytes)
        Folder or zip → the files that are to be put there.
    """
    faults = []
    sets, tasks = (_declared(folder, there), _recorded(there)) if places else ([], [])
    for path, made in places.items():
        found, own = _papers(path), {name: data for name, data in made if name in _TELLING}
        if found[CHECKSUMS] == own[CHECKSUMS] or not _origin(path, sets, tasks):
            continue
        other = _differing(found[TASK], own[TASK]) if {TASK} <= {*found} & {*own} else ""
        why = f"with another task ({other})" if other else "with other contents"
        advice = "Add --force to replace it, or choose another folder with --out."
        text = f"a package {why} is there already."
        faults.append(Finding("MK610", text, file=files.shown(path), suggestion=advice))
    if faults:
        raise UsageError(*faults)


def _told(word: str, how: str) -> str:
    return f"{word}, {how}" if how else word


def _origin(path: Path, sets: Sequence[papers.StimulusSet], tasks: Sequence[Task | None]) -> str:
    """Say how a package was made that no build makes so, of these sets and with these tasks."""
    try:
        found = _papers(path)
    except SetError:
        return "made by something else"
    name = path.name.removesuffix(".zip")
    own: dict[str, bytes] = {}
    for task in tasks:
        for one in _made(sets, name, task):
            if one[CHECKSUMS] == found[CHECKSUMS]:
                return ""
            own = one
    other = _differing(found[TASK], own[TASK]) if {TASK} <= {*found} & {*own} else ""
    if other:
        return f"made with another task ({other})"
    return "made with other options, by another version or of other files"


def _papers(path: Path) -> dict[str, bytes]:
    """Return the checksums of a package and its task, if it runs one."""
    opened = nullcontext(files.folder_tree(path)) if path.is_dir() else files.archive_tree(path)
    with opened as tree:
        asked = {CHECKSUMS, *({TASK} & {*tree.listing})}
        return {name: tree.read(name) for name in asked}


def _recorded(there: papers.StimulusSet) -> list[Task | None]:
    """Return the task that a set was built with, if it can be read."""
    with suppress(RecipeError):
        return [recipe_task(there.manifest.morphkit.recipe)]
    return []


def _made(
    sets: Sequence[papers.StimulusSet], name: str, task: Task | None
) -> Iterator[dict[str, bytes]]:
    """Yield the same of the packages that builds of these sets make; nothing where they can't."""
    for whole in sets:
        use = own_use(whole.manifest.morphkit.recipe, name)
        with suppress(Exception):  # the exporter of a plug-in may fail in any way
            made = package(whole, name, task=task if runs_a_task(name) else None, use=use)
            yield {path: data for path, data in made if path in _TELLING}


def _declared(folder: Path, there: papers.StimulusSet) -> list[papers.StimulusSet]:
    """Return a set with the rights that it was built with, and with those declared since."""
    with suppress(MorphkitError):
        since = filled(there, present(folder, there))
        return [there] if since == there else [there, since]
    return [there]


def _differing(task: bytes, other: bytes) -> str:
    """Say where a task differs from another: a few of its keys."""
    mine, others = _values(task), _values(other)
    keys = [key for key in {**mine, **others} if mine.get(key) != others.get(key)]
    told = [_entry(key, mine.get(key)) for key in keys[:MOST_TOLD]]
    more = [f"{len(keys) - MOST_TOLD} more"] if len(keys) > MOST_TOLD else []
    return ", ".join(told + more)


def _values(task: bytes) -> dict[str, Any]:
    try:
        found = json.loads(task)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _entry(key: str, value: object) -> str:
    return f"{key} {value}" if isinstance(value, str | int | float) else key
