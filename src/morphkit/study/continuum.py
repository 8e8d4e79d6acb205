"""The continuum of a recipe: anchors, the path between them, and the levels on it.

May import pydantic and the files of `study` that know fields and levels.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from morphkit.study.calibrated import OnScale
from morphkit.study.fields import Expression, Id, Identities, refusal
from morphkit.study.level_fields import Levels
from morphkit.study.levels import MorphPath, check_levels, levels, midpoint
from morphkit.study.parts import Part


class Continuum(Part):
    """Anchors of one infant, a path between them, and the levels on it."""

    name: Id = Field(description="A short name; it becomes part of every stimulus id.")
    identities: Identities = Field(
        default="all", description="The word all (prototypes too), or a list."
    )
    path: MorphPath = Field(description="direct, through-neutral or from-neutral.")
    from_: Expression = Field(alias="from", description="The expression where the path begins.")
    via: Expression | None = Field(
        default=None, description="The expression at level 0; on through-neutral only."
    )
    to: Expression = Field(description="The expression where the path ends.")
    levels: Levels = Field(
        description="A count, a rising list, the name of a preset, or shares of happy on a scale."
    )
    midpoint: Literal["blend", "photo", "none"] = Field(
        default="none", description="A promise that a frame lies at level 0, and what it is."
    )

    @property
    def expressions(self) -> tuple[str, ...]:
        """The anchors' expressions, in path order."""
        return (self.from_, self.to) if self.via is None else (self.from_, self.via, self.to)

    @field_validator("via")
    @classmethod
    def _via(cls, via: str | None, info: ValidationInfo) -> str | None:
        path = info.data.get("path")
        if path == "through-neutral" and via is None:
            remedy = "Add, for instance, via: neutral."
            raise refusal("MK910", "the through-neutral path needs the key via", remedy)
        if path in ("direct", "from-neutral") and via is not None:
            remedy = "Delete via, or write path: through-neutral."
            raise refusal("MK910", f"the {path} path has no key via", remedy)
        differs(via, "from", info.data.get("from_"))
        return via

    @field_validator("to")
    @classmethod
    def _to(cls, to: str, info: ValidationInfo) -> str:
        differs(to, "from", info.data.get("from_"))
        differs(to, "via", info.data.get("via"))
        return to

    @field_validator("levels")
    @classmethod
    def _on_path(cls, spec: Any, info: ValidationInfo) -> Any:
        path = info.data.get("path")
        fault = check_levels(spec, path) if path and not isinstance(spec, OnScale) else None
        if fault:
            raise refusal("MK911", *fault)
        return spec

    @field_validator("midpoint")
    @classmethod
    def _promised(cls, kind: str, info: ValidationInfo) -> str:
        path, spec = info.data.get("path"), info.data.get("levels")
        if kind == "none" or path is None or spec is None:
            return kind
        if isinstance(spec, OnScale):
            message = "levels that a scale chooses promise no frame at level 0"
            raise refusal("MK913", message, "Delete midpoint.")
        found = midpoint(path, levels(spec, path))
        if found == kind:
            return kind
        if path == "from-neutral":
            raise refusal("MK913", "the from-neutral path has no midpoint", "Delete midpoint.")
        if found:
            message = f"the frame at level 0 of the {path} path is a {found}, not a {kind}"
            raise refusal("MK913", message, f"Write midpoint: {found}, or change the path.")
        message = f"a {kind} midpoint is declared, but no frame lies at level 0"
        raise refusal("MK913", message, "Use an odd count, or a list that holds 0.")


def chooser(entry: Continuum, spacing: str | OnScale) -> OnScale | None:
    """Return the scale that chooses the levels of a continuum; None when none does.

    `spacing` is the recipe's, which is for counts and presets; lists stay as they are.
    """
    if isinstance(entry.levels, OnScale):
        return entry.levels
    even = isinstance(entry.levels, int | str)
    return spacing if even and isinstance(spacing, OnScale) else None


def differs(expression: str | None, key: str, other: str | None) -> None:
    """Refuse, with MK910, an expression that another key has as well."""
    if expression is not None and expression == other:
        message = f"{expression!r} is the expression of {key} as well"
        raise refusal("MK910", message, "Each anchor of a path is another expression.")
