"""The table: what is written is read back, and every broken header and cell is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morphkit.errors import SetError
from morphkit.study.table import (
    TABLE,
    WEIGHT,
    Stimulus,
    cells,
    columns,
    parse_stimuli,
    stimuli_csv,
    table_schema,
)

REQUIRED = [
    *("stimulus_id", "image_file", "identity", "continuum", "morph_path", "frame"),
    *("morph_level", "percent", "width_px", "height_px", "sha256", "pixel_sha256"),
]
HASHES = ("a" * 64, "b" * 64)
ROW = Stimulus(
    *("amy_c_001", "stimuli/amy_c_001.png", "amy", "c", "direct", 1, -0.5, 25.0),
    {"distressed": 0.75, "happy": 0.25},
    *(64, 80, *HASHES),
)
CALIBRATED = replace(ROW, intensity=1.5, intensity_unit="JND", p_happy=0.125, ambiguous=False)

HEADER = (
    "stimulus_id,image_file,identity,continuum,morph_path,frame,morph_level,percent,"
    "weight_distressed,weight_happy,width_px,height_px,sha256,pixel_sha256"
)
LINE = (
    f"amy_c_001,stimuli/amy_c_001.png,amy,c,direct,1,-0.5,25.0,0.75,0.25,64,80,{','.join(HASHES)}"
)

# what a cell may hold: no control characters, whose lone CR the csv module doesn't quote
texts = st.text(st.characters(exclude_categories=("Cc", "Cs")))
floats = st.floats(allow_nan=False, allow_infinity=False)
EXPRESSIONS = ["distressed", "happy", "neutral"]
rows = st.builds(
    Stimulus,
    *([texts] * 5),
    st.integers(),
    floats,
    floats,
    st.dictionaries(st.sampled_from(EXPRESSIONS), floats),
    st.integers(),
    st.integers(),
    texts,
    texts,
    st.none() | floats,
    st.none() | texts.filter(bool),
    st.none() | floats,
    st.none() | st.booleans(),
)


def faults(text: str) -> list[tuple[str, str, int | None]]:
    """Code, column and line of everything that is found in a table."""
    with pytest.raises(SetError) as caught:
        parse_stimuli(text)
    assert all(found.file == TABLE and found.severity == "error" for found in caught.value.findings)
    return [(found.code, found.pointer, found.line) for found in caught.value.findings]


def table(change: Callable[[dict[str, str]], Any], count: int = 3) -> str:
    """A table of equal rows of which the second is changed."""
    lines = [dict(zip(HEADER.split(","), LINE.split(","), strict=True)) for _ in range(count)]
    change(lines[1])
    return "\n".join([HEADER, *(",".join(line.values()) for line in lines)]) + "\n"


# ---- writing


def test_the_table_as_it_stands_in_the_file() -> None:
    assert stimuli_csv([ROW]) == f"{HEADER}\n{LINE}\n"


def test_calibrated_columns_stand_before_the_size() -> None:
    head, line, _ = stimuli_csv([CALIBRATED]).split("\n")
    assert ",weight_happy,intensity,intensity_unit,p_happy,ambiguous,width_px," in head
    assert ",0.25,1.5,JND,0.125,false,64," in line


def test_a_column_that_some_rows_have_is_empty_in_the_others() -> None:
    mixed = [ROW, replace(ROW, p_happy=0.5, ambiguous=True)]
    names = columns(mixed)
    assert [name for name in names if name not in columns([ROW])] == ["p_happy", "ambiguous"]
    assert [cells(row, ["ambiguous", "p_happy"]) for row in mixed] == [["", ""], ["true", "0.5"]]
    assert parse_stimuli(stimuli_csv(mixed)) == mixed


def test_an_expression_that_a_row_lacks_has_no_share_in_it() -> None:
    other = replace(ROW, weights={"neutral": 1.0})
    assert columns([ROW, other])[8:11] == [WEIGHT + name for name in (*ROW.weights, "neutral")]
    assert parse_stimuli(stimuli_csv([ROW, other]))[1].weights == {
        "distressed": 0.0,
        "happy": 0.0,
        "neutral": 1.0,
    }


@settings(max_examples=60)
@given(st.lists(rows, max_size=4))
def test_what_is_written_is_read_back(stimuli: list[Stimulus]) -> None:
    text = stimuli_csv(stimuli)
    assert "\r" not in text and not text.startswith("\ufeff")
    found = parse_stimuli(text)
    shown = dict.fromkeys((name for row in stimuli for name in row.weights), 0.0)
    assert found == [replace(row, weights={**shown, **row.weights}) for row in stimuli]
    assert stimuli_csv(found) == text


# ---- the header


def test_a_clean_table_has_no_fault() -> None:
    assert parse_stimuli(table(lambda row: None)) == [ROW] * 3


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_column(name: str) -> None:
    assert faults(f"{HEADER}\n".replace(f"{name},", "x,", 1).replace(f",{name}\n", ",x\n")) == [
        ("MK603", name, 1)
    ]


def test_all_missing_columns_at_once() -> None:
    assert faults("") == [("MK603", name, 1) for name in REQUIRED]


@pytest.mark.parametrize("name", ["morph_level", "weight_happy", "p_happy", "note", ""])
def test_a_column_that_stands_twice(name: str) -> None:
    # both cells are of the right type, so that only the header can tell
    cell = {"weight_happy": "0.5", "morph_level": "1.0", "p_happy": "0.5"}.get(name, "")
    twice = [name] if name in HEADER.split(",") else [name, name]
    head, line = ",".join([HEADER, *twice]), ",".join([LINE, *([cell] * len(twice))])
    assert faults(f"{head}\n{line}\n") == [("MK603", name, 1)]


def test_missing_and_doubled_columns_come_together() -> None:
    head = HEADER.replace("frame", "percent") + ",percent"
    assert faults(f"{head}\n") == [("MK603", "frame", 1), ("MK603", "percent", 1)]
    with pytest.raises(SetError, match="'percent' stands 3 times"):
        parse_stimuli(f"{head}\n")


@pytest.mark.parametrize("line", ['"amy"c,stimuli', '"amy'])
def test_what_is_no_table_with_commas(line: str) -> None:
    assert faults(f"{HEADER}\n{line}\n") == [("MK603", "", None)]


def test_a_column_of_somebody_else_is_passed_over() -> None:
    assert parse_stimuli(f"{HEADER},note\n{LINE},pilot\n") == [ROW]


# ---- the cells


@pytest.mark.parametrize(
    "name, text",
    [
        ("frame", "first"),
        ("frame", "1.5"),
        ("frame", ""),
        ("width_px", "64 px"),
        ("height_px", "8e1"),
        ("morph_level", "0,5"),
        ("morph_level", ""),
        ("morph_level", "nan"),
        ("percent", "inf"),
        ("percent", "25%"),
        ("weight_happy", "-inf"),
        ("weight_happy", ""),
    ],
)
def test_a_cell_of_another_type(name: str, text: str) -> None:
    wrong = f'"{text}"'  # quoted, so that a decimal comma stays in its cell
    assert faults(table(lambda row: row.update({name: wrong}))) == [("MK604", name, 3)]


@pytest.mark.parametrize(
    "name, text",
    [("intensity", "strong"), ("p_happy", "nan"), ("ambiguous", "yes"), ("ambiguous", "True")],
)
def test_a_calibrated_cell_of_another_type(name: str, text: str) -> None:
    assert faults(f"{HEADER},{name}\n{LINE},\n{LINE},{text}\n") == [("MK604", name, 3)]


@pytest.mark.parametrize("line", [LINE + ",1", LINE.rpartition(",")[0], "amy_c_001"])
def test_a_row_of_another_length(line: str) -> None:
    assert faults(f"{HEADER}\n{LINE}\n{line}\n") == [("MK604", "", 3)]


def test_all_bad_rows_at_once_with_what_was_found() -> None:
    bad = table(lambda row: row.update(frame="four"), 2) + LINE.replace("64", "wide") + "\n"
    assert faults(bad) == [("MK604", "frame", 3), ("MK604", "width_px", 4)]
    with pytest.raises(SetError, match="'four', int is needed"):
        parse_stimuli(bad)


# ---- the description


@pytest.mark.parametrize("stimuli", [[ROW], [CALIBRATED], [ROW, CALIBRATED], []])
def test_every_column_is_described(stimuli: list[Stimulus]) -> None:
    schema = table_schema(stimuli)
    assert [field["name"] for field in schema["fields"]] == columns(stimuli)
    assert all(field["description"] for field in schema["fields"])
    needed = [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")]
    assert [name for name in needed if not name.startswith(WEIGHT)] == REQUIRED
    assert (schema["primaryKey"], schema["missingValues"]) == ("stimulus_id", [""])
