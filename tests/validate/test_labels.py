"""What earns which label."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from real_set import real, wide

from morphkit.errors import Finding
from morphkit.measure.series import Series
from morphkit.validate import validate
from morphkit.validate.formats.prose import text
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


def test_looser_limits_are_nominal_and_stricter_ones_are_not(tmp_path: Path) -> None:
    limits = wide().block["recipe"]["limits"]
    stricter = {name: 0.95 * value for name, value in limits.items()}
    for name, changed, label in (
        ("strict", stricter, "physically checked"),
        ("photos", {**limits, "photo_eye_distance": 50, "enlargement": 9}, "physically checked"),
        ("loose", {**limits, "blur_dip": 0.2, "eye_tilt": 1}, "nominal"),
    ):
        values = wide()
        values.block["recipe"]["limits"] = changed
        values.block["label"] = label  # what a build writes
        report = validate(values.write(tmp_path / name))
        assert (report.verdict, report.label) == ("valid", label), name
    values.block["label"] = "physically checked"
    codes = {one.code for one in validate(values.write(tmp_path / "claims")).findings}
    assert codes == {"MK463", "MK689"}
    (found,) = report.findings
    assert (
        found.message == "limits loosened: blur_dip 0.2 instead of 0.1, eye_tilt 1 instead of 0.5."
    )
    said = text([report]).splitlines()[-1]
    assert said.endswith("; not physically checked because of MK463 (limits loosened)")


def test_pictures_of_assumed_levels_earn_nothing(tmp_path: Path) -> None:
    values = real()
    table = ["image,level"]
    for name in ("told", "assumed"):
        (tmp_path / name).mkdir()
        for row in values.rows:
            file = row["image_file"].rpartition("/")[2]
            Image.fromarray(values.images[row["image_file"]]).save(tmp_path / name / file)
            table.append(f"{file},{row['morph_level']}")
    lines = table[: len(values.rows) + 1]
    (tmp_path / "told" / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    told, assumed = validate(tmp_path / "told"), validate(tmp_path / "assumed")
    assert told.label == "physically checked"
    assert (assumed.verdict, assumed.label) == ("valid", None)
    assert "because of MK636 (levels assumed)" in text([assumed])
