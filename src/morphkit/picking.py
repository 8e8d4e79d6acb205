"""The commands that take levels from a scale.

`calibration` hangs them into its group.  They import what they need when they run.  May import
`calibrate`, `console`, `errors`, `files`, `scales` and click.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from morphkit.console import say

if TYPE_CHECKING:
    from morphkit.calibrate.scale import IntensityScale


def _targets(_: click.Context, __: click.Parameter, texts: Sequence[str]) -> tuple[float, ...]:
    """Return numbers given one by one or with commas."""
    try:
        values = tuple(float(part) for text in texts for part in text.split(","))
    except ValueError:
        raise click.BadParameter("write numbers: 0.25,0.5,0.75.") from None
    if not all(0 < value < 1 for value in values):
        raise click.BadParameter("P(happy) lies between 0 and 1.")
    return values


@click.command()
@click.argument("path", metavar="SCALE", type=click.Path(path_type=Path))
@click.option(
    "--p-happy",
    "wanted",
    metavar="P[,P…]",
    multiple=True,
    required=True,
    callback=_targets,
    help="Share of happy answers; with commas, or any number of times.",
)
@click.option("--identity", metavar="ID", default="", help="By the scale of this infant.")
@click.option("--override", metavar="REASON", default="", help="Use a thin scale all the same.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def pick(
    path: Path, wanted: tuple[float, ...], identity: str, override: str, as_json: bool
) -> None:
    """Print the levels of SCALE at which so many answers are happy.

    Example:  morphkit calibrate pick my.scale.json --p-happy 0.25,0.5,0.75
    """
    from morphkit.calibrate.scale import P_HAPPY
    from morphkit.calibrate.scale import pick as picked
    from morphkit.errors import CalibrationError, Finding

    scale = _scale(path, identity, override)
    if scale.unit != P_HAPPY:
        message = f"the unit of this scale is {scale.unit!r}, it doesn't know P(happy)."
        advice = "Use a scale that was fitted to two-choice responses."
        raise CalibrationError(Finding("MK474", message, file=str(path), suggestion=advice))
    picks, doubts = picked(scale, wanted)
    for doubt in doubts:
        say(f"Doubt: {doubt}")
    if as_json:
        rows = [
            {
                "p_happy": one.wanted,
                "level": round(one.level.value, 6),
                "percent": round(50 * (one.level.value + 1), 4),
                **_ends(one.level.low, one.level.high),
            }
            for one in picks
        ]
        told = {"scale": path.as_posix(), "picks": rows, "doubts": list(doubts)}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("P(happy)    level  95 % interval      percent")
        for one in picks:
            at = one.level
            band = f"{at.low:>6.3f} … {at.high:<6.3f}" if at.low == at.low else "–"
            percent = 50 * (at.value + 1)
            click.echo(f"{one.wanted:>8.3g}  {at.value:>7.3f}  {band:<17}  {percent:>7.2f}")
    say("In the continuum of a recipe that lies beside SCALE:")
    more = [f"p_happy: [{', '.join(f'{value:g}' for value in sorted({*wanted}))}]"]
    more += [f"scale: {path.name}", *_more(identity, override)]
    say(f"  levels: {{{', '.join(more)}}}")


def _more(identity: str, override: str) -> list[str]:
    """Return what a recipe says besides, to take levels as it was done here."""
    own = ["scope: identity"] if identity else []
    return [*own, f"override: {json.dumps(override, ensure_ascii=False)}"] if override else own


def _ends(low: float, high: float) -> dict[str, float]:
    """Return the ends of an interval, where there is one."""
    return {"low": round(low, 6), "high": round(high, 6)} if low == low else {}


@click.command()
@click.argument("path", metavar="SCALE", type=click.Path(path_type=Path))
@click.option(
    "--count", type=click.IntRange(2, 1001), required=True, help="How many levels, ends included."
)
@click.option("--identity", metavar="ID", default="", help="By the scale of this infant.")
@click.option("--override", metavar="REASON", default="", help="Use a thin scale all the same.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def space(path: Path, count: int, identity: str, override: str, as_json: bool) -> None:
    """Print levels that are equal steps apart on SCALE.

    Example:  morphkit calibrate space my.scale.json --count 15
    """
    from morphkit.calibrate.scale import space as spaced

    scale = _scale(path, identity, override)
    levels = spaced(scale, count)
    values = scale.intensity(levels).tolist()
    if as_json:
        rows = [
            {"level": round(level, 6), "percent": round(50 * (level + 1), 4), "intensity": value}
            for level, value in zip(levels, values, strict=True)
        ]
        told = {"scale": path.as_posix(), "unit": scale.unit, "levels": rows}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"frame    level  percent  {scale.unit}")
        for frame, (level, value) in enumerate(zip(levels, values, strict=True), start=1):
            click.echo(f"{frame:>5}  {level:>7.3f}  {50 * (level + 1):>7.2f}  {value:.4g}")
    say("In a recipe that lies beside SCALE:")
    more = ", ".join([f"perceived: {path.name}", *_more(identity, override)])
    say(f"  spacing: {{scale: {{{more}}}}}")


def _scale(path: Path, identity: str, override: str) -> IntensityScale:
    """Return a scale that may be used; of one infant where that is asked for."""
    from morphkit.calibrate.enough import sure
    from morphkit.errors import Finding, UsageError
    from morphkit.scales import read_scale

    scale = sure(read_scale(path), override, [identity])
    for reason in scale.overrides:
        say(f"On record: {reason}")
    if not identity:
        return scale
    if identity not in scale.own:
        there = ", ".join(scale.own) or "none"
        message = f"the scale has no curve of an infant {identity!r} alone; it has: {there}."
        raise UsageError(Finding("MK474", message, file=str(path), pointer="identities"))
    return scale.own[identity]


COMMANDS = (pick, space)
