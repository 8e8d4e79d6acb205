"""The manifest: read back as written, every misfit found, and others' validators agree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from morphkit.build import build
from morphkit.errors import SetError
from morphkit.study.manifest import (
    MANIFEST,
    SCHEMA_VERSION,
    Manifest,
    image_resource,
    manifest_schema,
    manifest_text,
    parse_manifest,
    table_resource,
)
from morphkit.study.table import TABLE, Stimulus, stimuli_csv
from tiny_study import write_study

HASH = "0" * 64
SMALL: dict[str, Any] = {
    "profile": "data-package",
    "name": "small",
    "resources": [{"name": "one", "path": "one.png", "hash": f"sha256:{HASH}", "bytes": 3}],
    "morphkit": {
        "schema_version": 1,
        "engine": {"version": "0.1.0", "options": {"light": "linear"}},
        "recipe": {"name": "small", "continua": [{"levels": [0, 0.5, 1]}]},
        "landmark_scheme": "free3",
        "landmark_names": ["p1", "p2", "p3"],
        "sources": [
            {"identity": "amy", "expression": "happy", "sha256": HASH, "template_sha256": HASH}
        ],
        "anchors": [
            {
                "identity": "amy",
                "expression": "happy",
                "landmarks": [[1.5, 2.0], [9.0, 2.0], [5.0, 9.25]],
                "pixel_sha256": HASH,
            }
        ],
        "mesh": {
            "points": [[1.0, 2.0], [9.0, 2.0], [5.0, 9.0]],
            "triangles": [[0, 1, 2]],
            "landmarks": [0, 1, 2],
        },
        "continua": [
            {
                "name": "c",
                "path": "from-neutral",
                "midpoint": None,
                "expressions": ["neutral", "happy"],
                "levels": [0.0, 1.0],
            }
        ],
        "response_map": [{"key": "f", "button": 0, "label": "happy", "level": 1}],
    },
}


def changed(place: str, value: object) -> dict[str, Any]:
    """The small manifest with another value at a place; `...` takes the key out."""
    data = deepcopy(SMALL)
    *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    inner: Any = data
    for part in way:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return data


def faults(text: str) -> list[tuple[str, str]]:
    """Code and place of everything that is found in a manifest."""
    with pytest.raises(SetError) as caught:
        parse_manifest(text)
    assert caught.value.exit_code == 1
    assert all(f.file == MANIFEST and f.message and f.suggestion for f in caught.value.findings)
    return [(found.code, found.pointer) for found in caught.value.findings]


# ---- read back as written

texts = st.text(max_size=9)
floats = st.floats(allow_nan=False, allow_infinity=False)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
json_values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, json_values, max_size=3)
unknown = st.dictionaries(st.sampled_from(["licences", "x-lab", "schema"]), json_values, max_size=2)


def entries(keys: dict[str, SearchStrategy[Any]]) -> SearchStrategy[list[dict[str, Any]]]:
    """Lists of objects with given keys and some unknown ones."""
    return st.lists(st.tuples(unknown, st.fixed_dictionaries(keys)).map(_merged), max_size=2)


def _merged(two: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {**two[0], **two[1]}


@st.composite
def manifests(draw: DrawFn) -> dict[str, Any]:
    """A manifest as JSON would hold it."""
    points = st.lists(st.tuples(floats, floats), max_size=3)
    who = {"identity": texts, "expression": texts}
    of_hash = hashes.map(lambda text: f"sha256:{text}")
    block = {
        **draw(unknown),
        "schema_version": draw(st.integers(max_value=SCHEMA_VERSION)),
        "engine": {"version": draw(texts), "options": draw(objects)},
        "recipe": draw(objects),
        "landmark_scheme": draw(texts),
        "landmark_names": draw(st.lists(texts, max_size=3)),
        "sources": draw(
            entries(
                {
                    **who,
                    "sha256": hashes,
                    "template_sha256": hashes,
                    "reviewed": st.none() | st.booleans(),
                    "age_months": st.none() | floats,
                }
            )
        ),
        "anchors": draw(entries({**who, "landmarks": points, "pixel_sha256": hashes})),
        "mesh": {
            "points": draw(points),
            "triangles": draw(st.lists(st.tuples(*[st.integers()] * 3), max_size=2)),
            "landmarks": draw(st.lists(st.integers(), max_size=3)),
        },
        "continua": draw(
            entries(
                {
                    "name": texts,
                    "path": st.sampled_from(["direct", "through-neutral", "from-neutral"]),
                    "midpoint": st.sampled_from([None, "photo", "blend", "average"]),
                    "expressions": st.lists(texts, max_size=3),
                    "levels": st.lists(floats, max_size=3),
                }
            )
        ),
        "label": draw(st.sampled_from([None, "nominal", "physically checked"])),
        "scales": draw(objects),
        "response_map": draw(st.lists(objects, max_size=2)),
    }
    files = {"name": texts, "path": texts, "hash": of_hash, "bytes": st.integers(min_value=0)}
    return {**draw(unknown), "name": draw(texts), "resources": draw(entries(files))} | {
        "morphkit": block
    }


@settings(max_examples=40)
@given(manifests())
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    manifest = Manifest.model_validate(data)
    text = manifest_text(manifest)
    assert parse_manifest(text) == manifest
    assert manifest_text(parse_manifest(text)) == text
    assert contains(json.loads(text), json.loads(json.dumps(data)))


def contains(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted stands in what was found, which may have defaults besides."""
    if isinstance(wanted, dict):
        return all(key in found and contains(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        pairs = zip(found, wanted, strict=False)
        return len(found) == len(wanted) and all(contains(a, b) for a, b in pairs)
    return bool(found == wanted)


def test_unknown_keys_are_kept() -> None:
    data = deepcopy(SMALL)
    places = [
        data,
        data["resources"][0],
        data["morphkit"],
        *(data["morphkit"][name][0] for name in ("sources", "anchors", "continua")),
        data["morphkit"]["mesh"],
        data["morphkit"]["engine"],
    ]
    for number, place in enumerate(places):
        place["of_tomorrow"] = {"number": [number]}
    assert contains(json.loads(manifest_text(parse_manifest(json.dumps(data)))), data)


def test_the_text_is_the_same_on_every_machine() -> None:
    data = changed("name", "Zoë")
    backwards = json.dumps(dict(reversed(data.items())))
    text = manifest_text(parse_manifest(backwards))
    assert text == manifest_text(parse_manifest(json.dumps(data)))
    assert '"name": "Zoë"' in text
    assert text.endswith("}\n")
    assert text.index('"morphkit"') < text.index('"name": "Zoë"') < text.index('"resources"')


# ---- what doesn't fit

MISFITS: list[tuple[str, object]] = [
    ("name", ...),
    ("resources", None),
    ("resources.0.bytes", -1),
    ("resources.0.hash", HASH),
    ("morphkit.mesh", ...),
    ("morphkit.response_map", ...),
    ("morphkit.engine.options", []),
    ("morphkit.schema_version", "two"),
    ("morphkit.landmark_names.1", 7),
    ("morphkit.label", "gold"),
    ("morphkit.sources.0.sha256", "unknown"),
    ("morphkit.sources.0.template_sha256", "A" * 64),
    ("morphkit.anchors.0.pixel_sha256", None),
    ("morphkit.anchors.0.landmarks.2", [5.0]),
    ("morphkit.anchors.0.landmarks.2", [5.0, 9.0, 0.0]),
    ("morphkit.mesh.triangles.0.1", 0.5),
    ("morphkit.continua.0.path", "straight"),
    ("morphkit.continua.0.midpoint", "neutral"),
    ("morphkit.continua.0.levels.0", "low"),
]


@pytest.mark.parametrize("place, value", MISFITS)
def test_a_misfit_is_named_by_its_place(place: str, value: object) -> None:
    found = faults(json.dumps(changed(place, value)))
    assert {code for code, _ in found} == {"MK601"}
    assert all(pointer.startswith(place) for _, pointer in found), found


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_landmark_that_is_no_number(number: float) -> None:
    text = json.dumps(changed("morphkit.anchors.0.landmarks.0.1", number))
    assert faults(text) == [("MK601", "morphkit.anchors.0.landmarks.0.1")]


def test_all_misfits_at_once_with_what_was_found() -> None:
    data = changed("morphkit.label", "gold")
    data["resources"][0]["bytes"] = "many"
    text = json.dumps(data)
    assert faults(text) == [("MK601", "resources.0.bytes"), ("MK601", "morphkit.label")]
    with pytest.raises(SetError, match="found 'gold'"):
        parse_manifest(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "7", '"morphkit"', "{}", '{"morphkit": []}', '{"morphkit": {}}'),
        *('{"morphkit": {"schema_version": 1}', "[" * 100_000),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_manifest_at_all(text: str) -> None:
    assert faults(text) == [("MK601", "")]


def test_a_newer_schema_is_judged_by_its_number_alone() -> None:
    newer = {"morphkit": {"schema_version": SCHEMA_VERSION + 1, "mesh": "of another kind"}}
    assert faults(json.dumps(newer)) == [("MK602", "morphkit.schema_version")]
    with pytest.raises(SetError) as caught:
        parse_manifest(json.dumps(newer))
    (found,) = caught.value.findings
    assert (found.measured, found.limit) == (SCHEMA_VERSION + 1, SCHEMA_VERSION)


# ---- what others say: JSON Schema

SCHEMA = jsonschema.Draft202012Validator(manifest_schema())


def test_the_schema_takes_the_small_manifest() -> None:
    SCHEMA.check_schema(manifest_schema())
    SCHEMA.validate(SMALL)
    SCHEMA.validate(json.loads(manifest_text(parse_manifest(json.dumps(SMALL)))))


@pytest.mark.parametrize("place, value", MISFITS)
def test_the_schema_refuses_what_the_reader_refuses(place: str, value: object) -> None:
    assert not SCHEMA.is_valid(changed(place, value))


def test_both_validators_take_a_set_that_was_built(tmp_path: Path) -> None:
    folder = build(write_study(tmp_path, ("infant01",)), jobs=1).folder
    SCHEMA.validate(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    assert frictionless_faults(folder) == []


# ---- what others say: Frictionless


def write_small_set(folder: Path, change: Callable[[Stimulus], Stimulus] = lambda row: row) -> Path:
    """Write three stimuli with manifest and table; all hashes agree with what is written."""
    (folder / "stimuli").mkdir(parents=True)
    stimuli, resources = [], []
    for frame, level in enumerate((-1.0, 0.0, 1.0), start=1):
        data, name = f"picture {frame}".encode(), f"amy_c_{frame:03d}"
        row = Stimulus(
            *(name, f"stimuli/{name}.png", "amy", "c", "direct", frame, level, 50 * (level + 1)),
            {"distressed": (1 - level) / 2, "happy": (1 + level) / 2},
            *(64, 80, hashlib.sha256(data).hexdigest(), HASH),
            p_happy=0.5 if frame == 2 else None,
            ambiguous=True if frame == 2 else None,
        )
        (folder / row.image_file).write_bytes(data)
        stimuli.append(change(row))
        resources.append(image_resource(row, len(data)))
    table = stimuli_csv(stimuli).encode()
    (folder / TABLE).write_bytes(table)
    resources.insert(0, table_resource(stimuli, hashlib.sha256(table).hexdigest(), len(table)))
    block = parse_manifest(json.dumps(SMALL)).morphkit
    text = manifest_text(Manifest(name="small", resources=resources, morphkit=block))
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return folder


def frictionless_faults(folder: Path) -> list[tuple[str, str]]:
    """Resource and kind of everything that Frictionless finds in a set."""
    report = frictionless.validate(str(folder / MANIFEST))
    found = [(task.name, error.type) for task in report.tasks for error in task.errors]
    assert report.errors == [] and report.valid == (not found)
    return found


def test_frictionless_takes_a_small_set(tmp_path: Path) -> None:
    folder = write_small_set(tmp_path / "set")
    assert frictionless_faults(folder) == []
    assert frictionless.Package(str(folder / MANIFEST)).resource_names[:2] == [
        "stimuli",
        "amy_c_001",
    ]


@pytest.mark.parametrize("path, name", [("stimuli/amy_c_002.png", "amy_c_002"), (TABLE, "stimuli")])
def test_frictionless_sees_one_changed_byte(path: str, name: str, tmp_path: Path) -> None:
    file = write_small_set(tmp_path / "set") / path
    data = file.read_bytes()
    file.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    assert (name, "hash-count") in frictionless_faults(tmp_path / "set")


def test_frictionless_misses_an_image(tmp_path: Path) -> None:
    folder = write_small_set(tmp_path / "set")
    (folder / "stimuli" / "amy_c_003.png").unlink()
    assert frictionless_faults(folder) == [("amy_c_003", "scheme-error")]


@pytest.mark.parametrize(
    "changes, kinds",
    [
        ({"morph_level": 2.0}, {"constraint-error"}),
        ({"percent": -1.0}, {"constraint-error"}),
        ({"p_happy": 1.5}, {"constraint-error"}),
        ({"frame": 0}, {"constraint-error"}),
        ({"morph_path": "straight"}, {"constraint-error"}),
        ({"sha256": "unknown"}, {"constraint-error"}),
        ({"identity": ""}, {"constraint-error"}),
        ({"stimulus_id": "amy_c_001"}, {"primary-key", "unique-error"}),
    ],
)
def test_frictionless_sees_a_false_cell(
    changes: dict[str, Any], kinds: set[str], tmp_path: Path
) -> None:
    folder = write_small_set(
        tmp_path / "set", lambda row: replace(row, **changes) if row.frame == 3 else row
    )
    assert {name for name, _ in frictionless_faults(folder)} == {"stimuli"}
    assert {kind for _, kind in frictionless_faults(folder)} == kinds
