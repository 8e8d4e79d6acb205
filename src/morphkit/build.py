"""Recipe → set: plans, renders, writes, validates, packages, publishes.

Sequences, never computes.  A set appears whole or not at all: everything is written into
a hidden work folder beside it, whose journal lets a killed run go on where it stopped.
May import everything but the doors.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.control import first_pass
from morphkit.engine.cast import Cast, cast
from morphkit.engine.control import Control
from morphkit.engine.morph import aligned, frame
from morphkit.engine.stage import Anchor, pin
from morphkit.errors import EnvironmentFault, Finding, SetError, UsageError
from morphkit.faces.face import Face
from morphkit.finished import write_manifest, write_report
from morphkit.journal import JOURNAL, note, resume
from morphkit.measures import Controlled, disagreement
from morphkit.package.registry import package
from morphkit.plan import Plan, PlannedFrame, plan
from morphkit.record import Journal, Written, anchor_id, image_file, record
from morphkit.study import manifest as papers
from morphkit.study.table import TABLE, stimuli_csv
from morphkit.validate import SetReport, validate

Progress = Callable[[int, int], None]
Residuals = dict[str, list[dict[str, Any]]]
"""By identity: how far its anchors disagree, pair by pair."""

PACKAGES = "packages"


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
        What was wrong with infants that were left out.
    skipped : tuple of str
        Identities left out.
    """

    folder: Path
    stimuli: int
    rendered: int
    report: SetReport
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]


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
        Replace a set that was made from another recipe or other sources.
    jobs : int, optional
        Threads; by default one per core.  The result does not depend on it.
    keep_going : bool
        Leave out infants whose photos or templates are faulty.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    MorphkitError
        With every fault of the recipe, the sources or the mesh; or because the folder is
        somebody else's (MK610), locked (MK611), full (MK612) or read-only (MK613).
    """
    recipe_file = Path(recipe_file)
    planned = plan(recipe_file, keep_going=keep_going)
    folder = Path(out) if out else default_folder(recipe_file, planned.recipe.name)
    _refuse_photos(folder, recipe_file, planned)
    with files.lock(folder):
        files.recover(folder)
        earlier = _earlier(folder, planned, force)
        if earlier and _is_whole(folder, earlier, planned):
            return _built(folder, planned, 0, validate(folder))
        files.refuse_foreign(folder)
        if earlier and not force:
            _refuse_stale(folder, earlier, planned)
        part = files.work_folder(folder)
        try:
            report, rendered = _make(planned, part, earlier, jobs, progress)
            if earlier and earlier.manifest.morphkit.key == planned.key:
                for path in _later(folder, planned):
                    data = (folder / PACKAGES / path).read_bytes()
                    files.write_atomic(part / PACKAGES / path, data)
        except EnvironmentFault:
            files.remove(part)  # a full disk needs the room more than the next run needs these
            raise
        files.publish(part, folder)
        return _built(folder, planned, rendered, replace(report, set=str(folder)))


def _make(
    planned: Plan,
    part: Path,
    earlier: papers.StimulusSet | None,
    jobs: int | None,
    progress: Progress | None,
) -> tuple[SetReport, int]:
    """Fill the work folder; return the validation and how many frames were rendered."""
    done = resume(part, planned.pixel_key, earlier)
    rendered = sum(one.stimulus_id not in done for one in planned.frames)
    files.check_space(part, 1.2 * planned.megabytes * rendered / len(planned.frames))
    with ThreadPoolExecutor(jobs or os.cpu_count()) as executor:
        controlled = first_pass(planned, partial(_pin, planned), executor)
        residuals = _measured_earlier(earlier)
        _render(planned, controlled.control, part, done, residuals, executor, progress)
    return _finish(planned, controlled, residuals, part, done), rendered


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


def _later(folder: Path, planned: Plan) -> list[str]:
    """Return the files of packages that were made after the build, relative to `packages`."""
    if not (folder / PACKAGES).is_dir():
        return []
    listing = files.list_files(folder / PACKAGES, depth=None)
    return [path for path in listing if path.split("/")[0] not in planned.recipe.packages]


def _refuse_stale(folder: Path, earlier: papers.StimulusSet, planned: Plan) -> None:
    """Refuse to keep packages whose rights or rows would no longer be the set's."""
    later = sorted({path.split("/")[0] for path in _later(folder, planned)})
    if later and earlier.manifest.morphkit.key != planned.key:
        raise UsageError(
            Finding(
                "MK619",
                f"packages that were made later would no longer agree with the set: "
                f"{', '.join(later)}.",
                file=files.shown(folder / PACKAGES),
                suggestion="Name them in the recipe, move them away, or add --force to drop them.",
            )
        )


def _built(folder: Path, planned: Plan, rendered: int, report: SetReport) -> Built:
    # doubts are in the report; what was wrong with infants left out is only known here
    faults = tuple(found for found in planned.findings if found.severity == "error")
    return Built(folder, len(planned.frames), rendered, report, faults, planned.skipped)


def _is_whole(folder: Path, there: papers.StimulusSet, planned: Plan) -> bool:
    """Whether an earlier set says the same and nothing of it is missing or damaged."""
    if there.manifest.morphkit.key != planned.key:
        return False
    wanted = [f"{PACKAGES}/{name}" for name in planned.recipe.packages]
    hashes = {entry.path: entry.hash for entry in there.manifest.resources}
    return all((folder / name).exists() for name in wanted) and all(
        f"sha256:{files.sha256_of(folder / path)}" == known for path, known in hashes.items()
    )


def _earlier(folder: Path, planned: Plan, force: bool) -> papers.StimulusSet | None:
    """Return the set that is already there, when its pixels are the ones that are wanted.

    Raises
    ------
    UsageError
        MK609 when it was not, and replacing was not asked for.
    """
    if not (folder / papers.MANIFEST).exists():
        return None
    try:
        there = files.read_set(folder)
    except SetError:
        # a damaged manifest of ours: it cannot vouch for any file, so everything is made anew
        return None
    if there.manifest.morphkit.pixel_key == planned.pixel_key:
        return there  # rights, limits or packages may differ: papers are written anew
    if force:
        return None
    raise UsageError(
        Finding(
            "MK609",
            "this folder holds a set that was made from another recipe, other sources or "
            "another version of morphkit.",
            file=files.shown(folder),
            suggestion="Add --force to replace it, or --out DIR to build elsewhere.",
        )
    )


def _render(
    planned: Plan,
    control: Control,
    part: Path,
    done: Journal,
    residuals: Residuals,
    executor: Executor,
    progress: Progress | None,
) -> None:
    """Render what is not done yet, infant by infant, one frame a task; note its residuals."""
    total = len(planned.frames)
    finished = sum(one.stimulus_id in done for one in planned.frames)
    for identity in planned.identities:
        frames = [one for one in planned.frames if one.identity == identity]
        todo = [one for one in frames if one.stimulus_id not in done]
        places = [i for i, face in enumerate(planned.faces) if face.row.identity == identity]
        known = all(anchor_id(*planned.faces[i].key) in done for i in places)
        if not todo and known and identity in residuals:
            continue
        pinned = list(executor.map(partial(_pin, planned), places))
        anchors = {anchor.expression: control.toned(identity, anchor) for anchor in pinned}
        tasks = {
            anchor_id(identity, name): executor.submit(_anchor_pixels, planned, anchor)
            for name, anchor in anchors.items()
        }
        together, residuals[identity] = _together(planned, identity, list(anchors.values()), frames)
        for one in todo:
            task = executor.submit(_write_frame, planned, control, together, one, part)
            tasks[one.stimulus_id] = task
        for name, written in _results(tasks, executor):
            note(part, name, written)
            done[name] = written
            if written.bytes and progress:
                finished += 1
                progress(finished, total)


def _together(
    planned: Plan, identity: str, anchors: Sequence[Anchor], frames: Sequence[PlannedFrame]
) -> tuple[Cast, list[dict[str, Any]]]:
    """Return an infant's cast, and how far its anchors disagree."""
    on, pairs = planned.on, _mixed([anchor.expression for anchor in anchors], frames)
    together = cast(anchors, on, pairs)
    if on.look.refine == "flow":
        return together, disagreement(identity, together, pairs, removed=True)
    looked_at = replace(on, look=replace(on.look, refine="flow", texture="off"))
    return together, disagreement(identity, cast(anchors, looked_at, pairs), pairs, removed=False)


def _mixed(names: Sequence[str], frames: Sequence[PlannedFrame]) -> list[tuple[int, int]]:
    """Which anchors some frame mixes: pairs of places, the lower first."""
    found = set()
    for one in frames:
        present = [i for i, name in enumerate(names) if one.weights.get(name)]
        found |= {(i, j) for i in present for j in present if i < j}
    return sorted(found)


def _results(
    tasks: dict[str, Future[Written]], executor: Executor
) -> Iterator[tuple[str, Written]]:
    try:
        for name, task in tasks.items():
            yield name, task.result()
    except BaseException:
        # also Ctrl-C: what is queued is dropped, what runs is waited for
        executor.shutdown(cancel_futures=True)
        raise


def _pin(planned: Plan, place: int) -> Anchor:
    """Read a photo again and pin it; it must still be the one that was planned with."""
    source = planned.faces[place]
    photo = files.read_photo(source.photo)
    if photo.sha256 != source.sha256:
        raise SetError(
            Finding(
                "MK608",
                "the photo was changed while the set was being built.",
                file=files.shown(source.photo),
                suggestion="Build again when nobody works on the photos.",
            )
        )
    face = Face(photo.image, source.landmarks, source.row.identity, source.row.expression)
    return pin(face, planned.poses[place], planned.on)


def _anchor_pixels(planned: Plan, anchor: Anchor) -> Written:
    return Written("", files.pixel_sha256(aligned(anchor, planned.on)), 0)


def _write_frame(
    planned: Plan, control: Control, together: Cast, one: PlannedFrame, part: Path
) -> Written:
    """One task: combine, encode, write."""
    weights = [one.weights.get(anchor.expression, 0.0) for anchor in together.anchors]
    face = frame(control.lifted(one.identity, together, weights), weights, planned.on)
    data = files.encode_png(face.image)
    files.write_atomic(part / image_file(one.stimulus_id), data)
    return Written(files.sha256(data), files.pixel_sha256(face.image), len(data))


def _finish(
    planned: Plan, controlled: Controlled, residuals: Residuals, part: Path, done: Journal
) -> SetReport:
    """Write the table, the manifest, the report and the packages; return the validation."""
    measured = [entry for identity in planned.identities for entry in residuals[identity]]
    stimuli, draft = record(planned, done, controlled, measured)
    files.write_atomic(part / TABLE, stimuli_csv(stimuli).encode())
    write_manifest(part, draft)
    report = validate(part)
    block = draft.morphkit.model_copy(update={"label": report.label})
    final = draft.model_copy(update={"morphkit": block})
    whole = papers.StimulusSet(final, stimuli, files.read_set(part).read)
    whole = write_report(part, whole, report)
    for name in planned.recipe.packages:
        files.write_files(part / PACKAGES / name, package(whole, name), replace=True)
    files.remove(part / JOURNAL)
    return report
