"""Recipes in place of photos: no pixel in the package, the same pixels from the same photos."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from morphkit import rebuilding
from morphkit.cli import main
from morphkit.files import sha256
from tiny_study import write_study

MARK = "zwölfBertha"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose folders and photos are called like a child, and its recipe package."""
    home = tmp_path_factory.mktemp("study")
    recipe = write_study(home, ("infant01",))
    faces = home / "raw_faces" / MARK
    (home / "raw_faces" / "tiny").rename(faces)
    rows = []
    for one in ("distressed", "neutral", "happy"):
        (faces / f"infant01_{one}.png").rename(faces / f"{MARK}_{one}.png")
        (faces / f"infant01_{one}.json").rename(faces / f"{MARK}_{one}.json")
        rows.append(f"infant01,{one},{MARK}_{one}.png,yes,open_archive")
    header = "identity,expression,image,derivatives_allowed,consent_scope"
    (faces / "faces.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    recipe.write_text(recipe.read_text().replace("raw_faces/tiny", f"raw_faces/{MARK}"), "utf-8")
    assert run("build", recipe).exit_code == 0
    made = run("package", home / "generated" / "tiny", "--recipe-only", "--out", home / "out")
    assert made.exit_code == 0, made.output
    return home


def pixels(folder: Path) -> dict[str, str]:
    with (folder / "stimuli.csv").open(newline="") as file:
        return {row["stimulus_id"]: row["pixel_sha256"] for row in csv.DictReader(file)}


def packed(study: Path) -> dict[str, bytes]:
    home = study / "out" / "recipe"
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_the_package_holds_no_picture_no_hash_and_no_name(study: Path) -> None:
    content = packed(study)
    assert {Path(path).suffix for path in content} <= {
        ".csv",
        ".txt",
        ".json",
        ".yaml",
        ".sha256",
        "",
    }
    manifest = json.loads((study / "generated" / "tiny" / "datapackage.json").read_text())
    known = [one["sha256"] for one in manifest["morphkit"]["sources"]]
    known += pixels(study / "generated" / "tiny").values()
    key = (study / "generated" / "tiny.key").read_text().strip()
    for path, data in content.items():
        text = data.decode()
        assert MARK.casefold() not in (path + text).casefold()
        assert not any(digest in text for digest in known), path
        assert key not in text


def test_the_same_photos_make_the_same_pixels_whatever_they_are_called(
    study: Path, tmp_path: Path
) -> None:
    photos = tmp_path / "phone"
    (photos / "deeper").mkdir(parents=True)
    for number, path in enumerate(sorted((study / "raw_faces" / MARK).glob("*.png"))):
        shutil.copy(path, photos / "deeper" / f"IMG_{number}.PNG")
    (photos / "notes.txt").write_text("not a photo")
    key = study / "generated" / "tiny.key"
    made = run(
        "rebuild",
        study / "out" / "recipe",
        photos,
        "--key",
        key,
        "--out",
        tmp_path / "again",
        "--json",
    )
    assert made.exit_code == 0, made.output
    result = json.loads(made.stdout)
    assert (result["same"], result["stimuli"]) == (13, 13)
    assert pixels(tmp_path / "again" / "generated" / "tiny") == pixels(study / "generated" / "tiny")


def test_a_rebuild_that_was_stopped_is_run_again(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    words = (study / "out" / "recipe", study / "raw_faces" / MARK)
    words = (*words, "--key", study / "generated" / "tiny.key", "--out", tmp_path / "again")
    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "build", stopped)
        assert run("rebuild", *words).exit_code != 0
    for _ in range(2):
        made = run("rebuild", *words)
        assert made.exit_code == 0, made.output
        assert "13 of 13" in made.output
    (tmp_path / "again" / "configs" / "tiny.yaml").write_text("mine: 1\n")
    made = run("rebuild", *words)
    assert made.exit_code == 2 and "MK610" in made.output, made.output


@pytest.mark.skipif(os.name != "posix", reason="Windows goes by the folder")
def test_nobody_else_reads_the_key(study: Path) -> None:
    assert (study / "generated" / "tiny.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("suffix", [".json", ".tem"])
def test_templates_travel_as_landmarks_alone(suffix: str, tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    faces = tmp_path / "raw_faces" / "tiny"
    for path in sorted(faces.glob("*.json")):
        if suffix == ".json":
            told = json.loads(path.read_text()) | {"note": "Mrs Jones", "origin": {"by": "Anna"}}
            for point in told["points"]:
                point |= {"x": point["x"] + 1 / 3, "by": "Anna"}
            path.write_text(json.dumps(told), "utf-8")
            continue
        tem = path.with_suffix(".tem")
        assert run("convert", path, tem, "--to-scheme", "frl189").exit_code == 0
        path.unlink()
        tem.write_text("of Mrs Jones\n" + tem.read_text() + "seen by Anna\n", "utf-8")
    built = run("build", recipe)
    assert built.exit_code == 0, built.output
    home = tmp_path / "generated" / "tiny"
    assert run("package", home, "--recipe-only").exit_code == 0
    package = tmp_path / "generated" / "tiny_recipe"
    templates = sorted(package.rglob(f"*{suffix}"))
    assert [one.name for one in templates if "raw_faces" in one.parts] == [
        f"infant01_{one}{suffix}" for one in ("distressed", "happy", "neutral")
    ]
    for path in package.rglob("*"):
        if path.is_file():
            assert not {"Jones", "Anna"} & set(re.findall(r"\w+", path.read_text("utf-8"))), path
    key = tmp_path / "generated" / "tiny.key"
    made = run("rebuild", package, faces, "--key", key, "--out", tmp_path / "again")
    assert made.exit_code == 0, made.output
    assert "13 of 13" in made.output


def test_without_the_key_photos_are_put_by_hand(study: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(study / "out" / "recipe", again)
    for one in ("distressed", "neutral", "happy"):
        shutil.copy(
            study / "raw_faces" / MARK / f"{MARK}_{one}.png",
            again / "raw_faces" / "tiny" / f"infant01_{one}.png",
        )
    assert run("build", again / "configs" / "tiny.yaml").exit_code == 0
    assert pixels(again / "generated" / "tiny") == pixels(study / "generated" / "tiny")


def test_a_zip_is_the_same_twice_and_can_be_rebuilt(study: Path, tmp_path: Path) -> None:
    home, key = study / "generated" / "tiny", study / "generated" / "tiny.key"
    for name in ("a", "b"):
        assert (
            run("package", home, "--recipe-only", "--zip", "--out", tmp_path / name).exit_code == 0
        )
    assert (tmp_path / "a" / "recipe.zip").read_bytes() == (
        tmp_path / "b" / "recipe.zip"
    ).read_bytes()
    photos = study / "raw_faces" / MARK
    made = run(
        "rebuild", tmp_path / "a" / "recipe.zip", photos, "--key", key, "--out", tmp_path / "c"
    )
    assert made.exit_code == 0, made.output


def test_another_photo_or_another_key_finds_nothing(study: Path, tmp_path: Path) -> None:
    recipe, photos = study / "out" / "recipe", tmp_path / "photos"
    shutil.copytree(study / "raw_faces" / MARK, photos)
    changed = photos / f"{MARK}_happy.png"
    changed.write_bytes(changed.read_bytes() + b"\0")
    key = study / "generated" / "tiny.key"
    one = run("rebuild", recipe, photos, "--key", key, "--out", tmp_path / "x")
    assert one.exit_code == 1
    assert one.output.count("MK835") == 1
    assert "infant01 happy" in one.output
    (tmp_path / "other.key").write_text("f" * 64)
    every = run("rebuild", recipe, photos, "--key", tmp_path / "other.key", "--out", tmp_path / "x")
    assert every.output.count("MK835") == 1
    assert "Is this the key" in every.output
    (tmp_path / "short.key").write_text("secret")
    for name in ("short.key", "none.key"):
        assert (
            "MK834"
            in run(
                "rebuild", recipe, photos, "--key", tmp_path / name, "--out", tmp_path / "x"
            ).output
        )
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize("zipped", [[], ["--zip"]])
def test_a_package_is_not_replaced_by_one_under_another_key(
    lost: bool, zipped: list[str], study: Path, tmp_path: Path
) -> None:
    home, key = study / "generated" / "tiny", tmp_path / "my.key"
    words = ("package", home, "--recipe-only", "--out", tmp_path / "out", "--key", key)
    first = run(*words)
    assert first.exit_code == 0, first.output
    assert f"A new key was made: {key}." in first.stderr
    again = run(*words)
    assert again.exit_code == 0, again.output
    assert "new key" not in again.stderr
    photos = (tmp_path / "out" / "recipe" / "photos.csv").read_bytes()
    key.unlink()
    if not lost:
        key.write_text("f" * 64)
    refused = run(*words, *zipped)
    assert refused.exit_code == 2, refused.output
    assert "MK834" in refused.output
    assert ("a key that isn't here" if lost else "another key") in refused.output
    assert key.exists() is not lost
    assert (tmp_path / "out" / "recipe" / "photos.csv").read_bytes() == photos
    assert not (tmp_path / "out" / "recipe.zip").exists()
    shutil.move(tmp_path / "out" / "recipe", tmp_path / "old")
    assert run(*words, *zipped).exit_code == 0


@pytest.mark.parametrize("content", [b"secret", b"f" * 63, b"g" * 64, b"f" * 65, b"\xff" * 64, b""])
def test_what_is_no_key_is_refused(content: bytes, study: Path, tmp_path: Path) -> None:
    key = tmp_path / "my.key"
    key.write_bytes(content)
    home = study / "generated" / "tiny"
    made = run("package", home, "--recipe-only", "--out", tmp_path / "out", "--key", key)
    words = ("rebuild", study / "out" / "recipe", study / "raw_faces" / MARK)
    again = run(*words, "--key", key, "--out", tmp_path / "again")
    for refused in (made, again):
        assert refused.exit_code == 2
        assert "MK834" in refused.output
    assert key.read_bytes() == content
    assert not (tmp_path / "out").exists() and not (tmp_path / "again").exists()


def listed(recipe: Path) -> None:
    """Write the list of checksums anew, as somebody would who made a package by hand."""
    names = [p for p in sorted(recipe.rglob("*")) if p.is_file() and p.suffix != ".sha256"]
    lines = [f"{sha256(p.read_bytes())}  {p.relative_to(recipe).as_posix()}" for p in names]
    (recipe / "checksums.sha256").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("photos.csv", b"identity,expression,keyed\na,b,c\n"),
        ("photos.csv", b"\xff\xfe\0"),
        ("pixels.csv", b"stimulus_id\na\n"),
        ("pixels.csv", None),
        ("configs/tiny.yaml", None),
        ("configs/a.scale.json", b"{"),
        ("configs/a.scale.json", b"[]"),
        ("checksums.sha256", b"\xff\xfe bad"),
    ],
)
def test_a_package_made_by_hand_is_refused(
    path: str, content: bytes | None, study: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe"
    shutil.copytree(study / "out" / "recipe", recipe)
    if content is None:
        (recipe / path).unlink()
    else:
        (recipe / path).write_bytes(content)
    if path != "checksums.sha256":
        listed(recipe)
    photos, key = study / "raw_faces" / MARK, study / "generated" / "tiny.key"
    result = run("rebuild", recipe, photos, "--key", key, "--out", tmp_path / "x")
    assert result.exit_code == 1, result.output
    assert "MK836" in result.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("harm", ["changed", "deleted", "no list", "nothing"])
def test_a_damaged_package_is_refused(harm: str, study: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    if harm != "nothing":
        shutil.copytree(study / "out" / "recipe", recipe)
    if harm == "changed":
        (recipe / "configs" / "tiny.yaml").write_text("{}")
    elif harm == "deleted":
        (recipe / "raw_faces" / "tiny" / "infant01_happy.json").unlink()
    elif harm == "no list":
        (recipe / "checksums.sha256").unlink()
    photos, key = study / "raw_faces" / MARK, study / "generated" / "tiny.key"
    result = run("rebuild", recipe, photos, "--key", key, "--out", tmp_path / "x")
    assert result.exit_code == 1
    assert "MK836" in result.output
    assert not (tmp_path / "x").exists()


def test_other_pixels_are_told(study: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    shutil.copytree(study / "out" / "recipe", recipe)
    table = recipe / "pixels.csv"
    text = table.read_text()
    old = text.splitlines()[3].split(",")[1]
    table.write_text(text.replace(old, "0" * 64))
    listed(recipe)
    photos, key = study / "raw_faces" / MARK, study / "generated" / "tiny.key"
    result = run("rebuild", recipe, photos, "--key", key, "--out", tmp_path / "x")
    assert result.exit_code == 1
    assert "MK837" in result.output
    assert "12 of 13" in result.output


def test_other_photos_or_templates_than_the_sets_are_refused(study: Path, tmp_path: Path) -> None:
    home = study / "generated" / "tiny"
    photos = tmp_path / "photos"
    shutil.copytree(study / "raw_faces" / MARK, photos)
    template = photos / f"{MARK}_happy.json"
    template.write_text(template.read_text() + "\n")
    words = ("package", home, "--recipe-only", "--photos", photos, "--out", tmp_path / "out")
    refused = run(*words)
    assert (refused.exit_code, refused.output.count("MK833")) == (1, 1)
    assert "another template" in refused.output
    shutil.copytree(home, tmp_path / "elsewhere" / "tiny")
    lost = run(
        "package", tmp_path / "elsewhere" / "tiny", "--recipe-only", "--out", tmp_path / "out"
    )
    assert lost.exit_code == 2
    assert "--photos" in lost.output
    assert not (tmp_path / "out").exists()


def test_rights_exclude_even_a_recipe(tmp_path: Path) -> None:
    recipe = write_study(tmp_path, ("infant01",))
    faces = tmp_path / "raw_faces" / "tiny"
    rows = [
        f"infant01,{one},infant01_{one}.png,2020-01-01"
        for one in ("distressed", "neutral", "happy")
    ]
    (faces / "faces.csv").write_text(
        "\n".join(["identity,expression,image,consent_until", *rows]) + "\n"
    )
    run("build", recipe)
    refused = run("package", tmp_path / "generated" / "tiny", "--recipe-only")
    assert refused.exit_code == 1
    assert "MK703" in refused.output
    assert not (tmp_path / "generated" / "tiny.key").exists()
    assert not list(tmp_path.rglob("pixels.csv"))


def test_a_consent_that_was_withdrawn_since_excludes_it(study: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(study / "raw_faces" / MARK, photos)
    table = photos / "faces.csv"
    table.write_text(table.read_text("utf-8").replace(",yes,", ",no,"), "utf-8")
    home = study / "generated" / "tiny"
    refused = run("package", home, "--recipe-only", "--photos", photos, "--out", tmp_path / "out")
    assert refused.exit_code == 1
    assert "MK701" in refused.output
    assert not (tmp_path / "out").exists()


def test_a_photo_whose_row_is_gone_was_withdrawn(study: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(study / "raw_faces" / MARK, photos)
    table = photos / "faces.csv"
    table.write_text("".join(table.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    words = ("--recipe-only", "--photos", photos, "--out", tmp_path / "out")
    refused = run("package", study / "generated" / "tiny", *words)
    assert (refused.exit_code, refused.output.count("MK706")) == (1, 1), refused.output
    assert "MK833" not in refused.output


def test_what_a_spreadsheet_would_evaluate_is_refused(study: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(study / "raw_faces" / MARK, photos)
    table = photos / "faces.csv"
    head, *rows = table.read_text("utf-8").splitlines()
    rows = [f"{row},{cell}" for row, cell in zip(rows, ("=1+1", "my camera", "@me"), strict=True)]
    table.write_text("\n".join([f"{head},source", *rows]) + "\n", "utf-8")
    home = study / "generated" / "tiny"
    refused = run("package", home, "--recipe-only", "--photos", photos, "--out", tmp_path / "out")
    assert (refused.exit_code, refused.output.count("MK805")) == (1, 2), refused.output
    assert "'=1+1' of infant01 distressed" in refused.output
    assert not (tmp_path / "out").exists()


def test_an_invalid_set_has_no_recipe_package(study: Path, tmp_path: Path) -> None:
    home, photos = tmp_path / "set_1.0", study / "raw_faces" / MARK
    shutil.copytree(study / "generated" / "tiny", home)
    words = ("package", home, "--recipe-only", "--photos", photos, "--out", tmp_path / "out")
    made = run(*words)
    assert made.exit_code == 0, made.output
    assert (tmp_path / "set_1.0.key").exists()
    shutil.rmtree(tmp_path / "out")
    table = home / "stimuli.csv"
    table.write_text(table.read_text().replace("dis_hap,direct,1,-1.0", "dis_hap,direct,1,-0.9"))
    refused = run(*words)
    assert refused.exit_code == 1
    assert "MK817" in refused.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more",
    [("--for", "bids"), ("--task", "rating"), ("--use", "lab"), ("--override", "For a talk.")],
)
def test_what_a_recipe_package_does_not_take_is_refused(
    more: tuple[str, str], study: Path, tmp_path: Path
) -> None:
    home = study / "generated" / "tiny"
    refused = run("package", home, "--recipe-only", "--out", tmp_path / "out", *more)
    assert refused.exit_code == 2
    assert f"leave {more[0]} out" in refused.output


def test_the_hashes_of_a_scale_are_keyed_and_come_back(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study / "raw_faces", tmp_path / "raw_faces")
    shutil.copytree(study / "configs", tmp_path / "configs")
    home, scale = tmp_path / "generated" / "tiny", tmp_path / "configs" / "all.scale.json"
    answers = tmp_path / "answers.csv"
    shown = sorted(name for name in pixels(study / "generated" / "tiny") if "dis_hap" in name)
    rows = [
        f"o{who},{name},{int(place > (who + again) % 3 + 0.5)}"
        for who in range(6)
        for again in range(4)
        for place, name in enumerate(shown)
    ]
    answers.write_text("\n".join(["observer,stimulus_id,response", *rows]) + "\n")
    words = ("--replicates", 100, "--override", "Only a test.", "-o", scale)
    fitted = run("calibrate", "fit", study / "generated" / "tiny", answers, *words)
    assert fitted.exit_code == 0, fitted.output
    recipe = tmp_path / "configs" / "tiny.yaml"
    recipe.write_text(recipe.read_text() + "scales: [all.scale.json]\n")
    run("build", recipe)
    made = run("package", home, "--recipe-only", "--out", tmp_path / "out")
    assert made.exit_code == 0, made.output
    known = json.loads(scale.read_text())["pixel_sha256"]
    veiled = (tmp_path / "out" / "recipe" / "configs" / "all.scale.json").read_text()
    assert known
    assert not any(digest in veiled for digest in known.values())
    again = run(
        *("rebuild", tmp_path / "out" / "recipe", tmp_path / "raw_faces"),
        *("--key", home.with_name("tiny.key"), "--out", tmp_path / "again"),
    )
    assert "13 of 13 stimuli have the same pixels" in again.output
    back = json.loads((tmp_path / "again" / "configs" / "all.scale.json").read_text())
    assert back["pixel_sha256"] == known
    assert "MK678" not in again.output
