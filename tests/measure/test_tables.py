"""Tables of what was measured: worked out by hand, and harmless whatever frames are called."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from morphkit.measure.metrics import METRICS
from morphkit.measure.series import Series
from morphkit.measure.statistic_names import STATISTICS
from morphkit.measure.tables import (
    frames,
    frames_csv,
    measure_json,
    measure_schema,
    steps,
    steps_csv,
)

GRADED = Series(
    "i01",
    "dis_hap",
    "direct",
    ("a", "b", "c"),
    (-1.0, 1 / 3, 1.0),
    ((-1.0, "a"), (1.0, "c")),
    # out of order, one unknown everywhere, one never heard of
    {"contrast": (0.5, None, float("nan")), "ghost": (None,) * 3, "luminance": (0.25, 1e-7, 1.0)},
    {"rmse": (0.123456789, None), "landmark_path": (None, None)},
)
LOOSE = Series("i02", "mix", "mixture", ("m", "n"), (1.0, 2.0), (), {}, {"rmse": (2.0,)})


def test_frames_worked_out_by_hand() -> None:
    assert frames_csv([GRADED, LOOSE]) == (
        "stimulus_id,identity,continuum,morph_level,luminance,contrast\n"
        "a,i01,dis_hap,-1,0.25,0.5\n"
        "b,i01,dis_hap,0.333333,1e-07,\n"
        "c,i01,dis_hap,1,1,\n"
        "m,i02,mix,,,\n"
        "n,i02,mix,,,\n"
    )


def test_steps_worked_out_by_hand() -> None:
    assert steps_csv([GRADED, LOOSE]) == (
        "from,to,identity,continuum,rmse\n"
        "a,b,i01,dis_hap,0.123457\n"
        "b,c,i01,dis_hap,\n"
        "m,n,i02,mix,2\n"
    )


def test_metrics_that_are_asked_for_are_there_in_that_order() -> None:
    rows = steps([GRADED], ["ssim", "rmse"])
    assert [list(row)[4:] for row in rows] == [["ssim", "rmse"]] * 2
    assert rows[0]["ssim"] is None and rows[0]["rmse"] == 0.123456789


def test_json_has_every_digit_and_fits_its_schema() -> None:
    found = json.loads(measure_json("a set", [GRADED, LOOSE]))
    Draft202012Validator(measure_schema()).validate(found)
    assert (found["morphkit_measure"], found["set"]) == (1, "a set")
    assert found["frames"] == frames([GRADED, LOOSE])
    assert found["steps"] == steps([GRADED, LOOSE])
    assert found["frames"][1]["morph_level"] == 1 / 3
    assert found["frames"][2]["contrast"] is None and "ghost" not in found["frames"][0]


@pytest.mark.parametrize(
    "where, key, value",
    [
        ("frames", "luminance", "0.25"),
        ("frames", "stimulus_id", 3),
        ("steps", "rmse", True),
        ("steps", "to", None),
    ],
)
def test_the_schema_can_refuse(where: str, key: str, value: object) -> None:
    found = json.loads(measure_json("a set", [GRADED]))
    found[where][0][key] = value
    assert not Draft202012Validator(measure_schema()).is_valid(found)
    del found[where][0]["identity"]
    found[where][0][key] = None
    assert not Draft202012Validator(measure_schema()).is_valid(found)


def test_the_schema_describes_every_number() -> None:
    items = {
        name: measure_schema()["properties"][name]["items"]["properties"]
        for name in ("frames", "steps")
    }
    assert list(items["frames"])[4:] == list(STATISTICS)
    assert list(items["steps"])[4:] == list(METRICS)
    assert items["frames"]["band_8_16"]["description"].endswith("face width (dB)")


def test_nothing_makes_a_header() -> None:
    assert frames_csv([]) == "stimulus_id,identity,continuum,morph_level\n"
    assert steps_csv([]) == "from,to,identity,continuum\n"
    assert json.loads(measure_json("x", []))["frames"] == []


def named(name: str) -> Series:
    return Series(name, name, "direct", (name, "z"), (0.0, 1.0), (), {}, {})


@pytest.mark.parametrize(
    "name, cell",
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-cmd|'/C calc'!A0", "'-cmd|'/C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("a;=1", "a;'=1"),
        ("a, -1", "a,' -1"),
        ("\t=1", "\\t=1"),
        ("a\r\n=1", "a\\r\\n=1"),
        ("a\x1b[2J", "a\\x1b[2J"),
        ("::error::x", "\\x3a:error::x"),
        ("i01-2=3", "i01-2=3"),
        ("Müller 50%", "Müller 50%"),
    ],
)
def test_names_do_nothing_to_a_spreadsheet_or_a_terminal(name: str, cell: str) -> None:
    for table in (frames_csv([named(name)]), steps_csv([named(name)])):
        header, first, *_ = csv.reader(io.StringIO(table, newline=""))
        assert len(first) == len(header)
        assert first.count(cell) == 3
        assert table.count("\n") == len(table.splitlines())
    assert json.loads(measure_json(name, [named(name)]))["frames"][0]["stimulus_id"] == name
    assert measure_json(name, [named(name)]).isascii()


def test_tables_are_written_without_numpy() -> None:
    code = "import sys, morphkit.measure.tables; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
