"""The command line: arguments in, one call, findings printed, exit code.

Here are the commands that make something; those of landmarks are in `drafts` and `templates`,
those of responses in `calibration`, those that hand a set on in `delivery`, those that ask in
`gate` and `about`.  Data goes to stdout,
talk and progress to stderr.  Commands import what they need when they run, so that ``--help``
stays quick.  May import everything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from morphkit import __version__, about, calibration, delivery, drafts, gate, templates
from morphkit.console import FINDINGS, PARTLY, Program, Progress, say


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="morphkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(debug: bool) -> None:
    """Morph continua of infant faces: made, validated, packaged.

    Photos never leave this computer, unless you give a build the address of a cluster.

    Start with:  morphkit demo
    """


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("morphkit-demo"))
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads; by default one per core.")
def demo(folder: Path, jobs: int | None) -> int:
    """Build, validate and package the bundled study in FOLDER.

    Example:  morphkit demo
    """
    from morphkit import files
    from morphkit.starter import demo_study

    files.write_missing(folder, demo_study())
    code = _build(folder / "configs" / "demo.yaml", None, jobs=jobs)
    say(f"Open {folder / 'generated' / 'demo' / 'report.html'} in a browser,")
    say(f"and {folder / 'generated' / 'demo' / 'packages'} for the experiments.")
    return code


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a new study: folders, a commented recipe, faces.csv.

    Example:  morphkit init my_study
    """
    from morphkit import files
    from morphkit.starter import empty_study
    from morphkit.validate.schemas import schema_text

    schema = ("configs/recipe.schema.json", schema_text("recipe").encode())
    files.write_files(folder, [*empty_study(), schema])
    photos = folder / "raw_faces" / "my_set"
    say(f"Next: put photos into {photos}, and fill in its faces.csv (its README.md says how).")
    say(f"Photos without templates get drafts from: morphkit delineate {photos}")
    say(f"Look at the drafts, then run: morphkit build {folder / 'configs' / 'my_set.yaml'}")


@main.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The set's folder.")
@click.option("--dry-run", is_flag=True, help="Check everything and say what would be made.")
@click.option(
    "--force",
    is_flag=True,
    help="Replace a set made from something else, and its packages made otherwise.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads; by default one per core.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Render on the workers of this Dask scheduler; the photos' pixels travel to them.  "
    "Default: none, nothing leaves this computer.",
)
@click.option("--keep-going", is_flag=True, help="Leave out infants with faulty photos.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan or the result as JSON.")
def build(
    recipe: Path,
    out: Path | None,
    dry_run: bool,
    force: bool,
    jobs: int | None,
    cluster: str | None,
    keep_going: bool,
    as_json: bool,
) -> int:
    """Build the set of RECIPE; what is already right is kept.

    Example:  morphkit build configs/demo.yaml --dry-run
    """
    if dry_run:
        # as in a build: frames that are made elsewhere take no memory here
        return _print_plan(recipe, out, 1 if cluster else jobs, keep_going, as_json)
    return _build(
        recipe,
        out,
        force=force,
        jobs=jobs,
        cluster=cluster,
        keep_going=keep_going,
        as_json=as_json,
    )


def _print_plan(
    recipe: Path, out: Path | None, jobs: int | None, keep_going: bool, as_json: bool
) -> int:
    from morphkit.build import default_folder, refuse_planned_task
    from morphkit.plan import plan

    planned = plan(recipe, keep_going=keep_going, jobs=jobs)
    refuse_planned_task(planned)
    for finding in planned.findings:
        say(str(finding))
    folder = out or default_folder(recipe, planned.recipe.name)
    counts: dict[str, int] = {}
    who: dict[str, set[str]] = {}
    for one in planned.frames:
        counts[one.continuum] = counts.get(one.continuum, 0) + 1
        who.setdefault(one.continuum, set()).add(one.identity)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "folder": folder.as_posix(),
                    "identities": list(planned.identities),
                    "continua": counts,
                    "levels": {name: one.levels for name, one in planned.asked.placed.items()},
                    "stimuli": len(planned.frames),
                    "megabytes": round(planned.megabytes, 1),
                    "skipped": list(planned.skipped),
                }
            )
        )
    else:
        click.echo(f"{'continuum':<24} infants  stimuli")
        for name, count in counts.items():
            click.echo(f"{name:<24} {len(who[name]):>7}  {count:>7}")
        for name, placed in planned.asked.placed.items():
            own = " on average, each infant's own" if placed.own else ""
            listed = " ".join(f"{level:.3f}" for level in placed.levels)
            click.echo(f"levels of {name}{own}: {listed}")
        if planned.asked.users:
            say("Whether scales are still about these pixels is seen when the set is built.")
        click.echo(
            f"{len(planned.frames)} stimuli, about {planned.megabytes:.0f} MB, would go to {folder}"
        )
    return PARTLY if planned.skipped else 0


def _build(
    recipe: Path,
    out: Path | None,
    *,
    force: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    keep_going: bool = False,
    as_json: bool = False,
) -> int:
    from morphkit.build import build as build_set

    with Progress() as progress:
        built = build_set(
            recipe,
            out,
            force=force,
            jobs=jobs,
            cluster=cluster,
            keep_going=keep_going,
            progress=progress,
        )
    findings = [*built.findings, *built.report.findings]
    for finding in findings:
        say(str(finding))
    how = (
        f"{built.rendered} rendered" if built.rendered else "nothing to render; its papers are new"
    )
    how = how if built.is_new else "up to date, nothing to do"
    label = f" ({built.report.label})" if built.report.label else ""
    say(f"{built.stimuli} stimuli ({how}); the set is {built.report.verdict}{label}.")
    say(_packages_told(built.packages))
    if built.skipped:
        say(f"Left out: {', '.join(built.skipped)}.")
    if as_json:
        click.echo(
            json.dumps(
                {
                    "set": built.folder.as_posix(),
                    "stimuli": built.stimuli,
                    "rendered": built.rendered,
                    "verdict": built.report.verdict,
                    "label": built.report.label,
                    "skipped": list(built.skipped),
                }
            )
        )
    else:
        click.echo(str(built.folder))
    if built.report.verdict == "invalid":
        return FINDINGS
    return PARTLY if built.skipped else 0


def _packages_told(packages: Mapping[str, str]) -> str:
    """Say what became of the packages, those of one fate together."""
    told: dict[str, list[str]] = {}
    for name, fate in packages.items():
        told.setdefault(fate, []).append(name)
    parts = [f"{', '.join(names)} {fate}" for fate, names in told.items()]
    return f"Packages: {'; '.join(parts) or 'none'}."


for door in (templates, drafts, calibration, gate, delivery, about):
    for command in door.COMMANDS:
        main.add_command(command)
