"""The command that plans a study, and how a population is described to it and to a rehearsal.

`calibration` hangs it into its group.  It imports what it needs when it runs.  May import
`calibrate`, `console`, `errors`, `files`, `report`, `scales` and click.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from morphkit.console import Finite, say

if TYPE_CHECKING:
    from morphkit.calibrate.plan import Outlook
    from morphkit.calibrate.scale import IntensityScale
    from morphkit.calibrate.simulate import Population

POWER = 0.8
"""A study that finds the effect in fewer of its repetitions than that is no plan."""


def population(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a population of observers."""
    for option in (
        click.option(
            "--lapse",
            type=Finite(0, 0.5),
            help="Share of answers given without looking; by default 0.02.",
        ),
        click.option(
            "--observer-sd",
            type=Finite(0, 2),
            help="Standard deviation of PSEs between observers, in levels; by default 0.16.",
        ),
        click.option(
            "--jnd",
            type=Finite(0.001, 2),
            help="Just-noticeable difference within an observer, in levels; by default 0.13.",
        ),
        click.option(
            "--pse",
            type=Finite(-1, 1),
            help="Level at which both answers are as likely; by default 0.",
        ),
    ):
        command = option(command)
    return command


def population_of(
    known: Mapping[str, float | None], pilot: IntensityScale | None = None
) -> Population:
    """Return a population: as said, else as the pilot found it, else an ordinary one."""
    from dataclasses import replace

    from morphkit.calibrate.simulate import Population

    found = Population()
    for name in ("pse", "jnd", "observer_sd"):
        estimate = getattr(pilot, name, None)
        if estimate is not None:
            found = replace(found, **{name: estimate.value})
    said: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    return replace(found, **said)


def _numbers(kind: type[int] | type[float], low: int, high: int) -> Callable[..., tuple[Any, ...]]:
    """Return what reads numbers between two others, with commas between them."""

    def read(_: click.Context, __: click.Parameter, text: str | None) -> tuple[Any, ...]:
        if text is None:
            return ()
        try:
            found = tuple(kind(part) for part in text.split(",") if part.strip())
        except ValueError:
            found = ()
        if not found:
            raise click.BadParameter(f"write numbers with commas, not {text!r}.")
        outside = [one for one in found if not low <= one <= high]
        if outside:
            raise click.BadParameter(f"{outside[0]} is not in the range {low}<=x<={high}.")
        return found

    return read


@click.command()
@click.option(
    "--observers",
    default="20,40,60",
    show_default=True,
    metavar="N,…",
    callback=_numbers(int, 0, 10_000),
    help="How many observers.",
)
@click.option(
    "--levels",
    default="9,15",
    show_default=True,
    metavar="N,…",
    callback=_numbers(int, 0, 1001),
    help="How many levels, evenly spaced.",
)
@click.option(
    "--at", metavar="LEVEL,…", callback=_numbers(float, -1, 1), help="These levels, instead."
)
@click.option(
    "--repeats",
    default="3,5",
    show_default=True,
    metavar="N,…",
    callback=_numbers(int, 0, 1000),
    help="How often each observer sees each level.",
)
@population
@click.option(
    "--pilot",
    metavar="SCALE",
    type=click.Path(path_type=Path),
    help="Take PSE, JND and observer SD from this scale, where they aren't given.",
)
@click.option(
    "--change-sd",
    type=Finite(0, 2),
    default=0.0,
    show_default=True,
    help="Standard deviation, between observers, of how far their PSE shifts; in levels.",
)
@click.option(
    "--effect",
    type=Finite(),
    metavar="FLOAT",
    help="A shift of the PSE that is to be found: adds the power.",
)
@click.option(
    "--half-width",
    type=Finite(0, min_open=True),
    help="Half the width of the PSE's interval that is wanted; in levels.",
)
@click.option(
    "--figure",
    "target",
    metavar="FILE.svg",
    type=click.Path(path_type=Path),
    help="Also draw it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(
    observers: tuple[int, ...],
    levels: tuple[int, ...],
    at: tuple[float, ...],
    repeats: tuple[int, ...],
    pilot: Path | None,
    change_sd: float,
    effect: float | None,
    half_width: float | None,
    target: Path | None,
    as_json: bool,
    **known: float | None,
) -> None:
    """Say what designs will tell: intervals, and the chance to find a shift.

    Shifts are of the same observers, measured twice.  All lengths are in levels: the continuum
    is 2 long from distressed to happy.

    Example:  morphkit calibrate plan --observers 20,40 --levels 9,15 --effect 0.1
    """
    from morphkit import files
    from morphkit.calibrate.plan import table
    from morphkit.report.planned import TITLE
    from morphkit.scales import read_scale

    if target:
        files.refuse_other(target, "figure", lambda text: f">{TITLE}<" in text)
    before = read_scale(pilot) if pilot else None
    people = population_of(known, before)
    ends = (before.levels[0], before.levels[-1]) if before else (-1.0, 1.0)
    shown = [tuple(sorted(at))] if at else [_even(count, *ends) for count in levels]
    designs = [(places, count) for places in shown for count in repeats]
    rows = table(people, observers, designs, change_sd=change_sd, effect=effect)
    best = _least(rows, half_width, effect)
    if as_json:
        click.echo(json.dumps(_as_json(people, rows, best), ensure_ascii=False))
    else:
        _print(rows, best)
    say(
        f"Observers with PSE {people.pse:g} ± {people.observer_sd:.3g}, JND {people.jnd:.3g}, "
        f"lapses {100 * people.lapse:g} %."
    )
    say(_verdict(best, half_width, effect))
    if target:
        _draw(target, rows, half_width)


def _even(count: int, low: float, high: float) -> tuple[float, ...]:
    """Return so many levels, evenly spaced; of one the middle, which `table` will refuse."""
    if count < 2:
        return ((low + high) / 2,) * max(count, 0)
    return tuple(low + (high - low) * i / (count - 1) for i in range(count))


def _least(
    rows: Sequence[Outlook], half_width: float | None, effect: float | None
) -> Outlook | None:
    """Return the design with the fewest trials in all that does what is wanted."""
    if half_width is None and effect is None:
        return None
    fit = [
        row
        for row in rows
        if (half_width is None or row.pse_half <= half_width)
        and (row.power is None or row.power >= POWER)
    ]
    return min(fit, key=lambda row: row.design.observers * row.design.trials, default=None)


def _print(rows: Sequence[Outlook], best: Outlook | None) -> None:
    click.echo("observers  levels  repeats  trials   PSE ±   JND ± %  shift ±   power")
    for row in rows:
        one = row.design
        power = "      –" if row.power is None else f"{100 * row.power:>5.0f} %"
        click.echo(
            f"{one.observers:>9}  {len(one.levels):>6}  {one.repeats:>7}  {one.trials:>6}  "
            f"{row.pse_half:>6.3f}  {100 * row.jnd_half:>8.1f}  {row.shift_half:>7.3f}  {power}"
            + ("  ←" if row is best else "")
        )


def _verdict(best: Outlook | None, half_width: float | None, effect: float | None) -> str:
    if half_width is None and effect is None:
        return "Say --half-width or --effect, and the smallest design that will do is marked."
    parts = [] if half_width is None else [f"a PSE known to ± {half_width:g}"]
    parts += [] if effect is None else [f"a power of {100 * POWER:.0f} %"]
    wanted = " and ".join(parts)
    if best is None:
        return f"None of these designs gives {wanted}: more observers help most."
    one = best.design
    return (
        f"The fewest trials that give {wanted}: {one.observers} observers × {len(one.levels)} "
        f"levels × {one.repeats}."
    )


def _as_json(
    people: Population, rows: Sequence[Outlook], best: Outlook | None
) -> dict[str, object]:
    from dataclasses import asdict

    lines = [
        {
            "observers": row.design.observers,
            "levels": list(row.design.levels),
            "repeats": row.design.repeats,
            "pse_half": row.pse_half,
            "jnd_half": row.jnd_half,
            "shift_half": row.shift_half,
            "power": row.power,
            "chosen": row is best,
        }
        for row in rows
    ]
    return {"morphkit_plan": 1, "population": asdict(people), "designs": lines}


def _draw(target: Path, rows: Sequence[Outlook], half_width: float | None) -> None:
    from morphkit import files
    from morphkit.report.planned import Course, drawing

    courses: dict[str, list[Outlook]] = {}
    for row in rows:
        name = f"{len(row.design.levels)} levels × {row.design.repeats}"
        courses.setdefault(name, []).append(row)
    lines = [
        Course(
            name,
            tuple(row.design.observers for row in some),
            tuple(row.pse_half for row in some),
            tuple(row.power for row in some if row.power is not None),
        )
        for name, some in courses.items()
    ]
    files.write_atomic(target, drawing(lines, half_width, POWER).encode())
    say(f"Drawn: {target}")


COMMANDS = (plan,)
