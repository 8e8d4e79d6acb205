"""The commands that draft landmarks, and that train a predictor to do it.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `about`, `build`, `cli`, `gate` and `templates`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from morphkit.console import PARTLY, say, time_left

if TYPE_CHECKING:
    from morphkit.delineate import Looked
    from morphkit.drafting import Way


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


COMMANDS = (delineate, train)
