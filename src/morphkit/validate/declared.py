"""The recipe in the manifest: the manifest's own list declares the same, limits are no looser.

Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from morphkit.errors import Finding
from morphkit.study import levels
from morphkit.study.entries import Block
from morphkit.study.manifest import MANIFEST, MorphkitBlock
from morphkit.study.program import resolve
from morphkit.study.recipe import LIMITS, Recipe
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
    wanted = [
        (entry.name, entry.path, list(entry.expressions), levels.levels(entry.levels, entry.path))
        for entry in recipe.continua
    ]
    listed = [(e.name, e.path, list(e.expressions), tuple(e.levels)) for e in block.continua]
    if [entry[:3] for entry in wanted] != [entry[:3] for entry in listed]:
        text = f"the recipe declares {_titles(wanted)}, the manifest lists {_titles(listed)}."
        yield finding("MK673", text, file=MANIFEST, pointer="morphkit.continua")
        return
    for number, (want, have) in enumerate(zip(wanted, listed, strict=True)):
        if len(want[3]) != len(have[3]) or not all(
            abs(a - b) <= SAME for a, b in zip(want[3], have[3], strict=True)
        ):
            yield finding(
                "MK673",
                f"the recipe's levels of {want[0]} are not the ones that the manifest lists.",
                file=MANIFEST,
                pointer=f"morphkit.continua.{number}.levels",
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


def _titles(entries: Sequence[tuple[str, str, list[str], object]]) -> str:
    return "; ".join(f"{name} ({path}: {' → '.join(who)})" for name, path, who, _ in entries)
