"""The command that fits responses to a set, and writes the scale.

`calibration` hangs it into its group.  It imports what it needs when it runs.  May import
`calibrate`, `console`, `errors`, `files`, `observed`, `scales`, `study` and click.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from morphkit.console import Finite, say

if TYPE_CHECKING:
    from morphkit.calibrate.scale import IntensityScale
    from morphkit.observed.parts import Fitting
    from morphkit.observed.values import Observed, Wanted
    from morphkit.study.response_columns import Task

TASKS = ("two-choice", "ratings", "triads", "quadruples", "pairs")
EXCLUDABLE = ("too-fast", "one-key", "reversed", "duplicates", "unknown")


def _choice(words: Sequence[str]) -> click.Choice[str]:
    return click.Choice(words, case_sensitive=False)


OPTIONS = (
    click.option(
        "--exclude-observer", "without", metavar="ID", multiple=True, help="Leave this one out."
    ),
    click.option(
        "--exclude",
        type=_choice(EXCLUDABLE),
        multiple=True,
        help="Leave these responses out, not only count them; any number of times.",
    ),
    click.option(
        "--fastest",
        type=Finite(0, 10_000),
        default=150.0,
        show_default=True,
        metavar="MS",
        help="What is faster is too fast.",
    ),
    click.option(
        "--range",
        "span",
        type=(Finite(), Finite()),
        metavar="LOW HIGH",
        help="Ends of the rating scale; ratings need them.",
    ),
    click.option(
        "--rt-unit",
        type=_choice(["s", "ms"]),
        help="Of response times; by default as the program that wrote them, or their median.",
    ),
    click.option(
        "--phase",
        metavar="WORD",
        default="",
        help="Of the session, where a column says it: test, pretest, posttest, or a word of the "
        "files; by default all but practice and training.",
    ),
    click.option(
        "--answers",
        metavar="WORD=ANSWER,…",
        multiple=True,
        help="What answers mean, where the set's response map doesn't say it: "
        "happy=j,distressed=f; for triads, quadruples and pairs first=…,second=….",
    ),
    click.option(
        "--column",
        "columns",
        metavar="ROLE=NAME",
        multiple=True,
        help="Which column is observer, stimulus_id, response, rt, block, trial or phase.",
    ),
    click.option(
        "--rows",
        metavar="COLUMN=VALUE",
        multiple=True,
        help="Which rows count, where several screens of a trial were answered: sender=face; "
        "a * stands for any text.",
    ),
    click.option(
        "--continuum", metavar="NAME", default="", help="By default the one that was judged."
    ),
    click.option(
        "--task",
        type=_choice(TASKS),
        default="two-choice",
        show_default=True,
        help="What observers did.",
    ),
)
"""What is in files of responses; the last one comes first in the help."""


def _responses(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is in files of responses."""
    for option in OPTIONS:
        command = option(command)
    return command


@click.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.argument(
    "paths", metavar="RESPONSES…", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o",
    "--out",
    "target",
    metavar="SCALE",
    type=click.Path(path_type=Path),
    help="Where the scale goes, a .scale.json; without it nothing is written.",
)
@_responses
@click.option(
    "--shape",
    type=_choice(["logistic", "normal", "weibull"]),
    default="logistic",
    show_default=True,
    help="Of the psychometric function.",
)
@click.option(
    "--asymptotes",
    type=_choice(["equal", "free"]),
    default="equal",
    show_default=True,
    help="Whether both of its ends are as far from 0 and 1.",
)
@click.option("--lapse", type=Finite(0, 0.4), help="How far, where it is known.")
@click.option("--overdispersed", is_flag=True, help="Shares scatter more than by chance.")
@click.option("--pooled", is_flag=True, help="All responses as one observer's: far too sure.")
@click.option(
    "--replicates",
    type=click.IntRange(100, 100_000),
    default=2000,
    show_default=True,
    help="Bootstrap samples of the observers.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of these."
)
@click.option("--override", metavar="REASON", default="", help="Write a thin scale all the same.")
@click.option("--population", metavar="TEXT", help="Who the observers are, for the record.")
@click.option("--exposure-ms", type=Finite(0), help="How long pictures were shown.")
@click.option("--display", metavar="TEXT", help="On what they were shown.")
@click.option("--json", "as_json", is_flag=True, help="Print estimates and counts as JSON.")
def fit(
    folder: Path,
    paths: Sequence[Path],
    target: Path | None,
    override: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Fit RESPONSES to SET, and write the scale.

    Responses are long tables as experiment programs and people write them, one file or many;
    see docs/responses.md.  Printed are estimates with 95 % intervals, of all
    infants and of each: in levels, and in % of the continuum.

    Example:  morphkit calibrate fit generated/demo data/*.csv -o my.scale.json
    """
    from dataclasses import replace

    from morphkit import files
    from morphkit.calibrate.enough import sure
    from morphkit.observed.fits import fitted
    from morphkit.observed.rated import refuse_without_middle
    from morphkit.observed.told import UNITS, as_json_values, lines
    from morphkit.observed.two_choice import POOLED
    from morphkit.scales import scale_text

    if target:
        files.refuse_other(target, "scale", lambda text: "morphkit_scale" in json.loads(text))
        if target.suffix.lower() != ".json":
            told = f"-o {target}: a scale is JSON; call it {target.stem}.scale.json."
            raise click.UsageError(told)
    observed = _observed(folder, paths, options)
    found = fitted(observed, _fitting(options), say)
    if as_json:
        click.echo(json.dumps(as_json_values(observed, found), ensure_ascii=False))
    else:
        for line in lines(found.estimates):
            click.echo(line)
        say(UNITS)
    for doubt in found.doubts:
        say(f"Doubt: {doubt}")
    if target:
        refuse_without_middle(found.scale)
        scale = sure(replace(found.scale, context=_context(options)), override)
        if options["pooled"]:
            scale = replace(scale, overrides=(*scale.overrides, POOLED))
        files.write_atomic(target, scale_text(scale).encode())
        say(f"Written: {target}")
        say(_next(scale, target))


def _observed(folder: Path, paths: Sequence[Path], options: dict[str, Any]) -> Observed:
    """Read responses, join them to the set, and say what is odd about them."""
    from morphkit.observed.join import join
    from morphkit.observed.reading import read_judged, read_responses
    from morphkit.observed.told import sentences

    wanted = _wanted(options)
    stimulus_set = read_judged(folder)
    columns = dict(_pair(text, options["task"]) for text in options["columns"])
    responses = read_responses(
        paths,
        options["task"],
        columns=columns,
        rt_unit=options["rt_unit"],
        phase=options["phase"],
        rows=[_row(text) for text in options["rows"]],
    )
    for note in responses.notes:
        say(note)
    observed = join(responses, stimulus_set, wanted)
    for line in sentences(observed.counts, options["fastest"]):
        say(line)
    for line in observed.excluded:
        say(f"Left out: {line}.")
    return observed


def _pair(text: str, task: Task) -> tuple[str, str]:
    from morphkit.study.response_columns import OPTIONAL, SHOWN

    role, sign, name = text.partition("=")
    roles = ("observer", *SHOWN[task], "response", *OPTIONAL)
    if not (sign and name and role.strip() in roles):
        raise click.UsageError(
            f"--column takes ROLE=NAME, not {text!r}; the roles are {', '.join(roles)}."
        )
    return role.strip(), name


def _row(text: str) -> tuple[str, str]:
    column, sign, value = text.partition("=")
    if not (sign and column.strip()):
        raise click.UsageError(f"--rows takes COLUMN=VALUE, not {text!r}.")
    return column, value


def _wanted(options: dict[str, Any]) -> Wanted:
    from morphkit.observed.values import Wanted
    from morphkit.study.meanings import given_answers

    span = options["span"]
    if span and not span[0] < span[1]:
        told = f"--range takes LOW HIGH, the lower end first, not {span[0]:g} {span[1]:g}."
        raise click.UsageError(told)
    return Wanted(
        continuum=options["continuum"],
        exclude=frozenset(options["exclude"]),
        without=tuple(options["without"]),
        fastest=options["fastest"] / 1000,
        answers=given_answers(options["answers"]) if options["answers"] else (),
        span=span,
    )


def _fitting(options: dict[str, Any]) -> Fitting:
    from morphkit.observed.parts import Fitting

    names = ("shape", "asymptotes", "lapse", "overdispersed", "pooled", "replicates", "seed")
    return Fitting(**{name: options[name] for name in names})


def _context(options: dict[str, Any]) -> dict[str, object]:
    context = {"population": options["population"], "task": options["task"]}
    context |= {"exposure_ms": options["exposure_ms"], "display": options["display"]}
    return {name: value for name, value in context.items() if value is not None}


def _next(scale: IntensityScale, target: Path) -> str:
    if scale.unit == "p_happy":
        return f"Next: morphkit calibrate pick {target} --p-happy 0.25,0.375,0.5,0.625,0.75"
    return f"Next: morphkit calibrate space {target} --count 15"


COMMANDS = (fit,)
