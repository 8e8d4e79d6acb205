"""What a validation was pointed at: a set, a package, an archive, a recipe, faces, pictures, …

Recognised by content, and by name only where a file has been named.  Imports no NumPy.  May
import `errors`, `files` and `study`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from morphkit import files
from morphkit.errors import Finding, SetError
from morphkit.files.disk import disk_faults
from morphkit.files.texts import nearest
from morphkit.study import sources
from morphkit.study.foreign import rows_by_number
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE
from morphkit.study.task import is_task
from morphkit.study.yaml import read_yaml

Kind = Literal["set", "package", "recipe", "task", "faces", "pictures"]

CHECKSUMS = "checksums.sha256"
RECIPES = (".yaml", ".yml")
TABLES = (".csv", ".tsv")
PIXEL_HASH = b"pixel_sha256"
"""A column that only a set's own table has."""

DEEP = 3
"""Levels of folders in which pictures of other programs are looked for."""

TAKEN = (
    "a set or a package of morphkit (a folder or a zip), a recipe or a task (.yaml), a "
    "faces.csv or its folder, or a folder of graded pictures with a table of their levels"
)
_WHOLE: dict[str, Kind] = {MANIFEST: "set", CHECKSUMS: "package", sources.TABLE: "faces"}
"""Files that say what their folder is, the first one that is there."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be judged.

    Parameters
    ----------
    kind : {"set", "package", "recipe", "task", "faces", "pictures"}
    place : Path
        The folder, the archive, the recipe or the task.
    tree : Tree
        The files of a set, a package or pictures; empty for others.
    table : str
        The table of pictures that was named; "" for the one that is there.
    """

    kind: Kind
    place: Path
    tree: files.Tree
    table: str = ""


@contextmanager
def opened(target: Path) -> Iterator[Target]:
    """Open what a validation was pointed at.

    Raises
    ------
    SetError
        MK605 nothing there; MK626 something that can't be judged; and as `folder_tree` and
        `archive_tree`.
    EnvironmentFault
        MK613 or MK614 when it cannot be read.
    """
    with disk_faults(target):
        folder, file = target.is_dir(), target.is_file()
    name, suffix = target.name, target.suffix.lower()
    if folder:
        yield _of_folder(target)
    elif not file:
        raise _nothing(target)
    elif name in (*_WHOLE, TABLE):
        yield _of_folder(target.parent, _WHOLE.get(name))
    elif suffix in RECIPES:
        yield Target(_written_kind(target), target, _no_files(target))
    elif suffix in TABLES:
        yield Target("pictures", target.parent, files.folder_tree(target.parent, DEEP), name)
    elif suffix == ".zip":
        with files.archive_tree(target) as tree:
            yield _of_archive(target, tree)
    else:
        kind = f"a {suffix} file" if suffix else "a file without an extension"
        raise _not_taken(target, f"this is {kind}, which is not taken")


def _nothing(target: Path) -> SetError:
    with disk_faults(target):
        if target.exists():
            return _not_taken(target, "this is neither a folder nor a file")
        text = "there is no such set."
        where = files.shown(target)
        return SetError(Finding("MK605", text, file=where, suggestion=nearest(target)))


def _written_kind(path: Path) -> Kind:
    return "task" if is_task(read_yaml(files.read_text(path, "recipe")).value) else "recipe"


def _of_folder(folder: Path, kind: Kind | None = None) -> Target:
    top = files.folder_tree(folder, 1)
    kind = kind or _plain_kind(top)
    if kind == "faces":
        return Target(kind, folder, _no_files(folder))
    if kind:
        return Target(kind, folder, files.folder_tree(folder))
    tree = files.folder_tree(folder, DEEP)
    return Target(_pictures_or_faces(tree, folder), folder, tree)


def _of_archive(path: Path, tree: files.Tree) -> Target:
    kind = _plain_kind(tree) or _pictures_or_faces(tree, path)
    if kind == "faces":
        raise _not_taken(
            path, "this archive holds photos to be morphed; they are judged in a folder"
        )
    return Target(kind, path, tree)


def _plain_kind(tree: files.Tree) -> Kind | None:
    """Return what the names at the top say; None where they don't."""
    found = (kind for name, kind in _WHOLE.items() if name in tree.listing)
    kind = next(found, None)
    if kind is None and TABLE in tree.listing:
        return "set" if PIXEL_HASH in tree.read(TABLE).partition(b"\n")[0] else None
    return kind


def _pictures_or_faces(tree: files.Tree, place: Path) -> Kind:
    """Say whether pictures are graded frames, or photos named by infant and expression."""
    inner = [path.rpartition("/")[0] for path in tree.listing if path.endswith(tuple(_WHOLE))]
    if inner:
        some = ", ".join(sorted(set(inner))[:5])
        raise _not_taken(place, f"what can be judged lies deeper ({some}); name one of these")
    if _lawful_table(tree) or rows_by_number(files.pictures_of(tree))[0]:
        return "pictures"
    try:
        sources.sources_from_listing(tree.listing)
    except SetError as fault:
        if fault.code != "MK655":  # named as photos are, but not well
            return "faces"
        pictures = files.pictures_of(tree)
        if pictures and files.foreign_table(tree):
            return "pictures"  # what its table lacks is said there
        text = f"it holds {len(pictures)} pictures, and no table or names that say what they are"
        raise _not_taken(place, text) from None
    return "faces"


def _lawful_table(tree: files.Tree) -> bool:
    try:
        return bool(files.pictures_of(tree)) and files.lawful_table(tree)
    except SetError:
        return True  # several tables, of which one must be named


def _no_files(place: Path) -> files.Tree:
    return files.Tree(files.shown(place), (), lambda _: b"")


def _not_taken(place: Path, text: str) -> SetError:
    where, remedy = files.shown(place), f"Name {TAKEN}."
    return SetError(Finding("MK626", f"{text}.", file=where, suggestion=remedy))
