"""The manifest: what a stimulus set says about itself.

`Manifest` is ``datapackage.json``, a Frictionless Data Package with a ``morphkit`` block; a
`StimulusSet` is the manifest and the rows of `study.table`, with a way to read a stimulus's
bytes.  Knows text and values, no disk and no pixels.  May import `errors`, `study.table`,
pydantic and the standard library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from morphkit.errors import Finding, SetError
from morphkit.study.entries import (
    Block,
    ContinuumEntry,
    MixtureEntry,
    PrototypeEntry,
    Share,
    TransformEntry,
)
from morphkit.study.table import TABLE, Stimulus, table_schema

SCHEMA_VERSION = 1
_EXACT = 2**53

MOST_ALIKE = 1000
"""Places of one manifest that are told one by one."""
MANIFEST, REPORT = "datapackage.json", "report.html"


class Engine(Block):
    """The program and the options that made the pixels."""

    version: str
    options: dict[str, Any]


class Source(Block):
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


class Anchor(Block):
    """A source face on the canvas."""

    identity: str
    expression: str
    mirrored: bool = False
    landmarks: list[tuple[float, float]]
    pixel_sha256: str = Field(
        pattern="^[0-9a-f]{64}$",
        description="Pixels of the aligned photo, rendered without the mesh: what the frame "
        "of weight 1 must equal.",
    )
    raw: bool = Field(
        default=False,
        description="Whether these are the photo's own pixels, neither turned, scaled nor masked.",
    )


class Mesh(Block):
    """The mesh of the whole set: mean shape plus border points, and triangles over them."""

    points: list[tuple[float, float]]
    triangles: list[tuple[int, int, int]]
    landmarks: list[int] = Field(description="Which landmarks the first mesh points are.")


class MorphkitBlock(Block):
    """The ``morphkit`` block of ``datapackage.json``."""

    schema_version: int
    key: str = Field(
        default="", description="SHA-256 of all that decides the set, rights and packages too."
    )
    pixel_key: str = Field(
        default="", description="SHA-256 of all that decides the pixels of the set."
    )
    seal: str = Field(
        default="", description="SHA-256 of what the build wrote here; `morphkit.study.seal`."
    )
    engine: Engine
    recipe: dict[str, Any] = Field(description="The recipe with every default filled in.")
    landmark_scheme: str
    landmark_names: list[str]
    sources: list[Source]
    anchors: list[Anchor]
    mesh: Mesh
    prototypes: list[PrototypeEntry] = Field(default=[])
    continua: list[ContinuumEntry]
    transforms: list[TransformEntry] = Field(default=[])
    mixtures: list[MixtureEntry] = Field(default=[])
    frame_weights: dict[str, list[Share]] = Field(
        default={},
        description="Stimulus id → its photos and their weights, where the table can't say them.",
    )
    scales: dict[str, Any] = Field(default={})
    measures: dict[str, Any] = Field(default={})
    label: Literal["nominal", "physically checked", "perceptually calibrated"] | None = None
    doubts: list[dict[str, Any]] = Field(
        default=[], description="Warnings about the sources, as the build found them."
    )
    response_map: list[dict[str, Any]] = Field(
        description="Key, button number and label of each answer, and the level it stands for."
    )


class Resource(Block):
    """One file of the set."""

    name: str
    path: str
    hash: str = Field(pattern="^sha256:[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class License(Block):
    """A licence as it was declared: `title` as written, `name` with safe signs only."""

    name: str = Field(pattern="^[-a-zA-Z0-9._]+$")
    title: str


class Manifest(Block):
    """``datapackage.json``."""

    profile: str = "data-package"
    name: str
    licenses: list[License] | None = Field(
        default=None, description="The licences of the sources, where they are declared."
    )
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


def licenses(sources: Sequence[Source]) -> list[License] | None:
    """Return each licence that the sources declare, once; None when none does."""
    titles = dict.fromkeys(source.licence for source in sources if source.licence)
    named = [(re.sub("[^-a-zA-Z0-9._]+", "-", title).strip("-"), title) for title in titles]
    return [License(name=name or "other", title=title) for name, title in named] or None


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of ``datapackage.json``."""
    return Manifest.model_json_schema()


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
                f"this is not the manifest of a morphkit set ({_why(error)}).",
                file=MANIFEST,
                suggestion="Build the set again.",
            )
        ) from None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SetError(
            Finding(
                "MK602",
                f"the manifest has schema version {min(version, _EXACT)}, this morphkit reads up "
                f"to {SCHEMA_VERSION}.",
                file=MANIFEST,
                pointer="morphkit.schema_version",
                measured=float(min(version, _EXACT)),
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
                    f"{fault['msg']} (found {_shown(fault['input'])}).",
                    file=MANIFEST,
                    pointer=".".join(str(part) for part in fault["loc"]),
                    suggestion="Build the set again.",
                )
                for fault in error.errors()[:MOST_ALIKE]
            )
        ) from None


def _shown(value: object) -> str:
    """Return a value that was found, shortly, however large it is."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return repr(str(value)[:60])


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    return (
        f"it is not JSON: {error}" if isinstance(error, ValueError) else "its parts are misplaced"
    )


def manifest_text(manifest: Manifest) -> str:
    """Return ``datapackage.json``: sorted keys, UTF-8, LF."""
    data = manifest.model_dump(mode="json", by_alias=True)
    if data["licenses"] is None:
        del data["licenses"]  # the standard knows a list or nothing
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def table_resource(stimuli: Sequence[Stimulus], sha256: str, size: int) -> Resource:
    """Return the table as a Frictionless resource with its schema."""
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
            "schema": table_schema(stimuli),
        }
    )


def report_resource(sha256: str, size: int) -> Resource:
    """Return the report page as a Frictionless resource."""
    return Resource.model_validate(
        {
            "name": "report",
            "path": REPORT,
            "format": "html",
            "mediatype": "text/html",
            "hash": f"sha256:{sha256}",
            "bytes": size,
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
