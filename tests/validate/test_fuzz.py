"""Whatever stands in a manifest or a table: findings, never a crash."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_set import Tiny, resource, table_text, tiny

from morphkit.validate import SetReport, validate
from morphkit.validate.formats import json as as_json
from morphkit.validate.formats import text as as_text

ODD_NUMBERS = st.sampled_from([0, -1, 1, 2, 0.5, -0.0, 1e308, -1e308, 5e-324, 2**53, 10**30])
ODD_TEXTS = st.sampled_from(
    ["", " ", "direct", "i01", "nan", "../x", "a/b", "C:\\x", "\x1b[31m", "é", "\ud800", "0" * 64]
)
ODD = st.one_of(
    ODD_NUMBERS, ODD_TEXTS, st.none(), st.booleans(), st.just([]), st.just({}), st.text(max_size=8)
)
CELLS = st.one_of(
    ODD_NUMBERS.map(repr),
    ODD_TEXTS.filter(lambda text: text != "\ud800"),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
FUZZ = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("set")
    clean().write(path)
    return path


def clean() -> Tiny:
    """A clean set of one infant only, to be quick."""
    values = tiny()
    values.rows = [row for row in values.rows if row["identity"] == "i01"]
    values.block["sources"] = values.block["sources"][:3]
    values.block["anchors"] = values.block["anchors"][:3]
    return values


def restore(folder: Path) -> Tiny:
    values = clean()
    values.write(folder)
    return values


def survives(folder: Path) -> SetReport:
    report = validate(folder)
    as_text([report])
    json.loads(as_json([report]))
    return report


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value; of a long list only the ends."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key in value:
            found += places(value[key], (*path, key))
    if isinstance(value, list):
        for index in sorted({0, len(value) // 2, len(value) - 1} & set(range(len(value)))):
            found += places(value[index], (*path, index))
    return found


PLACES = places(tiny().manifest["morphkit"], ("morphkit",))


def test_the_fuzzed_set_is_clean(folder: Path) -> None:
    restore(folder)
    assert survives(folder).findings == ()


@FUZZ
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD | st.just(...)), min_size=1, max_size=3))
def test_values_of_the_manifest_changed(folder: Path, changes: list[Any]) -> None:
    values = restore(folder)
    for place, new in changes:
        *way, last = place
        spot: Any = values.manifest
        try:
            for key in way:
                spot = spot[key]
            if new is ...:
                del spot[last]
            else:
                spot[last] = deepcopy(new)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    values.write_manifest(folder)
    survives(folder)


@FUZZ
@given(st.lists(st.tuples(st.integers(0), st.integers(0), CELLS), min_size=1, max_size=4))
def test_cells_of_the_table_changed(folder: Path, changes: list[tuple[int, int, str]]) -> None:
    values = restore(folder)
    for line, column, text in changes:
        row = values.rows[line % len(values.rows)]
        row[list(row)[column % len(row)]] = text
    data = table_text(values.rows).encode()
    (folder / "stimuli.csv").write_bytes(data)
    values.manifest["resources"][0] = resource("stimuli", "stimuli.csv", data)
    values.write_manifest(folder)
    survives(folder)


@FUZZ
@given(
    st.sampled_from(["datapackage.json", "stimuli.csv"]),
    st.integers(0, 10**6),
    st.integers(0, 30),
    st.binary(max_size=30),
)
def test_bytes_of_a_text_changed(
    folder: Path, name: str, place: int, cut: int, noise: bytes
) -> None:
    restore(folder)
    data = (folder / name).read_bytes()
    place %= len(data)
    (folder / name).write_bytes(data[:place] + noise + data[place + cut :])
    survives(folder)


@FUZZ
@given(st.integers(0), st.integers(0, 10**6), st.integers(0, 30), st.binary(max_size=30))
def test_bytes_of_a_picture_changed(
    folder: Path, which: int, place: int, cut: int, noise: bytes
) -> None:
    values = restore(folder)
    path = folder / values.rows[which % len(values.rows)]["image_file"]
    data = path.read_bytes()
    place %= len(data)
    path.write_bytes(data[:place] + noise + data[place + cut :])
    survives(folder)


@pytest.mark.parametrize(
    "name, data",
    [
        ("datapackage.json", b"[" * 100_000),
        ("datapackage.json", b'{"morphkit": ' * 50_000),
        ("datapackage.json", b"[]"),
        ("datapackage.json", b"null"),
        ("datapackage.json", b"\xff\xfe{\x00}\x00"),
        ("datapackage.json", b""),
        ("stimuli.csv", b""),
        ("stimuli.csv", b"stimulus_id\r\rx,y\r"),
        ("stimuli.csv", b"\x00" * 1000),
        ("stimuli.csv", b'"' + b"x" * 200_000),
        ("stimuli.csv", b"\xff\xfes\x00"),
    ],
    ids=lambda value: repr(value[:14]),
)
def test_hostile_texts(folder: Path, name: str, data: bytes) -> None:
    restore(folder)
    (folder / name).write_bytes(data)
    assert survives(folder).verdict == "invalid"
