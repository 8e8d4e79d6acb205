"""The manifest: what a stimulus set says about itself.

`Stimulus` is one row of ``stimuli.csv`` (the truth for rows); `Manifest` is
``datapackage.json``, a Frictionless Data Package with a ``morphkit`` block; a
`StimulusSet` is both, with a way to read a stimulus's bytes.  Knows text and values, no
disk and no pixels.  May import `errors`, pydantic and the standard library.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from morphkit.errors import Finding, SetError

SCHEMA_VERSION = 1
TABLE = "stimuli.csv"
MANIFEST = "datapackage.json"
WEIGHT = "weight_"


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A frame on disk: one row of ``stimuli.csv``.

    Parameters
    ----------
    stimulus_id, image_file : str
        Id, and path relative to the set with forward slashes.
    identity, continuum, morph_path : str
        Whose face, which continuum, ``direct | through-neutral | from-neutral``.
    frame : int
        Place in the continuum, counted from 1.
    morph_level, percent : float
        Level (−1…1, or 0…1 on ``from-neutral``) and ``(level + 1) / 2 · 100``
        (``level · 100`` on ``from-neutral``).
    weights : mapping of str to float
        Share of each expression; sums to 1.
    width_px, height_px : int
    sha256, pixel_sha256 : str
        Of the file's bytes, and of its decoded pixels.
    intensity, intensity_unit, p_happy, ambiguous : optional
        Known only on a calibrated scale; `ambiguous` is 0.25 ≤ p_happy ≤ 0.75.
    """

    stimulus_id: str
    image_file: str
    identity: str
    continuum: str
    morph_path: str
    frame: int
    morph_level: float
    percent: float
    weights: Mapping[str, float]
    width_px: int
    height_px: int
    sha256: str
    pixel_sha256: str
    intensity: float | None = None
    intensity_unit: str | None = None
    p_happy: float | None = None
    ambiguous: bool | None = None


class _Block(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


class Engine(_Block):
    """The program and the options that made the pixels."""

    version: str
    options: dict[str, Any]


class Source(_Block):
    """One photo with its template, and what may be done with it."""

    identity: str
    expression: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    template_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    reviewed: bool | None = None
    source: str | None = None
    licence: str | None = None
    derivatives_allowed: str | None = None
    publish_allowed: str | None = None
    consent_scope: str | None = None
    consent_until: str | None = None
    age_months: float | None = None


class Anchor(_Block):
    """A source face on the canvas."""

    identity: str
    expression: str
    landmarks: list[tuple[float, float]]
    pixel_sha256: str = Field(
        pattern="^[0-9a-f]{64}$",
        description="Pixels of the aligned photo, rendered without the mesh: what the frame "
        "of weight 1 must equal.",
    )


class Mesh(_Block):
    """The mesh of the whole set: mean shape plus border points, and triangles over them."""

    points: list[tuple[float, float]]
    triangles: list[tuple[int, int, int]]
    landmarks: list[int] = Field(description="Which landmarks the first mesh points are.")


class ContinuumEntry(_Block):
    """One continuum as it was declared."""

    name: str
    path: Literal["direct", "through-neutral", "from-neutral"]
    midpoint: Literal["photo", "blend", "average"] | None
    expressions: list[str]
    levels: list[float]


class MorphkitBlock(_Block):
    """The ``morphkit`` block of ``datapackage.json``."""

    schema_version: int
    key: str = Field(
        default="", description="SHA-256 of all that decides the set; equal keys, equal pixels."
    )
    engine: Engine
    recipe: dict[str, Any] = Field(description="The recipe with every default filled in.")
    landmark_scheme: str
    landmark_names: list[str]
    sources: list[Source]
    anchors: list[Anchor]
    mesh: Mesh
    continua: list[ContinuumEntry]
    scales: dict[str, Any] = {}
    measures: dict[str, Any] = {}
    label: Literal["nominal", "physically checked", "perceptually calibrated"] | None = None
    doubts: list[dict[str, Any]] = Field(
        default=[], description="Warnings about the sources, as the build found them."
    )
    response_map: list[dict[str, Any]] = Field(
        description="Key, button number and label of each answer, and the level it stands for."
    )


class Resource(_Block):
    """One file of the set."""

    name: str
    path: str
    hash: str = Field(pattern="^sha256:[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(_Block):
    """``datapackage.json``."""

    profile: str = "data-package"
    name: str
    resources: list[Resource]
    morphkit: MorphkitBlock


@dataclass(frozen=True, slots=True)
class StimulusSet:
    """A set: its manifest, its rows, and a way to read the bytes of a file in it.

    Parameters
    ----------
    manifest : Manifest
    stimuli : sequence of Stimulus
        In table order.
    read : callable
        ``read(image_file) -> bytes``.
    """

    manifest: Manifest
    stimuli: Sequence[Stimulus]
    read: Callable[[str], bytes] = field(repr=False)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``datapackage.json``."""
    schema = Manifest.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parse_manifest(text: str) -> Manifest:
    """Return the manifest that a ``datapackage.json`` text holds.

    Raises
    ------
    SetError
        MK601 for every place that does not fit the schema; MK602 for a newer schema.
    """
    try:
        data = json.loads(text)
        version = data["morphkit"]["schema_version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SetError(
            Finding(
                "MK601",
                f"this is not the manifest of a morphkit set ({error!r}).",
                file=MANIFEST,
                suggestion="Build the set again.",
            )
        ) from None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SetError(
            Finding(
                "MK602",
                f"the manifest has schema version {version}, this morphkit reads up to "
                f"{SCHEMA_VERSION}.",
                file=MANIFEST,
                pointer="morphkit.schema_version",
                measured=float(version),
                limit=float(SCHEMA_VERSION),
                suggestion="Update morphkit.",
            )
        )
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise SetError(
            *(
                Finding(
                    "MK601",
                    f"{fault['msg']} (found {str(fault['input'])[:60]!r}).",
                    file=MANIFEST,
                    pointer=".".join(str(part) for part in fault["loc"]),
                    suggestion="Build the set again.",
                )
                for fault in error.errors()
            )
        ) from None


def manifest_text(manifest: Manifest) -> str:
    """Return ``datapackage.json``: sorted keys, UTF-8, LF."""
    data = manifest.model_dump(mode="json")
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


_PLAIN = {
    "stimulus_id": str,
    "image_file": str,
    "identity": str,
    "continuum": str,
    "morph_path": str,
    "frame": int,
    "morph_level": float,
    "percent": float,
}
_TAIL = {
    "intensity": float,
    "intensity_unit": str,
    "p_happy": float,
    "ambiguous": bool,
    "width_px": int,
    "height_px": int,
    "sha256": str,
    "pixel_sha256": str,
}
_OPTIONAL = ("intensity", "intensity_unit", "p_happy", "ambiguous")


def columns(stimuli: Iterable[Stimulus]) -> list[str]:
    """Return the columns of the table; an optional one only when some row has a value."""
    rows = list(stimuli)
    expressions: dict[str, None] = {}
    for row in rows:
        expressions.update(dict.fromkeys(row.weights))
    tail = [
        name
        for name in _TAIL
        if name not in _OPTIONAL or any(getattr(row, name) is not None for row in rows)
    ]
    return [*_PLAIN, *(WEIGHT + name for name in expressions), *tail]


def cells(stimulus: Stimulus, names: Sequence[str]) -> list[str]:
    """Return a row as text, in the order of `names`; an unknown value is empty."""
    return [_cell(_value(stimulus, name)) for name in names]


def stimuli_csv(stimuli: Sequence[Stimulus]) -> str:
    """Return ``stimuli.csv``: UTF-8, commas, LF, no BOM."""
    names = columns(stimuli)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(cells(row, names) for row in stimuli)
    return out.getvalue()


def parse_stimuli(text: str) -> list[Stimulus]:
    """Return the rows of a ``stimuli.csv`` text.

    Raises
    ------
    SetError
        MK603 for a missing column, MK604 for every cell that is not of its type.
    """
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header, rows = reader.fieldnames or [], list(reader)
    except csv.Error as error:
        raise SetError(
            Finding("MK603", f"this is not a table with commas ({error}).", file=TABLE)
        ) from None
    required = [n for n in (*_PLAIN, *_TAIL) if n not in _OPTIONAL]
    missing = [name for name in required if name not in header]
    if missing:
        raise SetError(
            *(
                Finding("MK603", f"the column {name} is missing.", file=TABLE, pointer=name, line=1)
                for name in missing
            )
        )
    stimuli: list[Stimulus] = []
    faults: list[Finding] = []
    for line, row in enumerate(rows, start=2):
        try:
            stimuli.append(_parse_row(row))
        except _CellFault as fault:
            faults.append(
                Finding(
                    "MK604",
                    f"the cell holds {str(fault.text)[:60]!r}, {fault.wanted} is needed.",
                    file=TABLE,
                    pointer=fault.column,
                    line=line,
                )
            )
    if faults:
        raise SetError(*faults)
    return stimuli


class _CellFault(Exception):
    def __init__(self, column: str, text: object, wanted: str) -> None:
        self.column, self.text, self.wanted = column, text, wanted


def _value(stimulus: Stimulus, name: str) -> object:
    if name.startswith(WEIGHT):
        return stimulus.weights.get(name.removeprefix(WEIGHT), 0.0)
    return getattr(stimulus, name)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _parse_row(row: dict[str, Any]) -> Stimulus:
    if None in row or None in row.values():
        raise _CellFault("", "a row of another length", "one cell for each column")
    kinds: dict[str, type] = {**_PLAIN, **_TAIL}
    values: dict[str, Any] = {}
    weights: dict[str, float] = {}
    for name, text in row.items():
        if name.startswith(WEIGHT):
            weights[name.removeprefix(WEIGHT)] = _parse_cell(name, text, float)
        elif name in kinds and not (text == "" and name in _OPTIONAL):
            values[name] = _parse_cell(name, text, kinds[name])
    return Stimulus(weights=weights, **values)


def _parse_cell(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text not in ("true", "false"):
            raise _CellFault(name, text, "true or false")
        return text == "true"
    try:
        value = kind(text)
    except ValueError:
        raise _CellFault(name, text, f"{kind.__name__}") from None
    if kind is float and not abs(value) < float("inf"):
        raise _CellFault(name, text, "a finite number")
    return value


def table_resource(stimuli: Sequence[Stimulus], sha256: str, size: int) -> Resource:
    """Return the table as a Frictionless resource with its schema."""
    fields = [_FIELDS.get(name) or _weight_field(name) for name in columns(stimuli)]
    return Resource.model_validate(
        {
            "name": "stimuli",
            "path": TABLE,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "hash": f"sha256:{sha256}",
            "bytes": size,
            "schema": {"fields": fields, "primaryKey": "stimulus_id", "missingValues": [""]},
        }
    )


def image_resource(row: Stimulus, size: int) -> Resource:
    """Return a stimulus as a Frictionless resource."""
    return Resource.model_validate(
        {
            "name": row.stimulus_id,
            "path": row.image_file,
            "format": "png",
            "mediatype": "image/png",
            "hash": f"sha256:{row.sha256}",
            "bytes": size,
        }
    )


def _field(name: str, kind: str, description: str, **constraints: object) -> dict[str, object]:
    field: dict[str, object] = {"name": name, "type": kind, "description": description}
    if constraints:
        field["constraints"] = constraints
    return field


def _weight_field(name: str) -> dict[str, object]:
    expression = name.removeprefix(WEIGHT)
    return _field(name, "number", f"Share of the {expression} face.", required=True)


_HASH = "^[0-9a-f]{64}$"
_FIELDS = {
    field["name"]: field
    for field in (
        _field("stimulus_id", "string", "Id of the stimulus.", required=True, unique=True),
        _field("image_file", "string", "Path of the image, relative to the set.", required=True),
        _field("identity", "string", "Whose face.", required=True),
        _field("continuum", "string", "Which continuum of the recipe.", required=True),
        _field("morph_path", "string", "How the path runs.", required=True,
               enum=["direct", "through-neutral", "from-neutral"]),
        _field("frame", "integer", "Place in the continuum, from 1.", required=True, minimum=1),
        _field("morph_level", "number", "Level: -1 first anchor, 0 nominal midpoint, 1 last "
               "(from-neutral: 0 to 1).", required=True, minimum=-1, maximum=1),
        _field("percent", "number", "Level as a percentage of the path.", required=True,
               minimum=0, maximum=100),
        _field("intensity", "number", "Position on the calibrated scale."),
        _field("intensity_unit", "string", "Unit of that scale."),
        _field("p_happy", "number", "Share of happy answers.", minimum=0, maximum=1),
        _field("ambiguous", "boolean", "Whether p_happy lies in 0.25 to 0.75."),
        _field("width_px", "integer", "Width in pixels.", required=True, minimum=1),
        _field("height_px", "integer", "Height in pixels.", required=True, minimum=1),
        _field("sha256", "string", "SHA-256 of the file.", required=True, pattern=_HASH),
        _field("pixel_sha256", "string", "SHA-256 of mode, size and pixels.", required=True,
               pattern=_HASH),
    )
}  # fmt: skip
