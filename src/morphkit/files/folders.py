"""The folder of a set: whose it is, who works on it, and how a new set takes its place.

A set is made in a hidden work folder beside its own (`.<name>.part`) and renamed into place;
the set it replaces waits under another name (`.<name>.old`) until the new one stands.  The
lock (`.<name>.lock`) keeps two runs apart.  Knows which files are morphkit's, not what is in
them.  May import `errors`, `study`, `files.disk` and filelock.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from morphkit.errors import EnvironmentFault, Finding, LockedError, UsageError
from morphkit.files.disk import (
    TEMPORARY,
    absolute,
    disk_faults,
    move,
    refuse_link,
    remove,
    sha256,
    sha256_of,
    shown,
    sync_folder,
)
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE

REPORT, STIMULI, PACKAGES = "report.html", "stimuli", "packages"

CHECKSUMS = "checksums.sha256"
"""The file that every package ends with: SHA-256 and path of all others."""

_LITTER = {".ds_store", "thumbs.db", "desktop.ini", ".directory"}
_UNREADABLE = (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error)
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


def refuse_foreign(folder: str | Path) -> None:
    """Refuse a folder in which building would destroy what morphkit did not make.

    A folder that is missing or empty, and a set that holds nothing else, are fine.

    Raises
    ------
    UsageError
        MK610 with the names of such files; MK615 when a link stands in the place.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    folder = Path(folder)
    with disk_faults(folder):
        refuse_link(folder)
        if not folder.exists():
            return
        if not folder.is_dir():
            raise _not_ours(folder, "a file stands where the set's folder would be.")
        foreign = foreign_files(folder)
    if foreign:
        raise _not_ours(
            folder, f"the folder holds files that morphkit did not make: {_few(foreign)}."
        )


def _not_ours(folder: Path, text: str) -> UsageError:
    advice = "Move them elsewhere, or choose another folder."
    return UsageError(Finding("MK610", text, file=shown(folder), suggestion=advice))


def _few(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def foreign_files(folder: Path) -> list[str]:
    """Return the files of a folder that are not of a set as morphkit makes it, sorted.

    In a folder that is no set, that is all of them.  In a set it is what a build does not
    write: other files, links, and in its packages whatever is not listed in the package's
    checksums or has been edited since; people keep data and changed scripts there.
    """
    files = sorted(_files(folder))
    if not _is_set(folder):
        return files
    return [path for path in files if not _is_ours(folder, path)] + _foreign_in_packages(folder)


def foreign_in_package(folder: Path) -> list[str]:
    """Return the files of a package's folder that are not listed in its checksums, or edited.

    Pictures are judged by their name alone: nobody's work is in them, and they are many.
    """
    listed: dict[str, str] = {}
    with suppress(FileNotFoundError, UnicodeDecodeError):
        for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines():
            digest, _, path = line.partition("  ")
            listed[path] = digest
    return [path for path in sorted(_files(folder)) if not _is_listed(folder, path, listed)]


def _is_listed(folder: Path, path: str, listed: dict[str, str]) -> bool:
    if (folder / path).is_symlink():
        return False
    if path == CHECKSUMS:
        return bool(listed)
    return path in listed and (path.endswith(".png") or sha256_of(folder / path) == listed[path])


def _files(folder: Path) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        here = Path(root).relative_to(folder)
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in [*names, *links]:
            if name.lower() not in _LITTER and not name.startswith("._"):
                yield (here / name).as_posix()


def _is_set(folder: Path) -> bool:
    with suppress(OSError):
        return b'"morphkit"' in (folder / MANIFEST).read_bytes()
    return False


def _is_ours(folder: Path, path: str) -> bool:
    parts = path.split("/")
    if (folder / path).is_symlink():
        return False
    if len(parts) == 1:
        return path in (TABLE, MANIFEST, REPORT) or Path(path).match(TEMPORARY.format("*"))
    if parts[0] == STIMULI:
        return len(parts) == 2 and path.endswith(".png")
    return parts[0] == PACKAGES and (
        len(parts) > 2 or _is_neighbour(parts[1]) or is_package_as_made(folder / path)
    )


def is_package_as_made(path: Path) -> bool:
    """Whether a file is a zip of a package, every member as its checksums list it."""
    with suppress(*_UNREADABLE), zipfile.ZipFile(path) as archive:
        listed = {*archive.read(CHECKSUMS).decode("utf-8", "replace").splitlines()}
        return all(
            f"{sha256(archive.read(name))}  {name}" in listed
            for name in archive.namelist()
            if name != CHECKSUMS
        )
    return False


def _foreign_in_packages(folder: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return [
            f"{PACKAGES}/{package.name}/{path}"
            for package in sorted((folder / PACKAGES).iterdir())
            if package.is_dir() and not package.is_symlink() and not _is_neighbour(package.name)
            for path in foreign_in_package(package)
        ]
    return []


def _beside(folder: str | Path, ending: str) -> Path:
    """Return the hidden neighbour of a set's folder: its lock, its work folder, the old set."""
    path = absolute(folder)
    return path.with_name(f".{path.name}.{ending}")


def _is_neighbour(name: str) -> bool:
    return name.startswith(".") and name.endswith((".lock", ".part", ".old"))
