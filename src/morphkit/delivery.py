"""Commands that hand a set on: packages for front ends, recipes in place of photos, rebuilding.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.  May
import everything but `cli` and the other doors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
@click.option("--force", is_flag=True, help="Put it in the place of another that is there.")
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
    force: bool,
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
            "--force": force,
        }
        for one in (option for option, value in others.items() if value):
            raise click.UsageError(f"--recipe-only makes a package of its own: leave {one} out.")
        _recipe_only(folder, out, zipped, photos, key)
        return
    if not names:
        raise click.UsageError("Missing option '--for': the name of a front end, or --recipe-only.")
    if photos or key:
        raise click.UsageError("--photos and --key belong to --recipe-only.")
    from morphkit import asked, files
    from morphkit.consents import present
    from morphkit.files.ours import PACKAGES
    from morphkit.package.dataset import made_for
    from morphkit.package.registry import DEPOSITED
    from morphkit.standing import refuse_others

    whole = files.read_set(folder)
    every = asked.front_ends((*names, *more))
    options = asked.options(every, {"jspsych": jspsych, "labjs": labjs}, given)
    tasks = asked.tasks(task, every)
    held: dict[str, Any] = {"use": use, "override": override, "faults": _faults(folder, whole, use)}
    held["present"] = present(folder, whole)
    packings = _packings(whole, tasks, options, held)
    targets = {name: _target(out or folder / PACKAGES, name, zipped) for name in every}
    files.refuse_occupied(targets.values(), zipped=zipped)
    if not force:
        there = {name: options[name] for name in every if files.is_there(targets[name])}
        again = _packings(whole, tasks, there, held)
        refuse_others(folder, whole, {targets[name]: one.files for name, one in again.items()})
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


def _packings(
    whole: StimulusSet,
    tasks: dict[str, Task | None],
    options: dict[str, dict[str, Any]],
    held: dict[str, Any],
) -> dict[str, Packing]:
    """Return the packages of all front ends, before one is written."""
    from morphkit.errors import PackageError
    from morphkit.packing import pack

    packings: dict[str, Packing] = {}
    against: dict[Finding, None] = {}
    for name, own in options.items():
        try:
            packings[name] = pack(whole, name, task=tasks[name], **held, **own)
        except PackageError as error:
            against |= dict.fromkeys(error.findings)
    if against:
        raise PackageError(*against)
    return packings


def _recipe_only(
    folder: Path, out: Path | None, zipped: bool, photos: Path | None, key: Path | None
) -> None:
    from morphkit import files
    from morphkit.keyed import new_key, read_key, refuse_other_key, write_key
    from morphkit.sharing import photo_folder, recipe_package

    whole = files.read_set(folder)
    where = photos or photo_folder(folder, whole)
    home = folder.resolve()
    secret = key or home.with_name(f"{home.name}.key")
    faults = _faults(folder, whole, None)
    # beside the set, not in it: templates are not for whoever gets the set
    place, name = (out, RECIPE) if out else (home.parent, f"{home.name}_{RECIPE}")
    places = [_target(place, name, form) for form in (False, True)]
    refuse_other_key(places, [one.sha256 for one in whole.manifest.morphkit.sources], secret)
    hidden = read_key(secret) if secret.exists() else new_key()
    content = list(recipe_package(whole, where, hidden, faults=faults))  # before a key is left
    if not secret.exists():
        write_key(secret, hidden)
        say(f"A new key was made: {files.shown(secret)}.")
    target = _written(iter(content), _target(place, name, zipped), zipped)
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


def _faults(folder: Path, whole: StimulusSet, use: Use | None) -> list[Finding]:
    """Return the errors that a validation of the set finds, as its configuration weighs them."""
    from morphkit.packing import errors, examined
    from morphkit.validate.config import find
    from morphkit.validate.weigh import weigh

    (report,) = weigh([(examined(folder, whole, use), find(folder))])
    return errors(report)


COMMANDS = (package, rebuild)
