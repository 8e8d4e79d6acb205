"""The commands of calibration: a group of those on responses and scales, and a rehearsal.

`cli` hangs it into the program; `fitting` turns responses into a scale, `picking` takes levels
from it, `planning` plans.  They import what they need when they run.  May import everything but
the other doors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from morphkit import fitting, picking, planning
from morphkit.console import Finite


@click.group()
def calibrate() -> None:
    """From observers' responses to levels.

    fit makes a scale of responses, pick and space take levels from it; plan says how many
    observers it takes, trials lists what to show, and simulate rehearses it all.

    Example:  morphkit calibrate fit generated/demo data/*.csv -o my.scale.json
    """


@calibrate.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="By default stdout.",
)
@click.option(
    "--observers", type=click.IntRange(1, 10_000), default=40, show_default=True, help="How many."
)
@click.option(
    "--repeats",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    help="How often each sees each stimulus.",
)
@click.option("--continuum", metavar="NAME", default="", help="By default the only one.")
@click.option(
    "--task",
    type=click.Choice(["two-choice", "ratings"]),
    default="two-choice",
    show_default=True,
    help="What they do; ratings are 0 to 100.",
)
@planning.population
@click.option(
    "--rater-bias",
    type=Finite(),
    metavar="FLOAT",
    default=0.0,
    help="Added to ratings, in % of the scale.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed gives the same observers, on any set.",
)
def simulate(
    folder: Path,
    target: Path | None,
    observers: int,
    repeats: int,
    continuum: str,
    task: str,
    rater_bias: float,
    seed: int,
    **known: float | None,
) -> None:
    """Write the responses of simulated observers to SET: a rehearsal, and a test of an analysis.

    Example:  morphkit calibrate simulate generated/demo --continuum dis_hap -o rehearsal.csv
    """
    from morphkit import files
    from morphkit.observed.simulated import BEGINS, simulated

    if target:
        files.refuse_other(target, "rehearsal", lambda text: text.startswith(BEGINS))
    text = simulated(
        files.read_set(folder),
        planning.population_of(known),
        observers=observers,
        repeats=repeats,
        seed=seed,
        continuum=continuum,
        ratings=task == "ratings",
        bias=rater_bias,
    ).encode()
    if target is None:
        click.echo(text, nl=False)  # as bytes: UTF-8 and LF on every system
        return
    files.write_atomic(target, text)
    click.echo(str(target))


@calibrate.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "--task",
    type=click.Choice(["triads", "quadruples", "pairs"]),
    default="triads",
    show_default=True,
    help="What is compared.",
)
@click.option(
    "--count",
    type=click.IntRange(1, 100_000),
    default=330,
    show_default=True,
    help="Trials of each infant.",
)
@click.option("--continuum", metavar="NAME", default="", help="By default the only one.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed gives the same list.",
)
def trials(folder: Path, task: str, count: int, continuum: str, seed: int) -> None:
    """Print a balanced list of trials for difference scaling or paired comparison of SET.

    Example:  morphkit calibrate trials generated/demo --continuum dis_hap > trials.csv
    """
    from morphkit import files
    from morphkit.observed.trials import trials as listed

    asked: Any = task
    text = listed(files.read_set(folder), asked, count=count, seed=seed, continuum=continuum)
    click.echo(text.encode(), nl=False)


for _command in (*fitting.COMMANDS, *picking.COMMANDS, *planning.COMMANDS):
    calibrate.add_command(_command)

COMMANDS = (calibrate,)
