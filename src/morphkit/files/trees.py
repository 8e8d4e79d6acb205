"""Folders as they are judged: their files by relative path, read so that nothing leads out.

A `Tree` is a folder's files or an archive's; whoever checks it need not know which.  Knows
which paths are safe on every system, and which entries are no files.  May import `errors`,
`study` and the rest of `files`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from morphkit.errors import Finding, SetError
from morphkit.files.disk import disk_faults, shown
from morphkit.files.no_set import no_set
from morphkit.files.texts import hidden, no_folder
from morphkit.study.manifest import MANIFEST, StimulusSet, parse_manifest
from morphkit.study.table import TABLE, parse_stimuli

MAX_PATH = 200
"""Characters of a path in a package; Windows takes 260 with the folder's."""

LARGEST = 256_000_000
"""Bytes; neither a stimulus nor a manifest is larger."""

_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
HISTORY = frozenset((".git", ".hg", ".svn", ".datalad"))
"""Folders that version control keeps for itself."""

_FORBIDDEN = frozenset('\\:*?"<>|')

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a folder or of an archive.

    Parameters
    ----------
    name : str
        As findings name the whole.
    listing : tuple of str
        Relative paths with forward slashes, sorted; hidden files are left out.
    read : callable
        ``read(path) -> bytes``; SetError MK606 for a path that leads out, MK607 for a file that
        isn't there, MK629 or MK631 for one that can't be read safely.
    findings : tuple of Finding
        What is there and should not be: MK606, MK627, MK628, MK630.
    unseen : tuple of str
        The hidden files, but for those of version control.
    """

    name: str
    listing: tuple[str, ...]
    read: Read = field(repr=False)
    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()


def unsafe(path: str) -> str:
    """Say why a path must not be used inside a folder; "" when it is safe on every system.

    Safe: relative, forward slashes, no ``..``, nothing that Windows reads otherwise.
    """
    if len(path) > MAX_PATH:
        return f"has more than {MAX_PATH} characters"
    if not path.isprintable() or not _FORBIDDEN.isdisjoint(path):
        return "has a sign that no file name may have on Windows"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "is not a plain path below its folder"
        if part.endswith((".", " ")) or part.startswith(" "):
            return "has a part that ends in a point or has a blank around it"
        if part.split(".")[0].lower() in _DEVICES:
            return f"has the part {part!r}, a device name of Windows"
    return ""


def folded(path: str) -> str:
    """Return a path so that those are equal that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def folder_tree(folder: Path, depth: int | None = None) -> Tree:
    """Return the files of a folder, which anybody may have made.

    Links to folders are not followed, nothing but files is opened, and nothing is written.

    Parameters
    ----------
    folder : Path
    depth : int, optional
        Levels of folders to look into; by default all.

    Raises
    ------
    SetError
        MK605 when there is no such folder.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(folder):
        if not folder.is_dir():
            raise SetError(no_folder(folder))
        root = _real(folder)
        odd: list[Finding] = []
        everything = sorted(_walk(root, depth, odd))
    unseen = tuple(path for path in everything if any(map(hidden, path.split("/"))))
    listing = tuple(sorted({*everything} - {*unseen}))
    return Tree(shown(folder), listing, reader(folder), (*odd, *name_faults(listing)), unseen)


def _walk(root: str, depth: int | None, odd: list[Finding]) -> Iterator[str]:
    """Yield the files; say what is none."""
    waiting = [("", 1)]
    while waiting:
        prefix, level = waiting.pop()
        with suppress(FileNotFoundError), os.scandir(os.path.join(root, prefix)) as entries:  # noqa: PTH118 (a Path for each of many files takes as long as reading them)
            for entry in entries:
                path = prefix + entry.name
                if entry.name in HISTORY:
                    continue
                if entry.is_symlink() and not _inside(root, path):
                    odd.append(_leads_out(path, "is a link that leads out of the set"))
                if entry.is_dir(follow_symlinks=False):
                    waiting += [(f"{path}/", level + 1)] if depth is None or level < depth else []
                elif os.path.isfile(entry.path):  # noqa: PTH113 (the entry's own raises for a link to itself)
                    yield path
                else:
                    odd.append(_no_file(path, entry))


def _no_file(path: str, entry: os.DirEntry[str]) -> Finding:
    text = "this is neither a file nor a folder (a pipe, a socket, a device)."
    if entry.is_symlink():
        text = "this is a link to a folder, which is not followed."
        text = text if os.path.isdir(entry.path) else "this link leads nowhere."  # noqa: PTH112 (as above)
    remedy = "Put the files themselves there, or remove it."
    return Finding("MK628", text, file=path[:MAX_PATH], suggestion=remedy)


def name_faults(paths: Iterable[str]) -> list[Finding]:
    """Return MK606 for every path that some system can't have, MK627 for those that are one."""
    faults: list[Finding] = []
    first: dict[str, str] = {}
    for path in paths:
        why = unsafe(path)
        if why:
            faults.append(_leads_out(path, why))
        parts = path.split("/")
        for place in ("/".join(parts[:end]) for end in range(len(parts), 0, -1)):
            other = first.setdefault(folded(place), place)
            if other != place or (other is not place and place == path):
                text = f"{other[:MAX_PATH]!r} has the same name to systems that don't tell upper "
                text += "from lower case, or one spelling of an accent from another."
                faults.append(Finding("MK627", text, file=path[:MAX_PATH]))
                break
    return faults


def _leads_out(path: str, why: str) -> Finding:
    return Finding(
        "MK606",
        f"the path {path[:MAX_PATH]!r} {why}.",
        file=path[:MAX_PATH],
        suggestion="Don't use this set before you know who made it.",
    )


def reader(folder: Path) -> Read:
    """Return what reads the files of a folder, and of no other."""
    root = _real(folder)
    homes: dict[str, bool] = {}  # folders, and whether they lie inside

    def read(path: str) -> bytes:
        refuse_unsafe(path)
        home, _, _ = path.rpartition("/")
        place = os.path.join(root, path)  # noqa: PTH118 (as above)
        with disk_faults(folder / path):
            if home not in homes:
                homes[home] = not home or _inside(root, home)
            if not homes[home] or (os.path.islink(place) and not _inside(root, path)):  # noqa: PTH114 (as above)
                raise SetError(_leads_out(path, "is a link that leads out of the set"))
            try:
                if not os.path.isfile(place):  # noqa: PTH113 (as above)
                    raise gone(path)
                with open(place, "rb") as stream:  # noqa: PTH123 (as above)
                    refuse_large(path, os.fstat(stream.fileno()).st_size)
                    return stream.read()
            except FileNotFoundError:
                raise gone(path) from None

    return read


def refuse_unsafe(path: str) -> None:
    """Refuse to read under a path that is not plain; SetError MK606."""
    why = unsafe(path)
    if why:
        raise SetError(_leads_out(path, why))


def refuse_large(path: str, size: int) -> None:
    """Refuse to read what is larger than anything in a set; SetError MK631."""
    if size > LARGEST:
        text = f"the file has {size / 1e6:.0f} MB; nothing in a set is that large."
        limit = LARGEST / 1e6
        raise SetError(Finding("MK631", text, file=path, measured=size / 1e6, limit=limit))


def gone(path: str) -> SetError:
    """Return the error for a file that isn't there."""
    text = "the file is not in the set."
    return SetError(Finding("MK607", text, file=path, suggestion="Build the set again."))


def _inside(root: str, path: str) -> bool:
    real = os.path.realpath(os.path.join(root, path))  # noqa: PTH118 (Path.resolve fails on a link to itself)
    return real.startswith(root.rstrip(os.sep) + os.sep)


def _real(path: Path) -> str:
    return os.path.realpath(path)


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
        MK605 no folder, manifest or table, or what people give in place of a set; MK617 a text
        that is not UTF-8; MK601…MK604 for what stands in them.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    folder = Path(folder)
    with disk_faults(folder):
        fault = no_set(folder)
    if fault:
        raise SetError(fault)
    return parse_set(reader(folder), shown(folder))


def parse_set(read: Read, name: str) -> StimulusSet:
    """Return the set whose files `read` gives; as `read_set`."""
    texts = [_set_text(read, file, name) for file in (MANIFEST, TABLE)]
    return StimulusSet(parse_manifest(texts[0]), parse_stimuli(texts[1]), read)


def _set_text(read: Read, file: str, name: str) -> str:
    try:
        return read(file).decode("utf-8")
    except UnicodeDecodeError:
        text = "the file is not UTF-8 text."
        raise SetError(
            Finding("MK617", text, file=file, suggestion="Build the set again.")
        ) from None
    except SetError as fault:
        if fault.code != "MK607":
            raise
        text = f"this is no stimulus set: it has no {file}."
        raise SetError(Finding("MK605", text, file=name, suggestion="Build it first.")) from None
