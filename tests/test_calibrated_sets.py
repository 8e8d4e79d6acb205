"""Build, judge, fit, re-space, build again: sets whose levels come from scales and metrics."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from morphkit.build import build
from morphkit.cli import main
from morphkit.errors import CalibrationError
from morphkit.files import read_set
from morphkit.reading import read_recipe
from morphkit.study.table import Stimulus
from morphkit.validate import validate
from tiny_study import change_template, photo_path, write_study

HEAD = """\
morphkit: 1
name: tiny
faces: ../raw_faces/tiny
canvas: {width: 128, height: 160, eye_distance: 42}
mask: {shape: oval, feather: 3}
"""
DIRECT = "  - {name: dis_hap, path: direct, from: distressed, to: happy, levels: %s}\n"
THROUGH = (
    "  - {name: thr_neu, path: through-neutral, from: distressed, via: neutral, to: happy, "
    "levels: %s}\n"
)
PILOT = HEAD + "continua:\n" + DIRECT % "15"
WANTED = (0.25, 0.375, 0.5, 0.625, 0.75)
LARGER = "160, height: 200, eye_distance: 54"
TARGETS = f"{{p_happy: {list(WANTED)}, scale: observers.scale.json}}"
PICKED = HEAD + "continua:\n" + DIRECT % TARGETS
SPACED = PILOT + "spacing: {scale: {perceived: observers.scale.json}}\n"
SAME_OBSERVERS = ("--observers", 40, "--repeats", 10, "--pse", -0.2, "--lapse", 0.02, "--seed", 5)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def wrote(study: Path, name: str, text: str) -> Path:
    """Write another recipe into a study; return its path."""
    path = study.with_name(f"{name}.yaml")
    path.write_text(text.replace("name: tiny", f"name: {name}", 1), encoding="utf-8")
    return path


def rows(folder: Path) -> list[Stimulus]:
    return list(read_set(folder).stimuli)


def levels(folder: Path, continuum: str = "dis_hap") -> dict[str, list[float]]:
    kept = [row for row in rows(folder) if row.continuum == continuum]
    return {
        who: [float(row.morph_level or 0) for row in some]
        for who, some in groupby(kept, key=lambda row: row.identity)
    }


def judged(folder: Path, responses: Path, scale: Path, *options: object) -> Result:
    """Let the same observers judge a set, and fit their responses."""
    assert run("calibrate", "simulate", folder, *SAME_OBSERVERS, "-o", responses).exit_code == 0
    return run("calibrate", "fit", folder, responses, "-o", scale, "--replicates", 200, *options)


@pytest.fixture(scope="module")
def piloted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose pilot was built, judged by 40 simulated observers, and fitted."""
    home = tmp_path_factory.mktemp("piloted")
    study = write_study(home, recipe=PILOT)
    pilot = build(wrote(study, "pilot", PILOT)).folder
    fitted = judged(pilot, home / "pilot.csv", study.with_name("observers.scale.json"))
    assert fitted.exit_code == 0, fitted.output
    return study


@pytest.fixture
def study(piloted: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(piloted.parent.parent, tmp_path / "study")
    return tmp_path / "study" / "configs" / piloted.name


def scale_of(study: Path) -> dict[str, Any]:
    content = study.with_name("observers.scale.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


def rescaled(study: Path, change: Mapping[str, Any]) -> None:
    path = study.with_name("observers.scale.json")
    path.write_text(json.dumps(scale_of(study) | change), encoding="utf-8")


# ---- P(happy)


def test_an_absolute_path_of_a_scale_is_not_told_to_the_set(study: Path) -> None:
    scale = study.with_name("observers.scale.json")
    absolute = PICKED.replace("observers.scale.json", scale.as_posix())
    spaced = SPACED.replace("observers.scale.json", scale.as_posix())
    named = PILOT + f"scales: [{scale.as_posix()}]\n"
    for name, text in (("picked", absolute), ("spaced", spaced), ("named", named)):
        recipe = read_recipe(wrote(study, name, text))
        told = recipe.model_dump_json()
        assert "observers.scale.json" in told and study.parent.as_posix() not in told, name


def test_the_loop_ends_where_it_was_aimed(study: Path) -> None:
    folder = build(wrote(study, "picked", PICKED)).folder
    report = validate(folder)
    assert report.verdict == "valid" and report.label != "perceptually calibrated"
    again = study.with_name("again.scale.json")
    judged(folder, study.with_name("again.csv"), again, "--override", "five levels were picked")
    found = json.loads(again.read_text(encoding="utf-8"))
    for own in levels(folder).values():
        p = np.interp(own, found["levels"], found["intensities"])
        assert p == pytest.approx(WANTED, abs=0.04)
    told = [row.p_happy for row in rows(folder)[:5]]
    assert told == pytest.approx(WANTED, abs=0.005)
    assert {row.intensity_unit for row in rows(folder)} == {"p_happy"}
    assert all(row.ambiguous for row in rows(folder)), "0.25 and 0.75 as well, to a whole percent"


def test_a_set_that_was_judged_earns_its_label(study: Path) -> None:
    recipe = wrote(study, "pilot", PILOT)
    before = validate(study.parents[1] / "generated" / "pilot")
    recipe = wrote(study, "pilot", PILOT + "scales: [observers.scale.json]\n")
    built = build(recipe)
    assert built.rendered == 0, "no pixel depends on what was found"
    after = validate(built.folder)
    if before.label == "physically checked":
        assert after.label == "perceptually calibrated"
    assert after.fresh and not before.fresh
    assert after.verdict == "valid"
    assert all(row.p_happy is not None for row in rows(built.folder))
    assert b"Calibration" in (built.folder / "report.html").read_bytes()


def test_one_scale_may_serve_continua_of_different_infants(study: Path) -> None:
    both = DIRECT % TARGETS.replace("0.25, ", "")
    text = HEAD + "continua:\n"
    for name, who in (("one", "infant01"), ("other", "infant02")):
        text += both.replace("dis_hap,", f"{name}, identities: [{who}],")
    built = build(wrote(study, "shared", text))
    assert built.report.verdict == "valid"
    assert {row.p_happy is None for row in rows(built.folder)} == {False}


def test_infants_may_have_levels_of_their_own(study: Path) -> None:
    own = TARGETS.replace("{p", "{scope: identity, p")
    folder = build(wrote(study, "own", HEAD + "continua:\n" + DIRECT % own)).folder
    found = levels(folder)
    assert found["infant01"] != found["infant02"]
    curves = scale_of(study)["identities"]
    for who, at in found.items():
        p = np.interp(at, curves[who]["levels"], curves[who]["intensities"])
        assert p == pytest.approx(WANTED, abs=0.003)
    assert validate(folder).verdict == "valid"
    entry = read_set(folder).manifest.morphkit.continua[0]
    assert {who: list(at) for who, at in entry.own_levels.items()} == found


def test_levels_that_are_not_the_scales_are_found(study: Path) -> None:
    folder = build(wrote(study, "picked", PICKED)).folder
    path = folder / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    scale = manifest["morphkit"]["scales"]["observers"]
    scale["intensities"] = [p**1.1 for p in scale["intensities"]]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    codes = {one.code for one in validate(folder).findings}
    assert {"MK673", "MK680"} <= codes


# ---- equal steps


def test_equal_perceived_steps(study: Path) -> None:
    folder = build(wrote(study, "spaced", SPACED)).folder
    scale = scale_of(study)
    for own in levels(folder).values():
        assert len(own) == 15 and (own[0], own[-1]) == (-1.0, 1.0)
        steps = np.diff(np.interp(own, scale["levels"], scale["intensities"]))
        assert steps.std() / steps.mean() < 0.05
    assert validate(folder).verdict == "valid"


@pytest.mark.parametrize("metric", ["rmse", "gabor_jet", "ssim"])
def test_equal_steps_in_a_metric(study: Path, metric: str) -> None:
    text = PILOT + THROUGH % "9, midpoint: photo" + f"spacing: {{scale: {metric}}}\n"
    text = text.replace("128, height: 160, eye_distance: 42", LARGER)
    recipe = wrote(study, "metric", text)
    folder = build(recipe).folder
    measured = run("measure", folder, "--steps", "--metric", metric)
    table = list(csv.DictReader(measured.stdout.splitlines()))
    for name, part in groupby(table, key=lambda row: row["from"].rsplit("_", 1)[0]):
        steps = np.array([float(row[metric]) for row in part])
        legs = [steps] if "dis_hap" in name else [steps[:4], steps[4:]]
        for leg in legs:
            assert leg.std() / leg.mean() <= 0.03, name
    own = levels(folder)
    assert own["infant01"] != own["infant02"]
    assert all(at[4] == 0 for at in levels(folder, "thr_neu").values())
    assert "MK464" not in {one.code for one in validate(folder).findings}
    assert build(recipe).rendered == 0


def test_lists_are_levels_whatever_the_spacing(study: Path) -> None:
    text = HEAD + "continua:\n" + DIRECT % "[-1, -0.3, 1]" + "spacing: {scale: rmse}\n"
    folder = build(wrote(study, "listed", text)).folder
    assert set(map(tuple, levels(folder).values())) == {(-1.0, -0.3, 1.0)}


def test_what_does_not_change_has_no_equal_steps(study: Path) -> None:
    for expression in ("distressed", "happy"):
        for end in ("png", "json"):
            home = photo_path(study, "infant01_neutral").with_suffix(f".{end}")
            shutil.copy(home, home.with_name(f"infant01_{expression}.{end}"))
    text = PILOT.replace("128, height: 160, eye_distance: 42", LARGER)
    with pytest.raises(CalibrationError, match="MK475") as caught:
        build(wrote(study, "still", text + "spacing: {scale: rmse}\n"))
    assert "infant01 dis_hap by rmse" in caught.value.findings[0].message


def test_faces_too_small_for_a_metric_are_told_before_anything_is_rendered(study: Path) -> None:
    with pytest.raises(CalibrationError, match=r"MK475.*px across"):
        build(wrote(study, "small", PILOT + "spacing: {scale: gabor_jet}\n"))


# ---- stale, thin and alien scales


def moved(study: Path) -> None:
    def change(template: dict[str, Any]) -> None:
        template["points"][30]["x"] += 1.0

    change_template(study, "infant01_happy", change)


def test_a_scale_of_other_pixels_is_refused_unless_overridden(study: Path) -> None:
    moved(study)
    with pytest.raises(CalibrationError, match="MK472"):
        build(wrote(study, "picked", PICKED))
    reason = TARGETS.replace("}", ", override: one landmark was mended}")
    built = build(wrote(study, "picked", HEAD + "continua:\n" + DIRECT % reason))
    report = validate(built.folder)
    found = [one for one in report.findings if one.code == "MK678"]
    assert [one.severity for one in found] == ["warning"]
    assert "one landmark was mended" in found[0].message
    assert report.verdict == "valid"


def test_one_changed_code_of_a_photo_is_enough(study: Path) -> None:
    path = photo_path(study, "infant02_distressed")
    with Image.open(path) as image:
        codes = np.array(image)
    codes[90:110, 90:110] ^= 1
    Image.fromarray(codes).save(path)
    with pytest.raises(CalibrationError, match="MK472"):
        build(wrote(study, "picked", PICKED))


def test_a_set_whose_pixels_have_changed_since_fails(study: Path) -> None:
    moved(study)
    recipe = wrote(study, "pilot", PILOT + "scales: [observers.scale.json]\n")
    report = build(recipe, force=True).report
    assert report.verdict == "invalid"
    assert "MK678" in {one.code for one in report.findings if one.severity == "error"}


def test_a_scale_that_does_not_say_what_was_shown_is_tried_at_its_levels(study: Path) -> None:
    scale = scale_of(study)
    at = [round(k / 7 - 1, 6) for k in range(15)]
    curve = np.interp(at, scale["levels"], scale["intensities"]).tolist()
    plain = {"levels": at, "intensities": curve, "low": [], "high": [], "stimuli": {}}
    rescaled(study, {**plain, "identities": {}})
    assert build(wrote(study, "picked", PICKED)).report.verdict == "valid"
    moved(study)
    with pytest.raises(CalibrationError, match="MK472"):
        build(wrote(study, "picked", PICKED), force=True)


def point(level: float, value: float) -> dict[str, float]:
    return {"level": level, "value": value, "trials": 9}


@pytest.mark.parametrize(
    "change, code",
    [
        ({"observers": 19}, "MK471"),
        ({"points": [point(k / 3 - 1, k / 6) for k in range(6)]}, "MK471"),
        ({"points": [point(k / 3 - 1, 0.1 + 0.8 * (k > 3)) for k in range(7)]}, "MK471"),
        ({"path": "through-neutral"}, "MK474"),
        ({"expressions": ["neutral", "happy"]}, "MK474"),
        ({"unit": "rating"}, "MK474"),
        ({"levels": [-1.0, -1.0, 1.0]}, "MK473"),
        ({"observers": "many"}, "MK473"),
        ({"levels": [0.0, 100.0], "intensities": [0.1, 0.9], "low": [], "high": []}, "MK473"),
        ({"levels": [-1.0, 1.0], "intensities": [1.0, 99.0], "low": [], "high": []}, "MK473"),
        ({"levels": [-1.0, 1.0], "intensities": [0.3, 0.9], "low": [], "high": []}, "MK469"),
    ],
)  # fmt: skip
def test_a_scale_that_will_not_do_is_refused(
    study: Path, change: dict[str, Any], code: str
) -> None:
    rescaled(study, change)
    with pytest.raises(CalibrationError) as caught:
        build(wrote(study, "picked", PICKED))
    assert {one.code for one in caught.value.findings} == {code}
    assert all(one.file for one in caught.value.findings)


def test_rounding_does_not_leave_the_scale(study: Path) -> None:
    scale = scale_of(study)
    ends = {"levels": [-2 / 3, 0.0, 2 / 3], "intensities": [0.1, 0.5, 0.9], "low": [], "high": []}
    rescaled(study, scale | ends | {"identities": {}})
    found = build(wrote(study, "spaced", SPACED)).folder
    assert {(own[0], own[-1]) for own in levels(found).values()} == {(-0.666, 0.666)}
    assert all(row.intensity is not None for row in rows(found))


def test_an_infants_own_curve_must_rest_on_enough_as_well(study: Path) -> None:
    scale = scale_of(study)
    scale["identities"]["infant02"] |= {"observers": 3}
    rescaled(study, scale)
    own = TARGETS.replace("}", ", scope: identity}")
    with pytest.raises(CalibrationError, match=r"MK471.*infant02: 3 observers"):
        build(wrote(study, "picked", HEAD + "continua:\n" + DIRECT % own))
    words = (study.with_name("observers.scale.json"), "--p-happy", 0.5, "--identity")
    found = run("calibrate", "pick", *words, "infant02")
    assert found.exit_code == 1 and "MK471" in found.stderr
    assert run("calibrate", "pick", *words, "infant01").exit_code == 0
    reason = own.replace("}", ", override: a rehearsal}")
    folder = build(wrote(study, "picked", HEAD + "continua:\n" + DIRECT % reason)).folder
    (told,) = read_set(folder).manifest.morphkit.scales["observers"]["overrides"]
    assert told.startswith("infant02: 3 observers") and validate(folder).verdict == "valid"


def test_a_thin_scale_with_a_reason_goes_on_record(study: Path) -> None:
    rescaled(study, {"observers": 19})
    reason = TARGETS.replace("}", ", override: a rehearsal}")
    folder = build(wrote(study, "picked", HEAD + "continua:\n" + DIRECT % reason)).folder
    told = read_set(folder).manifest.morphkit.scales["observers"]["overrides"]
    assert told == [
        "19 observers are too few to calibrate by, 20 are needed. Used all the same: a rehearsal"
    ]


def test_two_scales_of_one_name_are_refused(study: Path) -> None:
    scale = scale_of(study)
    (study.parent / "other").mkdir()
    other = study.parent / "other" / "observers.scale.json"
    recipe = wrote(study, "picked", PICKED + "scales: [other/observers.scale.json]\n")
    other.write_text(json.dumps(scale), encoding="utf-8")
    assert build(recipe).report.verdict == "valid", "one and the same may be named twice"
    other.write_text(json.dumps(scale | {"trials": 1}), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"MK473.*two scales are called observers"):
        build(recipe)


def test_a_missing_scale_is_named(study: Path) -> None:
    study.with_name("observers.scale.json").unlink()
    found = run("build", wrote(study, "picked", PICKED), "--dry-run")
    assert found.exit_code == 2 and "observers.scale.json" in found.stderr


def test_the_scale_decides_what_is_built(study: Path) -> None:
    recipe = wrote(study, "picked", PICKED)
    first = build(recipe).folder
    before = levels(first)["infant01"]
    scale = scale_of(study)
    rescaled(study, {"intensities": [p**1.2 for p in scale["intensities"]], "low": [], "high": []})
    found = run("build", recipe)
    assert found.exit_code == 2 and "MK609" in found.stderr
    build(recipe, force=True)
    after = levels(first)["infant01"]
    assert all(a < b for a, b in zip(before, after, strict=True))
    assert all(a < b for a, b in pairwise(after))
