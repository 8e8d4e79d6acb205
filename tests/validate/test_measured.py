"""`morphkit measure`: the numbers of a validation as a table, and what can't be measured."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from PIL import Image
from tiny_set import Tiny, mixed, png, tiny, weights

from morphkit import files, package
from morphkit.cli import main
from morphkit.measure.statistic_names import PICTURE, SEQUENCE, SHAPE
from morphkit.measure.tables import frames, steps
from morphkit.validate import validate
from morphkit.validate.schemas import published
from tiny_study import write_study

LEVELS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["measure", *map(str, words)])


def table(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout, newline="")))


def wide(values: Tiny) -> Tiny:
    """A set of the same pictures twice as wide and high, so that they are measured."""
    for name, image in values.images.items():
        values.images[name] = image.repeat(2, axis=0).repeat(2, axis=1)
    for row in values.rows:
        row["width_px"], row["height_px"] = "128", "160"
    values.block["recipe"]["canvas"] = {"width": 128, "height": 160, "eye_distance": 44}
    for anchor in values.block["anchors"]:
        anchor["landmarks"] = [[2 * x, 2 * y] for x, y in anchor["landmarks"]]
    return values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return wide(tiny()).write(tmp_path / "set")


def foreign(folder: Path, names: tuple[str, ...] = tuple("abcde")) -> Path:
    """Graded pictures of 128 × 160 px, as another program leaves them."""
    folder.mkdir()
    rows = ["image,level,infant,series"]
    for name, level in zip(names, LEVELS, strict=True):
        shares = dict(zip(("distressed", "happy"), weights("direct", level), strict=True))
        image = mixed("i01", shares).repeat(2, axis=0).repeat(2, axis=1)
        (folder / f"{name}.png").write_bytes(png(image))
        rows.append(f"{name}.png,{level:g},i01,s")
    (folder / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def flat(folder: Path, codes: tuple[int, ...]) -> Path:
    """Grey pictures, whose numbers can be worked out by hand."""
    folder.mkdir()
    for number, code in enumerate(codes, start=1):
        image = np.full((100, 100, 3), code, dtype=np.uint8)
        Image.fromarray(image).save(folder / f"grey_{number}.png")
    return folder


def test_greys_worked_out_by_hand(tmp_path: Path) -> None:
    folder = flat(tmp_path / "f", (0, 55, 255))
    light = ((55 / 255 + 0.055) / 1.055) ** 2.4
    rows = table(run(folder))
    assert [row["stimulus_id"] for row in rows] == ["grey_1", "grey_2", "grey_3"]
    assert [row["morph_level"] for row in rows] == ["-1", "0", "1"]
    assert [float(row["luminance"]) for row in rows] == pytest.approx([0, light, 1], abs=1e-4)
    assert rows[0]["contrast"] == "" and float(rows[2]["contrast"]) == pytest.approx(0, abs=1e-6)
    result = run(folder, "--steps")
    assert result.exit_code == 0
    first, second = table(result)
    assert (first["from"], first["to"], second["to"]) == ("grey_1", "grey_2", "grey_3")
    assert float(first["rmse"]) == float(first["mae"]) == pytest.approx(light, abs=1e-4)
    assert float(second["rmse"]) == pytest.approx(1 - light, abs=1e-4)
    assert float(first["ciede2000"]) > 1 and "landmark_path" not in first


def test_a_set_has_the_numbers_of_its_validation(folder: Path) -> None:
    measured = validate(folder).measured
    result = run(folder, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    Draft202012Validator(published("measure")).validate(found)
    assert found["set"] == str(folder)
    assert (found["frames"], found["steps"]) == (frames(measured), steps(measured))
    rows = files.read_set(folder).stimuli
    assert [
        (one["stimulus_id"], one["identity"], one["continuum"], one["morph_level"])
        for one in found["frames"]
    ] == [(row.stimulus_id, row.identity, row.continuum, row.morph_level) for row in rows]
    series = measured[0]
    assert [one["luminance"] for one in found["frames"][: len(series.ids)]] == [
        *series.statistics["luminance"]
    ]
    assert [one["landmark_path"] for one in found["steps"][: len(series.ids) - 1]] == [
        *series.steps["landmark_path"]
    ]
    assert len(found["steps"]) == len(rows) - len(measured)


def test_every_statistic_of_a_sequence_is_described(folder: Path) -> None:
    told = {name for series in validate(folder).measured for name in series.statistics}
    known = {one.name for one in (*PICTURE, *SHAPE, *SEQUENCE)}
    assert {one.name for one in SEQUENCE} <= told <= known


def test_csv_is_the_same_in_six_digits(folder: Path) -> None:
    measured = validate(folder).measured
    for words, wanted in (((), frames(measured)), (("--steps",), steps(measured))):
        result = run(folder, *words)
        rows = table(result)
        assert b"\r" not in result.stdout_bytes and len(rows) == len(wanted)
        for row, values in zip(rows, wanted, strict=True):
            assert list(row) == list(values)
            for name, value in values.items():
                if isinstance(value, float):
                    assert float(row[name]) == pytest.approx(value, rel=1e-5)
                else:
                    assert row[name] == (value or "")


def test_metrics_are_chosen(folder: Path) -> None:
    rows = table(run(folder, "--metric", "ssim", "--metric", "rmse", "--metric", "ssim"))
    assert list(rows[0]) == ["from", "to", "identity", "continuum", "ssim", "rmse"]
    found = json.loads(run(folder, "--metric", "mae", "--json").stdout)
    assert list(found["steps"][0])[4:] == ["mae"] and "luminance" in found["frames"][0]


@pytest.mark.parametrize("name, near", [("rsme", "rmse"), ("xyz", "landmark_path")])
def test_an_unknown_metric_is_exit_2_before_anything_is_read(
    tmp_path: Path, name: str, near: str
) -> None:
    result = run(tmp_path / "nowhere", "--metric", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("MK950 error: ") and near in result.stderr


def test_what_lies_on_no_path_has_no_level(tmp_path: Path) -> None:
    values = wide(tiny())
    values.block["continua"] = [one for one in values.block["continua"] if one["name"] != "dis_hap"]
    found = json.loads(run(values.write(tmp_path / "set"), "--json").stdout)
    levels = {one["continuum"]: one["morph_level"] for one in found["frames"]}
    assert levels == {"dis_hap": None, "neu_hap": 1.0, "thr_neu": 1.0}


@pytest.mark.parametrize("name", ["", "stimuli.csv", "datapackage.json"])
def test_a_set_by_its_papers_and_in_a_zip(folder: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, "top/" + path.relative_to(folder).as_posix())
    assert run(folder / name).stdout == run(tmp_path / "set.zip").stdout
    assert {one.name for one in tmp_path.iterdir()} == {"set", "set.zip"}


def test_pictures_of_another_program(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    measured = validate(folder).measured
    for target in (folder, folder / "t.csv"):
        found = json.loads(run(target, "--json").stdout)
        Draft202012Validator(published("measure")).validate(found)
        assert (found["frames"], found["steps"]) == (frames(measured), steps(measured))
    assert [one["morph_level"] for one in found["frames"]] == list(LEVELS)


def test_names_of_files_do_nothing_to_a_spreadsheet(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f", ("=1+1", "+b", "-c", "@d", "e"))
    result = run(folder)
    assert [row["stimulus_id"] for row in table(result)] == ["'=1+1", "'+b", "'-c", "'@d", "e"]
    assert result.exit_code == 0
    found = json.loads(run(folder, "--json").stdout)
    assert found["frames"][0]["stimulus_id"] == "=1+1"


def test_judgements_are_not_repeated(folder: Path) -> None:
    """Two frames in each other's place: an error of validation, and numbers all the same."""
    a, b = (folder / "stimuli" / f"i01_dis_hap_00{k}.png" for k in (2, 4))
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)
    codes = {found.code for found in validate(folder).findings}
    assert "MK454" in codes
    result = run(folder)
    assert result.exit_code == 0 and "MK4" not in result.stderr
    assert "MK685" in result.stderr, "these are not the pictures that the rows tell of"


@pytest.mark.parametrize("data", [None, b"", b"no picture"])
def test_a_picture_that_cannot_be_read_leaves_a_gap(folder: Path, data: bytes | None) -> None:
    path = folder / "stimuli" / "i01_dis_hap_002.png"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    result = run(folder)
    assert result.exit_code == 0
    assert ("MK681" if data is None else "MK151") in result.stderr
    gaps = [row["stimulus_id"] for row in table(result) if not row["luminance"]]
    assert gaps == ["i01_dis_hap_002"]
    assert table(result)[1]["mouth_area"], "its landmarks are known"


def test_a_gap_in_pictures_of_another_program(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "f")
    (folder / "b.png").write_bytes(b"no picture")
    result = run(folder, "--steps")
    assert result.exit_code == 0 and "MK151" in result.stderr
    assert [bool(row["rmse"]) for row in table(result)] == [False, False, True, True]


def test_no_picture_at_all_is_exit_1(folder: Path) -> None:
    shutil.rmtree(folder / "stimuli")
    result = run(folder)
    assert result.exit_code == 1
    assert "MK638" in result.stderr and result.stderr.count("MK681") == 32
    told = {*list(table(result)[0])[4:]}
    assert "mouth_area" in told and told <= {one.name for one in SHAPE}


def test_small_pictures_are_exit_1_and_say_why(tmp_path: Path) -> None:
    result = run(tiny().write(tmp_path / "set"))
    assert result.exit_code == 1
    assert "MK638" in result.stderr and "96 px" in result.stderr
    assert "mouth_area" in table(result)[0] and "luminance" not in table(result)[0]


# ---- anything else


def others(tmp_path: Path, what: str) -> Path:
    if what == "package":
        values = tiny()
        values.block["response_map"] = [
            {"button": 1, "key": "f", "label": "distressed", "level": -1.0},
            {"button": 2, "key": "j", "label": "happy", "level": 1.0},
        ]
        made = files.read_set(values.write(tmp_path / "tiny"))
        files.write_files(tmp_path / "psychopy", package(made, "psychopy"))
        return tmp_path / "psychopy"
    if what in ("recipe", "faces"):
        recipe = write_study(tmp_path, ("infant01",))
        return recipe if what == "recipe" else recipe.parents[1] / "raw_faces" / "tiny"
    (tmp_path / "x.txt").write_text("")
    return {"text": tmp_path / "x.txt", "nothing here": tmp_path}[what]


@pytest.mark.parametrize("what", ["package", "recipe", "faces", "text", "nothing here"])
def test_what_cannot_be_measured_is_one_error(tmp_path: Path, what: str) -> None:
    result = run(others(tmp_path, what))
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("MK626 error: ") and "recipe" not in line.partition("Name ")[2]
    assert "graded pictures" in line


def test_a_set_that_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    (folder / "datapackage.json").unlink()
    for target in (folder, tmp_path / "nowhere"):
        result = run(target)
        assert (result.exit_code, result.stdout) == (1, "") and "MK605" in result.stderr
