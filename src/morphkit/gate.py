"""The gate's commands: what is asked of a set once it is there.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `about`, `build` and `cli`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from morphkit.console import FINDINGS, say
from morphkit.study.rights import SCOPES, Use

if TYPE_CHECKING:
    from morphkit.validate import SetReport

FailOn = Literal["error", "warning", "never"]

FORMATS = ("text", "json", "jsonl", "junit", "sarif", "github")
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

    Also packages, zips of both, recipes, tasks, a faces.csv, and folders of graded pictures that
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
@click.argument("target", metavar="SET", type=click.Path(path_type=Path))
@click.option("--steps", is_flag=True, help="A row a step: how far each frame is from the next.")
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    help="Steps by this metric only; any number of times.",
)
@click.option("--json", "as_json", is_flag=True, help="Frames and steps, as JSON.")
def measure(target: Path, steps: bool, metrics: tuple[str, ...], as_json: bool) -> int:
    """Print the image statistics of SET, a row a frame, as CSV.

    SET may be a zip, or a folder of graded pictures that another program made.  What each
    number is: morphkit list statistics, morphkit list metrics.

    Example:  morphkit measure generated/demo --steps > steps.csv
    """
    from morphkit.measure import tables
    from morphkit.measure.metrics import metric
    from morphkit.validate.measured import NOTHING, measured

    wanted = [metric(name).name for name in dict.fromkeys(metrics)]
    series, findings = measured(target)
    for finding in findings:
        say(str(finding))
    if as_json:
        text = tables.measure_json(str(target), series, wanted)
    elif steps or wanted:
        text = tables.steps_csv(series, wanted)
    else:
        text = tables.frames_csv(series)
    click.echo(text.encode(), nl=False)  # as bytes: UTF-8 and LF on every system
    return FINDINGS if any(finding.code == NOTHING for finding in findings) else 0


@click.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write the report page of SET again, validated anew.

    Example:  morphkit report generated/demo
    """
    from morphkit.finished import report_again

    report_again(folder)
    click.echo(str(folder / "report.html"))


COMMANDS = (validate, measure, report)
