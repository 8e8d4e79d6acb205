"""The recipe: what users write to say which set they want.

`parse_recipe` is the only door: it reads a YAML text strictly and finds all faults at once,
so that a `Recipe` that exists has every default filled in and contradicts itself nowhere.
Knows texts and values; no folder, no photo, no pixel.  May import `errors`, pydantic and
the files of `study` that know names, levels and YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from morphkit.errors import Finding, RecipeError
from morphkit.study.agreement import SERIES, set_faults
from morphkit.study.continuum import Continuum
from morphkit.study.faults import findings
from morphkit.study.fields import (
    FRONT_ENDS,
    LIMITS,
    Folder,
    FrontEnd,
    Id,
    Identities,
    LimitName,
    Version,
    refusal,
)
from morphkit.study.level_fields import ScaleFiles, SpacingScale
from morphkit.study.operations import Mixture, Prototype, Transform
from morphkit.study.parts import Equalise, Output, Part
from morphkit.study.rights import Use
from morphkit.study.task import TaskSection, is_task
from morphkit.study.yaml import read_yaml

__all__ = [
    "FRONT_ENDS",
    "LIMITS",
    "Continuum",
    "Recipe",
    "parse_recipe",
    "recipe_schema",
    "resolved",
]

MOST_FINDINGS = 100


class Canvas(Part):
    """The frame that every stimulus of the set shares."""

    width: int = Field(default=512, ge=64, le=8192, description="Pixels.")
    height: int = Field(default=640, ge=64, le=8192, description="Pixels.")
    eye_distance: float = Field(
        default=170, ge=16, description="Distance of the pupils in pixels; less than the width."
    )
    background: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Grey around the face, 0 black to 1 white, as displayed.",
    )
    align: Literal["eyes", "procrustes"] = Field(
        default="eyes", description="What is made equal: the pupils, or all landmarks."
    )

    @field_validator("eye_distance")
    @classmethod
    def _fits(cls, distance: float, info: ValidationInfo) -> float:
        width = info.data.get("width")
        if width is not None and distance >= width:
            message = f"the eyes would be {distance:g} px apart on a canvas of {width} px"
            raise refusal("MK907", message, f"Use about a third of the width: {width // 3}.")
        return distance


class Mask(Part):
    """What of the face is shown."""

    shape: Literal["oval", "hull", "none"] = Field(
        default="oval", description="An oval, the outline of the landmarks, or the whole canvas."
    )
    feather: float = Field(
        default=8, ge=0, le=1000, description="Width of the soft edge in pixels."
    )


class Engine(Part):
    """How pixels are made."""

    light: Literal["linear", "srgb"] = Field(
        default="linear", description="Mix light, or display codes as older programs do."
    )
    sampler: Literal["catmull-rom", "bilinear"] = Field(
        default="catmull-rom", description="bilinear is faster and loses fine detail."
    )
    apertures: bool = Field(
        default=True, description="Show inside mouth and eyes only what is open there."
    )
    refine: Literal["flow", "off"] = Field(
        default="flow", description="Align the skin between landmarks, too."
    )
    texture: Literal["restore", "off"] = Field(
        default="restore", description="Give back the fine texture that mixing takes away."
    )


class Spacing(Part):
    """In which unit the steps are to be equal."""

    scale: SpacingScale = Field(
        default="level",
        description="level, a metric, or perceived: FILE, a calibrated scale.  For counts and "
        "presets of levels; lists stay as they are.",
    )


def _filled(limits: Mapping[str, float]) -> Mapping[str, float]:
    return {**LIMITS, **limits}


class Recipe(Part):
    """A recipe for a stimulus set."""

    morphkit: Version = Field(description="1, the version of the recipe format.")
    name: Id = Field(description="A short name of the set; its folder is called so.")
    faces: Folder = Field(
        description="The folder of the photos, relative to the recipe, with forward slashes."
    )
    identities: Identities = Field(default="all", description="The word all, or a list of infants.")
    canvas: Canvas = Canvas()
    mask: Mask = Mask()
    engine: Engine = Engine()
    prototypes: Annotated[tuple[Prototype, ...], Strict(False)] = Field(
        default=(), description="Means over infants, each an identity of its own."
    )
    continua: Annotated[tuple[Continuum, ...], Strict(False)] = Field(
        default=(), description="Anchors of one identity, and levels on a path between them."
    )
    transforms: Annotated[tuple[Transform, ...], Strict(False)] = Field(
        default=(), description="Base + amount × (to − from)."
    )
    mixtures: Annotated[tuple[Mixture, ...], Strict(False)] = Field(
        default=(), description="Frames of stated weights."
    )
    equalise: Equalise = Equalise()
    output: Output = Output()
    spacing: Spacing = Spacing()
    scales: ScaleFiles = Field(
        default=(),
        description="Calibrated scales that were measured on this set: it is labelled, and its "
        "rows get intensities, by them.",
    )
    use: Use | None = Field(
        default=None, description="What the set is for; held against the consent for each photo."
    )
    limits: Annotated[
        Mapping[LimitName, Annotated[float, Field(ge=0)]], AfterValidator(_filled)
    ] = Field(default={}, description="Limits of the rule catalogue, by name.")
    packages: Annotated[tuple[FrontEnd, ...], Strict(False)] = Field(
        default=(), description="Front ends to package for."
    )
    task: TaskSection = Field(
        default=None,
        description="What packages show and ask, or a preset's name; by default each face once.",
    )


def parse_recipe(text: str, *, file: str = "") -> Recipe:
    """Return the recipe that a YAML 1.2 text holds.

    Parameters
    ----------
    text : str
        At most 1 MB.
    file : str
        Name of the file, for messages.

    Raises
    ------
    RecipeError
        With every fault that was found, in line order, 100 at most.  MK901 not readable,
        MK902 tag, anchor, alias, merge key or directive, MK903 a key twice, MK904 unknown
        key, MK905 missing key, MK906 wrong type, MK907 value not allowed, MK908 unlawful
        name, MK909 another recipe version, MK910 expressions do not fit the path, MK911
        levels do not fit the path, MK912 a name twice, MK913 midpoint declared but absent,
        MK916 statistics that contradict each other, MK917 stimulus ids too
        long, MK918 statistics of mixed display codes, MK919 amounts, MK920 weights, MK921 a mean
        over one infant, MK922 a prototype that is called like an infant.
    """
    document = read_yaml(text, file=file)
    if is_task(document.value):
        raise RecipeError(
            Finding(
                "MK905",
                "this is a task file, not a recipe.",
                file=file,
                line=1,
                suggestion="Give it to morphkit package --task, or put it under task: in a recipe.",
            )
        )
    faults = list(document.faults)
    recipe = None
    if document.whole:
        try:
            recipe = Recipe.model_validate(document.value)
        except ValidationError as error:
            faults += findings(document, error, Recipe, MOST_FINDINGS)
        faults += set_faults(document)
    if faults or recipe is None:
        faults.sort(key=lambda fault: fault.line or 0)
        raise RecipeError(*_first(faults))
    return recipe


def resolved(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe with every default filled in, as JSON values.

    Written as JSON or YAML, `parse_recipe` reads it as the same recipe.
    """
    return recipe.model_dump(mode="json", by_alias=True, exclude_none=True)


def recipe_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a recipe.

    It knows keys, types and ranges; what lies between keys only `parse_recipe` knows.
    """
    schema = Recipe.model_json_schema()
    schema["properties"]["limits"] = {
        "type": "object",
        "description": "Limits of the rule catalogue, by name.",
        "additionalProperties": False,
        "properties": {
            name: {"type": "number", "minimum": 0, "default": default}
            for name, default in LIMITS.items()
        },
    }
    some = [{"required": [key], "properties": {key: {"minItems": 1}}} for key in SERIES]
    return {**schema, "anyOf": some}


def _first(faults: list[Finding]) -> list[Finding]:
    more = len(faults) - MOST_FINDINGS
    if more <= 0:
        return faults
    last = Finding("MK901", f"and {more} more faults.", file=faults[0].file)
    return [*faults[:MOST_FINDINGS], last]
