"""Levels that mix very small and large steps: rounding is no fault, and a fault is one still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from real_set import CANVAS, ONE, real, recipe
from tiny_set import Tiny

from morphkit.measure.evenness import evenness
from morphkit.measure.series import Series
from morphkit.validate import validate

LIMIT = 0.15


def levels(text: str) -> Tiny:
    line = f"  - {{name: dis_hap, path: direct, from: distressed, to: happy, levels: {text}}}\n"
    return real(recipe(f"{CANVAS}continua:\n{line}", ONE))


def cv(series: Series, metric: str) -> float:
    found = evenness(series, metric)
    assert found is not None
    return found.cv


@pytest.mark.parametrize(
    "text",
    [
        "[-1, -0.99, -0.98, 0, 1]",
        "[-1, -0.999, -0.99, -0.9, 0, 1]",
        "[-1, -0.5, -0.005, 0, 0.005, 0.5, 1]",
    ],
)
def test_steps_below_a_code_are_as_long_as_rounding_makes_them(text: str, tmp_path: Path) -> None:
    report = validate(levels(text).write(tmp_path))
    assert (report.findings, report.label) == ((), "physically checked")
    (series,) = report.measured
    plain = replace(series, rounding={})
    for metric in ("rmse", "ciede2000"):
        assert cv(plain, metric) > 2 * LIMIT, "it was an error without"
        assert cv(series, metric) < LIMIT


def test_equal_steps_need_no_correction(tmp_path: Path) -> None:
    (series,) = validate(levels("7").write(tmp_path)).measured
    assert series.rounding == {}


def test_a_small_step_that_is_wrong_is_found(tmp_path: Path) -> None:
    values, other = levels("[-1, -0.99, -0.98, 0, 1]"), levels("[-1, -0.985, -0.98, 0, 1]")
    row = values.row("infant01", "dis_hap", 2)
    values.images[row["image_file"]] = other.image("infant01", "dis_hap", 2)
    found = [one for one in validate(values.write(tmp_path)).findings if one.code == "MK460"]
    assert {one.message.split(" the steps")[0] for one in found} == {
        "infant01 dis_hap: by RMSE",
        "infant01 dis_hap: by MAE",
        "infant01 dis_hap: by CIEDE2000",
    }
