"""Sets and packages on disk: a set read safely, a package or a study written as a whole.

Knows which paths are safe on every system.  May import `errors`, `study` and the
rest of `files`.
"""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from morphkit.errors import Finding, PackageError, SetError, UsageError
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
from morphkit.files.folders import foreign_in_package, lock, put_in_place, work_folder
from morphkit.files.texts import nearest
from morphkit.study.manifest import MANIFEST, StimulusSet, parse_manifest
from morphkit.study.table import TABLE, parse_stimuli

MAX_PATH = 200
"""Characters of a path in a package; Windows takes 260 with the folder's."""

_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
_FORBIDDEN = frozenset('\\:*?"<>|')


def unsafe(path: str) -> str:
    """Say why a path must not be used inside a folder; "" when it is safe on every system.

    Safe: relative, forward slashes, no ``..``, nothing that Windows reads otherwise.
    """
    if len(path) > MAX_PATH:
        return f"has more than {MAX_PATH} characters"
    if not all(sign.isprintable() and sign not in _FORBIDDEN for sign in path):
        return "has a sign that no file name may have on Windows"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "is not a plain path below its folder"
        if part.endswith((".", " ")) or part.startswith(" "):
            return "has a part that ends in a point or has a blank around it"
        if part.split(".")[0].lower() in _DEVICES:
            return f"has the part {part!r}, a device name of Windows"
    return ""


def read_set(folder: str | Path) -> StimulusSet:
    """Read a set's manifest and table; its pictures are read on demand.

    Returns
    -------
    StimulusSet
        Its ``read(path)`` raises SetError MK606 for a path that leads out of the set and
        MK607 for a file that is not there.

    Raises
    ------
    SetError
        MK605 no folder, manifest or table; MK617 one that is not UTF-8 text; MK601…MK604
        for what stands in them.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    folder = Path(folder)
    texts = [_set_text(folder, name) for name in (MANIFEST, TABLE)]
    return StimulusSet(parse_manifest(texts[0]), parse_stimuli(texts[1]), partial(_read_in, folder))


def _set_text(folder: Path, name: str) -> str:
    with disk_faults(folder):
        there = (folder / name).is_file()
    if not there:
        raise SetError(
            Finding(
                "MK605",
                f"this is no stimulus set: it has no {name}."
                if folder.is_dir()
                else "there is no such set.",
                file=shown(folder),
                suggestion=nearest(folder) if not folder.exists() else "Build it first.",
            )
        )
    try:
        return _read_in(folder, name).decode("utf-8")
    except UnicodeDecodeError:
        text = "the file is not UTF-8 text."
        raise SetError(
            Finding("MK617", text, file=name, suggestion="Build the set again.")
        ) from None


def _read_in(folder: Path, path: str) -> bytes:
    """Return the bytes of a file in a set, and of no file elsewhere."""
    why = unsafe(path)
    place = folder / path
    with disk_faults(place):
        if not why and not _real(place).is_relative_to(_real(folder)):
            why = "is a link that leads out of the set"
        if why:
            raise SetError(
                Finding(
                    "MK606",
                    f"the path {path[:MAX_PATH]!r} {why}.",
                    file=path[:MAX_PATH],
                    suggestion="Don't use this set before you know who made it.",
                )
            )
        if not place.is_file():
            text = "the file is not in the set."
            raise SetError(Finding("MK607", text, file=path, suggestion="Build the set again."))
        return place.read_bytes()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve fails on a link to itself


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
    with lock(folder):
        part = work_folder(folder)
        clear(part)
        try:
            _fill(part, files)
            put_in_place(part, folder)
        except BaseException:
            remove(part)
            raise


def _refuse_full(folder: Path, replace: bool) -> None:
    with disk_faults(folder):
        refuse_link(folder)
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
        foreign = foreign_in_package(folder) if replace and folder.is_dir() else []
    if not replace or foreign or not folder.is_dir():
        what = f"files that morphkit did not make: {', '.join(foreign[:5])}" if foreign else "files"
        raise UsageError(
            Finding(
                "MK610",
                f"the folder already holds {what}.",
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
        parts = unicodedata.normalize("NFC", path).casefold().split("/")
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
