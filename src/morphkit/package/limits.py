"""Limits: what a task asks that a front end can't show is refused, never dropped in silence.

Knows tasks and how a refusal is worded; no front end but by name.  May import `errors`, `study`
and `package.session`.
"""

from __future__ import annotations

from collections.abc import Sequence

from morphkit.errors import Finding, PackageError
from morphkit.package.session import Session
from morphkit.study.manifest import MANIFEST

WHAT = {
    "kind": "give feedback after an answer",
    "exposure_ms": "take a face away after so many milliseconds",
    "mask_ms": "show a mask after a face",
    "swap_keys": "exchange the keys between lists",
}
"""Key of a task → what a front end would have to do."""


def refuse_unshown(session: Session, front_end: str, keys: Sequence[str]) -> None:
    """Refuse a task that uses one of these keys, of which a front end can show nothing.

    Parameters
    ----------
    session : Session
    front_end : str
    keys : sequence of str
        Of `WHAT`; ``kind`` stands for a training.

    Raises
    ------
    PackageError
        MK832 for each key that is used.
    """
    task = session.task
    used = {
        "kind": task.kind == "training",
        "exposure_ms": task.exposure_ms is not None,
        "mask_ms": task.mask_ms > 0,
        "swap_keys": task.swap_keys,
    }
    faults = [
        Finding(
            "MK832",
            f"a package for {front_end} can't {WHAT[key]}.",
            file=MANIFEST,
            pointer=f"task.{key}",
            suggestion="Leave it out of the task, or use a front end that runs a script: "
            "psychopy, jspsych, labjs, opensesame, psychtoolbox.",
        )
        for key in keys
        if used[key]
    ]
    if faults:
        raise PackageError(*faults)
