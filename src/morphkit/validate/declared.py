"""The recipe in the manifest: the manifest's own list declares the same, limits are no looser.

Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from morphkit.errors import Finding, MorphkitError
from morphkit.study.calibrated import Placed
from morphkit.study.continuum import Continuum, chooser
from morphkit.study.entries import Block, ContinuumEntry
from morphkit.study.manifest import MANIFEST, MorphkitBlock
from morphkit.study.program import nominal, resolve
from morphkit.study.recipe import LIMITS, Recipe
from morphkit.study.scale import ScaleFile
from morphkit.validate.findings import Evidence
from morphkit.validate.labels import PHYSICAL
from morphkit.validate.rules import RULES, finding
from morphkit.validate.table import SAME


def check_recipe(evidence: Evidence) -> Iterator[Finding]:
    """MK673: the recipe declares the same continua and levels as the manifest's list."""
    recipe, block = evidence.recipe, evidence.block
    if recipe is None:
        return
    yield from _unlike_operations(recipe, block)
    wanted = [(entry.name, entry.path, list(entry.expressions)) for entry in recipe.continua]
    listed = [(entry.name, entry.path, list(entry.expressions)) for entry in block.continua]
    if wanted != listed:
        text = f"the recipe declares {_titles(wanted)}, the manifest lists {_titles(listed)}."
        yield finding("MK673", text, file=MANIFEST, pointer="morphkit.continua")
        return
    for number, (want, have) in enumerate(zip(recipe.continua, block.continua, strict=True)):
        if not _has_levels(have, want, recipe, block):
            yield finding(
                "MK673",
                f"the recipe's levels of {want.name} are not the ones that the manifest lists.",
                file=MANIFEST,
                pointer=f"morphkit.continua.{number}.levels",
            )


def _has_levels(
    have: ContinuumEntry, want: Continuum, recipe: Recipe, block: MorphkitBlock
) -> bool:
    """Whether a continuum lies where its recipe says.

    Where a scale chose, that is asked again; levels that make steps equal in a metric were found
    by rendering, and are judged by the steps themselves.
    """
    wish = chooser(want, recipe.spacing.scale)
    if wish is not None:
        # NumPy, for scales alone
        from morphkit.scales import as_scale, chosen  # noqa: PLC0415

        try:
            scale = as_scale(ScaleFile.model_validate(block.scales[wish.name]))
            right = chosen(scale, want, wish, have.identities)
        except (KeyError, ValueError, MorphkitError):
            return False
    else:
        right = Placed(nominal(want))
    if wish is None and isinstance(want.levels, int | str) and recipe.spacing.scale != "level":
        return len(have.levels) == len(right.levels)
    own = [have.own_levels.get(who, []) for who in right.own]
    pairs = zip([right.levels, *right.own.values()], [have.levels, *own], strict=True)
    return have.own_levels.keys() == right.own.keys() and all(_same(a, b) for a, b in pairs)


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(
        abs(a - b) <= SAME for a, b in zip(one, other, strict=True)
    )


def check_limits(evidence: Evidence) -> Iterator[Finding]:
    """MK463: no limit that a label rests on is looser than its default.

    All of these are largest values but `duplicate_rmse`, which can't be less than its 0.
    """
    physical = {RULES[code].limit for number in PHYSICAL if (code := f"MK{number}") in RULES}
    loose = [
        f"{name} {value:g} instead of {LIMITS[name]:g}"
        for name, value in evidence.limits.items()
        if name in physical - {"duplicate_rmse"} and value > LIMITS[name]
    ]
    if loose:
        text = f"limits loosened: {', '.join(loose)}."
        yield finding("MK463", text, file=MANIFEST, pointer="morphkit.recipe.limits")


def _unlike_operations(recipe: Recipe, block: MorphkitBlock) -> Iterator[Finding]:
    """MK673 for prototypes, transforms and mixtures: what the recipe says of each, but for who."""
    asked = resolve(recipe, [])
    pairs = (
        ("prototypes", asked.prototypes, block.prototypes),
        ("transforms", asked.transforms, block.transforms),
        ("mixtures", asked.mixtures, block.mixtures),
    )
    for key, wanted, listed in pairs:
        if [_said(one) for one in wanted] != [_said(one) for one in listed]:
            text = f"the recipe's {key} are not the ones that the manifest lists."
            yield finding("MK673", text, file=MANIFEST, pointer=f"morphkit.{key}")


def _said(entry: Block) -> dict[str, object]:
    said = entry.model_dump(exclude={"identities"})
    if "group" in said:
        said["group"] = said["group"] is None
    return said


def _titles(entries: Sequence[tuple[str, str, list[str]]]) -> str:
    return "; ".join(f"{name} ({path}: {' → '.join(who)})" for name, path, who in entries)
