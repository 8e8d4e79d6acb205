"""Recipe → set: plans, renders, writes, validates, packages, publishes.

Sequences, never computes.  A set appears whole or not at all: everything is written into
a hidden work folder beside it, whose journal lets a killed run go on where it stopped.
May import everything but the doors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from morphkit import files
from morphkit.cluster import workers
from morphkit.control import first_pass
from morphkit.errors import EnvironmentFault, Finding, UsageError
from morphkit.files.ours import PACKAGES
from morphkit.finished import write_manifest, write_packages, write_report
from morphkit.hands import Hands, Others, threads
from morphkit.journal import JOURNAL, resume
from morphkit.measures import Controlled
from morphkit.packing import excluded, refuse_task
from morphkit.plan import Plan, plan
from morphkit.record import Journal, record, source_of
from morphkit.rehearsal import Seen, rehearsed
from morphkit.render import Progress, Residuals, pinned_photo, render
from morphkit.standing import (
    fates,
    files_of,
    own_packages,
    packages_of,
    refuse_another,
    refuse_stale,
    standing,
)
from morphkit.study import manifest as papers
from morphkit.study.seal import sealed
from morphkit.study.shares import Photo
from morphkit.study.table import TABLE, stimuli_csv
from morphkit.validate import SetReport, validate

_DISK = ("MK612", "MK613", "MK614")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did.

    Parameters
    ----------
    folder : Path
        The set.
    stimuli, rendered : int
        Frames in the set, and how many of them had to be rendered.
    report : SetReport
        What validation found in the set.
    findings : tuple of Finding
        What was wrong with infants and packages that were left out.
    skipped : tuple of str
        Identities left out, and packages that rights exclude.
    packages : mapping of str to str
        What became of each package: made, kept or dropped, and how it had been made.
    is_new : bool
        Whether anything was written.
    """

    folder: Path
    stimuli: int
    rendered: int
    report: SetReport
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    packages: Mapping[str, str]
    is_new: bool


def default_folder(recipe_file: Path, name: str) -> Path:
    """Return where a set goes: ``generated/<name>`` beside the recipe's ``configs``."""
    home = recipe_file.resolve().parent
    study = home.parent if home.name == "configs" else home
    return study / "generated" / name


def build(
    recipe_file: str | Path,
    out: str | Path | None = None,
    *,
    force: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    executor: Executor | None = None,
    keep_going: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Build the set that a recipe describes.

    Parameters
    ----------
    recipe_file : path
    out : path, optional
        The set's folder; by default ``generated/<name>``.
    force : bool
        Replace a set that was made from another recipe or other sources, and packages that
        were made in another way than a build makes them.
    jobs : int, optional
        Threads; by default one per core.  The result does not depend on it.
    cluster : str, optional
        Address of a Dask scheduler whose workers render the frames; `morphkit.cluster`.
        The pixels of the photos travel there; without it nothing leaves this computer.
    executor : concurrent.futures.Executor, optional
        Renders the frames in place of threads, `jobs` at a time; what a frame needs is pickled
        with it, so threads are better on one computer.  It stays open, and must not be the one
        that this call runs in.
    keep_going : bool
        Leave out infants whose photos or templates are faulty.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    MorphkitError
        With every fault of the recipe, the sources or the mesh; or because the folder is
        somebody else's (MK610), holds another set (MK609) or packages that would be lost
        (MK619), is locked (MK611), full (MK612) or read-only (MK613); or as
        `morphkit.cluster.workers`.
    """
    recipe_file = Path(recipe_file)
    # elsewhere frames take no memory of this computer
    planned = plan(recipe_file, keep_going=keep_going, jobs=1 if cluster or executor else jobs)
    folder = Path(out) if out else default_folder(recipe_file, planned.recipe.name)
    _refuse_photos(folder, recipe_file, planned)
    refuse_planned_task(planned)
    with files.lock(folder), _hands(jobs, cluster, executor) as hands:
        return _build(planned, folder, force, hands, progress)


@contextmanager
def _hands(jobs: int | None, cluster: str | None, executor: Executor | None) -> Iterator[Hands]:
    """Yield who does the work: threads here, an executor, or the workers of a cluster."""
    with threads(jobs or files.processors()) as here:
        if executor:
            yield Others(here.pool, here.count, executor)
        elif cluster is None:
            yield here
        else:
            with workers(cluster, here.pool) as there:
                yield there


def _build(
    planned: Plan, folder: Path, force: bool, hands: Hands, progress: Progress | None
) -> Built:
    """Build a set whose folder is locked."""
    files.recover(folder)
    there = standing(folder)
    if there and not force:
        refuse_another(folder, there, planned)
    earlier = there if there and there.manifest.morphkit.pixel_key == planned.pixel_key else None
    before = packages_of(folder, there, planned.recipe.task)
    if earlier and _is_whole(folder, earlier, planned):
        return _built(folder, planned, 0, validate(folder), fates(before, before, ()))
    files.refuse_foreign(folder)
    is_same = earlier is not None and earlier.manifest.morphkit.key == planned.key
    if not is_same and not force:
        refuse_stale(folder, before)
    kept = _kept(before, planned) if is_same else ()
    part = files.work_folder(folder)
    try:
        report, rendered = _make(planned, part, earlier, hands, progress)
        asked = _packages(planned, report.label, () if is_same else own_packages(before))
        made = [name for name in asked if name not in kept]
        write_packages(part, made)
        files.remove(part / JOURNAL)
        for path in files_of(folder, kept):
            files.write_atomic(part / path, files.read_data(folder / path))
    except EnvironmentFault as fault:
        if fault.code in _DISK:
            files.remove(part)  # a full disk needs the room more than the next run needs these
        raise
    files.publish(part, folder)
    report = replace(report, set=str(folder))
    return _built(folder, planned, rendered, report, fates(before, kept, made), is_new=True)


def _kept(before: Mapping[str, str], planned: Plan) -> tuple[str, ...]:
    """Return the packages that this build can't make again, of a set that says the same."""
    left_out = _excluded(planned)
    return tuple(
        name
        for name, how in before.items()
        if name not in left_out and (how or name not in planned.recipe.packages)
    )


def _make(
    planned: Plan,
    part: Path,
    earlier: papers.StimulusSet | None,
    hands: Hands,
    progress: Progress | None,
) -> tuple[SetReport, int]:
    """Fill the work folder; return the validation and how many frames were rendered."""
    done = resume(part, planned.pixel_key, earlier)
    rendered = sum(one.stimulus_id not in done for one in planned.frames)
    files.check_space(part, 1.2 * planned.megabytes * rendered / len(planned.frames))
    photos = [Photo(*face.key) for face in planned.faces]
    controlled = first_pass(planned, lambda i: pinned_photo(planned, photos[i]), hands.pool)
    planned, seen = rehearsed(planned, controlled.control, hands.pool)
    residuals = _measured_earlier(earlier)
    render(planned, controlled.control, part, done, residuals, hands, progress)
    return _finish(planned, controlled, residuals, seen, part, done), rendered


def _measured_earlier(earlier: papers.StimulusSet | None) -> Residuals:
    """Return what a set of the same pixels knows of its residuals already."""
    found: Residuals = {}
    for entry in earlier.manifest.morphkit.measures.get("residuals", []) if earlier else []:
        found.setdefault(str(entry["identity"]), []).append(entry)
    return found


def _refuse_photos(folder: Path, recipe_file: Path, planned: Plan) -> None:
    photos = (recipe_file.resolve().parent / planned.recipe.faces).resolve()
    whole_study = recipe_file.resolve().is_relative_to(photos)
    if folder.resolve().is_relative_to(photos) and not whole_study:
        raise UsageError(
            Finding(
                "MK620",
                "the set would lie inside the folder of photos, where a build never writes.",
                file=files.shown(folder),
                suggestion="Choose another folder with --out.",
            )
        )


def refuse_planned_task(planned: Plan) -> None:
    """Refuse a task that does not fit what is planned: MK821, MK822 or MK832."""
    shown = list(dict.fromkeys(one.identity for one in planned.frames))
    recipe = planned.recipe
    refuse_task(recipe.task, planned.program.continua, shown, recipe.packages)


def _excluded(planned: Plan, also: Sequence[str] = ()) -> dict[str, list[Finding]]:
    """Return the packages that the recipe asks for and rights exclude, and why."""
    sources = [source_of(face) for face in planned.faces]
    names = dict.fromkeys([*planned.recipe.packages, *(one.removesuffix(".zip") for one in also)])
    return excluded(names, sources, planned.recipe.use)


def _packages(planned: Plan, label: str | None, also: Sequence[str] = ()) -> list[str]:
    """Return the packages that belong to the set, and others to be made; an invalid one has none.

    Parameters
    ----------
    planned : Plan
    label : str or None
    also : sequence of str
        Folders and zips that a build made before, or might have.
    """
    left_out = _excluded(planned, also)
    asked = dict.fromkeys([*planned.recipe.packages, *also])
    return [one for one in asked if label and one.removesuffix(".zip") not in left_out]


def _built(
    folder: Path,
    planned: Plan,
    rendered: int,
    report: SetReport,
    packages: Mapping[str, str],
    *,
    is_new: bool = False,
) -> Built:
    # doubts are in the report; what was wrong with infants left out is only known here
    faults = [found for found in planned.findings if found.severity == "error"]
    unpacked = _excluded(planned)
    faults += [fault for found in unpacked.values() for fault in found]
    skipped = (*planned.skipped, *unpacked)
    count = len(planned.frames)
    return Built(folder, count, rendered, report, tuple(faults), skipped, packages, is_new)


def _is_whole(folder: Path, there: papers.StimulusSet, planned: Plan) -> bool:
    """Whether an earlier set says the same and nothing of it is missing or damaged."""
    if there.manifest.morphkit.key != planned.key:
        return False
    asked = _packages(planned, there.manifest.morphkit.label)
    wanted = [f"{PACKAGES}/{name}" for name in asked]
    hashes = {entry.path: entry.hash for entry in there.manifest.resources}
    return all((folder / name).exists() for name in wanted) and all(
        f"sha256:{files.sha256_of(folder / path)}" == known for path, known in hashes.items()
    )


def _finish(
    planned: Plan,
    controlled: Controlled,
    residuals: Residuals,
    seen: Seen,
    part: Path,
    done: Journal,
) -> SetReport:
    """Write the table, the manifest and the report; return the validation."""
    measured = [entry for infant in planned.infants for entry in residuals.get(infant, [])]
    stimuli, draft = record(planned, done, controlled, measured, seen)
    files.write_atomic(part / TABLE, stimuli_csv(stimuli).encode())
    write_manifest(part, draft)
    report = validate(part)
    block = draft.morphkit.model_copy(update={"label": report.label})
    final = sealed(draft.model_copy(update={"morphkit": block}))
    whole = papers.StimulusSet(final, stimuli, files.read_set(part).read)
    write_report(part, whole, report)
    return report
