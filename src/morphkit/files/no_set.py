"""What people give in place of a set, and what they should give.

May import `errors`, `study.manifest`, `study.table`, `files.disk`, `files.ours` and `files.texts`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from morphkit.errors import Finding
from morphkit.files.disk import shown
from morphkit.files.ours import CHECKSUMS
from morphkit.files.texts import nearest
from morphkit.study.manifest import MANIFEST
from morphkit.study.table import TABLE

_PHOTOS = "photos.csv"
_RECIPES = (".yaml", ".yml")
_TABLES = (".csv", ".tsv", ".txt", ".xlsx")
_NAME = re.compile(r"^name:\s*[\"']?([\w.-]+)", re.MULTILINE)
_READ = 100_000
SOME = 5
"""Sets that are named."""


def no_set(path: Path) -> Finding | None:
    """Return MK605 for what is known to be no set; None for a folder that may be one."""
    told = _no_folder(path) if not path.is_dir() else _other_folder(path)
    return Finding("MK605", told[0], file=shown(path), suggestion=told[1]) if told else None


def _no_folder(path: Path) -> tuple[str, str]:
    """Return what a file is, and what to do."""
    if not path.exists():
        return "there is no such set.", nearest(path)
    suffix = path.suffix.lower()
    if _looks_like_a_set(path.parent):
        return "this is a file of a set.", f"Give the whole set: {shown(path.parent)}."
    if suffix in _RECIPES:
        made = _made(path)
        first = "" if _looks_like_a_set(made) else f"Build it first: morphkit build {shown(path)}. "
        return "this is a recipe, no set.", f"{first}Give the set that it makes: {shown(made)}."
    if suffix == ".zip":
        return "this is a zip.", f"Unzip it, and give the folder in it that has a {MANIFEST}."
    advice = f"A set is a folder with a {MANIFEST}."
    if suffix in _TABLES:
        return "this is a table, no set.", f"{advice} It comes first, then the files."
    return "this is a file, no set.", advice


def _other_folder(folder: Path) -> tuple[str, str] | None:
    """Return what a folder is in place of a set, and what to do; None if that isn't known."""
    if (folder / MANIFEST).exists():
        return None
    if (folder / CHECKSUMS).is_file():
        if (folder / _PHOTOS).is_file():
            return "this is a recipe package, no set.", "Make the set of it: morphkit rebuild."
        return "this is a package, no set.", "Give the set that it was made from."
    inside = (folder, folder / "generated")
    sets = sorted(
        one for home in inside if home.is_dir() for one in home.iterdir() if _looks_like_a_set(one)
    )
    if sets:
        names = ", ".join(shown(one) for one in sets[:SOME])
        more = f" and {len(sets) - SOME} more" if len(sets) > SOME else ""
        return "this is no set, but a folder with sets.", f"Give one of them: {names}{more}."
    return None


def _looks_like_a_set(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() and (folder / TABLE).is_file()


def _made(recipe: Path) -> Path:
    """Return where the set of a recipe goes, if it is said nowhere else."""
    name = recipe.stem
    with suppress(OSError), recipe.open(encoding="utf-8", errors="replace") as lines:
        found = _NAME.search(lines.read(_READ))
        name = found[1] if found else name
    home = recipe.resolve().parent
    return (home.parent if home.name == "configs" else home) / "generated" / name
