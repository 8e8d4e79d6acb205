"""Every number and word of a built set, changed one by one: something finds each.

The set is a small real one.  A changed table gets its hash in the manifest mended, so that it
is not the file's hash alone that tells.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from morphkit.build import build
from morphkit.finished import report_again
from morphkit.validate import validate
from tiny_study import write_study

RECIPE = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 128, height: 160, eye_distance: 42}
prototypes: [{name: mean, identities: all}]
continua:
  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: 3}
packages: [psychopy]
"""

UNSEEN: dict[tuple[str, ...], str] = {
    ("morphkit", "label"): "written anew with every report; judged by itself",
}
"""Places whose change nothing finds, and why that is right."""

Way = tuple[Any, ...]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = write_study(tmp_path_factory.mktemp("study"), recipe=RECIPE)
    return build(study).folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "tiny")
    return tmp_path / "tiny"


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def rewrite(folder: Path, data: dict[str, Any]) -> None:
    (folder / "datapackage.json").write_text(json.dumps(data), encoding="utf-8")


def leaves(value: Any, way: Way = ()) -> Iterator[Way]:
    """Every number, word and truth value of a JSON value; of the mesh's many only some."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
        if len(inner) > 12:
            inner = [*inner[:2], inner[len(inner) // 2], inner[-1]]
    elif value is not None:
        yield way
    for key, one in inner:
        yield from leaves(one, (*way, key))


def other(value: Any) -> Any:
    """Another value of the same kind, as near as an edit by accident may be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 1e-6
    if value[:7] == "sha256:" or len(value) == 64:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + "x"


def errors(folder: Path) -> set[str]:
    """Codes of the errors in a quick validation."""
    return {one.code for one in validate(folder, quick=True).findings if one.severity == "error"}


def test_the_set_is_sound(folder: Path) -> None:
    report = validate(folder)
    assert report.verdict == "valid"
    assert {one.code for one in report.findings} == {"MK110"}, "small photos, and nothing else"
    assert len(manifest(folder)["morphkit"]["seal"]) == 64


def test_every_place_of_the_manifest(folder: Path) -> None:
    whole = manifest(folder)
    ways = list(leaves(whole))
    assert len(ways) > 350
    missed = []
    for way in ways:
        data = deepcopy(whole)
        spot: Any = data
        for key in way[:-1]:
            spot = spot[key]
        spot[way[-1]] = other(spot[way[-1]])
        if way == ("morphkit", "label"):
            spot["label"] = "physically checked"
        rewrite(folder, data)
        if not errors(folder) and way not in UNSEEN:
            missed.append(way)
    assert missed == []


def test_every_place_that_is_taken_out(folder: Path) -> None:
    whole = manifest(folder)
    for key in set(whole["morphkit"]) - {"label", "seal"}:
        if whole["morphkit"][key] not in ([], {}, None, ""):
            data = deepcopy(whole)
            del data["morphkit"][key]
            rewrite(folder, data)
            assert errors(folder), key


def table(folder: Path) -> list[list[str]]:
    text = (folder / "stimuli.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text)))


def mended(folder: Path, rows: list[list[str]], *, seal: bool) -> None:
    """Write a table, with its hash and size in the manifest; and without the seal, if asked."""
    text = "".join(",".join(row) + "\n" for row in rows).encode()
    (folder / "stimuli.csv").write_bytes(text)
    data = manifest(folder)
    entry = data["resources"][0]
    assert entry["path"] == "stimuli.csv"
    entry |= {"hash": "sha256:" + hashlib.sha256(text).hexdigest(), "bytes": len(text)}
    if not seal:
        data["morphkit"].pop("seal", None)
    rewrite(folder, data)


def test_every_column_of_the_table_without_the_seal(folder: Path) -> None:
    header, *rows = table(folder)
    for number, column in enumerate(header):
        for line, row in enumerate(rows):
            changed = deepcopy(rows)
            cell = row[number]
            try:
                changed[line][number] = repr(other(json.loads(cell)))
            except ValueError:
                changed[line][number] = other(cell)
            mended(folder, [header, *changed], seal=False)
            quick = errors(folder)
            if column == "pixel_sha256" and not quick:
                # between the anchors only the picture itself tells
                assert "MK685" in {found.code for found in validate(folder).findings}
            else:
                assert quick, (column, line)


def test_the_seal_tells_a_table_that_was_edited_and_mended(folder: Path) -> None:
    rows = table(folder)
    rows[2][-1] = other(rows[2][-1])
    mended(folder, rows, seal=True)
    assert errors(folder) == {"MK692"}


def test_the_seal_outlives_a_new_report_and_new_keys(folder: Path) -> None:
    assert report_again(folder).verdict == "valid"
    assert not errors(folder)
    data = manifest(folder)
    data["morphkit"]["mesh"]["of_tomorrow"] = None
    rewrite(folder, data)
    assert errors(folder) == {"MK692"}
    del data["morphkit"]["mesh"]["of_tomorrow"]
    data["morphkit"]["anchors"][0]["mirrored"] = False
    rewrite(folder, data)
    assert not errors(folder)


def test_a_new_report_hides_no_edit(folder: Path) -> None:
    data = manifest(folder)
    data["morphkit"]["mesh"]["points"][3][0] += 0.25
    rewrite(folder, data)
    assert "MK692" in {found.code for found in report_again(folder).findings}
    assert errors(folder) == {"MK692"}


def test_bytes_of_files(folder: Path) -> None:
    """One byte of any file but the manifest."""
    clean = validate(folder, quick=True).findings
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in ("datapackage.json", "checksums.sha256"):
            data = path.read_bytes()
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            assert validate(folder, quick=True).findings != clean, path.name
            path.write_bytes(data)
    assert not errors(folder)
