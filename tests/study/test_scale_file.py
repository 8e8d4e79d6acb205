from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from morphkit.calibrate.interval import Interval
from morphkit.calibrate.scale import IntensityScale, Point, Shown, scale_json
from morphkit.errors import CalibrationError
from morphkit.scales import as_scale, scale_text
from morphkit.study.scale import parse_scale, scale_schema

MINIMAL: dict[str, Any] = {
    "morphkit_scale": 1,
    "unit": "p_happy",
    "basis": "two-choice",
    "levels": [-1, 0.0, 1.0],
    "intensities": [0.1, 0.5, 0.9],
    "pse": {"level": 0.0, "low": -0.1, "high": 0.1},
    "jnd": {"level": 0.1, "low": 0.05, "high": 0.2},
    "observer_sd": {"level": 0.1, "low": 0.05, "high": 0.2},
    "identities": {"i01": {"pse": {"level": 0.0, "low": -0.1, "high": 0.1}}},
    "observers": 30,
    "trials": 900,
    "excluded": ["o7: too fast"],
    "context": {"population": "students", "task": "two-choice", "exposure_ms": 500},
    "pixel_sha256": {"i01_a_f01": "0" * 64},
}
FULL = IntensityScale(
    "p_happy",
    "two-choice",
    (-1.0, 0.125, 1.0),
    (0.1, 0.5, 0.9),
    (0.0, 0.4, 0.8),
    (0.2, 0.6, 1.0),
    pse=Interval(0.0, -0.1, 0.1),
    jnd=Interval(0.1, 0.05, 0.2),
    points=(Point(-1.0, 0.1, 40),),
    path="direct",
    expressions=("distressed", "happy"),
    identities={"i01": Interval(0.1, 0.0, 0.2)},
    own={"i01": IntensityScale("p_happy", "two-choice", (-1.0, 1.0), (0.2, 0.8))},
    observers=30,
    trials=900,
    excluded=("o7: too fast",),
    context={"population": "students"},
    pixel_sha256={"i01_a_f01": "0" * 64},
    stimuli={"i01_a_f01": Shown("i01", -6 / 7)},
    overrides=("two levels will do",),
)


def test_there_and_back() -> None:
    text = scale_text(FULL)
    again = as_scale(parse_scale(text, file="a.scale.json"))
    assert scale_json(again) == scale_json(FULL)
    assert again.stimuli["i01_a_f01"].level == -6 / 7, "a pixel depends on the last bit"
    assert again.own["i01"].level([0.5])[0] == pytest.approx(0)
    assert max(map(len, text.splitlines())) < 200 and text.endswith("}\n")


def test_the_contracts_keys_are_enough() -> None:
    scale = as_scale(parse_scale(json.dumps(MINIMAL), file="a"))
    assert scale.intensity([0.5]) == pytest.approx([0.7])
    assert scale.identities["i01"].high == 0.1
    known = parse_scale(json.dumps({**MINIMAL, "lab": "ours"}), file="a")
    assert known.model_extra == {"lab": "ours"}


def test_both_fit_the_schema() -> None:
    check = Draft202012Validator(scale_schema())
    assert not list(check.iter_errors(MINIMAL))
    assert not list(check.iter_errors(scale_json(FULL)))
    assert list(check.iter_errors({**MINIMAL, "observers": -1}))
    assert list(check.iter_errors({k: v for k, v in MINIMAL.items() if k != "morphkit_scale"}))


@pytest.mark.parametrize(
    "change, words",
    [
        ({"unit": ""}, "unit"),
        ({"unit": None}, "unit"),
        ({"morphkit_scale": 2}, "morphkit_scale"),
        ({"levels": [-1, 1, 0]}, "rising"),
        ({"levels": [-1.0]}, "rising"),
        ({"levels": []}, "rising"),
        ({"levels": ["-1", 0, 1]}, "levels.0"),
        ({"levels": [-1, True, 2]}, "levels.1"),
        ({"intensities": [0.1, 0.9]}, "one length"),
        ({"low": [0.0]}, "one length"),
        ({"pse": None}, "PSE"),
        ({"pse": {"level": 0.2, "low": -0.1, "high": 0.1}}, "hold"),
        ({"jnd": {"level": 0.2}}, "jnd.low"),
        ({"observers": 0}, "0 observers"),
        ({"observers": 2.5}, "observers"),
        ({"pixel_sha256": {}}, "stimuli"),
        ({"identities": {"i01": {"levels": [0, 1]}}}, "identities.i01"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(CalibrationError) as caught:
        parse_scale(json.dumps({**MINIMAL, **change}), file="a.scale.json")
    found = caught.value.findings
    assert {one.code for one in found} == {"MK473"}
    assert all(one.file == "a.scale.json" and one.suggestion for one in found)
    assert any(words in f"{one.pointer} {one.message}" for one in found), found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"morphkit_scale": 1, "morphkit_scale": 1}',
        '{"morphkit_scale": NaN}',
        "{" * 9999,
    ],
)
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(CalibrationError, match="MK473"):
        parse_scale(text, file="a")


def test_difference_scaling_has_no_balance_point() -> None:
    content = {**MINIMAL, "basis": "mlds", "unit": "perceived", "pse": None}
    assert parse_scale(json.dumps(content), file="a").pse is None
