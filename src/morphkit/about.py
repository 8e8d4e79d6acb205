"""Commands that say what there is: lists, schemas, how to cite, what runs here.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `build`, `cli` and `gate`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from morphkit import __version__

if TYPE_CHECKING:
    from morphkit.measure.metrics import Metric
    from morphkit.measure.statistic_names import Statistic

SCHEMAS = ("recipe", "manifest", "report", "measure", "config", "scale", "task")
LISTS = ("exporters", "metrics", "presets", "rules", "schemes", "statistics", "tasks")


@click.command("list")
@click.argument("what", type=click.Choice(LISTS))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_what(what: str, as_json: bool) -> None:
    """List exporters, metrics, presets of levels, rules, schemes, statistics or presets of tasks.

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
    if what == "tasks":
        from morphkit.study.task import PRESETS as TASKS

        return {name: task.source for name, task in TASKS.items()}
    if what == "metrics":
        from morphkit.measure.metrics import METRICS

        return {name: _quantity(one) for name, one in METRICS.items()}
    if what == "statistics":
        from morphkit.measure.statistic_names import STATISTICS

        return {name: _quantity(one) for name, one in STATISTICS.items()}
    if what == "rules":
        from morphkit.validate.rules import RULES

        return {code: f"{rule.severity}: {rule.summary}" for code, rule in RULES.items()}
    from morphkit.faces.scheme import scheme, scheme_names

    return {
        name: f"{len(scheme(name).points)} points; {scheme(name).source}" for name in scheme_names()
    }


def _quantity(one: Metric | Statistic) -> str:
    return "; ".join(part for part in (one.description.rstrip("."), one.unit, one.source) if part)


@click.command()
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str) -> None:
    """Print the JSON Schema of a file or of what a command prints.

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

COMMANDS = (list_what, schema, cite, doctor)
