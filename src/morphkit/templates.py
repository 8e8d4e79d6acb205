"""The command of templates that are there: converted, gathered, scattered, compared.

`cli` hangs it into the program.  As there, a command imports what it needs when it runs.
May import everything but `about`, `build`, `cli`, `drafts` and `gate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from morphkit.console import say

if TYPE_CHECKING:
    from morphkit.faces.comparison import Comparison, Summary
    from morphkit.faces.face import Landmarks
    from morphkit.files.templates import Across


@click.command()
@click.argument("source", metavar="TEMPLATE", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to-scheme", metavar="NAME", help="Also convert the landmarks to this scheme.")
@click.option(
    "--like",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="With --to-scheme: delineated photos in that scheme, to estimate by what it lacks here.",
)
@click.option(
    "--scheme-file",
    type=click.Path(path_type=Path),
    help="WebMorph's definition (JSON) of the scheme that TEMPLATE has.",
)
@click.option(
    "--compare",
    "comparing",
    is_flag=True,
    help="Write nothing: print how far the landmarks of OUT are from those of TEMPLATE.",
)
@click.option("--json", "as_json", is_flag=True, help="With --compare: every face, as JSON.")
def convert(
    source: Path,
    out: Path,
    to_scheme: str | None,
    like: Path | None,
    scheme_file: Path | None,
    comparing: bool,
    as_json: bool,
) -> None:
    """Write TEMPLATE in another format or scheme.

    The suffix of OUT names the format: .json, .tem, .pts, .csv, .tps, .xml; those of other
    programs in docs/templates.md are read.  Without one, OUT is a folder: each face of
    TEMPLATE becomes a .json there.  Where TEMPLATE is a folder, all its templates go into one
    .tps or .xml.  Points that the other scheme has and this one has not are estimated, and
    named.  With --compare both are templates, or folders of templates with equal names.

    Example:  morphkit convert i01_happy.tem i01_happy.pts --to-scheme ibug68
    """
    from morphkit import files

    if comparing and (to_scheme or scheme_file or like):
        raise click.UsageError("--compare takes no --to-scheme, --like or --scheme-file.")
    if like and not to_scheme:
        raise click.UsageError("--like goes with --to-scheme.")
    if as_json and not comparing:
        raise click.UsageError("--json goes with --compare.")
    if comparing:
        _compare(source, out, as_json)
        return
    way = {"across": _way(like)} if to_scheme else {}
    for note in files.convert_template(source, out, to_scheme, scheme_file=scheme_file, **way):
        say(note)
    click.echo(str(out))


def _way(like: Path | None) -> Across:
    """Return the way to another scheme, which delineated photos of a folder may teach."""
    from morphkit.landmarks.bridge import across

    examples = _examples(like) if like else {}
    return across(list(examples.values()), [name.partition("_")[0] for name in examples])


def _examples(folder: Path) -> dict[str, Landmarks]:
    """Return the delineated landmarks of a folder, without drafts that nobody has reviewed."""
    from morphkit import files

    paths, notes = files.folder_templates(folder)
    read = {name: files.read_template(path)[0] for name, path in paths.items()}
    made = {name: one.landmarks for name, one in read.items() if one.reviewed is not False}
    drafts = len(read) - len(made)
    for note in (*notes, *([f"{drafts} unreviewed draft(s) are no examples."] if drafts else [])):
        say(note)
    return made


def _compare(reference: Path, other: Path, as_json: bool) -> None:
    """Print the errors of each region, a row a region, or as JSON."""
    from morphkit import files
    from morphkit.faces.comparison import compare, summarised

    pairs, notes = files.template_pairs(reference, other)
    compared = {name: compare(a.landmarks, b.landmarks) for name, (a, b) in pairs.items()}
    lost = dict.fromkeys(note for one in compared.values() for note in one.notes)
    for note in (*notes, *lost):
        say(note)
    summary = summarised(compared)
    if as_json:
        click.echo(json.dumps(_as_json(compared, summary), ensure_ascii=False))
        return
    click.echo("region               points  mean px  mean %  worst px  worst %  worst at")
    for row in summary:
        where = f"{row.worst_face}: {row.worst_point}" if len(compared) > 1 else row.worst_point
        click.echo(
            f"{row.region:<20} {row.points:>6}  {row.mean:>7.2f}  {_share(row.mean_percent):>6}  "
            f"{row.worst:>8.2f}  {_share(row.worst_percent):>7}  {where}"
        )
    unit = "% of the reference's distance between outer eye corners"
    schemes = ", ".join(sorted({one.scheme for one in compared.values()}))
    say(f"{len(compared)} face(s), compared as {schemes}; {unit}.")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _as_json(compared: Mapping[str, Comparison], summary: Sequence[Summary]) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "morphkit_comparison": 1,
        "regions": [asdict(row) for row in summary],
        "faces": [
            {
                "face": name,
                "scheme": one.scheme,
                "eye_distance": one.eye_distance,
                "regions": [
                    {
                        **asdict(row),
                        "mean_percent": one.percent(row.mean),
                        "worst_percent": one.percent(row.worst),
                    }
                    for row in one.regions
                ],
            }
            for name, one in compared.items()
        ],
    }


COMMANDS = (convert,)
