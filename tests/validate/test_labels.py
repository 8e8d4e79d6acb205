"""What earns which label."""

from __future__ import annotations

import pytest

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.validate.labels import earned


def measured(count: int, *, light: float | None = 0.3) -> Series:
    ids = tuple(f"i01_{k}" for k in range(count))
    levels = tuple(-1 + 2 * k / (count - 1) for k in range(count))
    ends = ((-1.0, ids[0]), (1.0, ids[-1]))
    return Series("i01", "dis_hap", "direct", ids, levels, ends, {"luminance": (light,) * count})


def test_pictures_that_were_measured_and_not_blamed() -> None:
    assert earned([], [measured(5)], fresh=False) == "physically checked"
    assert earned([], [measured(5)], fresh=True) == "perceptually calibrated"


@pytest.mark.parametrize(
    "series", [[], [measured(3)], [measured(5), measured(5, light=None)]], ids=str
)
def test_what_was_not_measured_is_nominal(series: list[Series]) -> None:
    assert earned([], series, fresh=True) == "nominal"


def test_what_is_ignored_has_not_been_passed() -> None:
    ignored = Finding("MK529", "blurred.", severity="warning", ignored=True)
    assert earned([ignored], [measured(5)], fresh=True) == "nominal"
    assert earned([Finding("MK702", "no.", ignored=True)], [measured(5)], fresh=False) != "nominal"
