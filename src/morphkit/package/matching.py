"""Does a task fit a set?  Names that aren't there, counts of other frames, nobody left to train.

Knows tasks, continua and infants by name; no row and no picture.  May import `errors` and
`study`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from morphkit.errors import Finding
from morphkit.study.answers import continua_ends
from morphkit.study.entries import ContinuumEntry
from morphkit.study.task import Task


def task_faults(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> list[Finding]:
    """Return MK821 for everything in a task that does not fit continua and infants."""
    names = [entry.name for entry in continua]
    faults = [
        ("continua", f"there is no continuum {name!r}", f"There are: {', '.join(names)}.")
        for name in task.continua
        if name not in names
    ]
    named = infants if task.identities == "all" else task.identities
    faults += [
        ("identities", f"there is no infant {name!r}", f"There are: {', '.join(infants[:20])}.")
        for name in named
        if name not in infants
    ]
    faults += [
        ("practice_identities", f"there is no infant {name!r} to practise with", "Name another.")
        for name in task.practice_identities
        if name not in named
    ]
    judged = [name for name in named if name not in task.practice_identities]
    shown = _with_faces(task, continua, judged)
    practised = _with_faces(task, continua, task.practice_identities)
    if not faults and not (shown and len(practised) == len(task.practice_identities)):
        what = "none of these infants has a face in these continua"
        if not judged:
            what = "all infants are kept for practice"
        elif shown:
            what = "an infant who is kept for practice has no face in these continua"
        faults.append(("identities", what, "Name others, or leave one of the two keys out."))
    if not faults and task.practice and task.kind != "rating":
        faults += _practice_faults(task, continua, task.practice_identities or judged)
    if task.kind == "training":
        faults += _training_faults(task, continua, shown)
    return [
        Finding("MK821", f"{what}.", pointer=f"task.{key}", suggestion=advice)
        for key, what, advice in faults
    ]


def chosen(task: Task, continua: Sequence[ContinuumEntry]) -> list[ContinuumEntry]:
    """Return the continua that a task shows."""
    return [entry for entry in continua if not task.continua or entry.name in task.continua]


def _with_faces(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> Sequence[str]:
    """Return those of the infants who have a face in what the task shows."""
    if not task.continua and task.kind != "training":
        return infants
    there = chosen(task, continua)
    return [
        name
        for name in infants
        if any(not entry.identities or name in entry.identities for entry in there)
    ]


def _practice_faults(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """One answer alone is no practice: it teaches a key, not the choice."""
    there = [
        entry
        for entry in chosen(task, continua)
        if not entry.identities or {*entry.identities} & {*infants}
    ]
    clear = {end for entry in there for end in (entry.expressions[0], entry.expressions[-1])}
    for end in continua_ends(continua)[:2] if there else ():
        if end not in clear:
            what = f"practice shows the clearest faces, and none that is shown is clearly {end}"
            yield "practice", what, f"Name a continuum with {end} at an end, or leave practice out."


def _training_faults(
    task: Task, continua: Sequence[ContinuumEntry], infants: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    there = chosen(task, continua)
    if not there:
        yield "continua", "there is no continuum to train on", "Build one, and name it here."
    for entry in there:
        frames, counts = len(entry.levels), task.training.repeats
        if entry.path == "from-neutral":
            what = f"{entry.name} begins at neutral: it has no balance point between the answers"
            yield "continua", what, "Name continua that run from one answer to the other."
        if isinstance(counts, tuple) and len(counts) != frames:
            what = f"there are {len(counts)} counts, {entry.name} has {frames} frames"
            yield "training.repeats", what, f"Write {frames} counts, or one for all frames."
        yield from _boundary_faults(task, entry.name, frames)
    if infants and task.training.held_out >= len(infants):
        what = f"{task.training.held_out} infants are held out, of {len(infants)} that are shown"
        yield "training.held_out", what, "Hold out fewer, so that some are trained."


def _boundary_faults(task: Task, name: str, frames: int) -> Iterator[tuple[str, str, str]]:
    boundary, shift = task.training.boundary, task.training.shift_frames
    if boundary != "measured" and not 1 <= float(boundary) <= frames:
        what = f"{float(boundary):g} is no place between the {frames} frames of {name}"
        yield "training.boundary", what, f"Write a number from 1 to {frames}."
    if shift >= frames:
        what = f"{name} has {frames} frames, and the boundary is moved by {shift:g}"
        yield "training.shift_frames", what, f"Write less than {frames}."
