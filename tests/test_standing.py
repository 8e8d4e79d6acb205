"""Packages that stand in a set's folder: a build exchanges none of them without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from morphkit.cli import main
from morphkit.package.registry import exporters
from tiny_study import write_study

EXPRESSIONS = ("distressed", "neutral", "happy")
LIMITS = "limits: {landmark_step_cv: 0.3}\n"
TASK = "{exposure_ms: 150}"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = write_study(tmp_path, ("infant01",))
    path.write_text(path.read_text() + "packages: [jspsych]\n")
    made = run("build", path)
    assert made.exit_code == 0, made.output
    assert "Packages: jspsych made.\n" in made.stderr
    (tmp_path / "task.yaml").write_text(TASK)
    return path


def more(recipe: Path, text: str) -> None:
    recipe.write_text(recipe.read_text() + text)


def exposure(recipe: Path) -> int | None:
    """Return what the jsPsych package in the set's folder says about how long a face is shown."""
    file = recipe.parents[1] / "generated" / "tiny" / "packages" / "jspsych" / "task.json"
    return json.loads(file.read_text())["exposure_ms"]


def package(recipe: Path, *words: str) -> None:
    made = run("package", recipe.parents[1] / "generated" / "tiny", "--for", *words)
    assert made.exit_code == 0, made.output


def own(recipe: Path) -> tuple[str, ...]:
    return ("jspsych", "--task", str(recipe.parents[1] / "task.yaml"))


def test_a_build_does_not_put_back_its_own_task(recipe: Path) -> None:
    package(recipe, *own(recipe))
    again = run("build", recipe)
    assert "Packages: jspsych kept, made with another task (exposure_ms 150)." in again.stderr
    more(recipe, LIMITS)
    refused = run("build", recipe)
    assert refused.exit_code == 2
    assert "MK619" in refused.output
    assert "jspsych, made with another task (exposure_ms 150)" in refused.output
    assert exposure(recipe) == 150
    forced = run("build", recipe, "--force")
    assert forced.exit_code == 0, forced.output
    assert "jspsych made in place of one made with another task (exposure_ms 150)." in forced.stderr
    assert "nothing to do" not in forced.stderr
    assert exposure(recipe) is None


def test_a_task_that_the_recipe_has_by_now_is_no_other(recipe: Path) -> None:
    package(recipe, *own(recipe))
    more(recipe, LIMITS + f"task: {TASK}\n")
    made = run("build", recipe)
    assert made.exit_code == 0, made.output
    assert "Packages: jspsych made.\n" in made.stderr
    assert exposure(recipe) == 150


def test_a_task_that_changes_in_the_recipe_changes_in_its_packages(recipe: Path) -> None:
    more(recipe, f"task: {TASK}\n")
    assert run("build", recipe).exit_code == 0
    assert exposure(recipe) == 150
    recipe.write_text(recipe.read_text().replace("150", "200"))
    assert run("build", recipe).exit_code == 0
    assert exposure(recipe) == 200


@pytest.mark.parametrize("damage", ["stimuli.csv", "datapackage.json"])
def test_mending_a_set_keeps_such_packages_or_refuses(damage: str, recipe: Path) -> None:
    package(recipe, *own(recipe))
    package(recipe, "labjs", "--zip")
    home = recipe.parents[1] / "generated" / "tiny"
    zipped = (home / "packages" / "labjs.zip").read_bytes()
    text = (home / damage).read_text()
    (home / damage).write_text(
        text.replace("infant01", "infant07", 1) if ".csv" in damage else text[:-99]
    )
    mended = run("build", recipe)
    assert (home / "packages" / "labjs.zip").read_bytes() == zipped
    assert exposure(recipe) == 150
    if damage == "stimuli.csv":
        assert mended.exit_code == 0, mended.output
        assert (home / damage).read_text() == text
        assert "jspsych kept, made with another task (exposure_ms 150)" in mended.stderr
        assert "labjs.zip kept" in mended.stderr
    else:
        assert mended.exit_code == 2
        assert "MK619" in mended.output


def test_what_other_pixels_take_away_is_said(recipe: Path) -> None:
    package(recipe, *own(recipe))
    package(recipe, "labjs", "--zip")
    recipe.write_text(recipe.read_text().replace("levels: 5", "levels: 7"))
    forced = run("build", recipe, "--force")
    assert forced.exit_code == 0, forced.output
    assert "jspsych made in place of one made with another task" in forced.stderr
    assert "labjs.zip made" in forced.stderr
    assert exposure(recipe) is None


def test_other_options_are_no_task(recipe: Path) -> None:
    words = ("--override", "a test of what is written into a package")
    package(recipe, "jspsych", *words)
    more(recipe, LIMITS)
    refused = run("build", recipe)
    assert refused.exit_code == 2
    assert "jspsych, made with other options" in refused.output


def test_a_changed_package_is_said_to_be_changed(recipe: Path) -> None:
    place = recipe.parents[1] / "generated" / "tiny" / "packages" / "jspsych" / "stimuli.js"
    place.write_text("mine")
    more(recipe, LIMITS)
    for words in ((), ("--force",)):
        refused = run("build", recipe, *words)
        assert refused.exit_code == 2
        assert "MK610" in refused.output
        assert "changed since it was made: packages/jspsych/stimuli.js" in refused.output
        assert "did not make" not in refused.output
    assert place.read_text() == "mine"


@pytest.mark.parametrize("more_words", ["", "use: publication\ntask: {repeats: 2}\n"])
def test_a_build_knows_its_own_packages_again(tmp_path: Path, more_words: str) -> None:
    names = [*exporters()]
    study = write_study(tmp_path, ("infant01",))
    rows = [f"infant01,{one},infant01_{one}.png" for one in EXPRESSIONS]
    table = ["identity,expression,image,consent_scope,publish_allowed"]
    table += [f"{row},open_archive,yes" for row in rows]
    (tmp_path / "raw_faces" / "tiny" / "faces.csv").write_text("\n".join(table) + "\n")
    study.write_text(f"{study.read_text()}packages: [{', '.join(names)}]\n{more_words}")
    built = run("build", study)
    assert built.exit_code == 0, built.output
    again = run("build", study)
    assert f"Packages: {', '.join(sorted(names))} kept." in again.stderr
    made = run("package", tmp_path / "generated" / "tiny", "--for", *names)
    assert made.exit_code == 0, made.output


def test_a_consent_that_was_filled_in_since_makes_no_package_another(recipe: Path) -> None:
    faces = recipe.parents[1] / "raw_faces" / "tiny" / "faces.csv"
    rows = [f"infant01,{one},infant01_{one}.png" for one in EXPRESSIONS]
    for scope in ("", "publication"):
        cells = [f"{row},{scope}" for row in rows]
        faces.write_text("\n".join(["identity,expression,image,consent_scope", *cells]) + "\n")
        made = run(
            "package", recipe.parents[1] / "generated" / "tiny", "--for", "jspsych", "--force"
        )
        assert made.exit_code == 0, made.output
    built = run("build", recipe)
    assert built.exit_code == 0, built.output
    assert "Packages: jspsych made." in built.stderr


def test_a_folder_with_litter_alone_is_free(recipe: Path) -> None:
    place = recipe.parents[1] / "generated" / "tiny" / "packages" / "psychopy"
    place.mkdir()
    (place / ".DS_Store").write_bytes(b"\xff")
    package(recipe, "psychopy")


def test_what_a_build_might_have_made_is_made_anew(recipe: Path) -> None:
    package(recipe, "psychopy")
    package(recipe, "labjs", "--zip")
    home = recipe.parents[1] / "generated" / "tiny" / "packages"
    before = (home / "labjs.zip").read_bytes()
    more(recipe, "task: {repeats: 2}\n")
    built = run("build", recipe)
    assert built.exit_code == 0, built.output
    assert "Packages: jspsych, labjs.zip, psychopy made." in built.stderr
    assert (home / "labjs.zip").read_bytes() != before
    again = run("package", home.parent, "--for", "psychopy")
    assert again.exit_code == 0, again.output


def test_a_package_elsewhere_is_a_builds_own_too(recipe: Path, tmp_path: Path) -> None:
    """Made with what was declared by then; with another task than the recipe's it is not."""
    home, out = recipe.parents[1] / "generated" / "tiny", ("--out", str(tmp_path / "out"))
    faces = recipe.parents[1] / "raw_faces" / "tiny" / "faces.csv"
    rows = [f"infant01,{one},infant01_{one}.png,publication" for one in EXPRESSIONS]
    faces.write_text("\n".join(["identity,expression,image,consent_scope", *rows]) + "\n")
    package(recipe, "psychopy", *out)
    package(recipe, "psychopy", *out, "--task", "rating")
    refused = run("package", home, "--for", "psychopy", *out)
    assert refused.exit_code == 2 and "another task (preset rating" in refused.output
    more(recipe, f"task: {TASK}\n")
    assert run("build", recipe).exit_code == 0
    package(recipe, "psychopy", *out, "--task", "two-choice", "--force")
    refused = run("package", home, "--for", "psychopy", *out)
    assert refused.exit_code == 2, "the default is not this recipe's"
