"""Which files of a folder are morphkit's: those of a set, and of its packages as they were made.

Everything else is somebody's work, and nothing is put in its place.  Knows names and checksums,
not what is in the files.  May import `errors`, `study` and `files.disk`.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from morphkit.errors import Finding, UsageError
from morphkit.files.disk import TEMPORARY, disk_faults, refuse_link, sha256, sha256_of, shown
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE

REPORT, STIMULI, PACKAGES = "report.html", "stimuli", "packages"

CHECKSUMS = "checksums.sha256"
"""The file that every package ends with: SHA-256 and path of all others."""

_LITTER = {".ds_store", "thumbs.db", "desktop.ini", ".directory"}
_UNREADABLE = (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error)
_ELSEWHERE = "Move them elsewhere, or choose another folder."


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
            raise UsageError(_not_ours(folder, "a file stands where the set's folder would be."))
        foreign, edited = _foreign(folder)
    refuse_lost(folder, foreign, edited)


def refuse_lost(folder: Path, foreign: list[str], edited: list[str]) -> None:
    """Refuse to replace a folder that holds foreign files, or edited ones of packages: MK610."""
    faults = []
    if foreign:
        text = f"the folder holds files that morphkit did not make: {_few(foreign)}."
        faults.append(_not_ours(folder, text))
    if edited:
        text = f"files of a package were changed since it was made: {_few(edited)}."
        advice = "To keep the changes, move the package's folder elsewhere; else remove it."
        faults.append(_not_ours(folder, text, advice))
    if faults:
        raise UsageError(*faults)


def _not_ours(folder: Path, text: str, advice: str = _ELSEWHERE) -> Finding:
    return Finding("MK610", text, file=shown(folder), suggestion=advice)


def _few(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def foreign_files(folder: Path) -> list[str]:
    """Return the files of a folder that are not of a set as morphkit makes it, sorted.

    In a folder that is no set, that is all of them.  In a set it is what a build does not
    write: other files, links, and in its packages whatever is not listed in the package's
    checksums or has been edited since; people keep data and changed scripts there.
    """
    foreign, edited = _foreign(folder)
    return foreign + edited


def _foreign(folder: Path) -> tuple[list[str], list[str]]:
    """Return the foreign files of a folder, and those of its packages that have been edited."""
    files = sorted(_files(folder))
    if not _is_set(folder):
        return files, []
    foreign, edited = [path for path in files if not _is_ours(folder, path)], []
    for name in _packages(folder):
        others, changed = foreign_in_package(folder / name)
        foreign += [f"{name}/{path}" for path in others]
        edited += [f"{name}/{path}" for path in changed]
    return foreign, edited


def foreign_in_package(folder: Path) -> tuple[list[str], list[str]]:
    """Return the files of a package's folder that its checksums don't list, and the edited ones.

    Pictures are judged by their name alone: nobody's work is in them, and they are many.
    """
    listed: dict[str, str] = {}
    with suppress(FileNotFoundError, UnicodeDecodeError):
        for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines():
            digest, _, path = line.partition("  ")
            listed[path] = digest
    foreign, edited = [], []
    for path in sorted(_files(folder)):
        is_listed = path in listed or (path == CHECKSUMS and bool(listed))
        if not is_listed or (folder / path).is_symlink():
            foreign.append(path)
        elif path != CHECKSUMS and not path.endswith(".png"):
            edited += [path] if sha256_of(folder / path) != listed[path] else []
    return foreign, edited


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


def _packages(folder: Path) -> list[str]:
    """Return the folders of a set's packages, relative to it."""
    with suppress(FileNotFoundError):
        return [
            f"{PACKAGES}/{one.name}"
            for one in sorted((folder / PACKAGES).iterdir())
            if one.is_dir() and not one.is_symlink() and not _is_neighbour(one.name)
        ]
    return []


def _is_neighbour(name: str) -> bool:
    return name.startswith(".") and name.endswith((".lock", ".part", ".old"))
