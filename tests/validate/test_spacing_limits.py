"""Spacing against its limits: the recipe's, and the default ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_sets import set_level
from tiny_set import tiny

from morphkit.validate import validate


def test_a_limit_of_the_recipe_is_the_limit(tmp_path: Path) -> None:
    values = tiny()
    set_level(values, "i01", "neu_hap", 3, 0.61)
    strict = {f.code: f for f in validate(values.write(tmp_path / "a")).findings}
    assert "MK452" not in strict and "MK451" not in strict
    values.block["recipe"]["limits"] = {"landmark_step_cv": 0.001, "landmark_cumulative": 0.009}
    found = {f.code: f for f in validate(values.write(tmp_path / "b")).findings}
    assert found["MK451"].limit == 0.001 and found["MK452"].limit == 0.009
    assert found["MK452"].measured == pytest.approx(0.01)
    assert "frame 3 lies 0.03 frames (1.0 % of the range) too far" in found["MK452"].message
    assert found["MK452"].line == 1 + 5 + 3  # the header, i01 dis_hap, i01 neu_hap up to frame 3


@pytest.mark.parametrize("shift, codes", [(0.004, set()), (0.2, {"MK451", "MK452"})])
def test_the_default_limits(shift: float, codes: set[str], tmp_path: Path) -> None:
    values = tiny()
    set_level(values, "i01", "dis_hap", 2, -0.5 + shift)
    found = {f.code for f in validate(values.write(tmp_path)).findings}
    assert found & {"MK451", "MK452"} == codes
