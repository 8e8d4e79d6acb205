"""The command line: arguments in, one call, findings printed, exit code.

Data goes to stdout, talk and progress to stderr.  Commands import what they need when they
run, so that ``--help`` stays quick.  May import everything.

Exit codes: 0 fine, 1 findings, 2 wrong usage or unreadable recipe, 3 finished partly,
4 environment, 5 locked, 70 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from morphkit import __version__
from morphkit.errors import MorphkitError

FailOn = Literal["error", "warning", "never"]
BUG, INTERRUPTED, ENVIRONMENT, PARTLY, FINDINGS = 70, 130, 4, 3, 1


class _Program(click.Group):
    """A group that turns every error into one clear paragraph and its exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except MorphkitError as error:
            for finding in error.findings:
                _say(str(finding))
            code = error.exit_code
        except click.exceptions.Abort:
            _say("Interrupted. Run the same command again: it goes on where it stopped.")
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except MemoryError:
            _say("There is not enough memory for this. Use a smaller canvas or fewer jobs.")
            code = ENVIRONMENT
        except OSError as error:
            if error.errno == errno.EPIPE:
                code = 0
            else:
                _say(f"{error.strerror or error} ({error.filename or 'no file named'}).")
                code = ENVIRONMENT
        except Exception as error:
            _say_bug(error)
            code = BUG
        sys.exit(code or 0)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _say_bug(error: Exception) -> None:
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    _say(
        f"This is a bug in morphkit {__version__}: {type(error).__name__}: {error}. "
        "Run 'morphkit --debug …' and send us what it prints; it holds no photo."
    )


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="morphkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(debug: bool) -> None:
    """Morph continua of infant faces: made, validated, packaged.

    Photos never leave this computer.

    Start with:  morphkit demo
    """


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("morphkit-demo"))
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads; by default one per core.")
def demo(folder: Path, jobs: int | None) -> None:
    """Build, validate and package the bundled study in FOLDER.

    Example:  morphkit demo
    """
    from morphkit import files
    from morphkit.starter import demo_study

    files.write_missing(folder, demo_study())
    _build(folder / "configs" / "demo.yaml", None, jobs=jobs)
    _say(f"Open {folder / 'generated' / 'demo' / 'report.html'} in a browser,")
    _say(f"and {folder / 'generated' / 'demo' / 'packages'} for the experiments.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a new study: folders, a commented recipe, faces.csv.

    Example:  morphkit init my_study
    """
    from morphkit import files
    from morphkit.starter import empty_study

    files.write_files(folder, empty_study())
    _say(f"Next: put photos and templates into {folder / 'raw_faces' / 'my_set'},")
    _say(f"then run: morphkit build {folder / 'configs' / 'my_set.yaml'}")


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
        _say(note)
    click.echo(str(out))


@main.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The set's folder.")
@click.option("--dry-run", is_flag=True, help="Check everything and say what would be made.")
@click.option("--force", is_flag=True, help="Replace a set made from something else.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads; by default one per core.")
@click.option("--keep-going", is_flag=True, help="Leave out infants with faulty photos.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan or the result as JSON.")
def build(
    recipe: Path,
    out: Path | None,
    dry_run: bool,
    force: bool,
    jobs: int | None,
    keep_going: bool,
    as_json: bool,
) -> int:
    """Build the set of RECIPE; what is already right is kept.

    Example:  morphkit build configs/demo.yaml --dry-run
    """
    if dry_run:
        return _print_plan(recipe, out, keep_going, as_json)
    return _build(recipe, out, force=force, jobs=jobs, keep_going=keep_going, as_json=as_json)


def _print_plan(recipe: Path, out: Path | None, keep_going: bool, as_json: bool) -> int:
    from morphkit.build import default_folder
    from morphkit.plan import plan

    planned = plan(recipe, keep_going=keep_going)
    for finding in planned.findings:
        _say(str(finding))
    folder = out or default_folder(recipe, planned.recipe.name)
    counts: dict[str, int] = {}
    for one in planned.frames:
        counts[one.continuum] = counts.get(one.continuum, 0) + 1
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
            click.echo(f"{name:<24} {len(planned.identities):>7}  {count:>7}")
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
    keep_going: bool = False,
    as_json: bool = False,
) -> int:
    from morphkit.build import build as build_set

    with _Progress() as progress:
        built = build_set(
            recipe, out, force=force, jobs=jobs, keep_going=keep_going, progress=progress
        )
    findings = [*built.findings, *built.report.findings]
    for finding in findings:
        _say(str(finding))
    how = f"{built.rendered} rendered" if built.rendered else "up to date, nothing to do"
    _say(f"{built.stimuli} stimuli ({how}); the set is {built.report.verdict}.")
    if built.skipped:
        _say(f"Left out: {', '.join(built.skipped)}.")
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


class _Progress:
    """A bar with the time left on a terminal, a line every tenth elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._tenth = 0

    def __enter__(self) -> Callable[[int, int], None]:
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def _show(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = click.progressbar(length=total, label="Rendering", file=sys.stderr)
                self._bar.render_progress()
            self._bar.update(done - self._bar.pos)
        elif done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            _say(f"{done} of {total} stimuli")


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
def validate(
    sets: tuple[Path, ...], form: str, output: Path | None, fail_on: FailOn, quick: bool
) -> int:
    """Check sets: metadata, hashes, endpoints, spacing, order.

    Example:  morphkit validate generated/demo --format json
    """
    from morphkit import files
    from morphkit.validate import formats
    from morphkit.validate import validate as validate_set

    reports = [validate_set(folder, quick=quick) for folder in sets]
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
            files.write_files(target, content)
        click.echo(str(target))


@main.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write the report page of SET again, validated anew.

    Example:  morphkit report generated/demo
    """
    from morphkit import files
    from morphkit.report import page
    from morphkit.validate import validate as validate_set

    found = validate_set(folder)
    text = page(files.read_set(folder), found.findings, verdict=found.verdict, label=found.label)
    files.write_atomic(folder / "report.html", text.encode())
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
    import os
    import platform
    from importlib import metadata

    lines = {
        "morphkit": __version__,
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "pixel path": "NumPy reference",
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
}
