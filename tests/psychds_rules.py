"""The rules of Psych-DS, as its schema states them, for a package in memory.

Its own validator is on no package registry, so that the tests can't run it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping

OFFICIAL = {
    *("study", "site", "subject", "session", "task", "condition", "trial", "stimulus"),
    "description",
}
NAME = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
REQUIRED = ("name", "description", "variableMeasured")
SCHEMA_ORG = {
    "Dataset": {"name", "description", "license", "citation", "keywords", "variableMeasured"},
    "PropertyValue": {"name", "description", "minValue", "maxValue", "valuePattern"},
}
"""Types and, of each, the properties that schema.org gives it and the package uses."""


def psychds_faults(files: Mapping[str, bytes]) -> set[str]:
    """Return the code of every rule that is broken."""
    return set(_faults(files))


def _faults(files: Mapping[str, bytes]) -> Iterator[str]:
    if "dataset_description.json" not in files:
        yield "MISSING_DATASET_DESCRIPTION"
        return
    try:
        metadata = json.loads(files["dataset_description.json"].decode("utf-8"))
    except ValueError:
        yield "INVALID_JSON_FORMATTING"
        return
    if str(metadata.get("@context")).rstrip("/") not in ("http://schema.org", "https://schema.org"):
        yield "UNKNOWN_NAMESPACE"
    yield from _object_faults(metadata)
    if metadata.get("@type") != "Dataset":
        yield "INCORRECT_DATASET_TYPE"
    if any(not metadata.get(name) for name in REQUIRED):
        yield "JSON_KEY_REQUIRED"
    if not any(f"README{ending}" in files for ending in (".md", ".txt")):
        yield "MISSING_README_DOC"
    if not any(path.startswith("materials/") for path in files):
        yield "MISSING_MATERIALS_DIRECTORY"
    tables = [path for path in files if path.startswith("data/") and path.endswith(".csv")]
    if not tables:
        yield "MISSING_DATAFILE"
    measured = metadata.get("variableMeasured") or []
    told = {one["name"] if isinstance(one, dict) else one for one in measured}
    for path in tables:
        yield from _table_faults(path, files[path], told)


def _object_faults(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _object_faults(one)
    if not isinstance(value, dict):
        return
    known = SCHEMA_ORG.get(str(value.get("@type")))
    if known is None:
        yield "OBJECT_TYPE_MISSING"
    elif any(name not in known for name in value if not name.startswith("@")):
        yield "INVALID_SCHEMAORG_PROPERTY"
    for one in value.values():
        yield from _object_faults(one)


def _table_faults(path: str, data: bytes, told: set[str]) -> Iterator[str]:
    name = path.rpartition("/")[2]
    if not NAME.fullmatch(name):
        yield "FILENAME_KEYWORD_FORMATTING_ERROR"
    elif not {pair.split("-")[0] for pair in name.split("_")[:-1]} <= OFFICIAL:
        yield "FILENAME_UNOFFICIAL_KEYWORD_WARNING"
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    if not all(header):
        yield "CSV_HEADER_MISSING"
    if any(len(row) != len(header) for row in rows):
        yield "CSV_HEADER_LENGTH_MISMATCH"
    if not set(header) <= told:
        yield "CSV_COLUMN_MISSING_FROM_METADATA"
    if "row_id" in header:
        values = [row[header.index("row_id")] for row in rows]
        if len(set(values)) != len(values):
            yield "ROWID_VALUES_NOT_UNIQUE"
