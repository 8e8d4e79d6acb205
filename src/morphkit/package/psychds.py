"""Psych-DS: the table in ``data``, the images in ``materials``, and what the columns mean.

Knows the names and keywords of Psych-DS; may import `study` and the rest of `package`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from morphkit.package import dataset
from morphkit.package.documents import software
from morphkit.package.papers import README
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import stimuli_csv

DESCRIPTION = "dataset_description.json"
MATERIALS = "materials"
LIMITS = {"minimum": "minValue", "maximum": "maxValue", "pattern": "valuePattern"}


def export(stimulus_set: StimulusSet) -> Iterator[tuple[str, bytes]]:
    """Psych-DS: a dataset of psychology, its columns described in one file.

    Parameters
    ----------
    stimulus_set : StimulusSet

    Yields
    ------
    (str, bytes)
    """
    manifest = stimulus_set.manifest
    places = {row.image_file: _place(row.image_file) for row in stimulus_set.stimuli}
    rows = [
        dataclasses.replace(row, image_file=places[row.image_file]) for row in stimulus_set.stimuli
    ]
    yield README, dataset.readme("psychds", stimulus_set, TABLE=table_path(manifest))
    yield DESCRIPTION, dataset.json_bytes(_description(stimulus_set))
    yield table_path(manifest), stimuli_csv(rows).encode()
    yield f"{MATERIALS}/{dataset.RECIPE}", dataset.json_bytes(dataset.recipe(manifest))
    for row in stimulus_set.stimuli:
        yield places[row.image_file], stimulus_set.read(row.image_file)


def table_path(manifest: Manifest) -> str:
    """Return where the table is: keywords and values as Psych-DS wants them."""
    study = re.sub("[^A-Za-z0-9]", "", manifest.name)[:40] or "faces"
    return f"data/study-{study}_description-stimuli_data.csv"


def _place(image_file: str) -> str:
    return f"{MATERIALS}/{image_file.rpartition('/')[2]}"


def _description(stimulus_set: StimulusSet) -> dict[str, Any]:
    manifest = stimulus_set.manifest
    licence = dataset.licence(manifest)
    return {
        "@context": "http://schema.org/",
        "@type": "Dataset",
        "name": dataset.title(manifest),
        "description": dataset.description(stimulus_set),
        "license": dataset.licence_address(licence) or licence,
        "citation": f"{software(manifest.morphkit.engine.version)} See the file CITATION.",
        "keywords": list(dataset.KEYWORDS),
        "variableMeasured": [_variable(field) for field in dataset.fields(stimulus_set)],
    }


def _variable(field: Mapping[str, Any]) -> dict[str, Any]:
    limits = field.get("constraints", {})
    told = field["description"]
    if field["name"] == "image_file":
        told = "Path of the image, relative to the folder of dataset_description.json."
    kept = {LIMITS[word]: limits[word] for word in LIMITS if word in limits}
    return {"@type": "PropertyValue", "name": field["name"], "description": told, **kept}
