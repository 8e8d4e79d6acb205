"""Packages for archives: what is in them, what is not, and that nothing changes it."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from morphkit import files
from morphkit.errors import PackageError, UsageError
from morphkit.files.nested import unpacked
from morphkit.observed.reading import read_responses
from morphkit.package import dataset
from morphkit.package.bids import EVENTS, labels_of
from morphkit.package.psychds import table_path
from morphkit.package.registry import BUILT_IN, exporters, options_of, package, runs_a_task
from morphkit.study.manifest import StimulusSet
from morphkit.study.meanings import choices
from morphkit.study.table import columns, parse_stimuli
from morphkit.validate import validate
from odd_set import LICENCE, SECRET, odd_set
from psychds_rules import psychds_faults

FORMATS = ("bids", "croissant", "psychds", "rocrate")
TABLES = {"croissant": "stimuli/stimuli.csv", "rocrate": "stimuli.csv"}


def made(stimulus_set: StimulusSet, name: str, **options: Any) -> dict[str, bytes]:
    return dict(package(stimulus_set, name, **options))


def loaded(found: dict[str, bytes], path: str) -> Any:
    return json.loads(found[path].decode())


def tsv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter="\t"))


# ---- every format


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_listed_and_runs_no_task(name: str) -> None:
    assert not runs_a_task(name)
    assert exporters()[name].endswith(".")


@pytest.mark.parametrize("make", [odd_set, None])
@pytest.mark.parametrize("name", FORMATS)
def test_it_carries_every_image_and_the_papers_and_is_the_same_twice(
    name: str, make: Callable[[], StimulusSet] | None, stimulus_set: StimulusSet
) -> None:
    packed = make() if make else stimulus_set
    found = made(packed, name)
    assert list(found.items()) == list(package(packed, name))
    images = {p: hashlib.sha256(data).hexdigest() for p, data in found.items() if ".png" in p}
    assert sorted(images.values()) == sorted(row.sha256 for row in packed.stimuli)
    for paper in ("README.txt", "methods.txt", "CITATION", "licence_and_consent.txt"):
        assert found[paper].endswith(b"\n")
    assert b"@" not in found["README.txt"]
    assert all(len(line) <= 100 for line in found["README.txt"].decode().splitlines())


@pytest.mark.parametrize("name", FORMATS)
def test_no_path_of_the_builder_and_no_marker_gets_into_it(name: str) -> None:
    for path, data in package(odd_set(), name):
        if not path.endswith(".png"):
            text = data.decode()
            assert SECRET not in text
            assert "psychopy" not in text
            assert not re.search(r"(?<![\w.:/])/(home|root|Users|tmp|work)\b", text), path


@pytest.mark.parametrize("make", [odd_set, None])
@pytest.mark.parametrize("name", FORMATS)
def test_validate_finds_it_clean(
    name: str,
    make: Callable[[], StimulusSet] | None,
    stimulus_set: StimulusSet,
    tmp_path: Path,
) -> None:
    files.write_files(tmp_path / "made", package(make() if make else stimulus_set, name))
    assert validate(tmp_path / "made").findings == ()


@pytest.mark.parametrize("name", FORMATS)
def test_validate_misses_an_image(name: str, stimulus_set: StimulusSet, tmp_path: Path) -> None:
    files.write_files(tmp_path / "made", package(stimulus_set, name))
    next((tmp_path / "made").rglob("*.png")).unlink()
    codes = [found.code for found in validate(tmp_path / "made").findings]
    assert {"MK688", "MK843"} <= set(codes)


@pytest.mark.parametrize(
    ("name", "table", "old", "new", "code"),
    [
        ("bids", "stimuli/stimuli.tsv", "amydishap01_image", "amydishap09_image", "MK843"),
        ("bids", "stimuli/stimuli.tsv", "@SHA@", "0" * 64, "MK684"),
        ("bids", "*_events.tsv", "amydishap02_image", "amydishap09_image", "MK843"),
        ("psychds", "*_data.csv", "materials/amy", "material/amy", "MK843"),
        ("psychds", "*_data.csv", "@SHA@", "0" * 64, "MK684"),
        ("rocrate", "stimuli.csv", "stimuli/amy", "stimuli/any", "MK843"),
        ("croissant", "stimuli/stimuli.csv", "@SHA@", "0" * 64, "MK684"),
    ],
)
def test_validate_finds_a_table_that_says_something_else(
    name: str,
    table: str,
    old: str,
    new: str,
    code: str,
    stimulus_set: StimulusSet,
    tmp_path: Path,
) -> None:
    files.write_files(tmp_path / "made", package(stimulus_set, name))
    (place,) = (tmp_path / "made").rglob(table)
    old = old.replace("@SHA@", stimulus_set.stimuli[0].sha256)
    text = place.read_text()
    assert old in text
    place.write_text(text.replace(old, new, 1))
    found = [one for one in validate(tmp_path / "made").findings if one.code == code]
    assert place.relative_to(tmp_path / "made").as_posix() in {one.file for one in found}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_its_table_is_the_one_of_the_set(name: str) -> None:
    packed = odd_set()
    rows = parse_stimuli(made(packed, name)[TABLES[name]].decode())
    at_home = [
        dataclasses.replace(row, image_file=f"stimuli/{row.image_file.rpartition('/')[2]}")
        for row in rows
    ]
    assert at_home == list(packed.stimuli)


def test_they_need_no_numpy() -> None:
    code = (
        "import sys\n"
        "from morphkit.package.registry import options_of\n"
        f"for name in {FORMATS}: options_of(name)\n"
        "print([m for m in ('numpy', 'scipy', 'PIL') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- what they all say


def test_a_licence_is_said_only_as_far_as_it_is_declared(stimulus_set: StimulusSet) -> None:
    def of(*licences: str | None) -> str:
        block = stimulus_set.manifest.morphkit
        sources = [
            one.model_copy(update={"licence": text})
            for one, text in zip(block.sources, licences, strict=True)
        ]
        told = block.model_copy(update={"sources": sources})
        return dataset.licence(stimulus_set.manifest.model_copy(update={"morphkit": told}))

    see = "; see licence_and_consent.txt"
    assert of(*["CC0-1.0"] * 4) == "CC0-1.0"
    assert of("CC0-1.0", "CC0-1.0", "CC-BY-4.0", "CC0-1.0") == f"CC0-1.0, CC-BY-4.0{see}"
    assert of("CC0-1.0", None, " ", "CC0-1.0") == f"CC0-1.0; undeclared for 2 of 4 photographs{see}"
    assert of(None, None, None, None) == f"undeclared{see}"
    assert of(*["ours,\n  for  now"] * 4) == "ours, for now"


@pytest.mark.parametrize("text", ["CC0-1.0", "CC-BY-NC-SA-3.0", "CC-BY-4.0"])
def test_a_well_known_licence_has_an_address(text: str) -> None:
    assert dataset.licence_address(text) == f"https://spdx.org/licenses/{text}"


@pytest.mark.parametrize("text", ["", "CC0", "cc-by-4.0", "CC-BY-4.0 or ask", LICENCE, "../x"])
def test_no_other_text_becomes_an_address(text: str) -> None:
    assert dataset.licence_address(text) == ""


def test_the_recipe_tells_settings_but_no_places() -> None:
    told = dataset.recipe(odd_set().manifest)
    assert told["mask"] == {"shape": "oval", "feather": 8}
    assert told["spacing"] == {"scale": "perceived"}
    assert not {"faces", "scales", "packages"} & set(told)


# ---- BIDS


def test_bids_names_are_letters_and_digits_and_no_two_agree() -> None:
    labels = labels_of(odd_set().stimuli)
    assert labels["a_b1"] == "ab1"
    assert labels["ab_1"] == "ab1x2"
    assert labels["ab1"] == "ab1x3"
    assert labels["ab1x2"] == "ab1x2x2"
    assert len({label.lower() for label in labels.values()}) == len(labels)
    assert all(re.fullmatch("[a-zA-Z0-9]+", label) for label in labels.values())


def test_the_bids_catalogue_has_every_column_and_says_what_it_means() -> None:
    packed = odd_set()
    found = made(packed, "bids")
    rows = tsv(found["stimuli/stimuli.tsv"])
    sidecar = loaded(found, "stimuli/stimuli.json")
    assert [row["stimulus_id"] for row in rows] == [row.stimulus_id for row in packed.stimuli]
    assert set(rows[0]) >= set(columns(packed.stimuli)) - {"image_file"}
    assert all(sidecar[column]["Description"] for column in rows[0])
    assert "commit 074f5fb" in sidecar["FollowsDraft"]
    for row in rows:
        data = found[f"stimuli/{row['stim_file']}"]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert row["stim_file"] == f"{row['stim_id']}_image.png"
        assert "" not in row.values()
    assert rows[1]["intensity"] == rows[7]["percent"] == "n/a"
    assert rows[0]["license"].startswith('Lab’s own "licence" <b> {no}')


def test_the_bids_example_names_every_face_and_invents_no_times(
    stimulus_set: StimulusSet,
) -> None:
    found = made(stimulus_set, "bids")
    stem = "sub-example/beh/sub-example_task-faces_events"
    rows, sidecar = tsv(found[f"{stem}.tsv"]), loaded(found, f"{stem}.json")
    assert [row["stimulus_id"] for row in rows] == [r.stimulus_id for r in stimulus_set.stimuli]
    assert {row[c] for row in rows for c in ("onset", "duration", "response")} == {"n/a"}
    assert all(f"stimuli/{row['stim_file']}" in found for row in rows)
    assert all(sidecar[column]["Description"] for column in rows[0])
    assert set(EVENTS) == set(rows[0])
    assert list(sidecar["response"]["Levels"]) == ["distressed", "happy"]


def test_events_written_after_the_example_can_be_read(
    stimulus_set: StimulusSet, tmp_path: Path
) -> None:
    example = made(stimulus_set, "bids")[
        "sub-example/beh/sub-example_task-faces_events.tsv"
    ].decode()
    header, *rows = (line.split("\t") for line in example.splitlines())
    places = [header.index(name) for name in ("onset", "response_time", "response")]
    for number, row in enumerate(rows):
        row[places[0]], row[places[1]] = f"{3 * number}.5", "0.61"
        row[places[2]] = ("distressed", "happy")[number % 2]
    text = "".join("\t".join(row) + "\n" for row in [header, *rows])
    (tmp_path / "sub-example_task-faces_events.tsv").write_text(text)
    found = read_responses([tmp_path / "sub-example_task-faces_events.tsv"])
    assert found.stimuli == tuple(row.stimulus_id for row in stimulus_set.stimuli)
    told = choices(found.answers, stimulus_set.manifest.morphkit.response_map)
    assert [told[answer] for answer in found.answer] == [0, 1] * (len(rows) // 2)
    assert found.observers == ("sub-example",)
    assert set(found.rt) == {0.61}


# ---- Psych-DS


@pytest.mark.parametrize("make", [odd_set, None])
def test_psychds_keeps_the_rules(
    make: Callable[[], StimulusSet] | None, stimulus_set: StimulusSet
) -> None:
    packed = make() if make else stimulus_set
    found = made(packed, "psychds")
    assert psychds_faults(found) == set()
    for row in csv.DictReader(io.StringIO(found[table_path(packed.manifest)].decode())):
        assert hashlib.sha256(found[row["image_file"]]).hexdigest() == row["sha256"]


def _described(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, bytes]], None]:
    def _changed(found: dict[str, bytes]) -> None:
        metadata = loaded(found, "dataset_description.json")
        change(metadata)
        found["dataset_description.json"] = json.dumps(metadata).encode()

    return _changed


def _renamed(new: str) -> Callable[[dict[str, bytes]], None]:
    def _changed(found: dict[str, bytes]) -> None:
        found[new] = found.pop("data/study-small_description-stimuli_data.csv")

    return _changed


def _tabled(old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def _changed(found: dict[str, bytes]) -> None:
        path = "data/study-small_description-stimuli_data.csv"
        assert old in found[path]
        found[path] = found[path].replace(old, new, 1)

    return _changed


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("MISSING_DATASET_DESCRIPTION", lambda found: found.pop("dataset_description.json")),
        (
            "INVALID_JSON_FORMATTING",
            lambda found: found.update({"dataset_description.json": b"{"}),
        ),
        ("UNKNOWN_NAMESPACE", _described(lambda told: told.update({"@context": "urn:x"}))),
        ("INCORRECT_DATASET_TYPE", _described(lambda told: told.pop("@type"))),
        ("JSON_KEY_REQUIRED", _described(lambda told: told.pop("name"))),
        ("INVALID_SCHEMAORG_PROPERTY", _described(lambda told: told.update(colour="red"))),
        ("OBJECT_TYPE_MISSING", _described(lambda told: told["variableMeasured"][0].pop("@type"))),
        (
            "CSV_COLUMN_MISSING_FROM_METADATA",
            _described(lambda told: told["variableMeasured"].pop()),
        ),
        ("MISSING_README_DOC", lambda found: found.pop("README.txt")),
        ("MISSING_DATAFILE", _renamed("study-small_description-stimuli_data.csv")),
        ("FILENAME_KEYWORD_FORMATTING_ERROR", _renamed("data/study-s_m_data.csv")),
        ("FILENAME_UNOFFICIAL_KEYWORD_WARNING", _renamed("data/set-small_data.csv")),
        ("CSV_HEADER_LENGTH_MISMATCH", _tabled(b"\namy_", b"\n,amy_")),
        ("CSV_HEADER_MISSING", _tabled(b",frame,", b",,")),
        ("ROWID_VALUES_NOT_UNIQUE", _tabled(b",identity,", b",row_id,")),
    ],
)
def test_psychds_rules_find_what_breaks_them(
    code: str, broken: Callable[[dict[str, bytes]], object], stimulus_set: StimulusSet
) -> None:
    found = made(stimulus_set, "psychds")
    broken(found)
    assert code in psychds_faults(found)


@pytest.mark.parametrize(
    ("name", "study"), [("odd_set-1", "oddset1"), ("é", "faces"), ("x" * 99, "x" * 40)]
)
def test_the_name_of_the_study_is_letters_and_digits(
    name: str, study: str, stimulus_set: StimulusSet
) -> None:
    manifest = stimulus_set.manifest.model_copy(update={"name": name})
    assert table_path(manifest) == f"data/study-{study}_description-stimuli_data.csv"


# ---- RO-Crate


def _graph(stimulus_set: StimulusSet, **options: Any) -> dict[str, dict[str, Any]]:
    graph = loaded(made(stimulus_set, "rocrate", **options), "ro-crate-metadata.json")["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    return entities


def _links(value: object) -> list[str]:
    if isinstance(value, dict):
        found = [value["@id"]] if set(value) == {"@id"} else []
        return found + [link for one in value.values() for link in _links(one)]
    return [link for one in value for link in _links(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("make", [odd_set, None])
def test_every_link_of_the_crate_leads_somewhere(
    make: Callable[[], StimulusSet] | None, stimulus_set: StimulusSet
) -> None:
    packed = make() if make else stimulus_set
    entities = _graph(packed)
    links = {link for entity in entities.values() for link in _links(entity)}
    assert {link for link in links if not link.startswith("https://w3id.org/ro/crate/")} <= set(
        entities
    )
    assert set(entities) - links <= {"ro-crate-metadata.json"}
    names = set(made(packed, "rocrate"))
    assert {e for e, one in entities.items() if "File" in one["@type"]} == names - {
        "ro-crate-metadata.json",
        "checksums.sha256",
    }


def test_the_crate_says_what_each_image_was_made_of(stimulus_set: StimulusSet) -> None:
    found = made(stimulus_set, "rocrate")
    entities = _graph(stimulus_set)
    first, second = entities["stimuli/amy_dis_hap_01.png"], entities["stimuli/amy_dis_hap_02.png"]
    assert first["isBasedOn"] == {"@id": "#source-amy-distressed"}
    assert [one["@id"] for one in second["isBasedOn"]] == [
        "#source-amy-distressed",
        "#source-amy-happy",
    ]
    assert first["sha256"] == stimulus_set.stimuli[0].sha256
    assert first["contentSize"] == str(len(found["stimuli/amy_dis_hap_01.png"]))
    told = {
        entities[one["@id"]]["name"]: entities[one["@id"]]["value"]
        for one in second["additionalProperty"]
    }
    assert told["morph_level"] == pytest.approx(-1 / 3, abs=0)
    assert told["identity"] == "amy"
    assert told["frame"] == 2
    assert set(told) == set(columns(stimulus_set.stimuli)) - {
        *("stimulus_id", "image_file", "sha256", "pixel_sha256")
    }
    build = entities["#build"]
    assert len(build["object"]) == len(stimulus_set.manifest.morphkit.sources) + 1
    assert len(build["result"]) == len(stimulus_set.stimuli) + 1
    assert entities[build["instrument"]["@id"]]["version"] == "0.1.0"
    for path in ("stimuli.csv", "recipe.json", "README.txt", "licence_and_consent.txt"):
        assert entities[path]["sha256"] == hashlib.sha256(found[path]).hexdigest()


def test_the_photographs_are_known_by_name_and_rights_alone(stimulus_set: StimulusSet) -> None:
    entities = _graph(stimulus_set)
    for source in stimulus_set.manifest.morphkit.sources:
        photo = entities[f"#source-{source.identity}-{source.expression}"]
        assert photo["@type"] == "CreativeWork"
        assert "identifier" not in photo
        known = "https://spdx.org/licenses/CC0-1.0"
        assert photo["license"]["@id"] == (known if source.licence else "licence_and_consent.txt")
        terms = f"licence: {source.licence or 'undeclared'}; derivatives_allowed: undeclared; "
        assert photo["conditionsOfAccess"].startswith(terms)


def _published(stimulus_set: StimulusSet, *said: str | None) -> StimulusSet:
    """A set of whose photographs these things are said about publishing."""
    block = stimulus_set.manifest.morphkit
    sources = [
        one.model_copy(update={"publish_allowed": allowed})
        for one, allowed in zip(block.sources, said, strict=True)
    ]
    told = block.model_copy(update={"sources": sources})
    manifest = stimulus_set.manifest.model_copy(update={"morphkit": told})
    return dataclasses.replace(stimulus_set, manifest=manifest)


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_no_package_has_the_hash_of_a_photograph_that_may_not_be_published(
    name: str, stimulus_set: StimulusSet
) -> None:
    packed = _published(stimulus_set, "unknown", "no", None, "")
    hashes = [source.sha256.encode() for source in packed.manifest.morphkit.sources]
    for path, data in made(packed, name).items():
        for item in unpacked(data):
            assert not [one for one in hashes if one in item.data], (path, item.inside)


def test_the_crate_has_the_hash_of_a_photograph_that_may_be_published(
    stimulus_set: StimulusSet,
) -> None:
    packed = _published(stimulus_set, "yes", "no", "unknown", None)
    graph = _graph(packed)
    first = packed.manifest.morphkit.sources[0]
    found = {name: one["identifier"] for name, one in graph.items() if "identifier" in one}
    assert found == {f"#source-{first.identity}-{first.expression}": f"sha256:{first.sha256}"}


def test_the_crate_has_no_empty_list_and_no_list_of_one() -> None:
    for entity in _graph(odd_set()).values():
        assert all(len(value) > 1 for value in entity.values() if isinstance(value, list))


def test_an_image_of_several_identities_names_the_photographs_of_all() -> None:
    packed = odd_set()
    named = packed.manifest.morphkit.frame_weights["i_3"]
    image = _graph(packed)[packed.stimuli[7].image_file]
    assert [one["@id"] for one in image["isBasedOn"]] == [
        f"#source-{share.identity}-happy" for share in named
    ]
    assert len(named) == 2


def test_a_crate_is_published_on_the_day_that_is_given_or_on_none(
    stimulus_set: StimulusSet,
) -> None:
    root = _graph(stimulus_set)["./"]
    assert root["datePublished"] == "0001-01-01"
    assert "0001-01-01 stands for: not published yet" in root["description"]
    root = _graph(stimulus_set, date="2031-02-28")["./"]
    assert root["datePublished"] == "2031-02-28"
    assert "not published" not in root["description"]
    described = loaded(made(stimulus_set, "croissant", date="2031-02-28"), "croissant.json")
    assert described["datePublished"] == "2031-02-28"
    assert "datePublished" not in loaded(made(stimulus_set, "croissant"), "croissant.json")
    assert options_of("rocrate") == options_of("croissant") == {"date": ""}


@pytest.mark.parametrize("date", ["yesterday", "2031-02-29", "31.12.2030", "20310228", " "])
@pytest.mark.parametrize("name", ["croissant", "rocrate"])
def test_what_is_no_day_is_refused(name: str, date: str, stimulus_set: StimulusSet) -> None:
    with pytest.raises(UsageError) as caught:
        package(stimulus_set, name, date=date)
    (finding,) = caught.value.findings
    assert (finding.code, finding.pointer) == ("MK829", "date")


# ---- Croissant


def test_croissant_describes_every_column_and_the_image() -> None:
    packed = odd_set()
    found = made(packed, "croissant")
    described = loaded(found, "croissant.json")
    table = described["distribution"][0]
    data = found[table["contentUrl"]]
    assert table["sha256"] == hashlib.sha256(data).hexdigest()
    assert table["contentSize"] == f"{len(data)} B"
    fields = {one["name"]: one for one in described["recordSet"][0]["field"]}
    assert list(fields) == [*columns(packed.stimuli), "image"]
    assert fields["frame"]["dataType"] == "sc:Integer"
    assert fields["morph_level"]["dataType"] == "sc:Float"
    assert fields["ambiguous"]["dataType"] == "sc:Boolean"
    assert fields["image"]["dataType"] == "sc:ImageObject"


@pytest.mark.parametrize("name", FORMATS)
def test_what_must_not_be_packaged_is_refused(name: str, stimulus_set: StimulusSet) -> None:
    first = dataclasses.replace(stimulus_set.stimuli[0], sha256="a" + "0" * 63)
    changed = dataclasses.replace(stimulus_set, stimuli=(first, *stimulus_set.stimuli[1:]))
    with pytest.raises(PackageError) as caught:
        package(changed, name)
    assert caught.value.code == "MK809"
