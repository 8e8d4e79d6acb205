"""The folder of a set: whose it is, who works on it, and how a new set takes its place.

A set is made in a hidden work folder beside its own (`.<name>.part`) and renamed into place;
the set it replaces waits under another name (`.<name>.old`) until the new one stands.  The
lock (`.<name>.lock`) keeps two runs apart.  May import `errors`, `files.disk`, `files.ours` and
filelock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from morphkit.errors import EnvironmentFault, Finding, LockedError
from morphkit.files.disk import (
    TEMPORARY,
    absolute,
    disk_faults,
    move,
    refuse_link,
    remove,
    shown,
    sync_folder,
)
from morphkit.files.ours import refuse_foreign

_WINDOWS = os.name == "nt"


@contextmanager
def lock(folder: str | Path) -> Iterator[None]:
    """Keep other runs off a set's folder; a run that is killed frees it.

    Raises
    ------
    LockedError
        MK611 when another run has it.
    EnvironmentFault
        MK612, MK613 or MK614 when the lock's file cannot be made.
    """
    path = _beside(folder, "lock")
    guard = FileLock(path)
    with disk_faults(folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            guard.acquire(blocking=False)
        except Timeout:
            raise _locked(folder) from None
    try:
        yield
    finally:
        # While it is held, so that nobody else can have locked what is removed; Windows
        # does not let go of a name before.
        if not _WINDOWS:
            _drop(path)
        guard.release()
        if _WINDOWS:
            _drop(path)


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _locked(folder: str | Path) -> LockedError:
    return LockedError(
        Finding(
            "MK611",
            "another run of morphkit is working on this set.",
            file=shown(folder),
            suggestion="Wait until it has finished, or build into another folder with --out.",
        )
    )


def work_folder(folder: str | Path) -> Path:
    """Return the folder in which a set is made; it keeps what a killed run left there.

    Raises
    ------
    UsageError
        MK615 when a link stands in its place.
    EnvironmentFault
        MK612, MK613 or MK614 when it cannot be made.
    """
    part = _beside(folder, "part")
    with disk_faults(part):
        refuse_link(part)
        part.mkdir(parents=True, exist_ok=True)
        for half in list(part.rglob(TEMPORARY.format("*"))):
            half.unlink()
    return part


def recover(folder: str | Path) -> None:
    """Mend what a run left that was killed while it put a set into place.

    Afterwards the old set stands or the new one does; call it with the `lock` held.
    """
    folder = absolute(folder)
    old = _beside(folder, "old")
    with disk_faults(folder):
        if not old.exists():
            return
        if folder.exists() and any(folder.iterdir()):
            remove(old)
        else:
            _swap(old, folder)


def publish(part: Path, folder: str | Path) -> None:
    """Put a finished work folder into the place of a set: a rename, whole or not at all.

    A set that is there is replaced; call it with the `lock` held.

    Raises
    ------
    UsageError
        MK610 when files would be lost that morphkit did not make; MK615 a link.
    EnvironmentFault
        MK612, MK613 or MK614; then the old set stands.
    """
    refuse_foreign(folder)
    put_in_place(part, absolute(folder))


def put_in_place(part: Path, folder: Path) -> None:
    """Put a folder into the place of another, which may hold anything; that one is lost.

    Raises
    ------
    EnvironmentFault
        MK612, MK613 or MK614; then what was there stands.
    """
    old = _beside(folder, "old")
    with disk_faults(folder):
        replaced = folder.exists() and any(folder.iterdir())
        if replaced:
            move(folder, old)
        try:
            _swap(part, folder)
        except OSError:
            if replaced:
                move(old, folder)
            raise
    if replaced:
        # the new set stands; what cannot be deleted now goes with the next run
        with suppress(EnvironmentFault):
            remove(old)


def _swap(part: Path, folder: Path) -> None:
    """Move a folder into a place where there is none, or an empty one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists() and folder.samefile(Path.cwd()):
        for entry in list(part.iterdir()):  # a shell stands in it: it must stay the same folder
            move(entry, folder / entry.name)
        part.rmdir()
    else:
        if folder.exists():
            folder.rmdir()
        move(part, folder)
    sync_folder(folder.parent)


def _beside(folder: str | Path, ending: str) -> Path:
    """Return the hidden neighbour of a set's folder: its lock, its work folder, the old set."""
    path = absolute(folder)
    return path.with_name(f".{path.name}.{ending}")
