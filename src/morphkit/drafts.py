"""The commands of landmarks: templates made, read, written and compared.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `about`, `build`, `cli` and `gate`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from morphkit.console import PARTLY, say, time_left

if TYPE_CHECKING:
    from morphkit.delineate import Looked
    from morphkit.drafting import Way
    from morphkit.faces.comparison import Comparison, Summary
    from morphkit.faces.face import Landmarks


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
    from morphkit.landmarks.bridge import across

    examples = _examples(like) if like else {}
    way = across(list(examples.values()), [name.partition("_")[0] for name in examples])
    for note in files.convert_template(source, out, to_scheme, scheme_file=scheme_file, across=way):
        say(note)
    click.echo(str(out))


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


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--scheme", metavar="NAME", help="Bridge the drafts to this scheme.")
@click.option(
    "--with",
    "source",
    type=click.Choice(["dlib", "clicks", "mean"]),
    default="dlib",
    show_default=True,
    help="A predictor, the mean face by three clicks a photo, or the mean face where one is found.",
)
@click.option(
    "--predictor",
    "predictor_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Your own .dat; else the newest in your data folder, else morphkit's.",
)
@click.option(
    "--clicks",
    "clicks_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV with the pupils and the mouth of each photo.",
)
@click.option("--refine", is_flag=True, help="Move lids and lips to the edges that a photo shows.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Photos at a time; by default one a core.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of each photo as JSON.")
def delineate(
    folder: Path,
    scheme: str | None,
    source: str,
    predictor_file: Path | None,
    clicks_file: Path | None,
    refine: bool,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Draft a template for every photo of FOLDER that has none.

    Drafts are .json files beside the photos, marked as not reviewed; what is there is never
    written over.  delineation.html shows all photos with their landmarks, the most doubtful
    first; delineation.csv has the same as a table.

    Example:  morphkit delineate raw_faces/my_set
    """
    from morphkit.delineate import delineate as look_at
    from morphkit.delineate import photos_of

    if (source == "clicks") != (clicks_file is not None):
        raise click.UsageError("--with clicks and --clicks FILE go together.")
    if source != "dlib" and predictor_file:
        raise click.UsageError("--predictor goes with --with dlib.")
    if scheme is not None:
        _known(scheme)
    photos = photos_of(folder)
    if source == "dlib":
        way = _predicting(predictor_file)
    else:
        way = _placing(folder, photos, scheme, clicks_file)
    way = _finished(way, folder, photos, scheme, refine)
    looked = look_at(folder, photos, way, jobs=jobs, tell=_photos_done())
    return _told(folder, looked, as_json)


def _known(scheme: str) -> None:
    """Refuse the name of no scheme before anything is done; MK206."""
    from morphkit.errors import TemplateError, UsageError
    from morphkit.faces.scheme import scheme as layout

    try:
        layout(scheme)
    except TemplateError as error:
        raise UsageError(*error.findings) from None


def _predicting(path: Path | None) -> Way:
    """Return the way that asks a predictor, and say which it is."""
    from morphkit.drafting import by_predictor
    from morphkit.predictors import predictor

    chosen = predictor(path)
    say(f"Predictor: {chosen.name} (SHA-256 {chosen.model.sha256[:12]}…). {chosen.licence}".strip())
    return by_predictor(chosen)


def _placing(folder: Path, photos: Sequence[str], scheme: str | None, clicks: Path | None) -> Way:
    """Return the way that places a mean face, and say whose mean it is."""
    from morphkit import drafting

    mean, of = drafting.mean_of(drafting.known(folder, photos), scheme)
    say(f"Drafts are {of} ({mean.scheme.name}), moved to each face.")
    if clicks is None:
        return drafting.by_mean(mean, of)
    return drafting.by_clicks(mean, of, clicks, photos)


def _finished(
    way: Way, folder: Path, photos: Sequence[str], scheme: str | None, refine: bool
) -> Way:
    """Return a way whose drafts are bridged to a scheme and refined, as was asked."""
    from morphkit import drafting

    if scheme:
        way = drafting.bridged(way, scheme, drafting.known(folder, photos))
    return drafting.refined(way) if refine else way


def _photos_done() -> Callable[[int, int], None]:
    """Return what says how far it is, at every tenth of the photos."""
    started, said = monotonic(), 0

    def tell(done: int, total: int) -> None:
        nonlocal said
        if done * 10 // total > said:
            said = done * 10 // total
            left = time_left(monotonic() - started, done, total - done)
            say(f"{done} of {total} photos" + (f", {left}" if left else ""))

    return tell


def _told(folder: Path, looked: Sequence[Looked], as_json: bool) -> int:
    """Write table and sheet, say what became of the photos, and return the exit code."""
    from morphkit import files
    from morphkit.outcome import SHEET, TABLE, as_values, page, summary, table

    # names of files need not be UTF-8
    files.write_atomic(folder / TABLE, table(looked).encode(errors="backslashreplace"))
    sheet = page(folder.resolve().name, looked)
    files.write_atomic(folder / SHEET, sheet.encode(errors="backslashreplace"))
    for one in looked:
        for finding in one.findings:
            say(str(finding))
    for sentence in summary(looked):
        say(sentence)
    if as_json:
        click.echo(json.dumps(as_values(folder, looked), ensure_ascii=False))
    else:
        click.echo(str(folder / SHEET))
    return PARTLY if any(one.lost for one in looked) else 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="Where the predictor goes: a .dat; its card goes beside it.",
)
@click.option("--scheme", metavar="NAME", help="Convert templates of other schemes to this one.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=1,
    show_default=True,
    help="The same photos, templates and seed give the same predictor.",
)
@click.option("--force", is_flag=True, help="Replace a predictor that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def train(
    folder: Path, target: Path, scheme: str | None, seed: int, force: bool, as_json: bool
) -> None:
    """Train your own predictor on the reviewed templates of FOLDER.

    Drafts that nobody has reviewed are left out.  The errors that it prints are those on
    infants that it has not learned from, in % of the distance between the outer eye corners;
    they take most of the time.

    Example:  morphkit train raw_faces/my_set -o my_lab.dat
    """
    from morphkit.faces.template import listed
    from morphkit.landmarks.accuracy import table
    from morphkit.training import train as train_predictor

    started = monotonic()

    def tell(done: int, total: int) -> None:
        left = time_left(monotonic() - started, done, total - done)
        say(f"{done} of {total} trainings" + (f", {left}" if left else ""))

    trained = train_predictor(
        folder, target, scheme=scheme, seed=seed, force=force, say=say, tell=tell
    )
    if trained.not_found:
        say(f"The detector found no face on: {listed(trained.not_found)}.")
    if trained.worst:
        say(f"The worst photo is {trained.worst[0]}: {trained.worst[1]:.2f} % (inner).")
    if as_json:
        said = {
            "predictor": str(target),
            "card": trained.card,
            "not_found": list(trained.not_found),
            "worst": None if trained.worst is None else trained.worst[0],
            "findings": [{"code": one.code, "message": one.message} for one in trained.findings],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for line in table(trained.card["error"]):
        click.echo(line)
    say(f"To draft with it: morphkit delineate FOLDER --predictor {target}")
    click.echo(str(target))


COMMANDS = (convert, delineate, train)
