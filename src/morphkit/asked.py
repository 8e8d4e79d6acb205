"""What the words of `morphkit package` ask for: front ends, their options, their task.

May import `files`, `package`, `study` and click.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from morphkit import files
from morphkit.package.registry import canonical, library_of, options_of, runs_a_task
from morphkit.study.task import PRESETS, Task, parse_task
from morphkit.study.yaml import nearest


def front_ends(words: Sequence[str]) -> list[str]:
    """Return the names of front ends, each once; commas may stand between them."""
    listed = (name for word in words for name in word.split(","))
    names = list(dict.fromkeys(canonical(name) for name in listed if name))
    if not names:
        raise click.UsageError("--for: name a front end; morphkit list exporters shows all.")
    return names


def options(
    names: Sequence[str], libraries: Mapping[str, Path | None], given: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return the options of each front end.

    Parameters
    ----------
    names : sequence of str
    libraries : mapping of str to Path
        Front end → the folder of its library, where one is given.
    given : sequence of str
        As ``NAME=VALUE``.
    """
    for name in (one for one, folder in libraries.items() if folder and one not in names):
        raise click.UsageError(f"--{name} belongs to --for {name}.")
    found = {name: _options(name, libraries.get(name), given) for name in names}
    _refuse_unknown(given, names)
    return found


def _options(name: str, folder: Path | None, given: Sequence[str]) -> dict[str, Any]:
    known = options_of(name)
    options: dict[str, Any] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--option {one}: write NAME=VALUE.")
        if key in known:
            options[key] = value
    if folder:
        wanted = library_of(name)(files.list_files(folder, depth=None))
        options["library"] = {path: files.read_data(folder / path) for path in wanted}
    return options


def _refuse_unknown(given: Sequence[str], names: Sequence[str]) -> None:
    """Refuse an option that no exporter takes: it would not be missed."""
    known = sorted({key for name in names for key in options_of(name)} - {"library"})
    for one in given:
        if one.partition("=")[0] not in known:
            there = ", ".join(known) or "none"
            raise click.UsageError(f"--option {one}: {', '.join(names)} takes {there}.")


def tasks(task: str | None, names: Sequence[str]) -> dict[str, Task | None]:
    """Return the task of each front end, of a file or a preset; data formats have none."""
    runs = {name: runs_a_task(name) for name in names}
    if task is None:
        return dict.fromkeys(names)
    if not any(runs.values()):
        raise click.UsageError(f"--task: {', '.join(names)} runs no task.")
    if not Path(task).exists() and "." not in task:
        if task.lower() not in PRESETS:
            near = nearest(task, PRESETS)
            raise click.UsageError(
                f"--task {task}: there is no such file, and no such preset. "
                + (f"Did you mean {near}? " if near else "")
                + f"Presets: {', '.join(PRESETS)}."
            )
        found = parse_task(f"preset: {task.lower()}")
    else:
        found = parse_task(files.read_text(Path(task), "task"), file=task)
    return {name: found if runs[name] else None for name in names}
