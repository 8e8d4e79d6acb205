"""The recipe of a build and the table of its photos, read from their files.

May import `errors`, `files` and `study`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from morphkit import files
from morphkit.errors import Finding, RecipeError
from morphkit.study import sources
from morphkit.study.calibrated import OnScale
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
    continua = [
        one.model_copy(update={"levels": _scale(one.levels, path, f"continua[{number}].levels")})
        for number, one in enumerate(recipe.continua)
    ]
    spacing = {"scale": _scale(recipe.spacing.scale, path, "spacing.scale")}
    told = {
        "faces": _relative(recipe.faces, path, "faces"),
        "continua": tuple(continua),
        "spacing": recipe.spacing.model_copy(update=spacing),
        "scales": tuple(_relative(one, path, "scales") for one in recipe.scales),
    }
    return recipe.model_copy(update=told)


def _scale(value: Any, recipe_file: Path, place: str) -> Any:
    """Return what chooses levels; where that is a scale, with its file relative to the recipe."""
    if not isinstance(value, OnScale):
        return value
    return replace(value, scale=_relative(value.scale, recipe_file, place))


def _relative(path: str, recipe_file: Path, place: str) -> str:
    """Return an absolute path relative to the recipe: a set must not tell who made it where."""
    if not Path(path).is_absolute():
        return path
    try:
        relative = os.path.relpath(Path(path).resolve(), recipe_file.resolve().parent)
    except ValueError:  # another drive of Windows
        relative = ""
    parts = Path(relative).parts
    if relative and Path.home().name not in parts:
        return Path(relative).as_posix()
    raise RecipeError(
        Finding(
            "MK907",
            "this path would put the name of your home folder, or a drive, into the set.",
            file=files.shown(recipe_file),
            pointer=place,
            suggestion="Keep recipe, photos and scales in one study folder and write a relative "
            "path.",
        )
    )


def source_rows(folder: Path) -> list[SourceRow]:
    """Return the photos of a folder, by its table or else by their names."""
    listing = files.list_files(folder)
    if "faces.csv" in listing:
        text = files.read_text(folder / "faces.csv", "table of faces")
        return sources.parse_faces_csv(text, file=files.shown(folder / "faces.csv"))
    return sources.sources_from_listing(listing)
