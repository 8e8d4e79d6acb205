"""Packages and studies on disk: written as a whole, or not at all.

Knows no front end and no recipe.  May import `errors` and the rest of `files`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from morphkit.errors import Finding, PackageError, UsageError
from morphkit.files.disk import (
    absolute,
    clear,
    disk_faults,
    refuse_link,
    remove,
    shown,
    write_atomic,
    write_fresh,
)
from morphkit.files.folders import lock, put_in_place, recover, work_folder
from morphkit.files.ours import CHECKSUMS, foreign_in_package, is_package_as_made, refuse_lost
from morphkit.files.trees import MAX_PATH, folded, unsafe


def write_files(
    folder: str | Path, files: Iterable[tuple[str, bytes]], *, replace: bool = False
) -> None:
    """Write a folder of files as a whole: all of them, or nothing.

    Parameters
    ----------
    folder : path
        A new folder, or an empty one.
    files : iterable of (str, bytes)
        Relative path with forward slashes, and content; taken one by one.
    replace : bool
        Also replace a package that `morphkit` made and nobody has changed since.

    Raises
    ------
    PackageError
        MK820 for every path that is unsafe or there twice (upper and lower case being one).
    UsageError
        MK610 when the folder holds something; MK615 when a link stands in its place.
    LockedError
        MK611 when another run is writing it.
    EnvironmentFault
        MK612, MK613 or MK614.
    """
    folder = absolute(folder)
    _refuse_full(folder, replace)
    with _place(folder, replace):
        part = work_folder(folder)
        clear(part)
        try:
            _fill(part, files)
            put_in_place(part, folder)
        except BaseException:
            remove(part)
            raise


@contextmanager
def _place(folder: Path, replace: bool) -> Iterator[None]:
    """Hold the place of a package, which is free."""
    with lock(folder):
        recover(folder)
        _refuse_full(folder, replace)  # what a killed run had put aside may be back
        yield


def refuse_occupied(targets: Iterable[str | Path], *, zipped: bool = False) -> None:
    """Refuse places where packages can't be put, all of them, before one is written.

    Raises
    ------
    MorphkitError
        As `write_files` that may replace, or `write_zip`: MK610, MK611, MK615.
    """
    faults: list[Finding] = []
    for target in map(absolute, targets):
        try:
            if zipped:
                _refuse_other_zip(target)
            else:
                _refuse_full(target, replace=True)
                if target.parent.is_dir():
                    with _place(target, replace=True):
                        pass
        except UsageError as fault:
            faults += fault.findings
    if faults:
        raise UsageError(*faults)


def is_there(path: str | Path) -> bool:
    """Say whether a package stands in a place: a file, or a folder with checksums."""
    path = Path(path)
    with disk_faults(path):
        return path.is_file() or (path / CHECKSUMS).is_file()


def _refuse_full(folder: Path, replace: bool) -> None:
    with disk_faults(folder):
        refuse_link(folder)
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
        if replace and folder.is_dir():
            refuse_lost(folder, *foreign_in_package(folder))
            return
    raise UsageError(
        Finding(
            "MK610",
            "the folder already holds files.",
            file=shown(folder),
            suggestion="Move them elsewhere, or choose another folder.",
        )
    )


def _fill(part: Path, files: Iterable[tuple[str, bytes]]) -> None:
    faults: list[Finding] = []
    for path, data in _checked(files, faults):
        if not faults:
            with disk_faults(part / path, len(data)):
                (part / path).parent.mkdir(parents=True, exist_ok=True)
                write_fresh(part / path, data)
    if faults:
        raise PackageError(*faults)


def _checked(
    files: Iterable[tuple[str, bytes]], faults: list[Finding]
) -> Iterator[tuple[str, bytes]]:
    """Pass on the files; add a finding for every path that cannot be used."""
    taken: dict[str, bool] = {}  # folded path -> whether it is a file
    for path, data in files:
        parts = folded(path).split("/")
        above = ["/".join(parts[:end]) for end in range(1, len(parts))]
        name = "/".join(parts)
        why = unsafe(path)
        if not why and (name in taken or any(taken.get(folder) for folder in above)):
            why = "is there twice, upper and lower case being one"
        if why:
            text = f"the path {path[:MAX_PATH]!r} {why}."
            faults.append(Finding("MK820", text, file=path[:MAX_PATH]))
        taken.update(dict.fromkeys(above, False) | {name: True})
        yield path, data


def write_missing(folder: str | Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write those files of a study that are not there yet, each as a whole.

    Raises
    ------
    PackageError
        MK820 for an unsafe path.
    UsageError
        MK615 when a link stands in a file's place.
    EnvironmentFault
        MK612, MK613 or MK614.
    """
    faults: list[Finding] = []
    content = list(_checked(files, faults))
    if faults:
        raise PackageError(*faults)
    for path, data in content:
        if not (Path(folder) / path).exists():
            write_atomic(Path(folder) / path, data)


def write_zip(path: str | Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a package as a zip; one that is there as it was made is replaced.

    Raises
    ------
    PackageError
        As `zipped`.
    UsageError
        MK610 when another file stands there, or a package that somebody has changed; MK615 a
        link.
    EnvironmentFault
        MK612, MK613 or MK614.
    """
    path = Path(path)
    _refuse_other_zip(path)
    write_atomic(path, zipped(files))


def _refuse_other_zip(path: Path) -> None:
    with disk_faults(path):
        refuse_link(path)
        is_free = not path.exists() or is_package_as_made(path)
    if not is_free:
        raise UsageError(
            Finding(
                "MK610",
                "a file stands here that is no package as morphkit made it.",
                file=shown(path),
                suggestion="Move it elsewhere, or choose another folder.",
            )
        )


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files as a zip archive; equal files give equal bytes, on every machine.

    Raises
    ------
    PackageError
        MK820 for every path that is unsafe or there twice.
    """
    faults: list[Finding] = []
    content = list(_checked(files, faults))
    if faults:
        raise PackageError(*faults)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in sorted(content):
            entry = zipfile.ZipInfo(path)  # of 1980-01-01: the time of packing is nobody's concern
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
