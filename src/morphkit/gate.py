"""The gate's commands: what is asked of a set once it is there, and what there is to know.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `build` and `cli`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from morphkit import __version__
from morphkit.console import FINDINGS
from morphkit.study.rights import SCOPES, Use

if TYPE_CHECKING:
    from morphkit.validate import SetReport

FailOn = Literal["error", "warning", "never"]

FORMATS = ("text", "json", "jsonl", "junit", "sarif", "github")
SCHEMAS = ("recipe", "manifest", "report", "config")
FROM_HERE = {"sarif", "github"}
"""Formats whose readers look for a file from the working folder on."""


@click.command()
@click.argument("sets", metavar="SET…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="By default text; github inside GitHub Actions.",
)
@click.option(
    "--output",
    "outputs",
    metavar="[FORMAT=]FILE",
    multiple=True,
    help="Write there, not to stdout; with FORMAT= in that format as well, any number of times.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="From which severity on the exit code is 1.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="By default the nearest morphkit.toml, or pyproject.toml with [tool.morphkit], in the "
    "folders above a set.",
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
    form: str | None,
    outputs: tuple[str, ...],
    fail_on: FailOn,
    config: Path | None,
    quick: bool,
    use: Use | None,
) -> int:
    """Check sets: metadata, hashes, endpoints, spacing, confounds, rights.

    Also packages, zips of both, recipes, a faces.csv, and folders of graded pictures that
    another program made.

    Example:  morphkit validate generated/demo --format json
    """
    from morphkit import files
    from morphkit.validate import formats

    reports = _reports(sets, config, quick, use)
    to_stdout = True
    for output in outputs:
        also, _, name = output.partition("=")
        if also not in FORMATS:
            also, name, to_stdout = form or "text", output, False
        files.write_atomic(Path(name), _rendered(reports, also).encode())
    if to_stdout:
        by_itself = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
        click.echo(_rendered(reports, form or by_itself), nl=False)
    return FINDINGS if formats.fails(reports, fail_on) else 0


def _reports(
    sets: Sequence[Path], config: Path | None, quick: bool, use: Use | None
) -> list[SetReport]:
    """Validate each set once, and weigh what is found by the configuration above it."""
    from morphkit import files
    from morphkit.validate import validate as validate_set
    from morphkit.validate.config import find, parse_config
    from morphkit.validate.weigh import weigh

    targets = list(dict.fromkeys(_set_of(path) for path in sets))
    if config:
        one = parse_config(files.read_text(config, "configuration"), file=str(config))
        by_target = dict.fromkeys(targets, one)
    else:
        by_target = {target: find(target) for target in targets}
    reports = {target: validate_set(target, quick=quick, use=use) for target in targets}
    return weigh([(reports[target], by_target[target]) for target in targets])


def _set_of(path: Path) -> Path:
    """Return the set that is meant by one of its two papers, as pre-commit names them."""
    from morphkit.study.manifest import MANIFEST
    from morphkit.study.table import TABLE

    return path.parent if path.name in (MANIFEST, TABLE) else path


def _rendered(reports: Sequence[SetReport], form: str) -> str:
    from dataclasses import replace

    from morphkit import files
    from morphkit.validate import formats

    if form in FROM_HERE:
        reports = [replace(report, set=files.shown(report.set)) for report in reports]
    return formats.render(reports, form)


@click.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write the report page of SET again, validated anew.

    Example:  morphkit report generated/demo
    """
    from morphkit.finished import report_again

    report_again(folder)
    click.echo(str(folder / "report.html"))


@click.command("list")
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


@click.command()
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str) -> None:
    """Print a JSON Schema: of recipes, manifests, reports or morphkit.toml.

    Example:  morphkit schema recipe > recipe.schema.json
    """
    from morphkit.validate.schemas import schema_text

    click.echo(schema_text(name), nl=False)


@click.command()
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


@click.command()
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

COMMANDS = (validate, report, list_what, schema, cite, doctor)
