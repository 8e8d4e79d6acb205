"""Light that a transform takes beyond the photos, and that is cut off there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_operations import with_operations

from morphkit.validate import validate
from morphkit.validate.extrapolated import CUT


@pytest.mark.parametrize("value", [0, 255])
@pytest.mark.parametrize("name, told", [("i01_smile_003", True), ("i01_neu_hap_002", False)])
def test_cut_off_light_is_told_where_weights_are_negative(
    tmp_path: Path, name: str, told: bool, value: int
) -> None:
    values = with_operations()
    image = values.images[f"stimuli/{name}.png"]
    image[30:34, 20:24, 1] = value
    report = validate(values.write(tmp_path))
    found = [fault for fault in report.findings if fault.code == "MK525"]
    assert bool(found) == told
    assert all(fault.severity == "warning" and fault.measured > CUT for fault in found)
    assert [fault.file for fault in found] == ([f"stimuli/{name}.png"] if told else [])


def test_some_light_may_be_cut_off(tmp_path: Path) -> None:
    values = with_operations()
    values.images["stimuli/i01_smile_003.png"][30, 20:23, 1] = 255
    assert validate(values.write(tmp_path)).findings == ()
