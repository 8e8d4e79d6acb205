"""Doubts about photos and pairs reach the dry run, the manifest and validation."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from PIL import Image

from morphkit.cli import main
from morphkit.doubts import unsuitable
from morphkit.engine.align import Similarity
from morphkit.engine.stage import Pose
from morphkit.faces.face import Landmarks
from morphkit.faces.scheme import free_scheme
from morphkit.measure.facts import Facts
from morphkit.plan import plan
from morphkit.study.recipe import LIMITS
from tiny_study import RECIPE, ROOT, photo_path, write_study

NEW = ("MK11", "MK31")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def limited(**limits: float) -> str:
    return f"{RECIPE}engine: {{apertures: false}}\nlimits: {json.dumps(limits)}\n"


def doubts_of(folder: Path) -> list[dict[str, object]]:
    manifest = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return list(manifest["morphkit"]["doubts"])


def test_each_pair_of_neighbours_is_compared_once() -> None:
    keys = [(i, e) for i in ("i01", "i02") for e in ("a", "b", "c", "d")]
    photos = {key: Facts(nose=(0.1 * "abcd".index(key[1]), 0.0)) for key in keys}
    nowhere = Pose(Landmarks(free_scheme(["x"]), [[0, 0]]), Similarity(1, 0, 0, 0), {})
    paths = [("a", "b"), ("a", "c", "b"), ("b", "a"), ("c", "a")]
    found = unsuitable(photos, [nowhere] * len(keys), paths, LIMITS, composited=True)
    assert [(doubt.code, doubt.file) for doubt in found] == [
        ("MK310", f"{identity} {pair}")
        for identity in ("i01", "i02")
        for pair in ("a–b", "a–c", "c–b")
    ]


def test_a_dry_run_says_which_photos_and_pairs(tmp_path: Path) -> None:
    study = write_study(tmp_path, recipe=limited(light_across=0))
    result = run("build", study, "--dry-run")
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    small = [line for line in lines if line.startswith("MK110 warning: ")]
    assert len(small) == 6
    assert small[0].startswith("MK110 warning: infant01 distressed: the outer eye corners are only")
    lit = [line for line in lines if line.startswith("MK113 warning: ")]
    assert {line.split(": ")[1] for line in lit} == {
        f"{identity} {pair}"
        for identity in ("infant01", "infant02")
        for pair in ("distressed–happy", "distressed–neutral", "neutral–happy")
    }
    assert len(lit) == 6
    assert ".png" not in result.stderr and ".json" not in result.stderr


def test_a_build_keeps_the_doubts_and_validation_repeats_them(tmp_path: Path) -> None:
    study = write_study(tmp_path, ("infant01",), limited(photo_eye_distance=50))
    path = photo_path(study, "infant01_happy")
    with Image.open(path) as image:
        image.convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    out = tmp_path / "set"
    result = run("build", study, "--out", out)
    assert result.exit_code == 0, result.stderr
    kept = {(doubt["code"], doubt["file"]) for doubt in doubts_of(out)}
    assert {("MK113", f"infant01 {one}–happy") for one in ("distressed", "neutral")} <= kept
    assert not {"MK110", "MK111"} & {code for code, _ in kept}
    report = json.loads(run("validate", out, "--format", "json").stdout)["sets"][0]
    repeated = {(f["code"], f["file"]) for f in report["findings"]}
    assert kept <= repeated
    assert report["verdict"] == "valid"
    assert all(f["suggestion"] for f in report["findings"])


def test_a_canvas_that_enlarges_is_doubted(tmp_path: Path) -> None:
    """The tiny canvas shows the photos about as large as they are; here it is three times that."""
    wide = limited(photo_eye_distance=50).replace(
        "{width: 128, height: 160, eye_distance: 42}",
        "{width: 384, height: 480, eye_distance: 126}",
    )
    found = [f for f in plan(write_study(tmp_path, recipe=wide)).findings if f.code == "MK111"]
    assert len(found) == 6
    assert all(2.9 < (f.measured or 0) < 3.2 and f.limit == 2 for f in found)


def test_the_demo_is_free_of_doubts() -> None:
    planned = plan(ROOT / "configs" / "demo.yaml")
    assert not [f.code for f in planned.findings if f.code.startswith(NEW)]
