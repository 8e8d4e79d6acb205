"""The recipe: what users write to say which set they want.

`parse_recipe` is the only door: it reads a YAML text strictly and finds all faults at once,
so that a `Recipe` that exists has every default filled in and contradicts itself nowhere.
Knows texts and values; no folder, no photo, no pixel.  May import `errors`, pydantic and
the files of `study` that know names, levels and YAML.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from morphkit.study import names
from morphkit.study.faults import findings
from morphkit.study.fields import (
    FRONT_ENDS,
    LIMITS,
    Expression,
    Folder,
    FrontEnd,
    Id,
    Identities,
    Levels,
    LimitName,
    Scale,
    Version,
    refusal,
)
from morphkit.study.levels import MorphPath, check_levels, levels, midpoint
from morphkit.study.parts import Equalise, Output, Part
from morphkit.study.yaml import Document, Place, as_written, pointer, read_yaml

__all__ = ["FRONT_ENDS", "LIMITS", "Recipe", "parse_recipe", "recipe_schema", "resolved"]

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


class Continuum(Part):
    """Anchors of one infant, a path between them, and the levels on it."""

    name: Id = Field(description="A short name; it becomes part of every stimulus id.")
    path: MorphPath = Field(description="direct, through-neutral or from-neutral.")
    from_: Expression = Field(alias="from", description="The expression where the path begins.")
    via: Expression | None = Field(
        default=None, description="The expression at level 0; on through-neutral only."
    )
    to: Expression = Field(description="The expression where the path ends.")
    levels: Levels = Field(description="A count, a rising list, or the name of a preset.")
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
        _differs(via, "from", info.data.get("from_"))
        return via

    @field_validator("to")
    @classmethod
    def _to(cls, to: str, info: ValidationInfo) -> str:
        _differs(to, "from", info.data.get("from_"))
        _differs(to, "via", info.data.get("via"))
        return to

    @field_validator("levels")
    @classmethod
    def _on_path(cls, spec: Any, info: ValidationInfo) -> Any:
        path = info.data.get("path")
        fault = check_levels(spec, path) if path else None
        if fault:
            raise refusal("MK911", *fault)
        return spec

    @field_validator("midpoint")
    @classmethod
    def _promised(cls, kind: str, info: ValidationInfo) -> str:
        path, spec = info.data.get("path"), info.data.get("levels")
        if kind == "none" or path is None or spec is None:
            return kind
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


def _differs(expression: str | None, key: str, other: str | None) -> None:
    if expression is not None and expression == other:
        message = f"{expression!r} is the expression of {key} as well"
        raise refusal("MK910", message, "Each anchor of a path is another expression.")


class Spacing(Part):
    """In which unit the steps are to be equal."""

    scale: Scale = Field(default="level", description="level is the only unit of this version.")


def _filled(limits: Mapping[str, float]) -> Mapping[str, float]:
    return {**LIMITS, **limits}


def _some(continua: tuple[Continuum, ...]) -> tuple[Continuum, ...]:
    if not continua:
        raise refusal("MK907", "the list is empty", "A set has at least one continuum.")
    return continua


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
    continua: Annotated[tuple[Continuum, ...], Strict(False), AfterValidator(_some)] = Field(
        description="A list of at least one continuum.", json_schema_extra={"minItems": 1}
    )
    equalise: Equalise = Equalise()
    output: Output = Output()
    spacing: Spacing = Spacing()
    limits: Annotated[
        Mapping[LimitName, Annotated[float, Field(ge=0)]], AfterValidator(_filled)
    ] = Field(default={}, description="Limits of the rule catalogue, by name.")
    packages: Annotated[tuple[FrontEnd, ...], Strict(False)] = Field(
        default=(), description="Front ends to package for."
    )


def parse_recipe(
    text: str, *, file: str = "", exporters: Collection[str] = ("psychopy", "jspsych")
) -> Recipe:
    """Return the recipe that a YAML 1.2 text holds.

    Parameters
    ----------
    text : str
        At most 1 MB.
    file : str
        Name of the file, for messages.
    exporters : collection of str
        Front ends that there is an exporter for.

    Raises
    ------
    RecipeError
        With every fault that was found, in line order, 100 at most.  MK901 not readable,
        MK902 tag, anchor, alias, merge key or directive, MK903 a key twice, MK904 unknown
        key, MK905 missing key, MK906 wrong type, MK907 value not allowed, MK908 unlawful
        name, MK909 another recipe version, MK910 expressions do not fit the path, MK911
        levels do not fit the path, MK912 a name twice, MK913 midpoint declared but absent,
        MK914 planned but not in this version, MK915 no exporter, MK916 statistics that contradict
        each other, MK917 stimulus ids too long, MK918 statistics of mixed display codes.
    """
    document = read_yaml(text, file=file)
    faults = list(document.faults)
    recipe = None
    if document.whole:
        try:
            recipe = Recipe.model_validate(document.value, context={"exporters": exporters})
        except ValidationError as error:
            faults += findings(document, error, Recipe, MOST_FINDINGS)
        faults += _set_faults(document)
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
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _first(faults: list[Finding]) -> list[Finding]:
    more = len(faults) - MOST_FINDINGS
    if more <= 0:
        return faults
    last = Finding("MK901", f"and {more} more faults.", file=faults[0].file)
    return [*faults[:MOST_FINDINGS], last]


def _set_faults(document: Document) -> list[Finding]:
    """Faults between the parts of a recipe, found as far as it can be read at all."""
    value = document.value if isinstance(document.value, dict) else {}
    listed = _list(value.get("continua"))
    entries = [entry if isinstance(entry, dict) else {} for entry in listed]
    called = [as_written(entry.get("name")) for entry in entries]
    packages = [as_written(item) for item in _list(value.get("packages"))]
    faults = _twice(document, called, "continua", "name") + _twice(document, packages, "packages")
    first = {name: i for i, name in reversed([*enumerate(called)]) if isinstance(name, str)}
    lawful = sorted((name for name in first if not names.check_id(name)), key=first.__getitem__)
    for short, long in names.interleaving(lawful):
        message = f"the stimulus ids of {long!r} would sort among those of {short!r}."
        remedy = f"Put a letter behind {short}_, or drop the underscore."
        place: Place = ("continua", first[long], "name")
        faults.append(_fault(document, "MK912", message, place, remedy))
    faults += _coded_statistics(document, value)
    infants = [str(as_written(item)) for item in _list(value.get("identities"))]
    longest = max(infants, key=len, default="i")
    for name in lawful:
        try:
            names.stimulus_id(longest, name, 1, 1)
        except RecipeError as error:
            fault = error.findings[0]
            place = ("continua", first[name], "name")
            faults.append(_fault(document, fault.code, fault.message, place, fault.suggestion))
    return faults


def _coded_statistics(document: Document, value: dict[str, Any]) -> list[Finding]:
    engine, wishes = value.get("engine"), value.get("equalise")
    if not isinstance(engine, dict) or not isinstance(wishes, dict):
        return []
    asked = [key for key in Equalise.model_fields if wishes.get(key) in (True, "set", "identity")]
    if engine.get("light") != "srgb" or not asked:
        return []
    message = "mixed display codes (light: srgb) don't keep the statistics of what is mixed."
    remedy = "Write light: linear, or delete equalise."
    return [_fault(document, "MK918", message, ("equalise", asked[0]), remedy)]


def _twice(document: Document, items: list[Any], *place: str) -> list[Finding]:
    faults, seen = [], set()
    for i, item in enumerate(items):
        if isinstance(item, str) and item in seen:
            message, remedy = f"{item[:60]!r} stands here again.", "Write each name once."
            here: Place = (place[0], i, *place[1:])
            faults.append(_fault(document, "MK912", message, here, remedy))
        elif isinstance(item, str):
            seen.add(item)
    return faults


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _fault(document: Document, code: str, message: str, place: Place, remedy: str) -> Finding:
    return Finding(
        code,
        message,
        file=document.file,
        pointer=pointer(place),
        line=document.line(place),
        suggestion=remedy,
    )
