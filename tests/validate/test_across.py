"""What is let pass: a manifest described as builds do it, fresh scales, lists kept apart."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from bad_metadata import ANSWERS, calibrate, described, scale
from tiny_set import Tiny, tiny

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.study.scale import scale_fault
from morphkit.study.table import parse_stimuli
from morphkit.validate import validate
from morphkit.validate.scales import fresh


def found(folder: Path) -> list[Finding]:
    return list(validate(folder, quick=True).findings)


def test_what_a_build_writes_contradicts_nothing(tmp_path: Path) -> None:
    values = tiny()
    calibrate(values)
    values.block["response_map"] = deepcopy(ANSWERS)
    values.block["engine"]["options"] = {"light": "linear", "apertures": True}
    values.block["sources"][0]["licence"] = "CC BY 4.0"
    values.manifest["licenses"] = [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}]
    values.write(tmp_path)
    schema = described(values)[0]["schema"]
    schema["fields"] = [
        {**one, "type": "number"} if one["name"] == "intensity" else one for one in schema["fields"]
    ]
    values.write_manifest(tmp_path)
    assert found(tmp_path) == []


def test_keys_and_buttons_of_answers_are_free(tmp_path: Path) -> None:
    values = tiny()
    values.block["response_map"] = [
        {**answer, "key": key, "button": 3} for answer, key in zip(ANSWERS, "am", strict=True)
    ]
    assert found(values.write(tmp_path)) == []


# ---- scales


def rows_of(values: Tiny, folder: Path) -> Any:
    values.write(folder)
    return parse_stimuli((folder / "stimuli.csv").read_text(encoding="utf-8"))


def test_a_scale_is_fresh_while_every_pixel_is_the_same(tmp_path: Path) -> None:
    values = tiny()
    content = scale(values)
    rows = rows_of(values, tmp_path)
    named = content["pixel_sha256"]
    ids, some = tuple(named), dict(list(named.items())[:3])
    levels = tuple(float(k) for k in range(len(ids)))
    path = [Series("i01", "dis_hap", "direct", ids, levels, ((0.0, ids[0]), (1.0, ids[-1])))]
    rest = {name: digest for name, digest in named.items() if name not in some}
    parts = [{**content, "pixel_sha256": part} for part in (some, rest)]
    assert fresh([content], rows, path)
    assert fresh(parts, rows, path), "two scales may share a continuum"
    assert not fresh(parts[:1], rows, path), "frames that nobody has judged"
    assert not fresh([content], rows, []), "nothing was measured"
    assert not fresh([content], rows[:-1], path)
    changed = {**content, "pixel_sha256": {**named, "i01_dis_hap_002": "0" * 64}}
    assert not fresh([changed], rows, path)
    assert not fresh([{**content, "observers": None}, None, {}], rows, path)
    assert not fresh([{**content, "overrides": ["5 levels will do"]}], rows, path)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"unit": "  "}, "unit"),
        ({"intensities": [-3.0, 0.5]}, "one length"),
        ({"levels": [-1.0, 0.0, float("nan")]}, "finite number"),
        ({"levels": [True, 2, 3]}, "number"),
        ({"pse": None}, "PSE"),
        ({"pse": {"level": 0.3, "low": -0.2, "high": 0.05}}, "doesn't hold"),
        ({"observers": True}, "observers"),
        ({"observers": 2.5}, "observers"),
    ],
)
def test_what_a_scale_lacks(change: dict[str, Any], words: str) -> None:
    content = scale(tiny())
    assert scale_fault(content) == ""
    assert words in scale_fault({**content, **change})


@pytest.mark.parametrize("level, low, high", [(-0.5, -3.0, 0.5), (0.5, 0.5, 4.0), (1.0, 0.5, 4.0)])
def test_an_intensity_lies_between_its_neighbours(
    tmp_path: Path, level: float, low: float, high: float
) -> None:
    values = tiny()
    calibrate(values)
    row = next(r for r in values.rows if float(r["morph_level"]) == level)
    for intensity, codes in ((low, set()), (high, set()), (low - 0.01, {"MK680"})):
        row["intensity"] = repr(intensity)
        assert {one.code for one in found(values.write(tmp_path))} == codes
    row["intensity"] = repr(high + 0.01)
    assert {one.code for one in found(values.write(tmp_path))} == {"MK680"}


# ---- lists, designs, names


def trials(folder: Path, *lines: str) -> list[Finding]:
    tiny().write(folder)
    place = folder / "packages" / "mine"
    place.mkdir(parents=True)
    (place / "trials.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found(folder)


def test_infants_kept_apart(tmp_path: Path) -> None:
    lines = ["identity,phase", "i01,practice 1", "i01,practice 2", "i02,test"]
    assert trials(tmp_path, *lines) == []


def test_a_leak_says_who_and_where(tmp_path: Path) -> None:
    (fault,) = trials(tmp_path, "identity,phase", "i02,Practice_1", "i01,main", "i02,main")
    assert (fault.code, fault.file, fault.pointer, fault.line) == (
        "MK694",
        "packages/mine/trials.csv",
        "phase",
        4,
    )
    assert fault.message.startswith("i02 ")


@pytest.mark.parametrize("column", ["rating", "condition"])
def test_other_columns_are_no_lists(tmp_path: Path, column: str) -> None:
    assert trials(tmp_path, f"identity,{column}", "i01,practice", "i01,test") == []


def test_blocks_without_practice_may_share(tmp_path: Path) -> None:
    assert trials(tmp_path, "identity,block", "i01,1", "i01,2") == []


def test_who_lacks_a_continuum_by_declaration_is_no_doubt(tmp_path: Path) -> None:
    values = tiny()
    values.block["continua"][0]["identities"] = ["i01"]
    values.block["recipe"]["continua"][0]["identities"] = ["i01"]
    for row in [r for r in values.rows if (r["identity"], r["continuum"]) == ("i02", "dis_hap")]:
        values.rows.remove(row)
        del values.images[row["image_file"]]
    assert found(values.write(tmp_path)) == []


def test_anchors_of_equal_pixels_are_told_once(tmp_path: Path) -> None:
    values = tiny()
    for part, key in (("sources", "sha256"), ("anchors", "pixel_sha256")):
        values.block[part][3][key] = values.block[part][0][key]
    told = [one for one in found(values.write(tmp_path)) if one.code == "MK695"]
    assert len(told) == 1
