"""RO-Crate: what was made of which photographs by which program, for archives.

The photographs themselves stay at home, and so does their SHA-256, which would tell anybody who has
a picture of a child that it was used; but for photographs that may be published.  Knows the terms
of RO-Crate 1.3 and of the profile Process Run Crate; may import `study` and the rest of `package`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from morphkit.package import dataset
from morphkit.package.documents import CITATION, METHODS, declared, documents
from morphkit.package.papers import README, RESPONSE_MAP
from morphkit.study.manifest import Source, StimulusSet
from morphkit.study.table import TABLE, Stimulus, cells, columns, stimuli_csv

METADATA = "ro-crate-metadata.json"
CONTEXT, SPECIFICATION = "https://w3id.org/ro/crate/1.3/context", "https://w3id.org/ro/crate/1.3"
PROFILE, PROFILE_VERSION = "https://w3id.org/ro/wfrun/process/0.5", "0.5"
ROOT, BUILD = "./", "#build"
NOT_PUBLISHED = "0001-01-01"
"""The specification asks for a day of publication; this one is nobody's."""

NO_VALUES = ("stimulus_id", "image_file", "sha256", "pixel_sha256")
"""Columns that are no property: names and hashes of one file alone."""

TERMS = ("licence", "derivatives_allowed", "publish_allowed", "consent_scope", "consent_until")
PAPERS = {
    README: "What is in this crate and how to use it",
    METHODS: "A paragraph for a paper, with references",
    CITATION: "What to cite",
    dataset.CONSENT: "What was declared for the photographs",
    RESPONSE_MAP: "Which key means which answer",
}

Entity = dict[str, Any]


def export(stimulus_set: StimulusSet, date: str = "") -> Iterator[tuple[str, bytes]]:
    """RO-Crate: which image was made of which photographs and how, for archives.

    Parameters
    ----------
    stimulus_set : StimulusSet
    date : str
        Day of publication, YYYY-MM-DD; 0001-01-01, which stands for not published, when it is
        not given.

    Yields
    ------
    (str, bytes)

    Raises
    ------
    UsageError
        MK829 when `date` is no such day.
    """
    return _files(stimulus_set, dataset.published(date) if date else NOT_PUBLISHED)


def _files(stimulus_set: StimulusSet, date: str) -> Iterator[tuple[str, bytes]]:
    made: dict[str, bytes] = {
        README: dataset.readme("rocrate", stimulus_set),
        TABLE: stimuli_csv(stimulus_set.stimuli).encode(),
        dataset.RECIPE: dataset.json_bytes(dataset.recipe(stimulus_set.manifest)),
        **dict(documents(stimulus_set)),
    }
    yield from made.items()
    sizes: dict[str, int] = {}
    for row in stimulus_set.stimuli:
        data = stimulus_set.read(row.image_file)
        sizes[row.image_file] = len(data)
        yield row.image_file, data
    graph = _graph(stimulus_set, date, made, sizes)
    yield METADATA, dataset.json_bytes({"@context": CONTEXT, "@graph": graph})


def _graph(
    stimulus_set: StimulusSet, date: str, made: Mapping[str, bytes], sizes: Mapping[str, int]
) -> list[Entity]:
    sources = stimulus_set.manifest.morphkit.sources
    values = _values(stimulus_set)
    papers = [_paper(name, text, made) for name, text in PAPERS.items()]
    tables = [_table(stimulus_set, made[TABLE]), _recipe(made[dataset.RECIPE])]
    images = [_image(stimulus_set, row, values, sizes) for row in stimulus_set.stimuli]
    photos = [_photo(one) for one in sources]
    program = _program(stimulus_set)
    build: Entity = {
        "@id": BUILD,
        "@type": "CreateAction",
        "name": "Morphing",
        "description": f"morphkit made {len(images)} images of {len(photos)} photographs.",
        "instrument": _to(program),
        "object": [*map(_to, photos), {"@id": dataset.RECIPE}],
        "result": [*map(_to, images), {"@id": TABLE}],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    files = [*papers, *tables, *images]
    head = [_descriptor(), _root(stimulus_set, date, files), *_licences(stimulus_set), _profile()]
    every = [*head, program, build, *photos, *files, *values.values()]
    return [_compact(entity) for entity in every]


def _compact(entity: Entity) -> Entity:
    """Return an entity with no empty list and no list of one, as the specification advises."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
        if value != []
    }


def _to(entity: Entity) -> Entity:
    return {"@id": entity["@id"]}


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": ROOT},
    }


def _root(stimulus_set: StimulusSet, date: str, files: Sequence[Entity]) -> Entity:
    manifest = stimulus_set.manifest
    told = dataset.description(stimulus_set)
    if date == NOT_PUBLISHED:
        told += f" The date {NOT_PUBLISHED} stands for: not published yet."
    named = [dataset.licence_address(text) for text in dataset.licences(manifest)]
    licences = [{"@id": address} for address in named if address]
    return {
        "@id": ROOT,
        "@type": "Dataset",
        "name": dataset.title(manifest),
        "description": told,
        "datePublished": date,
        "license": [*licences, {"@id": dataset.CONSENT}],
        "conformsTo": {"@id": PROFILE},
        "keywords": list(dataset.KEYWORDS),
        "hasPart": [_to(file) for file in files],
        "mentions": [{"@id": BUILD}],
    }


def _licences(stimulus_set: StimulusSet) -> Iterator[Entity]:
    for text in dataset.licences(stimulus_set.manifest):
        if address := dataset.licence_address(text):
            yield {
                "@id": address,
                "@type": "CreativeWork",
                "name": text,
                "description": f"Declared for photographs; {dataset.CONSENT} says for which.",
            }


def _profile() -> Entity:
    return {
        "@id": PROFILE,
        "@type": ["CreativeWork", "Profile"],
        "name": "Process Run Crate",
        "version": PROFILE_VERSION,
    }


def _program(stimulus_set: StimulusSet) -> Entity:
    engine = stimulus_set.manifest.morphkit.engine
    return {
        "@id": "#morphkit",
        "@type": "SoftwareApplication",
        "name": "morphkit",
        "version": engine.version,
        "url": {"@id": CITATION},  # it has no page of its own
    }


def _photo(source: Source) -> Entity:
    """Return a photograph: what was declared, but neither file nor file name."""
    terms = {name: declared(source, name) for name in TERMS}
    licence = terms["licence"]
    entity: Entity = {
        "@id": _photo_id(source.identity, source.expression),
        "@type": "CreativeWork",
        "name": f"Photograph: {source.identity}, {source.expression}",
        "description": "It is not in this crate.",
        "license": {"@id": dataset.licence_address(licence) or dataset.CONSENT},
        "conditionsOfAccess": "; ".join(f"{name}: {text}" for name, text in terms.items()),
    }
    if source.publish_allowed == "yes":
        entity["identifier"] = f"sha256:{source.sha256}"
    if source.source:
        entity["creditText"] = _one_line(source.source)
    return entity


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _photo_id(identity: str, expression: str) -> str:
    return f"#source-{identity}-{expression}"


def _image(
    stimulus_set: StimulusSet,
    row: Stimulus,
    values: Mapping[tuple[str, str], Entity],
    sizes: Mapping[str, int],
) -> Entity:
    names = columns([row])
    pairs = zip(names, cells(row, names), strict=True)
    return {
        "@id": row.image_file,
        "@type": "File",
        "name": row.stimulus_id,
        "description": dataset.caption(row),
        "encodingFormat": "image/png",
        "contentSize": str(sizes[row.image_file]),
        "sha256": row.sha256,
        "license": {"@id": dataset.CONSENT},
        "isBasedOn": [{"@id": one} for one in _parents(stimulus_set, row)],
        "additionalProperty": [_to(values[pair]) for pair in pairs if pair in values],
    }


def _parents(stimulus_set: StimulusSet, row: Stimulus) -> list[str]:
    """Return the photographs that have a share in an image."""
    block = stimulus_set.manifest.morphkit
    there = dict.fromkeys((one.identity, one.expression) for one in block.sources)
    shares = block.frame_weights.get(row.stimulus_id)
    if shares is not None:
        named = [(s.identity, s.expression) for s in shares if s.shape or s.colour or s.texture]
    else:
        named = [(row.identity, name) for name, weight in row.weights.items() if weight]
    return [_photo_id(*pair) for pair in dict.fromkeys(named) if pair in there]


def _values(stimulus_set: StimulusSet) -> dict[tuple[str, str], Entity]:
    """Return one property for each value of each column; images of one value share it."""
    values: dict[tuple[str, str], Entity] = {}
    for field in dataset.fields(stimulus_set):
        name = field["name"]
        if name in NO_VALUES:
            continue
        known = dict.fromkeys(cells(row, [name])[0] for row in stimulus_set.stimuli)
        for number, text in enumerate((text for text in known if text), start=1):
            values[name, text] = {
                "@id": f"#{name}-{number}",
                "@type": "PropertyValue",
                "name": name,
                "description": field["description"],
                "value": text if field["type"] == "string" else json.loads(text),
            }
    return values


def _table(stimulus_set: StimulusSet, data: bytes) -> Entity:
    names = ", ".join(field["name"] for field in dataset.fields(stimulus_set))
    return _file(TABLE, f"One row for each image: {names}.", "text/csv", data)


def _recipe(data: bytes) -> Entity:
    told = "How the images were made: every setting, but no folders and files."
    return _file(dataset.RECIPE, told, "application/json", data)


def _paper(name: str, told: str, made: Mapping[str, bytes]) -> Entity:
    kind = "application/json" if name.endswith(".json") else "text/plain"
    entity = _file(name, told, kind, made.get(name))
    return entity | {"@type": ["File", "CreativeWork"]} if name == dataset.CONSENT else entity


def _file(name: str, told: str, kind: str, data: bytes | None) -> Entity:
    entity: Entity = {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": told,
        "encodingFormat": kind,
        "license": {"@id": dataset.CONSENT},
    }
    if data is not None:
        entity |= {"contentSize": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}
    return entity
