"""The recipe of a build and the table of its photos, read from their files.

May import `errors`, `files` and `study`.
"""

from __future__ import annotations

import os
from pathlib import Path

from morphkit import files
from morphkit.errors import Finding, RecipeError
from morphkit.study import sources
from morphkit.study.recipe import Recipe, parse_recipe
from morphkit.study.sources import SourceRow


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises
    ------
    RecipeError
        With every fault of the recipe.
    """
    recipe = parse_recipe(files.read_text(path, "recipe"), file=str(path))
    if not Path(recipe.faces).is_absolute():
        return recipe
    return recipe.model_copy(update={"faces": _relative(recipe.faces, path)})


def _relative(faces: str, recipe_file: Path) -> str:
    """Return an absolute folder relative to the recipe: a set must not tell who made it where."""
    try:
        relative = os.path.relpath(Path(faces).resolve(), recipe_file.resolve().parent)
    except ValueError:  # another drive of Windows
        relative = ""
    parts = Path(relative).parts
    if relative and Path.home().name not in parts:
        return Path(relative).as_posix()
    raise RecipeError(
        Finding(
            "MK907",
            "the path to the photos would put the name of your home folder, or a drive, into "
            "the set.",
            file=files.shown(recipe_file),
            pointer="faces",
            suggestion="Keep recipe and photos in one study folder and write a relative path.",
        )
    )


def source_rows(folder: Path) -> list[SourceRow]:
    """Return the photos of a folder, by its table or else by their names."""
    listing = files.list_files(folder)
    if "faces.csv" in listing:
        text = files.read_text(folder / "faces.csv", "table of faces")
        return sources.parse_faces_csv(text, file=files.shown(folder / "faces.csv"))
    return sources.sources_from_listing(listing)
