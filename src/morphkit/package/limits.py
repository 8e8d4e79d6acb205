"""Limits: what a task asks that a front end can't show is refused, never dropped in silence.

Knows tasks, what each front end lacks, and how a refusal is worded.  May import `errors` and
`study`.
"""

from __future__ import annotations

from collections.abc import Mapping

from morphkit.errors import Finding, PackageError
from morphkit.study.task import Task

WHAT = {
    "kind": "give feedback after an answer",
    "exposure_ms": "take a face away after so many milliseconds",
    "mask_ms": "show a mask after a face",
    "swap_keys": "exchange the keys between lists",
}
"""Key of a task → what a front end would have to do."""

MEASURED = "boundary"
LACKS: Mapping[str, tuple[str, ...]] = {
    "eprime": (MEASURED,),
    "gorilla": (MEASURED,),
    "inquisit": (MEASURED,),
    "qualtrics": (MEASURED, "kind", "exposure_ms", "swap_keys"),
    "testable": (MEASURED, "kind", "mask_ms", "swap_keys"),
}
"""Front end → keys of `WHAT` that it can't do, and whether it can't count answers."""

SCRIPTS = "psychopy, jspsych, labjs, opensesame, psychtoolbox"


def task_limits(task: Task, front_end: str) -> list[Finding]:
    """Return what a front end can't do of a task.

    MK822 for a boundary that it can't measure, else MK832 for each key that it can't show.
    """
    lacks = LACKS.get(front_end, ())
    is_training = task.kind == "training"
    measured = is_training and task.training.boundary == "measured"
    if measured and MEASURED in lacks and "kind" not in lacks:
        return [
            Finding(
                "MK822",
                f"a package for {front_end} can't measure an observer's balance point.",
                pointer="task.training.boundary",
                suggestion="Write boundary: 8 (a frame, the same for everybody), or use a front "
                f"end that runs a script: {SCRIPTS}, presentation.",
            )
        ]
    used = {
        "kind": is_training,
        "exposure_ms": task.exposure_ms is not None,
        "mask_ms": task.mask_ms > 0,
        "swap_keys": task.swap_keys,
    }
    return [
        Finding(
            "MK832",
            f"a package for {front_end} can't {WHAT[key]}.",
            pointer=f"task.{key}",
            suggestion="Leave it out of the task, or use a front end that can: "
            f"{', '.join(_able(key))}.",
        )
        for key in WHAT
        if key in lacks and used[key]
    ]


def _able(key: str) -> list[str]:
    """Return the front ends that run tasks and can show a key; a mask needs an exposure."""
    needed = {key, "exposure_ms"} if key == "mask_ms" else {key}
    names = [*SCRIPTS.split(", "), "presentation", *LACKS]
    return [name for name in names if not needed & {*LACKS.get(name, ())}]


def refuse_unable(task: Task, front_end: str) -> None:
    """Refuse a task that a front end can't run.

    Raises
    ------
    PackageError
        As `task_limits`.
    """
    faults = task_limits(task, front_end)
    if faults:
        raise PackageError(*faults)
