"""Commands that hand a set on: packages for front ends, recipes in place of photos, rebuilding.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.  May
import everything but `cli` and the other doors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from morphkit.console import FINDINGS, Progress, say
from morphkit.study.rights import SCOPES, Use

if TYPE_CHECKING:
    from morphkit.errors import Finding
    from morphkit.packing import Packing
    from morphkit.study.manifest import StimulusSet
    from morphkit.study.task import Task

RECIPE = "recipe"
"""What the folder of a package without pixels is called."""

LIBRARY = click.Path(exists=True, file_okay=False, path_type=Path)

LONGEST = 253
"""Characters of a path that Windows and PsychoPy still take: 259, but for the six that the hidden
work folder beside a package has more."""


@click.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.argument("more", metavar="", nargs=-1)
@click.option("--for", "names", metavar="NAME…", multiple=True, help="Front ends.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="By default SET/packages, a recipe beside SET."
)
@click.option("--zip", "zipped", is_flag=True, help="One zip file for each front end.")
@click.option(
    "--task", metavar="FILE", help="What is shown and asked; or a preset of `list tasks`."
)
@click.option(
    "--use",
    type=click.Choice(SCOPES, case_sensitive=False),
    help="What the package is for; by default what the recipe says, else the front end's own.",
)
@click.option(
    "--override",
    metavar="REASON",
    default="",
    help="Make it although rights or validation forbid it; the reason is written into it.",
)
@click.option("--jspsych", type=LIBRARY, help="Your jsPsych files, for offline use.")
@click.option("--labjs", type=LIBRARY, help="Your lab.js files, for offline use.")
@click.option(
    "--option", "given", metavar="NAME=VALUE", multiple=True, help="An option of `list exporters`."
)
@click.option("--recipe-only", is_flag=True, help="Recipe, templates and keyed hashes; no pixels.")
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    help="With --recipe-only: the folder of the photos, if it isn't where the recipe says.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="With --recipe-only: the key file, made if it isn't there; by default SET.key.",
)
def package(
    folder: Path,
    more: tuple[str, ...],
    names: tuple[str, ...],
    out: Path | None,
    zipped: bool,
    task: str | None,
    use: Use | None,
    override: str,
    jspsych: Path | None,
    labjs: Path | None,
    given: tuple[str, ...],
    recipe_only: bool,
    photos: Path | None,
    key: Path | None,
) -> None:
    """Package SET for front ends, without rendering.

    Refused when the set is not valid, or when rights of a photo exclude what it is for.

    Example:  morphkit package generated/demo --for psychopy jspsych --zip
    """
    if recipe_only:
        others = {
            "--for": names or more,
            "--task": task,
            "--use": use,
            "--override": override,
            "--jspsych": jspsych,
            "--labjs": labjs,
            "--option": given,
        }
        for one in (option for option, value in others.items() if value):
            raise click.UsageError(f"--recipe-only makes a package of its own: leave {one} out.")
        _recipe_only(folder, out, zipped, photos, key)
        return
    if not names:
        raise click.UsageError("Missing option '--for': the name of a front end, or --recipe-only.")
    if photos or key:
        raise click.UsageError("--photos and --key belong to --recipe-only.")
    from morphkit import files
    from morphkit.consents import present
    from morphkit.errors import PackageError
    from morphkit.package.dataset import made_for
    from morphkit.package.registry import DEPOSITED, canonical
    from morphkit.packing import pack

    whole = files.read_set(folder)
    libraries = {"jspsych": jspsych, "labjs": labjs}
    listed = (name for part in (*names, *more) for name in part.split(","))
    every = dict.fromkeys(canonical(name) for name in listed if name)
    if not every:
        raise click.UsageError("--for: name a front end; morphkit list exporters shows all.")
    for name in (one for one, where in libraries.items() if where and one not in every):
        raise click.UsageError(f"--{name} belongs to --for {name}.")
    options = {name: _options(name, libraries, given) for name in every}
    _refuse_unknown(given, list(options))
    asked = _tasks(task, list(options))
    faults = _faults(folder, whole, use)
    held: dict[str, Any] = {"use": use, "override": override, "faults": faults}
    held["present"] = present(folder, whole)
    packings: dict[str, Packing] = {}
    against: dict[Finding, None] = {}
    for name, own in options.items():
        try:
            packings[name] = pack(whole, name, task=asked[name], **held, **own)
        except PackageError as error:
            against |= dict.fromkeys(error.findings)
    if against:  # all that stands against any, before one is written
        raise PackageError(*against)
    targets = {name: _target(out or folder / "packages", name, zipped) for name in packings}
    files.refuse_occupied(targets.values(), zipped=zipped)
    for doubt in dict.fromkeys(str(one) for packing in packings.values() for one in packing.doubts):
        say(doubt)
    for name, packing in packings.items():
        click.echo(_written(packing.files, targets[name], zipped))
        if name in DEPOSITED and packing.use != "open_archive":
            say(f"{name}: {made_for(packing.use)}")


@click.command()
@click.argument("recipe", metavar="PACKAGE", type=click.Path(path_type=Path))
@click.argument("photos", metavar="PHOTOS", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="The key file.")
@click.option(
    "--out", "study", type=click.Path(path_type=Path), required=True, help="A new study folder."
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads; by default one per core.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def rebuild(
    recipe: Path, photos: Path, key: Path, study: Path, jobs: int | None, as_json: bool
) -> int:
    """Build the set of a recipe PACKAGE again from the same PHOTOS.

    Photos are found by their keyed hashes, whatever they are called.

    Example:  morphkit rebuild demo_recipe.zip my_photos --key demo.key --out again
    """
    from morphkit.keyed import read_key
    from morphkit.rebuilding import rebuild as rebuild_set

    with Progress() as progress:
        done = rebuild_set(recipe, photos, read_key(key), study, jobs=jobs, progress=progress)
    say(f"{done.same} of {done.stimuli} stimuli have the same pixels.")
    for finding in done.findings:
        say(str(finding))
    if as_json:
        result = {"set": done.built.folder.as_posix(), "same": done.same, "stimuli": done.stimuli}
        click.echo(json.dumps(result))
    else:
        click.echo(str(done.built.folder))
    return FINDINGS if done.findings else 0


def _recipe_only(
    folder: Path, out: Path | None, zipped: bool, photos: Path | None, key: Path | None
) -> None:
    from morphkit import files
    from morphkit.keyed import read_key, refuse_other_key
    from morphkit.sharing import photo_folder, recipe_package

    whole = files.read_set(folder)
    where = photos or photo_folder(folder, whole)
    home = folder.resolve()
    secret = key or home.with_name(f"{home.name}.key")
    faults = _faults(folder, whole, None)
    # beside the set, not in it: templates are not for whoever gets the set
    place, name = (out, RECIPE) if out else (home.parent, f"{home.name}_{RECIPE}")
    standing = [_target(place, name, form) for form in (False, True)]
    refuse_other_key(standing, [one.sha256 for one in whole.manifest.morphkit.sources], secret)
    is_new = not secret.exists()
    hidden = read_key(secret, make=True)
    if is_new:
        say(f"A new key was made: {files.shown(secret)}.")
    content = recipe_package(whole, where, hidden, faults=faults)
    target = _written(content, _target(place, name, zipped), zipped)
    say(f"The key is {files.shown(secret)}: keep it, and send it by another way than the package.")
    click.echo(target)


def _target(home: Path, name: str, zipped: bool) -> Path:
    return home / (f"{name}.zip" if zipped else name)


def _written(content: Iterator[tuple[str, bytes]], target: Path, zipped: bool) -> str:
    from morphkit import files

    if zipped:
        files.write_zip(target, content)
    else:
        files.write_files(target, _short(content, target), replace=True)
    other = target.with_suffix("") if zipped else target.with_name(f"{target.name}.zip")
    if other.exists():
        say(f"{other} is from before and stands beside it: mind which of them you hand on.")
    return str(target)


def _short(content: Iterator[tuple[str, bytes]], target: Path) -> Iterator[tuple[str, bytes]]:
    """Pass files on whose paths every system opens.

    Raises
    ------
    PackageError
        MK838.
    """
    from morphkit.errors import Finding, PackageError

    home = len(str(target.resolve()))
    for path, data in content:
        if home + 1 + len(path) > LONGEST:
            raise PackageError(
                Finding(
                    "MK838",
                    f"the path would have {home + 1 + len(path)} characters with its folder.",
                    file=path,
                    measured=float(home + 1 + len(path)),
                    limit=float(LONGEST),
                    suggestion="Choose a folder nearer to the top with --out, or add --zip.",
                )
            )
        yield path, data


def _options(name: str, libraries: dict[str, Path | None], given: Sequence[str]) -> dict[str, Any]:
    """Return the options of one exporter that the command line gives."""
    from morphkit import files
    from morphkit.package.registry import library_of, options_of

    known = options_of(name)
    options: dict[str, Any] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--option {one}: write NAME=VALUE.")
        if key in known:
            options[key] = value
    folder = libraries.get(name)
    if folder:
        wanted = library_of(name)(files.list_files(folder, depth=None))
        options["library"] = {path: files.read_data(folder / path) for path in wanted}
    return options


def _refuse_unknown(given: Sequence[str], names: Sequence[str]) -> None:
    """Refuse an option that no exporter takes: it would not be missed."""
    from morphkit.package.registry import options_of

    known = sorted({key for name in names for key in options_of(name)} - {"library"})
    for one in given:
        if one.partition("=")[0] not in known:
            there = ", ".join(known) or "none"
            raise click.UsageError(f"--option {one}: {', '.join(names)} takes {there}.")


def _tasks(task: str | None, names: Sequence[str]) -> dict[str, Task | None]:
    """Return the task of each front end; data formats have none."""
    from morphkit import files
    from morphkit.package.registry import runs_a_task
    from morphkit.study.task import PRESETS, parse_task
    from morphkit.study.yaml import nearest

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


def _faults(folder: Path, whole: StimulusSet, use: Use | None) -> list[Finding]:
    """Return the errors that a validation of the set finds, as its configuration weighs them."""
    from morphkit.packing import errors, examined
    from morphkit.validate.config import find
    from morphkit.validate.weigh import weigh

    (report,) = weigh([(examined(folder, whole, use), find(folder))])
    return errors(report)


COMMANDS = (package, rebuild)
