"""The manifest as such: what of it can be derived again, and the seal over the rest.

Imports no NumPy.  May import `errors`, `study` and `validate`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from morphkit.errors import Finding
from morphkit.study import manifest as papers
from morphkit.study.answers import response_map
from morphkit.study.manifest import MANIFEST, REPORT, Resource
from morphkit.study.recipe import resolved
from morphkit.study.seal import seal
from morphkit.study.shares import Photo
from morphkit.study.table import TABLE, table_schema
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding


def check_seal(evidence: Evidence) -> Iterator[Finding]:
    """MK692: the manifest is the one that was written."""
    written = evidence.block.seal
    if written and written != seal(evidence.set.manifest):
        text = "something in the manifest was changed after it was written."
        yield finding("MK692", text, file=MANIFEST, pointer="morphkit.seal")


def check_resources(evidence: Evidence) -> Iterator[Finding]:
    """MK691: each file is listed once, and described as it is."""
    resources = evidence.set.manifest.resources
    for path, count in Counter(one.path for one in resources).items():
        if count > 1:
            text = f"{path!r} is listed {count} times."
            yield finding("MK691", text, file=MANIFEST, pointer="resources")
    rows = {row.image_file: row for row in evidence.set.stimuli}
    for number, one in enumerate(resources):
        digest = one.hash.removeprefix("sha256:")
        true: Resource | None = None
        if one.path in rows:
            true = papers.image_resource(replace(rows[one.path], sha256=digest), one.bytes)
        elif one.path == TABLE:
            true = papers.table_resource(evidence.set.stimuli, digest, one.bytes)
        elif one.path == REPORT:
            true = papers.report_resource(digest, one.bytes)
        if true is not None:
            yield from _undescribed(evidence, number, one, true)


def _undescribed(
    evidence: Evidence, number: int, given: Resource, true: Resource
) -> Iterator[Finding]:
    right = true.model_dump(exclude={"hash", "bytes", "schema"})
    for key, value in given.model_dump(exclude={"hash", "bytes", "schema"}).items():
        if key in right and value != right[key]:
            text = f"the {key} of {given.path} is {str(value)[:60]!r}, not {right[key]!r}."
            yield finding("MK691", text, file=MANIFEST, pointer=f"resources.{number}.{key}")
    schema = (given.model_extra or {}).get("schema")
    if given.path == TABLE and schema is not None:
        header = next(csv.reader(_text(evidence, TABLE).splitlines()[:1]), [])
        if _columns(schema) != _columns(table_schema(evidence.set.stimuli), header):
            text = f"the schema doesn't name the columns of {TABLE}, or their types."
            yield finding("MK691", text, file=MANIFEST, pointer=f"resources.{number}.schema")


def _columns(schema: Any, header: list[str] | None = None) -> list[object]:
    """Return names and types of a table schema, in the order of the header where it is given."""
    try:
        kinds = {field["name"]: field["type"] for field in schema["fields"]}
        names = list(kinds) if header is None else header
        return [*((name, kinds.get(name)) for name in names), schema["primaryKey"]]
    except (TypeError, KeyError):
        return []


def _text(evidence: Evidence, path: str) -> str:
    return evidence.set.read(path).decode("utf-8", "replace")


def check_answers(evidence: Evidence) -> Iterator[Finding]:
    """MK696: the answers stand for the ends of the path."""
    listed = evidence.block.response_map
    program = evidence.program
    if not listed or not (program.continua or program.transforms or program.mixtures):
        return
    true = [(answer["label"], answer["level"]) for answer in response_map(program)]
    given = [(answer.get("label"), answer.get("level")) for answer in listed]
    if given != true:
        ends = " and ".join(f"{label} at {level}" for label, level in true)
        text = f"the answers are not the two ends of the path, {ends}."
        yield finding("MK696", text, file=MANIFEST, pointer="morphkit.response_map")


def check_licences(evidence: Evidence) -> Iterator[Finding]:
    """MK697: the licences of the set are those of its sources."""
    listed, true = evidence.set.manifest.licenses or [], papers.licenses(evidence.block.sources)
    if [one.title for one in listed] != [one.title for one in true or []]:
        text = "the licences of the set are not those that its sources declare."
        yield finding("MK697", text, file=MANIFEST, pointer="licenses")


def check_engine(evidence: Evidence) -> Iterator[Finding]:
    """MK698: name and engine options are the recipe's."""
    if evidence.recipe is None:
        return
    name = evidence.set.manifest.name
    if name != evidence.recipe.name:
        text = f"the set is called {name[:60]!r}, its recipe {evidence.recipe.name!r}."
        yield finding("MK698", text, file=MANIFEST, pointer="name")
    asked = resolved(evidence.recipe)["engine"]
    for option, value in evidence.block.engine.options.items():
        if value != asked.get(option):
            text = f"the option {option[:60]!r} is {str(value)[:60]!r}, the recipe asks for "
            text += f"{asked.get(option)!r}."
            place = f"morphkit.engine.options.{option}"
            yield finding("MK698", text, file=MANIFEST, pointer=place)


def check_unused(evidence: Evidence) -> Iterator[Finding]:
    """MK699: every source and every anchor is declared for something, or has a part in a frame."""
    block = evidence.block
    used = {Photo(need.identity, need.expression) for need in evidence.program.needs()}
    for row in evidence.set.stimuli:
        used |= {photo._replace(mirrored=False) for photo in evidence.shares(row)}
    sources = [Photo(one.identity, one.expression) for one in block.sources]
    anchors = [Photo(one.identity, one.expression) for one in block.anchors]
    for kind, photos in (("sources", sources), ("anchors", anchors)):
        for number, photo in enumerate(photos):
            if photo not in used:
                text = f"nothing is made of {photo}."
                place = f"morphkit.{kind}.{number}"
                yield finding("MK699", text, file=MANIFEST, pointer=place)
