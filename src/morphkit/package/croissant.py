"""Croissant: a description of table and images that machine-learning libraries read.

Knows the terms of Croissant 1.1; may import `study` and the rest of `package`.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from morphkit.package import dataset
from morphkit.package.documents import software
from morphkit.package.papers import README
from morphkit.study.manifest import StimulusSet
from morphkit.study.table import stimuli_csv

METADATA = "croissant.json"
FOLDER, TABLE = "stimuli", "stimuli/stimuli.csv"
"""The table lies beside the images, so that its ``image_file`` is a file name: on file names
readers can join them."""

CONFORMS = "http://mlcommons.org/croissant/1.1"
IMAGES, RECORDS = "images", "stimuli"
TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}

_CR = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileProperty", "fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
CONTEXT: Mapping[str, Any] = MappingProxyType(
    {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "description": {"@container": "@language"},
        "name": {"@container": "@language"},
        **{term: f"cr:{term}" for term in _CR},
    }
)
"""The terms of the standard's own context."""


def export(stimulus_set: StimulusSet, date: str = "") -> Iterator[tuple[str, bytes]]:
    """Croissant: table and images described for machine-learning libraries.

    Parameters
    ----------
    stimulus_set : StimulusSet
    date : str
        Day of publication, YYYY-MM-DD; left out when it is not given.

    Yields
    ------
    (str, bytes)

    Raises
    ------
    UsageError
        MK829 when `date` is no such day.
    """
    return _files(stimulus_set, dataset.published(date) if date else "")


def _files(stimulus_set: StimulusSet, date: str) -> Iterator[tuple[str, bytes]]:
    rows = [
        dataclasses.replace(row, image_file=row.image_file.rpartition("/")[2])
        for row in stimulus_set.stimuli
    ]
    table = stimuli_csv(rows).encode()
    yield README, dataset.readme("croissant", stimulus_set)
    yield METADATA, dataset.json_bytes(_metadata(stimulus_set, table, date))
    yield TABLE, table
    for row, beside in zip(stimulus_set.stimuli, rows, strict=True):
        yield f"{FOLDER}/{beside.image_file}", stimulus_set.read(row.image_file)


def _metadata(stimulus_set: StimulusSet, table: bytes, date: str) -> dict[str, Any]:
    manifest = stimulus_set.manifest
    licence = dataset.licence(manifest)
    columns = [_column(field) for field in dataset.fields(stimulus_set)]
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": dataset.title(manifest),
        "description": dataset.description(stimulus_set),
        "license": dataset.licence_address(licence) or licence,
        "citeAs": f"{software(manifest.morphkit.engine.version)} See the file CITATION.",
        "keywords": list(dataset.KEYWORDS),
        **({"datePublished": date} if date else {}),
        "distribution": [_table(table), _images()],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": RECORDS,
                "name": RECORDS,
                "description": "One record for each face.",
                "key": {"@id": f"{RECORDS}/stimulus_id"},
                "field": [*columns, _image()],
            }
        ],
    }


def _table(table: bytes) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": "table",
        "name": "stimuli.csv",
        "description": "One row for each face, with the SHA-256 of its image.",
        "contentUrl": TABLE,
        "contentSize": f"{len(table)} B",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(table).hexdigest(),
    }


def _images() -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": IMAGES,
        "name": IMAGES,
        "description": "The faces.",
        "encodingFormat": "image/png",
        "includes": f"{FOLDER}/*.png",
    }


def _column(field: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "@type": "cr:Field",
        "@id": f"{RECORDS}/{field['name']}",
        "name": field["name"],
        "description": field["description"],
        "dataType": TYPES[field["type"]],
        "source": {"fileObject": {"@id": "table"}, "extract": {"column": field["name"]}},
    }
    if field["name"] == "image_file":
        told["description"] = "Name of the image's file, beside the table."
        # joins each row with its image
        told["references"] = {
            "fileSet": {"@id": IMAGES},
            "extract": {"fileProperty": "filename"},
        }
    return told


def _image() -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{RECORDS}/image",
        "name": "image",
        "description": "The face itself.",
        "dataType": "sc:ImageObject",
        "source": {"fileSet": {"@id": IMAGES}, "extract": {"fileProperty": "content"}},
    }
