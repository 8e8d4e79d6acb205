"""The command line: arguments in, one call, findings printed, exit code.

Data goes to stdout, talk and progress to stderr.  Commands import what they need when they
run, so that ``--help`` stays quick.  May import everything.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from morphkit import __version__
from morphkit.console import FINDINGS, PARTLY, Program, Progress, say
from morphkit.study.rights import SCOPES, Use

FailOn = Literal["error", "warning", "never"]


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

    files.write_files(folder, empty_study())
    say(f"Next: put photos and templates into {folder / 'raw_faces' / 'my_set'},")
    say(f"then run: morphkit build {folder / 'configs' / 'my_set.yaml'}")


@main.command()
@click.argument("template", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to-scheme", metavar="NAME", help="Also convert the landmarks to this scheme.")
def convert(template: Path, out: Path, to_scheme: str | None) -> None:
    """Write TEMPLATE in another format or scheme.

    The suffix of OUT names the format: .json, .tem, .pts or .csv.

    Example:  morphkit convert i01_happy.tem i01_happy.pts --to-scheme ibug68
    """
    from morphkit import files

    for note in files.convert_template(template, out, to_scheme):
        say(note)
    click.echo(str(out))


@main.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The set's folder.")
@click.option("--dry-run", is_flag=True, help="Check everything and say what would be made.")
@click.option("--force", is_flag=True, help="Replace a set made from something else.")
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
    from morphkit.build import default_folder
    from morphkit.plan import plan

    planned = plan(recipe, keep_going=keep_going, jobs=jobs)
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
    how = f"{built.rendered} rendered" if built.rendered else "up to date, nothing to do"
    say(f"{built.stimuli} stimuli ({how}); the set is {built.report.verdict}.")
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


@main.command()
@click.argument("sets", metavar="SET…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path), help="Write there, not to stdout.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="From which severity on the exit code is 1.",
)
@click.option("--quick", is_flag=True, help="Read no pixels.")
@click.option(
    "--for",
    "use",
    type=click.Choice(SCOPES),
    help="What the set is for; are all consents wide enough?",
)
def validate(
    sets: tuple[Path, ...],
    form: str,
    output: Path | None,
    fail_on: FailOn,
    quick: bool,
    use: Use | None,
) -> int:
    """Check sets: metadata, hashes, endpoints, spacing, order.

    Example:  morphkit validate generated/demo --format json
    """
    from morphkit import files
    from morphkit.validate import formats
    from morphkit.validate import validate as validate_set

    reports = [validate_set(folder, quick=quick, use=use) for folder in sets]
    text = formats.json(reports) if form == "json" else formats.text(reports) + "\n"
    if output:
        files.write_atomic(output, text.encode())
    else:
        click.echo(text, nl=False)
    return FINDINGS if formats.fails(reports, fail_on) else 0


@main.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.option("--for", "names", metavar="NAME", multiple=True, required=True, help="Front end.")
@click.option("--out", type=click.Path(path_type=Path), help="By default SET/packages/NAME.")
@click.option("--zip", "zipped", is_flag=True, help="One zip file for each front end.")
@click.option(
    "--jspsych", type=click.Path(path_type=Path), help="Your jsPsych files, for offline use."
)
def package(
    folder: Path, names: tuple[str, ...], out: Path | None, zipped: bool, jspsych: Path | None
) -> None:
    """Package SET for one more front end, without rendering.

    Example:  morphkit package generated/demo --for psychopy --zip
    """
    from morphkit import files
    from morphkit.package.jspsych import library_files
    from morphkit.package.registry import package as make

    stimulus_set = files.read_set(folder)
    for name in names:
        options: dict[str, object] = {}
        if jspsych and name == "jspsych":
            wanted = library_files(files.list_files(jspsych, depth=None))
            options["library"] = {path: (jspsych / path).read_bytes() for path in wanted}
        content = make(stimulus_set, name, **options)
        target = (out or folder / "packages") / name
        if zipped:
            target = target.with_suffix(".zip")
            files.write_atomic(target, files.zipped(content))
        else:
            files.write_files(target, content, replace=True)
        click.echo(str(target))


@main.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write the report page of SET again, validated anew.

    Example:  morphkit report generated/demo
    """
    from morphkit.finished import report_again

    report_again(folder)
    click.echo(str(folder / "report.html"))


@main.command("list")
@click.argument("what", type=click.Choice(["exporters", "presets", "rules", "schemes"]))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_what(what: str, as_json: bool) -> None:
    """List exporters, presets of levels, rules or schemes.

    Example:  morphkit list presets
    """
    listing = _listing(what)
    if as_json:
        click.echo(json.dumps(listing, ensure_ascii=False))
        return
    width = max(len(name) for name in listing)
    for name, about in listing.items():
        click.echo(f"{name:<{width}}  {about}")


def _listing(what: str) -> dict[str, str]:
    if what == "exporters":
        from morphkit.package.registry import exporters

        return exporters()
    if what == "presets":
        from morphkit.study.levels import PRESETS

        return {name: preset.source for name, preset in PRESETS.items()}
    if what == "rules":
        from morphkit.validate.rules import RULES

        return {code: f"{rule.severity}: {rule.summary}" for code, rule in RULES.items()}
    from morphkit.faces.scheme import scheme, scheme_names

    return {
        name: f"{len(scheme(name).points)} points; {scheme(name).source}" for name in scheme_names()
    }


@main.command()
@click.argument("name", type=click.Choice(["manifest", "recipe", "report"]))
def schema(name: str) -> None:
    """Print a JSON Schema: manifest, recipe or report.

    Example:  morphkit schema manifest > morphkit-manifest.schema.json
    """
    from morphkit.study.manifest import manifest_schema
    from morphkit.study.recipe import recipe_schema
    from morphkit.validate.formats import report_schema

    made = {"manifest": manifest_schema, "recipe": recipe_schema, "report": report_schema}[name]()
    click.echo(json.dumps(made, indent=1, ensure_ascii=False))


@main.command()
@click.argument("folder", metavar="[SET]", required=False, type=click.Path(path_type=Path))
def cite(folder: Path | None) -> None:
    """Say how to cite morphkit; with SET, its methods paragraph.

    Example:  morphkit cite generated/demo
    """
    from morphkit import files
    from morphkit.package.documents import ROWLAND, methods, software

    if folder:
        click.echo(methods(files.read_set(folder)), nl=False)
    else:
        click.echo(f"{software(__version__)}\n{ROWLAND}")


@main.command()
def doctor() -> None:
    """Say what morphkit runs on here, and what is missing.

    Example:  morphkit doctor
    """
    import platform
    from importlib import metadata

    from morphkit import files, native

    lines = {
        "morphkit": __version__,
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "processors": str(files.processors()),
        "pixel path": native.about,
    }
    for name, why in _PACKAGES.items():
        try:
            lines[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            lines[name] = f"not installed: {why}"
    for name, text in lines.items():
        click.echo(f"{name:<14} {text}")


_PACKAGES = {
    "numpy": "morphkit cannot run",
    "scipy": "morphkit cannot run",
    "pillow": "morphkit cannot run",
    "imageio": "no animated previews",
    "pydantic": "morphkit cannot run",
    "ruamel.yaml": "morphkit cannot run",
    "dlib-bin": "no automatic draft of landmarks; templates are placed by hand",
    "pillow-heif": "no HEIC photos; install morphkit[heic]",
    "distributed": "no --cluster; install morphkit[cluster]",
}
