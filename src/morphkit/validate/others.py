"""Targets that are no set: packages, pictures of other programs, photos, recipes.

Each check is imported when it is needed.  May import `errors`, `files`, `plan`, `reading` and
`validate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from morphkit import files
from morphkit.errors import Finding
from morphkit.validate.targets import Target


def judged(target: Target, *, quick: bool) -> Iterator[Finding]:
    """Yield what is wrong with a target that is no set.

    Raises
    ------
    MorphkitError
        Where it can't be read at all.
    """
    return {
        "package": _package,
        "pictures": _pictures,
        "faces": _faces,
        "recipe": _recipe,
    }[target.kind](target, quick)


def _package(target: Target, quick: bool) -> Iterator[Finding]:
    from morphkit.validate.packages import check_package  # noqa: PLC0415 (a set doesn't need it)

    return check_package(target.tree, quick=quick)


def _pictures(target: Target, quick: bool) -> Iterator[Finding]:
    from morphkit.validate.foreign import check_foreign  # noqa: PLC0415 (as above)

    yield from target.tree.findings
    yield from check_foreign(
        files.read_foreign(target.tree, target.table, templates=not quick), quick=quick
    )


def _faces(target: Target, quick: bool) -> Iterator[Finding]:
    from morphkit.validate.faces import check_faces  # noqa: PLC0415 (as above)

    return check_faces(target.place, quick=quick)


def _recipe(target: Target, quick: bool) -> Iterator[Finding]:
    """Read a recipe; unless quick, plan what it asks for, as a dry run does."""
    if quick:
        from morphkit.reading import read_recipe  # noqa: PLC0415 (as above)

        read_recipe(target.place)
        return
    from morphkit.plan import plan  # noqa: PLC0415 (it imports NumPy)

    yield from plan(target.place).findings
